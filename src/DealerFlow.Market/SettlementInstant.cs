namespace DealerFlow.Market;

/// <summary>The absolute instant at which a contract settles, by the embedded calendar alone.</summary>
public static class SettlementInstant
{
    /// <summary><see cref="SessionCalendar.TrySettlement"/>, which holds the rule, of <see cref="SessionCalendar.Embedded"/>.</summary>
    /// <param name="expiry">Expiry date in the exchange's zone (UTC for <see cref="SettlementStyle.Utc0800"/>).</param>
    /// <param name="style">When on that date.</param>
    /// <param name="unixNanos">UTC nanoseconds since the Unix epoch; 0 when false.</param>
    /// <returns>False for a year that the <see cref="TradingCalendar"/> does not know, and for no known style.</returns>
    public static bool TryOf(DateOnly expiry, SettlementStyle style, out long unixNanos) =>
        SessionCalendar.Embedded.TrySettlement(expiry, style, root: null, out unixNanos);
}
