using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>What a file may leave open.</summary>
public sealed record ImportOptions
{
    /// <summary>Gives the settlement instants.</summary>
    public SessionCalendar Calendar { get; init; } = SessionCalendar.Embedded;

    /// <summary>The trading day in New York, for formats whose rows have a time of day alone; null = the file must say it.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>The instant of a chain that does not say when its quotes are from; UTC nanoseconds.</summary>
    public long? AsOfNanos { get; init; }

    /// <summary>Contracts that may be defined: a bound for memory.</summary>
    public int MaxContracts { get; init; } = 4_000_000;

    /// <summary>Told of every rejected row; null = they are counted, and the first are kept.</summary>
    public Action<ImportIssue>? OnIssue { get; init; }
}
