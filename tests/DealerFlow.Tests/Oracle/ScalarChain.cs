using System.Globalization;

namespace DealerFlow.Tests;

/// <summary>One side of one strike as printed: bid and ask are exact decimals, zero where there is none.</summary>
public sealed record ScalarQuote(decimal Bid, decimal Ask, double PrintedGamma, long OpenInterest);

/// <summary>One line of the file: one strike of one expiry of one root.</summary>
public sealed record ScalarRow(string Root, DateOnly Expiry, decimal Strike, ScalarQuote Call, ScalarQuote Put)
{
    /// <summary>A root with a digit added has another deliverable than 100 shares.</summary>
    public bool IsAdjusted => Root.Any(char.IsAsciiDigit);
}

/// <summary>An option chain as downloaded from the exchange's site; only whole, well-formed files, anything else throws.</summary>
public sealed record ScalarChain(double? Last, IReadOnlyList<ScalarRow> Rows)
{
    /// <summary>Reads a file of 22 columns (16 without implied volatility, delta and gamma).</summary>
    public static ScalarChain Read(string path)
    {
        string[] lines = File.ReadAllLines(path);
        int header = Array.FindIndex(lines, line => line.StartsWith("Expiration Date,Calls,", StringComparison.Ordinal));
        if (header < 0) throw new FormatException($"{path}: no line starts with \"Expiration Date,Calls,\".");
        int columns = lines[header].Split(',').Length;
        if (columns is not (22 or 16)) throw new FormatException($"{path}: {columns} columns, expected 22 or 16.");

        var rows = new List<ScalarRow>();
        foreach (string line in lines[(header + 1)..].Where(line => line.Length > 0))
        {
            string[] fields = line.Split(',');
            if (fields.Length != columns) throw new FormatException($"{path}: {fields.Length} fields in \"{line}\", expected {columns}.");
            rows.Add(ParseRow(fields));
        }
        if (rows.DistinctBy(row => (row.Root, row.Expiry, row.Strike)).Count() != rows.Count)
            throw new FormatException($"{path}: a strike is listed twice.");
        return new ScalarChain(ParseLast(lines.Take(header)), rows);
    }

    // Expiration Date, Calls, Last Sale, Net, Bid, Ask, Volume, [IV, Delta, Gamma,] Open Interest, Strike, Puts, and the same again.
    private static ScalarRow ParseRow(string[] fields)
    {
        int strikeColumn = fields.Length / 2;
        (string root, DateOnly expiry, char right, decimal strike) = ParseSymbol(fields[1]);
        if (right != 'C' || ParseSymbol(fields[strikeColumn + 1]) != (root, expiry, 'P', strike) || Number(fields[strikeColumn]) != strike)
            throw new FormatException($"The two symbols and the strike of a line differ: {string.Join(',', fields)}");
        bool hasGamma = fields.Length == 22;
        return new ScalarRow(root, expiry, strike,
            ParseQuote(fields[4], fields[5], hasGamma ? fields[9] : "NaN", fields[strikeColumn - 1]),
            ParseQuote(fields[strikeColumn + 4], fields[strikeColumn + 5], hasGamma ? fields[20] : "NaN", fields[^1]));
    }

    // Root, yymmdd, C or P, strike times 1000 in eight digits; read from the right, since roots differ in length.
    private static (string Root, DateOnly Expiry, char Right, decimal Strike) ParseSymbol(string symbol) => (
        symbol[..^15],
        DateOnly.ParseExact("20" + symbol[^15..^9], "yyyyMMdd", CultureInfo.InvariantCulture),
        symbol[^9],
        int.Parse(symbol[^8..], CultureInfo.InvariantCulture) / 1000m);

    private static ScalarQuote ParseQuote(string bid, string ask, string gamma, string openInterest) => new(
        Number(bid), Number(ask),
        double.Parse(gamma, CultureInfo.InvariantCulture), long.Parse(openInterest, CultureInfo.InvariantCulture));

    private static double? ParseLast(IEnumerable<string> preamble)
    {
        string? line = preamble.FirstOrDefault(line => line.Contains(",Last: ", StringComparison.Ordinal));
        return line is null ? null : (double)Number(line.Split(",Last: ")[1].Split(',')[0]);
    }

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);
}
