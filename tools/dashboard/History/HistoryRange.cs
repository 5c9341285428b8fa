namespace DealerFlow.Dashboard;

/// <summary>From when to when, both included, UTC nanoseconds since the Unix epoch.</summary>
internal readonly record struct HistoryRange(long FromNanos, long ToNanos);
