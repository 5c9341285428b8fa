using System.Text.Json;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>Polygon's (Massive's) chain snapshot, JSON: one page, or a list of pages in one file, or a list of their results.</summary>
/// <remarks>
/// The file has no time of its own: the chain's instant is the latest <c>last_updated</c> of its quotes and of the underlying, in UTC
/// nanoseconds; where there is none the caller must state it. <c>shares_per_contract</c> gives the multiplier and <c>exercise_style</c> the
/// exercise; a contract with <c>additional_underlyings</c> is marked adjusted. A page that names a next one is a part of the chain, which is
/// said. The place of a contract is its number in the file, from 1.
/// </remarks>
public sealed class PolygonSnapshotFormat : IChainFormat
{
    private const uint MaxMultiplier = 1_000_000;
    private const long EarliestNanos = 946_684_800 * UnixNanos.PerSecond;    // 2000-01-01
    private const long LatestNanos = 4_102_444_800 * UnixNanos.PerSecond;    // 2100-01-01

    /// <inheritdoc/>
    public string Name => "polygon-snapshot";

    /// <inheritdoc/>
    public string Description => "Polygon (Massive) option chain snapshot, JSON: one page or a list of pages";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, string fileName) =>
        (JsonHead.IsObject(head) || JsonHead.IsList(head))
        && head.IndexOf("\"details\""u8) >= 0 && head.IndexOf("\"contract_type\""u8) >= 0 && head.IndexOf("\"strike_price\""u8) >= 0;

    /// <inheritdoc/>
    public OptionChain Read(Stream content, string source, SessionCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(content);
        return JsonFile.Read(content, source, root => new Reader(source, calendar).Read(root));
    }

    /// <summary>Reads one file.</summary>
    private sealed class Reader(string source, SessionCalendar calendar)
    {
        private readonly ChainAssembly _chain = new(source, calendar);
        private int _place;
        private bool _hasNextPage;
        private long? _asOfNanos;
        private double? _spot;
        private long _spotNanos = long.MinValue;

        public OptionChain Read(JsonElement root)
        {
            if (root.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement each in root.EnumerateArray())
                {
                    var page = new JsonFields(each);
                    if (page.List("results") is JsonElement results) ReadPage(ref page, results);
                    else ReadContract(each);
                }
            }
            else
            {
                var page = new JsonFields(root);
                ReadPage(ref page, page.List("results") ?? throw new ChainFormatException(
                    source, 0, "there is no list 'results'; this is no chain snapshot."));
            }
            if (_hasNextPage)
                _chain.Issues.Add(0, "the last page names a next one (next_url), so the file is a part of the chain; fetch all pages into one list.");
            return _chain.Finish(new ChainFacts(null, _spot, null, null, _asOfNanos, null));
        }

        private void ReadPage(ref JsonFields page, JsonElement results)
        {
            foreach (JsonElement contract in results.EnumerateArray()) ReadContract(contract);
            _hasNextPage = page.Has("next_url");
        }

        private void ReadContract(JsonElement element)
        {
            _place++;
            var fields = new JsonFields(element);
            JsonFields details = fields.Object("details"), quote = fields.Object("last_quote"), day = fields.Object("day");
            JsonFields trade = fields.Object("last_trade"), greeks = fields.Object("greeks"), asset = fields.Object("underlying_asset");
            if (!JsonContract.TryRead(ref details, "ticker", _place, _chain, out OsiContract contract)) return;
            var numbers = new ChainNumbers
            {
                Bid = quote.Price("bid") ?? 0,
                Ask = quote.Price("ask") ?? 0,
                Last = trade.Price("price") ?? day.Price("close") ?? 0,
                Volume = day.Count("volume", long.MaxValue) ?? 0,
                OpenInterest = (uint?)fields.Count("open_interest", uint.MaxValue),
                Iv = fields.Price("implied_volatility"),
                Delta = greeks.Number("delta"),
                Gamma = greeks.Number("gamma"),
                Multiplier = (uint?)details.Count("shares_per_contract", MaxMultiplier),
                Exercise = details.Text("exercise_style") switch
                {
                    "american" => ExerciseStyle.American,
                    "european" => ExerciseStyle.European,
                    _ => null,
                },
                IsAdjusted = details.Has("additional_underlyings"),
            };
            if (numbers.Multiplier == 0) numbers.Multiplier = null;
            long? quoted = quote.Whole("last_updated");
            (double? price, long? priced) = (asset.Price("price") ?? asset.Price("value"), asset.Whole("last_updated"));
            string? trouble = fields.Trouble ?? details.Trouble ?? quote.Trouble ?? day.Trouble ?? trade.Trouble ?? greeks.Trouble ?? asset.Trouble;
            if (trouble is not null)
            {
                _chain.Skip(_place, $"{contract}: {trouble}");
                return;
            }
            Latest(quoted);
            Latest(priced);
            if (price > 0 && (_spot is null || priced > _spotNanos)) (_spot, _spotNanos) = (price, priced ?? long.MinValue);
            _chain.Add(in contract, in numbers, _place);
        }

        private void Latest(long? nanos)
        {
            if (nanos is >= EarliestNanos and < LatestNanos && (_asOfNanos is null || nanos > _asOfNanos)) _asOfNanos = nanos;
        }
    }
}
