using System.Diagnostics.CodeAnalysis;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// Where the columns are. Names repeat (call half, put half), so places count: 22 columns with the exchange's Greeks, 16 without.
/// </summary>
internal sealed class QuotedataColumns
{
    /// <summary>Room for the fields of one line: those of the widest form, and what a spreadsheet may add.</summary>
    public const int MaxFields = 64;

    private static readonly string[] HalfWithGreeks =
        ["Last Sale", "Net", "Bid", "Ask", "Volume", "IV", "Delta", "Gamma", "Open Interest"];

    private static readonly string[] HalfWithoutGreeks = ["Last Sale", "Net", "Bid", "Ask", "Volume", "Open Interest"];

    private QuotedataColumns(bool hasGreeks) => HasGreeks = hasGreeks;

    /// <summary>The file has the exchange's IV, delta and gamma.</summary>
    public bool HasGreeks { get; }

    /// <summary>Columns of a row.</summary>
    public int Count => HasGreeks ? 22 : 16;

    /// <summary>The column <c>Calls</c>: the call's symbol, followed by its numbers.</summary>
    public static int Calls => 1;

    /// <summary>The column <c>Strike</c>, between the halves.</summary>
    public int Strike => HasGreeks ? 11 : 8;

    /// <summary>The column <c>Puts</c>.</summary>
    public int Puts => Strike + 1;

    /// <summary>The line is the column header, or means to be.</summary>
    public static bool IsHeader(ReadOnlySpan<char> line)
    {
        Span<Range> ranges = stackalloc Range[MaxFields];
        var fields = new CsvFields(ranges);
        return fields.TrySplit(line) && fields.Count >= 2 && Same(fields[0], "Expiration Date") && Same(fields[1], "Calls");
    }

    /// <summary>Reads the column header.</summary>
    /// <exception cref="ChainFormatException">Neither of the two known forms, name by name.</exception>
    public static QuotedataColumns Parse(ReadOnlySpan<char> line, string source, int lineNumber)
    {
        Span<Range> ranges = stackalloc Range[MaxFields];
        var fields = new CsvFields(ranges);
        fields.TrySplit(line);
        fields.DropEmptyTail();
        var columns = new QuotedataColumns(hasGreeks: fields.Count == 22);
        if (fields.Count != columns.Count) Throw.UnknownForm(source, lineNumber, fields.Count);
        string[] half = columns.HasGreeks ? HalfWithGreeks : HalfWithoutGreeks;
        string[] names = ["Expiration Date", "Calls", .. half, "Strike", "Puts", .. half];
        for (int i = 0; i < names.Length; i++)
            if (!Same(fields[i], names[i])) Throw.UnknownColumn(source, lineNumber, i + 1, Printable.Of(fields[i]), names[i]);
        return columns;
    }

    private static bool Same(ReadOnlySpan<char> left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    private static class Throw
    {
        [DoesNotReturn]
        public static void UnknownForm(string source, int line, int count) => throw new ChainFormatException(
            source, line, $"the column header has {count} columns; known are 22 (with IV, Delta, Gamma) and 16 (without).");

        [DoesNotReturn]
        public static void UnknownColumn(string source, int line, int place, string found, string expected) =>
            throw new ChainFormatException(source, line, $"column {place} is '{found}' where '{expected}' belongs.");
    }
}
