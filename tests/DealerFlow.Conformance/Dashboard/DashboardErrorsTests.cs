using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using DealerFlow.Feed;
using Xunit;

namespace DealerFlow.Conformance.Dashboard;

/// <summary>What is missing or in the way is said in one sentence that tells what to do.</summary>
public sealed class DashboardErrorsTests : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void A_port_in_use_is_told_with_another_way()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        string sentence = _room.StartOther("dealerflow-dashboard", "--port", $"{port}", "--store", "none").WaitForEnd().Refused(1);
        Assert.Contains($"Port {port} is in use", sentence);
        Assert.Contains("--port N", sentence);
    }

    [Theory]
    [InlineData("--port 70000", "0 to 65535")]
    [InlineData("--feed ../x", "no name for a feed")]
    [InlineData("--listen 0.0.0.0", "needs a token")]
    [InlineData("--listen 10.1.2.3", "needs a token")]
    [InlineData("--listen 2130706433", "no address to listen at")]
    [InlineData("--listen everywhere", "no address to listen at")]
    [InlineData("--clients 0", "1 to 1000")]
    [InlineData("--patience never", "--patience")]
    [InlineData("--page missing", "does not exist")]
    [InlineData("--prot 1", "--prot")]
    public void A_command_line_that_cannot_be_meant_is_refused(string arguments, string told) =>
        Assert.Contains(told, _room.StartOther("dealerflow-dashboard", arguments.Split(' ')).WaitForEnd().Refused(2));

    [Fact]
    public void A_token_that_others_may_read_or_that_is_none_is_refused()
    {
        string file = _room.Write("token", "0123456789abcdef0123456789abcdef");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", Refused());
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(file, "short");
        Assert.Contains("at least 16", Refused());
        File.Delete(file);
        Assert.Contains("does not exist", Refused());

        string Refused() => _room.StartOther("dealerflow-dashboard", "--token-file", file, "--store", "none").WaitForEnd().Refused(1);
    }

    [Fact]
    public void A_history_that_cannot_be_written_is_told_with_another_way()
    {
        string file = _room.Write("file", "");
        string sentence = _room.StartOther("dealerflow-dashboard", "--port", "0", "--store", Path.Combine(file, "history")).WaitForEnd().Refused(1);
        Assert.Contains("--store DIR", sentence);
    }

    [Fact]
    public void A_feed_that_is_not_there_is_waited_for()
    {
        using var dashboard = new RunningDashboard(_room);
        Assert.Contains("start its writer", dashboard.Refused("/api/v1/levels", 404));
        Assert.Equal(503, dashboard.Get("/healthz").Status);
        Assert.Equal("[]", dashboard.Get("/api/v1/feeds").Body);
        using EventReader events = dashboard.Events();
        Assert.Contains("NotFound", events.Next("state")!.Value.Data);
        using var feed = new HandPublished(_room, HandPublished.SectionOf(LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(2))));
        feed.Publish();
        Assert.NotNull(events.Next("snapshot"));
        Eventually.True(() => dashboard.Get("/healthz").Status == 200, "health", dashboard.Program);
    }

    [Fact]
    public void A_feed_that_is_taken_over_removed_or_damaged_is_told_and_found_again()
    {
        byte[] section = HandPublished.SectionOf(LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(2)));
        using (var feed = new HandPublished(_room, section)) feed.Publish();
        using var dashboard = new RunningDashboard(_room);
        using EventReader events = dashboard.Events();
        AwaitState("Closed");
        FeedDirectory.Remove(_room.FeedDirectory, "default");
        AwaitState("NotFound");
        // The last numbers stay, with the state that goes with them.
        Assert.Equal("NotFound", dashboard.Json("/api/v1/levels").GetProperty("feed").GetProperty("state").GetString());
        using (var again = new HandPublished(_room, section)) again.Publish();
        AwaitState("Closed");
        string path = FeedDirectory.PathOf(_room.FeedDirectory, "default");
        FeedDirectory.Remove(_room.FeedDirectory, "default");
        File.WriteAllBytes(path, new byte[4096]);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        AwaitState("Unreadable");
        Assert.Contains("default.feed", dashboard.Json("/api/v1/feeds")[0].GetProperty("error").GetString());

        void AwaitState(string state)
        {
            while (true)
            {
                string data = events.Next("state")!.Value.Data;
                if (JsonDocument.Parse(data).RootElement.GetProperty("state").GetString() == state) return;
            }
        }
    }

    [Fact]
    public void A_feed_whose_writer_has_died_is_shown_as_dead()
    {
        string tape = LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(120));
        RunningProgram replay = _room.Start("replay", tape, "--speed", "1x");
        OpenFeeds.Open(_room, replay).Dispose();
        using var dashboard = new RunningDashboard(_room);
        replay.Kill();
        replay.WaitForEnd();
        Eventually.True(() => dashboard.Json("/api/v1/levels").GetProperty("feed").GetProperty("state").GetString() == "Dead", "Dead", dashboard.Program);
        JsonElement health = JsonDocument.Parse(dashboard.Get("/healthz").Body).RootElement;
        Assert.Equal("unavailable", health.GetProperty("status").GetString());
        Assert.Contains("Dead", health.GetProperty("reason").GetString());
        Assert.Equal(1, dashboard.Metric("dealerflow_feed_state", "state=\"Dead\""));
    }

    [Fact]
    public void The_verb_starts_the_dashboard_and_ends_it()
    {
        RunningProgram verb = _room.Start("dashboard", "--port", "0", "--store", "none");
        Eventually.True(() => verb.OutputSoFar.Contains("http://localhost:", StringComparison.Ordinal), "the address", verb);
        string address = verb.OutputSoFar.Trim();
        using var http = new HttpClient();
        Assert.Equal("[]", Fetch(http, address + "api/v1/feeds"));
        verb.Terminate();
        Assert.Equal(0, verb.WaitForEnd().ExitCode);
        Assert.Throws<HttpRequestException>(() => Fetch(http, address));
    }

    [Fact]
    public void The_demo_shows_a_day_with_one_command_and_leaves_nothing_behind()
    {
        string[] before = Directory.GetDirectories(Path.GetTempPath(), "dealerflow-demo-*");
        RunningProgram demo = _room.Start("demo", "--port", "0", "--speed", "10x");
        Eventually.True(() => demo.OutputSoFar.Contains("http://localhost:", StringComparison.Ordinal), "the address", demo);
        using var http = new HttpClient { BaseAddress = new Uri(demo.OutputSoFar.Trim()) };
        JsonElement levels = Json("api/v1/levels");
        Assert.Equal("SPX", levels.GetProperty("underlying").GetString());
        Assert.True(levels.GetProperty("strikes").GetArrayLength() > 100);
        Assert.True(Json("api/v1/control").GetProperty("available").GetBoolean());
        Assert.Equal("10x", Json("api/v1/control").GetProperty("state").GetProperty("speed").GetString());
        // One beside it has no feed, and shows no page over that of the first.
        Outcome second = _room.Run("demo", "--port", "0");
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("already has a writer", second.Error, StringComparison.Ordinal);
        Assert.Equal("", second.Output);
        demo.Interrupt();
        Assert.Equal(0, demo.WaitForEnd().ExitCode);
        Assert.Empty(Directory.GetFiles(_room.FeedDirectory, "*.feed"));
        Assert.Empty(Directory.GetDirectories(Path.GetTempPath(), "dealerflow-demo-*").Except(before));

        JsonElement Json(string path) => JsonDocument.Parse(Fetch(http, path)).RootElement;
    }

    private static string Fetch(HttpClient http, string path) => http.GetStringAsync(path, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
}
