using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace DealerFlow.Market;

/// <summary>
/// The days on which US shares and options trade, and when they close. Embedded, so that a replay gives the same numbers
/// everywhere; a year that is not in the table is unknown and never guessed.
/// </summary>
/// <remarks>
/// Sources: NYSE Group's yearly "Holiday and Early Closings Calendar" for 2015 to 2028 (the last one of 23 December 2025 announces
/// 2026 to 2028), which the options exchanges share; 2029 and 2030 are derived from the standing rule, NYSE Rule 7.2: a holiday on
/// Sunday is kept on Monday, on Saturday on the Friday before, but not New Year's Day (the Friday closes a year's books); early
/// closes on 3 July and 24 December where these are full trading days before the holiday itself, and on the Friday after Thanksgiving.
/// Unscheduled closures: days of mourning of 5 December 2018 (Cboe notice C2018120300) and 9 January 2025.
/// Monthly expiries: Cboe's and the clearing house's yearly expiration calendars; the move of the date from Saturday to Friday was agreed
/// for expiries from 1 February 2015 on, but series that were already listed kept their date (SPY151219 among the last).
/// </remarks>
public static class TradingCalendar
{
    /// <summary>Rises with every change of the table; a published number names the calendar that it was computed with.</summary>
    public const int Version = 1;

    /// <summary>First year of the table.</summary>
    public const int FirstYear = 2015;

    /// <summary>Last year of the table.</summary>
    public const int LastYear = 2030;

    /// <summary>When trading of shares opens, and morning-settled options settle.</summary>
    public static readonly TimeOnly Open = new(9, 30);

    /// <summary>When a full day closes.</summary>
    public static readonly TimeOnly RegularClose = new(16, 0);

    /// <summary>When a short day closes.</summary>
    public static readonly TimeOnly EarlyClose = new(13, 0);

    //                                                        year  days without trading, as month and day: scheduled holidays
    private static readonly FrozenSet<DateOnly> Holidays = Days(
        "2015 0101 0119 0216 0403 0525      0703 0907 1126 1225",
        "2016 0101 0118 0215 0325 0530      0704 0905 1124 1226",
        "2017 0102 0116 0220 0414 0529      0704 0904 1123 1225",
        "2018 0101 0115 0219 0330 0528      0704 0903 1122 1225",
        "2019 0101 0121 0218 0419 0527      0704 0902 1128 1225",
        "2020 0101 0120 0217 0410 0525      0703 0907 1126 1225",
        "2021 0101 0118 0215 0402 0531      0705 0906 1125 1224",
        "2022      0117 0221 0415 0530 0620 0704 0905 1124 1226",
        "2023 0102 0116 0220 0407 0529 0619 0704 0904 1123 1225",
        "2024 0101 0115 0219 0329 0527 0619 0704 0902 1128 1225",
        "2025 0101 0120 0217 0418 0526 0619 0704 0901 1127 1225",
        "2026 0101 0119 0216 0403 0525 0619 0703 0907 1126 1225",
        "2027 0101 0118 0215 0326 0531 0618 0705 0906 1125 1224",
        "2028      0117 0221 0414 0529 0619 0704 0904 1123 1225",
        "2029 0101 0115 0219 0330 0528 0619 0704 0903 1122 1225",
        "2030 0101 0121 0218 0419 0527 0619 0704 0902 1128 1225");

    private static readonly FrozenSet<DateOnly> UnscheduledClosures = Days(
        "2018 1205",
        "2025 0109");

    //                                                           year  3 July, the day after Thanksgiving, 24 December
    private static readonly FrozenSet<DateOnly> EarlyCloses = Days(
        "2015      1127 1224",
        "2016      1125     ",
        "2017 0703 1124     ",
        "2018 0703 1123 1224",
        "2019 0703 1129 1224",
        "2020      1127 1224",
        "2021      1126     ",
        "2022      1125     ",
        "2023 0703 1124     ",
        "2024 0703 1129 1224",
        "2025 0703 1128 1224",
        "2026      1127 1224",
        "2027      1126     ",
        "2028 0703 1124     ",
        "2029 0703 1123 1224",
        "2030 0703 1129 1224");

    /// <summary>The table covers this year. Ask before any other question: the others throw for an unknown year.</summary>
    public static bool Knows(int year) => year is >= FirstYear and <= LastYear;

    /// <summary>Shares and options trade on this date, for a full or a short day.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The table does not cover the year.</exception>
    public static bool IsTradingDay(DateOnly date)
    {
        if (!Knows(date.Year)) Throw.UnknownYear(date);
        return date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)
            && !Holidays.Contains(date) && !UnscheduledClosures.Contains(date);
    }

    /// <summary>A weekday on which trading was called off at short notice, when contracts that expire on it were already listed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The table does not cover the year.</exception>
    public static bool IsUnscheduledClosure(DateOnly date)
    {
        if (!Knows(date.Year)) Throw.UnknownYear(date);
        return UnscheduledClosures.Contains(date);
    }

    /// <summary>When shares close on this trading day, New York: 16:00 or 13:00.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The table does not cover the year, or nothing trades on the date.</exception>
    public static TimeOnly CloseOf(DateOnly date)
    {
        if (!IsTradingDay(date)) Throw.NotATradingDay(date);
        return EarlyCloses.Contains(date) ? EarlyClose : RegularClose;
    }

    /// <summary>
    /// The standard monthly contracts of shares, funds and stock indexes carry this expiry date: the third Friday of a month; where that is
    /// a scheduled holiday, the trading day before; and until 2015 also the Saturday after it. A day called off at short notice keeps its
    /// date, since contracts are not renamed, so overrides do not enter. Options on the VIX have monthly dates of their own (Wednesdays).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The table does not cover the year.</exception>
    public static bool IsMonthlyExpiry(DateOnly date)
    {
        if (!Knows(date.Year)) Throw.UnknownYear(date);
        return date == MonthlyExpiryOf(date.Year, date.Month)
            || (date.Year <= LastYearOfSaturdays && date == ThirdFriday(date.Year, date.Month).AddDays(1));
    }

    /// <summary>The first standard monthly expiry after a date, as <see cref="IsMonthlyExpiry"/> has it, Saturdays left out.</summary>
    /// <returns>False where the table does not know the year of the date or of that expiry.</returns>
    public static bool TryNextMonthlyExpiry(DateOnly after, out DateOnly expiry)
    {
        expiry = default;
        if (!Knows(after.Year)) return false;
        expiry = MonthlyExpiryOf(after.Year, after.Month);
        if (expiry > after) return true;
        DateOnly nextMonth = new DateOnly(after.Year, after.Month, 1).AddMonths(1);
        expiry = Knows(nextMonth.Year) ? MonthlyExpiryOf(nextMonth.Year, nextMonth.Month) : default;
        return expiry != default;
    }

    private const int LastYearOfSaturdays = 2015;

    private static DateOnly MonthlyExpiryOf(int year, int month)
    {
        DateOnly day = ThirdFriday(year, month);
        while (Holidays.Contains(day)) day = day.AddDays(-1);   // ends on a weekday: no four days in a row are holidays
        return day;
    }

    private static DateOnly ThirdFriday(int year, int month)
    {
        var fifteenth = new DateOnly(year, month, 15);
        return fifteenth.AddDays((DayOfWeek.Friday - fifteenth.DayOfWeek + 7) % 7);
    }

    private static FrozenSet<DateOnly> Days(params ReadOnlySpan<string> years)
    {
        var days = new List<DateOnly>(160);
        foreach (string row in years)
        {
            string[] words = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int year = int.Parse(words[0]);
            foreach (string word in words.AsSpan(1)) days.Add(new DateOnly(year, int.Parse(word.AsSpan(0, 2)), int.Parse(word.AsSpan(2))));
        }
        return days.ToFrozenSet();
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void UnknownYear(DateOnly date) => throw new ArgumentOutOfRangeException(nameof(date), date,
            $"The trading calendar knows {FirstYear} to {LastYear}, not {date:yyyy-MM-dd}. Ask Knows(year) first.");

        [DoesNotReturn]
        public static void NotATradingDay(DateOnly date) => throw new ArgumentOutOfRangeException(nameof(date), date,
            $"Nothing trades on {date:yyyy-MM-dd}, so it has no close. Ask IsTradingDay first.");
    }
}
