using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Where marks fall in event time: on fixed multiples of the interval, on every settlement instant, and where the pin state
/// of an expiry begins. Knows nothing of prices.
/// </summary>
internal sealed class MarkClock
{
    /// <summary>
    /// Instants beyond it cannot be told from garbage, and the count would wrap soon after: 2261-12-31T00:00:00Z, so that the session of
    /// every instant ends on a date that New York's clock knows.
    /// </summary>
    public const long LatestNanos = 9_214_560_000 * UnixNanos.PerSecond;

    private readonly long _interval;
    private readonly List<long> _instants;
    private int _nextInstant;
    private bool _hasStarted;
    private long _lastMark = long.MinValue;

    public MarkClock(long intervalNanos, IEnumerable<long> settlements)
    {
        _interval = intervalNanos;
        _instants = [.. settlements.Distinct().SelectMany(InstantsOf).Distinct().Order()];
    }

    /// <summary>The latest settlement known; 0 without any.</summary>
    public long LastInstantNanos => _instants.Count == 0 ? 0 : _instants[^1];

    /// <summary>A settlement that came or moved: its instants are marks too, unless they are over.</summary>
    public void Add(long settlementNanos)
    {
        foreach (long instant in InstantsOf(settlementNanos))
        {
            int at = _instants.BinarySearch(_nextInstant, _instants.Count - _nextInstant, instant, null);
            if (at >= 0 || (_hasStarted && instant <= _lastMark)) continue;
            _instants.Insert(~at, instant);
        }
        if (_hasStarted && _nextInstant < _instants.Count) NextNanos = Math.Min(NextNanos, _instants[_nextInstant]);
    }

    private static long[] InstantsOf(long settlementNanos) => [settlementNanos - MarkTerms.PinNanos, settlementNanos];

    /// <summary>An event at or after this instant finds a mark to be made first.</summary>
    public long NextNanos { get; private set; } = long.MinValue;

    /// <summary>
    /// The mark to make before an event at <paramref name="eventTimeNanos"/> takes effect; ask until
    /// <see cref="NextNanos"/> lies beyond the event. A silence of many intervals is one mark, but every instant in it is one too.
    /// </summary>
    public long Advance(long eventTimeNanos)
    {
        long mark = FloorToInterval(eventTimeNanos);
        if (!_hasStarted)
        {
            // Instants before the first event are history: whatever settled then is gone at the first mark.
            _hasStarted = true;
            while (_nextInstant < _instants.Count && _instants[_nextInstant] <= mark) _nextInstant++;
        }
        else if (_nextInstant < _instants.Count && _instants[_nextInstant] <= eventTimeNanos)
        {
            mark = _instants[_nextInstant++];
        }
        _lastMark = mark;
        NextNanos = FloorToInterval(mark) + _interval;
        if (_nextInstant < _instants.Count) NextNanos = Math.Min(NextNanos, _instants[_nextInstant]);
        return mark;
    }

    private long FloorToInterval(long nanos) => nanos - (((nanos % _interval) + _interval) % _interval);
}
