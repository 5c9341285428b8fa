using DealerFlow.Feed;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Top;

/// <summary>
/// The feed that is looked at. One that is not there yet is waited for; one that was replaced, removed or damaged is opened again by its
/// name, as often as it takes. It maps the feed read-only and registers nowhere.
/// </summary>
internal sealed class TopFeed : IDisposable
{
    // Opening costs a few system calls: often enough for a person, and nothing on a machine that is busy.
    private const long RetryNanos = 200 * UnixNanos.PerMillisecond;

    private readonly string _directory;
    private readonly FeedClock _clock;
    private readonly TopState _state;
    private FeedSubscriber? _feed;
    private SnapshotBuffer? _buffer;
    private long _nextTryNanos = long.MinValue;
    private ulong _shown;
    private ulong _shownHeadline;
    private ulong _position;
    private bool _hasReadChange;

    /// <param name="directory">Where feeds lie.</param>
    /// <param name="state">Names the feed and gets what is read of it.</param>
    /// <param name="clock">Clocks; the kernel's when null.</param>
    public TopFeed(string directory, TopState state, FeedClock? clock = null) => (_directory, _state, _clock) = (directory, state, clock ?? FeedClock.System);

    /// <summary>Reads what is new. While the user has frozen the numbers, only what the feed does is looked at.</summary>
    public void Look()
    {
        _state.NowNanos = _clock.MonotonicNanos;
        if (_feed is null && !TryOpen()) return;
        FeedState feed = _feed!.State();
        _state.Feed = feed;
        if (feed is FeedState.Superseded or FeedState.NotFound or FeedState.Corrupt)
        {
            // What has been read stays on the screen until there is something newer.
            Close();
            if (feed == FeedState.Superseded && TryOpen()) _state.Feed = _feed!.State();
            if (_feed is null) return;
        }
        if (_state.Choices.IsFrozen) return;
        ReadSnapshot();
        ReadHeadline();
        ReadChanges();
        _state.NowNanos = _clock.MonotonicNanos;                // after what was read, so that no age is negative
        if (_state.Feed is FeedState.Live or FeedState.Idle) _state.History.Sample(_state);
    }

    public void Dispose() => Close();

    private bool TryOpen()
    {
        if (_state.NowNanos < _nextTryNanos) return false;
        _nextTryNanos = _state.NowNanos + RetryNanos;
        try
        {
            _feed = Open(_directory, _state.FeedName, _clock);
            _buffer = _feed.CreateBuffer();
            (_shown, _shownHeadline) = (0, 0);
            (_state.Trouble, _state.Others) = (null, []);
            return true;
        }
        catch (FeedException refused) when (refused.Error != FeedError.InvalidName)
        {
            bool isAbsent = refused.Error is FeedError.NotFound or FeedError.DirectoryNotFound;
            if (isAbsent && _state.Feed is not null) _state.Feed = FeedState.NotFound;
            _state.Trouble = isAbsent ? null : refused.Message;
            _state.Others = refused.Error == FeedError.NotFound ? FeedDirectory.Names(_directory) : [];
            return false;
        }
    }

    /// <summary>The one place where a feed is opened.</summary>
    private static FeedSubscriber Open(string directory, string spelled, FeedClock clock)
    {
        (string name, string? symbol) = FeedDirectory.Resolve(directory, spelled);
        return FeedSubscriber.Open(directory, name, symbol, clock);
    }

    private void Close()
    {
        _feed?.Dispose();
        _feed = null;
    }

    private void ReadSnapshot()
    {
        if (_feed!.PublishNumber == _shown) return;
        SnapshotReadStatus status = _feed.TryRead(_buffer!);
        _state.Trouble = status == SnapshotReadStatus.Corrupt ? "The last snapshot fails its checksum, and what is shown is older; restart the feed's writer." : null;
        if (status != SnapshotReadStatus.Ok) return;
        _shown = _buffer!.Runtime.PublishNumber;
        _state.Snapshot = _buffer;
    }

    private void ReadHeadline()
    {
        if (_feed!.HeadlineNumber == _shownHeadline) return;
        if (_feed.TryReadHeadline(out HeadlineSection headline, out RuntimeSection runtime) != SnapshotReadStatus.Ok) return;
        _shownHeadline = runtime.PublishNumber;
        _state.SetHeadline(in headline, in runtime);
    }

    private void ReadChanges()
    {
        // No more than the stream holds: a writer that is faster than this loop must not keep it.
        for (int i = 0; i < FeedGeometry.ChangeSlots; i++)
        {
            SnapshotReadStatus status = _feed!.TryReadChange(ref _position, out LevelChange change, out ulong missed);
            if (status is SnapshotReadStatus.NothingPublished or SnapshotReadStatus.Busy) return;
            // What was overwritten before this program came is not missed by it.
            if (status == SnapshotReadStatus.Ok && change.Epoch == _feed.Epoch) _state.Changes.Add(in change, _hasReadChange ? missed : 0);
            _hasReadChange = true;
        }
    }
}
