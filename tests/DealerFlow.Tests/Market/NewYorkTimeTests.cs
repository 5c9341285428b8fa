using CsCheck;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class NewYorkTimeTests
{
    private const long First = 1_167_609_600L * UnixNanos.PerSecond;   // 2007-01-01, when the rule came into force
    private const long Last = 2_145_916_800L * UnixNanos.PerSecond;    // 2038-01-01

    // Dates of the change as published by the US Naval Observatory; UTC instants by hand.
    [Theory]
    [InlineData("2007-03-11", "2007-11-04")]
    [InlineData("2015-03-08", "2015-11-01")]
    [InlineData("2020-03-08", "2020-11-01")]
    [InlineData("2022-03-13", "2022-11-06")]
    [InlineData("2024-03-10", "2024-11-03")]
    [InlineData("2025-03-09", "2025-11-02")]
    [InlineData("2026-03-08", "2026-11-01")]
    [InlineData("2030-03-10", "2030-11-03")]
    public void The_clock_changes_at_two_on_the_published_sundays(string spring, string autumn)
    {
        long begin = UnixNanos.FromUtc(DateTime.SpecifyKind(DateTime.Parse(spring), DateTimeKind.Utc).AddHours(7));
        long end = UnixNanos.FromUtc(DateTime.SpecifyKind(DateTime.Parse(autumn), DateTimeKind.Utc).AddHours(6));
        Assert.Equal((-18_000, -14_400), (NewYorkTime.UtcOffsetSeconds(begin - 1), NewYorkTime.UtcOffsetSeconds(begin)));
        Assert.Equal((-14_400, -18_000), (NewYorkTime.UtcOffsetSeconds(end - 1), NewYorkTime.UtcOffsetSeconds(end)));
        Assert.Equal(new TimeOnly(3, 0), NewYorkTime.TimeOf(begin));
        Assert.Equal(new TimeOnly(1, 0), NewYorkTime.TimeOf(end));
    }

    [Fact]
    public void Every_quarter_hour_around_every_change_agrees_with_the_zone_database()
    {
        TimeZoneInfo newYork = ZoneDatabase();
        for (int year = 2007; year <= 2037; year++)
            foreach ((int month, int day) in new[] { (3, 7), (10, 31) })   // both windows hold the Sunday of every year, one day about it
                for (int quarter = 0; quarter < 10 * 96; quarter++)
                {
                    DateTime utc = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).AddMinutes(15 * quarter);
                    AssertSameClock(newYork, utc);
                }
    }

    [Fact]
    public void Any_instant_agrees_with_the_zone_database()
    {
        TimeZoneInfo newYork = ZoneDatabase();
        Gen.Long[First, Last].Sample(nanos => AssertSameClock(newYork, UnixNanos.ToUtc(nanos)));
    }

    [Fact]
    public void Any_instant_outside_the_repeated_hour_comes_back_from_its_local_date_and_time() => Gen.Long[First, Last].Sample(nanos =>
    {
        long clockTick = nanos / 100 * 100;
        long back = NewYorkTime.ToUnixNanos(NewYorkTime.DateOf(clockTick), NewYorkTime.TimeOf(clockTick));
        bool secondPass = NewYorkTime.UtcOffsetSeconds(clockTick - (3600 * UnixNanos.PerSecond)) == -14_400
            && NewYorkTime.UtcOffsetSeconds(clockTick) == -18_000;
        return back == (secondPass ? clockTick - (3600 * UnixNanos.PerSecond) : clockTick);
    });

    [Fact]
    public void An_hour_that_does_not_exist_is_read_on_the_winter_clock() =>
        Assert.Equal(
            NewYorkTime.ToUnixNanos(new DateOnly(2025, 3, 9), new TimeOnly(3, 30)),
            NewYorkTime.ToUnixNanos(new DateOnly(2025, 3, 9), new TimeOnly(2, 30)));

    [Fact]
    public void An_hour_that_exists_twice_is_taken_as_its_first_pass() => Assert.Equal(
        "2025-11-02T05:30:00.000000000Z", UnixNanos.ToIso(NewYorkTime.ToUnixNanos(new DateOnly(2025, 11, 2), new TimeOnly(1, 30))));

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1L)]
    [InlineData(0L)]
    [InlineData(long.MaxValue)]
    public void Every_count_of_nanoseconds_has_a_date_and_a_time(long nanos)
    {
        DateOnly date = NewYorkTime.DateOf(nanos);
        DateTime expected = UnixNanos.ToUtc(nanos).AddSeconds(NewYorkTime.UtcOffsetSeconds(nanos));
        Assert.Equal((DateOnly.FromDateTime(expected), TimeOnly.FromDateTime(expected)), (date, NewYorkTime.TimeOf(nanos)));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(9999, 12, 31)]
    public void A_date_that_64_bits_cannot_hold_is_an_error(int year, int month, int day) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NewYorkTime.ToUnixNanos(new DateOnly(year, month, day), default));

    private static void AssertSameClock(TimeZoneInfo newYork, DateTime utc)
    {
        long nanos = UnixNanos.FromUtc(utc);
        DateTime local = TimeZoneInfo.ConvertTimeFromUtc(utc, newYork);
        Assert.Equal((int)newYork.GetUtcOffset(utc).TotalSeconds, NewYorkTime.UtcOffsetSeconds(nanos));
        Assert.Equal(local, NewYorkTime.DateOf(nanos).ToDateTime(NewYorkTime.TimeOf(nanos)));
    }

    private static TimeZoneInfo ZoneDatabase()
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById("America/New_York", out TimeZoneInfo? newYork))
            Repository.SkipOrFail("This machine has no zone database to compare with.");
        return newYork!;
    }
}
