using BenchmarkDotNet.Attributes;
using DealerFlow.Kernels;

namespace DealerFlow.Benchmarks;

/// <summary>
/// All six Greeks of a node, per lane width. A ratio that rises at one width alone means that its code is no longer inlined or
/// spills its registers; at all widths, that the formula got dearer.
/// </summary>
[MemoryDiagnoser, HideColumns("Error", "StdDev", "RatioSD")]
public class GreekKernelBench
{
    private readonly BenchBook _book = new();
    private readonly double[][] _greeks = [.. Enumerable.Range(0, 6).Select(_ => new double[BenchBook.Nodes])];

    [GlobalSetup]
    public void ShowMix() => Console.WriteLine(_book.Mix());

    [Benchmark(Baseline = true, OperationsPerInvoke = BenchBook.Nodes)]
    public void F64x1() => Evaluate(LaneWidth.One);

    [Benchmark(OperationsPerInvoke = BenchBook.Nodes)]
    public void F64x2() => Evaluate(LaneWidth.Two);

    [Benchmark(OperationsPerInvoke = BenchBook.Nodes)]
    public void F64x4() => Evaluate(LaneWidth.Four);

    [Benchmark(OperationsPerInvoke = BenchBook.Nodes)]
    public void F64x8() => Evaluate(LaneWidth.Eight);

    private void Evaluate(LaneWidth width) => GreekKernel.Evaluate(
        width, new ExpiryTerms(6000, 6000, 0.99, 0.1), _book.LogStrike, _book.TotalDeviation, new GreekColumns
        {
            Gamma = _greeks[0],
            CallDelta = _greeks[1],
            PutDelta = _greeks[2],
            Vanna = _greeks[3],
            CallCharm = _greeks[4],
            PutCharm = _greeks[5],
        });
}
