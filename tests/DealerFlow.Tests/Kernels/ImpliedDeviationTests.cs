using System.Buffers.Binary;
using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

public class ImpliedDeviationTests(ITestOutputHelper output)
{
    // From a millisecond to a wild year, from the money to e^12 away from it, and both sides of every switch inside the solver.
    public static TheoryData<double, double> Grid
    {
        get
        {
            var rows = new TheoryData<double, double>();
            foreach (double h in (double[])[0, 1e-12, 1e-8, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5, 0.99, 1, 1.49, 1.5, 3, 6, 12])
                foreach (double w in (double[])[1e-8, 1e-5, 1e-3, 0.01, 0.05, 0.2, 0.5, 1, 1.19, 1.2, 1.5, 2, 4, 8])
                    rows.Add(h, w);
            return rows;
        }
    }

    [Theory, MemberData(nameof(Grid))]
    public void A_price_gives_back_the_deviation_that_made_it(double h, double w)
    {
        double c = ImpliedDeviation.NormalisedPrice(h, w);
        (double solved, SolveStatus status) = SolveOne(h, c);
        if (c == 0) Assert.Equal(SolveStatus.BelowIntrinsic, status);
        else if (c == 1) Assert.Equal(SolveStatus.AboveMax, status);
        else
        {
            Assert.Equal(SolveStatus.Ok, status);
            // The price of the test is itself rounded, by up to 3e-15 relative or half a unit of one.
            double allowed = 2 * ImpliedDeviation.AttainableError(h, w) + 3e-15 * (ImpliedDeviation.AttainableError(h, w) / 2.2e-16);
            Assert.Equal(0, solved / w - 1, allowed);
        }
    }

    [Fact]
    public void The_published_oracle_is_met_within_twice_the_attainable_error()
    {
        double worst = 0;
        int rows = 0;
        foreach ((string file, int stride) in (ReadOnlySpan<(string, int)>)[("oracle_vec.bin", 25), ("oracle_heat.bin", 24)])
        {
            byte[] bytes = File.ReadAllBytes(Repository.RealData(Path.Combine("golden/iv_oracle", file)));
            int count = checked((int)BinaryPrimitives.ReadInt64LittleEndian(bytes));
            int length = Columns.PaddedLength(count);
            double[] h = new double[length], c = new double[length], truth = new double[length], w = new double[length];
            var status = new SolveStatus[length];
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> row = bytes.AsSpan(8 + i * stride);
                h[i] = BinaryPrimitives.ReadDoubleLittleEndian(row);
                c[i] = BinaryPrimitives.ReadDoubleLittleEndian(row[8..]);
                truth[i] = BinaryPrimitives.ReadDoubleLittleEndian(row[16..]);
            }
            ImpliedDeviation.Solve(LaneDispatch.Best, h, c, w, status);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(SolveStatus.Ok, status[i]);
                worst = Math.Max(worst, Math.Abs(w[i] / truth[i] - 1) / ImpliedDeviation.AttainableError(h[i], truth[i]));
            }
            rows += count;
        }
        Assert.Equal(19_550, rows);
        output.WriteLine($"largest error/attainable {worst:F3}");
        Assert.True(worst <= 2, $"error/attainable {worst:F2}");
    }

    [Theory]
    [InlineData(0.1, 0, SolveStatus.BelowIntrinsic)]
    [InlineData(0.1, -1e-3, SolveStatus.BelowIntrinsic)]
    [InlineData(0.1, 1, SolveStatus.AboveMax)]
    [InlineData(0.1, 2, SolveStatus.AboveMax)]
    [InlineData(-1e-9, 0.1, SolveStatus.Invalid)]
    [InlineData(1501, 0.1, SolveStatus.Invalid)]
    [InlineData(double.NaN, 0.1, SolveStatus.Invalid)]
    [InlineData(double.PositiveInfinity, 0.1, SolveStatus.Invalid)]
    [InlineData(0.1, double.NaN, SolveStatus.Invalid)]
    [InlineData(0.1, double.PositiveInfinity, SolveStatus.Invalid)]
    [InlineData(0.1, double.NegativeInfinity, SolveStatus.Invalid)]
    [InlineData(0, 0.999999, SolveStatus.Ok)]
    [InlineData(0, 0.99999999999999, SolveStatus.IllConditioned)]
    [InlineData(0.5, 0.9999999999999999, SolveStatus.IllConditioned)]
    public void What_has_no_answer_gets_a_status_and_a_zero(double h, double c, SolveStatus expected)
    {
        (double w, SolveStatus status) = SolveOne(h, c);
        Assert.Equal(expected, status);
        Assert.Equal(expected == SolveStatus.Ok, w > 0);
    }

    [Fact]
    public void A_price_whose_last_digit_moves_w_is_ill_conditioned_and_only_then()
    {
        // Deviations near 11 at the money: c differs from one by 4e-8, and the vega is all but gone.
        int ill = 0, good = 0;
        for (double w = 8; w < 16.5; w += 0.01)
        {
            double c = ImpliedDeviation.NormalisedPrice(0, w);
            (double solved, SolveStatus status) = SolveOne(0, c);
            if (status == SolveStatus.AboveMax) continue;
            bool expected = ImpliedDeviation.AttainableError(0, w) > 1e-6;
            // Within the error itself of the boundary either is right.
            if (Math.Abs(ImpliedDeviation.AttainableError(0, w) / 1e-6 - 1) < 1e-4) continue;
            Assert.Equal(expected ? SolveStatus.IllConditioned : SolveStatus.Ok, status);
            Assert.Equal(expected, solved == 0);
            if (expected) ill++;
            else good++;
        }
        Assert.True(ill > 100 && good > 100, $"{ill} {good}");
    }

    [Theory]
    [InlineData(0, double.Epsilon)]
    [InlineData(1e-310, 1e-311)]
    [InlineData(0, 1e-300)]
    [InlineData(12, 1e-300)]
    [InlineData(700, 1e-300)]
    [InlineData(700, 0.5)]
    [InlineData(1500, 1e-12)]
    [InlineData(1e-300, 0.3)]
    [InlineData(12.031649, 1.9763e-323)]
    public void The_far_corners_of_the_domain_have_right_answers(double h, double c)
    {
        (double w, SolveStatus status) = SolveOne(h, c);
        Assert.Equal(SolveStatus.Ok, status);
        double back = ImpliedDeviation.NormalisedPrice(h, w);
        // Below the smallest normal number a price has an absolute error of one unit only.
        Assert.Equal(c, back, 1e-13 * c * (1 + h) + 2 * double.Epsilon);
    }

    [Fact]
    public void The_normalised_price_rises_with_the_deviation()
    {
        foreach (double h in (double[])[0, 1e-6, 0.01, 0.3, 1.4999, 1.5, 5, 50])
        {
            double before = 0;
            for (double logW = Math.Log(1e-7); logW < Math.Log(30); logW += 0.003)
            {
                double c = ImpliedDeviation.NormalisedPrice(h, Math.Exp(logW));
                Assert.True(c >= before && c <= 1, $"h {h} w {Math.Exp(logW)}: {c:R} after {before:R}");
                before = c;
            }
            Assert.True(before > 0.9);
        }
    }

    // Φ by integer arithmetic of 400 places: c = φ(d1)·(M(−d1) − M(w/2 + h/w)).
    [Fact]
    public void The_normalised_price_keeps_its_digits_deep_in_the_wing()
    {
        var random = new Random(31);
        for (int i = 0; i < 300; i++)
        {
            // w a power of two and h a short multiple of it: d1 and d2 are exact.
            double w = Math.ScaleB(1, -random.Next(0, 6));
            double z = Math.ScaleB(random.Next(1, 30 << 6), -6);
            double h = z * w, d1 = 0.5 * w - z;
            if (d1 > 0 || d1 < -37) continue;
            (System.Numerics.BigInteger mantissa, int exponent) = WideNumber.NormalDensity(d1);
            System.Numerics.BigInteger spread = WideNumber.MillsRatio(-d1) - WideNumber.MillsRatio(0.5 * w + z);
            double ulps = WideNumber.Ulps(ImpliedDeviation.NormalisedPrice(h, w), WideNumber.Multiply(mantissa, spread), exponent);
            Assert.True(ulps <= 16, $"h {h} w {w}: {ulps} ulp");
        }
    }

    [Fact]
    public void Solving_allocates_nothing()
    {
        NodeRows.Prices(4096, seed: 32, out double[] h, out double[] c);
        double[] w = new double[h.Length];
        var status = new SolveStatus[h.Length];
        foreach (LaneWidth width in SameBits.Widths)
        {
            ImpliedDeviation.Solve(width, h, c, w, status);
            long before = GC.GetAllocatedBytesForCurrentThread();
            ImpliedDeviation.Solve(width, h, c, w, status);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void Market_like_rows_never_need_the_slow_path()
    {
        var random = new Random(33);
        double[] h = new double[80_000], c = new double[h.Length], w = new double[h.Length];
        for (int i = 0; i < h.Length; i++)
        {
            double deviation = Math.Exp(Math.Log(1e-4) + random.NextDouble() * Math.Log(3 / 1e-4));
            h[i] = Math.Min(deviation * random.NextDouble() * 8, 3);
            c[i] = ImpliedDeviation.NormalisedPrice(h[i], deviation);
        }
        var status = new SolveStatus[h.Length];
        Assert.Equal(0, ImpliedDeviation.Solve(LaneDispatch.Best, h, c, w, status));
        Assert.All(status, value => Assert.Equal(SolveStatus.Ok, value));
    }

    internal static (double W, SolveStatus Status) SolveOne(double h, double c)
    {
        double[] hs = new double[8], cs = new double[8], w = new double[8];
        var status = new SolveStatus[8];
        hs.AsSpan().Fill(h);
        cs.AsSpan().Fill(c);
        ImpliedDeviation.Solve(LaneDispatch.Best, hs, cs, w, status);
        Assert.All(w, value => Assert.Equal(w[0], value));
        return (w[7], status[7]);
    }
}
