using BenchmarkDotNet.Attributes;
using DealerFlow.Kernels;

namespace DealerFlow.Benchmarks;

/// <summary>
/// The whole SPX chain re-marked: gamma and its slope, summed over 14,304 nodes (28,650 contracts) in 50 expiries, for one position
/// model and for six, per lane width, against <see cref="Math"/>. The inner loop of zero gamma: a regression makes every level slower.
/// </summary>
[MemoryDiagnoser, SeveralProcesses]
public class GammaProfileBench
{
    private const int Nodes = 14_304;
    private const int Expiries = 50;
    private const int Models = 6;
    private readonly double[] _logStrike;
    private readonly double[] _deviation;
    private readonly double[] _weights = new double[Models * Nodes];
    private readonly ProfileSums[] _sums = new ProfileSums[Models];
    private readonly ProfileSums[] _levels = new ProfileSums[16];
    private readonly SkewedSums[] _skewed = new SkewedSums[16];
    private readonly double[] _shifts = [.. Enumerable.Range(-8, 16).Select(i => -1e-5 * i)];
    private readonly double[] _logForwards = [.. Enumerable.Range(-8, 16).Select(i => Math.Log(QuoteBook.Forward) + 0.005 * i)];

    public GammaProfileBench()
    {
        (_logStrike, _deviation) = new QuoteBook().Nodes(Nodes);
        var random = new Random(2026);
        for (int i = 0; i < _weights.Length; i++) _weights[i] = random.Next(-20_000, 30_000);
    }

    [Benchmark(Baseline = true)]
    public double Plain()
    {
        double gamma = 0;
        for (int i = 0; i < Nodes; i++) gamma += _weights[i] * PlainBlack.GammaPart(_logForwards[8], _logStrike[i], _deviation[i]);
        return gamma;
    }

    [Benchmark]
    public double OneModelF64x1() => Remark(LaneWidth.One, 1);

    [Benchmark]
    public double OneModelF64x2() => Remark(LaneWidth.Two, 1);

    [Benchmark]
    public double OneModelF64x4() => Remark(LaneWidth.Four, 1);

    [Benchmark]
    public double OneModelF64x8() => Remark(LaneWidth.Eight, 1);

    [Benchmark]
    public double SixModelsF64x8() => Remark(LaneWidth.Eight, Models);

    [Benchmark(OperationsPerInvoke = 16)]
    public double SixteenLevelsF64x8()
    {
        GammaProfile.Sum(LaneWidth.Eight, _logForwards, _logStrike, _deviation, _weights.AsSpan(0, Nodes), _levels);
        return _levels[0].Gamma;
    }

    [Benchmark(OperationsPerInvoke = 16)]
    public double SixteenLevelsF64x4()
    {
        GammaProfile.Sum(LaneWidth.Four, _logForwards, _logStrike, _deviation, _weights.AsSpan(0, Nodes), _levels);
        return _levels[0].Gamma;
    }

    [Benchmark(OperationsPerInvoke = 16)]
    public double SixteenSkewedLevelsF64x4()
    {
        GammaProfile.SumSkewed(LaneWidth.Four, _logForwards, _shifts, _logStrike, _deviation, _weights, models: 1, weightStride: Nodes, _skewed);
        return _skewed[0].Gamma;
    }

    /// <summary>Expiry by expiry, as an engine must: each has its own forward.</summary>
    private double Remark(LaneWidth width, int models)
    {
        double gamma = 0;
        for (int expiry = 0; expiry < Expiries; expiry++)
        {
            int start = Start(expiry), count = Start(expiry + 1) - start;
            GammaProfile.Sum(
                width, _logForwards.AsSpan(8, 1), _logStrike.AsSpan(start, count), _deviation.AsSpan(start, count),
                _weights.AsSpan(start * models, count * models), _sums.AsSpan(0, models));
            gamma += _sums[0].Gamma;
        }
        return gamma;
    }

    private static int Start(int expiry) => Nodes * expiry / Expiries & ~7;
}
