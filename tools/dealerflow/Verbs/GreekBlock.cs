using DealerFlow.Kernels;

namespace DealerFlow.Cli.Verbs;

/// <summary>One block of rows as columns, with room for the answers; reused from block to block.</summary>
internal sealed class GreekBlock(int capacity)
{
    private readonly double[] _totalDeviation = new double[capacity];

    public readonly double[] Spot = new double[capacity];
    public readonly double[] Forward = new double[capacity];
    public readonly double[] Strike = new double[capacity];
    public readonly double[] Years = new double[capacity];
    public readonly double[] Discount = new double[capacity];
    public readonly double[] Price = new double[capacity];
    public readonly bool[] IsCall = new bool[capacity];

    /// <summary>Where each row's text lies in the reader's buffer.</summary>
    public readonly Range[] Line = new Range[capacity];

    public readonly QuoteStatus[] Status = new QuoteStatus[capacity];

    /// <summary>iv, delta, gamma, vega, theta, vanna, charm, vomma, speed, zomma and color.</summary>
    public readonly double[][] Answers = [.. Enumerable.Range(0, AnswerColumns).Select(_ => new double[capacity])];

    public const int AnswerColumns = 11;

    public int Capacity => capacity;

    /// <summary>Rows in use.</summary>
    public int Count { get; set; }

    /// <summary>Solves the rows in use; those up to the next multiple of eight are padding.</summary>
    public void Solve(LaneWidth lanes)
    {
        int padded = Columns.PaddedLength(Count);
        foreach (double[] column in (ReadOnlySpan<double[]>)[Spot, Forward, Strike, Years, Discount, Price])
            column.AsSpan(Count, padded - Count).Fill(1);
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
            ImpliedVol = Answers[0].AsSpan(0, padded),
            Delta = Answers[1].AsSpan(0, padded),
            Gamma = Answers[2].AsSpan(0, padded),
            Vega = Answers[3].AsSpan(0, padded),
            Theta = Answers[4].AsSpan(0, padded),
            Vanna = Answers[5].AsSpan(0, padded),
            Charm = Answers[6].AsSpan(0, padded),
            Vomma = Answers[7].AsSpan(0, padded),
            Speed = Answers[8].AsSpan(0, padded),
            Zomma = Answers[9].AsSpan(0, padded),
            Color = Answers[10].AsSpan(0, padded),
        };
        Black76.FromPrices(lanes, in rows, in results);
    }
}
