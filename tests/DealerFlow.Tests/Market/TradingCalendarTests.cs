using DealerFlow.Market;
using Xunit;

namespace DealerFlow.Tests;

public class TradingCalendarTests
{
    // NYSE Group's yearly calendars, early closes at 13:00.
    public static TheoryData<string> EarlyCloses => new(
        "2015-11-27", "2015-12-24", "2016-11-25", "2017-07-03", "2017-11-24", "2018-07-03", "2018-11-23", "2018-12-24",
        "2019-07-03", "2019-11-29", "2019-12-24", "2020-11-27", "2020-12-24", "2021-11-26", "2022-11-25", "2023-07-03",
        "2023-11-24", "2024-07-03", "2024-11-29", "2024-12-24", "2025-07-03", "2025-11-28", "2025-12-24", "2026-11-27",
        "2026-12-24", "2027-11-26", "2028-07-03", "2028-11-24", "2029-07-03", "2029-11-23", "2029-12-24", "2030-07-03",
        "2030-11-29", "2030-12-24");

    [Theory, MemberData(nameof(EarlyCloses))]
    public void A_short_day_closes_at_one(string date) => Assert.Equal(new TimeOnly(13, 0), TradingCalendar.CloseOf(DateOnly.Parse(date)));

    [Fact]
    public void Every_other_trading_day_closes_at_four()
    {
        var early = EarlyCloses.Select(row => DateOnly.Parse(row.Data)).ToHashSet();
        foreach (DateOnly date in ExchangeRules.EveryDay().Where(TradingCalendar.IsTradingDay))
            Assert.Equal(early.Contains(date) ? 13 : 16, TradingCalendar.CloseOf(date).Hour);
    }

    [Theory]
    [InlineData("2018-12-05", false)]   // mourning for George H. W. Bush
    [InlineData("2025-01-09", false)]   // mourning for Jimmy Carter
    [InlineData("2021-12-31", true)]    // New Year's Day 2022 fell on Saturday and was not kept
    [InlineData("2027-12-31", true)]    // so will that of 2028
    [InlineData("2021-06-18", true)]    // Juneteenth became a trading holiday in 2022
    [InlineData("2022-06-20", false)]
    [InlineData("2027-06-18", false)]   // hence SPX270617, a Thursday
    [InlineData("2026-06-19", false)]   // hence SPX260618, a Thursday
    [InlineData("2020-07-03", false)]
    [InlineData("2022-07-01", true)]
    [InlineData("2026-07-02", true)]
    [InlineData("2019-04-19", false)]   // Good Friday
    [InlineData("2024-02-29", true)]
    [InlineData("2023-09-04", false)]   // Labor Day
    public void A_date_trades_or_not_as_the_exchange_said(string date, bool trades) =>
        Assert.Equal(trades, TradingCalendar.IsTradingDay(DateOnly.Parse(date)));

    // Trading days per year, as commonly published.
    [Theory]
    [InlineData(2015, 252)]
    [InlineData(2016, 252)]
    [InlineData(2017, 251)]
    [InlineData(2018, 251)]
    [InlineData(2019, 252)]
    [InlineData(2020, 253)]
    [InlineData(2021, 252)]
    [InlineData(2022, 251)]
    [InlineData(2023, 250)]
    [InlineData(2024, 252)]
    [InlineData(2025, 250)]
    [InlineData(2026, 251)]
    public void A_year_has_as_many_trading_days_as_counted(int year, int days) =>
        Assert.Equal(days, ExchangeRules.EveryDay().Count(date => date.Year == year && TradingCalendar.IsTradingDay(date)));

    [Fact]
    public void The_table_is_what_the_rules_of_the_exchange_give()
    {
        foreach (DateOnly date in ExchangeRules.EveryDay())
        {
            bool expected = date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)
                && !ExchangeRules.HolidaysOf(date.Year).Contains(date) && !TradingCalendar.IsUnscheduledClosure(date);
            Assert.True(expected == TradingCalendar.IsTradingDay(date), $"{date:yyyy-MM-dd}");
            if (expected) Assert.True(ExchangeRules.IsShort(date) == (TradingCalendar.CloseOf(date).Hour == 13), $"{date:yyyy-MM-dd}");
        }
    }

    [Theory]
    [InlineData(2014)]
    [InlineData(2031)]
    public void An_unknown_year_is_never_guessed(int year)
    {
        Assert.False(TradingCalendar.Knows(year));
        var date = new DateOnly(year, 6, 3);
        Assert.Contains("2015 to 2030", Assert.Throws<ArgumentOutOfRangeException>(() => TradingCalendar.IsTradingDay(date)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => TradingCalendar.CloseOf(date));
        Assert.Throws<ArgumentOutOfRangeException>(() => TradingCalendar.IsUnscheduledClosure(date));
    }

    [Fact]
    public void A_day_without_trading_has_no_close()
    {
        var closed = new DateOnly(2025, 1, 9);
        Assert.Contains("2025-01-09", Assert.Throws<ArgumentOutOfRangeException>(() => TradingCalendar.CloseOf(closed)).Message);
    }
}
