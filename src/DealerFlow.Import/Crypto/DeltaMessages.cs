using System.Globalization;
using System.Text.Json;
using static DealerFlow.Import.RecordedJson;

namespace DealerFlow.Import;

/// <summary>
/// Delta's messages, none of which gives a tick. Its options settle at 12:00 UTC, and most are on 0.001 bitcoin or 0.01 ether: a definition
/// knows 08:00 UTC and counts whole units of the underlying, so what it said would be another contract. How much of a coin a contract is on
/// stands in the exchange's list of products, not in the messages.
/// </summary>
internal static class DeltaMessages
{
    private const int PartsOfOption = 4;

    /// <summary>Tells the outcome of a message; false when it is none of Delta's.</summary>
    public static bool TryRead(JsonElement root, TickImport import)
    {
        if (!TryText(root, "type", out string type)) return false;
        if (!TryText(root, "symbol", out string symbol)) import.Pass(ImportPass.Administrative);
        else if (type.StartsWith("candlestick", StringComparison.Ordinal)) import.Pass(ImportPass.OtherKind);
        else if (!IsOption(symbol)) import.Pass(ImportPass.OtherInstrument);
        else import.Reject(ImportRejection.UnsupportedTerms, $"'{symbol}' settles at 12:00 UTC, often on a part of a coin: a definition says neither");
        return true;
    }

    /// <summary>The symbol of an option: <c>C-ETH-4000-250322</c>, the expiry as day, month and year.</summary>
    public static bool IsOption(ReadOnlySpan<char> symbol)
    {
        Span<Range> parts = stackalloc Range[PartsOfOption + 1];
        return symbol.Split(parts, '-') == PartsOfOption && symbol[parts[0]] is "C" or "P" && !symbol[parts[1]].IsEmpty
            && decimal.TryParse(symbol[parts[2]], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal strike) && strike > 0
            && DateOnly.TryParseExact(symbol[parts[3]], "ddMMyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
    }
}
