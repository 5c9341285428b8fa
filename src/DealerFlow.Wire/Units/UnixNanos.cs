namespace DealerFlow.Wire;

/// <summary>Instants as signed 64-bit nanoseconds since 1970-01-01T00:00:00Z: every time that leaves a process.</summary>
public static class UnixNanos
{
    /// <summary>Nanoseconds in a microsecond.</summary>
    public const long PerMicrosecond = 1_000;

    /// <summary>Nanoseconds in a millisecond.</summary>
    public const long PerMillisecond = 1_000_000;

    /// <summary>Nanoseconds in a second.</summary>
    public const long PerSecond = 1_000_000_000;

    /// <summary>Nanoseconds in a day of 86,400 s.</summary>
    public const long PerDay = 86_400 * PerSecond;

    /// <summary>Nanoseconds in a year of 365 days, the clock of every T in this project.</summary>
    public const long PerYear = 365 * PerDay;

    /// <summary>The instant as a UTC date and time, to the 100 ns that <see cref="DateTime"/> can hold; rounds towards the past.</summary>
    public static DateTime ToUtc(long unixNanos) => DateTime.UnixEpoch.AddTicks(Math.DivRem(unixNanos, 100).Quotient - (unixNanos % 100 < 0 ? 1 : 0));

    /// <summary>The instant of a UTC date and time.</summary>
    public static long FromUtc(DateTime utc) => checked((utc.ToUniversalTime() - DateTime.UnixEpoch).Ticks * 100);

    /// <summary>ISO 8601 with nanoseconds, for people and JSON: <c>2026-11-16T15:00:00.000000000Z</c>.</summary>
    public static string ToIso(long unixNanos)
    {
        DateTime utc = ToUtc(unixNanos);
        long fraction = ((unixNanos % PerSecond) + PerSecond) % PerSecond;
        return FormattableString.Invariant($"{utc:yyyy-MM-ddTHH:mm:ss}.{fraction:D9}Z");
    }
}
