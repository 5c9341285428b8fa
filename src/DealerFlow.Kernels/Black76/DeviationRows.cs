namespace DealerFlow.Kernels;

/// <summary>Options with a total deviation, each row on its own terms; all columns of one length, a multiple of 8.</summary>
public readonly ref struct DeviationRows
{
    /// <summary>S, currency per share.</summary>
    public required ReadOnlySpan<double> Spot { get; init; }

    /// <summary>F, currency per share.</summary>
    public required ReadOnlySpan<double> Forward { get; init; }

    /// <summary>K, currency per share.</summary>
    public required ReadOnlySpan<double> Strike { get; init; }

    /// <summary>T, years of 365 days; 0 or less gives <see cref="QuoteStatus.Expired"/>.</summary>
    public required ReadOnlySpan<double> Years { get; init; }

    /// <summary>D, value now of one unit paid at settlement.</summary>
    public required ReadOnlySpan<double> Discount { get; init; }

    /// <summary>w = σ√T, dimensionless; 0 gives <see cref="QuoteStatus.Invalid"/>, since gamma has no value there.</summary>
    public required ReadOnlySpan<double> TotalDeviation { get; init; }

    /// <summary>Call or put.</summary>
    public required ReadOnlySpan<bool> IsCall { get; init; }
}
