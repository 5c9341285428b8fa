using System.Globalization;
using System.IO.Compression;
using System.Text;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>LEAN's minute zips: one archive per day and kind, one text without a header per contract, named by the contract.</summary>
/// <remarks>
/// A row is a minute and is stamped with the minute's first millisecond, New York; of an index, Chicago. What it says is known at the
/// minute's end, so that is the time of the tick. A quote row gives the closing bid and ask as one national best quote; an empty side is
/// none, and a row with two empty sides takes the quote away. A trade row gives the whole volume of the minute at its closing price,
/// marked late: what price each part of it had, and what quote it met, is lost, so no side can be told. Open interest stands at its own
/// time. A trade row of a share or an index gives the spot at the end of the minute. Options on futures are passed over; they are known by
/// a folder <c>future</c> or <c>futureoption</c> above the file, by a folder that is named like a contract month, or by prices with a
/// decimal point, which options on shares and indexes, printed in ten-thousandths, never have.
/// Rows are counted through all entries of an archive.
/// </remarks>
public sealed class LeanFormat : ITickFormat
{
    private const int MaxFields = 16;
    private const int QuoteFields = 11;
    private const int TradeFields = 6;
    private const int OpenInterestFields = 2;
    private const int MillisPerDay = 86_400_000;
    private const long NanosPerMinute = 60 * UnixNanos.PerSecond;
    private const long ChicagoBehindNanos = 3_600 * UnixNanos.PerSecond;
    private const int PricesPerUnit = 10_000;
    private const int EntriesLookedInto = 8;
    private const int BytesLookedInto = 1 << 16;
    private const int RowsPerPoint = 10;
    private const int NameLengthOffset = 26;
    private const int NameOffset = 30;

    /// <inheritdoc/>
    public string Name => "lean";

    /// <inheritdoc/>
    public string Description => "LEAN minute zips: option quotes, trades and open interest, trades of shares and indexes";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, string fileName)
    {
        if (!head.StartsWith(BoundedZip.Magic) || head.Length < NameOffset) return false;
        int length = head[NameLengthOffset] | (head[NameLengthOffset + 1] << 8);
        string name = Encoding.Latin1.GetString(head[NameOffset..Math.Min(head.Length, NameOffset + length)]);
        return LeanEntry.TryParse(name, out _) || IsLongerThanMinutes(name);
    }

    /// <inheritdoc/>
    public void Read(ImportFile file, TickImport import)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(import);
        using var zip = BoundedZip.Open(file.Content, file.Path);
        if (!zip.Entries.Any(entry => LeanEntry.TryParse(entry.FullName, out _))) throw new InputFormatException(
            file.Path, 0, zip.Entries.Any(entry => IsLongerThanMinutes(entry.FullName))
                ? "these are bars of hours or days, of which no quote can be had; take the minute files of the same days."
                : "no entry is named like 20210104_spxw_minute_quote_european_call_37000000_20210108.csv, so these are no minute files.");
        var reader = new Reader(file.Path, HasDecimals(zip), import);
        foreach (ZipArchiveEntry entry in zip.Entries) reader.Read(zip, entry);
    }

    // "spx_quote_european_call_32000000_20210115.csv": no date in front.
    private static bool IsLongerThanMinutes(string name) => name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
        && (name.Contains("_european_", StringComparison.Ordinal) || name.Contains("_american_", StringComparison.Ordinal));

    // The largest entries have the most prices. One point somewhere is a bad row; a tenth of the rows is another unit.
    private static bool HasDecimals(BoundedZip zip)
    {
        byte[] room = new byte[BytesLookedInto];
        (int rows, int withPoint) = (0, 0);
        foreach (ZipArchiveEntry packed in zip.Entries.OrderByDescending(entry => entry.CompressedLength).Take(EntriesLookedInto))
        {
            if (!LeanEntry.TryParse(packed.FullName, out LeanEntry entry) || entry.Contract is null) continue;
            try
            {
                using Stream content = zip.Unpack(packed);
                ReadOnlySpan<byte> text = room.AsSpan(0, content.ReadAtLeast(room, room.Length, throwOnEndOfStream: false));
                foreach (Range line in text.Split((byte)'\n'))
                {
                    int prices = text[line].LastIndexOf((byte)',');   // behind it stands a size
                    if (prices < 0) continue;
                    rows++;
                    if (text[line][..prices].Contains((byte)'.')) withPoint++;
                }
            }
            catch (DamagedEntryException)
            {
                // Said when its rows are read.
            }
        }
        return withPoint > 0 && withPoint >= rows / RowsPerPoint;
    }

    /// <summary>Reads the entries of one archive.</summary>
    private sealed class Reader
    {
        private readonly TickImport _import;
        private readonly bool _isOfFutures;
        private readonly bool? _isOfIndex;
        private readonly Range[] _ranges = new Range[MaxFields];
        private long _place;

        public Reader(string path, bool hasDecimals, TickImport import)
        {
            _import = import;
            string[] folders = path.Split('/', '\\')[..^1];
            _isOfFutures = hasDecimals || folders.Any(folder => folder.Equals("future", StringComparison.OrdinalIgnoreCase)
                || folder.Equals("futureoption", StringComparison.OrdinalIgnoreCase)) || (folders.Length > 0 && IsContractMonth(folders[^1]));
            if (folders.Contains("index", StringComparer.OrdinalIgnoreCase)) _isOfIndex = true;
            else if (folders.Contains("equity", StringComparer.OrdinalIgnoreCase)) _isOfIndex = false;
        }

        public void Read(BoundedZip zip, ZipArchiveEntry packed)
        {
            if (packed.FullName.EndsWith('/')) return;
            if (!LeanEntry.TryParse(packed.FullName, out LeanEntry entry))
            {
                _import.BeginRow(++_place);
                _import.Reject(ImportRejection.UnknownContract, $"the entry '{packed.FullName}' is not named like a minute file of a contract");
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
                if (_isOfFutures) _import.Pass(ImportPass.OtherInstrument);
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
            if (!int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out int millis) || millis >= MillisPerDay)
                return _import.Reject(ImportRejection.BadTime, $"'{fields[0]}' is no time in milliseconds of a day");
            long nanos = NewYorkTime.ToUnixNanos(entry.Date, new TimeOnly(millis * TimeSpan.TicksPerMillisecond));
            if (entry.Contract is not OsiContract contract) return ReadUnderlying(in entry, nanos, in fields);

            RootTerms terms = RootTable.TermsOf(contract.Root) with { Exercise = entry.Exercise };
            if (!_import.TryContract(in contract, in terms, out uint id)) return false;
            return entry.Kind switch
            {
                LeanKind.Quote => ReadQuote(nanos + NanosPerMinute, id, in fields),
                LeanKind.Trade => ReadTrade(nanos + NanosPerMinute, id, in fields),
                _ => TryCount(fields[1], out long contracts) && _import.OpenInterest(nanos, id, contracts),
            };
        }

        private bool ReadQuote(long nanos, uint id, in CsvFields fields) =>
            TryPrice(fields[4], PricesPerUnit, out long bid) && TryCount(fields[5], out long bidSize)
            && TryPrice(fields[9], PricesPerUnit, out long ask) && TryCount(fields[10], out long askSize)
            && _import.Quote(nanos, id, bid, ask, bidSize, askSize, 0, isNationalBest: true);

        private bool ReadTrade(long nanos, uint id, in CsvFields fields)
        {
            if (!TryPrice(fields[4], PricesPerUnit, out long price) || !TryCount(fields[5], out long quantity)) return false;
            if (quantity == 0)
            {
                _import.Pass(ImportPass.Empty);
                return true;
            }
            if (price <= 0) return _import.Reject(ImportRejection.BadPrice, "contracts were traded, but the closing price is none");
            return _import.Trade(nanos, id, price, quantity, 0, TickFlags.Late);
        }

        // Shares are printed in ten-thousandths, indexes as they are; where no folder says which it is, the symbol does.
        private bool ReadUnderlying(in LeanEntry entry, long nanos, in CsvFields fields)
        {
            if (entry.Kind != LeanKind.Trade)
            {
                _import.Pass(ImportPass.OtherKind);
                return true;
            }
            bool isIndex = _isOfIndex ?? (OsiSymbol.TryParse($"{entry.Symbol}200117C00001000", out OsiContract any)
                && RootTable.TermsOf(any.Root).Exercise == ExerciseStyle.European);
            long end = nanos + NanosPerMinute + (isIndex ? ChicagoBehindNanos : 0);
            return TryPrice(fields[4], isIndex ? 1 : PricesPerUnit, out long price)
                && _import.TryUnderlying(entry.Symbol, out uint id) && _import.Spot(end, id, price);
        }

        private bool TryPrice(ReadOnlySpan<char> text, int unitsPerPrice, out long billionths)
        {
            billionths = TickImport.NoPrice;
            if (text.IsEmpty) return true;
            if (!Billionths.TryParse(text, out billionths)) return _import.Reject(ImportRejection.BadPrice, $"'{text}' is no price");
            (billionths, long rest) = Math.DivRem(billionths, unitsPerPrice);
            return rest == 0 || _import.Reject(ImportRejection.BadPrice, $"'{text}' is finer than can be");
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
}
