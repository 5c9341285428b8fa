using BenchmarkDotNet.Attributes;
using DealerFlow.Kernels;

namespace DealerFlow.Benchmarks;

/// <summary>
/// From a recorded out-of-the-money quote to w: cold and warm, per lane width, against Newton with <see cref="Math"/>. A jump at one
/// width alone means that a stage is no longer inlined; at all widths, that rows fall out of the fixed steps: the set-up prints how many.
/// </summary>
/// <remarks>Warm: the seed is the w of the quote one tick and half a basis point of the forward ago.</remarks>
[MemoryDiagnoser, SeveralProcesses]
public class ImpliedDeviationBench
{
    private const int Rows = 65_536;
    private readonly QuoteBook _book = new();
    private readonly double[] _deviation = new double[Rows];
    private readonly double[] _bid = new double[Rows];
    private readonly double[] _ask = new double[Rows];
    private readonly SolveStatus[] _status = new SolveStatus[Rows];
    private (double[] LogMoneyness, double[] Mid) _zeroDte;
    private readonly QuoteStatus[] _quoteStatus = new QuoteStatus[Rows];

    [GlobalSetup]
    public void ShowMix()
    {
        _zeroDte = _book.ZeroDte(Rows);
        Console.WriteLine($"{_book.Mix()}; the first {Rows} are solved");
        Console.WriteLine($"cold: {Cold(LaneWidth.Eight)} one by one; warm: {WarmF64x8()}");
        int wrong = 0;
        for (int i = 0; i < Rows; i++)
            if (!(Math.Abs(PlainBlack.Solve(_book.LogMoneyness[i], _book.Mid[i]) / _book.Deviation[i] - 1) < 1e-9)) wrong++;
        Console.WriteLine($"plain: {wrong} rows off by more than 1e-9");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Rows)]
    public double Plain()
    {
        double sum = 0;
        for (int i = 0; i < Rows; i++) sum += PlainBlack.Solve(_book.LogMoneyness[i], _book.Mid[i]);
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public int ColdF64x1() => Cold(LaneWidth.One);

    [Benchmark(OperationsPerInvoke = Rows)]
    public int ColdF64x2() => Cold(LaneWidth.Two);

    [Benchmark(OperationsPerInvoke = Rows)]
    public int ColdF64x4() => Cold(LaneWidth.Four);

    [Benchmark(OperationsPerInvoke = Rows)]
    public int ColdF64x8() => Cold(LaneWidth.Eight);

    [Benchmark(OperationsPerInvoke = Rows)]
    public int ColdZeroDteF64x8() => ImpliedDeviation.Solve(LaneWidth.Eight, _zeroDte.LogMoneyness, _zeroDte.Mid, _deviation, _status);

    [Benchmark(OperationsPerInvoke = Rows)]
    public WarmMisses WarmF64x1() => Warm(LaneWidth.One);

    [Benchmark(OperationsPerInvoke = Rows)]
    public WarmMisses WarmF64x4() => Warm(LaneWidth.Four);

    [Benchmark(OperationsPerInvoke = Rows)]
    public WarmMisses WarmF64x8() => Warm(LaneWidth.Eight);

    [Benchmark(OperationsPerInvoke = Rows)]
    public int BidMiddleAskF64x8() => ImpliedDeviation.SolveQuotes(
        LaneWidth.Eight,
        new QuoteRows
        {
            LogMoneyness = _book.LogMoneyness.AsSpan(0, Rows),
            Bid = _book.Bid.AsSpan(0, Rows),
            Middle = _book.Mid.AsSpan(0, Rows),
            Ask = _book.Ask.AsSpan(0, Rows),
        },
        new QuoteDeviations { Status = _quoteStatus, Bid = _bid, Middle = _deviation, Ask = _ask });

    private int Cold(LaneWidth width) =>
        ImpliedDeviation.Solve(width, _book.LogMoneyness.AsSpan(0, Rows), _book.Mid.AsSpan(0, Rows), _deviation, _status);

    private WarmMisses Warm(LaneWidth width) => ImpliedDeviation.SolveWarm(
        width, _book.LogMoneyness.AsSpan(0, Rows), _book.Mid.AsSpan(0, Rows), _book.EarlierDeviation.AsSpan(0, Rows), _deviation, _status);
}
