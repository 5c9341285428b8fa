using System.Globalization;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>Cboe DataShop's option trades: every print with the national best quote and the underlying's quote at that moment.</summary>
/// <remarks>
/// Rows are sorted by contract, not by time, and end with five fields for each exchange that quoted. A row gives the spot, the quote and the
/// print, all at its time on New York's clock; a row without exchanges was printed before the first quote and gives the print alone. A
/// cancelled print comes twice: as it was printed, which it is here as well, and as a record of condition 40, which takes it back.
/// </remarks>
public sealed class DataShopTradesFormat : ITickFormat
{
    private const string ExchangesName = "number_of_exchanges";
    private const int FieldsPerExchange = 5;
    private const int MaxExchanges = 64;

    private static readonly string[] Names =
        [.. DataShopRow.Names, "quote_datetime", "trade_size", "trade_price", "trade_condition_id", "best_bid", "best_ask", ExchangesName];

    /// <inheritdoc/>
    public string Name => "datashop-trades";

    /// <inheritdoc/>
    public string Description => "Cboe DataShop option trades with quotes, CSV or a zip of one";

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
        while (rows.Next(import, hasTail: true, out CsvFields fields)) row.Read(in fields, import);
    }

    /// <summary>Reads the rows of one file.</summary>
    private sealed class Row(CsvHeader header)
    {
        private readonly DataShopRow _shared = new(header);
        private readonly int _time = header.Place("quote_datetime");
        private readonly int _exchange = header.Place("exchange_id");
        private readonly int _size = header.Place("trade_size");
        private readonly int _price = header.Place("trade_price");
        private readonly int _condition = header.Place("trade_condition_id");
        private readonly int _bid = header.Place("best_bid");
        private readonly int _ask = header.Place("best_ask");
        private readonly int _exchanges = header.Place(ExchangesName);

        public bool Read(in CsvFields fields, TickImport import)
        {
            int first = _exchanges + 1;
            if (fields.Count < first || !int.TryParse(fields[_exchanges], NumberStyles.None, CultureInfo.InvariantCulture, out int exchanges)
                || exchanges > MaxExchanges || fields.Count != first + (FieldsPerExchange * exchanges))
                return import.Reject(ImportRejection.Malformed, $"the row has {fields.Count} fields, not {first} and {FieldsPerExchange} for each exchange");
            if (!RowFields.TryNewYork(fields[_time], out long nanos))
                return import.Reject(ImportRejection.BadTime, $"'{fields[_time]}' is no date and time in New York");
            if (!_shared.TryContract(in fields, import, out uint id)) return false;
            return _shared.ReadSpot(in fields, nanos, id, import)
                && (exchanges == 0 || ReadQuote(in fields, nanos, id, exchanges, import)) && ReadTrade(in fields, nanos, id, import);
        }

        private bool ReadQuote(in CsvFields fields, long nanos, uint id, int exchanges, TickImport import)
        {
            if (!RowFields.TryPrice(fields[_bid], import, "best_bid", out long bid) || !RowFields.TryPrice(fields[_ask], import, "best_ask", out long ask)) return false;
            (long bidSize, long askSize) = (0, 0);
            for (int i = 0; i < exchanges; i++)
            {
                int place = _exchanges + 1 + (i * FieldsPerExchange);
                if (!TryVenue(in fields, place + 1, import, out long size, out long price)) return false;
                if (price == bid) bidSize += size;
                if (!TryVenue(in fields, place + 3, import, out size, out price)) return false;
                if (price == ask) askSize += size;
            }
            return import.Quote(nanos, id, bid, ask, bidSize, askSize, 0, isNationalBest: true);
        }

        private bool ReadTrade(in CsvFields fields, long nanos, uint id, TickImport import)
        {
            if (!RowFields.TryTradePrice(fields[_price], import, out long price) || !RowFields.TryCount(fields[_size], import, "trade_size", out long size)) return false;
            if (!int.TryParse(fields[_condition], NumberStyles.None, CultureInfo.InvariantCulture, out int condition))
                return import.Reject(ImportRejection.Malformed, $"'{fields[_condition]}' is no condition of a print");
            byte venue = _exchange >= 0 && byte.TryParse(fields[_exchange], NumberStyles.None, CultureInfo.InvariantCulture, out byte code) ? code : (byte)0;
            return import.Trade(nanos, id, price, size, venue, SaleConditions.OfNxCore(condition));
        }

        private static bool TryVenue(in CsvFields fields, int place, TickImport import, out long size, out long price)
        {
            price = 0;
            return RowFields.TryCount(fields[place], import, "the size of an exchange", out size)
                && RowFields.TryPrice(fields[place + 1], import, "an exchange", out price);
        }
    }
}
