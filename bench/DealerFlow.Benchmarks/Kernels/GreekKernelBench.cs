using BenchmarkDotNet.Attributes;
using DealerFlow.Kernels;

namespace DealerFlow.Benchmarks;

/// <summary>
/// All six Greeks of a node, per lane width, against <see cref="Math"/>. A ratio that rises at one width alone means that its code is
/// no longer inlined or spills its registers; at all widths, that the formula got dearer.
/// </summary>
[MemoryDiagnoser, SeveralProcesses]
public class GreekKernelBench
{
    private const int Nodes = 4096;
    private readonly double[] _strike = new double[Nodes];
    private readonly double[][] _greeks = [.. Enumerable.Range(0, 6).Select(_ => new double[Nodes])];
    private double[] _logStrike = [];
    private double[] _deviation = [];

    [GlobalSetup]
    public void Fill()
    {
        var book = new QuoteBook();
        Console.WriteLine($"{book.Mix()}; {Nodes} of them");
        (_logStrike, _deviation) = book.Nodes(Nodes);
        for (int i = 0; i < Nodes; i++) _strike[i] = Math.Exp(_logStrike[i]);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Nodes)]
    public void Plain()
    {
        for (int i = 0; i < Nodes; i++)
        {
            PlainBlack.Greeks(
                QuoteBook.Forward, 6012, 0.99, 0.1, _strike[i], _deviation[i],
                out _greeks[0][i], out _greeks[1][i], out _greeks[2][i], out _greeks[3][i], out _greeks[4][i], out _greeks[5][i]);
        }
    }

    [Benchmark(OperationsPerInvoke = Nodes)]
    public void F64x1() => Evaluate(LaneWidth.One);

    [Benchmark(OperationsPerInvoke = Nodes)]
    public void F64x2() => Evaluate(LaneWidth.Two);

    [Benchmark(OperationsPerInvoke = Nodes)]
    public void F64x4() => Evaluate(LaneWidth.Four);

    [Benchmark(OperationsPerInvoke = Nodes)]
    public void F64x8() => Evaluate(LaneWidth.Eight);

    private void Evaluate(LaneWidth width) => GreekKernel.Evaluate(
        width, new ExpiryTerms(QuoteBook.Forward, 6012, 0.99, 0.1), _logStrike, _deviation, new GreekColumns
        {
            Gamma = _greeks[0],
            CallDelta = _greeks[1],
            PutDelta = _greeks[2],
            Vanna = _greeks[3],
            CallCharm = _greeks[4],
            PutCharm = _greeks[5],
        });
}
