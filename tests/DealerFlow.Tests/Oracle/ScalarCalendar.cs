namespace DealerFlow.Tests;

/// <summary>When a listed series settles, by root and expiry date, from the rules that the exchanges publish.</summary>
public static class ScalarCalendar
{
    private static readonly TimeZoneInfo NewYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
    private static readonly string[] MorningRoots = ["SPX", "NDX", "RUT", "VIX", "VIXW"];

    /// <summary>09:30 New York for morning-settled roots; else 16:00, or 13:00 where the exchange closes early.</summary>
    public static DateTimeOffset SettlementInstant(string root, DateOnly expiry)
    {
        TimeOnly close = IsEarlyClose(expiry) ? new TimeOnly(13, 0) : new TimeOnly(16, 0);
        TimeOnly time = MorningRoots.Contains(root) ? new TimeOnly(9, 30) : close;
        DateTime local = expiry.ToDateTime(time);
        return new DateTimeOffset(local, NewYork.GetUtcOffset(local));
    }

    /// <summary>The New York calendar date of an instant.</summary>
    public static DateOnly NewYorkDate(DateTimeOffset instant) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, NewYork).DateTime);

    /// <summary>
    /// The day after Thanksgiving, 24 December and 3 July, the latter two from Monday to Thursday (on Fridays the exchange is closed).
    /// </summary>
    public static bool IsEarlyClose(DateOnly day)
    {
        bool mondayToThursday = day.DayOfWeek is >= DayOfWeek.Monday and <= DayOfWeek.Thursday;
        return (day.Month, day.Day) switch
        {
            (11, >= 23 and <= 29) => day.DayOfWeek == DayOfWeek.Friday, // Thanksgiving is the fourth Thursday: the 22nd to the 28th
            (12, 24) or (7, 3) => mondayToThursday,
            _ => false,
        };
    }
}
