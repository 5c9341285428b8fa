using System.Diagnostics.CodeAnalysis;

namespace DealerFlow.Market;

/// <summary>
/// The calendar that a computation uses: the embedded <see cref="TradingCalendar"/> with an operator's overrides on top. Immutable and
/// passed along; a new override file makes a new calendar, and what is published names both by version and fingerprint.
/// </summary>
/// <remarks>
/// Questions about one date throw for a year that the table does not know; questions that walk from day to day return false where they
/// would leave it. Without a root an answer holds for shares and for all products that have no row of their own.
/// </remarks>
public sealed class SessionCalendar(CalendarOverrides overrides)
{
    private const long NanosPerHour = 3_600_000_000_000;
    private const long NanosPerDay = 24 * NanosPerHour;
    private static readonly int EpochDayNumber = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>The embedded table alone.</summary>
    public static SessionCalendar Embedded { get; } = new(CalendarOverrides.None);

    /// <summary>What is laid on top of the embedded table; its fingerprint is 0 where that is nothing.</summary>
    public CalendarOverrides Overrides { get; } = overrides ?? throw new ArgumentNullException(nameof(overrides));

    /// <summary>The embedded table's <see cref="TradingCalendar.Version"/>.</summary>
    public int Version { get; } = TradingCalendar.Version;

    /// <summary>Version and overrides, as people read them: <c>calendar 1 with 2 overrides 8c6a0b0f0a1b2c3d</c>.</summary>
    public override string ToString() => Overrides.Rows.Count == 0
        ? $"calendar {Version}"
        : $"calendar {Version} with {Overrides.Rows.Count} override{(Overrides.Rows.Count == 1 ? "" : "s")} {Overrides.Fingerprint:x16}";

    /// <summary>Shares and options trade on this date, for a full or a short day.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The table does not cover the year.</exception>
    public bool IsTradingDay(DateOnly date) => TradingCalendar.IsTradingDay(date) && !Overrides.IsClosed(date);

    /// <summary>A weekday on which trading was called off at short notice, when contracts that expire on it were already listed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The table does not cover the year.</exception>
    public bool IsUnscheduledClosure(DateOnly date) => TradingCalendar.IsUnscheduledClosure(date) || Overrides.IsClosed(date);

    /// <summary>When a trading day opens, New York, and morning contracts of the root settle: 09:30, or as an override says.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The table does not cover the year, or nothing trades on the date.</exception>
    public TimeOnly OpenOf(DateOnly date, string? root = null)
    {
        if (!IsTradingDay(date)) Throw.NotATradingDay(date);
        return Overrides.TryOpen(date, root, out TimeOnly open) ? open : TradingCalendar.Open;
    }

    /// <summary>When a trading day closes, New York, and afternoon contracts of the root settle: 16:00, 13:00, or as an override says.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The table does not cover the year, or nothing trades on the date.</exception>
    public TimeOnly CloseOf(DateOnly date, string? root = null)
    {
        if (!IsTradingDay(date)) Throw.NotATradingDay(date);
        return Overrides.TryClose(date, root, out TimeOnly close) ? close : TradingCalendar.CloseOf(date);
    }

    /// <summary>
    /// When options of a root that do not expire on this date stop trading, New York: with the close, or a quarter of an hour later where
    /// <see cref="LateTrading"/> has the root. Index options that expire stop with the close (afternoon) or the day before (morning).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The table does not cover the year, or nothing trades on the date.</exception>
    public TimeOnly TradingEndOf(DateOnly date, string root)
    {
        TimeOnly close = CloseOf(date, root);
        return LateTrading.Has(root) ? close.Add(LateTrading.Extension) : close;
    }

    /// <summary>
    /// The absolute instant at which a contract settles: where its time to expiry is zero and it leaves every sum. Where nothing trades on
    /// the expiry date, the exchange's own rule decides: a scheduled holiday or a weekend (monthly options were dated on Saturdays until
    /// 2015) settles on the last trading day before; on a day that was called off at short notice afternoon contracts settle at the
    /// previous close and morning contracts at the next open.
    /// </summary>
    /// <param name="expiry">Expiry date in the exchange's zone (UTC for <see cref="SettlementStyle.Utc0800"/>).</param>
    /// <param name="style">When on that date.</param>
    /// <param name="root">The contract's root, for overrides that hold for some products only; null = none of them.</param>
    /// <param name="unixNanos">UTC nanoseconds since the Unix epoch; 0 when false.</param>
    /// <returns>False for a year that the <see cref="TradingCalendar"/> does not know, and for no known style.</returns>
    /// <remarks>Source of the last rule: Cboe notice C2018120300, settlement schedule for 5 December 2018.</remarks>
    public bool TrySettlement(DateOnly expiry, SettlementStyle style, string? root, out long unixNanos)
    {
        unixNanos = 0;
        switch (style)
        {
            case SettlementStyle.Utc0800:
                if (expiry.Year is < 2000 or > 2099) return false;
                unixNanos = ((expiry.DayNumber - EpochDayNumber) * NanosPerDay) + (8 * NanosPerHour);
                return true;
            case SettlementStyle.AM or SettlementStyle.PM:
                if (!TrySettlementDay(expiry, style, out DateOnly day)) return false;
                unixNanos = NewYorkTime.ToUnixNanos(day, style == SettlementStyle.AM ? OpenOf(day, root) : CloseOf(day, root));
                return true;
            default:
                return false;
        }
    }

    /// <summary>The close that ends the day's trading: the first one after an instant; at a close it is the next trading day's.</summary>
    /// <param name="unixNanos">UTC nanoseconds since the Unix epoch.</param>
    /// <param name="closeNanos">UTC nanoseconds since the Unix epoch; 0 when false.</param>
    /// <returns>False where the table does not know the year of the instant or of that close.</returns>
    public bool TryNextClose(long unixNanos, out long closeNanos)
    {
        for (DateOnly day = NewYorkTime.DateOf(unixNanos); TradingCalendar.Knows(day.Year); day = day.AddDays(1))
        {
            if (!IsTradingDay(day)) continue;
            closeNanos = NewYorkTime.ToUnixNanos(day, CloseOf(day));
            if (closeNanos > unixNanos) return true;
        }
        closeNanos = 0;
        return false;
    }

    /// <summary>
    /// The last trading day before a date, which itself need not be one. Open interest that the clearing house publishes on a date counts
    /// the end of that day.
    /// </summary>
    /// <returns>False where the table does not know the year of the date or of that day.</returns>
    public bool TryPreviousTradingDay(DateOnly date, out DateOnly previous)
    {
        previous = default;
        return TradingCalendar.Knows(date.Year) && TryTradingDay(date.AddDays(-1), step: -1, out previous);
    }

    private bool TrySettlementDay(DateOnly expiry, SettlementStyle style, out DateOnly day)
    {
        day = expiry;
        if (!TradingCalendar.Knows(expiry.Year)) return false;
        return TryTradingDay(expiry, step: style == SettlementStyle.AM && IsUnscheduledClosure(expiry) ? 1 : -1, out day);
    }

    // The date itself, or the first trading day from it in the direction of the step.
    private bool TryTradingDay(DateOnly date, int step, out DateOnly day)
    {
        for (day = date; TradingCalendar.Knows(day.Year); day = day.AddDays(step))
            if (IsTradingDay(day)) return true;
        day = default;
        return false;
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void NotATradingDay(DateOnly date) => throw new ArgumentOutOfRangeException(nameof(date), date,
            $"Nothing trades on {date:yyyy-MM-dd}, so it has neither open nor close. Ask IsTradingDay first.");
    }
}
