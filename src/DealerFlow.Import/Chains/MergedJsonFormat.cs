using System.Globalization;
using System.Text.Json;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// Chains that were merged from two public sites into one JSON: <c>symbol, updated, underlyingPrice, quotes</c>. Contracts and quotes come
/// from one of them, the Greeks from the other.
/// </summary>
/// <remarks>
/// The chain's instant is <c>updated</c>, with its offset. Null counts and prices are "none", and a volatility of 0.00001 is the other
/// site's way to say "none". Overnight most quotes are zero: such a file is refused, since sums over the rest would be no exposure. The
/// place of a contract is its number in the list, from 1.
/// </remarks>
public sealed class MergedJsonFormat : IChainFormat
{
    private const double NoVolatility = 2e-5;

    /// <inheritdoc/>
    public string Name => "merged-json";

    /// <inheritdoc/>
    public string Description => "chain merged from two public sites, JSON: symbol, updated, underlyingPrice, quotes";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, string fileName) =>
        JsonHead.IsObject(head) && head.IndexOf("\"underlyingPrice\""u8) >= 0 && head.IndexOf("\"quotes\""u8) >= 0;

    /// <inheritdoc/>
    public OptionChain Read(Stream content, string source, SessionCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(content);
        return JsonFile.Read(content, source, root => Read(root, source, calendar));
    }

    private static OptionChain Read(JsonElement root, string source, SessionCalendar calendar)
    {
        var file = new JsonFields(root);
        JsonElement quotes = file.List("quotes") ?? throw new ChainFormatException(
            source, 0, "there is no list 'quotes'; this is no merged chain.");
        var chain = new ChainAssembly(source, calendar);
        int place = 0;
        foreach (JsonElement quote in quotes.EnumerateArray()) ReadQuote(quote, ++place, chain);

        string? symbol = file.Text("symbol");
        chain.CompareSymbol(symbol);
        string? updated = file.Text("updated");
        long? asOf = TryInstant(updated, out long nanos) ? nanos : null;
        if (asOf is null) chain.Issues.Add(0, "'updated' is no date and time with an offset; state the time of the chain.");
        double? spot = file.Price("underlyingPrice");
        if (file.Trouble is not null) chain.Issues.Add(0, $"of the underlying: {file.Trouble}.");
        return chain.Finish(new ChainFacts(symbol, spot, null, null, asOf, updated));
    }

    private static void ReadQuote(JsonElement quote, int place, ChainAssembly chain)
    {
        var fields = new JsonFields(quote);
        if (!JsonContract.TryRead(ref fields, "symbol", place, chain, out OsiContract contract)) return;
        var numbers = new ChainNumbers
        {
            Bid = fields.Price("bid") ?? 0,
            Ask = fields.Price("ask") ?? 0,
            Last = fields.Price("last") ?? 0,
            Volume = fields.Count("volume", long.MaxValue) ?? 0,
            OpenInterest = (uint?)fields.Count("openInterest", uint.MaxValue),
            Iv = fields.Price("iv") is double iv && iv > NoVolatility ? iv : null,
            Delta = fields.Number("delta"),
            Gamma = fields.Price("gamma"),
        };
        if (fields.Trouble is null) chain.Add(in contract, in numbers, place);
        else chain.Skip(place, $"{contract}: {fields.Trouble}");
    }

    // "2026-07-12T04:34:47.129426-04:00": an instant only with its offset.
    private static bool TryInstant(string? text, out long nanos)
    {
        nanos = 0;
        if (!DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset instant)) return false;
        if (instant.Year is < 2000 or > 2099) return false;
        nanos = (instant.UtcDateTime - DateTime.UnixEpoch).Ticks * 100;
        return true;
    }
}
