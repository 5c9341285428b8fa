using BenchmarkDotNet.Attributes;
using DealerFlow.Kernels;

namespace DealerFlow.Benchmarks;

/// <summary>
/// Both deltas of a node in a scenario, per lane width, against all six Greeks. The deltas must stay well below the Greeks: a publish
/// reprices the whole chain a dozen times, and a ratio that rises towards one takes that time from the ticks.
/// </summary>
[MemoryDiagnoser, SeveralProcesses]
public class DeltaKernelBench
{
    private const int Nodes = 4096;
    private static readonly ExpiryTerms Terms = new(QuoteBook.Forward, 6012, 0.99, 0.1);
    private readonly double[][] _greeks = [.. Enumerable.Range(0, 6).Select(_ => new double[Nodes])];
    private double[] _logStrike = [];
    private double[] _deviation = [];

    [GlobalSetup]
    public void Fill()
    {
        var book = new QuoteBook();
        Console.WriteLine($"{book.Mix()}; {Nodes} of them");
        (_logStrike, _deviation) = book.Nodes(Nodes);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Nodes)]
    public void GreeksF64x4() => GreekKernel.Evaluate(LaneWidth.Four, Terms, _logStrike, _deviation, new GreekColumns
    {
        Gamma = _greeks[0],
        CallDelta = _greeks[1],
        PutDelta = _greeks[2],
        Vanna = _greeks[3],
        CallCharm = _greeks[4],
        PutCharm = _greeks[5],
    });

    [Benchmark(OperationsPerInvoke = Nodes)]
    public void DeltasF64x1() => Deltas(LaneWidth.One);

    [Benchmark(OperationsPerInvoke = Nodes)]
    public void DeltasF64x2() => Deltas(LaneWidth.Two);

    [Benchmark(OperationsPerInvoke = Nodes)]
    public void DeltasF64x4() => Deltas(LaneWidth.Four);

    [Benchmark(OperationsPerInvoke = Nodes)]
    public void DeltasF64x8() => Deltas(LaneWidth.Eight);

    private void Deltas(LaneWidth width) => DeltaKernel.Evaluate(
        width, DeltaTerms.Of(Terms) with { DeviationFactor = 0.98, DeviationShift = 0.001 }, _logStrike, _deviation, _greeks[1], _greeks[2]);
}
