using System.Globalization;
using System.Text.Json;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>The JSON that Cboe's site serves for one symbol: the underlying and all its options, 15 minutes late.</summary>
/// <remarks>
/// The chain's instant is <c>timestamp</c>, the server's clock in UTC; all other times of the file are New York's without saying so. Where
/// the last trade of the underlying is later than the timestamp, the timestamp is not UTC and the caller must state the instant. Zero
/// prices and volatilities mean "none"; counts are printed as 1384.0. The place of a contract is its number in the list, from 1.
/// </remarks>
public sealed class DelayedQuotesFormat : IChainFormat
{
    /// <inheritdoc/>
    public string Name => "delayed-quotes";

    /// <inheritdoc/>
    public string Description => "Cboe delayed quotes, JSON: timestamp, symbol, data with options";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, string fileName) =>
        JsonHead.IsObject(head) && head.IndexOf("\"data\""u8) >= 0 && head.IndexOf("\"options\""u8) >= 0 && head.IndexOf("\"option\""u8) >= 0;

    /// <inheritdoc/>
    public OptionChain Read(Stream content, string source, SessionCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(content);
        return JsonFile.Read(content, source, root => Read(root, source, calendar));
    }

    private static OptionChain Read(JsonElement root, string source, SessionCalendar calendar)
    {
        var file = new JsonFields(root);
        JsonFields data = file.Object("data");
        JsonElement options = data.List("options") ?? throw new ChainFormatException(
            source, 0, "there is no list 'options' in an object 'data'; this is no chain of delayed quotes.");
        var chain = new ChainAssembly(source, calendar);
        int place = 0;
        foreach (JsonElement option in options.EnumerateArray()) ReadOption(option, ++place, chain);

        string? symbol = file.Text("symbol") ?? data.Text("symbol");
        chain.CompareSymbol(symbol);
        string? timestamp = file.Text("timestamp");
        (double? spot, double? bid, double? ask) = (data.Price("current_price"), data.Price("bid"), data.Price("ask"));
        long? asOf = AsOf(timestamp, data.Text("last_trade_time"), chain.Issues);
        foreach (string? trouble in (ReadOnlySpan<string?>)[file.Trouble, data.Trouble])
            if (trouble is not null) chain.Issues.Add(0, $"of the underlying: {trouble}.");
        return chain.Finish(new ChainFacts(symbol, spot, bid, ask, asOf, timestamp));
    }

    private static void ReadOption(JsonElement option, int place, ChainAssembly chain)
    {
        var fields = new JsonFields(option);
        if (!JsonContract.TryRead(ref fields, "option", place, chain, out OsiContract contract)) return;
        var numbers = new ChainNumbers
        {
            Bid = fields.Price("bid") ?? 0,
            Ask = fields.Price("ask") ?? 0,
            Last = fields.Price("last_trade_price") ?? 0,
            Volume = fields.Count("volume", long.MaxValue) ?? 0,
            OpenInterest = (uint?)fields.Count("open_interest", uint.MaxValue),
            Iv = fields.Price("iv"),
            Delta = fields.Number("delta"),
            Gamma = fields.Price("gamma"),
        };
        if (fields.Trouble is null) chain.Add(in contract, in numbers, place);
        else chain.Skip(place, $"{contract}: {fields.Trouble}");
    }

    private static long? AsOf(string? timestamp, string? lastTrade, IssueList issues)
    {
        if (!TryClock(timestamp, "yyyy-MM-dd HH:mm:ss", out DateTime utc))
        {
            issues.Add(0, timestamp is null
                ? "there is no timestamp; state the time of the chain."
                : $"the timestamp '{Printable.Of(timestamp)}' cannot be read with certainty; state the time of the chain.");
            return null;
        }
        long nanos = (utc - DateTime.UnixEpoch).Ticks * 100;
        if (!TryClock(lastTrade, "yyyy-MM-dd'T'HH:mm:ss", out DateTime local)) return nanos;
        if (NewYorkTime.ToUnixNanos(DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local)) <= nanos) return nanos;
        issues.Add(0, $"the timestamp '{timestamp}' lies before the last trade at {lastTrade} in New York, so it is not UTC; state the time of the chain.");
        return null;
    }

    // Years that everything behind this can count; a text of another length is none.
    private static bool TryClock(string? text, string form, out DateTime clock) =>
        DateTime.TryParseExact(text, form, CultureInfo.InvariantCulture, DateTimeStyles.None, out clock) && clock.Year is >= 2000 and <= 2099;
}
