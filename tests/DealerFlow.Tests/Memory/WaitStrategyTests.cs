using DealerFlow.Engine;
using DealerFlow.Memory;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class WaitStrategyTests
{
    private static readonly RandomMarket Market = new(41);
    private static readonly Tick[] Ticks = [.. Market.Opening(), .. Market.Next(2_000, meanStepNanos: 1e6)];

    [Fact]
    public void However_the_calculation_waits_the_bytes_are_the_same()
    {
        Recording sleeping = Run<SleepingWait>();
        Assert.NotEmpty(sleeping.Sections);
        Assert.True(sleeping.SameBytesAs(Run<BusySpinWait>()));
        Assert.True(sleeping.SameBytesAs(Run<YieldingWait>()));
        Assert.True(sleeping.SameBytesAs(Run<BlockingWait>()));
    }

    [Fact]
    public void Whoever_blocks_is_woken_by_a_signal_and_wakes_without_one()
    {
        var wait = new BlockingWait();
        int woken = 0;
        var sleeper = new Thread(() =>
        {
            for (int round = 0; round < 2_000; round++) wait.Wait(round);
            Volatile.Write(ref woken, 1);
        });
        sleeper.Start();
        // With signals it comes round in no time; without any, in 2,000 sleeps of a millisecond each at most.
        while (Volatile.Read(ref woken) == 0) wait.Signal();
        sleeper.Join();
        for (int round = 0; round < 100; round++) wait.Wait(round);
    }

    private static Recording Run<TWait>() where TWait : struct, IWaitStrategy
    {
        var recording = new Recording();
        using var engine = new StreamEngine<PausingSource, RecordingSink, TWait>(
            new Calculation(Market.Definitions, 0, new EngineOptions()), new PausingSource(), new RecordingSink(recording), 64);
        engine.Run(TestContext.Current.CancellationToken);
        Assert.Equal((ulong)Ticks.Length, engine.Ledger.In);
        Assert.True(engine.Ledger.Balances);
        return recording;
    }

    /// <summary>A few ticks at a time, and now and then none for longer than any spinning lasts.</summary>
    private struct PausingSource : ITickSource
    {
        private int _next;

        public int Read(Span<Tick> ticks)
        {
            if (_next % 50 == 0) Thread.Sleep(2);
            int count = Math.Min(Math.Min(10, ticks.Length), Ticks.Length - _next);
            Ticks.AsSpan(_next, count).CopyTo(ticks);
            _next += count;
            return count;
        }
    }
}
