using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Zero gamma with a w that moves with spot: w_K(S) = w_K + (R − 1)·∂w/∂ln K·ln(S/S_m).</summary>
public class ZeroGammaStickinessTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1.5)]
    [InlineData(2)]
    public void Roots_are_those_of_the_shifted_deviations(double stickiness)
    {
        int roots = 0;
        for (int seed = 1; seed <= 40; seed++)
        {
            ZeroGammaBook book = ZeroGammaBook.StraightSmiles(seed);
            ZeroGammaRoots found = Roots(book, stickiness);
            List<double> expected = ScanShifted(book, stickiness);
            Assert.True(expected.Count == found.Found, $"seed {seed}: {expected.Count} roots expected, {found.Found} found");
            for (int i = 0; i < found.Count; i++) Assert.Equal(expected[i], Math.Log(found.Spot[i] / ZeroGammaBook.Spot), 1e-9);
            roots += found.Count;
        }
        Assert.True(roots > 40, $"{roots} roots");
    }

    [Fact]
    public void With_stickiness_0_a_straight_smile_moves_along_with_spot()
    {
        // w depends on ln(K/F(S)) alone then: marked at the root itself, the same smile over the strikes there has its root at spot.
        ZeroGammaBook book = ZeroGammaBook.StraightSmiles(3);
        ZeroGammaRoots found = Roots(book, 0);
        Assert.True(found.Count > 0);
        double x = Math.Log(found.Spot[0] / ZeroGammaBook.Spot);
        var there = new ZeroGammaCurve();
        foreach (ExpirySegment segment in book.Nodes.Segments)
        {
            double skew = Slope(book.Nodes, segment), atTheMoney = book.Nodes.Deviation[segment.Start] - (skew * Math.Log(book.Nodes.Strike[segment.Start] / segment.Forward));
            double forward = segment.Forward * Math.Exp(x);
            for (int i = segment.Start; i < segment.End; i++)
            {
                double w = atTheMoney + (skew * Math.Log(book.Nodes.Strike[i] / forward));
                if (w > 0) there.Add(0.01 * segment.Discount * forward * book.Nodes.Weights.Net[i], Math.Log(forward / book.Nodes.Strike[i]), w);
            }
        }
        Assert.Equal(0, there.Value(0), 1e-9 * there.Gross(0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.7)]
    [InlineData(1)]
    [InlineData(1.6)]
    public void The_derivative_of_a_root_is_that_of_roots_searched_again(double stickiness)
    {
        const double Step = 4e-5;
        int compared = 0;
        for (int seed = 1; seed <= 40; seed++)
        {
            ZeroGammaBook book = ZeroGammaBook.StraightSmiles(seed);
            ZeroGammaRoots[] about = [.. Enumerable.Range(-2, 5).Select(i => Roots(book, stickiness + (i * Step)))];
            if (about.Any(roots => roots.Count != about[2].Count)) continue;
            var surface = new GammaSurface(book.WithStickiness(stickiness), LaneDispatch.Best);
            for (int i = 0; i < about[2].Count; i++)
            {
                double actual = surface.RootPerStickiness(
                    ZeroGammaBook.Spot, Math.Log(about[2].Spot[i] / ZeroGammaBook.Spot), 0, ExposureBucket.All);
                double near = (about[3].Spot[i] - about[1].Spot[i]) / (2 * Step), far = (about[4].Spot[i] - about[0].Spot[i]) / (4 * Step);
                // Where a node's w is about to vanish, roots move so sharply that a difference says nothing.
                if (Math.Abs(near - far) > 0.01 * Math.Abs(near)) continue;
                double expected = near + ((near - far) / 3);
                Assert.True(
                    Math.Abs(expected - actual) <= (1e-6 * Math.Abs(actual)) + (0.1 * Math.Abs(near - far)) + 1e-4,
                    $"seed {seed}, root {i}: {expected:R} by difference, {actual:R} found");
                compared++;
            }
        }
        Assert.True(compared > 40, $"{compared} roots compared");
    }

    [Fact]
    public void What_is_published_at_any_stickiness_is_the_derivative_of_what_is_published()
    {
        foreach (double stickiness in (double[])[0, 1, 1.3])
        {
            ZeroGammaSection here = Published(stickiness), below = Published(stickiness - 0.001), above = Published(stickiness + 0.001);
            Assert.Equal(ZeroGammaStatus.Found, here.Status);
            Assert.NotEqual(0, here.PerStickiness);
            Assert.Equal((above.Value - below.Value) / 0.002, here.PerStickiness, 1e-4 * Math.Abs(here.PerStickiness));
        }
        Assert.NotEqual(Published(0).Value, Published(1).Value);
    }

    [Fact]
    public void Roots_that_are_followed_are_those_that_are_searched_at_another_stickiness()
    {
        var market = new RandomMarket(71, time: new TimeOnly(14, 0));
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions { Stickiness = 0.5, PublishIntervalNanos = 20 * UnixNanos.PerMillisecond });
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        calculation.Apply([.. market.Opening(), .. market.Next(4_000, 2e6).Where(tick => tick.Kind != TickKind.OpenInterest)], ref sink);
        calculation.Finish(ref sink);
        Assert.True(calculation.Work.FullSearches < calculation.Work.Publishes / 2);
        Assert.True(MarketView.TryOpen(recording.Last, out MarketView view));
        var book = new ProfileBook(calculation.Nodes, calculation.Nodes.Deviation, PositionColumn.OpenInterest, 1, 0.5);
        book.Refresh();
        var surface = new GammaSurface(book, LaneDispatch.Best);
        ZeroGammaSection published = view.Head.Buckets[0].ZeroGamma;
        Assert.True(published.RootCount > 0);
        ProfilePoint point = surface.At(calculation.MarkSpot, Math.Log(published.Value / calculation.MarkSpot), 0);
        Assert.True(Math.Abs(point.Gamma(ExposureBucket.All) / point.Slope(ExposureBucket.All)) <= 1e-10 * published.Value);
        Assert.Equal(published.Slope, point.Slope(ExposureBucket.All), 1e-6 * Math.Abs(published.Slope));
    }

    private static ZeroGammaSection Published(double stickiness)
    {
        var market = new PlainMarket(Day, [.. Enumerable.Range(-20, 41).Select(i => 5000.0 + (10 * i))], priceDecimals: 8);
        long now = NewYorkTime.ToUnixNanos(Day, new TimeOnly(11, 0));
        List<Tick> ticks = market.Opening(now, 5003, 0.2);
        for (int i = 0; i < market.Strikes.Length; i++)
        {
            // Puts below, calls above, and a smile that falls with the strike.
            double vol = 0.2 - (1.2 * Math.Log(market.Strikes[i] / 5003));
            ticks.Add(market.Quote(now, i, isCall: true, 5003, vol));
            ticks.Add(market.Quote(now, i, isCall: false, 5003, vol));
            ticks.Add(PlainMarket.OpenInterest(now, i, isCall: true, i > 23 ? 2000u : 100u));
            ticks.Add(PlainMarket.OpenInterest(now, i, isCall: false, i > 23 ? 150u : 1200u));
        }
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions { OneShot = true, ForwardMode = ForwardMode.Carry, Stickiness = stickiness });
        calculation.Apply(ticks.ToArray(), ref sink);
        calculation.Finish(ref sink);
        Assert.True(MarketView.TryOpen(recording.Last, out MarketView view));
        return view.Head.Buckets[0].ZeroGamma;
    }

    private static ZeroGammaRoots Roots(ZeroGammaBook book, double stickiness)
    {
        var search = new ZeroGammaSearch(book.WithStickiness(stickiness), LaneDispatch.Best);
        double all = ZeroGammaBook.Curve(book.Nodes, book.Nodes.Deviation, ExposureBucket.All).Gross(0);
        search.Run(ZeroGammaBook.Spot, [all, 0, 0]);
        return search.Roots[0, ExposureBucket.All];
    }

    private static double Slope(NodeTable nodes, ExpirySegment segment)
    {
        int above = Enumerable.Range(segment.Start, segment.Count).First(i => nodes.Strike[i] >= segment.Forward);
        return (nodes.Deviation[above] - nodes.Deviation[above - 1]) / Math.Log(nodes.Strike[above] / nodes.Strike[above - 1]);
    }

    /// <summary>Every counted root of the scalar sum over shifted w, by a fine scan and bisection.</summary>
    private static List<double> ScanShifted(ZeroGammaBook book, double stickiness)
    {
        NodeTable nodes = book.Nodes;
        double negligible = 1e-9 * ZeroGammaBook.Curve(nodes, nodes.Deviation, ExposureBucket.All).Gross(0);
        const int Steps = 20_000;
        var roots = new List<double>();
        var lobes = new List<double> { 0 };
        double before = 0;
        for (int i = 0; i <= Steps; i++)
        {
            double x = -0.5 + ((double)i / Steps), g = G(x);
            if (before * g < 0)
            {
                double low = x - (1.0 / Steps), high = x;
                for (int round = 0; round < 60; round++)
                {
                    double middle = (low + high) / 2;
                    if (G(middle) * before > 0) low = middle;
                    else high = middle;
                }
                roots.Add(high);
                lobes.Add(0);
            }
            lobes[^1] = Math.Max(lobes[^1], Math.Abs(g));
            before = g;
        }
        return [.. roots.Where((_, i) => lobes[i] > negligible && lobes[i + 1] > negligible)];

        double G(double x)
        {
            double sum = 0;
            foreach (ExpirySegment segment in nodes.Segments)
            {
                double shift = (stickiness - 1) * Slope(nodes, segment) * x;
                for (int i = segment.Start; i < segment.End; i++)
                {
                    double w = nodes.Deviation[i] + shift;
                    if (w <= 0) continue;
                    double d1 = ((Math.Log(segment.Forward / nodes.Strike[i]) + x) / w) + (w / 2);
                    sum += 0.01 * segment.Discount * segment.Forward * Math.Exp(x - (d1 * d1 / 2)) * 0.3989422804014327 / w * nodes.Weights.Net[i];
                }
            }
            return sum;
        }
    }
}
