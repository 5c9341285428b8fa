using System.Globalization;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>Reads the rows of one answer, wherever its fields come from.</summary>
internal sealed class ThetaRow
{
    private const long MillisPerDay = 86_400_000;
    private const long NanosPerMilli = 1_000_000;

    private readonly ThetaKind _kind;
    private readonly bool _isVersion2;
    private readonly int _root, _expiry, _strike, _right, _time, _date, _quoteTime, _condition, _size, _exchange, _price;
    private readonly int _bid, _bidSize, _ask, _askSize, _openInterest, _spot, _spotTime;

    /// <summary>Finds the columns.</summary>
    /// <exception cref="InputFormatException">No contract is named, or no kind of row is known by them.</exception>
    public ThetaRow(CsvHeader header, string source)
    {
        _kind = KindOf(header);
        if (_kind == ThetaKind.None) throw new InputFormatException(source, 1, header.Has("expiration", "strike", "right")
            ? "the columns are of no known answer; ask for trade_quote, trade, quote or open_interest."
            : "no columns symbol, expiration, strike and right name the contract of a row; ask for an answer that has them.");
        _isVersion2 = header.Has("ms_of_day");
        (_root, _expiry, _strike, _right) = (header.Place("symbol", "root"), header.Place("expiration"), header.Place("strike"), header.Place("right"));
        (_time, _date, _quoteTime) = (header.Place("trade_timestamp", "timestamp", "ms_of_day"), header.Place("date"), header.Place("quote_timestamp", "ms_of_day2", "quote_ms_of_day"));
        (_condition, _size, _exchange, _price) = (header.Place("condition"), header.Place("size"), header.Place("exchange"), header.Place("price"));
        (_bid, _bidSize, _ask, _askSize) = (header.Place("bid"), header.Place("bid_size"), header.Place("ask"), header.Place("ask_size"));
        (_openInterest, _spot, _spotTime) = (header.Place("open_interest"), header.Place("underlying_price"), header.Place("underlying_timestamp"));
    }

    /// <summary>What the rows below a header are.</summary>
    public static ThetaKind KindOf(CsvHeader header)
    {
        bool hasContract = header.Has("expiration", "strike", "right") && header.Place("symbol", "root") >= 0;
        bool hasTime = header.Place("timestamp", "trade_timestamp") >= 0 || header.Has("ms_of_day", "date");
        if (!hasContract || !hasTime) return ThetaKind.None;
        if (header.Has("open", "close")) return ThetaKind.Bar;
        if (header.Has("open_interest")) return ThetaKind.OpenInterest;
        bool hasQuote = header.Has("bid", "ask");
        if (header.Has("price", "size", "condition"))
            return hasQuote && header.Place("quote_timestamp", "ms_of_day2", "quote_ms_of_day") >= 0 ? ThetaKind.TradeQuote : ThetaKind.Trade;
        return hasQuote ? ThetaKind.Quote : ThetaKind.None;
    }

    /// <summary>Reads one.</summary>
    public bool Read(in CsvFields fields, TickImport import)
    {
        if (_kind == ThetaKind.Bar)
        {
            import.Pass(ImportPass.OtherKind);
            return true;
        }
        if (!TryContract(in fields, import, out uint id) || !TryTime(in fields, _time, import, out long nanos)) return false;
        switch (_kind)
        {
            case ThetaKind.OpenInterest:
                return RowFields.TryCount(fields[_openInterest], import, "open_interest", out long contracts) && import.OpenInterest(nanos, id, contracts);
            case ThetaKind.Trade:
                return ReadTrade(in fields, nanos, id, import);
            case ThetaKind.TradeQuote:
                return TryTime(in fields, _quoteTime, import, out long quoted) && ReadQuote(in fields, quoted, id, import) && ReadTrade(in fields, nanos, id, import);
            default:
                return ReadQuote(in fields, nanos, id, import) && ReadSpot(in fields, nanos, id, import);
        }
    }

    private bool ReadTrade(in CsvFields fields, long nanos, uint id, TickImport import)
    {
        if (!RowFields.TryTradePrice(fields[_price], import, out long price) || !RowFields.TryCount(fields[_size], import, "size", out long size)) return false;
        if (!byte.TryParse(fields[_condition], NumberStyles.None, CultureInfo.InvariantCulture, out byte condition))
            return import.Reject(ImportRejection.Malformed, $"'{fields[_condition]}' is no condition of a print");
        byte venue = _exchange >= 0 && byte.TryParse(fields[_exchange], NumberStyles.None, CultureInfo.InvariantCulture, out byte code) ? code : (byte)0;
        return import.Trade(nanos, id, price, size, venue, SaleConditions.OfNxCore(condition));
    }

    private bool ReadQuote(in CsvFields fields, long nanos, uint id, TickImport import) =>
        RowFields.TryPrice(fields[_bid], import, "bid", out long bid) && RowFields.TryPrice(fields[_ask], import, "ask", out long ask)
        && TrySize(in fields, _bidSize, import, out long bidSize) && TrySize(in fields, _askSize, import, out long askSize)
        && import.Quote(nanos, id, bid, ask, bidSize, askSize, 0, isNationalBest: true);

    private bool ReadSpot(in CsvFields fields, long nanos, uint id, TickImport import)
    {
        if (_spot < 0 || (_spotTime >= 0 && !TryTime(in fields, _spotTime, import, out nanos))) return _spot < 0;
        if (!RowFields.TryPrice(fields[_spot], import, "underlying_price", out long price)) return false;
        return price <= 0 || import.Spot(nanos, import.Definitions[(int)id].UnderlyingId, price);
    }

    private bool TryContract(in CsvFields fields, TickImport import, out uint id)
    {
        id = 0;
        OsiContract contract;
        if (_isVersion2)
        {
            if (!long.TryParse(fields[_strike], NumberStyles.None, CultureInfo.InvariantCulture, out long mills)) mills = 0;
            if (!RowFields.TryContract(fields[_root], fields[_expiry], mills, fields[_right], import, out contract)) return false;
        }
        else if (!RowFields.TryContract(fields[_root], fields[_expiry], fields[_strike], fields[_right], import, out contract))
        {
            return false;
        }
        return import.TryContract(in contract, out id);
    }

    private bool TryTime(in CsvFields fields, int place, TickImport import, out long nanos)
    {
        ReadOnlySpan<char> text = fields[place];
        nanos = 0;
        bool isTime;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long millis))
        {
            if (!_isVersion2)
            {
                isTime = millis < long.MaxValue / NanosPerMilli;
                nanos = isTime ? millis * NanosPerMilli : 0;
            }
            else
            {
                isTime = RowFields.TryDate(fields[_date], out DateOnly date) && millis < MillisPerDay;
                if (isTime) nanos = NewYorkTime.ToUnixNanos(date, new TimeOnly(millis * TimeSpan.TicksPerMillisecond));
            }
        }
        else
        {
            isTime = RowFields.TryNewYork(text, out nanos);
        }
        return isTime || import.Reject(ImportRejection.BadTime, $"'{text}' is no time");
    }

    private static bool TrySize(in CsvFields fields, int place, TickImport import, out long size)
    {
        size = 0;
        return place < 0 || RowFields.TryCount(fields[place], import, "a size", out size);
    }
}
