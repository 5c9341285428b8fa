using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>
/// The kernels' bytes are pinned: the same on every processor, operating system and runtime switch, and the same tomorrow. A
/// changed digest is a changed number in every recorded snapshot; it is renewed by hand, with the error measured again.
/// </summary>
public class KernelGoldenBitsTests
{
    private const int Rows = 8192;

    [Fact]
    public void Greeks_have_the_recorded_bits() =>
        Assert.Equal("78b0bae80c89f0c9", Digest(KernelWidthTests.Greeks(LaneDispatch.Best, new ExpiryTerms(6000, 6012.5, 0.993, 0.125), LogStrikes(), Deviations())));

    [Fact]
    public void Rows_from_deviations_have_the_recorded_bits()
    {
        var rows = new Black76Tests.Columns8(Rows);
        ulong state = 5;
        for (int i = 0; i < Rows; i++)
        {
            rows.Forward[i] = 50 + 7000 * Uniform(ref state);
            rows.Spot[i] = rows.Forward[i] * (0.95 + 0.1 * Uniform(ref state));
            rows.TotalDeviation[i] = 1e-3 + Uniform(ref state);
            rows.Strike[i] = rows.Forward[i] * (0.5 + Uniform(ref state));
            rows.Years[i] = 0.001 + 2 * Uniform(ref state);
            rows.Discount[i] = 0.9 + 0.12 * Uniform(ref state);
            rows.IsCall[i] = i % 2 == 0;
        }
        Black76Tests.Results results = Black76Tests.Price(LaneDispatch.Best, rows);
        Assert.All(results.Status, status => Assert.Equal(QuoteStatus.Ok, status));
        Assert.Equal("e908eec45edebdbe", Digest(results.Values));
    }

    [Fact]
    public void Implied_deviations_have_the_recorded_bits()
    {
        double[] h = new double[Rows], c = new double[Rows], w = new double[Rows], deviations = Deviations();
        ulong state = 3;
        for (int i = 0; i < Rows; i++)
        {
            h[i] = deviations[i] * Uniform(ref state) * 12;
            c[i] = ImpliedDeviation.NormalisedPrice(h[i], deviations[i]);
        }
        ImpliedDeviation.Solve(LaneDispatch.Best, h, c, w, new SolveStatus[Rows]);
        Assert.Equal("5423dd88df5f9cfd", Digest([c, w]));
    }

    [Fact]
    public void American_premiums_have_the_recorded_bits()
    {
        var lattice = new AmericanLattice(LaneDispatch.Best);
        double[] european = new double[64], premium = new double[64];
        ulong state = 6;
        for (int i = 0; i < premium.Length; i++)
        {
            double years = 0.02 + Uniform(ref state);
            CashDividend[] dividends = i % 3 == 0 ? [new CashDividend(0.4 * years, 1.5), new CashDividend(0.7 * years, 1.5)] : [];
            AmericanTerms terms = AmericanTerms.FromYield(100, 0.08 * Uniform(ref state) - 0.01, i % 2 == 0 ? 0.02 : 0, years, dividends);
            Assert.True(lattice.TryValue(terms, 70 + 60 * Uniform(ref state), 0.02 + 0.5 * Uniform(ref state), i % 4 < 2, out AmericanValue value));
            (european[i], premium[i]) = (value.European, value.Premium);
        }
        Assert.True(premium.Count(value => value > 1e-3) > 20);
        Assert.Equal("0d70ccab74d471cc", Digest([european, premium]));
    }

    [Fact]
    public void Profile_sums_have_the_recorded_bits()
    {
        double[] weight = new double[Rows];
        ulong state = 4;
        foreach (ref double value in weight.AsSpan()) value = Math.Floor(Uniform(ref state) * 2e5) - 1e5;
        ProfileSums sums = GammaProfile.Sum(LaneDispatch.Best, 8.7, LogStrikes(), Deviations(), weight);
        Assert.Equal("3b08e8f5bce26e63", Digest([[sums.Gamma, sums.Slope]]));
    }

    [Fact]
    public void Skewed_sums_have_the_recorded_bits()
    {
        double[] weights = new double[2 * Rows];
        ulong state = 7;
        foreach (ref double value in weights.AsSpan()) value = Math.Floor(Uniform(ref state) * 2e5) - 1e5;
        SkewedSums[] sums = SkewedProfileTests.Skewed(LaneDispatch.Best, [8.65, 8.7], [0.0078125, -0.00390625], LogStrikes(), Deviations(), weights, 2, Rows);
        Assert.Equal("ce394500f2d15faa", Digest([[.. sums.SelectMany(sum => (double[])[sum.Gamma, sum.Slope, sum.Sensitivity])]]));
    }

    [Fact]
    public void Deltas_have_the_recorded_bits() =>
        Assert.Equal("da45f2321408c36a", Digest(DeltaKernelTests.Deltas(LaneDispatch.Best, new DeltaTerms(0.995, 8.7, 0.875, 0.00390625), LogStrikes(), Deviations())));

    private static double[] LogStrikes()
    {
        double[] rows = new double[Rows];
        ulong state = 1;
        foreach (ref double value in rows.AsSpan()) value = 8.2 + Uniform(ref state);
        return rows;
    }

    private static double[] Deviations()
    {
        double[] rows = new double[Rows];
        ulong state = 2;
        foreach (ref double value in rows.AsSpan())
        {
            double u = Uniform(ref state);
            value = 1e-3 + 1.5 * u * u * u;
        }
        return rows;
    }

    // SplitMix64: rows from integer arithmetic, the same everywhere.
    private static double Uniform(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1L << 53));
    }

    private static string Digest(double[][] columns)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (double[] column in columns) hash.AppendData(MemoryMarshal.AsBytes(column.AsSpan()));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
