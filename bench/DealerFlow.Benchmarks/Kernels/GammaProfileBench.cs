using BenchmarkDotNet.Attributes;
using DealerFlow.Kernels;

namespace DealerFlow.Benchmarks;

/// <summary>Gamma and its slope, summed, per lane width: the inner loop of zero gamma. A regression makes every level search slower.</summary>
[MemoryDiagnoser, HideColumns("Error", "StdDev", "RatioSD")]
public class GammaProfileBench
{
    private readonly BenchBook _book = new();

    [Benchmark(Baseline = true, OperationsPerInvoke = BenchBook.Nodes)]
    public ProfileSums F64x1() => Sum(LaneWidth.One);

    [Benchmark(OperationsPerInvoke = BenchBook.Nodes)]
    public ProfileSums F64x2() => Sum(LaneWidth.Two);

    [Benchmark(OperationsPerInvoke = BenchBook.Nodes)]
    public ProfileSums F64x4() => Sum(LaneWidth.Four);

    [Benchmark(OperationsPerInvoke = BenchBook.Nodes)]
    public ProfileSums F64x8() => Sum(LaneWidth.Eight);

    private ProfileSums Sum(LaneWidth width) =>
        GammaProfile.Sum(width, BenchBook.LogForward, _book.LogStrike, _book.TotalDeviation, _book.Weight);
}
