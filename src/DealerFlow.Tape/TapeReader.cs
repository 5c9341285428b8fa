using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using DealerFlow.Wire;

namespace DealerFlow.Tape;

/// <summary>
/// Replays a tape. Every block is checked before a tick of it is handed out; damage ends in a <see cref="TapeFormatException"/> that
/// says what, where and what to do. One thread; allocates nothing after <see cref="Open(string, TapeRecovery)"/>.
/// </summary>
public sealed class TapeReader : IDisposable
{
    private readonly TapeSource _source;
    private readonly TapeBlockReader _blocks;
    private readonly TapeBlockDecoder _decoder;
    private readonly Tick[] _run = new Tick[PackedColumn.RunLength];
    private readonly Dictionary<string, string> _metadata;
    private readonly InstrumentDefinition[] _definitions;
    private readonly long _firstTickOffset;
    private readonly uint _firstTickBlock;
    private readonly uint _crcBeforeTicks;
    private TapeIndexEntry[] _index = [];
    private TapeEnd _end;
    private TapeFormatException? _damage;
    private IReadOnlyList<TapeHole> _holes = [];
    private int _nextHole;
    private int _runStart, _runEnd;             // decoded ticks of _run that were not handed out yet

    private TapeReader(TapeSource source, TapeRecovery recovery)
    {
        _source = source;
        _blocks = new TapeBlockReader(source);
        TapeFileHeader header = ReadFileHeader();
        _metadata = ReadMetadata(in header);
        _definitions = ReadDefinitions(in header);
        _firstTickOffset = _blocks.Offset;
        _firstTickBlock = _blocks.NextNumber;
        _crcBeforeTicks = _blocks.Header.StoredCrc;
        _blocks.Reserve();
        _decoder = new TapeBlockDecoder((int)header.MaxTicksPerBlock);
        if (recovery == TapeRecovery.Refuse) ReadEnd();
        else Scan(passesOver: recovery == TapeRecovery.Skip);
        Rewind();
    }

    /// <summary>Sees every tick block that is begun.</summary>
    internal delegate void BlockObserver(long offset, in TapeBlockHeader header, ReadOnlySpan<byte> payload);

    internal BlockObserver? OnBlock { get; set; }

    /// <summary>The index; empty without tick blocks.</summary>
    internal ReadOnlySpan<TapeIndexEntry> Index => _index;

    /// <summary>Text pairs that the writer was given.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>What the instrument ids mean.</summary>
    public ReadOnlySpan<InstrumentDefinition> Definitions => _definitions;

    /// <summary>Ticks on the tape; of a recovered tape, those that can be read.</summary>
    public long TickCount { get; private set; }

    /// <summary>Ticks in damaged blocks that are passed over; 0 unless it was opened for that.</summary>
    public long LostTicks { get; private set; }

    /// <summary>Earliest event time on the tape; 0 without ticks.</summary>
    public long FirstEventTimeNanos { get; private set; }

    /// <summary>Latest event time on the tape; 0 without ticks.</summary>
    public long LastEventTimeNanos { get; private set; }

    /// <summary>The file.</summary>
    public string Path => _source.Path;

    /// <summary>Bytes of the file.</summary>
    public long SizeInBytes => _source.Length;

    /// <summary>Byte that the next block begins at: how far replay has come, for a progress line.</summary>
    public long BytesRead => _blocks.Offset;

    /// <summary>Byte at which the damage of a recovered tape begins; −1 when the tape is whole.</summary>
    public long DamageOffset { get; private set; } = -1;

    /// <summary>Bytes of a recovered tape from the damage to the end of the file.</summary>
    public long BytesLost => DamageOffset < 0 ? 0 : SizeInBytes - DamageOffset;

    /// <summary>Opens a tape that must be whole.</summary>
    /// <exception cref="TapeFormatException">It is not a tape, of another version, cut off or damaged.</exception>
    public static TapeReader Open(string path) => Open(path, TapeRecovery.Refuse);

    /// <summary>Opens a tape; with <see cref="TapeRecovery.Prefix"/> also one that was cut off.</summary>
    /// <exception cref="TapeFormatException">It is not a tape, of another version, or damaged beyond what was allowed.</exception>
    public static TapeReader Open(string path, TapeRecovery recovery) => Open(TapeSource.OfFile(path), recovery);

    /// <summary>Opens a tape that is in memory; <paramref name="name"/> stands for its path in messages.</summary>
    public static TapeReader Open(ReadOnlyMemory<byte> tape, string name, TapeRecovery recovery = TapeRecovery.Refuse) =>
        Open(TapeSource.OfMemory(tape, name), recovery);

    /// <summary>Reads the next ticks in the order of the stream.</summary>
    /// <returns>Ticks written to the start of <paramref name="ticks"/>; 0 = end of the tape.</returns>
    /// <exception cref="TapeFormatException">The next block is damaged. All ticks before it have been handed out.</exception>
    public int Read(Span<Tick> ticks)
    {
        int written = 0;
        while (written < ticks.Length)
        {
            if (_runStart < _runEnd)
            {
                int copied = Math.Min(_runEnd - _runStart, ticks.Length - written);
                _run.AsSpan(_runStart, copied).CopyTo(ticks[written..]);
                _runStart += copied;
                written += copied;
                continue;
            }
            if (_decoder.Remaining == 0)
            {
                // Ticks that are there are handed out before the next block can turn out to be damaged.
                if (written > 0 || !TryBeginBlock()) break;
                // A gap in place of blocks that were passed over.
                if (_runStart < _runEnd) continue;
            }
            if (ticks.Length - written >= Math.Min(PackedColumn.RunLength, _decoder.Remaining)) written += DecodeRun(ticks[written..]);
            else
            {
                _runStart = 0;
                _runEnd = DecodeRun(_run);
            }
        }
        return written;
    }

    /// <summary>Back to the first tick.</summary>
    public void Rewind() => MoveTo(_firstTickOffset, _firstTickBlock, 0, _crcBeforeTicks);

    /// <summary>
    /// Moves to the first tick, in the order of the stream, whose event time is not before <paramref name="eventTimeNanos"/>; to the
    /// end when there is none. Only the blocks around it are read.
    /// </summary>
    public void SeekToTime(long eventTimeNanos)
    {
        Rewind();
        int entry = 0;
        while (entry < _index.Length && _index[entry].LatestNanos < eventTimeNanos) entry++;
        if (entry > 0 && entry < _index.Length)
            MoveTo(_index[entry].Offset, _index[entry].BlockNumber, _index[entry].FirstTick, previousCrc: null);
        else if (entry > 0)
            MoveTo(_end.Offset, _end.Number, _end.Ticks, _end.PreviousCrc);

        while (TryFillRun())
        {
            while (_runStart < _runEnd && _run[_runStart].EventTimeNanos < eventTimeNanos) _runStart++;
            if (_runStart < _runEnd) return;
        }
    }

    /// <summary>
    /// As <see cref="SeekToTime(long)"/>, and gives what came before and is still needed: all ticks of some kinds, each at the time that
    /// was sought. Beside the blocks around the place only those that hold such ticks are read.
    /// </summary>
    /// <param name="eventTimeNanos">The time.</param>
    /// <param name="kinds">The kinds, a bit for each, as <see cref="TickKinds"/> has them.</param>
    public List<Tick> SeekToTime(long eventTimeNanos, int kinds)
    {
        var before = new List<Tick>();
        for (int i = 0; i < _index.Length; i++)
        {
            TapeIndexEntry entry = _index[i];
            if ((entry.TickKinds & kinds) == 0 || entry.EarliestNanos >= eventTimeNanos) continue;
            MoveTo(entry.Offset, entry.BlockNumber, entry.FirstTick, previousCrc: null);
            // A run of blocks ends where the next one's begins, and the last one's at the end.
            long end = i + 1 < _index.Length ? _index[i + 1].FirstTick : _end.Ticks;
            while ((_decoder.Remaining > 0 || _blocks.TicksBefore < end) && TryFillRun())
            {
                foreach (ref readonly Tick tick in _run.AsSpan(_runStart, _runEnd - _runStart))
                {
                    if ((TickKinds.Of(tick.Kind) & kinds) != 0 && tick.EventTimeNanos < eventTimeNanos)
                        before.Add(tick with { EventTimeNanos = eventTimeNanos });
                }
                _runStart = _runEnd;
            }
        }
        SeekToTime(eventTimeNanos);
        return before;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _source.Dispose();

    private static TapeReader Open(TapeSource source, TapeRecovery recovery)
    {
        try
        {
            return new TapeReader(source, recovery);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private bool TryFillRun()
    {
        if (_decoder.Remaining == 0 && !TryBeginBlock()) return false;
        if (_runStart == _runEnd) (_runStart, _runEnd) = (0, DecodeRun(_run));
        return true;
    }

    private bool TryBeginBlock()
    {
        if (_damage is not null) throw _damage;
        if (_nextHole < _holes.Count && _blocks.Offset == _holes[_nextHole].Offset)
        {
            TapeHole hole = _holes[_nextHole++];
            _blocks.MoveTo(hole.NextOffset, hole.NextBlock, hole.NextTick, previousCrc: null);
            TellGap(hole.NextNanos);
            return true;
        }
        long offset = _blocks.Offset;
        if (offset == _end.Offset)
        {
            if (!_blocks.IsBefore(_end.Number, _end.Ticks, _end.PreviousCrc)) ThrowDamaged(TapeFault.OutOfPlace);
            return false;
        }
        TapeFault fault = offset < _end.Offset ? _blocks.ReadNext() : TapeFault.OutOfPlace;
        if (fault != TapeFault.None) ThrowDamaged(fault);
        if (_blocks.Header.Kind != TapeBlockKind.Ticks) ThrowDamaged(TapeFault.BadContent, last: true);
        if (_decoder.Begin(_blocks.Payload, (int)_blocks.Header.Count) != TapeDecodeStatus.Ok) ThrowDamaged(TapeFault.BadContent, last: true);
        OnBlock?.Invoke(offset, in _blocks.Header, _blocks.Payload);
        return true;
    }

    private int DecodeRun(Span<Tick> ticks)
    {
        if (_decoder.Next(_blocks.Payload, ticks, out int written) != TapeDecodeStatus.Ok) ThrowDamaged(TapeFault.BadContent, last: true);
        return written;
    }

    private void MoveTo(long offset, uint number, long ticksBefore, uint? previousCrc)
    {
        _blocks.MoveTo(offset, number, ticksBefore, previousCrc);
        _nextHole = 0;
        while (_nextHole < _holes.Count && _holes[_nextHole].Offset < offset) _nextHole++;
        _decoder.Reset();
        _runStart = _runEnd = 0;
    }

    private TapeFileHeader ReadFileHeader()
    {
        TapeFileHeader header = default;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<TapeFileHeader>(ref header));
        Span<byte> start = bytes[..(int)Math.Min(bytes.Length, _source.Length)];
        _source.TryRead(start, 0);
        if (start.Length < sizeof(ulong) || header.Magic != TapeFileHeader.ExpectedMagic) ThrowNotATape(start);
        if (start.Length < bytes.Length) Throw(0, "the tape is cut off inside its file header: there is nothing to recover. Record it again.");
        if (header.MajorVersion != TapeFileHeader.CurrentMajorVersion)
            Throw(8, $"the tape has format version {header.MajorVersion}.{header.MinorVersion}; this program reads version {TapeFileHeader.CurrentMajorVersion}. Use a program of the tape's version.");
        bool sound = new TapeChecksum().Of(in header, TapeFileHeader.CheckedBytes) == header.Crc
            && header.MaxTicksPerBlock - 1 < TickBlockHead.MaxTicks && header.DefinitionCount <= TapeFileHeader.MaxDefinitions && header.Reserved == 0;
        if (!sound) Throw(0, "the file header (bytes 0 to 39) is damaged: fetch another copy of the tape or record it again.");
        _blocks.FileId = header.FileId;
        _blocks.MaxTicksPerBlock = header.MaxTicksPerBlock;
        _blocks.MoveTo(TapeFileHeader.SizeInBytes, 0, 0, previousCrc: 0);
        return header;
    }

    private Dictionary<string, string> ReadMetadata(in TapeFileHeader header)
    {
        ReadHeadBlock(TapeBlockKind.Metadata);
        Dictionary<string, string>? metadata =
            _blocks.Header.Count == header.MetadataCount ? TapeMetadata.FromBytes(_blocks.Payload, header.MetadataCount) : null;
        if (metadata is null) ThrowDamaged(TapeFault.BadContent, last: true);
        return metadata;
    }

    private InstrumentDefinition[] ReadDefinitions(in TapeFileHeader header)
    {
        // Room grows with the blocks that are really there, not with the count that the header claims.
        var definitions = new List<InstrumentDefinition>();
        while (definitions.Count < header.DefinitionCount)
        {
            ReadHeadBlock(TapeBlockKind.Definitions);
            if (_blocks.Header.Count == 0 || definitions.Count + _blocks.Header.Count > header.DefinitionCount)
                ThrowDamaged(TapeFault.BadContent, last: true);
            definitions.AddRange(MemoryMarshal.Cast<byte, InstrumentDefinition>(_blocks.Payload));
        }
        return [.. definitions];
    }

    private void ReadHeadBlock(TapeBlockKind kind)
    {
        long offset = _blocks.Offset;
        TapeFault fault = _blocks.ReadNext();
        if (fault == TapeFault.None && _blocks.Header.Kind == kind) return;
        string what = kind == TapeBlockKind.Metadata ? "metadata" : "definitions";
        Throw(offset, $"the {what} in block {_blocks.NextNumber} at byte {offset} cannot be read ({Describe(fault)}): without them there is nothing to recover. Fetch another copy of the tape or record it again.", _blocks.NextNumber);
    }

    // A whole tape ends with an index block and a footer that agree with each other.
    private void ReadEnd()
    {
        long footerOffset = SizeInBytes - TapeFooter.SizeInBytes;
        TapeFooter footer = default;
        bool found = footerOffset >= _firstTickOffset + TapeBlockHeader.SizeInBytes && TapeScan.TryReadFooter(_source, _blocks.FileId, out footer);
        if (!found || !TryReadIndex(in footer, footerOffset)) ThrowNoEnd(found);
        TickCount = footer.TickCount;
        FirstEventTimeNanos = footer.EarliestNanos;
        LastEventTimeNanos = footer.LatestNanos;
    }

    private bool TryReadIndex(in TapeFooter footer, long footerOffset)
    {
        if (footer.IndexOffset < _firstTickOffset || footer.IndexOffset > footerOffset - TapeBlockHeader.SizeInBytes) return false;
        _blocks.MoveTo(footer.IndexOffset, footer.BlockCount - 1, footer.TickCount, previousCrc: null);
        if (_blocks.ReadNext() != TapeFault.None || _blocks.Header.Kind != TapeBlockKind.Index || _blocks.Offset != footerOffset) return false;
        _end = new TapeEnd(footer.IndexOffset, _blocks.Header.BlockNumber, footer.TickCount, _blocks.Header.PreviousCrc);
        _index = MemoryMarshal.Cast<byte, TapeIndexEntry>(_blocks.Payload).ToArray();
        long last = _firstTickOffset - 1;
        foreach (ref readonly TapeIndexEntry entry in _index.AsSpan())
        {
            if (entry.Offset <= last || entry.Offset >= footer.IndexOffset) return false;
            last = entry.Offset;
        }
        return true;
    }

    private TapeFault Scan(bool passesOver)
    {
        Rewind();
        var scan = new TapeScan(_source, _blocks, passesOver);
        _end = scan.End;
        _holes = scan.Holes;
        _index = scan.Index.Entries.ToArray();
        (TickCount, LostTicks, DamageOffset) = (scan.TickCount, scan.LostTicks, scan.DamageOffset);
        (FirstEventTimeNanos, LastEventTimeNanos) = (scan.Index.EarliestNanos, scan.Index.LatestNanos);
        return scan.Fault;
    }

    private void TellGap(long nanos)
    {
        int count = 0;
        foreach (ref readonly InstrumentDefinition definition in _definitions.AsSpan())
        {
            if (definition.Kind != InstrumentKind.Underlying || count == _run.Length) continue;
            _run[count++] = new Tick { EventTimeNanos = nanos, InstrumentId = definition.InstrumentId, Kind = TickKind.Gap };
        }
        (_runStart, _runEnd) = (0, count);
        _decoder.Reset();
    }

    [DoesNotReturn]
    private void ThrowNoEnd(bool footerFound)
    {
        TapeFault fault = Scan(passesOver: false);
        string what = footerFound ? "the tape's index is damaged" : "the tape has no footer: it was cut off, or something was added to it";
        string blocks = fault is TapeFault.None or TapeFault.End ? "" : $" ({Describe(fault)})";
        Throw(DamageOffset, $"{what}. It is sound up to byte {DamageOffset} of {SizeInBytes}{blocks}, which holds {TickCount} ticks. Recover that prefix, or record it again.");
    }

    // The block that is next, or (last) the block that was just read.
    [DoesNotReturn]
    private void ThrowDamaged(TapeFault fault, bool last = false)
    {
        long offset = last ? _blocks.Offset - TapeBlockHeader.SizeInBytes - _blocks.Header.StoredBytes : _blocks.Offset;
        long number = last ? _blocks.NextNumber - 1L : _blocks.NextNumber;
        _damage = Failure(offset, $"block {number} at byte {offset} is damaged ({Describe(fault)}). Recover the ticks before it, or fetch another copy of the tape.", number);
        throw _damage;
    }

    [DoesNotReturn]
    private void ThrowNotATape(ReadOnlySpan<byte> start) =>
        Throw(0, start.IsEmpty
            ? "empty, not a DealerFlow tape. Give a .dftape file."
            : $"not a DealerFlow tape: it begins with {Convert.ToHexString(start[..Math.Min(8, start.Length)])}, a tape with 4446544150450D0A. Give a .dftape file.");

    [DoesNotReturn]
    private void Throw(long offset, string sentence, long block = -1) => throw Failure(offset, sentence, block);

    private TapeFormatException Failure(long offset, string sentence, long block) =>
        new(_source.Path, offset, sentence) { BlockNumber = block };

    private static string Describe(TapeFault fault) => fault switch
    {
        TapeFault.End => "the file ends there",
        TapeFault.CutOff => "it is cut off",
        TapeFault.NotABlock => "no block begins there",
        TapeFault.BadLengths => "its lengths are impossible",
        TapeFault.BadChecksum => "its checksum does not match",
        TapeFault.OutOfPlace => "it is not the block that belongs there",
        TapeFault.BadCompression => "it does not decompress to what was stored",
        _ => "its content is not what its header says",
    };
}
