using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>What can go wrong with sums, rows F1 to F5 of the failure catalogue, at the level of the engine.</summary>
public class NumericFailureTests
{
    private const long Millisecond = UnixNanos.PerMillisecond;

    private static readonly DateOnly Day = new(2026, 11, 20);
    private static readonly long Start = LiveRun.At(Day, 15, 0);
    private static readonly EngineOptions Carry = new() { ForwardMode = ForwardMode.Carry };
    private static readonly double[] Ladder = [.. Enumerable.Range(0, 21).Select(i => 4900.0 + (10 * i))];

    private static LiveRun Open(PlainMarket market, EngineOptions? options = null)
    {
        var run = new LiveRun(market.Definitions, options ?? Carry);
        run.Apply(market.Opening(Start, 5000, 0.15));
        run.Apply(PlainMarket.Spot(Start + Millisecond, 5000));
        return run;
    }

    [Fact]
    public void F1_after_many_updates_there_and_back_every_sum_is_what_it_was_at_first()
    {
        // No quote without a bid: a good w that was held would be a trace that has a right to be there.
        var market = new PlainMarket(new DateOnly(2026, 12, 18), Ladder, priceDecimals: 6);
        // One mark for all of it: only differences move the book.
        long now = Start + UnixNanos.PerSecond;
        var run = new LiveRun(market.Definitions, Carry with { MarkIntervalNanos = UnixNanos.PerSecond });
        run.Apply(market.Opening(Start, 5000, 0.15));
        run.Apply(PlainMarket.Spot(now, 5000));
        run.Apply(market.Opening(now, 5000, 0.15));
        byte[] first = LiveRun.WithoutSequence(run.Section());
        var random = new Random(11);
        for (int i = 0; i < 20_000; i++)
        {
            int strike = random.Next(21);
            bool isCall = random.Next(2) == 0;
            run.Apply(random.Next(3) == 0
                ? PlainMarket.OpenInterest(now, strike, isCall, (uint)random.Next(1_000_000))
                : market.Quote(now, strike, isCall, 5000, 0.12 + (0.2 * random.NextDouble())));
            if (i % 7 == 0) run.Calculation.Flush();
        }
        Assert.NotEqual(first, LiveRun.WithoutSequence(run.Section()));
        run.Apply(market.Opening(now, 5000, 0.15));
        run.AssertSound();
        MarketSection then = LiveRun.HeadOf(first), after = run.Head();
        for (int model = 0; model < PositionModels.Count; model++)
            for (int bucket = 0; bucket < 3; bucket++)
                Assert.Equal(LiveRun.Sums(in then.Models[model].Buckets[bucket]), LiveRun.Sums(in after.Models[model].Buckets[bucket]));
        Assert.Equal(1ul, run.Calculation.Work.Marks);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void F2_a_contribution_that_is_not_finite_enters_no_sum_is_counted_and_leaves_no_trace(double poison)
    {
        var market = new PlainMarket(Day, Ladder);
        LiveRun run = Open(market), clean = Open(market);
        // No message can bring one: it is put where the numbers are made.
        double w = run.Calculation.Nodes.Weights.Call[(int)PositionColumn.OpenInterest][10];
        run.Calculation.Nodes.Weights.Call[(int)PositionColumn.OpenInterest][10] = poison;
        run.Apply(PlainMarket.Spot(Start + (2 * Millisecond), 5000));
        clean.Apply(PlainMarket.OpenInterest(Start + Millisecond, 10, isCall: true, 0), PlainMarket.Spot(Start + (2 * Millisecond), 5000));
        run.Apply(PlainMarket.Spot(Start + (3 * Millisecond), 5000));
        clean.Apply(PlainMarket.Spot(Start + (3 * Millisecond), 5000));
        MarketSection poisoned = run.Head(), without = clean.Head();
        Assert.True(poisoned.NonFiniteContributions > 0);
        Assert.Equal(LiveRun.Sums(in without.Models[0].Buckets[0]), LiveRun.Sums(in poisoned.Models[0].Buckets[0]));

        run.Calculation.Nodes.Weights.Call[(int)PositionColumn.OpenInterest][10] = w;
        run.Apply(PlainMarket.Spot(Start + (4 * Millisecond), 5000), PlainMarket.Spot(Start + (5 * Millisecond), 5000));
        LiveRun never = Open(market);
        never.Apply(PlainMarket.Spot(Start + (4 * Millisecond), 5000), PlainMarket.Spot(Start + (5 * Millisecond), 5000));
        MarketSection after = run.Head(), asIf = never.Head();
        Assert.Equal(LiveRun.Sums(in asIf.Models[0].Buckets[0]), LiveRun.Sums(in after.Models[0].Buckets[0]));
    }

    [Fact]
    public void F3_ten_thousand_contracts_in_the_last_second_fit_and_what_does_not_stops_publishing()
    {
        var market = new PlainMarket(Day, [.. Enumerable.Range(0, 9).Select(i => 5980.0 + (5 * i))], priceDecimals: 6);
        var run = new LiveRun(market.Definitions, Carry);
        long start = LiveRun.At(Day, 15, 58, 57);
        run.Apply(market.Opening(start, 6000, 0.15));
        run.Apply(PlainMarket.OpenInterest(start, 4, isCall: true, 10_000), PlainMarket.OpenInterest(start, 4, isCall: false, 0));
        run.Pass(LiveRun.At(Day, 15, 59, 59), 6000);
        run.Apply(PlainMarket.Spot(LiveRun.At(Day, 15, 59, 59) + Millisecond, 6000));
        // RELIABILITY F3 and section 5.2: 1.2e11 USD per 1 % at sixty seconds, where gamma stops.
        Assert.Equal(1.16e11, MoneyGrid.ToUsd(run.Head().Buckets[0].CallGex), 0.05e11);
        Assert.False(run.Calculation.HasOverflowed);

        int published = run.Recording.Sections.Count;
        run.Apply(PlainMarket.OpenInterest(LiveRun.At(Day, 15, 59, 59) + Millisecond, 4, isCall: true, uint.MaxValue));
        run.Calculation.Flush();
        run.Section();
        Assert.True(run.Calculation.HasOverflowed);
        Assert.Equal(published, run.Recording.Sections.Count);
        // It does not come back by itself: nobody can tell what was lost meanwhile.
        run.Apply(PlainMarket.OpenInterest(LiveRun.At(Day, 15, 59, 59) + Millisecond, 4, isCall: true, 10));
        run.Apply(PlainMarket.Spot(LiveRun.At(Day, 15, 59, 59) + (200 * Millisecond), 6000));
        Assert.Equal(published, run.Recording.Sections.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void F4_the_order_of_the_messages_of_one_instant_makes_no_difference(int seed)
    {
        var market = new PlainMarket(Day, Ladder);
        Tick[] news = [.. market.Opening(Start + (2 * Millisecond), 5000, 0.17), LiveRun.Gap(Start + (2 * Millisecond), PlainMarket.IdOf(3, true))];
        // Of one contract one message of each kind; a gap and a quote of the same contract would not be exchangeable.
        news = [.. news.Where(tick => tick.Kind is not TickKind.Spot and not TickKind.Gap)];
        byte[] inOrder = After(news, cut: news.Length);
        new Random(seed).Shuffle(news);
        Assert.Equal(inOrder, After(news, cut: 1 + seed));

        byte[] After(Tick[] ticks, int cut)
        {
            LiveRun run = Open(market);
            for (int i = 0; i < ticks.Length; i += cut)
            {
                run.Apply(ticks.AsSpan(i, Math.Min(cut, ticks.Length - i)));
                // Partitions: what was touched so far is evaluated before the rest comes.
                run.Calculation.Flush();
            }
            run.AssertSound();
            run.Apply(PlainMarket.Spot(Start + (200 * Millisecond), 5000), PlainMarket.Spot(Start + (300 * Millisecond), 5000));
            return run.Section();
        }
    }

    [Theory]
    [InlineData(LaneWidth.One)]
    [InlineData(LaneWidth.Two)]
    [InlineData(LaneWidth.Four)]
    [InlineData(LaneWidth.Eight)]
    public void F5_every_width_gives_the_same_bytes_through_the_pin_and_the_settlement(LaneWidth lanes)
    {
        var market = new RandomMarket(505, time: new TimeOnly(15, 58, 59));
        Tick[] ticks = [.. market.Opening(), .. market.Next(4_000, 20_000_000)];
        Assert.True(market.Now > LiveRun.At(Day, 16, 0));
        Recording one = Run(LaneWidth.One), other = Run(lanes);
        Assert.True(one.Sections.Count > 50);
        Assert.True(one.SameBytesAs(other));

        Recording Run(LaneWidth width)
        {
            var run = new LiveRun(market.Definitions, new EngineOptions { Lanes = width });
            run.Apply(ticks);
            run.Section();
            return run.Recording;
        }
    }
}
