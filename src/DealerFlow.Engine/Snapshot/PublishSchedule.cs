namespace DealerFlow.Engine;

/// <summary>
/// When the snapshot of each underlying is due: at the first mark at or after each multiple of the interval. Those of a whole market would
/// hold the stream up for seconds if they left together: they leave in turn, each at its own place in the interval.
/// </summary>
internal sealed class PublishSchedule
{
    private readonly long _interval;
    private readonly long[] _places;        // by underlying, nanoseconds after the multiple
    private readonly long[] _next;

    /// <param name="part">The underlyings, and which of the whole market they are.</param>
    /// <param name="options">How often; snapshots that are combined leave together.</param>
    public PublishSchedule(MarketPart part, EngineOptions options)
    {
        _interval = options.PublishIntervalNanos;
        _places = new long[part.UnderlyingIds.Length];
        _next = new long[part.UnderlyingIds.Length];
        Array.Fill(_next, long.MinValue);
        IsInTurn = part.Whole.Length > RoomForLater.WholeMarket && options.Combined is null;
        if (!IsInTurn) return;
        for (int i = 0; i < _places.Length; i++)
            _places[i] = (long)((Int128)_interval * Array.IndexOf(part.Whole, part.UnderlyingIds[i]) / part.Whole.Length);
    }

    /// <summary>Snapshots leave one after the other.</summary>
    public bool IsInTurn { get; }

    /// <summary>Whether a mark is to be followed by a snapshot.</summary>
    public bool IsDue(int underlying, long markNanos)
    {
        if (_next[underlying] == long.MinValue && IsInTurn) Published(underlying, markNanos);
        return markNanos >= _next[underlying];
    }

    /// <summary>The snapshot of a mark has left.</summary>
    public void Published(int underlying, long markNanos) =>
        _next[underlying] = markNanos - ((markNanos - _places[underlying]) % _interval) + _interval;
}
