using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// Positions that come from outside, such as an exchange's open-close files summed up. Plain text, one contract a line:
/// <code>
/// # customers' net since listing
/// symbol,net
/// SPXW240119C04700000,-1200
/// SPX   240119P04800000,350
/// </code>
/// <c>net</c> is what the customers hold, in whole contracts: the sum over all origins but market makers of buys − sells, accumulated since
/// the contract was listed. Dealers hold the opposite.
/// </summary>
/// <remarks>
/// Unlike a chain a wrong row refuses the file: a position that is left out moves every sum, and nobody would see it. A last line without
/// its line end is taken as it stands and reported, since a text that was cut inside a number looks the same.
/// </remarks>
public sealed class PositionsFile
{
    /// <summary>Largest |net| of one contract; the largest open interest of any series is some millions.</summary>
    public const long MaxNet = 1_000_000_000;

    /// <summary>Most rows that are read: twice what all US exchanges list together.</summary>
    public const int MaxPositions = 4_000_000;

    private const int MaxFields = 16;
    private static readonly string[] Header = ["symbol", "net"];

    private PositionsFile(string source, IReadOnlyList<OutsidePosition> positions, bool lastLineIsOpen)
    {
        Source = source;
        Positions = positions;
        LastLineIsOpen = lastLineIsOpen;
    }

    /// <summary>The file, as the caller named it.</summary>
    public string Source { get; }

    /// <summary>In file order, each contract once; at least one.</summary>
    public IReadOnlyList<OutsidePosition> Positions { get; }

    /// <summary>The file ends without a line end, so its last number may be cut short.</summary>
    public bool LastLineIsOpen { get; }

    /// <summary>Reads a file; UTF-8, or UTF-16 with its mark.</summary>
    /// <exception cref="InputFormatException">The file is missing, cannot be read, holds no position, or a row is wrong.</exception>
    public static PositionsFile Read(string path) => InputFile.Read(path, reader => Read(reader, path));

    /// <summary>Reads a text.</summary>
    /// <param name="reader">The text; read to its end, not closed.</param>
    /// <param name="source">How messages name it.</param>
    /// <exception cref="InputFormatException">The text holds no position, is too long, or a row is wrong.</exception>
    public static PositionsFile Read(TextReader reader, string source)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var lines = new LineReader(reader, source);
        var positions = new List<OutsidePosition>();
        var lineOf = new Dictionary<OsiContract, int>();
        Span<Range> ranges = stackalloc Range[MaxFields];
        bool headerMayCome = true;
        string? likelyRoot = null;
        while (true)
        {
            LineStatus status = lines.Read(out ReadOnlySpan<char> line);
            if (status == LineStatus.End) break;
            if (status == LineStatus.TooLong) Throw.TooLong(source, lines.LineNumber);
            if (line.Contains('\0')) Throw.ZeroByte(source, lines.LineNumber);
            if (lines.LineNumber == 1) line = line.TrimStart('\uFEFF');
            if (line.TrimStart() is [] or ['#', ..]) continue;

            var fields = new CsvFields(ranges);
            if (!fields.TrySplit(line)) Throw.NotTwoFields(source, lines.LineNumber);
            fields.DropEmptyTail(keep: Header.Length);
            if (fields.Count != Header.Length) Throw.NotTwoFields(source, lines.LineNumber);
            bool isHeader = headerMayCome && IsHeader(fields);
            headerMayCome = false;
            if (isHeader) continue;

            if (!OsiSymbol.TryParse(fields[0], likelyRoot, out OsiContract contract)) Throw.NoSymbol(source, lines.LineNumber, fields[0]);
            likelyRoot = contract.Root;
            long net = NetOf(fields[1], source, lines.LineNumber);
            if (!lineOf.TryAdd(contract, lines.LineNumber)) Throw.Twice(source, lines.LineNumber, contract, lineOf[contract]);
            positions.Add(new OutsidePosition(contract, net));
            if (positions.Count > MaxPositions) Throw.TooMany(source, lines.LineNumber);
        }
        if (positions.Count == 0) Throw.NoPositions(source, lines.LineNumber);
        return new PositionsFile(source, positions, lines.LastLineIsOpen);
    }

    private static bool IsHeader(in CsvFields fields) =>
        fields[0].Equals(Header[0], StringComparison.OrdinalIgnoreCase) && fields[1].Equals(Header[1], StringComparison.OrdinalIgnoreCase);

    // "350.0", as table programs write, is 350; half a contract is a mistake.
    private static long NetOf(ReadOnlySpan<char> text, string source, int line)
    {
        if (!ChainNumber.TryFinite(text, out double net) || net != Math.Floor(net)) Throw.NoNet(source, line, text);
        if (Math.Abs(net) > MaxNet) Throw.NetTooLarge(source, line, text);
        return (long)net;
    }

    private static class Throw
    {
        private const string Advice = "write one contract a line as 'symbol,net'";

        [DoesNotReturn]
        public static void TooLong(string source, int line) => throw new InputFormatException(
            source, line, $"the line is longer than any row of positions; {Advice}.");

        [DoesNotReturn]
        public static void ZeroByte(string source, int line) => throw new InputFormatException(
            source, line, $"the line holds a zero byte, so this is no plain text; {Advice}.");

        [DoesNotReturn]
        public static void NotTwoFields(string source, int line) => throw new InputFormatException(
            source, line, $"the row does not have two fields separated by one comma; {Advice}, as in 'SPXW240119C04700000,-1200'.");

        [DoesNotReturn]
        public static void NoSymbol(string source, int line, ReadOnlySpan<char> text) => throw new InputFormatException(source, line,
            $"'{Printable.Of(text)}' is no option symbol; write root, YYMMDD, C or P and strike × 1000 in eight digits,"
            + " as in SPXW240119C04700000.");

        [DoesNotReturn]
        public static void NoNet(string source, int line, ReadOnlySpan<char> text) => throw new InputFormatException(source, line,
            $"net is '{Printable.Of(text)}', which is no whole number of contracts;"
            + " write digits, with '-' where customers are short, as in -1200.");

        [DoesNotReturn]
        public static void NetTooLarge(string source, int line, ReadOnlySpan<char> text) => throw new InputFormatException(source, line,
            string.Create(CultureInfo.InvariantCulture,
                $"net is '{Printable.Of(text)}', beyond {MaxNet:N0} contracts either way, which no series has; correct the row."));

        [DoesNotReturn]
        public static void Twice(string source, int line, in OsiContract contract, int first) => throw new InputFormatException(source, line,
            $"{contract} stands in line {first} already; add the two into one row, or remove the wrong one.");

        [DoesNotReturn]
        public static void TooMany(string source, int line) => throw new InputFormatException(source, line,
            string.Create(CultureInfo.InvariantCulture,
                $"more than {MaxPositions:N0} contracts, twice what is listed; keep those of the underlying that is computed."));

        [DoesNotReturn]
        public static void NoPositions(string source, int lines) => throw new InputFormatException(
            source, lines, lines == 0 ? $"the file is empty; {Advice}." : $"the file ends without a position; {Advice}.");
    }
}

/// <summary>What customers hold of one contract.</summary>
/// <param name="Contract">The contract, by its symbol.</param>
/// <param name="Net">Whole contracts, + = customers are long and dealers short; within ±1,000,000,000.</param>
public readonly record struct OutsidePosition(OsiContract Contract, long Net);
