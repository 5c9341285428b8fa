using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Quotes that go bad, fall silent or come from another time.</summary>
public class QuoteQualityTests
{
    private static readonly DateOnly Expiry = new(2026, 12, 18);
    private static readonly long Start = NewYorkTime.ToUnixNanos(new DateOnly(2026, 11, 20), new TimeOnly(10, 0));
    private static readonly EngineOptions Carry = new() { ForwardMode = ForwardMode.Carry };

    private static PlainMarket Market => new(Expiry, [.. Enumerable.Range(0, 21).Select(i => 4900.0 + (10 * i))]);

    [Fact]
    public void A_flip_to_a_side_without_a_good_quote_holds_the_last_good_w_for_five_seconds()
    {
        PlainMarket market = Market;
        const int strike = 13; // 5030
        var calculation = new Calculation(market.Definitions, 0, Carry);
        var sink = new CountingSink();
        calculation.Apply(market.Opening(Start, 5000, 0.12).ToArray(), ref sink);
        // The put, in the money, is not read now; it has no bid for ten seconds before it is.
        calculation.Apply([PlainMarket.Quote(Start, strike, isCall: false, 0, 9_999)], ref sink);
        for (int i = 1; i <= 10; i++) calculation.Apply([PlainMarket.Spot(Start + (i * UnixNanos.PerSecond), 5000)], ref sink);
        double good = calculation.ReadNodes()[strike].TotalDeviation;

        long flip = Start + (11 * UnixNanos.PerSecond);
        calculation.Apply([PlainMarket.Spot(flip - 1, 5070), PlainMarket.Spot(flip, 5070)], ref sink);
        Assert.Equal(QuoteStatus.NoBid, calculation.ReadNodes()[strike].Status);
        Assert.False(calculation.ReadNodes()[strike].IsInterpolated, "held from the flip on");
        Assert.Equal(good, calculation.ReadNodes()[strike].TotalDeviation, good * 1e-5);
        calculation.Apply([PlainMarket.Spot(flip + (4_900 * UnixNanos.PerMillisecond), 5070)], ref sink);
        Assert.False(calculation.ReadNodes()[strike].IsInterpolated);
        calculation.Apply([PlainMarket.Spot(flip + (5_001 * UnixNanos.PerMillisecond), 5070)], ref sink);
        Assert.True(calculation.ReadNodes()[strike].IsInterpolated);
        IncrementalBookTests.AssertEqual(calculation);
    }

    [Fact]
    public void After_a_silence_of_the_whole_underlying_quotes_are_stale_until_they_come_again()
    {
        PlainMarket market = Market;
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions());
        var sink = new CountingSink();
        List<Tick> opening = market.Opening(Start, 5000, 0.12);
        calculation.Apply(opening.ToArray(), ref sink);
        calculation.Apply([PlainMarket.Spot(Start + (5 * UnixNanos.PerSecond), 5000)], ref sink);
        Assert.All(calculation.ReadNodes(), node => Assert.Equal(QuoteStatus.Ok, node.Status));

        // Silent from the 5th second: stale from the 10th, w held to the 15th.
        calculation.Apply([PlainMarket.Spot(Start + (11 * UnixNanos.PerSecond), 5000)], ref sink);
        Assert.All(calculation.ReadNodes(), node => Assert.Equal((QuoteStatus.Stale, true), (node.Status, node.IsPriced)));
        IncrementalBookTests.AssertEqual(calculation);
        long later = Start + (15 * UnixNanos.PerSecond);
        calculation.Apply([PlainMarket.Spot(later, 5000)], ref sink);
        Assert.All(calculation.ReadNodes(), node => Assert.Equal((QuoteStatus.Stale, false), (node.Status, node.IsPriced)));
        Assert.Equal(ForwardSource.CarryFallback, calculation.Nodes.Segments[0].ForwardSource);
        IncrementalBookTests.AssertEqual(calculation);

        // The same prices again are news now.
        foreach (Tick tick in opening.Where(tick => tick.Kind == TickKind.Quote))
            calculation.Apply([tick with { EventTimeNanos = later }], ref sink);
        calculation.Apply([PlainMarket.Spot(later + (200 * UnixNanos.PerMillisecond), 5000)], ref sink);
        Assert.All(calculation.ReadNodes(), node => Assert.Equal(QuoteStatus.Ok, node.Status));
        Assert.Equal(ForwardSource.Parity, calculation.Nodes.Segments[0].ForwardSource);
        IncrementalBookTests.AssertEqual(calculation);
    }

    [Fact]
    public void One_quiet_contract_is_not_stale()
    {
        PlainMarket market = Market;
        var calculation = new Calculation(market.Definitions, 0, Carry);
        var sink = new CountingSink();
        calculation.Apply(market.Opening(Start, 5000, 0.12).ToArray(), ref sink);
        for (int i = 1; i <= 60; i++) calculation.Apply([market.Quote(Start + (i * UnixNanos.PerSecond), 0, isCall: false, 5000 + i, 0.12)], ref sink);
        calculation.Flush();
        Assert.All(calculation.ReadNodes(), node => Assert.Equal(QuoteStatus.Ok, node.Status));
    }

    [Fact]
    public void Once_inference_fails_the_spot_says_that_there_is_no_underlying()
    {
        PlainMarket market = Market;
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions());
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        calculation.Apply([.. market.Opening(Start, 5000, 0.12).Where(tick => tick.Kind != TickKind.Spot)], ref sink);
        SpotSource At(double seconds)
        {
            calculation.Apply([PlainMarket.OpenInterest(Start + (long)(seconds * 1e9), 0, true, 1000)], ref sink);
            Assert.True(MarketView.TryOpen(recording.Last, out MarketView view));
            return view.Head.SpotSource;
        }
        Assert.Equal(SpotSource.Inferred, At(0.5));
        for (int i = 0; i < market.Strikes.Length; i++)
            foreach (bool isCall in (bool[])[true, false])
                calculation.Apply([PlainMarket.Quote(Start + UnixNanos.PerSecond, i, isCall, 0, 100)], ref sink);
        Assert.Equal(SpotSource.NoUnderlying, At(1.5));
        Assert.Equal(SpotSource.NoUnderlying, At(1.501));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 1_000_000)]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    public void A_tick_from_no_time_at_all_is_applied_at_the_latest_time_seen(long nanos)
    {
        PlainMarket market = Market;
        var calculation = new Calculation(market.Definitions, 0, Carry);
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        calculation.Apply([PlainMarket.Spot(nanos, 5000)], ref sink);
        calculation.Apply(market.Opening(Start, 5000, 0.12).ToArray(), ref sink);
        calculation.Apply([PlainMarket.Spot(nanos, 5000), PlainMarket.Spot(Start + UnixNanos.PerSecond, 5000)], ref sink);
        Assert.Equal(2ul, calculation.Ledger.TimeRegressions + calculation.Ledger.SuspectTimes);
        Assert.True(MarketView.TryOpen(recording.Last, out MarketView view));
        Assert.Equal(Start + UnixNanos.PerSecond, view.Head.MarkTimeNanos);
        Assert.True(view.Head.Buckets[0].CallGex > 0);
    }

    [Fact]
    public void Open_interest_behind_the_sums_leaves_out_what_is_unpriced()
    {
        PlainMarket market = Market;
        var calculation = new Calculation(market.Definitions, 0, Carry);
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        calculation.Apply([.. market.Opening(Start, 5000, 0.12).Where(tick => tick.Kind != TickKind.Quote)], ref sink);
        calculation.Apply([PlainMarket.Spot(Start + UnixNanos.PerSecond, 5000)], ref sink);
        calculation.Finish(ref sink);
        Assert.True(MarketView.TryOpen(recording.Last, out MarketView view));
        Assert.Equal((42_000, 0), (view.Head.UnpricedOpenInterest, view.Head.Buckets[0].OpenInterest));
    }

    [Fact]
    public void Contracts_of_one_expiry_that_disagree_in_exercise_are_refused()
    {
        InstrumentDefinition[] definitions = Market.Definitions;
        definitions[5].Exercise = ExerciseKind.American;
        ArgumentException failure = Assert.Throws<ArgumentException>(() => new Calculation(definitions, 0, Carry));
        Assert.Contains("SPXW 20261218", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_settlement_beyond_the_calendar_is_refused_with_the_contract()
    {
        InstrumentDefinition[] definitions = Market.Definitions;
        definitions[5].SettlementNanos = long.MaxValue;
        ArgumentException failure = Assert.Throws<ArgumentException>(() => new Calculation(definitions, 0, Carry));
        Assert.Contains("instrument id 5", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_mean_nothing_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EngineOptions { Lanes = (LaneWidth)3 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new EngineOptions { ForwardMode = (ForwardMode)9 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new EngineOptions { Model = (PositionModel)6 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new EngineOptions { MarkIntervalNanos = long.MaxValue });
        Assert.Throws<ArgumentOutOfRangeException>(() => new EngineOptions { PublishIntervalNanos = long.MaxValue });
        Assert.Throws<ArgumentOutOfRangeException>(() => new EngineOptions { RingCapacity = 1000 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new EngineOptions { Rate = double.NaN });
    }
}
