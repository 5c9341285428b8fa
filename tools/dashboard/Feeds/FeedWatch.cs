using System.Diagnostics;
using System.Globalization;
using DealerFlow.Feed;
using DealerFlow.Wire;

namespace DealerFlow.Dashboard;

/// <summary>
/// The thread that reads one feed for everybody. It looks at a word of the feed's head, copies a snapshot when there is a new one, makes its
/// JSON at most once, and lays the same bytes into the queue of every client; no client can hold it up. A feed that is not there, that was
/// taken over or removed is tried for again and again.
/// </summary>
internal sealed class FeedWatch : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan FastPoll = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Telling = TimeSpan.FromSeconds(1);

    // Ten a second and a little: of a writer that publishes ten times a second none is left out, though one may be seen late and the next in time.
    private static readonly long ShowTicks = (long)(0.095 * Stopwatch.Frequency);

    private readonly string _directory;
    private readonly ClientList _clients;
    private readonly ChangeList _changes = new();
    private readonly Action<string, long> _onRead;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    // The buffer and the document of what is in it: the thread fills, requests look.
    private readonly Lock _shown = new();
    private SnapshotBuffer? _snapshot;
    private LevelsDocument? _document;

    // Of the thread alone.
    private FeedSubscriber? _feed;
    private ulong _readNumber;
    private long _readSecond;
    private long _keptSecond;
    private ulong _keptEpoch;
    private bool _isFast;
    private ulong _toldNumber;
    private ulong _changePosition;
    private long _readAt;
    private long _showDue;
    private long _toldAt;

    private FeedStatus _status = FeedStatus.Unknown;

    /// <param name="directory">Where feeds live.</param>
    /// <param name="feed">Name of the feed.</param>
    /// <param name="stuckAfter">When a client that takes nothing is let go.</param>
    /// <param name="history">Where what is read is kept; null = nowhere. It goes with the watch.</param>
    /// <param name="onRead">Told how long each publication took to get here, ns.</param>
    public FeedWatch(string directory, string feed, TimeSpan stuckAfter, HistoryStore? history, Action<string, long> onRead)
    {
        History = history;
        _onRead = onRead;
        _directory = directory;
        Feed = feed;
        _clients = new ClientList(stuckAfter);
        LookAt();
        _thread = new Thread(Run) { Name = $"feed {feed}", IsBackground = true };
        _thread.Start();
    }

    public string Feed { get; }

    public ClientList Clients => _clients;

    public HistoryStore? History { get; }

    /// <summary>The last notices of the change stream.</summary>
    public ChangeList Changes => _changes;

    /// <summary>Event time of the last snapshot; null = there was none yet.</summary>
    public long? EventTimeNanos
    {
        get
        {
            lock (_shown) return _snapshot is { HasSnapshot: true } snapshot ? snapshot.Market.Head.EventTimeNanos : null;
        }
    }

    /// <summary>The run that made the last snapshot; false = there was none yet.</summary>
    public bool TryGetRuntime(out RuntimeSection runtime)
    {
        lock (_shown)
        {
            bool isThere = _snapshot is { HasSnapshot: true };
            runtime = isThere ? _snapshot!.Runtime : default;
            return isThere;
        }
    }

    public FeedStatus Status => Volatile.Read(ref _status);

    /// <summary>The document of the last snapshot, with the state of now; null = there was none yet.</summary>
    public LevelsDocument? Document()
    {
        lock (_shown)
        {
            if (_snapshot is not { HasSnapshot: true } snapshot) return null;
            string state = Status.State;
            bool isCurrent = _document is { } made && made.PublishNumber == snapshot.Runtime.PublishNumber && made.Epoch == snapshot.Runtime.Epoch && made.State == state;
            return isCurrent ? _document : _document = LevelsDocument.Of(snapshot, state);
        }
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _feed?.Dispose();
        History?.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.Wait(_feed is null ? Retry : _isFast ? FastPoll : Poll)) LookAt();
    }

    private void LookAt()
    {
        try
        {
            _feed ??= Open();
            Follow(_feed);
        }
        catch (FeedException refused)
        {
            Leave(refused.Error == FeedError.NotFound || refused.Error == FeedError.DirectoryNotFound ? nameof(FeedState.NotFound) : FeedStatus.Unreadable, refused.Message);
        }
        catch (Exception unforeseen) when (unforeseen is IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException)
        {
            Leave(FeedStatus.Unreadable, unforeseen.Message);
        }
        _clients.LetStuckOnesGo();
    }

    private FeedSubscriber Open()
    {
        FeedSubscriber feed = FeedOpening.Open(_directory, Feed);
        _readNumber = 0;
        lock (_shown) (_snapshot, _document) = (feed.CreateBuffer(), null);
        // Those of before are for the list, not news to a stream.
        _changePosition = 0;
        TakeChanges(feed, areNews: false);
        return feed;
    }

    private void Follow(FeedSubscriber feed)
    {
        FeedState state = feed.State();
        if (state is FeedState.Superseded or FeedState.NotFound or FeedState.Corrupt)
        {
            // What was read before stays shown until another file of this name is read.
            Leave(state.ToString(), state switch
            {
                FeedState.NotFound => $"Feed '{Feed}' has been removed; start its writer again.",
                FeedState.Corrupt => $"The head of feed '{Feed}' is damaged; restart its writer.",
                _ => null,
            });
            return;
        }
        if (feed.PublishNumber != _readNumber && (Stopwatch.GetTimestamp() >= _showDue || (History is not null && SecondOf(feed.EventTimeNanos) != _readSecond))) Read(feed);
        Tell(StatusOf(feed, state));
        TakeChanges(feed, areNews: true);
        Show();
    }

    private void Read(FeedSubscriber feed)
    {
        lock (_shown)
        {
            if (feed.TryRead(_snapshot!) != SnapshotReadStatus.Ok) return;
        }
        // The thread alone fills the buffer, so it may look without the lock.
        ref readonly RuntimeSection runtime = ref _snapshot!.Runtime;
        if (_readNumber != 0) _onRead(Feed, FeedClock.System.MonotonicNanos - runtime.PublishMonotonicNanos);
        _readNumber = runtime.PublishNumber;
        long second = SecondOf(_snapshot.Market.Head.MarkTimeNanos);
        // A replay that runs many seconds in one is looked at more often, so that few of them are missing in its history.
        _isFast = _readAt != 0 && second - _readSecond > 5 * Stopwatch.GetElapsedTime(_readAt).TotalSeconds;
        _readSecond = second;
        _readAt = Stopwatch.GetTimestamp();
        if (History is { } history) Keep(history, _snapshot, second);
    }

    private void Keep(HistoryStore history, SnapshotBuffer snapshot, long second)
    {
        MarketView market = snapshot.Market;
        ref readonly MarketSection head = ref market.Head;
        ulong epoch = snapshot.Runtime.Epoch;
        if (head.MarkTimeNanos <= 0 || (second == _keptSecond && epoch == _keptEpoch)) return;
        bool isFirst = _keptSecond == 0;
        int session = head.SessionDate != 0 ? head.SessionDate : int.Parse($"{UnixNanos.ToUtc(head.MarkTimeNanos):yyyyMMdd}", CultureInfo.InvariantCulture);
        (long before, ulong epochBefore) = (_keptSecond, _keptEpoch);
        (_keptSecond, _keptEpoch) = (second, epoch);
        // After a restart of this server the snapshot that is still there may be in the history already.
        if (isFirst && HistoryQuery.Holds(history, session, second, epoch)) return;
        history.Keep(new LevelsEntry { Epoch = epoch, Session = session, Underlying = head.Underlying.ToString(), MarkTimeNanos = head.MarkTimeNanos, Values = HistoryColumns.Of(market) });
        if (second / HistoryStore.HeatSeconds != before / HistoryStore.HeatSeconds || epoch != epochBefore) history.Keep(HeatEntry.Of(market, epoch, session));
    }

    private static long SecondOf(long nanos) => nanos / UnixNanos.PerSecond;

    private FeedStatus StatusOf(FeedSubscriber feed, FeedState state)
    {
        bool hasOne = _snapshot!.HasSnapshot;
        long age = hasOne ? FeedClock.System.MonotonicNanos - _snapshot.Runtime.PublishMonotonicNanos : -1;
        return new FeedStatus
        {
            State = state.ToString(),
            AgeNanos = age >= 0 ? age : null,
            HeartbeatAgeNanos = feed.HeartbeatAgeNanos is >= 0 and long beat ? beat : null,
            Epoch = feed.Epoch,
            PublishNumber = feed.PublishNumber,
            EventTimeNanos = feed.EventTimeNanos,
            Underlying = hasOne ? _snapshot.Market.Head.Underlying.ToString() : null,
        };
    }

    private void Show()
    {
        long now = Stopwatch.GetTimestamp();
        if (_readNumber == _toldNumber || now < _showDue) return;
        _toldNumber = _readNumber;
        // What came late takes nothing from the next, but no more than one is made up for.
        _showDue = Math.Max(_showDue, now - ShowTicks) + ShowTicks;
        // Nobody looks: nothing is written.
        if (_clients.Count > 0 && Document() is { } document) _clients.Show(document.Event);
    }

    private void Tell(FeedStatus status)
    {
        bool isNews = !status.SaysTheSameAs(Status);
        Volatile.Write(ref _status, status);
        if (!isNews && !IsDue(_toldAt, Telling)) return;
        _toldAt = Stopwatch.GetTimestamp();
        if (_clients.Count > 0) _clients.Tell(Events.State(status));
    }

    private void TakeChanges(FeedSubscriber feed, bool areNews)
    {
        while (feed.TryReadChange(ref _changePosition, out LevelChange change, out ulong missed) == SnapshotReadStatus.Ok)
        {
            _changes.Add(in change);
            // What an earlier writer of the feed noticed was kept when it did, or was of another market.
            if (change.Epoch == feed.Epoch) History?.Keep(new ChangeEntry { Epoch = change.Epoch, Change = change });
            if (areNews && _clients.Count > 0) _clients.Tell(Events.Change(in change, missed));
        }
    }

    private void Leave(string state, string? error)
    {
        _feed?.Dispose();
        _feed = null;
        _toldNumber = 0;
        Tell(Status with { State = state, Error = error, HeartbeatAgeNanos = null });
    }

    private static bool IsDue(long since, TimeSpan after) => since == 0 || Stopwatch.GetElapsedTime(since) >= after;
}
