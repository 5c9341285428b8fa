using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

public class GammaProfileTests
{
    [Fact]
    public void The_sum_is_the_plain_sum()
    {
        Segment(512, seed: 51, out double[] logStrike, out double[] w, out double[] weight);
        double logForward = Math.Log(6000), gamma = 0, slope = 0, gross = 0, grossSlope = 0;
        for (int i = 0; i < w.Length; i++)
        {
            double d1 = (logForward - logStrike[i]) / w[i] + w[i] / 2;
            double part = weight[i] * Math.Exp(-0.5 * d1 * d1) / Math.Sqrt(2 * Math.PI) / w[i];
            gamma += part;
            gross += Math.Abs(part);
            slope += part * (1 - d1 / w[i]);
            grossSlope += Math.Abs(part * (1 - d1 / w[i]));
        }
        ProfileSums sums = GammaProfile.Sum(LaneDispatch.Best, logForward, logStrike, w, weight);
        Assert.Equal(gamma, sums.Gamma, 1e-13 * gross);
        Assert.Equal(slope, sums.Slope, 1e-13 * grossSlope);
    }

    [Fact]
    public void The_slope_is_the_derivative_of_forward_times_the_sum()
    {
        // G = F·Σ, so dG/dF = Σ·weight·φ/w·(1 − d1/w).
        Segment(512, seed: 52, out double[] logStrike, out double[] w, out double[] weight);
        foreach (double forward in (double[])[5500, 5900, 6000, 6100, 6700])
        {
            double step = forward * 1e-5;
            double difference = (8 * (G(forward + step) - G(forward - step)) - (G(forward + 2 * step) - G(forward - 2 * step))) / (12 * step);
            double slope = GammaProfile.Sum(LaneDispatch.Best, Math.Log(forward), logStrike, w, weight).Slope;
            Assert.Equal(difference, slope, 1e-7 * (Math.Abs(slope) + Math.Abs(G(forward)) / forward));
        }

        double G(double forward) => forward * GammaProfile.Sum(LaneDispatch.Best, Math.Log(forward), logStrike, w, weight).Gamma;
    }

    [Fact]
    public void Padding_and_rows_without_a_number_add_nothing()
    {
        Segment(64, seed: 53, out double[] logStrike, out double[] w, out double[] weight);
        ProfileSums sums = GammaProfile.Sum(LaneDispatch.Best, Math.Log(6000), logStrike, w, weight);
        double[] badW = [0, double.NaN, -1, double.PositiveInfinity, 0.1, 0.1, 0.1, 0.1];
        double[] badK = [8.7, 8.7, 8.7, 8.7, double.NaN, double.NegativeInfinity, 8.7, 8.7];
        double[] badWeight = [1, 1, 1, 1, 1, 1, double.NaN, double.PositiveInfinity];
        ProfileSums padded = GammaProfile.Sum(
            LaneDispatch.Best, Math.Log(6000), [.. logStrike, .. badK], [.. w, .. badW], [.. weight, .. badWeight]);
        Assert.Equal(sums, padded);
        Assert.Equal(default, GammaProfile.Sum(LaneDispatch.Best, 8.7, [], [], []));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 6)]
    [InlineData(4, 2)]
    [InlineData(11, 8)]
    public void Many_levels_and_weights_in_one_pass_have_the_bits_of_each_alone(int levels, int models)
    {
        const int Nodes = 1000;
        Segment(Nodes, seed: 55, out double[] logStrike, out double[] w, out _);
        var random = new Random(56);
        double[] weights = [.. Enumerable.Range(0, models * Nodes).Select(_ => (double)random.Next(-5000, 5000))];
        // One bad weight sends its levels, and no other, through the checked sum.
        if (models > 1) weights[Nodes + 17] = double.NaN;
        double[] logForwards = [.. Enumerable.Range(0, levels).Select(i => Math.Log(6000) + 0.01 * (i - levels / 2))];
        var sums = new ProfileSums[levels * models];
        foreach (LaneWidth width in SameBits.Widths)
        {
            GammaProfile.Sum(width, logForwards, logStrike, w, weights, sums);
            for (int level = 0; level < levels; level++)
            {
                for (int model = 0; model < models; model++)
                {
                    ProfileSums alone = GammaProfile.Sum(LaneWidth.One, logForwards[level], logStrike, w, weights.AsSpan(model * Nodes, Nodes));
                    SameBits.Assert<ProfileSums>([alone], [sums[level * models + model]], $"level {level}, model {model}, {width}");
                    Assert.True(alone.Gamma != 0 && double.IsFinite(alone.Slope));
                }
            }
        }
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(3, 6, 1000)]
    [InlineData(5, 8, 1003)]
    [InlineData(2, 2, 4096)]
    public void Weight_columns_that_lie_apart_have_the_bits_of_columns_one_after_the_other(int levels, int models, int stride)
    {
        const int Nodes = 1000;
        Segment(Nodes, seed: 57, out double[] logStrike, out double[] w, out _);
        var random = new Random(58);
        double[] near = new double[models * Nodes], apart = new double[(models - 1) * stride + Nodes];
        // What lies between the columns belongs to others and is not read.
        apart.AsSpan().Fill(double.NaN);
        for (int model = 0; model < models; model++)
        {
            for (int i = 0; i < Nodes; i++) near[model * Nodes + i] = random.Next(-5000, 5000);
            if (model == 1) near[Nodes + 3] = double.PositiveInfinity;
            near.AsSpan(model * Nodes, Nodes).CopyTo(apart.AsSpan(model * stride));
        }
        double[] logForwards = [.. Enumerable.Range(0, levels).Select(i => Math.Log(6000) + 0.01 * (i - levels / 2))];
        ProfileSums[] expected = new ProfileSums[levels * models], sums = new ProfileSums[levels * models];
        foreach (LaneWidth width in SameBits.Widths)
        {
            GammaProfile.Sum(width, logForwards, logStrike, w, near, expected);
            GammaProfile.Sum(width, logForwards, logStrike, w, apart, models, stride, sums);
            SameBits.Assert<ProfileSums>(expected, sums, $"{models} columns {stride} apart, {width}");
            Assert.All(sums, sum => Assert.True(sum.Gamma != 0 && double.IsFinite(sum.Slope)));
        }
    }

    [Fact]
    public void Windows_of_a_table_of_weights_have_the_bits_of_copies_of_them()
    {
        const int Rows = 4096, Models = 6;
        Segment(Rows, seed: 59, out double[] logStrike, out double[] w, out _);
        var random = new Random(60);
        double[] table = [.. Enumerable.Range(0, Models * Rows).Select(_ => (double)random.Next(-5000, 5000))];
        ProfileSums[] expected = new ProfileSums[Models], sums = new ProfileSums[Models];
        for (int start = 0, count = 8; start + count <= Rows; start += count, count += 24)
        {
            double[] copies = [.. Enumerable.Range(0, Models).SelectMany(model => table.AsSpan(model * Rows + start, count).ToArray())];
            ReadOnlySpan<double> strikes = logStrike.AsSpan(start, count), deviations = w.AsSpan(start, count);
            GammaProfile.Sum(LaneDispatch.Best, [8.7], strikes, deviations, copies, expected);
            GammaProfile.Sum(LaneDispatch.Best, [8.7], strikes, deviations, table.AsSpan(start), Models, Rows, sums);
            SameBits.Assert<ProfileSums>(expected, sums, $"window of {count} rows at {start}");
        }
        GammaProfile.Sum(LaneDispatch.Best, [8.7], [], [], table.AsSpan(Rows), Models, Rows / 2, sums);
        Assert.All(sums, sum => Assert.Equal(default, sum));
    }

    [Fact]
    public void Columns_that_do_not_fit_are_named()
    {
        double[] eight = new double[8];
        Assert.Equal("models", Apart(rows: 64, models: 0, stride: 8, room: 0));
        Assert.Equal("models", Apart(rows: 80, models: 9, stride: 8, room: 9));
        Assert.Equal("weightStride", Apart(rows: 64, models: 2, stride: 7, room: 2));
        Assert.Equal("weightStride", Apart(rows: 64, models: 2, stride: -8, room: 2));
        Assert.Equal("weights", Apart(rows: 27, models: 2, stride: 20, room: 2));
        Assert.Equal("weights", Apart(rows: 64, models: 8, stride: int.MaxValue, room: 8));
        Assert.Equal("sums", Apart(rows: 28, models: 2, stride: 20, room: 3));
        Assert.Equal("weights", Assert.Throws<ArgumentException>(() =>
            GammaProfile.Sum(LaneWidth.One, [8.7], eight, eight, new double[9 * 8], new ProfileSums[9])).ParamName);
        Assert.Equal("weights", Assert.Throws<ArgumentException>(() =>
            GammaProfile.Sum(LaneWidth.One, [8.7], eight, eight, new double[12], new ProfileSums[1])).ParamName);
        Assert.Equal("sums", Assert.Throws<ArgumentException>(() =>
            GammaProfile.Sum(LaneWidth.One, [8.7, 8.8], eight, eight, eight, new ProfileSums[1])).ParamName);

        string? Apart(int rows, int models, int stride, int room) => Assert.Throws<ArgumentException>(() =>
            GammaProfile.Sum(LaneWidth.One, [8.7], eight, eight, new double[rows], models, stride, new ProfileSums[room])).ParamName;
    }

    [Fact]
    public void Summing_allocates_nothing()
    {
        Segment(4096, seed: 54, out double[] logStrike, out double[] w, out double[] weight);
        foreach (LaneWidth width in SameBits.Widths)
        {
            GammaProfile.Sum(width, 8.7, logStrike, w, weight);
            long before = GC.GetAllocatedBytesForCurrentThread();
            GammaProfile.Sum(width, 8.7, logStrike, w, weight);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static void Segment(int count, int seed, out double[] logStrike, out double[] w, out double[] weight)
    {
        var random = new Random(seed);
        logStrike = new double[count];
        w = new double[count];
        weight = new double[count];
        for (int i = 0; i < count; i++)
        {
            logStrike[i] = Math.Log(5000 + 2000.0 * i / count);
            w[i] = 0.01 + 0.2 * random.NextDouble();
            weight[i] = random.Next(-50_000, 60_000);
        }
    }
}
