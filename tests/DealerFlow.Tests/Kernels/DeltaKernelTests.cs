using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

public class DeltaKernelTests(ITestOutputHelper output)
{
    private static readonly ExpiryTerms Terms = new(Spot: 6000, Forward: 6012.5, Discount: 0.993, Years: 0.13);

    [Fact]
    public void An_expiry_as_it_is_has_the_deltas_of_the_Greek_kernel_bit_for_bit()
    {
        NodeRows.Nodes(100_000, seed: 81, out double[] logStrike, out double[] w, out _);
        foreach (LaneWidth width in SameBits.Widths)
        {
            double[][] greeks = KernelWidthTests.Greeks(width, Terms, logStrike, w), deltas = Deltas(width, DeltaTerms.Of(Terms), logStrike, w);
            SameBits.Assert<double>(greeks[1], deltas[0], $"call delta, {width}");
            SameBits.Assert<double>(greeks[2], deltas[1], $"put delta, {width}");
        }
    }

    [Theory]
    [InlineData(0.83, 0)]
    [InlineData(1, 0.004)]
    [InlineData(1, -0.05)]
    [InlineData(0.5, -1e-3)]
    [InlineData(3, 2)]
    public void A_scenario_has_the_deltas_of_the_Greek_kernel_on_a_moved_column(double factor, double shift)
    {
        NodeRows.Nodes(50_000, seed: 82, out double[] logStrike, out double[] w, out _);
        // What no kernel takes for a w stays what it is.
        double[] moved = [.. w.Select(value => value is >= 1e-150 and <= 1e150 ? Math.FusedMultiplyAdd(value, factor, shift) : 0)];
        double[][] greeks = KernelWidthTests.Greeks(LaneDispatch.Best, Terms, logStrike, moved);
        double[][] deltas = Deltas(LaneDispatch.Best, DeltaTerms.Of(Terms) with { DeviationFactor = factor, DeviationShift = shift }, logStrike, w);
        SameBits.Assert<double>(greeks[1], deltas[0], $"call delta, factor {factor}, shift {shift}");
        SameBits.Assert<double>(greeks[2], deltas[1], $"put delta, factor {factor}, shift {shift}");
    }

    [Fact]
    public void Differences_of_deltas_are_gamma_and_vanna()
    {
        var random = new Random(83);
        for (int i = 0; i < 2_000; i++)
        {
            double w = 0.03 + 0.5 * random.NextDouble();
            double[] logStrike = Eight(Math.Log(Terms.Forward) + 3 * w * (random.NextDouble() - 0.5)), deviation = Eight(w);
            double[][] greeks = KernelWidthTests.Greeks(LaneDispatch.Best, Terms, logStrike, deviation);
            DeltaTerms terms = DeltaTerms.Of(Terms);
            for (int side = 0; side < 2; side++)
            {
                // Carry fixed: ∂Δ/∂ln F = S·Γ, and ∂Δ/∂w = vanna/√T.
                Close(greeks[0][0] * Terms.Spot, Difference(x => Delta(terms with { LogForward = terms.LogForward + x }, side)), w);
                Close(greeks[3][0] / Math.Sqrt(Terms.Years), Difference(x => Delta(terms with { DeviationShift = x }, side)), w);
                Close(greeks[3][0] / Math.Sqrt(Terms.Years) * w, Difference(x => Delta(terms with { DeviationFactor = 1 + x }, side)), w);
            }

            double Delta(in DeltaTerms scenario, int side) => Deltas(LaneDispatch.Best, scenario, logStrike, deviation)[side][6];
        }

        // Fourth order: the error is 1/30 of the fifth derivative times the step to the fourth.
        static double Difference(Func<double, double> f)
        {
            const double Step = 1e-4;
            return (8 * (f(Step) - f(-Step)) - (f(2 * Step) - f(-2 * Step))) / (12 * Step);
        }

        static void Close(double expected, double actual, double w) =>
            Assert.True(Math.Abs(expected - actual) <= 1e-11 + 10 * Math.Pow(1e-4, 4) / Math.Pow(w, 5), $"{actual:R} instead of {expected:R}, w = {w:R}");
    }

    [Fact]
    public void Scenarios_agree_with_the_plain_formula_of_the_judge()
    {
        var random = new Random(84);
        for (int i = 0; i < 2_000; i++)
        {
            double move = 0.04 * (random.NextDouble() - 0.5), left = random.NextDouble(), bump = 0.02 * (random.NextDouble() - 0.2);
            double spot = Terms.Spot * Math.Exp(move), forward = Terms.Forward * Math.Exp(move), years = Terms.Years * left;
            double w = 0.02 + 0.3 * random.NextDouble(), strike = forward * Math.Exp(4 * w * (random.NextDouble() - 0.5));
            double factor = Math.Sqrt(left), shift = bump * Math.Sqrt(years), moved = w * factor + shift;
            if (moved < 1e-3) continue;
            var judge = new ScalarGreeks(spot, forward, Terms.Discount, strike, years, moved);
            var terms = new DeltaTerms(Terms.Discount * forward / spot, Math.Log(forward), factor, shift);
            double[][] deltas = Deltas(LaneDispatch.Best, terms, Eight(Math.Log(strike)), Eight(w));
            Assert.Equal(judge.Delta(isCall: true), deltas[0][2], 1e-12);
            Assert.Equal(judge.Delta(isCall: false), deltas[1][2], 1e-12);
        }
    }

    [Theory]
    [InlineData(0, 3, 5e-15)]
    [InlineData(3, 8, 3e-14)]
    [InlineData(8, 20, 2e-13)]
    [InlineData(20, 37, 5e-13)]
    public void A_delta_is_within_the_promised_error_of_the_truth(double least, double most, double promised)
    {
        var random = new Random(85);
        double[] worst = new double[2], worstDeviation = new double[2];
        for (int i = 0; i < 1_000; i++)
        {
            double logForward = Math.Log(50 + 7000 * random.NextDouble()), w = Math.Exp(Math.Log(1e-4) + random.NextDouble() * Math.Log(3e4));
            double d1 = (least + (most - least) * random.NextDouble()) * (i % 2 == 0 ? 1 : -1), logStrike = logForward - (d1 - w / 2) * w;
            double factor = 0.5 + random.NextDouble(), held = w / factor;
            var wide = new WideNode(logForward, logStrike, Math.FusedMultiplyAdd(held, factor, 0));
            double[][] deltas = Deltas(LaneDispatch.Best, new DeltaTerms(1, logForward, factor), Eight(logStrike), Eight(held));
            for (int side = 0; side < 2; side++)
            {
                double error = wide.Error(3 + side, deltas[side][1]);
                if (error > worst[side]) (worst[side], worstDeviation[side]) = (error, w);
            }
        }
        for (int side = 0; side < 2; side++)
        {
            output.WriteLine($"|d1| from {least} to {most}, {WideNode.Names[3 + side]}: {worst[side]:E1} at w = {worstDeviation[side]:G3}");
            Assert.InRange(worst[side], 0, promised);
        }
    }

    [Fact]
    public void A_node_without_a_meaning_holds_zeros_and_no_shift_gives_it_one()
    {
        double[] bad = [0, -0.1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, 1e300, -0.0];
        double[] badStrike = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.NaN, double.MaxValue, double.MinValue, 1e200, -1e200];
        foreach (LaneWidth width in SameBits.Widths)
        {
            foreach (double shift in (double[])[0, 0.3])
            {
                DeltaTerms terms = DeltaTerms.Of(Terms) with { DeviationShift = shift };
                AllZero(Deltas(width, terms, Eight(8.7), bad));
                AllZero(Deltas(width, terms, badStrike, Eight(0.2)));
            }
        }
    }

    [Fact]
    public void A_scenario_that_leaves_no_deviation_holds_zeros()
    {
        foreach (double factor in (double[])[0, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e200, 1e-200])
            AllZero(Deltas(LaneDispatch.Best, DeltaTerms.Of(Terms) with { DeviationFactor = factor }, Eight(8.7), Eight(0.2)));
        foreach (double shift in (double[])[-0.2, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue])
            AllZero(Deltas(LaneDispatch.Best, DeltaTerms.Of(Terms) with { DeviationShift = shift }, Eight(8.7), Eight(0.2)));
    }

    [Fact]
    public void Call_and_put_differ_by_the_carry_factor()
    {
        NodeRows.Nodes(4096, seed: 86, out double[] logStrike, out double[] w, out _);
        DeltaTerms terms = DeltaTerms.Of(Terms) with { DeviationFactor = 0.7, DeviationShift = 0.001 };
        double[][] deltas = Deltas(LaneDispatch.Best, terms, logStrike, w);
        for (int i = 0; i < w.Length; i++)
        {
            if (deltas[0][i] != 0 || deltas[1][i] != 0) Assert.Equal(terms.CarryFactor, deltas[0][i] - deltas[1][i], 1e-15);
        }
        Assert.Contains(deltas[0], delta => delta is > 0.4 and < 0.6);
    }

    [Theory]
    [InlineData(0, 8.7, "CarryFactor")]
    [InlineData(-1, 8.7, "CarryFactor")]
    [InlineData(double.NaN, 8.7, "CarryFactor")]
    [InlineData(double.PositiveInfinity, 8.7, "CarryFactor")]
    [InlineData(1, double.NaN, "LogForward")]
    [InlineData(1, double.NegativeInfinity, "LogForward")]
    public void Terms_that_are_no_terms_are_refused_by_name(double carryFactor, double logForward, string name) =>
        Assert.Equal(name, Assert.Throws<ArgumentException>(() => Deltas(LaneWidth.One, new DeltaTerms(carryFactor, logForward), Eight(8.7), Eight(0.1))).ParamName);

    [Fact]
    public void Columns_that_do_not_fit_are_named()
    {
        Assert.Equal("totalDeviation", Refused(8, 16, 8, 8));
        Assert.Equal("totalDeviation", Refused(12, 12, 12, 12));
        Assert.Equal("callDelta", Refused(8, 8, 0, 8));
        Assert.Equal("putDelta", Refused(8, 8, 8, 16));
        Assert.Equal("Forward", Assert.Throws<ArgumentException>(() => DeltaTerms.Of(Terms with { Forward = -1 })).ParamName);

        static string? Refused(int strikes, int deviations, int calls, int puts) => Assert.Throws<ArgumentException>(() =>
            DeltaKernel.Evaluate(LaneWidth.One, DeltaTerms.Of(Terms), new double[strikes], new double[deviations], new double[calls], new double[puts])).ParamName;
    }

    [Fact]
    public void Evaluation_allocates_nothing()
    {
        NodeRows.Nodes(4096, seed: 87, out double[] logStrike, out double[] w, out _);
        double[] call = new double[w.Length], put = new double[w.Length];
        foreach (LaneWidth width in SameBits.Widths)
        {
            DeltaKernel.Evaluate(width, DeltaTerms.Of(Terms), logStrike, w, call, put);
            long before = GC.GetAllocatedBytesForCurrentThread();
            DeltaKernel.Evaluate(width, DeltaTerms.Of(Terms), logStrike, w, call, put);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    internal static double[][] Deltas(LaneWidth width, in DeltaTerms terms, double[] logStrike, double[] totalDeviation)
    {
        double[] call = new double[logStrike.Length], put = new double[logStrike.Length];
        call.AsSpan().Fill(double.NaN);
        put.AsSpan().Fill(double.NaN);
        DeltaKernel.Evaluate(width, terms, logStrike, totalDeviation, call, put);
        return [call, put];
    }

    private static void AllZero(double[][] columns) => Assert.All(columns, column => SameBits.Assert<double>(new double[column.Length], column, "zeros"));

    private static double[] Eight(double value) => [.. Enumerable.Repeat(value, 8)];
}
