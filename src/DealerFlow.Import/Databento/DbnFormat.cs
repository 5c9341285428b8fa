using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// Databento Binary Encoding, versions 1 to 3, as files and live captures: quotes, prints, open interest and definitions of listed options,
/// and prints of shares as prices of the underlying. Futures and options on them are passed over.
/// </summary>
/// <remarks>
/// <see cref="DbnMetadata"/> reads what stands before the records, <see cref="DbnRecords"/> the records, <see cref="DbnTicks"/> makes ticks
/// of them; which quotes are national best, and how a quote of an interval is dated, is said there. Source: the vendor's description of the
/// format, checked on files of all three versions.
/// </remarks>
public sealed class DbnFormat : ITickFormat
{
    private const int MagicWithVersion = 4;

    // A text does not go on with a control character.
    private const byte FirstPrintable = 0x20;

    /// <inheritdoc/>
    public string Name => "dbn";

    /// <inheritdoc/>
    public string Description => "Databento DBN 1 to 3: OPRA quotes, trades, open interest and definitions; trades of shares as spot";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        if (head.Length >= MagicWithVersion && head.StartsWith(DbnMetadata.Magic)) return head[DbnMetadata.Magic.Length] < FirstPrintable;
        // Relatives that are refused, with a better reason than that nobody knows them.
        return DbnMetadata.IsLegacy(head) || fileName.EndsWith(".dbz", StringComparison.OrdinalIgnoreCase)
            || fileName.EndsWith(".dbn.frag", StringComparison.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public void Read(ImportFile file, TickImport import)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(import);
        var bytes = new DbnBytes(file.Content);
        DbnMetadata metadata = DbnMetadata.Read(bytes, file.Path, import.Options.MaxContracts);
        var records = new DbnRecords(bytes, metadata, file.Path);
        var ticks = new DbnTicks(metadata, import, file.Path);
        while (records.TryRead(out DbnRecord record))
        {
            import.BeginRow(records.Number);
            ticks.Tell(in record);
        }
    }
}
