using BenchmarkDotNet.Attributes;
using DealerFlow.Kernels;

namespace DealerFlow.Benchmarks;

/// <summary>An American put over one dividend, valued and made European: what a node of a fund's or a share's chain costs, off the hot path.</summary>
[MemoryDiagnoser, SeveralProcesses]
public class AmericanLatticeBench
{
    private readonly CashDividend[] _dividends = [new CashDividend(0.1, 1.6)];
    private readonly AmericanLattice _narrow = new(LaneWidth.One);
    private readonly AmericanLattice _wide = new(LaneWidth.Eight);
    private readonly EarlyExercise _inverter = new(LaneWidth.Eight);
    private double _price;

    [GlobalSetup]
    public void Price()
    {
        if (!_wide.TryValue(Terms, 430, 0.08, isCall: false, out AmericanValue value)) throw new InvalidOperationException("No price.");
        _price = value.American;
    }

    [Benchmark(Baseline = true)]
    public bool ValueF64x1() => _narrow.TryValue(Terms, 430, 0.08, isCall: false, out _);

    [Benchmark]
    public bool ValueF64x8() => _wide.TryValue(Terms, 430, 0.08, isCall: false, out _);

    [Benchmark]
    public double DeamericaniseF64x8() => _inverter.Deamericanise(Terms, 430, _price, isCall: false).TotalDeviation;

    private AmericanTerms Terms => AmericanTerms.FromYield(440, 0.05, 0, 0.2, _dividends);
}
