namespace DealerFlow.Market;

/// <summary>
/// New York's clock, from the rule itself: five hours behind UTC, four from the second Sunday of March 02:00 to the first Sunday of
/// November 02:00. Never from the machine, whose zone files may be old or absent.
/// </summary>
/// <remarks>
/// Source: Energy Policy Act of 2005, section 110, in force since 2007. Earlier instants follow the same rule, which is then a
/// convention and not history; no contract that this project knows settles before 2015.
/// </remarks>
public static class NewYorkTime
{
    private const int StandardOffsetSeconds = -5 * 3600;
    private const int DaylightOffsetSeconds = -4 * 3600;
    private const long NanosPerSecond = 1_000_000_000;
    private const long NanosPerClockTick = 100;
    private const long SecondsPerDay = 86_400;

    private static readonly int EpochDayNumber = new DateOnly(1970, 1, 1).DayNumber;

    // All days of which every nanosecond fits a signed 64-bit count.
    private static readonly DateOnly FirstDate = new(1678, 1, 1);
    private static readonly DateOnly LastDate = new(2261, 12, 31);

    /// <summary>Seconds to add to UTC: −18,000 in winter, −14,400 in summer.</summary>
    /// <param name="unixNanos">UTC nanoseconds since the Unix epoch.</param>
    public static int UtcOffsetSeconds(long unixNanos)
    {
        long seconds = FloorDivide(unixNanos, NanosPerSecond);
        int year = DateOfSeconds(seconds).Year;
        long begin = SecondsOf(DaylightBegins(year), new TimeOnly(2, 0)) - StandardOffsetSeconds;
        long end = SecondsOf(DaylightEnds(year), new TimeOnly(2, 0)) - DaylightOffsetSeconds;
        return seconds >= begin && seconds < end ? DaylightOffsetSeconds : StandardOffsetSeconds;
    }

    /// <summary>The calendar date in New York.</summary>
    /// <param name="unixNanos">UTC nanoseconds since the Unix epoch.</param>
    public static DateOnly DateOf(long unixNanos) => DateOfSeconds(LocalSeconds(unixNanos));

    /// <summary>The time of day in New York, rounded down to 100 ns.</summary>
    /// <param name="unixNanos">UTC nanoseconds since the Unix epoch.</param>
    public static TimeOnly TimeOf(long unixNanos)
    {
        long seconds = LocalSeconds(unixNanos);
        long secondOfDay = seconds - (FloorDivide(seconds, SecondsPerDay) * SecondsPerDay);
        long nanos = unixNanos - (FloorDivide(unixNanos, NanosPerSecond) * NanosPerSecond);
        return new TimeOnly((secondOfDay * TimeSpan.TicksPerSecond) + (nanos / NanosPerClockTick));
    }

    /// <summary>
    /// The instant of a date and a time of day in New York. The hour that autumn repeats is taken as its first pass (daylight time);
    /// an hour that spring leaves out is read on the winter clock, so 02:30 is the instant that is called 03:30.
    /// </summary>
    /// <returns>UTC nanoseconds since the Unix epoch.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The date is not in 1678 to 2261.</exception>
    public static long ToUnixNanos(DateOnly date, TimeOnly local)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(date, FirstDate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(date, LastDate);
        long seconds = SecondsOf(date, local);
        bool daylight = seconds >= SecondsOf(DaylightBegins(date.Year), new TimeOnly(3, 0))
            && seconds < SecondsOf(DaylightEnds(date.Year), new TimeOnly(2, 0));
        long utcSeconds = seconds - (daylight ? DaylightOffsetSeconds : StandardOffsetSeconds);
        return (utcSeconds * NanosPerSecond) + (local.Ticks % TimeSpan.TicksPerSecond * NanosPerClockTick);
    }

    private static DateOnly DaylightBegins(int year) => SundayFrom(new DateOnly(year, 3, 8));

    private static DateOnly DaylightEnds(int year) => SundayFrom(new DateOnly(year, 11, 1));

    private static DateOnly SundayFrom(DateOnly date) => date.AddDays((7 - (int)date.DayOfWeek) % 7);

    private static long LocalSeconds(long unixNanos) => FloorDivide(unixNanos, NanosPerSecond) + UtcOffsetSeconds(unixNanos);

    private static DateOnly DateOfSeconds(long seconds) =>
        DateOnly.FromDayNumber(EpochDayNumber + (int)FloorDivide(seconds, SecondsPerDay));

    // Seconds from 1970-01-01T00:00 to a date and time on the same clock.
    private static long SecondsOf(DateOnly date, TimeOnly time) =>
        ((date.DayNumber - EpochDayNumber) * SecondsPerDay) + (time.Ticks / TimeSpan.TicksPerSecond);

    private static long FloorDivide(long value, long divisor)
    {
        (long quotient, long remainder) = Math.DivRem(value, divisor);
        return remainder < 0 ? quotient - 1 : quotient;
    }
}
