using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>What the passes over 64 rows hand to each other; it stays in the first cache.</summary>
internal struct RowBlock
{
    public const int Rows = 64;

    /// <summary>1 for a call, −1 for a put.</summary>
    public Column Sign;

    /// <summary>ln(K/F), and what its rounding left out.</summary>
    public Column LogMoneyness, LogMoneynessRest;

    /// <summary>r and r − q, per year.</summary>
    public Column Rate, Drift;

    /// <summary>A <see cref="QuoteStatus"/> known from the inputs alone, or 0.</summary>
    public Column Reason;

    /// <summary>|ln(K/F)|, and the normalised price that is solved for.</summary>
    public Column H, C;

    /// <summary>d1, d2 and φ(d1).</summary>
    public Column D1, D2, Density;

    /// <summary>Φ(d1) and Φ(d2) of a call, Φ(−d1) and Φ(−d2) of a put.</summary>
    public Column Right1, Right2;

    /// <summary>The normalised out-of-the-money price by the plain difference of Mills ratios, and the density that belongs to it.</summary>
    public Column Premium, PremiumDensity;

    /// <summary>A <see cref="QuoteStatus"/> known from the answers, or 0.</summary>
    public Column Verdict;

    /// <summary>What the inversion said.</summary>
    public Statuses Solved;

    [InlineArray(Rows)]
    public struct Column
    {
        private double _first;
    }

    [InlineArray(Rows)]
    public struct Statuses
    {
        private SolveStatus _first;
    }
}

/// <summary>One block of the columns that priced rows and deviation rows have in common.</summary>
internal readonly ref struct RowTerms
{
    public required ReadOnlySpan<double> Spot { get; init; }

    public required ReadOnlySpan<double> Forward { get; init; }

    public required ReadOnlySpan<double> Strike { get; init; }

    public required ReadOnlySpan<double> Years { get; init; }

    public required ReadOnlySpan<double> Discount { get; init; }

    public required ReadOnlySpan<bool> IsCall { get; init; }

    public int Count => IsCall.Length;

    public static RowTerms Of(in PricedRows rows, int start, int count) => new()
    {
        Spot = rows.Spot.Slice(start, count),
        Forward = rows.Forward.Slice(start, count),
        Strike = rows.Strike.Slice(start, count),
        Years = rows.Years.Slice(start, count),
        Discount = rows.Discount.Slice(start, count),
        IsCall = rows.IsCall.Slice(start, count),
    };

    public static RowTerms Of(in DeviationRows rows, int start, int count) => new()
    {
        Spot = rows.Spot.Slice(start, count),
        Forward = rows.Forward.Slice(start, count),
        Strike = rows.Strike.Slice(start, count),
        Years = rows.Years.Slice(start, count),
        Discount = rows.Discount.Slice(start, count),
        IsCall = rows.IsCall.Slice(start, count),
    };
}
