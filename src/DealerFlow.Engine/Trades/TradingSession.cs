using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Which session a trade belongs to. Night trading of index options begins at 20:15 New York and belongs to the next day, and the last
/// session of a day ends at 17:00, so a session is the 24 hours to 18:00.
/// </summary>
internal static class TradingSession
{
    private static readonly TimeOnly End = new(18, 0);

    /// <summary>The session that an instant falls into, as yyyymmdd, and when it ends.</summary>
    public static int DateOf(long nanos, out long endNanos)
    {
        DateOnly date = NewYorkTime.DateOf(nanos);
        endNanos = NewYorkTime.ToUnixNanos(date, End);
        if (nanos >= endNanos)
        {
            date = date.AddDays(1);
            endNanos = NewYorkTime.ToUnixNanos(date, End);
        }
        return Number(date);
    }

    /// <summary>The trading day before the date of an instant: the one whose open interest is seen then. 0 when the calendar does not know.</summary>
    public static int DateBefore(SessionCalendar calendar, long nanos) =>
        calendar.TryPreviousTradingDay(NewYorkTime.DateOf(nanos), out DateOnly previous) ? Number(previous) : 0;

    private static int Number(DateOnly date) => (date.Year * 10000) + (date.Month * 100) + date.Day;
}
