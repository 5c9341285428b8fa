using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>What can go wrong with time, sessions and contracts; the letters name the failures and are cited elsewhere.</summary>
public class TimeFailureTests
{
    private static readonly DateOnly Mourning = new(2025, 1, 9);
    private static readonly DateOnly HalfDay = new(2026, 11, 27);

    private static SessionCalendar With(string rows) => new(CalendarOverrides.Parse(rows, "overrides.txt"));

    private static string Settlement(SessionCalendar calendar, DateOnly expiry, SettlementStyle style, string root)
    {
        Assert.True(calendar.TrySettlement(expiry, style, root, out long nanos));
        return UnixNanos.ToIso(nanos)[..19];
    }

    [Fact]
    public void D5_settlement_follows_new_york_over_both_clock_changes_of_every_year()
    {
        for (int year = 2015; year <= 2030; year++)
        {
            AssertWeekend(ExchangeRules.Nth(year, 3, DayOfWeek.Sunday, 2), hours: 71);
            AssertWeekend(ExchangeRules.Nth(year, 11, DayOfWeek.Sunday, 1), hours: 73);
        }
    }

    // From Friday's close to Monday's it is three days, but for the hour that the clock leaves out or repeats; a contract that is dated on
    // Saturday or Sunday settles with Friday.
    private static void AssertWeekend(DateOnly sunday, int hours)
    {
        SessionCalendar calendar = SessionCalendar.Embedded;
        Assert.True(calendar.TrySettlement(sunday.AddDays(-2), SettlementStyle.PM, "SPXW", out long friday));
        Assert.True(calendar.TrySettlement(sunday.AddDays(1), SettlementStyle.PM, "SPXW", out long monday));
        Assert.Equal(hours * 3600 * UnixNanos.PerSecond, monday - friday);
        foreach (int days in (int[])[-1, 0])
        {
            Assert.True(calendar.TrySettlement(sunday.AddDays(days), SettlementStyle.PM, "SPXW", out long weekend));
            Assert.Equal(friday, weekend);
            Assert.True(calendar.TryNextClose(ExchangeRules.NewYork(sunday.AddDays(days), 12, 0), out long close));
            Assert.Equal(monday, close);
        }
        Assert.True(calendar.TrySettlement(sunday.AddDays(1), SettlementStyle.AM, "SPX", out long open));
        Assert.Equal(390 * 60 * UnixNanos.PerSecond, monday - open);
    }

    [Fact]
    public void D5_neither_the_zones_nor_the_cultures_of_the_machine_are_asked()
    {
        foreach (string path in Directory.GetFiles(Path.Combine(Repository.Root, "src/DealerFlow.Market"), "*.cs", SearchOption.AllDirectories))
            Assert.DoesNotContain("TimeZoneInfo", File.ReadAllText(path));
        Assert.True(AppContext.TryGetSwitch("System.Globalization.Invariant", out bool isInvariant) && isInvariant);
    }

    [Fact]
    public void D6_a_half_day_settles_at_one_and_an_unknown_year_is_refused()
    {
        SessionCalendar calendar = SessionCalendar.Embedded;
        Assert.Equal("2026-11-27T18:00:00", Settlement(calendar, HalfDay, SettlementStyle.PM, "SPXW"));
        Assert.Equal("2026-11-27T14:30:00", Settlement(calendar, HalfDay, SettlementStyle.AM, "SPX"));
        Assert.Equal((new TimeOnly(13, 15), new TimeOnly(13, 15)), (calendar.TradingEndOf(HalfDay, "SPXW"), calendar.TradingEndOf(HalfDay, "SPY")));
        Assert.Equal(new TimeOnly(13, 0), calendar.TradingEndOf(HalfDay, "AAPL"));

        var unknown = new DateOnly(2031, 3, 3);
        Assert.False(calendar.TrySettlement(unknown, SettlementStyle.PM, "SPXW", out _));
        Assert.False(calendar.TryNextClose(ExchangeRules.NewYork(unknown, 12, 0), out _));
        Assert.False(calendar.TryPreviousTradingDay(unknown, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => calendar.IsTradingDay(unknown));
        Assert.Throws<ArgumentOutOfRangeException>(() => calendar.OpenOf(unknown, "SPX"));
        Assert.Throws<ArgumentOutOfRangeException>(() => calendar.CloseOf(unknown));
        Assert.Throws<ArgumentOutOfRangeException>(() => calendar.TradingEndOf(unknown, "SPX"));
        Assert.Contains("2015 to 2030", Assert.Throws<InputFormatException>(() => With("2031-03-03 close 13:00")).Message);
    }

    [Fact]
    public void D7_a_day_called_off_settles_before_and_after_it_whether_the_table_or_an_operator_says_so()
    {
        Assert.Equal("2025-01-08T21:00:00", Settlement(SessionCalendar.Embedded, Mourning, SettlementStyle.PM, "SPXW"));
        Assert.Equal("2025-01-10T14:30:00", Settlement(SessionCalendar.Embedded, Mourning, SettlementStyle.AM, "SPX"));

        SessionCalendar repeated = With("2025-01-09 closed");
        Assert.Equal("2025-01-08T21:00:00", Settlement(repeated, Mourning, SettlementStyle.PM, "SPXW"));
        Assert.Equal("2025-01-10T14:30:00", Settlement(repeated, Mourning, SettlementStyle.AM, "SPX"));

        SessionCalendar next = With("2026-03-04 closed");
        Assert.Equal("2026-03-03T21:00:00", Settlement(next, new DateOnly(2026, 3, 4), SettlementStyle.PM, "SPXW"));
        Assert.Equal("2026-03-05T14:30:00", Settlement(next, new DateOnly(2026, 3, 4), SettlementStyle.AM, "VIXW"));
    }

    // Cboe trade desk notices 16856 and 16857 of 18 March 2020, a settlement day of the volatility index, which settles on SPX quotes.
    [Fact]
    public void D7_a_delayed_open_moves_the_morning_settlement_of_the_named_roots_only()
    {
        var date = new DateOnly(2020, 3, 18);
        SessionCalendar calendar = With("2020-03-18 open 09:45 SPX VIX");
        Assert.Equal("2020-03-18T13:45:00", Settlement(calendar, date, SettlementStyle.AM, "SPX"));
        Assert.Equal("2020-03-18T13:45:00", Settlement(calendar, date, SettlementStyle.AM, "VIX"));
        Assert.Equal("2020-03-18T13:30:00", Settlement(calendar, date, SettlementStyle.AM, "NDX"));
        Assert.Equal("2020-03-18T20:00:00", Settlement(calendar, date, SettlementStyle.PM, "SPXW"));
        Assert.Equal((new TimeOnly(9, 45), new TimeOnly(9, 30)), (calendar.OpenOf(date, "SPX"), calendar.OpenOf(date, "SPXW")));
    }

    [Fact]
    public void D7_a_new_override_is_a_new_calendar_with_its_own_stamp_and_leaves_the_old_one_alone()
    {
        SessionCalendar before = With("2026-03-02 open 09:45 SPX");
        SessionCalendar after = With("2026-03-02 open 09:45 SPX\n2026-03-02 close 13:00");
        Assert.Equal(new TimeOnly(16, 0), before.CloseOf(new DateOnly(2026, 3, 2)));
        Assert.Equal(new TimeOnly(13, 0), after.CloseOf(new DateOnly(2026, 3, 2)));
        Assert.Equal(3, new[] { before, after, SessionCalendar.Embedded }.Select(calendar => calendar.Overrides.Fingerprint).Distinct().Count());
    }

    [Fact]
    public void D8_morning_and_afternoon_contracts_of_one_date_stay_apart()
    {
        foreach (DateOnly date in ExchangeRules.EveryDay().Where(TradingCalendar.IsMonthlyExpiry))
        {
            Assert.True(SessionCalendar.Embedded.TrySettlement(date, RootTable.TermsOf("SPX").Settlement, "SPX", out long morning));
            Assert.True(SessionCalendar.Embedded.TrySettlement(date, RootTable.TermsOf("SPXW").Settlement, "SPXW", out long afternoon));
            Assert.Equal(390 * 60 * UnixNanos.PerSecond, afternoon - morning);   // no monthly date is a half day
            Assert.Equal(NewYorkTime.DateOf(morning), NewYorkTime.DateOf(afternoon));
        }
        Assert.True(OsiSymbol.TryParse("SPX260821C06400000", out OsiContract spx) && OsiSymbol.TryParse("SPXW260821C06400000", out OsiContract spxw)
            && spx != spxw);
    }
}
