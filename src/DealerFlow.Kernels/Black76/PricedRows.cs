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

/// <summary>Where <see cref="Black76.FromPrices"/> writes: raw derivatives per share. Rows whose status is not Ok hold 0 everywhere.</summary>
public readonly ref struct GreekRows
{
    /// <summary>Ok, BelowIntrinsic, AboveMax, IllConditioned, Invalid or Expired.</summary>
    public required Span<QuoteStatus> Status { get; init; }

    /// <summary>w = σ√T.</summary>
    public required Span<double> TotalDeviation { get; init; }

    /// <summary>σ, per √year.</summary>
    public required Span<double> ImpliedVol { get; init; }

    /// <summary>∂V/∂S.</summary>
    public required Span<double> Delta { get; init; }

    /// <summary>∂²V/∂S².</summary>
    public required Span<double> Gamma { get; init; }

    /// <summary>∂V/∂σ, per 1.00 of volatility.</summary>
    public required Span<double> Vega { get; init; }

    /// <summary>∂V/∂t, per year.</summary>
    public required Span<double> Theta { get; init; }

    /// <summary>∂²V/∂S∂σ.</summary>
    public required Span<double> Vanna { get; init; }

    /// <summary>∂Δ/∂t, per year.</summary>
    public required Span<double> Charm { get; init; }
}
