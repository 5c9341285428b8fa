using System.Diagnostics;
using System.Runtime.InteropServices;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Engine;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Bench;

/// <summary>Hands ticks of memory to the engine: what a source costs at least, a copy.</summary>
internal struct MemorySource(ReadOnlyMemory<Tick> ticks) : ITickSource
{
    private int _next;

    public int Read(Span<Tick> room)
    {
        int count = Math.Min(room.Length, ticks.Length - _next);
        ticks.Span.Slice(_next, count).CopyTo(room);
        _next += count;
        return count;
    }
}

/// <summary>Starts the clock when the warm-up is over, and takes snapshots on their way to the feed.</summary>
internal sealed class BenchClock(Calculation calculation, ulong warmUpTicks, ulong lastTick, MarketFeeds feed, Ascii8 published)
{
    public bool IsRunning { get; private set; }

    public long Started { get; private set; }

    public ulong From { get; private set; }

    public StageTimes Before { get; private set; }

    public WorkCounts WorkBefore { get; private set; }

    public int CollectionsBefore { get; private set; }

    public int CollectionsAfter { get; private set; }

    public long AllocatedBefore { get; private set; }

    public long AllocatedAfter { get; private set; }

    /// <summary>When the last message had been looked at; the last snapshots of all come after it.</summary>
    public long Ended { get; private set; }

    public StageTimes After { get; private set; }

    public WorkCounts WorkAfter { get; private set; }

    public void Look(ulong sequence)
    {
        if (IsRunning && sequence == lastTick && Ended == 0)
        {
            Ended = Stopwatch.GetTimestamp();
            After = calculation.Times;
            WorkAfter = calculation.Work;
            AllocatedAfter = GC.GetAllocatedBytesForCurrentThread();
            CollectionsAfter = GC.CollectionCount(0);
        }
        if (IsRunning || sequence < warmUpTicks) return;
        IsRunning = true;
        From = sequence;
        Before = calculation.Times;
        WorkBefore = calculation.Work;
        CollectionsBefore = GC.CollectionCount(0);
        AllocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        Started = Stopwatch.GetTimestamp();
    }

    // The first underlying's snapshots reach a feed; the others' are made all the same.
    public void Publish(ReadOnlySpan<byte> section, in Ledger ledger)
    {
        ref readonly MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(section);
        if (head.Underlying == published) feed.Publish(section, in head, new RuntimeSection { Ledger = ledger, Latency = calculation.Latency });
    }

    public void PublishHeadline(in HeadlineSection headline, in Ledger ledger)
    {
        if (headline.Underlying == published) feed.PublishHeadline(in headline, new RuntimeSection { Ledger = ledger, Latency = calculation.Latency });
    }
}

/// <summary>The struct that the engine calls.</summary>
internal readonly struct BenchSink(BenchClock clock) : ISnapshotSink
{
    public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger) => clock.Publish(marketSection, in ledger);

    public void PublishHeadline(in HeadlineSection headline, in Ledger ledger) => clock.PublishHeadline(in headline, in ledger);

    public void Heartbeat(ulong eventSequence, long eventTimeNanos) => clock.Look(eventSequence);
}
