using System.Runtime.InteropServices;
using DealerFlow.Wire;

namespace DealerFlow.Tape;

/// <summary>
/// Every block of a tape from the first tick on, each checked: what can be read of a tape whose end is missing or whose middle is damaged.
/// </summary>
internal sealed class TapeScan
{
    private readonly TapeSource _source;
    private readonly TapeBlockReader _blocks;
    private readonly List<TapeHole> _holes = [];

    /// <param name="source">The tape.</param>
    /// <param name="blocks">Stands before the first tick block.</param>
    /// <param name="passesOver">Goes on behind damage at the next block that is sound by itself.</param>
    public TapeScan(TapeSource source, TapeBlockReader blocks, bool passesOver)
    {
        _source = source;
        _blocks = blocks;
        long lostBefore = 0;
        while (true)
        {
            End = new TapeEnd(blocks.Offset, blocks.NextNumber, blocks.TicksBefore, blocks.PreviousCrc ?? 0);
            Fault = blocks.ReadNext();
            if (Fault == TapeFault.None && blocks.Header.Kind == TapeBlockKind.Ticks)
            {
                Index.Add(End.Offset, in blocks.Header);
                continue;
            }
            if (Fault is TapeFault.None or TapeFault.End || !passesOver || !TryFindNext(End.Offset + 1)) break;
            LostTicks += blocks.TicksBefore - End.Ticks;
            if (blocks.Header.Kind != TapeBlockKind.Ticks) break;
            _holes.Add(new TapeHole(End.Offset, blocks.Offset, blocks.NextNumber, blocks.TicksBefore, blocks.Header.EarliestNanos));
            lostBefore = LostTicks;
        }
        TickCount = End.Ticks - lostBefore;
        DamageOffset = _holes.Count > 0 ? _holes[0].Offset : Fault == TapeFault.None ? OffsetBehindIndex() : End.Offset;
    }

    /// <summary>Where the ticks end: at the index, or at damage behind which there are no more.</summary>
    public TapeEnd End { get; }

    /// <summary>What ended the scan; none at an index.</summary>
    public TapeFault Fault { get; }

    /// <summary>The index as the blocks themselves say it.</summary>
    public TapeIndex Index { get; } = new();

    /// <summary>Blocks that were passed over.</summary>
    public IReadOnlyList<TapeHole> Holes => _holes;

    /// <summary>Ticks in sound blocks.</summary>
    public long TickCount { get; }

    /// <summary>Ticks in blocks that were passed over.</summary>
    public long LostTicks { get; }

    /// <summary>Byte at which the first damage begins; −1 when the tape is whole.</summary>
    public long DamageOffset { get; }

    /// <summary>The footer, where the last bytes of a file are one of this tape.</summary>
    public static bool TryReadFooter(TapeSource source, ulong fileId, out TapeFooter footer)
    {
        footer = default;
        return source.TryRead(MemoryMarshal.AsBytes(new Span<TapeFooter>(ref footer)), source.Length - TapeFooter.SizeInBytes)
            && footer.Magic == TapeFooter.ExpectedMagic && new TapeChecksum().Of(in footer, TapeFooter.CheckedBytes) == footer.Crc
            && footer.FileId == fileId && footer.Reserved == 0;
    }

    // −1 when the index that was just read and the footer end the file as they should.
    private long OffsetBehindIndex()
    {
        if (_blocks.Header.Kind != TapeBlockKind.Index) return End.Offset;
        bool isWhole = _blocks.Offset == _source.Length - TapeFooter.SizeInBytes && TryReadFooter(_source, _blocks.FileId, out TapeFooter footer)
            && footer.TickCount == TickCount && footer.IndexOffset == End.Offset;
        return isWhole ? -1 : _blocks.Offset;
    }

    // Stands before the next sound block of this tape, its header read; false when there is none.
    private bool TryFindNext(long from)
    {
        const int Chunk = 1 << 16;
        byte[] chunk = new byte[Chunk + TapeBlockHeader.SizeInBytes];
        for (long start = from; start < _source.Length; start += Chunk)
        {
            Span<byte> bytes = chunk.AsSpan(0, (int)Math.Min(chunk.Length, _source.Length - start));
            if (!_source.TryRead(bytes, start)) return false;
            for (int at = 0; at <= Math.Min(Chunk - 1, bytes.Length - TapeBlockHeader.SizeInBytes); at++)
            {
                TapeBlockHeader header = MemoryMarshal.Read<TapeBlockHeader>(bytes[at..]);
                if (header.Marker != TapeBlockHeader.ExpectedMarker || header.FileId != _blocks.FileId) continue;
                // Blocks only follow: one that is older was copied over the damage.
                if (header.BlockNumber < End.Number || header.FirstTick < End.Ticks) continue;
                _blocks.MoveTo(start + at, header.BlockNumber, header.FirstTick, previousCrc: null);
                if (_blocks.ReadNext() != TapeFault.None) continue;
                _blocks.MoveTo(start + at, header.BlockNumber, header.FirstTick, previousCrc: null);
                return true;
            }
        }
        return false;
    }
}

/// <summary>Where the tick blocks of a tape end.</summary>
/// <param name="Offset">Byte behind the last of them.</param>
/// <param name="Number">Number that the block there has.</param>
/// <param name="Ticks">Ticks in the blocks before, those that were passed over included.</param>
/// <param name="PreviousCrc">StoredCrc of the last of them.</param>
internal readonly record struct TapeEnd(long Offset, uint Number, long Ticks, uint PreviousCrc);

/// <summary>Blocks that are missing or damaged and are passed over.</summary>
/// <param name="Offset">Byte at which the damage begins.</param>
/// <param name="NextOffset">Byte at which the next sound block begins.</param>
/// <param name="NextBlock">Its number.</param>
/// <param name="NextTick">Ticks in the blocks before it.</param>
/// <param name="NextNanos">Its earliest event time.</param>
internal readonly record struct TapeHole(long Offset, long NextOffset, uint NextBlock, long NextTick, long NextNanos);
