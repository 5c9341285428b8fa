using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class CalculationTests
{
    [Fact]
    public void The_same_ticks_give_the_same_bytes_however_they_are_cut_and_at_every_width()
    {
        var market = new RandomMarket(21);
        Tick[] ticks = [.. market.Opening(), .. market.Next(20_000, 1_000_000)];
        Recording reference = Run(market, ticks, LaneWidth.One, cut: ticks.Length);
        Assert.True(reference.Sections.Count > 20);
        foreach ((LaneWidth width, int cut) in new[] { (LaneWidth.One, 1), (LaneWidth.Two, 3), (LaneWidth.Four, 64), (LaneWidth.Eight, 1000) })
            Assert.True(reference.SameBytesAs(Run(market, ticks, width, cut)), $"width {width}, cut {cut}");
    }

    [Theory]
    [InlineData(8)]
    [InlineData(1024)]
    [InlineData(1 << 16)]
    public void The_ring_between_two_threads_changes_nothing(int ringCapacity)
    {
        var market = new RandomMarket(22);
        Tick[] ticks = [.. market.Opening(), .. market.Next(20_000, 1_000_000)];
        Recording reference = Run(market, ticks, LaneDispatch.Best, cut: ticks.Length);
        var recording = new Recording();
        using var engine = new StreamEngine<ArraySource, RecordingSink>(
            new Calculation(market.Definitions, 0, new EngineOptions()), new ArraySource(ticks, [0]), new RecordingSink(recording), ringCapacity);
        engine.Run(CancellationToken.None);
        Assert.True(reference.SameBytesAs(recording));
        Assert.Equal((ulong)ticks.Length, engine.Ledger.In);
        Assert.True(engine.Ledger.Balances);
        Assert.All(recording.Ledgers, ledger => Assert.True(ledger.Balances));
        Assert.Equal((ulong)ticks.Length, recording.LastHeartbeat);
    }

    [Fact]
    public void Nothing_is_allocated_per_tick_after_warm_up()
    {
        var market = new RandomMarket(23, time: new TimeOnly(10, 0));
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions());
        var sink = new CountingSink();
        calculation.Apply(market.Opening().ToArray(), ref sink);
        calculation.Apply(market.Next(100_000, 200_000).ToArray(), ref sink);
        Tick[] ticks = [.. market.Next(100_000, 200_000)];
        int published = sink.Count;

        long before = GC.GetAllocatedBytesForCurrentThread();
        calculation.Apply(ticks, ref sink);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(sink.Count > published, "the measured stretch publishes, so snapshots are measured too");
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Every_message_is_applied_or_rejected_with_a_reason()
    {
        var market = new RandomMarket(24);
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions());
        var sink = new CountingSink();
        Tick[] ticks = [.. market.Opening(), .. market.Next(20_000, 3_000_000)];
        calculation.Apply(ticks, ref sink);
        Ledger ledger = calculation.Ledger;
        Assert.Equal((ulong)ticks.Length, ledger.Applied + ledger.RejectedTotal + ledger.Conflated + ledger.Pending);
        Assert.Equal(ledger.Applied, ledger.BestQuotes + ledger.OtherQuotes + ledger.Trades + ledger.Spots + ledger.OpenInterests);
        foreach (Rejection reason in (Rejection[])[Rejection.BadPrice, Rejection.KindMismatch, Rejection.PostExpiry])
            Assert.True(ledger.Rejected[(int)reason] > 0, reason.ToString());
        Assert.True(ledger.TimeRegressions > 0);
        Assert.Equal(1ul, ledger.Pending);
        Assert.True(ledger.Conflated > 0);
    }

    [Fact]
    public void At_its_settlement_instant_an_expiry_leaves_every_sum_in_one_publish()
    {
        var market = new RandomMarket(31, time: new TimeOnly(15, 58, 50));
        long close = NewYorkTime.ToUnixNanos(new DateOnly(2026, 11, 20), new TimeOnly(16, 0));
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions());
        calculation.Apply(market.Opening().ToArray(), ref sink);
        while (market.Now < close + UnixNanos.PerSecond) calculation.Apply(market.Next(100, 5_000_000).ToArray(), ref sink);
        calculation.Finish(ref sink);

        int exposedBefore = 0;
        foreach (byte[] section in recording.Sections)
        {
            Assert.True(MarketView.TryOpen(section, out MarketView view));
            BucketSection zeroDte = view.Head.Buckets[(int)ExposureBucket.ZeroDte];
            bool isOver = view.Head.MarkTimeNanos >= close;
            if (!isOver && zeroDte.GrossGex > 0) exposedBefore++;
            if (isOver) Assert.Equal((0, 0, 0, 0), (zeroDte.GrossGex, zeroDte.Dex, zeroDte.Vex, zeroDte.Chex));
            Assert.Equal(isOver ? 3 : 4, view.Expiries.Length);
            if (isOver) Assert.Equal((ZeroGammaStatus.None, 0), (zeroDte.ZeroGamma.Status, zeroDte.ZeroGamma.Sign));
        }
        Assert.True(exposedBefore > 20, $"{exposedBefore} snapshots had 0DTE exposure before the close");
        Assert.Contains(recording.Sections, section => MarketView.TryOpen(section, out MarketView view) && view.Head.MarkTimeNanos == close);
    }

    [Fact]
    public void In_the_last_minute_quotes_no_longer_move_w_and_T_stays_at_sixty_seconds()
    {
        var market = new RandomMarket(26, time: new TimeOnly(15, 58, 58));
        long pin = NewYorkTime.ToUnixNanos(new DateOnly(2026, 11, 20), new TimeOnly(15, 59));
        var sink = new CountingSink();
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions { ForwardMode = ForwardMode.Carry });
        calculation.Apply(market.Opening().ToArray(), ref sink);
        while (market.Now < pin + UnixNanos.PerSecond) calculation.Apply(market.Next(10, 100_000).ToArray(), ref sink);
        double[] atPin = Deviations(calculation);
        Assert.All(calculation.ReadNodes().Where(node => node.ExpiryDate == 20261120), node => Assert.Equal(QuoteStatus.Pin, node.Status));
        calculation.Apply(market.Next(2_000, 1_000_000).ToArray(), ref sink);
        calculation.Flush();
        Assert.Equal(atPin, Deviations(calculation));
        Assert.Equal(60 / (365 * 86_400.0), calculation.Nodes.Segments[0].Years);
        IncrementalBookTests.AssertEqual(calculation);
    }

    [Fact]
    public void A_node_keeps_its_last_good_w_for_five_seconds_and_is_then_interpolated()
    {
        var market = new RandomMarket(27, time: new TimeOnly(10, 0));
        var sink = new CountingSink();
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions { ForwardMode = ForwardMode.Carry });
        List<Tick> opening = [.. market.Opening().Where(tick => tick.Kind != TickKind.Quote || (tick.Bid > 0 && tick.Ask > tick.Bid))];
        calculation.Apply(opening.ToArray(), ref sink);
        long t = market.Now;
        InstrumentDefinition call = market.Definitions.First(d => d.Kind == InstrumentKind.Call && d.StrikeMills == 5_030_000 && d.ExpiryDate == 20261218);
        Tick Bad(long at) => Tick.Quote(at, call.InstrumentId, 0, 100, 1, 1, 1, TickFlags.NationalBest);
        NodeReading Read() => calculation.ReadNodes().Single(node =>
            node.Root == call.Root.ToString() && node.ExpiryDate == call.ExpiryDate && node.Strike == call.Strike);

        calculation.Apply([Tick.Spot(t + 1_000_000, 0, 500_000), Tick.Spot(t + 3_000_000, 0, 500_000)], ref sink);
        Assert.Equal(QuoteStatus.Ok, Read().Status);
        double good = Read().TotalDeviation;
        calculation.Apply([Bad(t + 4_000_000), Tick.Spot(t + 10_000_000, 0, 500_000)], ref sink);
        Assert.Equal(QuoteStatus.NoBid, Read().Status);
        Assert.False(Read().IsInterpolated);
        Assert.Equal(good, Read().TotalDeviation, good * 1e-6);
        calculation.Apply([Tick.Spot(t + 4_900_000_000, 0, 500_000)], ref sink);
        Assert.False(Read().IsInterpolated);
        calculation.Apply([Tick.Spot(t + 5_005_000_000, 0, 500_000)], ref sink);
        Assert.True(Read().IsInterpolated);
        IncrementalBookTests.AssertEqual(calculation);
    }

    [Fact]
    public void Without_a_spot_it_is_inferred_by_parity_and_says_so()
    {
        var market = new RandomMarket(28, time: new TimeOnly(10, 0));
        Tick[] ticks = [.. market.Opening().Where(tick => tick.Kind != TickKind.Spot)];
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions { OneShot = true });
        calculation.Apply(ticks, ref sink);
        calculation.Finish(ref sink);
        Assert.True(MarketView.TryOpen(recording.Last, out MarketView view));
        Assert.Equal(SpotSource.Inferred, view.Head.SpotSource);
        Assert.Equal(5000, view.Head.Spot, 25.0);
    }

    [Fact]
    public void Without_a_spot_in_carry_mode_nothing_is_published()
    {
        var market = new RandomMarket(29, time: new TimeOnly(10, 0));
        Tick[] ticks = [.. market.Opening().Where(tick => tick.Kind != TickKind.Spot)];
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions { OneShot = true, ForwardMode = ForwardMode.Carry });
        calculation.Apply(ticks, ref sink);
        calculation.Finish(ref sink);
        Assert.Empty(recording.Sections);
        Assert.False(calculation.HasMark);
    }

    [Fact]
    public void A_source_that_fails_is_told_after_everything_before_it_was_calculated()
    {
        var market = new RandomMarket(30);
        Tick[] ticks = [.. market.Opening()];
        var recording = new Recording();
        using var engine = new StreamEngine<FailingSource, RecordingSink>(
            new Calculation(market.Definitions, 0, new EngineOptions()), new FailingSource(new ArraySource(ticks, [0])), new RecordingSink(recording), 64);
        InvalidDataException failure = Assert.Throws<InvalidDataException>(() => engine.Run(CancellationToken.None));
        Assert.Equal("torn", failure.Message);
        Assert.Equal((ulong)ticks.Length, engine.Ledger.In);
        Assert.True(engine.Ledger.Balances);
    }

    private static double[] Deviations(Calculation calculation) =>
        [.. calculation.ReadNodes().Where(node => node.ExpiryDate == 20261120).Select(node => node.TotalDeviation)];

    private static Recording Run(RandomMarket market, Tick[] ticks, LaneWidth width, int cut)
    {
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions { Lanes = width });
        for (int i = 0; i < ticks.Length; i += cut) calculation.Apply(ticks.AsSpan(i, Math.Min(cut, ticks.Length - i)), ref sink);
        calculation.Finish(ref sink);
        return recording;
    }

    private readonly struct FailingSource(ArraySource inner) : ITickSource
    {
        public int Read(Span<Tick> target)
        {
            int count = inner.Read(target);
            return count > 0 ? count : throw new InvalidDataException("torn");
        }
    }
}
