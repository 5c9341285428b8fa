namespace DealerFlow.Kernels;

/// <summary>A dividend in cash that is known today.</summary>
/// <param name="Years">Time until the share trades without it, years of 365 days.</param>
/// <param name="Amount">Currency per share, paid at that instant.</param>
public readonly record struct CashDividend(double Years, double Amount);
