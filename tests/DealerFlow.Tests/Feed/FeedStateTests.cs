using DealerFlow.Feed;
using DealerFlow.Wire;
using Microsoft.Win32.SafeHandles;
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
    public void A_closed_feed_that_is_removed_is_not_found()
    {
        Create().Close();
        using FeedSubscriber subscriber = Open();
        Assert.Equal(FeedState.Closed, subscriber.State());
        File.Delete(FeedPath);
        Clock.Advance(UnixNanos.PerSecond);
        Assert.Equal(FeedState.NotFound, subscriber.State());
    }

    [Fact]
    public void A_stalled_writer_that_closes_is_closed_at_once()
    {
        FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Clock.Advance(Limit + 1);
        Assert.Equal(FeedState.Stalled, subscriber.State());
        publisher.Close();
        Assert.Equal(FeedState.Closed, subscriber.State());
    }

    [Theory]
    [InlineData("held by readers that ask", FeedState.Dead)]
    [InlineData("gone", FeedState.Dead)]
    [InlineData("a directory", FeedState.Stalled)]              // whether anybody holds it is unknown
    public void A_feed_without_heartbeat_is_dead_when_nobody_can_hold_its_lock(string theLockIs, FeedState state)
    {
        Create().Abandon();
        using FeedSubscriber subscriber = Open();
        Clock.Advance(Limit + 1);
        string path = Path.ChangeExtension(FeedPath, ".lock");
        using PrivateDirectory directory = PrivateDirectory.Open(Directory);
        using SafeFileHandle asked = directory.OpenFile(Path.GetFileName(path), writable: false)!;
        Assert.Equal(0, LibC.Lock(asked, LibC.LockShared | LibC.LockNonBlocking));
        if (theLockIs != "held by readers that ask") File.Delete(path);
        if (theLockIs == "a directory") System.IO.Directory.CreateDirectory(path);
        Assert.Equal(state, subscriber.State());
    }

    [Fact]
    public void A_new_writer_is_recovering_at_every_step_of_its_first_publication()
    {
        FeedPublisher first = Create();
        Publish(first, 1);
        first.Abandon();
        using FeedPublisher second = Create();
        using FeedSubscriber subscriber = Open();
        var states = new List<FeedState>();
        second.BeforeStep = _ => states.Add(subscriber.State());
        Publish(second, 2);
        Assert.NotEmpty(states);
        Assert.All(states, state => Assert.Equal(FeedState.Recovering, state));
        Assert.Equal(FeedState.Live, subscriber.State());
    }

    [Fact]
    public void The_clock_is_looked_at_after_the_heartbeat_so_that_no_age_is_negative()
    {
        using FeedPublisher publisher = Create();
        Publish(publisher, 1);
        // The writer beats as soon as the reader has looked at the clock.
        using FeedSubscriber subscriber = FeedSubscriber.Open(Directory, Name, clock: new WatchedClock(Clock, () =>
        {
            Clock.Advance(1);
            publisher.Heartbeat(2, 2);
        }));
        Assert.InRange(subscriber.HeartbeatAgeNanos, 0, 1);
        Assert.Equal(FeedState.Live, subscriber.State());
    }

    [Fact]
    public void A_heartbeat_is_given_after_the_progress_that_it_vouches_for()
    {
        using FeedPublisher publisher = Create();
        Publish(publisher, 1);
        using FeedSubscriber subscriber = Open();
        var seen = new List<(ulong, long)>();
        publisher.BeforeStep = step =>
        {
            if (step == WriterStep.BeforeHeartbeat) seen.Add((subscriber.EventSequence, subscriber.HeartbeatAgeNanos));
        };
        Clock.Advance(5);
        publisher.Heartbeat(2, EventTimeOf(2));
        Assert.Equal([(2UL, 5L)], seen);
        Assert.Equal(0, subscriber.HeartbeatAgeNanos);
    }

    // Each heartbeat brings an event and comes so long after the one before that a reader who finds it fresh finds its progress fresh.
    [Fact]
    public void A_heartbeat_is_never_seen_without_the_progress_that_it_vouches_for()
    {
        const ulong Beats = 200_000;
        using FeedPublisher publisher = Create();
        Publish(publisher, 1);
        using FeedSubscriber subscriber = Open();
        ulong idle = 0, live = 0;
        bool ended = false;
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(in ended))
            {
                FeedState state = subscriber.State();
                if (state == FeedState.Idle) idle++;
                if (state == FeedState.Live) live++;
            }
        });
        reader.Start();
        for (ulong beat = 2; beat <= Beats; beat++)
        {
            Clock.Advance(Limit + 1);
            publisher.Heartbeat(beat, EventTimeOf(beat));
        }
        Volatile.Write(ref ended, true);
        reader.Join();
        Assert.Equal(0UL, idle);
        Assert.True(live > 0);
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

    /// <summary>Does something after each look at the monotonic clock.</summary>
    private sealed class WatchedClock(ManualClock clock, Action afterwards) : FeedClock
    {
        public override long MonotonicNanos
        {
            get
            {
                long now = clock.MonotonicNanos;
                afterwards();
                return now;
            }
        }

        public override long UtcNanos => clock.UtcNanos;
    }

    private static void Overwrite(string path, long offset, byte[] bytes)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = offset;
        file.Write(bytes);
    }
}
