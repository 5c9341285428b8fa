using System.IO.Hashing;
using System.Runtime.InteropServices;
using DealerFlow.Engine;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>
/// Takes every snapshot of a run: hashes its market section, hands it to its feed, and keeps the last one of each underlying for
/// whoever asks.
/// </summary>
internal sealed class SnapshotCollector(MarketFeeds? feeds, Func<double> ticksPerSecond, TapeRecorder? recorder = null)
{
    private readonly XxHash128 _hash = new();
    private readonly Lock _gate = new();
    private readonly List<Kept> _kept = [];
    private Ledger _ledger;

    /// <summary>How a live stream came in; null for a replay.</summary>
    public Func<IngestSection>? Ingest { get; set; }

    /// <summary>Snapshots so far.</summary>
    public long Count { get; private set; }

    /// <summary>Headlines so far.</summary>
    public long Headlines { get; private set; }

    /// <summary>Hash over the market sections of all snapshots and over all headlines, in order.</summary>
    public string Hash() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger)
    {
        ref readonly MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(marketSection);
        _hash.Append(marketSection);
        IngestSection ingest = Ingest is null ? default : Ingest();
        feeds?.Publish(marketSection, in head, in ledger, ticksPerSecond(), recorder is null ? default : recorder.Status, in ingest);
        lock (_gate)
        {
            KeptOf(in head).Keep(marketSection);
            _ledger = ledger;
            Count++;
        }
    }

    public void PublishHeadline(in HeadlineSection headline, in Ledger ledger)
    {
        _hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<HeadlineSection>(in headline)));
        IngestSection ingest = Ingest is null ? default : Ingest();
        feeds?.PublishHeadline(in headline, in ledger, in ingest);
        Headlines++;
    }

    public void Heartbeat(ulong eventSequence, long eventTimeNanos) => feeds?.Heartbeat(eventSequence, eventTimeNanos);

    /// <summary>Copies the last snapshot of an underlying, or of whichever published first; false where there is none.</summary>
    /// <param name="symbol">The underlying; null = whichever published first.</param>
    /// <param name="bytes">Room that is used again, and grows.</param>
    /// <param name="length">Bytes of the market section.</param>
    /// <param name="ledger">The ledger of the last snapshot of all.</param>
    public bool TryCopyLast(Ascii8? symbol, ref byte[] bytes, out int length, out Ledger ledger)
    {
        lock (_gate)
        {
            ledger = _ledger;
            Kept? kept = _kept.Find(one => !one.IsCombined && (symbol is null || one.Symbol == symbol));
            return Copy(kept, ref bytes, out length);
        }
    }

    /// <summary>Copies the last combined view; false where there is none.</summary>
    public bool TryCopyCombined(ref byte[] bytes, out int length)
    {
        lock (_gate) return Copy(_kept.Find(one => one.IsCombined), ref bytes, out length);
    }

    private static bool Copy(Kept? kept, ref byte[] bytes, out int length)
    {
        length = kept?.Length ?? 0;
        if (kept is null) return false;
        if (bytes.Length < length) bytes = new byte[kept.Bytes.Length];
        kept.Bytes.AsSpan(0, length).CopyTo(bytes);
        return true;
    }

    // A handful at most; looked for without allocating.
    private Kept KeptOf(in MarketSection head)
    {
        bool isCombined = head.Members > 1;
        foreach (Kept one in _kept)
            if (one.IsCombined == isCombined && one.Symbol == head.Underlying) return one;
        var kept = new Kept(head.Underlying, isCombined);
        _kept.Add(kept);
        return kept;
    }

    private sealed class Kept(Ascii8 symbol, bool isCombined)
    {
        public Ascii8 Symbol => symbol;

        public bool IsCombined => isCombined;

        public byte[] Bytes { get; private set; } = [];

        public int Length { get; private set; }

        public void Keep(ReadOnlySpan<byte> section)
        {
            if (Bytes.Length < section.Length) Bytes = new byte[section.Length + (section.Length / 2)];
            section.CopyTo(Bytes);
            Length = section.Length;
        }
    }
}

/// <summary>The struct that the engine calls.</summary>
internal readonly struct CollectorSink(SnapshotCollector collector) : ISnapshotSink
{
    public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger) => collector.Publish(marketSection, in ledger);

    public void PublishHeadline(in HeadlineSection headline, in Ledger ledger) => collector.PublishHeadline(in headline, in ledger);

    public void Heartbeat(ulong eventSequence, long eventTimeNanos) => collector.Heartbeat(eventSequence, eventTimeNanos);
}
