using System.Buffers;
using DealerFlow.Market;

namespace DealerFlow.Cli.Export;

/// <summary>Text from outside as one cell of CSV.</summary>
internal static class CsvCell
{
    private const string FormulaStarts = "=+-@";
    private static readonly SearchValues<char> Awkward = SearchValues.Create(",\" \t\r\n");

    /// <summary>The text itself, or quoted where a spreadsheet would take it for a formula or for two cells.</summary>
    public static string Of(string text) =>
        text.Length > 0 && !FormulaStarts.Contains(text[0], StringComparison.Ordinal) && !text.AsSpan().ContainsAny(Awkward)
            ? text
            : $"\"'{Printable.Of(text).Replace('"', '\'')}\"";
}
