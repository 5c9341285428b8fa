using DealerFlow.Cli.Synth;
using DealerFlow.Engine;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>RELIABILITY A1 to A4 through the whole engine: bursts that the ring cannot hold, and stages that do not follow.</summary>
public class OverloadTests
{
    private const int RingSlots = 1 << 16;
    private const long MarkNanos = 100 * UnixNanos.PerMillisecond;

    private static readonly EngineOptions Options = new() { MarkIntervalNanos = MarkNanos, PublishIntervalNanos = MarkNanos };

    // 1.87 M messages in 10 ms of event time: 187 M/s, the market's burst of a millisecond ten times as long.
    [Fact]
    public void A1_a_burst_of_187_million_a_second_ends_in_the_numbers_of_a_lossless_run()
    {
        (InstrumentDefinition[] definitions, Tick[] ticks) = Burst(1_870_000);
        Recording lossless = new(), live = new();
        using StreamEngine<ArraySource, RecordingSink> calm = EngineOf(definitions, ticks, new RecordingSink(lossless), overload: null);
        calm.Run(CancellationToken.None);

        // Nothing is calculated before all of it has come: the ring holds its 65,536 and everything else waits beside it.
        var stalled = new StalledSink(live);
        StreamEngine<TellingSource, StalledSink>? running = null;
        using var hasted = running = new StreamEngine<TellingSource, StalledSink>(
            new Calculation(definitions, UnderlyingOf(definitions), Options),
            new TellingSource(ticks, stalled, mayEnd: () => running!.Overload.Waiting == 0), stalled, RingSlots, null, new OverloadOptions());
        hasted.Run(CancellationToken.None);

        Ledger whole = calm.Ledger, burst = hasted.Ledger;
        Assert.True(burst.Conflated > 1_000_000, $"only {burst.Conflated} messages were conflated");
        Assert.Equal(0ul, burst.Dropped);
        Assert.Equal(0ul, burst.Queued);
        Assert.Equal((ulong)ticks.Length, burst.In);
        Assert.Equal(whole.In, burst.In);
        Assert.Equal(whole.Applied, burst.Applied + burst.Conflated);
        Assert.Equal((whole.Trades, whole.OpenInterests, whole.Cancels, whole.RejectedTotal), (burst.Trades, burst.OpenInterests, burst.Cancels, burst.RejectedTotal));
        Assert.All(live.Ledgers, ledger => Assert.True(ledger.Balances));
        Assert.Equal(RingSlots, hasted.Overload.RingHighWater);
        Assert.Equal(OverloadState.None, hasted.Overload.State);
        // One mark follows the burst: from it on every byte is the same, but for the number of messages that were looked at.
        Assert.Equal(WithoutSequences(lossless.Last), WithoutSequences(live.Last));
    }

    [Fact]
    public void A3_what_waits_too_long_is_told_in_the_order_conflating_degraded_dropping()
    {
        var market = new RandomMarket(51);
        List<Tick> opening = market.Opening(), trades = [];
        for (int i = 0; i < 2_000; i++) trades.Add(Tick.Trade(market.Now, 1, 100, 1, 1, TickFlags.None));
        var ring = new Memory.TickRing<Tick>(8);
        var calculation = new Calculation(market.Definitions, 0, Options);
        var ingest = new LiveIngest(ring, new Shards(calculation), new OverloadOptions { Reserve = 100, Batch = 16, DegradeAt = 0.25 }, arrivals: null);
        var seen = new List<OverloadState>();
        foreach (Tick[] some in opening.Concat(trades).Chunk(8))
        {
            Span<Tick> room = ingest.Claim(8);
            some.CopyTo(room);
            ingest.Publish(some.Length);
            if (seen.LastOrDefault() != ingest.Status.State || seen.Count == 0) seen.Add(ingest.Status.State);
        }
        Assert.Equal([OverloadState.None, OverloadState.Conflating, OverloadState.Degraded, OverloadState.Dropping], seen);
        Assert.True(ingest.IsDegraded);
        ulong dropped = ingest.Status.Dropped;
        Assert.True(dropped > 0);

        // Nothing is silent: what went in is what comes out, was replaced or was dropped; and the gaps of what was dropped come too.
        ulong out_ = 0, gaps = 0;
        while (true)
        {
            ReadOnlySpan<Tick> ready = ring.Available();
            if (ready.IsEmpty && !ingest.TryDrain()) break;
            foreach (Tick tick in ready) gaps += tick.Kind == TickKind.Gap ? 1ul : 0;
            out_ += (ulong)ready.Length;
            ring.Release(ready.Length);
        }
        Assert.True(gaps > 0);
        Assert.Equal(ingest.In, out_ + ingest.Status.Conflated + dropped);
        Assert.Equal(ingest.In, (ulong)(opening.Count + trades.Count) + gaps);
        Assert.Equal(OverloadState.None, ingest.Status.State);
        ring.Dispose();
    }

    [Fact]
    public void A3_while_degraded_quotes_far_out_of_the_money_wait_and_are_read_when_it_is_over()
    {
        var market = new PlainMarket(new DateOnly(2026, 12, 18), [4000, 4900, 5000, 5100, 6200], priceDecimals: 6);
        long open = Market.NewYorkTime.ToUnixNanos(new DateOnly(2026, 11, 20), new TimeOnly(15, 0)), now = open;
        var calculation = new Calculation(market.Definitions, 0, Options with { ForwardMode = ForwardMode.Carry });
        var sink = new CountingSink();
        void Apply(params Tick[] ticks) => calculation.Apply(ticks, ref sink);
        void Mark() => Apply(PlainMarket.Spot(now += MarkNanos, 5000));
        Apply([.. market.Opening(now, 5000, 0.2)]);
        Mark();
        double[] before = calculation.ReadNodes().Select(node => node.TotalDeviation).ToArray();

        calculation.IsDegraded = true;
        for (int strike = 0; strike < 5; strike++) Apply(market.Quote(now, strike, strike >= 2, 5000, 0.3));
        Mark();
        double[] degraded = calculation.ReadNodes().Select(node => node.TotalDeviation).ToArray();
        Assert.True(degraded[2] > 1.3 * before[2], "the node at the money is read at once");
        Assert.True(degraded[0] < 1.1 * before[0] && degraded[4] < 1.1 * before[4], "nodes far away wait");

        calculation.IsDegraded = false;
        Mark();
        double[] after = calculation.ReadNodes().Select(node => node.TotalDeviation).ToArray();
        Assert.All(after.Zip(before), pair => Assert.True(pair.First > 1.3 * pair.Second));
    }

    [Fact]
    public void A3_what_waits_while_degraded_is_read_before_a_definition_moves_node_numbers()
    {
        var market = new PlainMarket(new DateOnly(2026, 12, 18), [4000, 4900, 5000, 5100, 6200], priceDecimals: 6);
        long now = Market.NewYorkTime.ToUnixNanos(new DateOnly(2026, 11, 20), new TimeOnly(15, 0));
        var calculation = new Calculation(market.Definitions, 0, Options with { ForwardMode = ForwardMode.Carry });
        var sink = new CountingSink();
        void Apply(params Tick[] ticks) => calculation.Apply(ticks, ref sink);
        void Mark() => Apply(PlainMarket.Spot(now += MarkNanos, 5000));
        Apply([.. market.Opening(now, 5000, 0.2)]);
        Mark();
        double before = calculation.ReadNodes()[^1].TotalDeviation;
        calculation.IsDegraded = true;
        Apply(market.Quote(now, 4, true, 5000, 0.3));
        Mark();
        // A strike below the one that waits: its node has another number from then on.
        var quarters = new Tick[DefinitionTicks.Count];
        DefinitionTicks.Write(market.Definitions[^1] with { InstrumentId = 900, StrikeMills = 5_500_000 }, now, quarters);
        Apply(quarters);
        calculation.IsDegraded = false;
        Mark();
        Assert.Equal(6, calculation.ReadNodes().Count);
        Assert.True(calculation.ReadNodes()[^1].TotalDeviation > 1.3 * before);
        // And is touched again like any other.
        Apply(market.Quote(now, 4, true, 5000, 0.2));
        Mark();
        Assert.True(calculation.ReadNodes()[^1].TotalDeviation < 1.1 * before);
    }

    [Fact]
    public void A1_what_waits_when_the_source_fails_is_calculated_before_the_failure_is_told()
    {
        var market = new RandomMarket(54);
        Tick[] ticks = [.. market.Opening(), .. market.Next(5_000, 100_000)];
        var recording = new Recording();
        var stalled = new StalledSink(recording);
        using var engine = new StreamEngine<BreakingSource, StalledSink>(
            new Calculation(market.Definitions, 0, Options), new BreakingSource(ticks, stalled), stalled, 64, null, new OverloadOptions());
        Assert.Equal("cut", Assert.Throws<IOException>(() => engine.Run(CancellationToken.None)).Message);
        Assert.Equal((ulong)ticks.Length, engine.Ledger.In);
        Assert.Equal(0ul, engine.Ledger.Queued);
        Assert.True(engine.Ledger.Conflated > 0);
        Assert.True(engine.Ledger.Balances);
    }

    // A4: whoever stops calculating is known by the heartbeat, which no other thread gives.
    [Fact]
    public void A4_B16_a_calculation_that_does_not_come_back_sends_no_heartbeat()
    {
        var market = new RandomMarket(52);
        var recording = new Recording();
        var stalled = new StalledSink(recording);
        using var engine = new StreamEngine<TellingSource, StalledSink>(
            new Calculation(market.Definitions, 0, Options), new TellingSource([.. market.Opening(), .. market.Next(5_000, 100_000)], stalled, waits: true), stalled, 64, null,
            new OverloadOptions());
        var run = new Thread(() => engine.Run(CancellationToken.None));
        run.Start();
        stalled.IsStalled.Wait();
        ulong heartbeat = recording.LastHeartbeat;
        long queued = engine.Queued;
        Assert.True(SpinWait.SpinUntil(() => engine.Overload.Waiting > 0, TimeSpan.FromSeconds(30)), "the source goes on");
        Assert.Equal(heartbeat, recording.LastHeartbeat);
        stalled.Resume.Set();
        run.Join();
        Assert.True(recording.LastHeartbeat > heartbeat);
        Assert.True(engine.Ledger.Balances);
    }

    [Fact]
    public void A_command_is_carried_out_between_two_ticks_and_a_model_switch_holds_from_the_next_snapshot()
    {
        var market = new RandomMarket(53);
        var recording = new Recording();
        var stalled = new StalledSink(recording);
        using var engine = new StreamEngine<TellingSource, StalledSink>(
            new Calculation(market.Definitions, 0, Options), new TellingSource([.. market.Opening(), .. market.Next(5_000, 1_000_000)], stalled, waits: true), stalled, 64);
        var run = new Thread(() => engine.Run(CancellationToken.None));
        run.Start();
        stalled.IsStalled.Wait();
        Assert.True(engine.TryControl(calculation => calculation.UseModel(PositionModel.Gross)));
        stalled.Resume.Set();
        run.Join();
        Assert.Equal(PositionModel.OpenInterest, ModelOf(recording.Sections[0]));
        Assert.Equal(PositionModel.Gross, ModelOf(recording.Last));
    }

    private static PositionModel ModelOf(byte[] section)
    {
        Assert.True(MarketView.TryOpen(section, out MarketView view));
        return view.Head.Model;
    }

    private static StreamEngine<ArraySource, RecordingSink> EngineOf(InstrumentDefinition[] definitions, Tick[] ticks, RecordingSink sink, OverloadOptions? overload) => new(
        new Calculation(definitions, UnderlyingOf(definitions), Options), new ArraySource(ticks, [0]), sink, RingSlots, null, overload);

    private static uint UnderlyingOf(InstrumentDefinition[] definitions) => definitions.Single(definition => definition.Kind == InstrumentKind.Underlying).InstrumentId;

    /// <summary>A chain's opening, a burst within one interval of marks, and a spot that makes the mark after it.</summary>
    private static (InstrumentDefinition[] Definitions, Tick[] Ticks) Burst(int messages)
    {
        const int rate = 100_000_000;
        const long burstNanos = 10 * UnixNanos.PerMillisecond;
        var options = new SynthOptions { Seed = 5, Minutes = 2.0 * messages / rate / 60, Rate = rate };
        SyntheticChain[] chains = MarketChains.Build(options);
        var market = new SyntheticMarket(options, chains);
        var ticks = new List<Tick>();
        var batch = new Tick[4_096];
        long start = 0;
        uint underlying = chains[0].Definitions().First(definition => definition.Kind == InstrumentKind.Underlying).InstrumentId;
        int spot = 0, burst = 0;
        for (int read = market.Read(batch); read > 0 && burst < messages; read = market.Read(batch))
        {
            foreach (Tick tick in batch.AsSpan(0, read))
            {
                if (ticks.Count == 0) start = tick.EventTimeNanos;
                if (tick.EventTimeNanos > start)
                {
                    if (burst == messages) break;
                    // Behind the first mark after the opening, and squeezed: the whole burst lies before the next mark.
                    long at = start + MarkNanos + 1 + (long)((double)burst++ / messages * burstNanos);
                    ticks.Add(tick with { EventTimeNanos = at });
                }
                else
                {
                    ticks.Add(tick);
                }
                if (tick.Kind == TickKind.Spot) spot = tick.Price;
            }
        }
        Assert.Equal(messages, burst);
        ticks.Add(Tick.Spot(start + (2 * MarkNanos) + 1, underlying, spot));
        return (chains.SelectMany(chain => chain.Definitions()).ToArray(), [.. ticks]);
    }

    private static byte[] WithoutSequences(byte[] section)
    {
        byte[] bytes = [.. section];
        ref MarketSection head = ref System.Runtime.InteropServices.MemoryMarshal.AsRef<MarketSection>(bytes.AsSpan());
        head.EventSequence = 0;
        head.Outlook.EventSequence = 0;
        return bytes;
    }

    /// <summary>Everything at once but the last tick, which comes when it may; lets the sink go on before that, unless the test does.</summary>
    private readonly struct TellingSource(Tick[] ticks, StalledSink sink, bool waits = false, Func<bool>? mayEnd = null) : ITickSource
    {
        private readonly int[] _next = new int[1];

        public int Read(Span<Tick> room)
        {
            int left = ticks.Length - 1 - _next[0];
            if (left == 0)
            {
                if (!waits) sink.Resume.Set();
                if (mayEnd is not null && !mayEnd()) return -1;
            }
            int count = Math.Min(room.Length, left == 0 ? 1 : Math.Max(left, 0));
            ticks.AsSpan(_next[0], count).CopyTo(room);
            _next[0] += count;
            return count;
        }
    }

    /// <summary>Everything at once, then a failure; only then does the sink go on.</summary>
    private readonly struct BreakingSource(Tick[] ticks, StalledSink sink) : ITickSource
    {
        private readonly int[] _next = new int[1];

        public int Read(Span<Tick> room)
        {
            int count = Math.Min(room.Length, ticks.Length - _next[0]);
            if (count == 0)
            {
                sink.Resume.Set();
                throw new IOException("cut");
            }
            ticks.AsSpan(_next[0], count).CopyTo(room);
            _next[0] += count;
            return count;
        }
    }

    /// <summary>A consumer that stands still at the first snapshot until it is told to go on.</summary>
    private readonly struct StalledSink(Recording recording) : ISnapshotSink
    {
        private readonly RecordingSink _inner = new(recording);

        public ManualResetEventSlim IsStalled { get; } = new();

        public ManualResetEventSlim Resume { get; } = new();

        public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger)
        {
            if (!IsStalled.IsSet)
            {
                IsStalled.Set();
                Assert.True(Resume.Wait(TimeSpan.FromMinutes(2)), "nobody let the sink go on");
            }
            _inner.Publish(marketSection, in ledger);
        }

        public void PublishHeadline(in HeadlineSection headline, in Ledger ledger) { }

        public void Heartbeat(ulong eventSequence, long eventTimeNanos) => _inner.Heartbeat(eventSequence, eventTimeNanos);
    }
}
