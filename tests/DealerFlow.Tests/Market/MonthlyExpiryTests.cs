using DealerFlow.Market;
using Xunit;

namespace DealerFlow.Tests;

public class MonthlyExpiryTests
{
    // Cboe's yearly expiration calendars (2015 to 2026) and listed series beyond (SPX270617): third Fridays that are holidays.
    private static readonly DateOnly[] Thursdays =
    [
        new(2019, 4, 18),   // Good Friday on the 19th
        new(2022, 4, 14),   // Good Friday on the 15th
        new(2025, 4, 17),   // Good Friday on the 18th
        new(2026, 6, 18),   // Juneteenth on the 19th
        new(2027, 6, 17),   // Juneteenth kept on the 18th
        new(2030, 4, 18),   // Good Friday on the 19th
    ];

    [Theory]
    [InlineData("2015-01-16")]
    [InlineData("2016-07-15")]
    [InlineData("2018-03-16")]
    [InlineData("2020-03-20")]
    [InlineData("2021-10-15")]
    [InlineData("2024-01-19")]
    [InlineData("2024-03-15")]
    [InlineData("2024-09-20")]
    [InlineData("2025-12-19")]
    [InlineData("2026-08-21")]
    [InlineData("2019-04-18")]
    [InlineData("2022-04-14")]
    [InlineData("2025-04-17")]
    [InlineData("2026-06-18")]
    [InlineData("2027-06-17")]
    [InlineData("2015-01-17")]   // Saturdays, of series listed before the date moved
    [InlineData("2015-02-21")]
    [InlineData("2015-12-19")]   // SPY151219
    public void A_published_monthly_date_is_one(string date) => Assert.True(TradingCalendar.IsMonthlyExpiry(DateOnly.Parse(date)));

    [Theory]
    [InlineData("2025-04-18")]   // Good Friday itself
    [InlineData("2026-06-19")]
    [InlineData("2024-01-12")]
    [InlineData("2024-01-18")]   // the Thursday before a Friday that trades
    [InlineData("2024-01-26")]
    [InlineData("2024-06-28")]   // quarter end
    [InlineData("2024-01-20")]   // no Saturdays any more
    [InlineData("2016-01-16")]
    [InlineData("2015-01-24")]
    [InlineData("2025-12-17")]   // the volatility index has dates of its own
    public void Another_date_is_none(string date) => Assert.False(TradingCalendar.IsMonthlyExpiry(DateOnly.Parse(date)));

    [Fact]
    public void Every_month_has_one_the_third_friday_but_for_the_six_thursdays()
    {
        for (int year = 2015; year <= 2030; year++)
            for (int month = 1; month <= 12; month++)
            {
                DateOnly friday = ExchangeRules.Nth(year, month, DayOfWeek.Friday, 3);
                DateOnly expected = Thursdays.Contains(friday.AddDays(-1)) ? friday.AddDays(-1) : friday;
                Assert.True(ExchangeRules.IsListed(expected), $"{expected:yyyy-MM-dd}");
                var monthly = ExchangeRules.EveryDay().Where(date =>
                    (date.Year, date.Month) == (year, month) && date.DayOfWeek != DayOfWeek.Saturday && TradingCalendar.IsMonthlyExpiry(date));
                Assert.Equal([expected], monthly);
            }
    }

    [Fact]
    public void Saturdays_count_in_2015_only_and_only_behind_the_third_friday()
    {
        var saturdays = ExchangeRules.EveryDay().Where(date => date.DayOfWeek == DayOfWeek.Saturday && TradingCalendar.IsMonthlyExpiry(date));
        Assert.Equal(Enumerable.Range(1, 12).Select(month => ExchangeRules.Nth(2015, month, DayOfWeek.Friday, 3).AddDays(1)), saturdays);
    }

    [Fact]
    public void The_next_one_is_the_first_after_the_date()
    {
        DateOnly[] all = [.. ExchangeRules.EveryDay().Where(date => date.DayOfWeek != DayOfWeek.Saturday && TradingCalendar.IsMonthlyExpiry(date))];
        Assert.Equal(16 * 12, all.Length);
        foreach (DateOnly date in ExchangeRules.EveryDay())
        {
            DateOnly expected = all.FirstOrDefault(expiry => expiry > date);
            Assert.Equal(expected != default, TradingCalendar.TryNextMonthlyExpiry(date, out DateOnly next));
            Assert.Equal(expected, next);
        }
    }

    [Theory]
    [InlineData("2014-12-31")]
    [InlineData("2030-12-20")]
    [InlineData("2031-01-01")]
    [InlineData("9999-12-31")]
    public void What_lies_outside_of_the_table_is_not_guessed(string date)
    {
        Assert.False(TradingCalendar.TryNextMonthlyExpiry(DateOnly.Parse(date), out DateOnly next));
        Assert.Equal(default, next);
    }

    [Fact]
    public void A_date_of_an_unknown_year_is_an_error() => Assert.Contains(
        "2015 to 2030", Assert.Throws<ArgumentOutOfRangeException>(() => TradingCalendar.IsMonthlyExpiry(new DateOnly(2031, 1, 17))).Message);
}
