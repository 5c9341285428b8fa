using System.Globalization;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>When a bar of LEAN's began, as its row says, and when it was over.</summary>
internal sealed class LeanTime(SessionCalendar calendar)
{
    private const int MillisPerDay = 86_400_000;
    private const long NanosPerHour = 3_600 * UnixNanos.PerSecond;
    private const long ChicagoBehindNanos = NanosPerHour;

    private static readonly TimeOnly UsualClose = new(16, 0);

    /// <summary>Reads a stamp: milliseconds since midnight, of hours and days <c>20210104 09:00</c>.</summary>
    public static bool TryParse(in LeanEntry entry, ReadOnlySpan<char> text, out DateOnly date, out TimeOnly time)
    {
        (date, time) = (entry.Date, default);
        if (entry.Bar == LeanBar.HourOrDay)
        {
            if (!DateTime.TryParseExact(text, "yyyyMMdd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime stamp)) return false;
            (date, time) = (DateOnly.FromDateTime(stamp), TimeOnly.FromDateTime(stamp));
            return date.Year is >= 2000 and <= 2099;
        }
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int millis) || millis >= MillisPerDay) return false;
        time = new TimeOnly(millis * TimeSpan.TicksPerMillisecond);
        return true;
    }

    /// <summary>What a stamp should have been, for messages.</summary>
    public static string NameOf(LeanBar bar) => bar == LeanBar.HourOrDay
        ? "date and time such as 20210104 09:00, from 2000 to 2099"
        : "time in milliseconds of a day";

    /// <summary>The instant at which a bar is over; UTC nanoseconds.</summary>
    /// <param name="entry">Says how long it is.</param>
    /// <param name="date">Its date.</param>
    /// <param name="time">When it began.</param>
    /// <param name="isIndex">The row is of an index, whose clock is Chicago's.</param>
    public long EndOf(in LeanEntry entry, DateOnly date, TimeOnly time, bool isIndex = false)
    {
        if (entry.Bar == LeanBar.HourOrDay && time == TimeOnly.MinValue) return NewYorkTime.ToUnixNanos(date, CloseOf(in entry, date));
        long length = entry.Bar switch
        {
            LeanBar.Second => UnixNanos.PerSecond,
            LeanBar.Minute => 60 * UnixNanos.PerSecond,
            _ => NanosPerHour,
        };
        return NewYorkTime.ToUnixNanos(date, time) + length + (isIndex ? ChicagoBehindNanos : 0);
    }

    // Options that trade on after the shares' close say of a day what stood at 16:15, and so does what is said of their underlying; those
    // that expire stop with the close. Days that the calendar does not know have its usual close.
    private TimeOnly CloseOf(in LeanEntry entry, DateOnly date)
    {
        if (!TradingCalendar.Knows(date.Year) || !calendar.IsTradingDay(date)) return UsualClose;
        return entry.Contract?.Expiry == date ? calendar.CloseOf(date, entry.Symbol) : calendar.TradingEndOf(date, entry.Symbol);
    }
}
