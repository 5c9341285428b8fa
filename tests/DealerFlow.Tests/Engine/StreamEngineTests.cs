using DealerFlow.Engine;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class StreamEngineTests
{
    [Fact]
    public void A_sink_that_fails_is_told_and_leaves_no_ingest_thread_behind()
    {
        var market = new RandomMarket(31);
        var state = new EndlessTicks([.. market.Opening()]);
        var engine = new StreamEngine<EndlessSource, FailingSink>(
            new Calculation(market.Definitions, 0, new EngineOptions()), new EndlessSource(state), new FailingSink(), 64);
        InvalidOperationException failure = Assert.Throws<InvalidOperationException>(() => engine.Run(CancellationToken.None));
        Assert.Equal("full", failure.Message);
        Assert.False(state.Reader!.IsAlive, "the ring may be freed only once nobody writes to it");
        engine.Dispose();
    }

    [Fact]
    public void A_stopped_stream_drains_and_publishes_its_last_snapshot()
    {
        var market = new RandomMarket(32);
        var state = new EndlessTicks([.. market.Opening()]);
        var recording = new Recording();
        using var stop = new CancellationTokenSource();
        using var engine = new StreamEngine<EndlessSource, RecordingSink>(
            new Calculation(market.Definitions, 0, new EngineOptions()), new EndlessSource(state, stop, stopAfter: 5_000), new RecordingSink(recording), 64);
        engine.Run(stop.Token);
        Assert.False(state.Reader!.IsAlive);
        Assert.True(MarketView.TryOpen(recording.Last, out MarketView view));
        Assert.Equal(engine.Ledger.In, view.Head.EventSequence);
        Assert.Equal(0ul, engine.Ledger.Queued);
        Assert.True(engine.Ledger.Balances);
    }

    [Fact]
    public void A_source_that_claims_more_than_it_was_given_room_for_is_refused()
    {
        var market = new RandomMarket(33);
        using var engine = new StreamEngine<BoastfulSource, CountingSink>(
            new Calculation(market.Definitions, 0, new EngineOptions()), default, default, 64);
        Assert.Throws<InvalidOperationException>(() => engine.Run(CancellationToken.None));
        Assert.Equal(0ul, engine.Ledger.In);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_a_clock_every_message_is_measured_from_the_ring_into_the_numbers(bool hasClock)
    {
        var market = new RandomMarket(34);
        var state = new EndlessTicks([.. market.Opening()]);
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions());
        using var stop = new CancellationTokenSource();
        long now = 0;
        using var engine = new StreamEngine<EndlessSource, CountingSink>(
            calculation, new EndlessSource(state, stop, stopAfter: 5_000), default, 64, clock: hasClock ? () => Interlocked.Increment(ref now) : null);
        engine.Run(stop.Token);
        Assert.Equal(hasClock ? engine.Ledger.In : 0ul, calculation.Latency.Messages);
        Assert.Equal(hasClock, calculation.Latency.MaxNanos > 0);
    }

    /// <summary>The opening, then a spot every millisecond for ever.</summary>
    private sealed class EndlessTicks(Tick[] opening)
    {
        private int _next;

        public Thread? Reader { get; private set; }

        public int Read(Span<Tick> ticks)
        {
            Reader = Thread.CurrentThread;
            for (int i = 0; i < ticks.Length; i++, _next++)
                ticks[i] = _next < opening.Length ? opening[_next] : Tick.Spot(opening[^1].EventTimeNanos + ((_next - opening.Length + 1L) * UnixNanos.PerMillisecond), 0, 500_000);
            return ticks.Length;
        }

        public int Count => _next;
    }

    private readonly struct EndlessSource(EndlessTicks state, CancellationTokenSource? stop = null, int stopAfter = 0) : ITickSource
    {
        public int Read(Span<Tick> ticks)
        {
            if (stop is not null && state.Count >= stopAfter) stop.Cancel();
            return state.Read(ticks);
        }
    }

    private readonly struct BoastfulSource : ITickSource
    {
        public int Read(Span<Tick> ticks) => ticks.Length + 1;
    }

    private readonly struct FailingSink : ISnapshotSink
    {
        public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger) => throw new InvalidOperationException("full");

        public void PublishHeadline(in HeadlineSection headline, in Ledger ledger) { }

        public void Heartbeat(ulong eventSequence, long eventTimeNanos) { }
    }
}
