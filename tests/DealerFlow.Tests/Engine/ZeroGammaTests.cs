using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class ZeroGammaTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    [Fact]
    public void Of_more_roots_than_fit_the_one_nearest_to_spot_is_kept()
    {
        // Calls and puts in turn, strikes more than three w apart: a root in every gap.
        var market = new PlainMarket(Day, [.. Enumerable.Range(-100, 201).Select(i => 5000.0 + (5 * i))], priceDecimals: 8);
        long now = NewYorkTime.ToUnixNanos(Day, new TimeOnly(14, 0));
        List<Tick> ticks = market.Opening(now, 5000.5, 0.02);
        for (int i = 0; i < market.Strikes.Length; i++) ticks.Add(PlainMarket.OpenInterest(now, i, i % 2 == 0, 0));
        (_, byte[] section) = OneShot(market, ticks);

        Assert.True(MarketView.TryOpen(section, out MarketView view));
        ZeroGammaSection zeroGamma = view.Head.Buckets[0].ZeroGamma;
        Assert.Equal(200, zeroGamma.RootCount);
        Assert.Equal(5000.5, zeroGamma.Value, 2.5);
        for (int i = 0; i < ZeroGammaSection.RootCapacity; i++) Assert.Equal(5000.5, zeroGamma.Roots[i], 5.0 * ZeroGammaSection.RootCapacity);
    }

    [Fact]
    public void A_freak_quote_with_next_to_no_deviation_does_not_make_the_search_unbounded()
    {
        var market = new PlainMarket(Day, [4980, 4990, 5000, 5010, 5020], priceDecimals: 6);
        long now = NewYorkTime.ToUnixNanos(Day, new TimeOnly(14, 0));
        List<Tick> ticks = market.Opening(now, 5000, 0.1);
        ticks.Add(PlainMarket.Quote(now, 2, isCall: true, 1, 1));
        ticks.Add(PlainMarket.OpenInterest(now, 2, isCall: true, 1));
        ticks.Add(PlainMarket.OpenInterest(now, 2, isCall: false, 0));
        (Calculation calculation, byte[] section) = OneShot(market, ticks);

        Assert.True(calculation.ReadNodes()[2].TotalDeviation < 1e-9);
        Assert.True(MarketView.TryOpen(section, out MarketView view));
        Assert.NotEqual(ZeroGammaStatus.Unpriced, view.Head.Buckets[0].ZeroGamma.Status);
    }

    [Theory]
    [InlineData(41, 2_000_000)]
    [InlineData(42, 20_000_000)]
    [InlineData(43, 200_000)]
    public void Every_root_that_is_followed_is_one_that_a_fresh_search_finds(int seed, double meanStepNanos)
    {
        var market = new RandomMarket(seed, time: new TimeOnly(9, 29, 50));
        // Without revisions of open interest, which ask for a search at once.
        Follow(market.Definitions, [.. market.Opening(), .. market.Next(20_000, meanStepNanos).Where(tick => tick.Kind != TickKind.OpenInterest)]);
    }

    [Fact]
    public void When_an_expiry_settles_the_roots_are_searched_afresh()
    {
        // On 18 December a morning expiry leaves the 0DTE bucket, an afternoon one stays: there is something left to follow.
        var market = new RandomMarket(44, strikesPerExpiry: 16);
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions { ForwardMode = ForwardMode.Carry });
        var sink = new CountingSink();
        long open = NewYorkTime.ToUnixNanos(new DateOnly(2026, 12, 18), new TimeOnly(9, 30));
        calculation.Apply([.. market.Opening().Select(tick => tick with { EventTimeNanos = open - (63 * UnixNanos.PerSecond) })], ref sink);
        for (long early = 62_500; early > 0; early -= 1_000)
            calculation.Apply([Tick.Spot(open - (early * UnixNanos.PerMillisecond), 0, 500_000)], ref sink);
        ulong before = calculation.Work.FullSearches;
        calculation.Apply([Tick.Spot(open, 0, 500_000)], ref sink);
        Assert.Equal(before + 1, calculation.Work.FullSearches);
        Assert.True(FreshSearch.Of(calculation, out _)[0, ExposureBucket.ZeroDte].IsPriced, "the afternoon expiry is still there");
    }

    private static void Follow(InstrumentDefinition[] definitions, Tick[] ticks)
    {
        var calculation = new Calculation(definitions, 0, new EngineOptions());
        var sink = new ComparingSink(calculation);
        calculation.Apply(ticks, ref sink);
        Assert.True(sink.Compared > 100, $"{sink.Compared} publishes compared");
        Assert.True(calculation.Work.FullSearches < calculation.Work.Publishes, "some roots were followed, not searched");
    }

    private static (Calculation Calculation, byte[] Section) OneShot(PlainMarket market, List<Tick> ticks)
    {
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions { OneShot = true, ForwardMode = ForwardMode.Carry });
        calculation.Apply(ticks.ToArray(), ref sink);
        calculation.Finish(ref sink);
        return (calculation, recording.Last);
    }

    /// <summary>At every publish: the roots in the snapshot against a search that remembers nothing.</summary>
    private struct ComparingSink(Calculation calculation) : ISnapshotSink
    {
        public int Compared;

        public readonly void PublishHeadline(in HeadlineSection headline, in Ledger ledger) { }

        public readonly void Heartbeat(ulong eventSequence, long eventTimeNanos) { }

        public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger)
        {
            Assert.True(MarketView.TryOpen(marketSection, out MarketView view));
            ZeroGammaTable fresh = FreshSearch.Of(calculation, out _);
            for (int bucket = 0; bucket < 3; bucket++)
            {
                ZeroGammaSection published = view.Head.Buckets[bucket].ZeroGamma;
                ZeroGammaRoots expected = fresh[0, (ExposureBucket)bucket];
                Assert.Equal(expected.IsPriced, published.Status != ZeroGammaStatus.Unpriced && view.Head.Buckets[bucket].GrossGex > 0);
                if (!expected.IsPriced) continue;
                Assert.Equal(expected.Sign, published.Sign);
                if (published.RootCount == 0) continue;
                // Roots may be born between searches; the one that is published is a root all the same.
                double root = published.Value;
                Assert.True(
                    expected.Spot.AsSpan(0, expected.Count).ToArray().Any(other => Math.Abs(other - root) <= 1e-10 * root),
                    $"bucket {bucket}, root {root:R} at {UnixNanos.ToIso(view.Head.MarkTimeNanos)}");
                Compared++;
            }
        }
    }
}
