using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class FeedStateTests : FeedFixture
{
    private const long Limit = FeedPublisher.HeartbeatLimitNanos;

    [Fact]
    public void A_feed_is_recovering_until_its_first_snapshot_and_live_after_it()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Assert.Equal(FeedState.Recovering, subscriber.State());
        publisher.Heartbeat(0, 0);
        Assert.Equal(FeedState.Recovering, subscriber.State());
        Publish(publisher, 1);
        Assert.Equal(FeedState.Live, subscriber.State());
    }

    [Fact]
    public void B17_a_quiet_market_is_idle_and_the_next_event_makes_it_live()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Publish(publisher, 1);
        Clock.Advance(Limit);
        publisher.Heartbeat(1, EventTimeOf(1));
        Assert.Equal(FeedState.Live, subscriber.State());
        Clock.Advance(1);
        publisher.Heartbeat(1, EventTimeOf(1));
        Assert.Equal(FeedState.Idle, subscriber.State());
        publisher.Heartbeat(2, EventTimeOf(2));
        Assert.Equal(FeedState.Live, subscriber.State());
        Assert.Equal(2UL, subscriber.EventSequence);
        Assert.Equal(EventTimeOf(2), subscriber.EventTimeNanos);
    }

    [Fact]
    public void A_writer_that_holds_the_lock_without_heartbeat_is_stalled_and_comes_back()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Publish(publisher, 1);
        Clock.Advance(Limit);
        Assert.Equal(FeedState.Live, subscriber.State());
        Clock.Advance(1);
        Assert.Equal(FeedState.Stalled, subscriber.State());
        Assert.Equal(Limit + 1, subscriber.HeartbeatAgeNanos);
        publisher.Heartbeat(2, EventTimeOf(2));
        Assert.Equal(FeedState.Live, subscriber.State());
        Assert.Equal(1UL, subscriber.Epoch);
    }

    [Fact]
    public void A_writer_that_lets_the_lock_go_without_closing_is_dead_and_its_snapshot_stays()
    {
        FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Publish(publisher, 1);
        publisher.Abandon();
        Assert.Equal(FeedState.Live, subscriber.State());       // its last heartbeat is still fresh
        Clock.Advance(Limit + 1);
        Assert.Equal(FeedState.Dead, subscriber.State());
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
        Assert.Equal(1UL, buffer.Runtime.PublishNumber);
    }

    [Fact]
    public void A_stalled_writer_that_dies_is_called_dead_at_the_next_look()
    {
        FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Clock.Advance(Limit + 1);
        Assert.Equal(FeedState.Stalled, subscriber.State());
        publisher.Abandon();
        Clock.Advance(UnixNanos.PerSecond);
        Assert.Equal(FeedState.Dead, subscriber.State());
    }

    [Fact]
    public void A_heartbeat_from_before_a_reboot_is_no_sign_of_life()
    {
        FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Publish(publisher, 1);
        publisher.Abandon();
        Clock.Monotonic = 5;
        Assert.Equal(FeedState.Dead, subscriber.State());
    }

    [Fact]
    public void The_wall_clock_moves_no_state()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Publish(publisher, 1);
        Clock.Utc += 3600 * UnixNanos.PerSecond;
        Assert.Equal(FeedState.Live, subscriber.State());
        Clock.Utc -= 7200 * UnixNanos.PerSecond;
        Publish(publisher, 2);
        Assert.Equal(FeedState.Live, subscriber.State());
    }

    [Fact]
    public void A_closed_feed_says_so_for_ever_and_its_snapshot_stays()
    {
        FeedPublisher publisher = Create();
        using FeedSubscriber early = Open();
        Publish(publisher, 3);
        publisher.Dispose();
        Assert.Equal(FeedState.Closed, early.State());
        Clock.Advance(100 * Limit);
        Assert.Equal(FeedState.Closed, early.State());
        using FeedSubscriber late = Open();
        SnapshotBuffer buffer = late.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, late.TryRead(buffer));
        Assert.Equal(MarketOf(3), buffer.MarketBytes);
    }

    [Fact]
    public void A_deleted_feed_is_not_found()
    {
        FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Publish(publisher, 1);
        publisher.Abandon();
        File.Delete(FeedPath);
        Clock.Advance(Limit + 1);
        Assert.Equal(FeedState.NotFound, subscriber.State());
    }

    [Fact]
    public void B15_a_damaged_header_is_corrupt()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Publish(publisher, 1);
        Overwrite(FeedPath, 56, [0xFF]);
        Assert.Equal(FeedState.Corrupt, subscriber.State());
        Publish(publisher, 2);                                  // the writer puts it right
        Assert.Equal(FeedState.Live, subscriber.State());
        Overwrite(FeedPath, EntryAt + 16, [0xFF]);              // and of the entry
        Assert.Equal(FeedState.Corrupt, subscriber.State());
        Publish(publisher, 3);
        Assert.Equal(FeedState.Live, subscriber.State());
        Overwrite(FeedPath, 256, [77]);
        Assert.Equal(FeedState.Corrupt, subscriber.State());
        Publish(publisher, 4);
        Assert.Equal(FeedState.Live, subscriber.State());
        Overwrite(FeedPath, 256, [77]);
        Assert.Equal(FeedState.Corrupt, subscriber.State());
    }

    private static void Overwrite(string path, long offset, byte[] bytes)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = offset;
        file.Write(bytes);
    }
}
