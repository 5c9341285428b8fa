using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class SessionCalendarTests
{
    private static SessionCalendar With(string rows) => new(CalendarOverrides.Parse(rows, "overrides.txt"));

    // One product of each class: index in the morning and in the afternoon, volatility index, fund, share, crypto.
    private static readonly (string Root, SettlementStyle Style, bool TradesLate)[] Products =
    [
        ("SPX", SettlementStyle.AM, true), ("VIX", SettlementStyle.AM, true), ("SPXW", SettlementStyle.PM, true),
        ("XSP", SettlementStyle.PM, true), ("QQQ", SettlementStyle.PM, true), ("AAPL", SettlementStyle.PM, false),
        ("BTC", SettlementStyle.Utc0800, false),
    ];

    [Fact]
    public void Every_day_of_every_product_is_what_the_rules_give()
    {
        SessionCalendar calendar = SessionCalendar.Embedded;
        DateOnly[] trading = ExchangeRules.TradingDays();
        var isTrading = trading.ToHashSet();
        foreach (DateOnly date in ExchangeRules.EveryDay())
        {
            bool trades = isTrading.Contains(date);
            Assert.True(trades == calendar.IsTradingDay(date), $"{date:yyyy-MM-dd}");
            Assert.Equal(ExchangeRules.CalledOff.Contains(date), calendar.IsUnscheduledClosure(date));
            foreach ((string root, SettlementStyle style, bool late) in Products)
            {
                if (trades)
                {
                    int hour = ExchangeRules.IsShort(date) ? 13 : 16;
                    Assert.Equal(new TimeOnly(9, 30), calendar.OpenOf(date, root));
                    Assert.Equal(new TimeOnly(hour, 0), calendar.CloseOf(date, root));
                    Assert.Equal(new TimeOnly(hour, late ? 15 : 0), calendar.TradingEndOf(date, root));
                }
                long? expected = SettlementByRule(date, style, trading);
                Assert.Equal(expected is not null, calendar.TrySettlement(date, style, root, out long nanos));
                Assert.True((expected ?? 0) == nanos, $"{root} {date:yyyy-MM-dd}: {UnixNanos.ToIso(nanos)}");
                Assert.Equal(expected is not null, SettlementInstant.TryOf(date, style, out long embedded));
                Assert.Equal(nanos, embedded);
            }
        }
    }

    private static long? SettlementByRule(DateOnly date, SettlementStyle style, DateOnly[] trading)
    {
        if (style == SettlementStyle.Utc0800) return UnixNanos.FromUtc(date.ToDateTime(new TimeOnly(8, 0), DateTimeKind.Utc));
        int at = Array.BinarySearch(trading, date);
        if (at < 0) at = style == SettlementStyle.AM && ExchangeRules.CalledOff.Contains(date) ? ~at : ~at - 1;
        if (at < 0 || at == trading.Length) return null;
        return style == SettlementStyle.AM ? ExchangeRules.NewYork(trading[at], 9, 30) : CloseByRule(trading[at]);
    }

    private static long CloseByRule(DateOnly date) => ExchangeRules.NewYork(date, ExchangeRules.IsShort(date) ? 13 : 16, 0);

    [Fact]
    public void The_next_close_of_every_day_is_the_first_one_after_the_instant()
    {
        SessionCalendar calendar = SessionCalendar.Embedded;
        long[] closes = [.. ExchangeRules.TradingDays().Select(CloseByRule)];
        foreach (DateOnly date in ExchangeRules.EveryDay())
            foreach (long instant in (long[])
            [
                ExchangeRules.NewYork(date, 0, 0) + 1, ExchangeRules.NewYork(date, 9, 30), ExchangeRules.NewYork(date, 13, 0) - 1,
                ExchangeRules.NewYork(date, 13, 0), ExchangeRules.NewYork(date, 16, 0) - 1, ExchangeRules.NewYork(date, 16, 0),
                ExchangeRules.NewYork(date, 23, 59),
            ])
            {
                int next = Array.FindIndex(closes, close => close > instant);
                bool isKnown = calendar.TryNextClose(instant, out long nanos);
                Assert.True(isKnown == next >= 0, UnixNanos.ToIso(instant));
                Assert.True(nanos == (isKnown ? closes[next] : 0), UnixNanos.ToIso(instant));
            }
    }

    [Theory]
    [InlineData("2024-11-29T17:59:59.999999999Z", "2024-11-29T18:00:00.000000000Z")]   // half day
    [InlineData("2024-11-29T18:00:00.000000000Z", "2024-12-02T21:00:00.000000000Z")]
    [InlineData("2025-01-08T21:00:00.000000000Z", "2025-01-10T21:00:00.000000000Z")]   // over the day of mourning
    [InlineData("2025-03-08T12:00:00.000000000Z", "2025-03-10T20:00:00.000000000Z")]   // Saturday before the clock goes forward
    [InlineData("2026-01-02T02:00:00.000000000Z", "2026-01-02T21:00:00.000000000Z")]   // New Year's Day still, in New York
    public void The_day_closes_at(string instant, string close)
    {
        long nanos = UnixNanos.FromUtc(DateTime.Parse(instant[..23] + "Z").ToUniversalTime()) + long.Parse(instant[23..29]);
        Assert.True(SessionCalendar.Embedded.TryNextClose(nanos, out long next));
        Assert.Equal(close, UnixNanos.ToIso(next));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(0L)]
    [InlineData(long.MaxValue)]
    public void An_instant_outside_of_the_table_has_no_next_close(long nanos)
    {
        Assert.False(SessionCalendar.Embedded.TryNextClose(nanos, out long close));
        Assert.Equal(0, close);
    }

    [Fact]
    public void The_previous_trading_day_of_every_day_is_the_last_one_before_it()
    {
        DateOnly[] trading = ExchangeRules.TradingDays();
        foreach (DateOnly date in ExchangeRules.EveryDay())
        {
            DateOnly expected = trading.LastOrDefault(day => day < date);
            Assert.Equal(expected != default, SessionCalendar.Embedded.TryPreviousTradingDay(date, out DateOnly previous));
            Assert.Equal(expected, previous);
        }
        Assert.False(SessionCalendar.Embedded.TryPreviousTradingDay(new DateOnly(2031, 1, 2), out _));
        Assert.False(SessionCalendar.Embedded.TryPreviousTradingDay(DateOnly.MinValue, out _));
    }

    [Theory]
    [InlineData("SPX", "16:15", "13:15")]
    [InlineData("SPXW", "16:15", "13:15")]
    [InlineData("XSP", "16:15", "13:15")]
    [InlineData("VIX", "16:15", "13:15")]
    [InlineData("NDXP", "16:15", "13:15")]
    [InlineData("RUTW", "16:15", "13:15")]
    [InlineData("SPY", "16:15", "13:15")]
    [InlineData("QQQ", "16:15", "13:15")]
    [InlineData("IWM", "16:15", "13:15")]
    [InlineData("2SPY", "16:15", "13:15")]   // an adjusted contract trades as the plain one
    [InlineData("AAPL", "16:00", "13:00")]
    [InlineData("AMD1", "16:00", "13:00")]
    [InlineData("TSLA", "16:00", "13:00")]
    public void Trading_ends_by_product(string root, string full, string half)
    {
        SessionCalendar calendar = SessionCalendar.Embedded;
        Assert.Equal(TimeOnly.Parse(full), calendar.TradingEndOf(new DateOnly(2026, 11, 25), root));
        Assert.Equal(TimeOnly.Parse(half), calendar.TradingEndOf(new DateOnly(2026, 11, 27), root));
        Assert.Equal(TimeOnly.Parse(half), With("2026-11-25 close 13:00").TradingEndOf(new DateOnly(2026, 11, 25), root));
    }

    [Fact]
    public void An_override_without_roots_moves_every_product_and_the_day()
    {
        SessionCalendar calendar = With("2026-03-02 open 10:00\n2026-03-02 close 14:00");
        var date = new DateOnly(2026, 3, 2);
        Assert.Equal((new TimeOnly(10, 0), new TimeOnly(14, 0)), (calendar.OpenOf(date), calendar.CloseOf(date)));
        Assert.Equal((new TimeOnly(10, 0), new TimeOnly(14, 0)), (calendar.OpenOf(date, "SPX"), calendar.CloseOf(date, "AAPL")));
        Assert.True(calendar.TryNextClose(ExchangeRules.NewYork(date, 12, 0), out long close));
        Assert.Equal(ExchangeRules.NewYork(date, 14, 0), close);
        Assert.Equal(new TimeOnly(9, 30), calendar.OpenOf(date.AddDays(1)));
    }

    [Fact]
    public void An_override_with_roots_goes_before_one_without_and_leaves_the_day_alone()
    {
        SessionCalendar calendar = With("2026-03-02 close 13:00 SPXW\n2026-03-02 open 10:00 SPX\n2026-03-02 open 09:45");
        var date = new DateOnly(2026, 3, 2);
        Assert.Equal(
            (new TimeOnly(10, 0), new TimeOnly(9, 45), new TimeOnly(9, 45)),
            (calendar.OpenOf(date, "SPX"), calendar.OpenOf(date, "SPXW"), calendar.OpenOf(date)));
        Assert.Equal(
            (new TimeOnly(16, 0), new TimeOnly(13, 0), new TimeOnly(16, 0)),
            (calendar.CloseOf(date, "SPX"), calendar.CloseOf(date, "SPXW"), calendar.CloseOf(date)));
        Assert.True(calendar.TrySettlement(date, SettlementStyle.PM, "SPXW", out long spxw));
        Assert.Equal(ExchangeRules.NewYork(date, 13, 0), spxw);
        Assert.True(calendar.TryNextClose(ExchangeRules.NewYork(date, 13, 30), out long close));
        Assert.Equal(ExchangeRules.NewYork(date, 16, 0), close);
    }

    [Fact]
    public void An_early_close_can_be_taken_back()
    {
        SessionCalendar calendar = With("2026-11-27 close 16:00");
        Assert.True(calendar.TrySettlement(new DateOnly(2026, 11, 27), SettlementStyle.PM, "SPXW", out long nanos));
        Assert.Equal(ExchangeRules.NewYork(new DateOnly(2026, 11, 27), 16, 0), nanos);
    }

    // Every trading day called off in turn: the rule of the embedded closures holds for those of an operator.
    [Fact]
    public void Any_day_that_an_override_calls_off_settles_as_the_embedded_ones_do()
    {
        DateOnly[] trading = ExchangeRules.TradingDays();
        for (int i = 1; i < trading.Length - 1; i += 7)
        {
            DateOnly date = trading[i];
            SessionCalendar calendar = With($"{date:yyyy-MM-dd} closed");
            Assert.False(calendar.IsTradingDay(date));
            Assert.True(calendar.IsUnscheduledClosure(date));
            Assert.Throws<ArgumentOutOfRangeException>(() => calendar.OpenOf(date, "SPX"));
            Assert.Contains($"{date:yyyy-MM-dd}", Assert.Throws<ArgumentOutOfRangeException>(() => calendar.CloseOf(date)).Message);
            Assert.True(calendar.TrySettlement(date, SettlementStyle.PM, "SPXW", out long afternoon));
            Assert.Equal(CloseByRule(trading[i - 1]), afternoon);
            Assert.True(calendar.TrySettlement(date, SettlementStyle.AM, "SPX", out long morning));
            Assert.Equal(ExchangeRules.NewYork(trading[i + 1], 9, 30), morning);
            Assert.True(calendar.TryNextClose(afternoon, out long close));
            Assert.Equal(CloseByRule(trading[i + 1]), close);
            Assert.True(calendar.TryPreviousTradingDay(trading[i + 1], out DateOnly previous));
            Assert.Equal(trading[i - 1], previous);
        }
    }

    [Fact]
    public void A_settlement_beyond_the_table_is_unknown_also_by_an_override()
    {
        SessionCalendar calendar = With("2030-12-31 closed\n2015-01-02 closed");
        Assert.False(calendar.TrySettlement(new DateOnly(2030, 12, 31), SettlementStyle.AM, "SPX", out long nanos));
        Assert.Equal(0, nanos);
        Assert.True(calendar.TrySettlement(new DateOnly(2030, 12, 31), SettlementStyle.PM, "SPXW", out _));
        Assert.False(calendar.TrySettlement(new DateOnly(2015, 1, 2), SettlementStyle.PM, "SPXW", out _));
        Assert.False(calendar.TryPreviousTradingDay(new DateOnly(2015, 1, 5), out _));
    }

    [Fact]
    public void A_calendar_says_which_one_it_is()
    {
        Assert.Equal("calendar 1", SessionCalendar.Embedded.ToString());
        SessionCalendar one = With("2026-03-02 closed");
        Assert.Equal($"calendar 1 with 1 override {one.Overrides.Fingerprint:x16}", one.ToString());
        Assert.Contains("with 2 overrides", With("2026-03-02 open 10:00 SPX NDX").ToString());
        Assert.Equal((TradingCalendar.Version, 0ul), (SessionCalendar.Embedded.Version, SessionCalendar.Embedded.Overrides.Fingerprint));
    }
}
