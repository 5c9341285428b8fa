using System.IO.Compression;
using System.Text;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// LEAN's zips of bars: of seconds and minutes one archive per day and kind, of hours and days one per year or for ever; one text without a
/// header per contract, named by the contract, or one of the underlying.
/// </summary>
/// <remarks>
/// A row is stamped with its beginning, New York; of an index, Chicago. What it says is known when its time is over, so that is the time of
/// the tick; what a day says is known when its trading ends. A quote row gives the closing bid and ask as one national best quote; an empty
/// side is none, and a row with two empty sides takes the quote away. A trade row gives the whole volume of its time at its closing price,
/// marked late: what price each part of it had, and what quote it met, is lost, so no side can be told. Open interest stands at its own
/// time.
/// <para>
/// A trade row of a share or an index gives the spot at the end of its time, a quote row the middle of its closing bid and ask. Shares are
/// printed in ten-thousandths, indexes as they are.
/// </para>
/// <para>
/// Options on futures, coins and currencies are passed over. They are known by a folder of LEAN's above the file, by a folder that is named
/// like a contract month, or by prices with a decimal point, which options on shares and indexes, printed in ten-thousandths, never have.
/// Ticks are refused. Rows are counted through all entries of an archive.
/// </para>
/// </remarks>
public sealed class LeanFormat : ITickFormat
{
    private const int EntriesLookedInto = 8;
    private const int BytesLookedInto = 1 << 16;
    private const int RowsPerPoint = 10;

    /// <inheritdoc/>
    public string Name => "lean";

    /// <inheritdoc/>
    public string Description => "LEAN zips of seconds, minutes, hours and days: option quotes, trades and open interest; shares and indexes as spot";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, string fileName)
    {
        if (!ZipHead.TryRead(head, out string name, out ReadOnlySpan<byte> text)) return false;
        if (LeanEntry.IsOfTicks(name)) return true;
        // A name such as "spx.csv" says too little: its first row must be one of LEAN's.
        return LeanEntry.TryParse(name, out LeanEntry entry) && (name.Contains('_') || LeanRows.IsBar(in entry, text));
    }

    /// <inheritdoc/>
    public void Read(ImportFile file, TickImport import)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(import);
        using var zip = BoundedZip.Open(file.Content, file.Path);
        if (!zip.Entries.Any(entry => LeanEntry.TryParse(entry.FullName, out _))) throw new InputFormatException(
            file.Path, 0, zip.Entries.Any(entry => LeanEntry.IsOfTicks(entry.FullName))
                ? "these are ticks, of which each is of one exchange and one side; take the second or minute files of the same days."
                : "no entry is named like 20210104_spxw_minute_quote_european_call_37000000_20210108.csv, so these are no bars of LEAN's.");
        var rows = new LeanRows(file.Path, HasDecimals(zip), import);
        foreach (ZipArchiveEntry entry in zip.Entries) rows.Read(zip, entry);
    }

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
}
