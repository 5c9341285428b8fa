namespace DealerFlow.Engine;

/// <summary>An expiry whose settlement an operator moved.</summary>
/// <param name="Root">Option root.</param>
/// <param name="ExpiryDate">yyyymmdd.</param>
/// <param name="FromNanos">The instant before.</param>
/// <param name="ToNanos">The instant from now on.</param>
public readonly record struct RescheduledExpiry(string Root, int ExpiryDate, long FromNanos, long ToNanos);
