using System.Text.Json;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>The list of feeds, what is taken away, and a feed that is watched.</summary>
public sealed class FeedsTests : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void Every_feed_is_listed_with_its_state_or_with_what_is_wrong()
    {
        Assert.Empty(_room.Run("feeds", "--json").Json().GetProperty("feeds").EnumerateArray());
        Publish("closed").Close();
        using FeedPublisher living = Publish("living");
        File.WriteAllText(PathOf("text"), "no feed");
        File.SetUnixFileMode(PathOf("text"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        JsonElement[] feeds = [.. _room.Run("feeds", "--json").Json().GetProperty("feeds").EnumerateArray()];
        Assert.Equal(["closed", "living", "text"], feeds.Select(feed => feed.GetProperty("name").GetString()));
        Assert.Equal("Closed", feeds[0].GetProperty("state").GetString());
        Assert.Contains(feeds[1].GetProperty("state").GetString(), (string[])["Live", "Idle", "Stalled"]);
        Assert.Equal(1ul, feeds[1].GetProperty("snapshots").GetUInt64());
        Assert.True(feeds[1].GetProperty("ageSeconds").GetDouble() > 0);
        Assert.Equal(new FileInfo(PathOf("closed")).Length, feeds[0].GetProperty("bytes").GetInt64());
        Assert.Equal("NotAFeed", feeds[2].GetProperty("error").GetString());
        string table = _room.Run("feeds").Succeeded();
        foreach (string word in (string[])["closed", "Closed", "living", "text", "NotAFeed"]) Assert.Contains(word, table);
    }

    [Fact]
    public void Clean_removes_dead_feeds_after_asking_and_nothing_else()
    {
        Publish("closed").Close();
        using FeedPublisher living = Publish("living");
        RunningProgram replay = _room.Start("replay", LittleMarket.WriteTape(_room.Path("long.dftape"), LittleMarket.Ticks(120)), "--speed", "1x", "--feed", "dead");
        using FeedSubscriber feed = OpenFeeds.Open(_room, replay, "dead");
        replay.Kill();
        Eventually.True(() => feed.State() == FeedState.Dead, "the state Dead");

        Assert.Contains("Nothing was removed", _room.RunReading("n\n", "clean").Error);
        Assert.True(File.Exists(PathOf("dead")));
        Outcome cleaned = _room.RunReading("y\n", "clean");
        Assert.Equal("dead\n", cleaned.Output);
        Assert.Contains("Remove dead?", cleaned.Error);
        Assert.Equal(FeedState.NotFound, Settled(feed));
        Assert.Equal("closed\n", _room.Run("clean", "--closed", "--yes").Succeeded());
        Assert.Equal("", _room.Run("clean", "--closed", "--yes").Succeeded());
        Assert.Equal(["living.feed", "living.lock"], Directory.GetFiles(_room.FeedDirectory).Select(Path.GetFileName).Order());
        Assert.Throws<FeedInUseException>(() => FeedDirectory.Remove(_room.FeedDirectory, "living"));
        Assert.Equal(FeedError.NotFound, Assert.Throws<FeedException>(() => FeedDirectory.Remove(_room.FeedDirectory, "dead")).Error);
        living.Heartbeat(2, 2);
        Assert.Equal(["living.feed", "living.lock"], Directory.GetFiles(_room.FeedDirectory).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_watched_feed_gives_a_line_per_snapshot_until_it_is_closed()
    {
        RunningProgram replay = _room.Start("replay", LittleMarket.WriteTape(_room.Path("some.dftape"), LittleMarket.Ticks(120)), "--speed", "1x");
        using FeedSubscriber feed = OpenFeeds.Open(_room, replay);
        RunningProgram lines = _room.Start("snapshot", "--watch", "--every", "0.05"), documents = _room.Start("snapshot", "--watch", "--every", "0.05", "--json");
        Eventually.True(() => lines.OutputSoFar.Count(c => c == '\n') >= 3 && documents.OutputSoFar.Count(c => c == '\n') >= 3, "three lines", replay);
        replay.Terminate();
        Outcome watched = lines.WaitForEnd();
        Assert.Equal(0, watched.ExitCode);
        Assert.All(watched.Output.TrimEnd().Split('\n'), line => Assert.Contains("SPX", line));
        Assert.Contains("Feed 'default' is Closed.", watched.Error);
        ulong[] numbers = [.. documents.WaitForEnd().Output.TrimEnd().Split('\n').Select(Number)];
        Assert.Equal(numbers.Distinct().Order(), numbers);
        Assert.Equal(feed.PublishNumber, numbers[^1]);

        static ulong Number(string line)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.GetProperty("feed").GetProperty("publishNumber").GetUInt64();
        }
    }

    // The state is looked up in the kernel ten times a second at most.
    private static FeedState Settled(FeedSubscriber feed)
    {
        Thread.Sleep(150);
        return feed.State();
    }

    private string PathOf(string name) => FeedDirectory.PathOf(_room.FeedDirectory, name);

    private FeedPublisher Publish(string name)
    {
        FeedPublisher publisher = FeedPublisher.Create(_room.FeedDirectory, name, 1, 1);
        publisher.Publish(new byte[MarketView.SizeOf(0, 0)], default);
        return publisher;
    }
}
