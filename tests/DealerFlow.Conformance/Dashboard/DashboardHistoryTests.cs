using System.Text.Json;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance.Dashboard;

/// <summary>The history of the day: kept across restarts, written over by a rerun, never mixed of two markets.</summary>
public sealed class DashboardHistoryTests : IDisposable
{
    private readonly Workspace _room = new();
    private readonly byte[] _section;
    private readonly long _start;

    public DashboardHistoryTests()
    {
        _section = HandPublished.SectionOf(LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(2)));
        _start = LittleMarket.StartNanos;
    }

    public void Dispose() => _room.Dispose();

    [Fact]
    public void A_restart_of_the_server_loses_nothing_of_the_day()
    {
        using var feed = new HandPublished(_room, _section);
        string before, heat;
        using (var first = new RunningDashboard(_room))
        {
            Publish(first, feed, seconds: 12);
            before = first.Get("/api/v1/history").Body;
            heat = first.Get("/api/v1/heat").Body;
            Assert.Equal(12, Rows(first).Length);
            Assert.Equal(0, first.Stop().ExitCode);
        }
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_room.Path("history/default.history.db")));
        using var second = new RunningDashboard(_room);
        Assert.Equal(before, second.Get("/api/v1/history").Body);
        Assert.Equal(heat, second.Get("/api/v1/heat").Body);
        // And goes on.
        feed.Publish(At(12), 6000);
        Eventually.True(() => Rows(second).Length == 13, "the next row", second.Program);
    }

    [Fact]
    public void A_rerun_of_the_same_market_writes_over_what_was()
    {
        using (var dashboard = new RunningDashboard(_room))
        {
            using (var feed = new HandPublished(_room, _section)) Publish(dashboard, feed, seconds: 6);
            using (var again = new HandPublished(_room, _section)) Publish(dashboard, again, seconds: 6, liquidity: 1);
            (long Time, double Spot)[] rows = Rows(dashboard);
            Assert.Equal(Enumerable.Range(0, 6).Select(second => At(second) / UnixNanos.PerMillisecond), rows.Select(row => row.Time));
        }
    }

    [Fact]
    public void Another_market_in_the_place_of_the_first_is_not_mixed_with_it()
    {
        using var dashboard = new RunningDashboard(_room);
        using (var feed = new HandPublished(_room, _section)) Publish(dashboard, feed, seconds: 8);
        // The same seconds with another spot: another tape.
        using var other = new HandPublished(_room, _section);
        for (int second = 4; second < 7; second++)
        {
            other.Publish(At(second), 5_000 + second);
            AwaitRow(dashboard, second, 5_000 + second);
        }
        Assert.Equal([5_004, 5_005, 5_006], Rows(dashboard).Select(row => row.Spot));
    }

    [Fact]
    public void A_replay_that_goes_back_shows_the_day_up_to_there_and_all_of_it_when_it_comes_again()
    {
        using var dashboard = new RunningDashboard(_room);
        using var feed = new HandPublished(_room, _section);
        Publish(dashboard, feed, seconds: 10);
        feed.Publish(At(3), SpotAt(3));
        Eventually.True(() => Rows(dashboard).Length == 4, "the history up to the instant", dashboard.Program);
        feed.Publish(At(9), SpotAt(9));
        Eventually.True(() => Rows(dashboard).Length == 10, "all of it", dashboard.Program);
        // Whoever asks for what is later gets it.
        feed.Publish(At(3), SpotAt(3));
        Assert.Equal(10, Rows(dashboard, $"?to={At(20) / UnixNanos.PerMillisecond}").Length);
        Assert.Equal([At(4) / UnixNanos.PerMillisecond, At(5) / UnixNanos.PerMillisecond],
            Rows(dashboard, $"?from={At(4) / UnixNanos.PerMillisecond}&to={UnixNanos.ToIso(At(5))}").Select(row => row.Time));
    }

    [Fact]
    public void Only_so_many_sessions_are_kept()
    {
        using (var dashboard = new RunningDashboard(_room, "--sessions", "2"))
        {
            using var feed = new HandPublished(_room, _section);
            for (int day = 0; day < 4; day++)
            {
                long nanos = At(0) + (day * UnixNanos.PerDay);
                int date = 20261116 + day;
                feed.Publish((ref MarketSection head) => (head.MarkTimeNanos, head.EventTimeNanos, head.SessionDate) = (nanos, nanos, date));
                Eventually.True(() => Rows(dashboard, "?from=0").Any(row => row.Time == nanos / UnixNanos.PerMillisecond), "a row of the day", dashboard.Program);
            }
            Assert.Equal([At(0) + (2 * UnixNanos.PerDay), At(0) + (3 * UnixNanos.PerDay)], Rows(dashboard, "?from=0").Select(row => row.Time * UnixNanos.PerMillisecond));
        }
    }

    [Fact]
    public void Few_points_keep_every_extreme()
    {
        using var dashboard = new RunningDashboard(_room);
        using var feed = new HandPublished(_room, _section);
        Publish(dashboard, feed, seconds: 40, spike: 17);
        (long Time, double Spot)[] few = Rows(dashboard, "?points=20");
        Assert.InRange(few.Length, 2, 22);
        Assert.Contains(few, row => row.Spot == 6_700);
        Assert.Equal(At(0) / UnixNanos.PerMillisecond, few[0].Time);
        Assert.Equal(At(39) / UnixNanos.PerMillisecond, few[^1].Time);
    }

    [Fact]
    public void The_heat_map_has_the_strikes_of_the_feed_each_five_seconds()
    {
        using var dashboard = new RunningDashboard(_room);
        using var feed = new HandPublished(_room, _section);
        Publish(dashboard, feed, seconds: 12);
        JsonElement heat = dashboard.Json("/api/v1/heat");
        Assert.Equal([At(0), At(5), At(10)], heat.GetProperty("times").EnumerateArray().Select(time => time.GetInt64() * UnixNanos.PerMillisecond));
        JsonElement strikes = dashboard.Json("/api/v1/strikes").GetProperty("strikes");
        Assert.Equal(strikes.EnumerateArray().Select(row => row.GetProperty("strike").GetDouble()), heat.GetProperty("strikes").EnumerateArray().Select(strike => strike.GetDouble()));
        double[] last = [.. heat.GetProperty("netGex").EnumerateArray().Last().EnumerateArray().Select(cell => cell.GetDouble())];
        double[] feedSays = [.. strikes.EnumerateArray().Select(row => row.GetProperty("netGex").GetDouble())];
        for (int i = 0; i < last.Length; i++) Assert.InRange(last[i], feedSays[i] - (1e-4 * Math.Abs(feedSays[i])) - 1e-9, feedSays[i] + (1e-4 * Math.Abs(feedSays[i])) + 1e-9);
    }

    [Fact]
    public void A_damaged_history_is_put_aside_and_a_new_one_begins()
    {
        Directory.CreateDirectory(_room.Path("history"));
        _room.Write("history/default.history.db", "this is no database, and was never one; it is long enough to be looked at as one by whoever opens it");
        using var feed = new HandPublished(_room, _section);
        using var dashboard = new RunningDashboard(_room);
        Publish(dashboard, feed, seconds: 2);
        Assert.Contains("a new history begins", dashboard.Program.ErrorSoFar);
        Assert.Single(Directory.GetFiles(_room.Path("history"), "*.old"));
    }

    /// <summary>Publishes a snapshot for each second and waits until each is kept.</summary>
    private void Publish(RunningDashboard dashboard, HandPublished feed, int seconds, double liquidity = 0, int spike = -1)
    {
        for (int second = 0; second < seconds; second++)
        {
            long nanos = At(second);
            double spot = second == spike ? 6_700 : SpotAt(second);
            feed.Publish((ref MarketSection head) => (head.MarkTimeNanos, head.EventTimeNanos, head.Spot, head.LiquidityUsd) = (nanos, nanos, spot, liquidity));
            AwaitRow(dashboard, second, spot);
        }
    }

    private void AwaitRow(RunningDashboard dashboard, int second, double spot) => Eventually.True(
        () => Rows(dashboard) is [.., var last] && last == (At(second) / UnixNanos.PerMillisecond, spot), $"the row of second {second}", dashboard.Program);

    private long At(int second) => _start + (second * UnixNanos.PerSecond);

    private static double SpotAt(int second) => 6_000 + second;

    private static (long Time, double Spot)[] Rows(RunningDashboard dashboard, string query = "")
    {
        JsonElement history = dashboard.Json("/api/v1/history" + query);
        Assert.Equal("time", history.GetProperty("columns")[0].GetString());
        Assert.Equal("spot", history.GetProperty("columns")[1].GetString());
        return [.. history.GetProperty("rows").EnumerateArray().Select(row => (row[0].GetInt64(), row[1].GetDouble()))];
    }
}
