using DealerFlow.Wire;

namespace DealerFlow.Tape;

/// <summary>
/// The index while a tape is written or recovered: one entry per tick block, and when its room is used up one per two, per four, …
/// blocks, so that a tape of any length needs the same memory.
/// </summary>
internal sealed class TapeIndex
{
    private readonly TapeIndexEntry[] _entries = new TapeIndexEntry[TapeIndexEntry.Capacity];
    private int _count;
    private long _tickBlocks;

    public ReadOnlySpan<TapeIndexEntry> Entries => _entries.AsSpan(0, _count);

    /// <summary>Tick blocks per entry.</summary>
    public uint Stride { get; private set; } = 1;

    /// <summary>Smallest event time of all blocks; 0 without blocks.</summary>
    public long EarliestNanos { get; private set; }

    /// <summary>Largest event time of all blocks; 0 without blocks.</summary>
    public long LatestNanos { get; private set; }

    public void Add(long offset, in TapeBlockHeader block)
    {
        EarliestNanos = _tickBlocks == 0 ? block.EarliestNanos : Math.Min(EarliestNanos, block.EarliestNanos);
        LatestNanos = _tickBlocks == 0 ? block.LatestNanos : Math.Max(LatestNanos, block.LatestNanos);
        if (_tickBlocks++ % Stride != 0)
        {
            _entries[_count - 1] = Spanning(_entries[_count - 1], block.EarliestNanos, block.LatestNanos, block.TickKinds);
            return;
        }
        if (_count == _entries.Length) Thin();
        _entries[_count++] = new TapeIndexEntry
        {
            Offset = offset,
            FirstTick = block.FirstTick,
            EarliestNanos = block.EarliestNanos,
            LatestNanos = block.LatestNanos,
            BlockNumber = block.BlockNumber,
            StoredCrc = block.StoredCrc,
            TickKinds = block.TickKinds,
        };
    }

    // The room is a power of two, so after thinning the next block begins a run of the new stride.
    private void Thin()
    {
        _count /= 2;
        for (int i = 0; i < _count; i++)
            _entries[i] = Spanning(_entries[2 * i], _entries[(2 * i) + 1].EarliestNanos, _entries[(2 * i) + 1].LatestNanos, _entries[(2 * i) + 1].TickKinds);
        Stride *= 2;
    }

    private static TapeIndexEntry Spanning(TapeIndexEntry entry, long earliest, long latest, ushort kinds)
    {
        entry.TickKinds |= kinds;
        entry.EarliestNanos = Math.Min(entry.EarliestNanos, earliest);
        entry.LatestNanos = Math.Max(entry.LatestNanos, latest);
        return entry;
    }
}
