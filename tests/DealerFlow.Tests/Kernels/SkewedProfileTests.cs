using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

public class SkewedProfileTests(ITestOutputHelper output)
{
    private const int Models = 3;

    [Fact]
    public void Without_a_shift_gamma_and_slope_have_the_bits_of_the_plain_sum()
    {
        // Absurd rows and weights too, in segments of many lengths.
        NodeRows.Nodes(60_000, seed: 71, out double[] logStrike, out double[] w, out double[] weight);
        double[] logForwards = [8.6, 8.69, Math.Log(6000), 8.71, 8.8];
        for (int start = 0, length = 8; start + Models * length <= w.Length; start += length, length = 8 + length % 600)
        {
            ReadOnlySpan<double> strikes = logStrike.AsSpan(start, length), deviations = w.AsSpan(start, length);
            ReadOnlySpan<double> weights = weight.AsSpan(start, Models * length);
            var plain = new ProfileSums[logForwards.Length * Models];
            GammaProfile.Sum(LaneDispatch.Best, logForwards, strikes, deviations, weights, plain);
            SkewedSums[] sums = Skewed(LaneDispatch.Best, logForwards, new double[5], strikes, deviations, weights, Models, length);
            SameBits.Assert<ProfileSums>(plain, [.. sums.Select(Plain)], $"segment of {length} at {start}");
        }
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(-0.003)]
    [InlineData(-0.1)]
    [InlineData(1e-30)]
    public void Shifted_gamma_and_slope_have_the_bits_of_the_plain_sum_over_a_shifted_column(double shift)
    {
        Segment(1000, seed: 72, out double[] logStrike, out double[] w, out double[] weights);
        double[] logForwards = [8.6, Math.Log(6000), 8.8], moved = [.. w.Select(value => value > 0 ? value + shift : 0)];
        var plain = new ProfileSums[logForwards.Length * Models];
        GammaProfile.Sum(LaneDispatch.Best, logForwards, logStrike, moved, weights, plain);
        SkewedSums[] sums = Skewed(LaneDispatch.Best, logForwards, [shift, shift, shift], logStrike, w, weights, Models, w.Length);
        SameBits.Assert<ProfileSums>(plain, [.. sums.Select(Plain)], $"shift {shift:R}");
    }

    [Fact]
    public void The_sensitivity_is_the_derivative_of_gamma_with_respect_to_the_shift()
    {
        Segment(1000, seed: 73, out double[] logStrike, out double[] w, out double[] weights);
        const double Step = 1e-5;
        foreach (double logForward in (double[])[8.6, 8.68, Math.Log(6000), 8.72, 8.8])
        {
            foreach (double shift in (double[])[-0.004, 0, 0.03])
            {
                SkewedSums[] at = [.. ((double[])[0, Step, -Step, 2 * Step, -2 * Step]).Select(step => One(logForward, shift + step))];
                double difference = (8 * (at[1].Gamma - at[2].Gamma) - (at[3].Gamma - at[4].Gamma)) / (12 * Step);
                double gross = Gross(logForward, shift);
                Assert.True(Math.Abs(difference - at[0].Sensitivity) <= 1e-8 * gross, $"{difference:R} {at[0].Sensitivity:R} of {gross:R}");
            }
        }

        SkewedSums One(double logForward, double shift) => Skewed(LaneDispatch.Best, [logForward], [shift], logStrike, w, weights, 1, 0)[0];

        double Gross(double logForward, double shift)
        {
            double gross = 0;
            for (int i = 0; i < w.Length; i++)
            {
                double v = w[i] + shift, d1 = (logForward - logStrike[i]) / v + v / 2;
                gross += Math.Abs(weights[i]) * ScalarBlack.NormalDensity(d1) / (v * v) * (1 + Math.Abs(d1 * (d1 - v)));
            }
            return gross;
        }
    }

    [Fact]
    public void A_caller_has_the_derivatives_of_the_profile_with_respect_to_forward_and_stickiness()
    {
        // METHODOLOGY 7: w(S) = w + (R − 1)·c·ln(S/S_m), G = F·Σ; what the remarks of SumSkewed promise.
        Segment(1000, seed: 74, out double[] logStrike, out double[] w, out double[] weights);
        const double Marked = 6000, Skew = -0.03, Step = 1e-5;
        foreach (double stickiness in (double[])[0, 1, 1.4, 2])
        {
            foreach (double forward in (double[])[5600, 5990, 6000, 6200])
            {
                double x = Math.Log(forward / Marked);
                SkewedSums sums = Sums(forward, stickiness);
                double byForward = Difference(f => G(f, stickiness), forward, Step * forward);
                double byStickiness = Difference(r => G(forward, r), stickiness, 1e-3);
                double scale = Math.Abs(sums.Gamma) + Math.Abs(sums.Slope) + Math.Abs(Skew * sums.Sensitivity);
                Assert.Equal(byForward, sums.Slope + (stickiness - 1) * Skew * sums.Sensitivity, 1e-7 * scale);
                Assert.Equal(byStickiness, forward * Skew * x * sums.Sensitivity, 1e-7 * forward * scale);
            }
        }

        double G(double forward, double stickiness) => forward * Sums(forward, stickiness).Gamma;

        SkewedSums Sums(double forward, double stickiness) => Skewed(
            LaneDispatch.Best, [Math.Log(forward)], [(stickiness - 1) * Skew * Math.Log(forward / Marked)], logStrike, w, weights, 1, 0)[0];
    }

    [Theory]
    [InlineData(0, 3, 5e-15)]
    [InlineData(3, 8, 3e-14)]
    [InlineData(8, 20, 2e-13)]
    [InlineData(20, 37, 5e-13)]
    public void A_node_is_within_the_promised_error_of_the_truth(double least, double most, double promised)
    {
        var random = new Random(75);
        double[] worst = new double[3], worstDeviation = new double[3];
        double[] strikes = new double[8], deviations = new double[8], weights = new double[8];
        weights[5] = 1;
        for (int i = 0; i < 1_000; i++)
        {
            double logForward = Math.Log(50 + 7000 * random.NextDouble()), w = Math.Exp(Math.Log(1e-4) + random.NextDouble() * Math.Log(3e4));
            double d1 = (least + (most - least) * random.NextDouble()) * (i % 2 == 0 ? 1 : -1), shift = w * (random.NextDouble() - 0.5);
            strikes[5] = logForward - (d1 - w / 2) * w;
            deviations[5] = w - shift;
            var wide = new WideNode(logForward, strikes[5], deviations[5] + shift);
            SkewedSums sums = Skewed(LaneDispatch.Best, [logForward], [shift], strikes, deviations, weights, 1, 0)[0];
            double[] ours = [sums.Gamma, sums.Slope, sums.Sensitivity];
            for (int column = 0; column < ours.Length; column++)
            {
                double error = wide.Error(column, ours[column]);
                if (error > worst[column]) (worst[column], worstDeviation[column]) = (error, w);
            }
        }
        for (int column = 0; column < worst.Length; column++)
        {
            output.WriteLine($"|d1| from {least} to {most}, {WideNode.Names[column]}: {worst[column]:E1} at w = {worstDeviation[column]:G3}");
            Assert.InRange(worst[column], 0, promised);
        }
    }

    [Fact]
    public void Rows_without_a_shifted_deviation_add_nothing()
    {
        Segment(64, seed: 76, out double[] logStrike, out double[] w, out double[] weights);
        double[] badW = [0, double.NaN, -1, double.PositiveInfinity, 0.02, 0.03, 0.1, 0.1, -0.0, double.Epsilon, 1e300, double.NegativeInfinity, 0.1, 0.1, 0.1, 0.1];
        double[] badK = [8.7, 8.7, 8.7, 8.7, 8.7, 8.7, double.NaN, double.NegativeInfinity, 8.7, 8.7, 8.7, 8.7, double.MaxValue, double.PositiveInfinity, 8.7, 8.7];
        double[] badWeight = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, double.NaN, double.NegativeInfinity];
        double[] one = weights[..64];
        // 0.02 and 0.03 go to −0.01 and to 0; the good ones are all above.
        for (int i = 0; i < w.Length; i++) w[i] += 0.05;
        foreach (LaneWidth width in SameBits.Widths)
        {
            SkewedSums[] sums = Skewed(width, [8.7], [-0.03], logStrike, w, one, 1, 0);
            SkewedSums[] padded = Skewed(width, [8.7], [-0.03], [.. logStrike, .. badK], [.. w, .. badW], [.. one, .. badWeight], 1, 0);
            SameBits.Assert<SkewedSums>(sums, padded, $"rows that go below zero, {width}");
            // An unpriced row must not get a w out of a shift.
            sums = Skewed(width, [8.7], [0.03], logStrike, w, one, 1, 0);
            padded = Skewed(width, [8.7], [0.03], [.. logStrike, .. badK[..4], .. badK[8..12]], [.. w, .. badW[..4], .. badW[8..12]], [.. one, .. badWeight[..8]], 1, 0);
            SameBits.Assert<SkewedSums>(sums, padded, $"rows without a w, {width}");
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.MaxValue)]
    [InlineData(-1)]
    public void A_shift_that_leaves_no_node_leaves_zeros_at_its_level_alone(double shift)
    {
        Segment(256, seed: 77, out double[] logStrike, out double[] w, out double[] weights);
        foreach (LaneWidth width in SameBits.Widths)
        {
            SkewedSums[] sums = Skewed(width, [8.69, 8.7], [shift, 0.01], logStrike, w, weights, Models, w.Length);
            SameBits.Assert<SkewedSums>(new SkewedSums[Models], sums.AsSpan(0, Models), $"shift {shift:R}, {width}");
            SameBits.Assert<SkewedSums>(Skewed(width, [8.7], [0.01], logStrike, w, weights, Models, w.Length), sums.AsSpan(Models), $"beside shift {shift:R}, {width}");
            Assert.All(Skewed(width, [shift, double.NaN], [0.01, 0], logStrike, w, weights, Models, w.Length)[Models..], sum => Assert.Equal(default, sum));
        }
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(4, 2, 1003)]
    [InlineData(11, 8, 1000)]
    public void Many_levels_and_weights_in_one_pass_have_the_bits_of_each_alone(int levels, int models, int stride)
    {
        const int Nodes = 1000;
        Segment(Nodes, seed: 78, out double[] logStrike, out double[] w, out _);
        var random = new Random(79);
        double[] weights = [.. Enumerable.Range(0, (models - 1) * stride + Nodes).Select(_ => (double)random.Next(-5000, 5000))];
        if (models > 1) weights[stride + 17] = double.NaN;
        double[] logForwards = [.. Enumerable.Range(0, levels).Select(i => Math.Log(6000) + 0.01 * (i - levels / 2))];
        double[] shifts = [.. logForwards.Select(x => -0.2 * (x - Math.Log(6000)))];
        foreach (LaneWidth width in SameBits.Widths)
        {
            SkewedSums[] sums = Skewed(width, logForwards, shifts, logStrike, w, weights, models, stride);
            for (int level = 0; level < levels; level++)
            {
                for (int model = 0; model < models; model++)
                {
                    SkewedSums[] alone = Skewed(
                        LaneWidth.One, [logForwards[level]], [shifts[level]], logStrike, w, weights.AsSpan(model * stride, Nodes), 1, 0);
                    SameBits.Assert<SkewedSums>(alone, sums.AsSpan(level * models + model, 1), $"level {level}, model {model}, {width}");
                    Assert.True(alone[0].Gamma != 0 && alone[0].Sensitivity != 0);
                }
            }
        }
    }

    [Fact]
    public void A_sensitivity_that_overflows_leaves_gamma_and_slope_their_bits()
    {
        double[] strikes = new double[8], w = new double[8], weights = new double[8];
        (w[0], weights[0]) = (1e-150, 1e40);
        (w[1], weights[1]) = (0.1, 1);
        ProfileSums plain = GammaProfile.Sum(LaneDispatch.Best, 0, strikes, w, weights);
        SkewedSums sums = Skewed(LaneDispatch.Best, [0], [0], strikes, w, weights, 1, 0)[0];
        SameBits.Assert<ProfileSums>([plain], [Plain(sums)], "gamma and slope");
        Assert.True(plain.Gamma > 1e180);
        w[0] = 0;
        Assert.Equal(Skewed(LaneDispatch.Best, [0], [0], strikes, w, weights, 1, 0)[0].Sensitivity, sums.Sensitivity);
    }

    [Fact]
    public void Columns_that_do_not_fit_are_named()
    {
        Assert.Equal("totalDeviation", Refused(1, 1, 16, 8, 1, 1));
        Assert.Equal("deviationShifts", Refused(2, 1, 8, 8, 1, 2));
        Assert.Equal("weights", Refused(1, 1, 8, 7, 1, 1));
        Assert.Equal("models", Refused(1, 1, 8, 80, 9, 9));
        Assert.Equal("sums", Refused(2, 2, 8, 8, 1, 1));
        Assert.Empty(Skewed(LaneWidth.One, [], [], new double[8], new double[8], new double[8], 1, 0));
        Assert.Equal([default], Skewed(LaneWidth.One, [8.7], [0.1], [], [], [], 1, 0));

        static string? Refused(int levels, int shifts, int rows, int weights, int models, int room) => Assert.Throws<ArgumentException>(() => GammaProfile.SumSkewed(
            LaneWidth.One, new double[levels], new double[shifts], new double[8], new double[rows], new double[weights], models, 8, new SkewedSums[room])).ParamName;
    }

    [Fact]
    public void Summing_allocates_nothing()
    {
        Segment(4096, seed: 80, out double[] logStrike, out double[] w, out double[] weights);
        var sums = new SkewedSums[2 * Models];
        double[] logForwards = [8.69, 8.7], shifts = [0.01, 0.02];
        foreach (LaneWidth width in SameBits.Widths)
        {
            GammaProfile.SumSkewed(width, logForwards, shifts, logStrike, w, weights, Models, w.Length, sums);
            long before = GC.GetAllocatedBytesForCurrentThread();
            GammaProfile.SumSkewed(width, logForwards, shifts, logStrike, w, weights, Models, w.Length, sums);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    internal static SkewedSums[] Skewed(
        LaneWidth width, ReadOnlySpan<double> logForwards, ReadOnlySpan<double> shifts, ReadOnlySpan<double> logStrike, ReadOnlySpan<double> w,
        ReadOnlySpan<double> weights, int models, int stride)
    {
        var sums = new SkewedSums[logForwards.Length * models];
        sums.AsSpan().Fill(new SkewedSums(double.NaN, double.NaN, double.NaN));
        GammaProfile.SumSkewed(width, logForwards, shifts, logStrike, w, weights, models, stride, sums);
        return sums;
    }

    private static ProfileSums Plain(SkewedSums sums) => new(sums.Gamma, sums.Slope);

    // Fourth order: the error is 1/30 of the fifth derivative times the step to the fourth.
    private static double Difference(Func<double, double> f, double x, double step) =>
        (8 * (f(x + step) - f(x - step)) - (f(x + 2 * step) - f(x - 2 * step))) / (12 * step);

    private static void Segment(int count, int seed, out double[] logStrike, out double[] w, out double[] weights)
    {
        var random = new Random(seed);
        logStrike = [.. Enumerable.Range(0, count).Select(i => Math.Log(5000 + 2000.0 * i / count))];
        w = [.. Enumerable.Range(0, count).Select(_ => 0.01 + 0.2 * random.NextDouble())];
        weights = [.. Enumerable.Range(0, Models * count).Select(_ => (double)random.Next(-50_000, 60_000))];
    }
}
