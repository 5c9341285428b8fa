namespace DealerFlow.Kernels;

/// <summary>An American option of a known w.</summary>
/// <param name="European">Black-76 price now of the European option with the same F, D and w.</param>
/// <param name="Premium">Early-exercise premium ≥ 0: American less European price.</param>
/// <param name="IsImmediate">Exercising now is optimal.</param>
public readonly record struct AmericanValue(double European, double Premium, bool IsImmediate)
{
    /// <summary>The American price now.</summary>
    public double American => European + Premium;
}

/// <summary>An American price made European.</summary>
/// <param name="Status">Ok, BelowIntrinsic, AboveMax, IllConditioned, Invalid or Expired; the numbers are 0 unless it is Ok.</param>
/// <param name="TotalDeviation">w = σ√T.</param>
/// <param name="Premium">Early-exercise premium at that w; price − premium is the price of the European option.</param>
public readonly record struct EuropeanEquivalent(QuoteStatus Status, double TotalDeviation, double Premium);
