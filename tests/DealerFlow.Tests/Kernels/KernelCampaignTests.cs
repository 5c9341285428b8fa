using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>
/// A hundred million inputs, a quarter for each kernel: every width against width 1 byte by byte, and one digest per kernel to compare
/// between runs with AVX-512, AVX2 or every intrinsic off. Run by hand; docs/numerics.md has the commands and the digests.
/// </summary>
/// <remarks>
/// DEALERFLOW_CAMPAIGN_ROWS sets the inputs per kernel, DEALERFLOW_CAMPAIGN_WIDTHS the widths that are run, for a run whose emulated
/// vectors would take hours: <c>1</c> or <c>1,8</c>.
/// </remarks>
public class KernelCampaignTests(ITestOutputHelper output)
{
    private const int Block = 1 << 16;

    private static readonly long Rows = long.Parse(Environment.GetEnvironmentVariable("DEALERFLOW_CAMPAIGN_ROWS") ?? "25000000", CultureInfo.InvariantCulture);

    private static readonly LaneWidth[] Widths =
        [.. (Environment.GetEnvironmentVariable("DEALERFLOW_CAMPAIGN_WIDTHS") ?? "1,2,4,8").Split(',').Select(w => (LaneWidth)int.Parse(w, CultureInfo.InvariantCulture))];

    private readonly double[] _h = new double[Block], _c = new double[Block], _w = new double[Block], _logStrike = new double[Block], _weight = new double[Block];
    private readonly double[] _reference = new double[Block], _result = new double[Block];
    private readonly SolveStatus[] _status = new SolveStatus[Block], _referenceStatus = new SolveStatus[Block];
    private ulong _state = 20261122;

    [Fact(Explicit = true)]
    public void Cold_inversions_have_one_digest() => Run("cold", (width, result, status) => ImpliedDeviation.Solve(width, _h, _c, result, status));

    [Fact(Explicit = true)]
    public void Warm_inversions_have_one_digest() => Run("warm", (width, result, status) => ImpliedDeviation.SolveWarm(width, _h, _c, _w, result, status));

    [Fact(Explicit = true)]
    public void Profile_sums_have_one_digest() => Run("profile", (width, result, _) =>
    {
        for (int i = 0; i < Block; i += 64)
        {
            ProfileSums sums = GammaProfile.Sum(width, 8.7, _logStrike.AsSpan(i, 64), _w.AsSpan(i, 64), _weight.AsSpan(i, 64));
            result[i] = sums.Gamma;
            result[i + 1] = sums.Slope;
        }
    });

    [Fact(Explicit = true)]
    public void Greeks_have_one_digest()
    {
        double[][] columns = [.. Enumerable.Range(0, 6).Select(_ => new double[Block])];
        Run("greeks", (width, result, _) =>
        {
            GreekKernel.Evaluate(width, new ExpiryTerms(6000, 6012.5, 0.993, 0.125), _logStrike, _w, new GreekColumns
            {
                Gamma = columns[0],
                CallDelta = columns[1],
                PutDelta = columns[2],
                Vanna = columns[3],
                CallCharm = columns[4],
                PutCharm = columns[5],
            });
            // Bits mixed, not numbers added: a changed bit anywhere changes the column.
            for (int i = 0; i < result.Length; i++)
            {
                ulong mixed = 0;
                foreach (double[] column in columns) mixed = (mixed * 0x9E3779B97F4A7C15) ^ BitConverter.DoubleToUInt64Bits(column[i]);
                result[i] = BitConverter.UInt64BitsToDouble(mixed);
            }
        });
    }

    private void Run(string name, Action<LaneWidth, double[], SolveStatus[]> kernel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long rows = 0;
        for (; rows < Rows; rows += Block)
        {
            Fill();
            kernel(Widths[0], _reference, _referenceStatus);
            hash.AppendData(MemoryMarshal.AsBytes(_reference.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(_referenceStatus.AsSpan()));
            foreach (LaneWidth width in Widths.AsSpan(1))
            {
                kernel(width, _result, _status);
                SameBits.Assert<double>(_reference, _result, $"{name}, {width}, rows from {rows}");
                SameBits.Assert<SolveStatus>(_referenceStatus, _status, $"{name} status, {width}, rows from {rows}");
            }
        }
        output.WriteLine($"{name}: {rows} rows at widths {string.Join(", ", Widths.Select(w => (int)w))}: {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}");
    }

    /// <summary>Rows from integer arithmetic and exact products alone, so that the inputs are the same whatever is switched off.</summary>
    private void Fill()
    {
        for (int i = 0; i < Block; i++)
        {
            ulong kind = Next() & 63;
            double w = PowerOfTwo(-Uniform() * 12), z = 8 * Uniform() * Uniform();
            _w[i] = w * (1 + 0.002 * (Uniform() - 0.5));
            _h[i] = z * w;
            _logStrike[i] = 8.7 + (z - 2) * w;
            _weight[i] = Math.Floor(20_000 * Uniform()) - 10_000;
            // About the price of that w, so that most seeds are of use.
            _c[i] = 0.4 * w * PowerOfTwo(-0.7213475 * z * z) / (1 + z * z);
            if (kind < 16) (_h[i], _c[i]) = (PowerOfTwo(8 - 40 * Uniform()), PowerOfTwo(-60 * Uniform()));
            if (kind == 16) (_h[i], _c[i], _w[i]) = (AnyDouble(), AnyDouble(), AnyDouble());
            if (kind == 17) (_logStrike[i], _weight[i]) = (AnyDouble(), AnyDouble());
        }
    }

    // 2^x with a straight line between the powers: what it is matters less than that it is the same everywhere.
    private static double PowerOfTwo(double x)
    {
        double floor = Math.Floor(x);
        return Math.ScaleB(1 + (x - floor), (int)floor);
    }

    private double Uniform() => (Next() >> 11) * (1.0 / (1L << 53));

    private double AnyDouble() => BitConverter.UInt64BitsToDouble(Next());

    private ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
