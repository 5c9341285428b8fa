using System.Text;
using System.Text.Json;
using DealerFlow.Market;
using DealerFlow.Wire;
using static DealerFlow.Import.RecordedJson;

namespace DealerFlow.Import;

/// <summary>Deribit's messages into ticks; remembers what one file said of indexes, expiries and open interest.</summary>
internal sealed class DeribitMessages(TickImport import)
{
    private const decimal MostDollars = 1_000_000_000m;     // a coin, a premium or a price in coin beyond this is damage
    private const decimal MostContracts = uint.MaxValue;
    private const int Decimals = 4;
    private const long EarliestMillis = 946_684_800_000;    // 2000-01-01
    private const long LatestMillis = 4_102_444_800_000;    // 2100-01-01
    private const int MaxExpiries = 100_000;

    private readonly Dictionary<string, decimal> _indexes = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Coin, DateOnly Expiry), decimal> _underlyings = [];
    private readonly Dictionary<uint, DateOnly> _openInterestDays = [];

    /// <summary>Reads a message that stands in a line of JSON, with the time of its arrival beside it.</summary>
    public void ReadEnvelope(ReadOnlyMemory<byte> line) => Guard(() =>
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        if (TryText(root, "t", out string kind) && kind != "recv") import.Pass(ImportPass.Administrative);
        else if (!TryText(root, "data", out string data) || !TryNumber(root, "ts", out decimal seconds))
            import.Reject(ImportRejection.Malformed, "the line has no message and no time of its arrival");
        else Read(Encoding.UTF8.GetBytes(data), seconds);
    });

    /// <summary>Reads a message.</summary>
    /// <param name="json">The message.</param>
    /// <param name="receivedSeconds">When it arrived, seconds since the Unix epoch.</param>
    public void Read(ReadOnlyMemory<byte> json, decimal receivedSeconds) => Guard(() =>
    {
        using JsonDocument document = JsonDocument.Parse(json);
        if (!TryMember(document.RootElement, "params", out JsonElement parameters) || !TryText(parameters, "channel", out string channel)
            || !TryMember(parameters, "data", out JsonElement data))
        {
            // Answers and heartbeats; and everything of exchanges that speak otherwise.
            bool isAnswer = TryMember(document.RootElement, "jsonrpc", out _);
            if (isAnswer) import.Pass(ImportPass.Administrative);
            else if (!DeltaMessages.TryRead(document.RootElement, import)) import.Pass(ImportPass.OtherKind);
        }
        else if (channel.StartsWith("ticker.", StringComparison.Ordinal)) ReadTicker(data, receivedSeconds);
        else if (channel.StartsWith("trades.", StringComparison.Ordinal)) ReadTrades(data, receivedSeconds);
        else import.Pass(ImportPass.OtherKind);
    });

    private void ReadTicker(JsonElement data, decimal receivedSeconds)
    {
        if (!TryOption(data, out OsiContract contract) || !TryTime(data, receivedSeconds, out long nanos, out uint delayNanos)) return;
        if (!TryPositive(data, "underlying_price", out decimal underlying) || !TryId(in contract, out uint id)) return;
        if (!TryAmount(data, "best_bid_price", MostDollars, out decimal bid) || !TryAmount(data, "best_ask_price", MostDollars, out decimal ask)) return;
        if (!TryAmount(data, "best_bid_amount", MostContracts, out decimal bidSize)) return;
        if (!TryAmount(data, "best_ask_amount", MostContracts, out decimal askSize)) return;
        if (_underlyings.Count < MaxExpiries) _underlyings[(contract.Root, contract.Expiry)] = underlying;
        if (TryNumber(data, "index_price", out decimal index) && !GiveIndex(contract.Root, index, nanos, delayNanos)) return;
        if (!TryDollars(bid, underlying, out long bidBillionths) || !TryDollars(ask, underlying, out long askBillionths)) return;
        if (TryNumber(data, "open_interest", out decimal open) && !GiveOpenInterest(id, open, nanos, delayNanos)) return;
        import.Quote(nanos, id, bidBillionths, askBillionths, Whole(bidSize), Whole(askSize), 0, isNationalBest: true, delayNanos);
    }

    private void ReadTrades(JsonElement data, decimal receivedSeconds)
    {
        if (data.ValueKind != JsonValueKind.Array || data.GetArrayLength() == 0)
        {
            import.Reject(ImportRejection.Malformed, "the message has no trades");
            return;
        }
        long given = import.Report.Ticks;
        foreach (JsonElement trade in data.EnumerateArray())
            if (!ReadTrade(trade, receivedSeconds)) return;
        if (import.Report.Ticks == given) import.Pass(ImportPass.Empty);
    }

    private bool ReadTrade(JsonElement trade, decimal receivedSeconds)
    {
        if (!TryOption(trade, out OsiContract contract) || !TryTime(trade, receivedSeconds, out long nanos, out uint delayNanos)) return false;
        if (!_underlyings.TryGetValue((contract.Root, contract.Expiry), out decimal underlying) && !TryPositive(trade, "index_price", out underlying)) return false;
        if (!TryAmount(trade, "price", MostDollars, out decimal price) || !TryAmount(trade, "amount", MostContracts, out decimal amount)) return false;
        if (!TryDollars(price, underlying, out long billionths) || !TryId(in contract, out uint id)) return false;
        if (Whole(amount) == 0) return true;
        // Legs of a combination, and blocks that were agreed beside the book: the quotes say nothing about their side.
        bool isPackage = TryMember(trade, "combo_id", out _) || TryMember(trade, "combo_trade_id", out _) || TryMember(trade, "block_trade_id", out _);
        return import.Trade(nanos, id, billionths, Whole(amount), 0, isPackage ? TickFlags.Complex : TickFlags.None, delayNanos);
    }

    private bool GiveIndex(string coin, decimal index, long nanos, uint delayNanos)
    {
        if (_indexes.TryGetValue(coin, out decimal known) && known == index) return true;
        if (index is <= 0 or > MostDollars || !Billionths.TryFrom(decimal.Round(index, Decimals), out long billionths))
            return import.Reject(ImportRejection.BadPrice, $"an index of {index} cannot be");
        if (!import.TryUnderlying(coin, out uint id) || !import.Spot(nanos, id, billionths, delayNanos)) return false;
        _indexes[coin] = index;
        return true;
    }

    private bool GiveOpenInterest(uint id, decimal open, long nanos, uint delayNanos)
    {
        if (open is < 0 or > MostContracts) return import.Reject(ImportRejection.BadQuantity, $"open interest of {open} cannot be");
        DateOnly day = NewYorkTime.DateOf(nanos);
        if (_openInterestDays.TryGetValue(id, out DateOnly given) && given >= day) return true;
        _openInterestDays[id] = day;
        return import.OpenInterest(nanos, id, Whole(open), delayNanos);
    }

    private bool TryId(in OsiContract contract, out uint id)
    {
        id = 0;
        if (!import.Options.Calendar.TrySettlement(contract.Expiry, SettlementStyle.Utc0800, null, out long settlement))
            return import.Reject(ImportRejection.NoCalendar, $"options that expire on {contract.Expiry:yyyy-MM-dd} cannot be settled");
        return import.TryContract(in contract, contract.Root, new InstrumentDefinition
        {
            Root = Ascii8.From(contract.Root),
            StrikeMills = contract.StrikeMills,
            SettlementNanos = settlement,
            Multiplier = 1,
            Settlement = SettlementKind.Utc0800,
            Exercise = ExerciseKind.European,
        }, out id);
    }

    // False has told the row's outcome already.
    private bool TryOption(JsonElement data, out OsiContract contract)
    {
        contract = default;
        if (!TryText(data, "instrument_name", out string name)) return import.Reject(ImportRejection.Malformed, "the message names no instrument");
        if (DeribitName.TryParse(name, out contract)) return true;
        if (name.EndsWith("-C", StringComparison.Ordinal) || name.EndsWith("-P", StringComparison.Ordinal))
        {
            if (!name.Contains('_')) return import.Reject(ImportRejection.UnknownContract, $"'{name}' is no option such as BTC-24SEP21-34000-P");
        }
        import.Pass(ImportPass.OtherInstrument);
        return false;
    }

    private bool TryTime(JsonElement data, decimal receivedSeconds, out long nanos, out uint delayNanos)
    {
        (nanos, delayNanos) = (0, 0);
        if (!TryNumber(data, "timestamp", out decimal millis) || millis is < EarliestMillis or >= LatestMillis)
            return import.Reject(ImportRejection.BadTime, "the message has no time in milliseconds since 1970");
        nanos = (long)millis * UnixNanos.PerMillisecond;
        bool isReceived = receivedSeconds is > EarliestMillis / 1_000 and < LatestMillis / 1_000;
        if (isReceived) delayNanos = PacketFile.DelayNanos(nanos, (long)(receivedSeconds * UnixNanos.PerSecond));
        return true;
    }

    private bool TryPositive(JsonElement data, string member, out decimal price) =>
        (TryNumber(data, member, out price) && price is > 0 and <= MostDollars)
        || import.Reject(ImportRejection.BadPrice, $"the message has no {member} above 0");

    // Absent and null are 0, as the exchange writes a side that has nothing.
    private bool TryAmount(JsonElement data, string member, decimal most, out decimal amount)
    {
        amount = 0;
        if (!TryMember(data, member, out JsonElement value)) return true;
        return (TryNumber(data, member, out amount) && amount >= 0 && amount <= most)
            || import.Reject(most == MostDollars ? ImportRejection.BadPrice : ImportRejection.BadQuantity, $"{member} is {value.GetRawText()}");
    }

    private bool TryDollars(decimal coins, decimal underlying, out long billionths) =>
        Billionths.TryFrom(decimal.Round(coins * underlying, Decimals, MidpointRounding.AwayFromZero), out billionths)
        || import.Reject(ImportRejection.BadPrice, $"a price of {coins} coins at {underlying} cannot be");

    private static long Whole(decimal amount) => (long)decimal.Round(amount, MidpointRounding.AwayFromZero);

    // Damaged JSON, or text in it that is no UTF-8, is a bad row and nothing more.
    private void Guard(Action read)
    {
        try
        {
            read();
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException)
        {
            import.Reject(ImportRejection.Malformed, $"the message is no JSON: {damage.Message}");
        }
    }
}
