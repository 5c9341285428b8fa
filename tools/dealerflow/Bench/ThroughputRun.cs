using System.Diagnostics;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Engine;
using DealerFlow.Feed;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Bench;

/// <summary>One run flat out: memory → ring → calculation → feed, on two threads; or without the ring on one.</summary>
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

    public static ThroughputRun Of<TWait>(BenchMarket market, EngineOptions options, bool isOneThread, string feedName, CancellationToken stop)
        where TWait : struct, IWaitStrategy
    {
        var calculation = new Calculation(market.Definitions, market.Underlyings, options) { StageClock = Stopwatch.GetTimestamp };
        InstrumentDefinition first = market.Definitions.First(definition => definition.Kind == InstrumentKind.Underlying);
        using var feed = new MarketFeeds(FeedDirectory.Default, feedName, [first.Root], calculation.StrikeCapacity, calculation.ExpiryCapacity);
        var clock = new BenchClock(calculation, (ulong)market.WarmUpTicks, (ulong)market.Ticks.Length, feed, first.Root);
        (StageTimes times, Ledger ledger) = isOneThread ? Calculate(calculation, market, clock, stop) : Stream<TWait>(calculation, market, clock, options, stop);
        stop.ThrowIfCancellationRequested();
        return new ThroughputRun(
            calculation.Sequence - clock.From, Stopwatch.GetElapsedTime(clock.Started, clock.Ended).TotalSeconds,
            (clock.After - clock.Before) with { Source = times.Source, SourceWait = times.SourceWait, Idle = times.Idle }, clock.WorkAfter - clock.WorkBefore, ledger, GC.GetAllocatedBytesForCurrentThread() - clock.AllocatedBefore,
            GC.CollectionCount(0) - clock.CollectionsBefore);
    }

    private static (StageTimes Times, Ledger Ledger) Stream<TWait>(
        Calculation calculation, BenchMarket market, BenchClock clock, EngineOptions options, CancellationToken stop)
        where TWait : struct, IWaitStrategy
    {
        using var engine = new StreamEngine<MemorySource, BenchSink, TWait>(
            calculation, new MemorySource(market.Ticks), new BenchSink(clock), options.RingCapacity);
        engine.Run(stop);
        return (engine.Times, engine.Ledger);
    }

    /// <summary>Without a ring: what the calculation alone takes.</summary>
    private static (StageTimes Times, Ledger Ledger) Calculate(Calculation calculation, BenchMarket market, BenchClock clock, CancellationToken stop)
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
        return (calculation.Times, ledger);
    }
}
