using DealerFlow.Engine;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>Keeps every published market section and the ledger that came with it.</summary>
internal sealed class Recording
{
    public List<byte[]> Sections { get; } = [];

    public List<Ledger> Ledgers { get; } = [];

    public List<HeadlineSection> Headlines { get; } = [];

    public ulong LastHeartbeat { get; set; }

    public byte[] Last => Sections[^1];

    public bool SameBytesAs(Recording other) =>
        Sections.Count == other.Sections.Count && Sections.Zip(other.Sections).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
}

internal readonly struct RecordingSink(Recording recording) : ISnapshotSink
{
    public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger)
    {
        recording.Sections.Add(marketSection.ToArray());
        recording.Ledgers.Add(ledger);
    }

    public void PublishHeadline(in HeadlineSection headline, in Ledger ledger) => recording.Headlines.Add(headline);

    public void Heartbeat(ulong eventSequence, long eventTimeNanos) => recording.LastHeartbeat = eventSequence;
}

/// <summary>A sink that keeps nothing, for measuring allocation.</summary>
internal struct CountingSink : ISnapshotSink
{
    public int Count;

    public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger) => Count++;

    public readonly void PublishHeadline(in HeadlineSection headline, in Ledger ledger) { }

    public readonly void Heartbeat(ulong eventSequence, long eventTimeNanos) { }
}

internal readonly struct ArraySource(Tick[] ticks, int[] position) : ITickSource
{
    public int Read(Span<Tick> target)
    {
        int count = Math.Min(target.Length, ticks.Length - position[0]);
        ticks.AsSpan(position[0], count).CopyTo(target);
        position[0] += count;
        return count;
    }
}
