using BenchmarkDotNet.Attributes;
using DealerFlow.Kernels;

namespace DealerFlow.Benchmarks;

/// <summary>
/// Price and ten Greeks of an option from its total deviation, per lane width: all eleven columns, and σ. A ratio that rises at one width alone
/// means that a pass has outgrown the compiler's inlining budget there; at all widths, that the formula got dearer.
/// </summary>
[MemoryDiagnoser, SeveralProcesses]
public class Black76Bench
{
    private const int Nodes = 4096;
    private double[] _deviation = [];
    private readonly double[] _spot = Filled(QuoteBook.Forward);
    private readonly double[] _forward = Filled(QuoteBook.Forward);
    private readonly double[] _strike = new double[Nodes];
    private readonly double[] _years = Filled(0.1);
    private readonly double[] _discount = Filled(0.99);
    private readonly bool[] _isCall = new bool[Nodes];
    private readonly double[] _price = new double[Nodes];
    private readonly QuoteStatus[] _status = new QuoteStatus[Nodes];
    private readonly double[][] _greeks = [.. Enumerable.Range(0, 12).Select(_ => new double[Nodes])];

    [GlobalSetup]
    public void FillAndShowMix()
    {
        var book = new QuoteBook();
        (double[] logStrike, _deviation) = book.Nodes(Nodes);
        for (int i = 0; i < Nodes; i++)
        {
            _strike[i] = Math.Exp(logStrike[i]);
            _isCall[i] = _strike[i] >= _forward[i];
        }
        FromDeviations(LaneWidth.One);
        Console.WriteLine($"{book.Mix()}, {_status.Count(status => status == QuoteStatus.Ok)} Ok");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Nodes)]
    public void F64x1() => FromDeviations(LaneWidth.One);

    [Benchmark(OperationsPerInvoke = Nodes)]
    public void F64x2() => FromDeviations(LaneWidth.Two);

    [Benchmark(OperationsPerInvoke = Nodes)]
    public void F64x4() => FromDeviations(LaneWidth.Four);

    [Benchmark(OperationsPerInvoke = Nodes)]
    public void F64x8() => FromDeviations(LaneWidth.Eight);

    private void FromDeviations(LaneWidth width) => Black76.FromDeviations(
        width,
        new DeviationRows
        {
            Spot = _spot,
            Forward = _forward,
            Strike = _strike,
            Years = _years,
            Discount = _discount,
            TotalDeviation = _deviation,
            IsCall = _isCall,
        },
        _price,
        new GreekRows
        {
            Status = _status,
            TotalDeviation = _greeks[0],
            ImpliedVol = _greeks[1],
            Delta = _greeks[2],
            Gamma = _greeks[3],
            Vega = _greeks[4],
            Theta = _greeks[5],
            Vanna = _greeks[6],
            Charm = _greeks[7],
            Vomma = _greeks[8],
            Speed = _greeks[9],
            Zomma = _greeks[10],
            Color = _greeks[11],
        });

    private static double[] Filled(double value)
    {
        double[] column = new double[Nodes];
        Array.Fill(column, value);
        return column;
    }
}
