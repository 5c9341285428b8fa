using System.IO.Hashing;
using System.Runtime.InteropServices;
using DealerFlow.Engine;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>
/// Takes every snapshot of a run: hashes its market section, hands it to its feed, and keeps the last one of each underlying for
/// whoever asks. Any thread, each underlying on one.
/// </summary>
internal sealed class SnapshotCollector(MarketFeeds? feeds, Func<double> ticksPerSecond, TapeRecorder? recorder = null)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(Ascii8 Symbol, bool IsCombined), Kept> _kept = [];

    /// <summary>How a live stream came in; null for a replay.</summary>
    public Func<IngestSection>? Ingest { get; set; }

    /// <summary>What is older goes to no feed: a replay that was sent back comes to it again. Event time.</summary>
    public long SilentUntilNanos { get; set; } = long.MinValue;

    /// <summary>Snapshots so far.</summary>
    public long Count
    {
        get
        {
            lock (_gate) return _kept.Values.Sum(kept => kept.Count);
        }
    }

    /// <summary>Headlines so far.</summary>
    public long Headlines
    {
        get
        {
            lock (_gate) return _kept.Values.Sum(kept => kept.Headlines);
        }
    }

    /// <summary>
    /// Hash over the market sections of all snapshots of an underlying and over all its headlines, in order. That of several is the hash of
    /// theirs in the order of their symbols, for they may leave on several threads.
    /// </summary>
    public string Hash()
    {
        lock (_gate)
        {
            Kept[] kept = [.. _kept.Values.OrderBy(one => one.IsCombined).ThenBy(one => one.Symbol.ToString(), StringComparer.Ordinal)];
            if (kept.Length == 1) return Convert.ToHexStringLower(kept[0].Hash.GetCurrentHash());
            var whole = new XxHash128();
            foreach (Kept one in kept) whole.Append(one.Hash.GetCurrentHash());
            return Convert.ToHexStringLower(whole.GetCurrentHash());
        }
    }

    /// <summary>What one calculation of the run publishes to.</summary>
    public CollectorSink SinkOf(Calculation calculation) => new(this, calculation, feeds?.Of(calculation.UnderlyingIds) ?? []);

    /// <summary>What the calculations of a run publish to.</summary>
    public CollectorSink[] SinksOf(Shards shards) => [.. shards.Calculations.Select(SinkOf)];

    public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger, in LatencySection latency)
    {
        ref readonly MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(marketSection);
        if (feeds is not null && head.MarkTimeNanos >= SilentUntilNanos)
        {
            RecorderStatus recording = recorder is null ? default : recorder.Status;
            feeds.Publish(marketSection, in head, new RuntimeSection
            {
                TicksPerSecond = ticksPerSecond(),
                Recording = recording.State,
                RecordedTicks = (ulong)recording.Recorded,
                UnrecordedTicks = (ulong)recording.Dropped,
                Ledger = ledger,
                Ingest = Ingest is null ? default : Ingest(),
                Latency = latency,
            });
        }
        lock (_gate)
        {
            KeptOf(head.Underlying, isCombined: head.Members > 1).Keep(marketSection);
        }
    }

    public void PublishHeadline(in HeadlineSection headline, in Ledger ledger, in LatencySection latency)
    {
        if (feeds is not null && headline.EventTimeNanos >= SilentUntilNanos)
            feeds.PublishHeadline(in headline, new RuntimeSection { Ledger = ledger, Ingest = Ingest is null ? default : Ingest(), Latency = latency });
        lock (_gate) KeptOf(headline.Underlying, isCombined: false).Keep(in headline);
    }

    public void Heartbeat(ReadOnlySpan<int> feedsOfShard, ulong eventSequence, long eventTimeNanos) =>
        feeds?.Heartbeat(feedsOfShard, eventSequence, eventTimeNanos);

    /// <summary>Copies the last snapshot of an underlying; false where there is none.</summary>
    /// <param name="symbol">The underlying.</param>
    /// <param name="bytes">Room that is used again, and grows.</param>
    /// <param name="length">Bytes of the market section.</param>
    public bool TryCopyLast(Ascii8 symbol, ref byte[] bytes, out int length) => TryCopy((symbol, false), ref bytes, out length);

    /// <summary>Copies the last combined view; false where there is none.</summary>
    public bool TryCopyCombined(ref byte[] bytes, out int length)
    {
        lock (_gate)
        {
            Ascii8 basis = _kept.Keys.FirstOrDefault(key => key.IsCombined).Symbol;
            return TryCopy((basis, true), ref bytes, out length);
        }
    }

    private bool TryCopy((Ascii8, bool) key, ref byte[] bytes, out int length)
    {
        length = 0;
        lock (_gate)
        {
            if (!_kept.TryGetValue(key, out Kept? kept) || kept.Count == 0) return false;
            length = kept.Length;
            if (bytes.Length < length) bytes = new byte[kept.Bytes.Length];
            kept.Bytes.AsSpan(0, length).CopyTo(bytes);
            return true;
        }
    }

    private Kept KeptOf(Ascii8 symbol, bool isCombined)
    {
        if (_kept.TryGetValue((symbol, isCombined), out Kept? kept)) return kept;
        kept = new Kept(symbol, isCombined);
        _kept.Add((symbol, isCombined), kept);
        return kept;
    }

    private sealed class Kept(Ascii8 symbol, bool isCombined)
    {
        public Ascii8 Symbol => symbol;

        public bool IsCombined => isCombined;

        public XxHash128 Hash { get; } = new();

        public long Count { get; private set; }

        public long Headlines { get; private set; }

        public byte[] Bytes { get; private set; } = [];

        public int Length { get; private set; }

        public void Keep(ReadOnlySpan<byte> section)
        {
            if (Bytes.Length < section.Length) Bytes = new byte[section.Length + (section.Length / 2)];
            section.CopyTo(Bytes);
            Length = section.Length;
            Hash.Append(section);
            Count++;
        }

        public void Keep(in HeadlineSection headline)
        {
            Hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<HeadlineSection>(in headline)));
            Headlines++;
        }
    }
}

/// <summary>The struct that one calculation calls.</summary>
internal readonly struct CollectorSink(SnapshotCollector collector, Calculation calculation, int[] feeds) : ISnapshotSink
{
    public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger) => collector.Publish(marketSection, in ledger, in calculation.Latency);

    public void PublishHeadline(in HeadlineSection headline, in Ledger ledger) => collector.PublishHeadline(in headline, in ledger, in calculation.Latency);

    public void Heartbeat(ulong eventSequence, long eventTimeNanos) => collector.Heartbeat(feeds, eventSequence, eventTimeNanos);
}
