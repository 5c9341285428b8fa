using System.Text;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>Cboe DataShop's end-of-day summary of one underlying, with or without calculations, as a chain at 15:45 in New York.</summary>
/// <remarks>
/// The file has two sets of quotes. Those of 15:45 are taken, since volatilities and Greeks are computed from them and the closing ones are
/// wide; on a short day the snapshot lies as long before the close. The spot is the middle of the underlying's quote at the same time.
/// Open interest is that of the morning. Zero prices and volatilities mean "none", as in all rows of a series that expired the same morning.
/// </remarks>
public sealed class DataShopEodFormat : IChainFormat
{
    private const int MinutesBeforeClose = 15;

    private static readonly TimeOnly Snapshot = new(15, 45);

    private static readonly string[] Names =
        [.. DataShopRow.Names, "quote_date", "close", "trade_volume", "bid_1545", "ask_1545", "underlying_bid_1545", "underlying_ask_1545", "open_interest"];

    /// <inheritdoc/>
    public string Name => "datashop-eod";

    /// <inheritdoc/>
    public string Description => "Cboe DataShop option end-of-day summary, CSV or a zip of one";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, string fileName) => CsvHeader.Of(ZippedText.HeadOf(head))?.Has(Names) == true;

    /// <inheritdoc/>
    public OptionChain Read(Stream content, string source, SessionCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(calendar);
        using var unpacked = ZippedText.Open(content, source);
        using var text = new StreamReader(unpacked.Content, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16, leaveOpen: true);
        var lines = new LineReader(text, source);
        if (lines.Read(out ReadOnlySpan<char> first) != LineStatus.Line || CsvHeader.Of(first) is not CsvHeader header || !header.Has(Names))
            throw new ChainFormatException(source, 1, $"the first line must name the columns {string.Join(',', Names)}.");
        var rows = new Rows(header, new ChainAssembly(source, calendar));
        for (LineStatus status = lines.Read(out ReadOnlySpan<char> line); status != LineStatus.End; status = lines.Read(out line))
        {
            if (status == LineStatus.TooLong) rows.Chain.Skip(lines.LineNumber, "the line is longer than any row of a chain");
            else if (line.Contains('\0')) rows.Chain.Skip(lines.LineNumber, LineReader.ZeroByte);
            else if (!line.IsWhiteSpace()) rows.Read(line, lines.LineNumber);
        }
        return rows.Chain.Finish(new ChainFacts(
            null, (rows.UnderlyingBid + rows.UnderlyingAsk) / 2, rows.UnderlyingBid, rows.UnderlyingAsk,
            rows.Date is DateOnly date ? NewYorkTime.ToUnixNanos(date, TimeOf(date, calendar)) : null, rows.Date?.ToString("yyyy-MM-dd")));
    }

    private static TimeOnly TimeOf(DateOnly date, SessionCalendar calendar) => TradingCalendar.Knows(date.Year) && calendar.IsTradingDay(date)
        ? calendar.CloseOf(date).AddMinutes(-MinutesBeforeClose)
        : Snapshot;

    /// <summary>Reads the rows of one file.</summary>
    private sealed class Rows(CsvHeader header, ChainAssembly chain)
    {
        private readonly Range[] _ranges = new Range[CsvHeader.MaxColumns];

        public ChainAssembly Chain => chain;

        public DateOnly? Date { get; private set; }

        public double? UnderlyingBid { get; private set; }

        public double? UnderlyingAsk { get; private set; }

        public void Read(ReadOnlySpan<char> line, int place)
        {
            var fields = new CsvFields(_ranges);
            if (!fields.TrySplit(line) || fields.Count != header.Count)
            {
                chain.Skip(place, $"the row has {fields.Count} fields, the header {header.Count}");
                return;
            }
            string symbol = $"{fields[header.Place("root")]}|{fields[header.Place("expiration")]}|{fields[header.Place("strike")]}|{fields[header.Place("option_type")]}";
            if (!TryContract(in fields, out OsiContract contract))
            {
                chain.Skip(place, $"'{Printable.Of(symbol)}' is no contract");
                return;
            }
            if (!RowFields.TryDate(fields[header.Place("quote_date")], out DateOnly date) || (Date ??= date) != date)
            {
                chain.Skip(place, $"{contract}: the quote date is '{Printable.Of(fields[header.Place("quote_date")])}', not that of the rows before");
                return;
            }
            string? trouble = null;
            var numbers = new ChainNumbers
            {
                Bid = Price(in fields, "bid_1545", ref trouble) ?? 0,
                Ask = Price(in fields, "ask_1545", ref trouble) ?? 0,
                Last = Price(in fields, "close", ref trouble) ?? 0,
                Volume = Count(in fields, "trade_volume", long.MaxValue, ref trouble) ?? 0,
                OpenInterest = (uint?)Count(in fields, "open_interest", uint.MaxValue, ref trouble),
                Iv = Price(in fields, "implied_volatility_1545", ref trouble),
                Delta = Number(in fields, "delta_1545", ref trouble),
                Gamma = Number(in fields, "gamma_1545", ref trouble),
            };
            double? underlyingBid = Price(in fields, "underlying_bid_1545", ref trouble), underlyingAsk = Price(in fields, "underlying_ask_1545", ref trouble);
            if (trouble is not null)
            {
                chain.Skip(place, $"{contract}: {trouble}");
                return;
            }
            if (UnderlyingBid is null && underlyingBid > 0 && underlyingAsk > 0) (UnderlyingBid, UnderlyingAsk) = (underlyingBid, underlyingAsk);
            chain.Add(in contract, in numbers, place);
        }

        private bool TryContract(in CsvFields fields, out OsiContract contract)
        {
            contract = default;
            ReadOnlySpan<char> root = fields[header.Place("root")], right = fields[header.Place("option_type")];
            return right is "C" or "P" && RowFields.TryDate(fields[header.Place("expiration")], out DateOnly expiry)
                && Billionths.TryParse(fields[header.Place("strike")], out long strike) && strike % Billionths.PerMill == 0
                && strike / Billionths.PerMill is > 0 and < 100_000_000 && root.Length <= OsiSymbol.MaxRootLength
                && OsiSymbol.TryParse($"{root}{expiry:yyMMdd}{right}{strike / Billionths.PerMill:D8}", chain.LikelyRoot, out contract);
        }

        private double? Number(in CsvFields fields, string name, ref string? trouble)
        {
            int place = header.Place(name);
            if (place < 0 || fields[place].IsEmpty) return null;
            if (ChainNumber.TryFinite(fields[place], out double number)) return number;
            trouble ??= $"{name} is '{Printable.Of(fields[place])}', which is no number";
            return null;
        }

        private double? Price(in CsvFields fields, string name, ref string? trouble)
        {
            double? price = Number(in fields, name, ref trouble);
            if (price >= 0 || price is null) return price;
            trouble ??= $"{name} is {price}, which is no price";
            return null;
        }

        private long? Count(in CsvFields fields, string name, long max, ref string? trouble)
        {
            int place = header.Place(name);
            if (place < 0 || fields[place].IsEmpty) return null;
            if (ChainNumber.TryCount(fields[place], max, out long count)) return count;
            trouble ??= $"{name} is '{Printable.Of(fields[place])}', which is no count of contracts";
            return null;
        }
    }
}
