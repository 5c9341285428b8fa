using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>Cboe DataShop's intervals: the state of every contract at the end of each interval, and what was traded in it.</summary>
/// <remarks>
/// The stamp is the end of the interval on New York's clock. A row gives the spot, the national best quote at the stamp, open interest when
/// it is new, and, where there was a volume, one print of it at the closing price, marked late: which quotes its parts met is lost, so no
/// side can be told. A crossed quote with a negative size is real and rejected.
/// </remarks>
public sealed class DataShopIntervalsFormat : ITickFormat
{
    private static readonly string[] Names = [.. DataShopRow.Names, "quote_datetime", "trade_volume", "close", "bid", "ask", "bid_size", "ask_size"];

    /// <inheritdoc/>
    public string Name => "datashop-intervals";

    /// <inheritdoc/>
    public string Description => "Cboe DataShop option intervals, CSV or a zip of one";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, string fileName) => CsvHeader.Of(ZippedText.HeadOf(head))?.Has(Names) == true;

    /// <inheritdoc/>
    public void Read(ImportFile file, TickImport import)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(import);
        using var text = ZippedText.Open(file.Content, file.Path);
        using var rows = new CsvRows(text.Content, file.Path, Names);
        var row = new Row(rows.Header);
        while (rows.Next(import, hasTail: false, out CsvFields fields)) row.Read(in fields, import);
    }

    /// <summary>Reads the rows of one file.</summary>
    private sealed class Row(CsvHeader header)
    {
        private readonly DataShopRow _shared = new(header);
        private readonly int _time = header.Place("quote_datetime");
        private readonly int _volume = header.Place("trade_volume");
        private readonly int _close = header.Place("close");
        private readonly int _bid = header.Place("bid");
        private readonly int _bidSize = header.Place("bid_size");
        private readonly int _ask = header.Place("ask");
        private readonly int _askSize = header.Place("ask_size");
        private readonly int _openInterest = header.Place("open_interest");

        // One entry per contract, however many intervals it has.
        private readonly Dictionary<uint, (int Day, long Contracts)> _saidOpenInterest = [];

        public bool Read(in CsvFields fields, TickImport import)
        {
            if (!RowFields.TryNewYork(fields[_time], out long nanos))
                return import.Reject(ImportRejection.BadTime, $"'{fields[_time]}' is no date and time in New York");
            return _shared.TryContract(in fields, import, out uint id) && _shared.ReadSpot(in fields, nanos, id, import)
                && ReadOpenInterest(in fields, nanos, id, import) && ReadQuote(in fields, nanos, id, import) && ReadVolume(in fields, nanos, id, import);
        }

        private bool ReadQuote(in CsvFields fields, long nanos, uint id, TickImport import) =>
            RowFields.TryPrice(fields[_bid], import, "bid", out long bid) && RowFields.TryPrice(fields[_ask], import, "ask", out long ask)
            && RowFields.TryCount(fields[_bidSize], import, "bid_size", out long bidSize) && RowFields.TryCount(fields[_askSize], import, "ask_size", out long askSize)
            && import.Quote(nanos, id, bid, ask, bidSize, askSize, 0, isNationalBest: true);

        private bool ReadVolume(in CsvFields fields, long nanos, uint id, TickImport import)
        {
            if (!RowFields.TryCount(fields[_volume], import, "trade_volume", out long volume)) return false;
            return volume == 0 || (RowFields.TryTradePrice(fields[_close], import, out long price)
                && import.Trade(nanos, id, price, volume, 0, TickFlags.Late));
        }

        private bool ReadOpenInterest(in CsvFields fields, long nanos, uint id, TickImport import)
        {
            if (_openInterest < 0 || fields[_openInterest].IsEmpty) return true;
            if (!RowFields.TryCount(fields[_openInterest], import, "open_interest", out long contracts)) return false;
            (int Day, long Contracts) said = (NewYorkTime.DateOf(nanos).DayNumber, contracts);
            if (_saidOpenInterest.TryGetValue(id, out (int Day, long Contracts) before) && before == said) return true;
            _saidOpenInterest[id] = said;
            return import.OpenInterest(nanos, id, contracts);
        }
    }
}
