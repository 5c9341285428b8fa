using System.Diagnostics;
using System.Runtime.InteropServices;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Engine;
using DealerFlow.Feed;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Bench;

/// <summary>One run flat out: memory → ring → calculation → feed, on two threads.</summary>
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
    public double MessagesPerSecond => Messages / Seconds;

    public static ThroughputRun Of<TWait>(BenchMarket market, EngineOptions options, string feedName, CancellationToken stop)
        where TWait : struct, IWaitStrategy
    {
        var calculation = new Calculation(market.Definitions, market.Underlyings, options) { StageClock = Stopwatch.GetTimestamp };
        // The first underlying's snapshots reach a feed; the others' are made all the same.
        InstrumentDefinition first = market.Definitions.First(definition => definition.Kind == InstrumentKind.Underlying);
        using var feed = new MarketFeeds(FeedDirectory.Default, feedName, [first.Root], calculation.StrikeCapacity, calculation.ExpiryCapacity);
        var clock = new BenchClock(calculation, (ulong)market.WarmUpTicks, (section, ledger) =>
        {
            ref readonly MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(section);
            if (head.Underlying == first.Root) feed.Publish(section, in head, in ledger, 0, default);
        });
        using var engine = new StreamEngine<MemorySource, BenchSink, TWait>(
            calculation, new MemorySource(market.Ticks), new BenchSink(clock), options.RingCapacity);
        engine.Run(stop);
        stop.ThrowIfCancellationRequested();
        long ended = Stopwatch.GetTimestamp();
        ulong messages = calculation.Sequence - clock.From;
        return new ThroughputRun(
            messages, Stopwatch.GetElapsedTime(clock.Started, ended).TotalSeconds, engine.Times - clock.Before, calculation.Work - clock.WorkBefore, engine.Ledger,
            GC.GetAllocatedBytesForCurrentThread() - clock.AllocatedBefore, GC.CollectionCount(0) - clock.CollectionsBefore);
    }
}
