using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class SettlementInstantTests
{
    [Theory]
    [InlineData("2024-01-19", SettlementStyle.PM, "2024-01-19T21:00:00.000000000Z")]   // winter
    [InlineData("2024-01-19", SettlementStyle.AM, "2024-01-19T14:30:00.000000000Z")]
    [InlineData("2024-06-21", SettlementStyle.PM, "2024-06-21T20:00:00.000000000Z")]   // summer
    [InlineData("2024-06-21", SettlementStyle.AM, "2024-06-21T13:30:00.000000000Z")]
    [InlineData("2025-03-07", SettlementStyle.PM, "2025-03-07T21:00:00.000000000Z")]   // Friday before the clock goes forward
    [InlineData("2025-03-10", SettlementStyle.PM, "2025-03-10T20:00:00.000000000Z")]   // Monday after
    [InlineData("2025-10-31", SettlementStyle.PM, "2025-10-31T20:00:00.000000000Z")]   // Friday before it goes back
    [InlineData("2025-11-03", SettlementStyle.PM, "2025-11-03T21:00:00.000000000Z")]   // Monday after
    [InlineData("2024-07-03", SettlementStyle.PM, "2024-07-03T17:00:00.000000000Z")]   // early closes: 13:00
    [InlineData("2024-11-29", SettlementStyle.PM, "2024-11-29T18:00:00.000000000Z")]
    [InlineData("2024-12-24", SettlementStyle.PM, "2024-12-24T18:00:00.000000000Z")]
    [InlineData("2024-11-29", SettlementStyle.AM, "2024-11-29T14:30:00.000000000Z")]   // the open does not move
    [InlineData("2026-06-18", SettlementStyle.AM, "2026-06-18T13:30:00.000000000Z")]   // a Thursday
    [InlineData("2026-06-26", SettlementStyle.Utc0800, "2026-06-26T08:00:00.000000000Z")]
    [InlineData("2026-12-25", SettlementStyle.Utc0800, "2026-12-25T08:00:00.000000000Z")]   // crypto knows no holidays
    public void A_contract_settles_at(string expiry, SettlementStyle style, string instant)
    {
        Assert.True(SettlementInstant.TryOf(DateOnly.Parse(expiry), style, out long nanos));
        Assert.Equal(instant, UnixNanos.ToIso(nanos));
    }

    // Cboe notice C2018120300: Wednesday options, PM: Tuesday's close; volatility index options, AM: Thursday's opening quotation.
    [Theory]
    [InlineData("2018-12-05", SettlementStyle.PM, "2018-12-04T21:00:00.000000000Z")]
    [InlineData("2018-12-05", SettlementStyle.AM, "2018-12-06T14:30:00.000000000Z")]
    [InlineData("2025-01-09", SettlementStyle.PM, "2025-01-08T21:00:00.000000000Z")]
    public void On_a_day_called_off_the_exchange_moves_the_settlement(string expiry, SettlementStyle style, string instant) =>
        A_contract_settles_at(expiry, style, instant);

    [Theory]
    [InlineData("2015-01-17", SettlementStyle.AM, "2015-01-16T14:30:00.000000000Z")]   // Saturday dates, in use until January 2015
    [InlineData("2015-01-17", SettlementStyle.PM, "2015-01-16T21:00:00.000000000Z")]
    [InlineData("2026-06-19", SettlementStyle.AM, "2026-06-18T13:30:00.000000000Z")]   // listed before Juneteenth was a holiday
    [InlineData("2024-03-29", SettlementStyle.PM, "2024-03-28T20:00:00.000000000Z")]   // Good Friday
    public void A_weekend_or_scheduled_holiday_settles_on_the_trading_day_before(string expiry, SettlementStyle style, string instant) =>
        A_contract_settles_at(expiry, style, instant);

    [Theory]
    [InlineData(2014, SettlementStyle.PM)]
    [InlineData(2031, SettlementStyle.AM)]
    [InlineData(9999, SettlementStyle.Utc0800)]
    [InlineData(2024, (SettlementStyle)0)]
    [InlineData(2024, (SettlementStyle)9)]
    public void What_is_not_known_is_never_guessed(int year, SettlementStyle style)
    {
        Assert.False(SettlementInstant.TryOf(new DateOnly(year, 6, 13), style, out long nanos));
        Assert.Equal(0, nanos);
    }

    [Fact]
    public void The_first_days_of_the_table_do_not_reach_into_the_year_before() =>
        Assert.False(SettlementInstant.TryOf(new DateOnly(2015, 1, 1), SettlementStyle.PM, out _));

    [Fact]
    public void Styles_have_the_numbers_of_the_wire()
    {
        Assert.Equal((byte)SettlementKind.AM, (byte)SettlementStyle.AM);
        Assert.Equal((byte)SettlementKind.PM, (byte)SettlementStyle.PM);
        Assert.Equal((byte)SettlementKind.Utc0800, (byte)SettlementStyle.Utc0800);
        Assert.Equal((byte)ExerciseKind.European, (byte)ExerciseStyle.European);
        Assert.Equal((byte)ExerciseKind.American, (byte)ExerciseStyle.American);
        Assert.Equal((byte)InstrumentKind.Call, (byte)OptionRight.Call);
        Assert.Equal((byte)InstrumentKind.Put, (byte)OptionRight.Put);
    }
}
