using System.Runtime.InteropServices;
using DealerFlow.Wire;

namespace DealerFlow.Tape;

/// <summary>
/// A whole tape looked at, block by block and tick by tick: what is on it, what it costs, and whether everything that it says of itself
/// is true. Reading checks every checksum on the way; damage ends in a <see cref="TapeFormatException"/>.
/// </summary>
public sealed class TapeInspection
{
    private const int Batch = 16_384;
    private const int MaxFindings = 20;

    private readonly long[] _kinds = new long[256];
    private readonly long[] _columnBytes = new long[ColumnSizes.Length];
    private readonly List<string> _findings = [];
    private readonly HashSet<uint> _unknown = [];
    private readonly TapeIndex _index = new();
    private long _previousNanos = long.MinValue;

    private TapeInspection(TapeReader reader, CancellationToken stop)
    {
        Path = reader.Path;
        Metadata = reader.Metadata;
        SizeInBytes = reader.SizeInBytes;
        var ids = new HashSet<uint>();
        foreach (ref readonly InstrumentDefinition definition in reader.Definitions)
        {
            if (definition.Kind == InstrumentKind.Underlying) Underlyings++;
            else Contracts++;
            if (!ids.Add(definition.InstrumentId)) Find($"two definitions have the id {definition.InstrumentId}");
        }
        reader.OnBlock = OnBlock;
        var ticks = new Tick[Batch];
        for (int count = reader.Read(ticks); count > 0; count = reader.Read(ticks))
        {
            stop.ThrowIfCancellationRequested();
            foreach (ref readonly Tick tick in ticks.AsSpan(0, count)) Look(in tick, ids);
        }
        UnknownInstruments = _unknown.Count;
        if (!MemoryMarshal.AsBytes(reader.Index).SequenceEqual(MemoryMarshal.AsBytes(_index.Entries))) Find("the index says other things of the blocks than they do");
        if (Ticks != reader.TickCount) Find($"the end promises {reader.TickCount:#,0} ticks, the blocks hold {Ticks:#,0}");
        if (Ticks > 0 && (EarliestNanos, LatestNanos) != (reader.FirstEventTimeNanos, reader.LastEventTimeNanos)) Find("the end names other times than the ticks have");
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Text pairs that the writer was given.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Bytes of the file.</summary>
    public long SizeInBytes { get; }

    /// <summary>Underlyings that are defined in the head.</summary>
    public int Underlyings { get; }

    /// <summary>Contracts that are defined in the head.</summary>
    public int Contracts { get; }

    /// <summary>Ticks.</summary>
    public long Ticks { get; private set; }

    /// <summary>Tick blocks.</summary>
    public int Blocks { get; private set; }

    /// <summary>Of those, how many are stored with LZ4.</summary>
    public int CompressedBlocks { get; private set; }

    /// <summary>Bytes of all tick blocks as they are stored, their headers included.</summary>
    public long StoredBytes { get; private set; }

    /// <summary>Earliest event time; 0 without ticks.</summary>
    public long EarliestNanos { get; private set; }

    /// <summary>Latest event time; 0 without ticks.</summary>
    public long LatestNanos { get; private set; }

    /// <summary>Ticks whose event time is before that of the tick before.</summary>
    public long TimeRegressions { get; private set; }

    /// <summary>Quotes that set a national best.</summary>
    public long BestQuotes { get; private set; }

    /// <summary>Ticks whose id the head of the tape does not define.</summary>
    public long UnknownTicks { get; private set; }

    /// <summary>Ids of those.</summary>
    public int UnknownInstruments { get; }

    /// <summary>The longest time in which no tick came, and when it began.</summary>
    public (long Nanos, long FromNanos) LongestSilence { get; private set; }

    /// <summary>What the tape says of itself and is not so; empty on a sound tape.</summary>
    public IReadOnlyList<string> Findings => _findings;

    /// <summary>Looks at a tape.</summary>
    /// <exception cref="TapeFormatException">The tape is damaged: where, and what can be recovered.</exception>
    public static TapeInspection Of(string path, CancellationToken stop = default)
    {
        using TapeReader reader = TapeReader.Open(path);
        return new TapeInspection(reader, stop);
    }

    /// <summary>Ticks of a kind.</summary>
    public long CountOf(TickKind kind) => _kinds[(byte)kind];

    /// <summary>Bytes of a column in all blocks, before LZ4.</summary>
    public long BytesOf(TapeColumn column) => _columnBytes[(int)column];

    private void OnBlock(long offset, in TapeBlockHeader header, ReadOnlySpan<byte> payload)
    {
        _index.Add(offset, in header);
        Blocks++;
        StoredBytes += TapeBlockHeader.SizeInBytes + header.StoredBytes;
        if (header.Compression == TapeCompression.Lz4) CompressedBlocks++;
        if (payload.Length < TickBlockHead.SizeInBytes) return;
        ref readonly TickBlockHead head = ref MemoryMarshal.AsRef<TickBlockHead>(payload);
        if (head.Coding != TickBlockCoding.Columns) return;
        for (int column = 0; column < ColumnSizes.Length; column++) _columnBytes[column] += head.ColumnBytes[column];
    }

    private void Look(in Tick tick, HashSet<uint> ids)
    {
        _kinds[(byte)tick.Kind]++;
        if (tick.Kind == TickKind.Quote && (tick.Flags & TickFlags.NationalBest) != 0) BestQuotes++;
        if (!ids.Contains(tick.InstrumentId))
        {
            UnknownTicks++;
            _unknown.Add(tick.InstrumentId);
        }
        long nanos = tick.EventTimeNanos;
        if (Ticks++ == 0)
        {
            (EarliestNanos, LatestNanos) = (nanos, nanos);
        }
        else
        {
            if (nanos < _previousNanos) TimeRegressions++;
            if (nanos - LatestNanos > LongestSilence.Nanos) LongestSilence = (nanos - LatestNanos, LatestNanos);
            EarliestNanos = Math.Min(EarliestNanos, nanos);
            LatestNanos = Math.Max(LatestNanos, nanos);
        }
        _previousNanos = nanos;
    }

    private void Find(string what)
    {
        if (_findings.Count < MaxFindings) _findings.Add(what);
    }
}
