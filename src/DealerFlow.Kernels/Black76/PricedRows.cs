namespace DealerFlow.Kernels;

/// <summary>Options with a price, each row on its own terms; all columns of one length, a multiple of 8.</summary>
public readonly ref struct PricedRows
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

    /// <summary>Price now, currency per share.</summary>
    public required ReadOnlySpan<double> Price { get; init; }

    /// <summary>Call or put.</summary>
    public required ReadOnlySpan<bool> IsCall { get; init; }
}
