using System.Globalization;
using System.Text;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>
/// Ticks as anybody can write them: <c>ts_ns,kind,symbol,bid,ask,bid_size,ask_size,price,size</c>, one a line. Kind Q is a national best
/// quote, T a trade, S a price of the underlying, O open interest (in size). Columns may stand in any order and others beside them; the
/// further kinds and columns of an exported tape are read as well: V a venue's quote, G a gap, H and R a halt and its end; venue, flags,
/// receive_delay_ns.
/// </summary>
public sealed class PlainCsv : ITickFormat
{
    private const int MaxColumns = 64;

    private const string Kinds = "QVTSOGHR";
    private const int Required = (int)Column.Size + 1;

    private static readonly string[] Names =
        ["ts_ns", "kind", "symbol", "bid", "ask", "bid_size", "ask_size", "price", "size", "venue", "flags", "receive_delay_ns"];

    private enum Column
    {
        Time,
        Kind,
        Symbol,
        Bid,
        Ask,
        BidSize,
        AskSize,
        Price,
        Size,
        Venue,
        Flags,
        ReceiveDelay,
    }

    /// <inheritdoc/>
    public string Name => "csv";

    /// <inheritdoc/>
    public string Description => "plain CSV: ts_ns,kind,symbol,bid,ask,bid_size,ask_size,price,size; kind Q, T, S or O; OSI symbols";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, string fileName)
    {
        int end = head.IndexOfAny((byte)'\n', (byte)'\r');
        string first = Encoding.UTF8.GetString(end < 0 ? head : head[..end]);
        return Columns(first.TrimStart('\uFEFF')) is not null;
    }

    /// <inheritdoc/>
    public void Read(ImportFile file, TickImport import)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(import);
        using var text = new StreamReader(file.Content, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16, leaveOpen: true);
        var lines = new LineReader(text, file.Path, long.MaxValue);
        Row? row = null;
        for (LineStatus status = lines.Read(out ReadOnlySpan<char> line); status != LineStatus.End; status = lines.Read(out line))
        {
            if (status == LineStatus.Line && line.IsWhiteSpace()) continue;
            if (row is null)
            {
                row = new Row(Columns(line) ?? throw new InputFormatException(
                    file.Path, lines.LineNumber, $"the first line must name the columns {string.Join(',', Names[..Required])}."));
                continue;
            }
            import.BeginRow(lines.LineNumber);
            if (status == LineStatus.TooLong) import.Reject(ImportRejection.Malformed, $"the line is longer than {LineReader.MaxLineLength} characters");
            else if (line.Contains('\0')) import.Reject(ImportRejection.Malformed, LineReader.ZeroByte);
            else row.Read(line, import);
        }
        if (row is null) throw new InputFormatException(file.Path, 0, $"the file is empty; the first line must name the columns {string.Join(',', Names[..Required])}.");
    }

    private static int[]? Columns(ReadOnlySpan<char> header)
    {
        Span<Range> ranges = stackalloc Range[MaxColumns];
        var fields = new CsvFields(ranges);
        if (!fields.TrySplit(header)) return null;
        int[] places = new int[Names.Length];
        Array.Fill(places, -1);
        for (int i = 0; i < fields.Count; i++)
        {
            for (int column = 0; column < Names.Length; column++)
            {
                if (!fields[i].Equals(Names[column], StringComparison.OrdinalIgnoreCase)) continue;
                if (places[column] >= 0) return null;
                places[column] = i;
            }
        }
        return places.AsSpan(0, Required).Contains(-1) ? null : places;
    }

    /// <summary>Reads rows of one file; remembers the last symbol, since rows of one contract follow each other.</summary>
    private sealed class Row(int[] places)
    {
        private readonly Dictionary<string, uint> _contracts = new(StringComparer.Ordinal);
        private readonly Dictionary<string, uint> _underlyings = new(StringComparer.Ordinal);
        private readonly Range[] _ranges = new Range[MaxColumns];

        public bool Read(ReadOnlySpan<char> line, TickImport import)
        {
            var fields = new CsvFields(_ranges);
            if (!fields.TrySplit(line) || fields.Count <= places.Max()) return import.Reject(ImportRejection.Malformed, $"the row has {fields.Count} fields, or a quote that is not closed");
            ReadOnlySpan<char> time = fields[places[(int)Column.Time]];
            if (!long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out long nanos))
                return import.Reject(ImportRejection.BadTime, $"'{time}' is no time in nanoseconds since 1970");
            ReadOnlySpan<char> kind = fields[places[(int)Column.Kind]];
            if (kind.Length != 1 || !Kinds.Contains(kind[0], StringComparison.Ordinal)) return import.Reject(ImportRejection.Malformed, $"'{kind}' is no kind; write Q, T, S or O");
            ReadOnlySpan<char> symbol = fields[places[(int)Column.Symbol]];
            bool isUnderlying = kind[0] is 'S' or 'H' or 'R' || (kind[0] == 'G' && symbol.Length < OsiSymbol.TailLength);
            if (!TryInstrument(symbol, isUnderlying, import, out uint id)) return false;
            if (!TryOther(in fields, Column.Venue, byte.MaxValue, import, out long venue) || !TryOther(in fields, Column.Flags, ushort.MaxValue, import, out long flags)
                || !TryOther(in fields, Column.ReceiveDelay, uint.MaxValue, import, out long delay)) return false;
            return kind[0] switch
            {
                'Q' or 'V' => ReadQuote(nanos, id, in fields, (byte)venue, kind[0] == 'Q', (uint)delay, import),
                'T' => TryPrice(in fields, Column.Price, import, out long price) && TrySize(in fields, Column.Size, import, out long size)
                    && import.Trade(nanos, id, price, size, (byte)venue, (TickFlags)flags, (uint)delay),
                'S' => TryPrice(in fields, Column.Price, import, out long spot) && import.Spot(nanos, id, spot, (uint)delay),
                'O' => TrySize(in fields, Column.Size, import, out long contracts) && import.OpenInterest(nanos, id, contracts, (uint)delay),
                'G' => import.Gap(nanos, id),
                _ => import.Status(nanos, id, isHalted: kind[0] == 'H'),
            };
        }

        private bool ReadQuote(long nanos, uint id, in CsvFields fields, byte venue, bool isBest, uint delay, TickImport import) =>
            TryPrice(in fields, Column.Bid, import, out long bid) && TryPrice(in fields, Column.Ask, import, out long ask)
            && TrySize(in fields, Column.BidSize, import, out long bidSize) && TrySize(in fields, Column.AskSize, import, out long askSize)
            && import.Quote(nanos, id, bid, ask, bidSize, askSize, venue, isBest, delay);

        private bool TryOther(in CsvFields fields, Column column, long most, TickImport import, out long value)
        {
            int place = places[(int)column];
            value = 0;
            if (place < 0 || fields[place].IsEmpty) return true;
            ReadOnlySpan<char> text = fields[place];
            return (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= most)
                || import.Reject(ImportRejection.Malformed, $"'{text}' is no value for {Names[(int)column]}; give 0 to {most}");
        }

        private bool TryInstrument(ReadOnlySpan<char> symbol, bool isUnderlying, TickImport import, out uint id)
        {
            Dictionary<string, uint>.AlternateLookup<ReadOnlySpan<char>> ids = (isUnderlying ? _underlyings : _contracts).GetAlternateLookup<ReadOnlySpan<char>>();
            if (ids.TryGetValue(symbol, out id)) return true;
            if (isUnderlying)
            {
                if (!import.TryUnderlying(symbol.ToString(), out id)) return false;
            }
            else
            {
                if (!OsiSymbol.TryParse(symbol, out OsiContract contract))
                    return import.Reject(ImportRejection.UnknownContract, $"'{symbol}' is no OSI symbol such as SPXW261116C06800000");
                if (!import.TryContract(in contract, out id)) return false;
            }
            ids[symbol] = id;
            return true;
        }

        private bool TryPrice(in CsvFields fields, Column column, TickImport import, out long billionths)
        {
            ReadOnlySpan<char> text = fields[places[(int)column]];
            billionths = TickImport.NoPrice;
            return text.IsEmpty || Billionths.TryParse(text, out billionths)
                || import.Reject(ImportRejection.BadPrice, $"'{text}' is no price for {Names[(int)column]}");
        }

        private bool TrySize(in CsvFields fields, Column column, TickImport import, out long size)
        {
            ReadOnlySpan<char> text = fields[places[(int)column]];
            size = 0;
            return text.IsEmpty || ChainNumber.TryCount(text, uint.MaxValue, out size)
                || import.Reject(ImportRejection.BadQuantity, $"'{text}' is no whole number for {Names[(int)column]}");
        }
    }
}
