using DealerFlow.Kernels;

namespace DealerFlow.Cli.Verbs;

/// <summary>One block of rows as columns, with room for the answers; reused from block to block.</summary>
internal sealed class GreekBlock(int capacity)
{
    public readonly double[] Spot = new double[capacity];
    public readonly double[] Forward = new double[capacity];
    public readonly double[] Strike = new double[capacity];
    public readonly double[] Years = new double[capacity];
    public readonly double[] Discount = new double[capacity];
    public readonly double[] Price = new double[capacity];
    public readonly bool[] IsCall = new bool[capacity];

    public readonly QuoteStatus[] Status = new QuoteStatus[capacity];
    public readonly double[] Iv = new double[capacity];
    public readonly double[] Delta = new double[capacity];
    public readonly double[] Gamma = new double[capacity];
    public readonly double[] Vega = new double[capacity];
    public readonly double[] Theta = new double[capacity];
    public readonly double[] Vanna = new double[capacity];
    public readonly double[] Charm = new double[capacity];
    public readonly double[] Vomma = new double[capacity];
    public readonly double[] Speed = new double[capacity];
    public readonly double[] Zomma = new double[capacity];
    public readonly double[] Color = new double[capacity];
    private readonly double[] _totalDeviation = new double[capacity];

    /// <summary>Solves the first <paramref name="count"/> rows; those up to the next multiple of eight are padding.</summary>
    public void Solve(LaneWidth lanes, int count)
    {
        int padded = (count + 7) & ~7;
        foreach (double[] column in (ReadOnlySpan<double[]>)[Spot, Forward, Strike, Years, Discount, Price])
            column.AsSpan(count, padded - count).Fill(1);
        var rows = new PricedRows
        {
            Spot = Spot.AsSpan(0, padded),
            Forward = Forward.AsSpan(0, padded),
            Strike = Strike.AsSpan(0, padded),
            Years = Years.AsSpan(0, padded),
            Discount = Discount.AsSpan(0, padded),
            Price = Price.AsSpan(0, padded),
            IsCall = IsCall.AsSpan(0, padded),
        };
        var results = new GreekRows
        {
            Status = Status.AsSpan(0, padded),
            TotalDeviation = _totalDeviation.AsSpan(0, padded),
            ImpliedVol = Iv.AsSpan(0, padded),
            Delta = Delta.AsSpan(0, padded),
            Gamma = Gamma.AsSpan(0, padded),
            Vega = Vega.AsSpan(0, padded),
            Theta = Theta.AsSpan(0, padded),
            Vanna = Vanna.AsSpan(0, padded),
            Charm = Charm.AsSpan(0, padded),
            Vomma = Vomma.AsSpan(0, padded),
            Speed = Speed.AsSpan(0, padded),
            Zomma = Zomma.AsSpan(0, padded),
            Color = Color.AsSpan(0, padded),
        };
        Black76.FromPrices(lanes, in rows, in results);
    }
}
