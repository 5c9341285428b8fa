using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using DealerFlow.Kernels;

namespace DealerFlow.Tests;

/// <summary>
/// The files that generate.py writes: the committed ones beside it, or those in the folder that DEALERFLOW_GOLDEN names. What the
/// columns hold is told at the top of generate.py.
/// </summary>
internal static class GoldenSet
{
    /// <summary>Where the files are.</summary>
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("DEALERFLOW_GOLDEN") ?? Path.Combine(Repository.Root, "tests/DealerFlow.Tests/Kernels/Golden");

    /// <summary>Compares every file with its digests in SHA256SUMS, packed and unpacked.</summary>
    /// <returns>The names that differ or are missing.</returns>
    public static IEnumerable<string> Damaged()
    {
        foreach (string line in File.ReadLines(Path.Combine(Folder, "SHA256SUMS")))
        {
            string digest = line[..64], name = line[66..], path = Path.Combine(Folder, name);
            if (!File.Exists(path) && !File.Exists(path + ".gz"))
            {
                yield return $"{name} (missing)";
                continue;
            }
            using Stream stream = File.Exists(path) ? File.OpenRead(path) : Unpack(path + ".gz");
            if (Convert.ToHexStringLower(SHA256.HashData(stream)) != digest) yield return name;
        }
    }

    /// <summary>The rows of implied.csv.gz, all of one regime together, in the order of the file.</summary>
    public static IReadOnlyList<ImpliedRegime> Implied()
    {
        var regimes = new List<ImpliedRegime>();
        var rows = new List<ImpliedRow>();
        string? regime = null;
        foreach (string[] row in Rows("implied.csv.gz"))
        {
            if (regime is not null && row[0] != regime)
            {
                regimes.Add(new ImpliedRegime(regime, [.. rows]));
                rows.Clear();
            }
            regime = row[0];
            SolveStatus[] allowed = [.. row[5].Split('|').Select(Enum.Parse<SolveStatus>)];
            rows.Add(new ImpliedRow(Double(row[1]), Double(row[2]), new TrueValue(Double(row[3]), Rest(row[4])), allowed));
        }
        regimes.Add(new ImpliedRegime(regime!, [.. rows]));
        return regimes;
    }

    /// <summary>The rows of functions.csv.gz.</summary>
    public static IEnumerable<FunctionRow> Functions() => Rows("functions.csv.gz").Select(row =>
        new FunctionRow(row[0], row[1], Double(row[2]), new TrueValue(Double(row[3]), Rest(row[4]))));

    /// <summary>The rows of greeks.csv.gz; a Greek that is no sum is its own scale.</summary>
    public static IEnumerable<GreekRow> Greeks()
    {
        string[] header = Header("greeks.csv.gz");
        foreach (string[] row in Rows("greeks.csv.gz"))
        {
            var greeks = new Dictionary<string, ScaledValue>();
            for (int i = 8; i < header.Length && !header[i].EndsWith("_scale", StringComparison.Ordinal); i++)
            {
                int scale = Array.IndexOf(header, header[i] + "_scale");
                greeks[header[i]] = new ScaledValue(Double(row[i]), Math.Abs(Double(row[scale < 0 ? i : scale])));
            }
            var terms = new ExpiryTerms(Double(row[1]), Double(row[2]), Double(row[5]), Double(row[4]));
            yield return new GreekRow(row[0], terms, Double(row[3]), Double(row[6]), row[7] == "call", greeks);
        }
    }

    /// <summary>The rows of known_failures.csv.</summary>
    public static IEnumerable<KnownFailure> KnownFailures() => Rows("known_failures.csv").Select(row => new KnownFailure(
        new ExpiryTerms(Decimal(row[0]), Double(row[6]), Double(row[7]), Decimal(row[3])),
        Decimal(row[1]), row[4] == "call", Decimal(row[5]), Enum.Parse<QuoteStatus>(row[8]), Decimal(row[9]), row[10]));

    /// <summary>The distance to the next double of larger magnitude.</summary>
    public static double Ulp(double x) => Math.BitIncrement(Math.Abs(x)) - Math.Abs(x);

    private static string[] Header(string name) => Lines(name).First().Split(',');

    private static IEnumerable<string[]> Rows(string name) => Lines(name).Skip(1).Select(line => line.Split(','));

    private static IEnumerable<string> Lines(string name)
    {
        string path = Path.Combine(Folder, name);
        using var reader = new StreamReader(name.EndsWith(".gz", StringComparison.Ordinal) ? Unpack(path) : File.OpenRead(path));
        while (reader.ReadLine() is { } line) yield return line;
    }

    private static GZipStream Unpack(string path) => new(File.OpenRead(path), CompressionMode.Decompress);

    private static double Double(string hex) => BitConverter.UInt64BitsToDouble(ulong.Parse(hex, NumberStyles.AllowHexSpecifier));

    private static double Decimal(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static double Rest(string text) => Math.ScaleB(int.Parse(text, CultureInfo.InvariantCulture), -20);
}

/// <summary>A true value as the nearest double and a rest in units of its last place, good to a millionth of one.</summary>
internal readonly record struct TrueValue(double Head, double Rest)
{
    /// <summary>How far a double is from the true value, in units of the true value's last place, with its sign.</summary>
    public double Ulps(double actual) => (actual - Head) / GoldenSet.Ulp(Head) - Rest;

    /// <summary>The same, relative.</summary>
    public double RelativeError(double actual) => Ulps(actual) * (GoldenSet.Ulp(Head) / Head);
}

/// <summary>A true value and the sum of the magnitudes of the terms that it is made of.</summary>
internal readonly record struct ScaledValue(double Value, double Scale);

/// <summary>One row for the solver. The deviation is 0 where none exists; the first status is true, a second one two ulp away.</summary>
internal sealed record ImpliedRow(double H, double C, TrueValue Deviation, SolveStatus[] Allowed);

/// <summary>Rows of one kind.</summary>
internal sealed record ImpliedRegime(string Name, ImpliedRow[] Rows);

/// <summary>One argument of one function.</summary>
internal sealed record FunctionRow(string Function, string Interval, double X, TrueValue Value);

/// <summary>One option and its true Greeks by name.</summary>
internal sealed record GreekRow(
    string Regime, ExpiryTerms Terms, double Strike, double Deviation, bool IsCall, IReadOnlyDictionary<string, ScaledValue> Greeks);

/// <summary>A price on which some published solver failed.</summary>
internal sealed record KnownFailure(
    ExpiryTerms Terms, double Strike, bool IsCall, double Price, QuoteStatus Status, double ImpliedVol, string Source);
