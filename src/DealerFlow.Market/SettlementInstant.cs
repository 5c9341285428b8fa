namespace DealerFlow.Market;

/// <summary>The absolute instant at which a contract settles: where its time to expiry is zero and it leaves every sum.</summary>
public static class SettlementInstant
{
    private const long NanosPerHour = 3_600_000_000_000;
    private const long NanosPerDay = 24 * NanosPerHour;
    private static readonly int EpochDayNumber = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>
    /// The settlement instant of an expiry date. Where nothing trades on that date, the exchange's own rule decides: a scheduled
    /// holiday or a weekend (monthly options were dated on Saturdays until January 2015) settles on the last trading day before; on
    /// a day that was called off at short notice afternoon contracts settle at the previous close and morning contracts at the
    /// next open.
    /// </summary>
    /// <param name="expiry">Expiry date in the exchange's zone (UTC for <see cref="SettlementStyle.Utc0800"/>).</param>
    /// <param name="style">When on that date.</param>
    /// <param name="unixNanos">UTC nanoseconds since the Unix epoch; 0 when false.</param>
    /// <returns>False for a year that the <see cref="TradingCalendar"/> does not know, and for no known style.</returns>
    /// <remarks>Source of the last rule: Cboe notice C2018120300, settlement schedule for 5 December 2018.</remarks>
    public static bool TryOf(DateOnly expiry, SettlementStyle style, out long unixNanos)
    {
        unixNanos = 0;
        switch (style)
        {
            case SettlementStyle.Utc0800:
                if (expiry.Year is < 2000 or > 2099) return false;
                unixNanos = ((expiry.DayNumber - EpochDayNumber) * NanosPerDay) + (8 * NanosPerHour);
                return true;
            case SettlementStyle.AM or SettlementStyle.PM:
                if (!TryTradingDayOf(expiry, style, out DateOnly day)) return false;
                unixNanos = NewYorkTime.ToUnixNanos(day, style == SettlementStyle.AM ? TradingCalendar.Open : TradingCalendar.CloseOf(day));
                return true;
            default:
                return false;
        }
    }

    private static bool TryTradingDayOf(DateOnly expiry, SettlementStyle style, out DateOnly day)
    {
        day = expiry;
        if (!TradingCalendar.Knows(expiry.Year)) return false;
        int step = style == SettlementStyle.AM && TradingCalendar.IsUnscheduledClosure(expiry) ? 1 : -1;
        while (!TradingCalendar.IsTradingDay(day))
        {
            day = day.AddDays(step);
            if (!TradingCalendar.Knows(day.Year)) return false;
        }
        return true;
    }
}
