namespace DealerFlow.Dashboard;

/// <summary>The feeds that are watched: the one of the command line from the start, another from the first request for it.</summary>
internal sealed class FeedWatches : IDisposable
{
    private readonly DashboardOptions _options;
    private readonly DashboardMetrics _metrics;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FeedWatch> _watches = [];
    private bool _isClosed;

    public FeedWatches(DashboardOptions options)
    {
        _options = options;
        _metrics = new DashboardMetrics(() => All);
    }

    public IReadOnlyList<FeedWatch> All
    {
        get
        {
            lock (_gate) return [.. _watches.Values];
        }
    }

    /// <summary>The watch of a feed; null when as many as may be are watched already.</summary>
    /// <exception cref="IOException">Its history cannot be written.</exception>
    public FeedWatch? Of(string feed)
    {
        lock (_gate)
        {
            if (_watches.TryGetValue(feed, out FeedWatch? known)) return known;
            if (_isClosed || _watches.Count >= _options.MaxFeeds) return null;
            HistoryStore? history = _options.Store is { } folder ? HistoryStore.Open(folder, feed, _options.Sessions) : null;
            var watch = new FeedWatch(_options.FeedDirectory, feed, _options.StuckAfter, history, _metrics.AddLatency);
            _watches.Add(feed, watch);
            return watch;
        }
    }

    public void Dispose()
    {
        FeedWatch[] all;
        lock (_gate)
        {
            _isClosed = true;
            all = [.. _watches.Values];
        }
        foreach (FeedWatch watch in all) watch.Dispose();
        _metrics.Dispose();
    }
}
