using System.Globalization;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>Polygon's (Massive's) flat files of options: <c>quotes_v1</c> and <c>trades_v1</c>, CSV, told apart by their columns.</summary>
/// <remarks>
/// Quotes are the national best of each option; a price of 0 is an empty side. Times are <c>sip_timestamp</c>, UTC nanoseconds. A print has
/// one or several conditions: cancelled goes before late, late before a leg of a package. A print with a correction other than 0 is out of
/// its place and marked late. Exchange numbers begin at 300 and fit a venue code less 256. Rows of other tickers than <c>O:…</c> are
/// passed over, bars as well.
/// </remarks>
public sealed class PolygonFlatFormat : ITickFormat
{
    private const int FirstExchange = 300;
    private const int ExchangeBase = 256;

    /// <inheritdoc/>
    public string Name => "polygon-flat";

    /// <inheritdoc/>
    public string Description => "Polygon (Massive) flat files of options: quotes_v1, trades_v1";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, string fileName) =>
        CsvHeader.Of(head) is CsvHeader header && (IsQuotes(header) || IsTrades(header) || IsBars(header));

    /// <inheritdoc/>
    public void Read(ImportFile file, TickImport import)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(import);
        using var rows = new CsvRows(file.Content, file.Path, "ticker");
        if (!IsQuotes(rows.Header) && !IsTrades(rows.Header) && !IsBars(rows.Header)) throw new InputFormatException(
            file.Path, rows.LineNumber, "the columns are neither those of quotes_v1 nor of trades_v1; check that this is the right file.");
        var row = new Row(rows.Header);
        while (rows.Next(import, hasTail: false, out CsvFields fields)) row.Read(in fields, import);
    }

    private static bool IsQuotes(CsvHeader header) => header.Has("ticker", "ask_price", "ask_size", "bid_price", "bid_size", "sip_timestamp");

    private static bool IsTrades(CsvHeader header) => header.Has("ticker", "conditions", "price", "size", "sip_timestamp");

    private static bool IsBars(CsvHeader header) => header.Has("ticker", "volume", "open", "close", "window_start");

    /// <summary>Reads the rows of one file; rows of one contract follow each other.</summary>
    private sealed class Row(CsvHeader header)
    {
        private readonly bool _isQuote = IsQuotes(header);
        private readonly bool _isBar = IsBars(header);
        private readonly int _ticker = header.Place("ticker");
        private readonly int _time = header.Place("sip_timestamp");
        private readonly int _bid = header.Place("bid_price");
        private readonly int _bidSize = header.Place("bid_size");
        private readonly int _ask = header.Place("ask_price");
        private readonly int _askSize = header.Place("ask_size");
        private readonly int _price = header.Place("price");
        private readonly int _size = header.Place("size");
        private readonly int _conditions = header.Place("conditions");
        private readonly int _correction = header.Place("correction");
        private readonly int _exchange = header.Place("exchange");
        private string _lastTicker = "";
        private uint _lastId;

        public bool Read(in CsvFields fields, TickImport import)
        {
            ReadOnlySpan<char> ticker = fields[_ticker];
            if (_isBar || !ticker.StartsWith("O:", StringComparison.Ordinal))
            {
                import.Pass(_isBar ? ImportPass.OtherKind : ImportPass.OtherInstrument);
                return true;
            }
            if (!long.TryParse(fields[_time], NumberStyles.None, CultureInfo.InvariantCulture, out long nanos))
                return import.Reject(ImportRejection.BadTime, $"'{fields[_time]}' is no time in nanoseconds since 1970");
            if (!TryContract(ticker, import, out uint id)) return false;
            return _isQuote ? ReadQuote(in fields, nanos, id, import) : ReadTrade(in fields, nanos, id, import);
        }

        private bool TryContract(ReadOnlySpan<char> ticker, TickImport import, out uint id)
        {
            id = _lastId;
            if (ticker.SequenceEqual(_lastTicker)) return true;
            if (!OsiSymbol.TryParse(ticker, out OsiContract contract))
                return import.Reject(ImportRejection.UnknownContract, $"'{ticker}' is no option such as O:SPXW261116C06800000");
            if (!import.TryContract(in contract, out id)) return false;
            (_lastTicker, _lastId) = (ticker.ToString(), id);
            return true;
        }

        private bool ReadQuote(in CsvFields fields, long nanos, uint id, TickImport import) =>
            RowFields.TryPrice(fields[_bid], import, "bid_price", out long bid) && RowFields.TryPrice(fields[_ask], import, "ask_price", out long ask)
            && RowFields.TryCount(fields[_bidSize], import, "bid_size", out long bidSize) && RowFields.TryCount(fields[_askSize], import, "ask_size", out long askSize)
            && import.Quote(nanos, id, bid, ask, bidSize, askSize, 0, isNationalBest: true);

        private bool ReadTrade(in CsvFields fields, long nanos, uint id, TickImport import)
        {
            if (!RowFields.TryTradePrice(fields[_price], import, out long price) || !RowFields.TryCount(fields[_size], import, "size", out long size)) return false;
            if (!TryFlags(fields[_conditions], out TickFlags flags))
                return import.Reject(ImportRejection.Malformed, $"'{fields[_conditions]}' is no list of conditions");
            if (flags == TickFlags.None && _correction >= 0 && fields[_correction] is not ("" or "0")) flags = TickFlags.Late;
            byte venue = _exchange >= 0 && int.TryParse(fields[_exchange], NumberStyles.None, CultureInfo.InvariantCulture, out int exchange)
                && exchange is >= FirstExchange and < ExchangeBase + byte.MaxValue ? (byte)(exchange - ExchangeBase) : (byte)0;
            return import.Trade(nanos, id, price, size, venue, flags);
        }

        // "232", "209,219", "[209 219]" and nothing; the strongest counts.
        private static bool TryFlags(ReadOnlySpan<char> text, out TickFlags flags)
        {
            flags = TickFlags.None;
            bool isCancel = false, isLate = false, isComplex = false;
            ReadOnlySpan<char> list = text.Trim("[] ");
            foreach (Range range in list.SplitAny(',', ' '))
            {
                if (list[range].IsEmpty) continue;
                if (!int.TryParse(list[range], NumberStyles.None, CultureInfo.InvariantCulture, out int condition)) return false;
                TickFlags one = SaleConditions.OfPolygon(condition);
                isCancel |= one == TickFlags.Cancel;
                isLate |= one == TickFlags.Late;
                isComplex |= one == TickFlags.Complex;
            }
            flags = isCancel ? TickFlags.Cancel : isLate ? TickFlags.Late : isComplex ? TickFlags.Complex : TickFlags.None;
            return true;
        }
    }
}
