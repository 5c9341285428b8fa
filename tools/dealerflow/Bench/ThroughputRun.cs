using System.Diagnostics;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Cli.Verbs;
using DealerFlow.Engine;
using DealerFlow.Feed;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Bench;

/// <summary>One run flat out: memory → ring → calculation → feed, on two threads or more; or without the ring on one.</summary>
/// <param name="Messages">Messages after the warm-up.</param>
/// <param name="Seconds">How long they took.</param>
/// <param name="Times">Where that went.</param>
/// <param name="Work">What was done for it.</param>
/// <param name="Ledger">Where every message of the run went, the warm-up included.</param>
/// <param name="AllocatedBytes">By the calculation after the warm-up.</param>
/// <param name="Collections">Garbage collections after the warm-up.</param>
internal sealed record ThroughputRun(
    ulong Messages, double Seconds, StageTimes Times, WorkCounts Work, Ledger Ledger, long AllocatedBytes, int Collections)
{
    private const int Span = 1_024;

    public double MessagesPerSecond => Messages / Seconds;

    /// <summary>Threads that calculated.</summary>
    public int Shards { get; private init; } = 1;

    /// <summary>Memory of the engine when the run was over: tables, books, ring; without what the benchmark itself holds.</summary>
    public long EngineBytes { get; private init; }

    /// <summary>Shared memory of the feeds that all underlyings have in a replay.</summary>
    public long FeedBytes { get; private init; }

    public static ThroughputRun Of<TWait>(BenchMarket market, EngineOptions options, Threading? threading, string feedName, CancellationToken stop)
        where TWait : struct, IWaitStrategy
    {
        long before = Owned();
        Shards shards = Engine.Shards.Of(market.Definitions, market.Underlyings, options, threading?.Shards ?? 1, Stopwatch.GetTimestamp);
        InstrumentDefinition first = market.Definitions.First(definition => definition.Kind == InstrumentKind.Underlying);
        using var feed = new MarketFeeds(FeedDirectory.Default, feedName, [first], shards);
        BenchClock[] clocks = [.. shards.Calculations.Select(
            calculation => new BenchClock(calculation, (ulong)market.WarmUpTicks, (ulong)market.Ticks.Length, feed, first.Root))];
        (StageTimes times, Ledger ledger, long after) = threading is null
            ? Calculate(shards.First, market, clocks[0], stop)
            : Stream<TWait>(shards, market, clocks, options, threading, stop);
        stop.ThrowIfCancellationRequested();
        // All look at every message: the run is over when the last has.
        long ended = clocks.Max(clock => clock.Ended);
        return new ThroughputRun(
            (ulong)market.Ticks.Length - clocks[0].From, Stopwatch.GetElapsedTime(clocks[0].Started, ended).TotalSeconds,
            clocks.Aggregate(default(StageTimes), (sum, clock) => sum + (clock.After - clock.Before)) with { Source = times.Source, SourceWait = times.SourceWait, Idle = times.Idle },
            clocks.Aggregate(default(WorkCounts), (sum, clock) => sum + (clock.WorkAfter - clock.WorkBefore)), ledger,
            clocks.Sum(clock => clock.AllocatedAfter - clock.AllocatedBefore), clocks[0].CollectionsAfter - clocks[0].CollectionsBefore)
        {
            Shards = clocks.Length,
            EngineBytes = after - before,
            FeedBytes = market.Underlyings.Sum(id => FeedBytesOf(shards.RoomOf(id))),
        };
    }

    private static (StageTimes Times, Ledger Ledger, long Owned) Stream<TWait>(
        Shards shards, BenchMarket market, BenchClock[] clocks, EngineOptions options, Threading threading, CancellationToken stop)
        where TWait : struct, IWaitStrategy
    {
        using var engine = new StreamEngine<MemorySource, BenchSink, TWait>(
            shards, new MemorySource(market.Ticks), clocks.Select(clock => new BenchSink(clock)).ToArray(), options.RingCapacity,
            clock: () => FeedClock.System.MonotonicNanos)
        { Cores = threading.Cores };
        engine.Run(stop);
        return (engine.Times, engine.Ledger, Owned());
    }

    private static long FeedBytesOf(SnapshotRoom room) => new FeedGeometry(room.Strikes, room.Expiries, FeedGeometry.MinSlots).RegionSize + FeedEntry.SizeInBytes;

    /// <summary>What this process holds: objects that are alive, and native memory.</summary>
    private static long Owned() => GC.GetTotalMemory(forceFullCollection: true) + AlignedMemory.OwnedBytes;

    /// <summary>Without a ring: what the calculation alone takes.</summary>
    private static (StageTimes Times, Ledger Ledger, long Owned) Calculate(Calculation calculation, BenchMarket market, BenchClock clock, CancellationToken stop)
    {
        var sink = new BenchSink(clock);
        for (int next = 0; next < market.Ticks.Length && !stop.IsCancellationRequested;)
        {
            int count = Math.Min(Span, market.Ticks.Length - next);
            calculation.Apply(market.Ticks.Span.Slice(next, count), ref sink);
            next += count;
            clock.Look(calculation.Sequence);
        }
        calculation.Finish(ref sink);
        Ledger ledger = calculation.Ledger;
        ledger.In = calculation.Sequence;
        return (calculation.Times, ledger, Owned());
    }
}
