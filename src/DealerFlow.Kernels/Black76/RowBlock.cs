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

/// <summary>The columns that priced rows and deviation rows have in common.</summary>
internal readonly ref struct RowTerms
{
    public required ReadOnlySpan<double> Spot { get; init; }

    public required ReadOnlySpan<double> Forward { get; init; }

    public required ReadOnlySpan<double> Strike { get; init; }

    public required ReadOnlySpan<double> Years { get; init; }

    public required ReadOnlySpan<double> Discount { get; init; }

    public required ReadOnlySpan<bool> IsCall { get; init; }

    public int Count => IsCall.Length;

    /// <summary>Throws unless every column has the length of the one that names the rows.</summary>
    public void CheckLengths(int length)
    {
        Columns.Check(length, Spot.Length, nameof(Spot));
        Columns.Check(length, Forward.Length, nameof(Forward));
        Columns.Check(length, Strike.Length, nameof(Strike));
        Columns.Check(length, Years.Length, nameof(Years));
        Columns.Check(length, Discount.Length, nameof(Discount));
        Columns.Check(length, IsCall.Length, nameof(IsCall));
    }

    public static RowTerms Of(in PricedRows rows) => new()
    {
        Spot = rows.Spot,
        Forward = rows.Forward,
        Strike = rows.Strike,
        Years = rows.Years,
        Discount = rows.Discount,
        IsCall = rows.IsCall,
    };

    public static RowTerms Of(in DeviationRows rows) => new()
    {
        Spot = rows.Spot,
        Forward = rows.Forward,
        Strike = rows.Strike,
        Years = rows.Years,
        Discount = rows.Discount,
        IsCall = rows.IsCall,
    };

    public RowTerms Slice(int start, int count) => new()
    {
        Spot = Spot.Slice(start, count),
        Forward = Forward.Slice(start, count),
        Strike = Strike.Slice(start, count),
        Years = Years.Slice(start, count),
        Discount = Discount.Slice(start, count),
        IsCall = IsCall.Slice(start, count),
    };
}
