namespace DealerFlow.Kernels;

/// <summary>Out-of-the-money quotes; premiums are undiscounted and divided by min(F, K). All columns of one length, a multiple of 8.</summary>
public readonly ref struct QuoteRows
{
    /// <summary>h = |ln(K/F)| in [0, 1500].</summary>
    public required ReadOnlySpan<double> LogMoneyness { get; init; }

    /// <summary>Bid premium; 0 = none.</summary>
    public required ReadOnlySpan<double> Bid { get; init; }

    /// <summary>Premium of the middle, as the caller rounds it.</summary>
    public required ReadOnlySpan<double> Middle { get; init; }

    /// <summary>Ask premium; 0 = none.</summary>
    public required ReadOnlySpan<double> Ask { get; init; }
}

/// <summary>Where <see cref="ImpliedDeviation.SolveQuotes"/> writes: columns of their own, none of <see cref="QuoteRows"/>.</summary>
public readonly ref struct QuoteDeviations
{
    /// <summary>Ok, Locked, NoBid, Crossed, Wide, BelowIntrinsic, AboveMax, IllConditioned, Missing or Invalid.</summary>
    public required Span<QuoteStatus> Status { get; init; }

    /// <summary>w of the bid; 0 where it has none.</summary>
    public required Span<double> Bid { get; init; }

    /// <summary>w of the middle; 0 where it has none, and where the quote is not two-sided.</summary>
    public required Span<double> Middle { get; init; }

    /// <summary>w of the ask; 0 where it has none. The only bound where the status is NoBid.</summary>
    public required Span<double> Ask { get; init; }
}
