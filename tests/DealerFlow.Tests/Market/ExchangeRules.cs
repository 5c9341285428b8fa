using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>The exchanges' rules, written down a second time and in another way than the tables under test.</summary>
internal static class ExchangeRules
{
    /// <summary>Days of mourning.</summary>
    public static readonly DateOnly[] CalledOff = [new(2018, 12, 5), new(2025, 1, 9)];

    /// <summary>Every calendar day from 2015 to 2030.</summary>
    public static IEnumerable<DateOnly> EveryDay()
    {
        for (var date = new DateOnly(2015, 1, 1); date.Year <= 2030; date = date.AddDays(1)) yield return date;
    }

    /// <summary>Every day on which shares trade from 2015 to 2030, in order.</summary>
    public static DateOnly[] TradingDays() => [.. EveryDay().Where(date => IsListed(date) && !CalledOff.Contains(date))];

    /// <summary>A weekday that is no scheduled holiday: one on which contracts may be dated.</summary>
    public static bool IsListed(DateOnly date) =>
        date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !HolidaysOf(date.Year).Contains(date);

    /// <summary>UTC nanoseconds of a New York date and time, by the Energy Policy Act: 2nd Sunday of March to 1st Sunday of November.</summary>
    public static long NewYork(DateOnly date, int hour, int minute)
    {
        bool summer = date > Nth(date.Year, 3, DayOfWeek.Sunday, 2) && date < Nth(date.Year, 11, DayOfWeek.Sunday, 1);
        var utc = new DateTime(date.Year, date.Month, date.Day, hour, minute, 0, DateTimeKind.Utc);
        return UnixNanos.FromUtc(utc.AddHours(summer ? 4 : 5));
    }

    /// <summary>NYSE Rule 7.2.</summary>
    public static HashSet<DateOnly> HolidaysOf(int year)
    {
        var newYear = new DateOnly(year, 1, 1);
        var days = new HashSet<DateOnly>
        {
            Nth(year, 1, DayOfWeek.Monday, 3),
            Nth(year, 2, DayOfWeek.Monday, 3),
            Easter(year).AddDays(-2),
            Enumerable.Range(25, 7).Select(day => new DateOnly(year, 5, day)).Single(date => date.DayOfWeek == DayOfWeek.Monday),
            Observed(new DateOnly(year, 7, 4)),
            Nth(year, 9, DayOfWeek.Monday, 1),
            Nth(year, 11, DayOfWeek.Thursday, 4),
            Observed(new DateOnly(year, 12, 25)),
        };
        if (newYear.DayOfWeek != DayOfWeek.Saturday) days.Add(Observed(newYear));
        if (year >= 2022) days.Add(Observed(new DateOnly(year, 6, 19)));
        return days;
    }

    /// <summary>The shares close at 13:00, if the day is a trading day.</summary>
    public static bool IsShort(DateOnly date) =>
        date == Nth(date.Year, 11, DayOfWeek.Thursday, 4).AddDays(1)
        || (date is { Month: 7, Day: 3 } && date.DayOfWeek is >= DayOfWeek.Monday and <= DayOfWeek.Thursday)
        || (date is { Month: 12, Day: 24 } && date.DayOfWeek is >= DayOfWeek.Monday and <= DayOfWeek.Thursday);

    private static DateOnly Observed(DateOnly date) => date.DayOfWeek switch
    {
        DayOfWeek.Saturday => date.AddDays(-1),
        DayOfWeek.Sunday => date.AddDays(1),
        _ => date,
    };

    /// <summary>The n-th such weekday of a month.</summary>
    public static DateOnly Nth(int year, int month, DayOfWeek weekday, int n) =>
        Enumerable.Range(1, 28).Select(day => new DateOnly(year, month, day)).Where(date => date.DayOfWeek == weekday).ElementAt(n - 1);

    // Meeus, Astronomical Algorithms, chapter 8.
    private static DateOnly Easter(int year)
    {
        int a = year % 19, b = year / 100, c = year % 100;
        int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
        int h = ((19 * a) + b - d - g + 15) % 30;
        int i = c / 4, k = c % 4, l = (32 + (2 * e) + (2 * i) - h - k) % 7;
        int m = (a + (11 * h) + (22 * l)) / 451;
        int n = h + l - (7 * m) + 114;
        return new DateOnly(year, n / 31, (n % 31) + 1);
    }
}
