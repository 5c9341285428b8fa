using BenchmarkDotNet.Attributes;
using DealerFlow.Kernels;

namespace DealerFlow.Benchmarks;

/// <summary>
/// Cold inversion of an out-of-the-money price, per lane width. A jump at every width usually means that rows fall out of the
/// fixed steps into the bracketed path; the set-up prints how many do.
/// </summary>
[MemoryDiagnoser, HideColumns("Error", "StdDev", "RatioSD")]
public class ImpliedDeviationBench
{
    private readonly BenchBook _book = new();
    private readonly double[] _deviation = new double[BenchBook.Nodes];
    private readonly SolveStatus[] _status = new SolveStatus[BenchBook.Nodes];

    [GlobalSetup]
    public void ShowMix() => Console.WriteLine($"{_book.Mix()}, {Solve(LaneWidth.Eight)} solved one by one");

    [Benchmark(Baseline = true, OperationsPerInvoke = BenchBook.Nodes)]
    public int F64x1() => Solve(LaneWidth.One);

    [Benchmark(OperationsPerInvoke = BenchBook.Nodes)]
    public int F64x2() => Solve(LaneWidth.Two);

    [Benchmark(OperationsPerInvoke = BenchBook.Nodes)]
    public int F64x4() => Solve(LaneWidth.Four);

    [Benchmark(OperationsPerInvoke = BenchBook.Nodes)]
    public int F64x8() => Solve(LaneWidth.Eight);

    private int Solve(LaneWidth width) => ImpliedDeviation.Solve(width, _book.LogMoneyness, _book.Price, _deviation, _status);
}
