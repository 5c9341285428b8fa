using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

public class GreekKernelTests
{
    // Haug (1998), Option pricing formulas, pp. 11-16, as tabulated by QuantLib's test suite; q the dividend yield, printed to 4 decimals.
    //                    S    K    q     r     T       σ     call Δ / gamma per spot
    [Theory]
    [InlineData("delta", true, 105, 100, 0.10, 0.10, 0.5, 0.36, 0.5946)]
    [InlineData("delta", false, 105, 100, 0.10, 0.10, 0.5, 0.36, -0.3566)]
    [InlineData("gamma", true, 55, 60, 0.00, 0.10, 0.75, 0.30, 0.0278)]
    [InlineData("gamma", false, 55, 60, 0.00, 0.10, 0.75, 0.30, 0.0278)]
    public void Greeks_match_the_published_values(
        string greek, bool isCall, double spot, double strike, double q, double r, double years, double vol, double expected)
    {
        Node node = Evaluate(spot, strike, r, q, years, vol);
        double actual = greek == "gamma" ? node.Gamma : isCall ? node.CallDelta : node.PutDelta;
        Assert.Equal(expected, actual, 5e-5);
    }

    [Fact]
    public void Each_Greek_is_the_finite_difference_of_the_price()
    {
        var random = new Random(41);
        for (int i = 0; i < 2_000; i++)
        {
            double spot = 50 + 100 * random.NextDouble(), years = 0.05 + 2 * random.NextDouble(), vol = 0.1 + 0.5 * random.NextDouble();
            double r = 0.08 * random.NextDouble() - 0.02, q = 0.05 * random.NextDouble();
            double strike = spot * Math.Exp((random.NextDouble() - 0.5) * 3 * vol * Math.Sqrt(years));
            Node node = Evaluate(spot, strike, r, q, years, vol);

            double s = spot * 1e-4, v = 1e-4, t = 1e-4;
            Close(Difference(x => Price(x, strike, r, q, years, vol, true), spot, s), node.CallDelta, 1e-7);
            Close(Difference(x => Price(x, strike, r, q, years, vol, false), spot, s), node.PutDelta, 1e-7);
            Close(Difference(x => Evaluate(x, strike, r, q, years, vol).CallDelta, spot, s), node.Gamma, 1e-8);
            Close(Difference(x => Evaluate(spot, strike, r, q, years, x).CallDelta, vol, v), node.Vanna, 1e-6);
            // Time runs against the years that are left.
            Close(-Difference(x => Evaluate(spot, strike, r, q, x, vol).CallDelta, years, t * years), node.CallCharm, 1e-6);
            Close(-Difference(x => Evaluate(spot, strike, r, q, x, vol).PutDelta, years, t * years), node.PutCharm, 1e-6);
        }
    }

    [Fact]
    public void Call_and_put_differ_by_the_forward()
    {
        NodeRows.Nodes(4096, seed: 42, out double[] logStrike, out double[] w, out _);
        var terms = new ExpiryTerms(6000, 6012.5, 0.993, 0.13);
        double[][] greeks = KernelWidthTests.Greeks(LaneDispatch.Best, terms, logStrike, w);
        double carryFactor = terms.Discount * terms.Forward / terms.Spot;
        double dividendYield = -Math.Log(carryFactor) / terms.Years;
        for (int i = 0; i < w.Length; i++)
        {
            if (greeks[1][i] == 0 && greeks[2][i] == 0) continue;
            Assert.Equal(carryFactor, greeks[1][i] - greeks[2][i], 1e-15);
            Assert.Equal(dividendYield * carryFactor, greeks[4][i] - greeks[5][i], 1e-12 * (1 + Math.Abs(greeks[4][i])));
            Assert.True(greeks[0][i] >= 0);
        }
    }

    [Fact]
    public void Greeks_agree_with_the_plain_formula_to_twelve_digits()
    {
        var random = new Random(43);
        for (int i = 0; i < 20_000; i++)
        {
            double w = Math.Exp(Math.Log(1e-3) + random.NextDouble() * Math.Log(3e3)), x = w * (random.NextDouble() - 0.5) * 16;
            double strike = 6000 * Math.Exp(-x), years = 0.2, spot = 5990, forward = 6000, discount = 0.98;
            Node node = Evaluate(new ExpiryTerms(spot, forward, discount, years), strike, w);
            double d1 = (Math.Log(forward) - Math.Log(strike)) / w + w / 2, d2 = d1 - w;
            double density = Math.Exp(-0.5 * d1 * d1) / Math.Sqrt(2 * Math.PI);
            double growth = discount * forward / spot;
            Close(discount * forward * density / (spot * spot * w), node.Gamma, 1e-12 * node.Gamma);
            double vanna = -growth * density * d2 * Math.Sqrt(years) / w;
            Close(vanna, node.Vanna, 1e-12 * Math.Abs(growth * density * (Math.Abs(d1) + w) * Math.Sqrt(years) / w));
            double drift = Math.Log(forward / spot), q = -Math.Log(growth) / years;
            double decay = growth * density * (2 * drift - d2 * w) / (2 * years * w);
            double scale = growth * density * (Math.Abs(drift / w) + Math.Abs(d1) + w) / years + Math.Abs(q);
            Close(q * node.CallDelta - decay, node.CallCharm, 1e-12 * scale);
            Close(q * node.PutDelta - decay, node.PutCharm, 1e-12 * scale);
        }
    }

    [Fact]
    public void A_node_without_a_meaning_holds_zeros()
    {
        double[] bad = [0, -0.1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, 1e300, -0.0];
        double[] logStrike = [.. bad.Select(_ => Math.Log(6000))];
        Assert.All(KernelWidthTests.Greeks(LaneDispatch.Best, new ExpiryTerms(6000, 6000, 1, 0.1), logStrike, bad),
            column => Assert.All(column, value => Assert.Equal(0, value)));
        double[] badStrike = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.NaN, double.MaxValue, double.MinValue, 1e200, -1e200];
        Assert.All(KernelWidthTests.Greeks(LaneDispatch.Best, new ExpiryTerms(6000, 6000, 1, 0.1), badStrike, [.. bad.Select(_ => 0.2)]),
            column => Assert.All(column, value => Assert.Equal(0, value)));
    }

    [Fact]
    public void A_millisecond_before_settlement_the_Greeks_are_finite()
    {
        double years = 1e-3 / (365 * 86_400.0), w = 0.15 * Math.Sqrt(years);
        Node atTheMoney = Evaluate(new ExpiryTerms(6000, 6000, 1, years), 6000, w);
        // φ(0)/(S·w), the law that METHODOLOGY's table of the last second follows.
        Assert.Equal(0.3989422804014327 / (6000 * w), atTheMoney.Gamma, 1e-6);
        Node away = Evaluate(new ExpiryTerms(6000, 6000, 1, years), 6001, w);
        Assert.Equal((0, 0, -1), (away.Gamma, away.CallDelta, away.PutDelta));
    }

    [Theory]
    [InlineData(0, 6000, 1, 0.1, "Spot")]
    [InlineData(6000, double.NaN, 1, 0.1, "Forward")]
    [InlineData(6000, 6000, -1, 0.1, "Discount")]
    [InlineData(6000, 6000, 1, 0, "Years")]
    public void Terms_that_are_no_terms_are_refused_by_name(double spot, double forward, double discount, double years, string name)
    {
        var error = Assert.Throws<ArgumentException>(() => Evaluate(new ExpiryTerms(spot, forward, discount, years), 6000, 0.1));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluation_allocates_nothing()
    {
        NodeRows.Nodes(4096, seed: 44, out double[] logStrike, out double[] w, out _);
        double[] a = new double[w.Length], b = new double[w.Length], c = new double[w.Length];
        double[] d = new double[w.Length], e = new double[w.Length], f = new double[w.Length];
        foreach (LaneWidth width in SameBits.Widths)
        {
            var columns = new GreekColumns { Gamma = a, CallDelta = b, PutDelta = c, Vanna = d, CallCharm = e, PutCharm = f };
            GreekKernel.Evaluate(width, new ExpiryTerms(6000, 6012, 0.99, 0.1), logStrike, w, columns);
            long before = GC.GetAllocatedBytesForCurrentThread();
            GreekKernel.Evaluate(width, new ExpiryTerms(6000, 6012, 0.99, 0.1), logStrike, w, columns);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static Node Evaluate(double spot, double strike, double r, double q, double years, double vol) =>
        Evaluate(new ExpiryTerms(spot, spot * Math.Exp((r - q) * years), Math.Exp(-r * years), years), strike, vol * Math.Sqrt(years));

    private static Node Evaluate(in ExpiryTerms terms, double strike, double w)
    {
        double[] logStrike = new double[8], deviation = new double[8];
        logStrike.AsSpan().Fill(Math.Log(strike));
        deviation.AsSpan().Fill(w);
        double[][] columns = KernelWidthTests.Greeks(LaneDispatch.Best, terms, logStrike, deviation);
        return new Node(columns[0][3], columns[1][3], columns[2][3], columns[3][3], columns[4][3], columns[5][3]);
    }

    private static double Price(double spot, double strike, double r, double q, double years, double vol, bool isCall) =>
        Black76.Price(spot * Math.Exp((r - q) * years), strike, Math.Exp(-r * years), vol * Math.Sqrt(years), isCall);

    // Fourth order: the error is 1/30 of the fifth derivative times the step to the fourth.
    private static double Difference(Func<double, double> f, double x, double step) =>
        (8 * (f(x + step) - f(x - step)) - (f(x + 2 * step) - f(x - 2 * step))) / (12 * step);

    private static void Close(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{actual:R} instead of {expected:R}");

    private readonly record struct Node(double Gamma, double CallDelta, double PutDelta, double Vanna, double CallCharm, double PutCharm);
}
