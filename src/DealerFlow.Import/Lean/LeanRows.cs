using System.Globalization;
using System.IO.Compression;
using System.Text;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>Reads the rows of one of LEAN's archives into ticks.</summary>
internal sealed class LeanRows
{
    private const int MaxFields = 16;
    private const int QuoteFields = 11;
    private const int TradeFields = 6;
    private const int OpenInterestFields = 2;
    private const int BidPlace = 4, BidSizePlace = 5, AskPlace = 9, AskSizePlace = 10, ClosePlace = 4, VolumePlace = 5;
    private const int PricesPerUnit = 10_000;

    // Folders above files of things whose options, if any, are on no share and no index.
    private static readonly string[] OtherFolders = ["future", "futureoption", "crypto", "cryptofuture", "forex", "cfd"];

    private readonly TickImport _import;
    private readonly LeanTime _time;
    private readonly bool _isOfOthers;
    private readonly bool? _isOfIndex;
    private readonly Range[] _ranges = new Range[MaxFields];
    private long _place;

    /// <param name="path">The archive; its folders say what it is of.</param>
    /// <param name="hasDecimals">Its prices have a point: those of options on futures.</param>
    /// <param name="import">Takes the ticks.</param>
    public LeanRows(string path, bool hasDecimals, TickImport import)
    {
        _import = import;
        _time = new LeanTime(import.Options.Calendar);
        string[] folders = path.Split('/', '\\')[..^1];
        _isOfOthers = hasDecimals || folders.Any(folder => OtherFolders.Contains(folder, StringComparer.OrdinalIgnoreCase))
            || (folders.Length > 0 && IsContractMonth(folders[^1]));
        if (folders.Contains("index", StringComparer.OrdinalIgnoreCase)) _isOfIndex = true;
        else if (folders.Contains("equity", StringComparer.OrdinalIgnoreCase)) _isOfIndex = false;
    }

    /// <summary>The first line of a text is a bar of an underlying.</summary>
    public static bool IsBar(in LeanEntry entry, ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny((byte)'\n', (byte)'\r');
        Span<Range> ranges = stackalloc Range[MaxFields];
        var fields = new CsvFields(ranges);
        return fields.TrySplit(Encoding.Latin1.GetString(end < 0 ? text : text[..end])) && fields.Count == TradeFields
            && LeanTime.TryParse(in entry, fields[0], out _, out _);
    }

    /// <summary>Reads one entry; one of another name, or a damaged one, is a rejected row.</summary>
    public void Read(BoundedZip zip, ZipArchiveEntry packed)
    {
        if (packed.FullName.EndsWith('/')) return;
        if (!LeanEntry.TryParse(packed.FullName, out LeanEntry entry))
        {
            _import.BeginRow(++_place);
            _import.Reject(ImportRejection.UnknownContract, $"the entry '{packed.FullName}' is not named like the bars of a contract");
            return;
        }
        try
        {
            using Stream content = zip.Unpack(packed);
            using var text = new StreamReader(content, Encoding.ASCII, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 12);
            Read(entry, new LineReader(text, packed.FullName, long.MaxValue));
        }
        catch (DamagedEntryException failure)
        {
            _import.BeginRow(++_place);
            _import.Reject(ImportRejection.Malformed, $"the entry '{packed.FullName}' is damaged: {failure.Message}");
        }
    }

    private void Read(in LeanEntry entry, LineReader lines)
    {
        for (LineStatus status = lines.Read(out ReadOnlySpan<char> line); status != LineStatus.End; status = lines.Read(out line))
        {
            if (status == LineStatus.Line && line.IsWhiteSpace()) continue;
            _import.BeginRow(++_place);
            if (_isOfOthers) _import.Pass(ImportPass.OtherInstrument);
            else if (status == LineStatus.TooLong) _import.Reject(ImportRejection.Malformed, $"a line is longer than {LineReader.MaxLineLength} characters");
            else if (line.Contains('\0')) _import.Reject(ImportRejection.Malformed, LineReader.ZeroByte);
            else ReadRow(in entry, line);
        }
    }

    private bool ReadRow(in LeanEntry entry, ReadOnlySpan<char> line)
    {
        var fields = new CsvFields(_ranges);
        int expected = entry.Kind switch { LeanKind.Quote => QuoteFields, LeanKind.Trade => TradeFields, _ => OpenInterestFields };
        if (!fields.TrySplit(line) || fields.Count != expected)
            return _import.Reject(ImportRejection.Malformed, $"a row of {entry.Kind} has {expected} fields, not {fields.Count}");
        if (!LeanTime.TryParse(in entry, fields[0], out DateOnly date, out TimeOnly time))
            return _import.Reject(ImportRejection.BadTime, $"'{fields[0]}' is no {LeanTime.NameOf(entry.Bar)}");
        if (entry.Contract is not OsiContract contract) return ReadUnderlying(in entry, date, time, in fields);

        RootTerms terms = RootTable.TermsOf(contract.Root) with { Exercise = entry.Exercise };
        if (!_import.TryContract(in contract, in terms, out uint id)) return false;
        return entry.Kind switch
        {
            LeanKind.Quote => ReadQuote(_time.EndOf(in entry, date, time), id, in fields),
            LeanKind.Trade => ReadTrade(_time.EndOf(in entry, date, time), id, in fields),
            _ => TryCount(fields[1], out long contracts) && _import.OpenInterest(NewYorkTime.ToUnixNanos(date, time), id, contracts),
        };
    }

    private bool ReadQuote(long nanos, uint id, in CsvFields fields) =>
        TryScaled(fields[BidPlace], out long bid) && TryCount(fields[BidSizePlace], out long bidSize)
        && TryScaled(fields[AskPlace], out long ask) && TryCount(fields[AskSizePlace], out long askSize)
        && _import.Quote(nanos, id, bid, ask, bidSize, askSize, 0, isNationalBest: true);

    private bool ReadTrade(long nanos, uint id, in CsvFields fields)
    {
        if (!TryScaled(fields[ClosePlace], out long price) || !TryCount(fields[VolumePlace], out long quantity)) return false;
        if (quantity == 0)
        {
            _import.Pass(ImportPass.Empty);
            return true;
        }
        if (price <= 0) return _import.Reject(ImportRejection.BadPrice, "contracts were traded, but the closing price is none");
        return _import.Trade(nanos, id, price, quantity, 0, TickFlags.Late);
    }

    // Where no folder says whether it is a share or an index, the symbol does.
    private bool ReadUnderlying(in LeanEntry entry, DateOnly date, TimeOnly time, in CsvFields fields)
    {
        bool isIndex = _isOfIndex ?? (OsiSymbol.TryParse($"{entry.Symbol}200117C00001000", out OsiContract any)
            && RootTable.TermsOf(any.Root).Exercise == ExerciseStyle.European);
        long price;
        switch (entry.Kind)
        {
            case LeanKind.Trade:
                if (!TryPrice(fields[ClosePlace], isIndex, out price)) return false;
                break;
            case LeanKind.Quote:
                if (!TryPrice(fields[BidPlace], isIndex, out long bid) || !TryPrice(fields[AskPlace], isIndex, out long ask)) return false;
                if (bid <= 0 || ask <= 0)
                {
                    _import.Pass(ImportPass.Empty);     // one side has no middle
                    return true;
                }
                price = bid + ((ask - bid) / 2);
                break;
            default:
                _import.Pass(ImportPass.OtherKind);
                return true;
        }
        return _import.TryUnderlying(entry.Symbol, out uint id) && _import.Spot(_time.EndOf(in entry, date, time, isIndex), id, price);
    }

    private bool TryPrice(ReadOnlySpan<char> text, bool isIndex, out long billionths)
    {
        if (!isIndex) return TryScaled(text, out billionths);
        billionths = TickImport.NoPrice;
        return text.IsEmpty || Billionths.TryParse(text, out billionths) || _import.Reject(ImportRejection.BadPrice, $"'{text}' is no price");
    }

    // Ten-thousandths, whole: a point would be a price in another unit.
    private bool TryScaled(ReadOnlySpan<char> text, out long billionths)
    {
        billionths = TickImport.NoPrice;
        if (text.IsEmpty) return true;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long units) || units > long.MaxValue / (Billionths.PerOne / PricesPerUnit))
            return _import.Reject(ImportRejection.BadPrice, $"'{text}' is no price in ten-thousandths");
        billionths = units * (Billionths.PerOne / PricesPerUnit);
        return true;
    }

    private bool TryCount(ReadOnlySpan<char> text, out long count)
    {
        count = 0;
        return text.IsEmpty || ChainNumber.TryCount(text, uint.MaxValue, out count)
            || _import.Reject(ImportRejection.BadQuantity, $"'{text}' is no whole number of contracts");
    }

    private static bool IsContractMonth(string folder) =>
        DateOnly.TryParseExact(folder, "yyyyMM", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
