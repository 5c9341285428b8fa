using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>How a writer ends, and who comes after: signals, kill -9, a second writer.</summary>
public sealed class WriterSuccessionTests : IDisposable
{
    private readonly Workspace _room = new();
    private readonly string _tape;

    public WriterSuccessionTests() => _tape = LittleMarket.WriteTape(_room.Path("long.dftape"), LittleMarket.Ticks(120));

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_first_signal_drains_closes_the_feed_and_succeeds(bool fromTheKeyboard)
    {
        RunningProgram replay = StartPaced();
        using FeedSubscriber feed = OpenFeeds.Open(_room, replay);
        if (fromTheKeyboard) replay.Interrupt();
        else replay.Terminate();
        System.Text.Json.JsonElement result = replay.WaitForEnd().Json();
        Assert.Equal(FeedState.Closed, feed.State());

        // Drained: every tick that was taken in is in the last snapshot, and the result says the same as the feed.
        SnapshotBuffer snapshot = feed.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(snapshot));
        Assert.Equal(0ul, snapshot.Runtime.Ledger.Queued);
        Assert.Equal(result.GetProperty("ticks").GetUInt64(), snapshot.Market.Head.EventSequence);
        Assert.Equal(0, result.GetProperty("ledger").GetProperty("queued").GetInt32());
        Assert.True(snapshot.Market.Head.EventSequence < (ulong)LittleMarket.Ticks(120).Length);
    }

    [Fact]
    public void A_second_signal_leaves_at_once_unless_the_drain_was_over()
    {
        RunningProgram replay = StartPaced();
        using FeedSubscriber feed = OpenFeeds.Open(_room, replay);
        replay.Freeze();
        replay.Interrupt();
        replay.Terminate();
        replay.Thaw();
        Outcome outcome = replay.WaitForEnd();
        Assert.Contains(outcome.ExitCode, (IEnumerable<int>)[0, 130, 143]);
        if (outcome.ExitCode == 0) Assert.Equal(FeedState.Closed, feed.State());
        Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(feed.CreateBuffer()));
    }

    [Fact]
    public void B4_a_second_writer_is_refused_and_the_first_is_unharmed()
    {
        RunningProgram first = StartPaced();
        using FeedSubscriber feed = OpenFeeds.Open(_room, first);
        string sentence = _room.Run("replay", _tape).Refused(1);
        Assert.Contains("default.feed already has a writer", sentence);
        Assert.Contains("another name", sentence);
        ulong number = feed.PublishNumber;
        Eventually.True(() => feed.PublishNumber > number + 2, "more snapshots of the first writer", first);
        Assert.Equal(1ul, feed.Epoch);
        Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(feed.CreateBuffer()));

        // Another name is free.
        string little = LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(0.2));
        Assert.Equal(0, _room.Run("replay", little, "--feed", "other").ExitCode);
    }

    [Fact]
    public void B1_after_kill_9_the_last_snapshot_stays_and_the_next_writer_takes_over()
    {
        RunningProgram killed = StartPaced();
        using FeedSubscriber feed = OpenFeeds.Open(_room, killed);
        Eventually.True(() => feed.PublishNumber >= 5, "five snapshots", killed);
        killed.Kill();
        killed.WaitForEnd();
        Eventually.True(() => feed.State() == FeedState.Dead, "the state Dead");
        SnapshotBuffer last = feed.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(last));
        ulong number = last.Runtime.PublishNumber;
        Assert.True(number >= 5);
        System.Text.Json.JsonElement told = _room.Run("snapshot", "--json").Json().GetProperty("feed");
        Assert.Equal("Dead", told.GetProperty("state").GetString());
        Assert.Equal(number, told.GetProperty("publishNumber").GetUInt64());

        string little = LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(0.5));
        Assert.Equal(0, _room.Run("replay", little).ExitCode);
        // The reader that was there all the time goes on without opening the feed again.
        Assert.Equal(2ul, feed.Epoch);
        Assert.Equal(FeedState.Closed, feed.State());
        Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(last));
        Assert.Equal(2ul, last.Runtime.Epoch);
        Assert.True(last.Runtime.PublishNumber > number);
    }

    [Fact]
    public void A_synth_that_is_stopped_leaves_no_tape()
    {
        RunningProgram synth = _room.Start("synth", "--minutes", "5", "--out", "day.dftape");
        Eventually.True(() => File.Exists(_room.Path("day.dftape.partial")), "a partial tape", synth);
        synth.Interrupt();
        Assert.Contains("was not written", synth.WaitForEnd().Refused(1));
        Assert.Empty(Directory.GetFiles(_room.Folder, "day*"));
    }

    private RunningProgram StartPaced() => _room.Start("replay", _tape, "--speed", "1x", "--json");
}
