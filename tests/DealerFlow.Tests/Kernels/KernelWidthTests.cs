using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Every kernel and function gives the same bytes at widths 1, 2, 4 and 8, for ordinary and for absurd rows.</summary>
public class KernelWidthTests
{
    private const int Rows = 1_000_000;

    [Fact]
    public void Greeks_are_the_same_bits_at_every_width()
    {
        NodeRows.Nodes(Rows, seed: 1, out double[] logStrike, out double[] totalDeviation, out _);
        var terms = new ExpiryTerms(Spot: 6000, Forward: 6012.5, Discount: 0.993, Years: 0.13);
        double[][] reference = Greeks(LaneWidth.One, terms, logStrike, totalDeviation);
        Assert.All(reference, column => Assert.All(column, value => Assert.True(double.IsFinite(value))));
        foreach (LaneWidth width in SameBits.Widths[1..])
        {
            double[][] greeks = Greeks(width, terms, logStrike, totalDeviation);
            for (int column = 0; column < greeks.Length; column++)
                SameBits.Assert<double>(reference[column], greeks[column], $"Greek column {column}, {width}");
        }
    }

    [Fact]
    public void Implied_deviations_and_their_statuses_are_the_same_bits_at_every_width()
    {
        NodeRows.Prices(Rows, seed: 2, out double[] h, out double[] c);
        double[] reference = new double[h.Length], w = new double[h.Length];
        var referenceStatus = new SolveStatus[h.Length];
        var status = new SolveStatus[h.Length];
        int oneByOne = ImpliedDeviation.Solve(LaneWidth.One, h, c, reference, referenceStatus);
        foreach (LaneWidth width in SameBits.Widths[1..])
        {
            Assert.Equal(oneByOne, ImpliedDeviation.Solve(width, h, c, w, status));
            SameBits.Assert<double>(reference, w, $"w, {width}");
            SameBits.Assert<SolveStatus>(referenceStatus, status, $"status, {width}");
        }
        for (int i = 0; i < w.Length; i++)
        {
            Assert.True(referenceStatus[i] == SolveStatus.Ok ? double.IsFinite(w[i]) && w[i] > 0 : w[i] == 0, $"h {h[i]:R} c {c[i]:R}: {w[i]:R} {referenceStatus[i]}");
        }
        Assert.All(Enum.GetValues<SolveStatus>(), value => Assert.Contains(value, referenceStatus));
    }

    [Fact]
    public void Rows_from_prices_are_the_same_bits_at_every_width()
    {
        Black76Tests.Columns8 input = Black76Tests.RandomRows(Rows / 5, seed: 62);
        Black76Tests.Results reference = Black76Tests.Solve(LaneWidth.One, input);
        CheckRows(reference, QuoteStatus.Ok, QuoteStatus.BelowIntrinsic, QuoteStatus.AboveMax, QuoteStatus.IllConditioned, QuoteStatus.Invalid, QuoteStatus.Expired);
        foreach (LaneWidth width in SameBits.Widths[1..]) CheckSameRows(reference, Black76Tests.Solve(width, input), width);
    }

    [Fact]
    public void Rows_from_deviations_are_the_same_bits_at_every_width()
    {
        Black76Tests.Columns8 input = Black76Tests.RandomRows(Rows / 5, seed: 64);
        Black76Tests.Results reference = Black76Tests.Price(LaneWidth.One, input);
        CheckRows(reference, QuoteStatus.Ok, QuoteStatus.Invalid, QuoteStatus.Expired);
        foreach (LaneWidth width in SameBits.Widths[1..]) CheckSameRows(reference, Black76Tests.Price(width, input), width);
    }

    [Fact]
    public void Profile_sums_are_the_same_bits_at_every_width()
    {
        NodeRows.Nodes(Rows, seed: 3, out double[] logStrike, out double[] totalDeviation, out double[] weight);
        // Segments of many lengths, so that the reduction is compared often and not once.
        for (int start = 0, length = 8; start + length <= logStrike.Length; start += length, length = 8 + length % 256)
        {
            ReadOnlySpan<double> k = logStrike.AsSpan(start, length), w = totalDeviation.AsSpan(start, length), n = weight.AsSpan(start, length);
            double logForward = Math.Log(6000) + (start % 13 - 6) * 0.01;
            ProfileSums reference = GammaProfile.Sum(LaneWidth.One, logForward, k, w, n);
            Assert.True(double.IsFinite(reference.Slope));
            foreach (LaneWidth width in SameBits.Widths[1..])
                SameBits.Assert<ProfileSums>([reference], [GammaProfile.Sum(width, logForward, k, w, n)], $"segment at {start}, {width}");
        }
    }

    [Fact]
    public void Skewed_sums_are_the_same_bits_at_every_width()
    {
        NodeRows.Nodes(Rows / 2, seed: 5, out double[] logStrike, out double[] totalDeviation, out double[] weight);
        double[] logForwards = [8.68, Math.Log(6000), 8.72], shifts = new double[3];
        for (int start = 0, length = 8; start + 2 * length <= logStrike.Length; start += length, length = 8 + length % 256)
        {
            ReadOnlySpan<double> k = logStrike.AsSpan(start, length), w = totalDeviation.AsSpan(start, length), n = weight.AsSpan(start, 2 * length);
            for (int level = 0; level < shifts.Length; level++) shifts[level] = (start % 11 - 5) * 0.002 * level;
            if (start % 101 == 0) shifts[2] = NodeRows.Extremes[start % NodeRows.Extremes.Length];
            SkewedSums[] reference = SkewedProfileTests.Skewed(LaneWidth.One, logForwards, shifts, k, w, n, 2, length);
            Assert.All(reference, sum => Assert.True(double.IsFinite(sum.Gamma) && double.IsFinite(sum.Slope) && double.IsFinite(sum.Sensitivity)));
            foreach (LaneWidth width in SameBits.Widths[1..])
                SameBits.Assert<SkewedSums>(reference, SkewedProfileTests.Skewed(width, logForwards, shifts, k, w, n, 2, length), $"segment at {start}, {width}");
        }
    }

    [Fact]
    public void Deltas_are_the_same_bits_at_every_width()
    {
        NodeRows.Nodes(Rows, seed: 6, out double[] logStrike, out double[] totalDeviation, out _);
        foreach ((double factor, double shift) in ((double, double)[])[(1, 0), (0.83, 0), (1, -0.004), (1.2, 0.03), (1e-140, 0), (1e140, 1e-200)])
        {
            var terms = new DeltaTerms(0.995, Math.Log(6012.5), factor, shift);
            double[][] reference = DeltaKernelTests.Deltas(LaneWidth.One, terms, logStrike, totalDeviation);
            Assert.All(reference, column => Assert.True(column.All(double.IsFinite)));
            foreach (LaneWidth width in SameBits.Widths[1..])
            {
                double[][] deltas = DeltaKernelTests.Deltas(width, terms, logStrike, totalDeviation);
                SameBits.Assert<double>(reference[0], deltas[0], $"call delta, {factor}, {shift}, {width}");
                SameBits.Assert<double>(reference[1], deltas[1], $"put delta, {factor}, {shift}, {width}");
            }
        }
    }

    [Fact]
    public void Functions_are_the_same_bits_at_every_width()
    {
        double[] x = NodeRows.AnyDoubles(Rows, seed: 4);
        double[][] reference = Functions<F64x1>(x), two = Functions<F64x2>(x), four = Functions<F64x4>(x), eight = Functions<F64x8>(x);
        for (int function = 0; function < reference.Length; function++)
        {
            SameBits.Assert<double>(reference[function], two[function], $"function {function}, width 2");
            SameBits.Assert<double>(reference[function], four[function], $"function {function}, width 4");
            SameBits.Assert<double>(reference[function], eight[function], $"function {function}, width 8");
        }
        for (int i = 0; i < x.Length; i++)
        {
            SameBits.Assert<double>([reference[0][i]], [DealerFlow.Kernels.Functions.Exp(x[i])], "scalar Exp");
            SameBits.Assert<double>([reference[1][i]], [DealerFlow.Kernels.Functions.Log(x[i])], "scalar Log");
            SameBits.Assert<double>([reference[2][i]], [DealerFlow.Kernels.Functions.NormalCdf(x[i])], "scalar NormalCdf");
        }
    }

    /// <summary>Finite everywhere, zero where the status is not Ok, and each of these statuses and no other is there.</summary>
    private static void CheckRows(Black76Tests.Results rows, params QuoteStatus[] statuses)
    {
        foreach (double[] column in rows.Values)
        {
            for (int i = 0; i < column.Length; i++)
                Assert.True(rows.Status[i] == QuoteStatus.Ok ? double.IsFinite(column[i]) : column[i] == 0, $"row {i}: {column[i]:R} {rows.Status[i]}");
        }
        Assert.Equal(statuses.Order(), rows.Status.Distinct().Order());
    }

    private static void CheckSameRows(Black76Tests.Results reference, Black76Tests.Results rows, LaneWidth width)
    {
        SameBits.Assert<QuoteStatus>(reference.Status, rows.Status, $"status, {width}");
        for (int column = 0; column < rows.Values.Length; column++)
            SameBits.Assert<double>(reference.Values[column], rows.Values[column], $"column {column}, {width}");
    }

    internal static double[][] Greeks(LaneWidth width, in ExpiryTerms terms, double[] logStrike, double[] totalDeviation)
    {
        double[][] columns = [.. Enumerable.Range(0, 6).Select(_ => new double[logStrike.Length])];
        GreekKernel.Evaluate(width, terms, logStrike, totalDeviation, new GreekColumns
        {
            Gamma = columns[0],
            CallDelta = columns[1],
            PutDelta = columns[2],
            Vanna = columns[3],
            CallCharm = columns[4],
            PutCharm = columns[5],
        });
        return columns;
    }

    private static double[][] Functions<TLanes>(double[] x) where TLanes : unmanaged, ILanes<TLanes>
    {
        double[][] results = [.. Enumerable.Range(0, 7).Select(_ => new double[x.Length])];
        for (nuint i = 0; i < (nuint)x.Length; i += (nuint)TLanes.Count)
        {
            TLanes value = TLanes.Load(in x[0], i);
            TLanes.Store(DealerFlow.Kernels.Functions.Exp(value), ref results[0][0], i);
            TLanes.Store(DealerFlow.Kernels.Functions.Log(value), ref results[1][0], i);
            TLanes.Store(DealerFlow.Kernels.Functions.NormalCdf(value), ref results[2][0], i);
            TLanes.Store(DealerFlow.Kernels.Functions.NormalDensity(value), ref results[3][0], i);
            TLanes.Store(DealerFlow.Kernels.Functions.MillsRatio(value), ref results[4][0], i);
            TLanes.Store(TLanes.Min(TLanes.Max(value, TLanes.Broadcast(-2)), TLanes.Broadcast(0)), ref results[5][0], i);
            TLanes.Store(TLanes.Round(value), ref results[6][0], i);
        }
        return results;
    }
}
