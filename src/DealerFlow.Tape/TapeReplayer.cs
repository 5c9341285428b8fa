using System.Diagnostics;
using DealerFlow.Wire;

namespace DealerFlow.Tape;

/// <summary>
/// Replays one or several tapes as one stream: flat out, at a multiple of event time, or step by step. The speed is no part of what is
/// replayed: the ticks are the same, in the same order.
/// </summary>
/// <remarks>
/// <see cref="Read"/> belongs to one thread; <see cref="Speed"/>, <see cref="Pause"/>, <see cref="Resume"/> and <see cref="Step"/> may be
/// called from any.
/// </remarks>
public sealed class TapeReplayer : IDisposable
{
    // Under a pace: read ahead and not handed out yet, from _firstEarly up to _endEarly.
    private readonly Tick[] _early = new Tick[1024];
    private readonly ITickStream _tapes;
    private readonly CancellationToken _stop;
    private readonly ManualResetEventSlim _mayRead = new(initialState: true);
    private readonly Lock _control = new();
    private int _firstEarly;
    private int _endEarly;

    // Under _control: written by whoever sets a pace, and by the thread of Read.
    private double _speed;
    private long _stepsLeft;             // of a pause: ticks that may be handed out
    private long _anchorNanos;           // event time …
    private long _anchorTimestamp;       // … and the clock's at that moment
    private bool _isAnchored;
    private long _skipToNanos = long.MinValue;      // up to here without pace or pause
    private bool _holdsAfterSkip;

    // Written by Read, read by anyone.
    private long _positionNanos;

    // Set once, when the first pace is set; read by Read without the lock, which sees it at its next call.
    private bool _isPaced;

    private TapeReplayer(ITickStream tapes, ReplayerOptions options)
    {
        _tapes = tapes;
        _stop = options.Stop;
        FromNanos = Math.Max(options.FromNanos, tapes.FirstEventTimeNanos);
        ToNanos = Math.Min(options.ToNanos, tapes.LastEventTimeNanos);
        _positionNanos = FromNanos;
        Speed = options.Speed;
    }

    /// <summary>What the ids of the stream mean.</summary>
    public ReadOnlySpan<InstrumentDefinition> Definitions => _tapes.Definitions;

    /// <summary>Of the first tape.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _tapes.Metadata;

    /// <summary>Ticks on all tapes, whatever part of them is replayed; 0 = not known beforehand.</summary>
    public long TickCount => _tapes.TickCount;

    /// <summary>Earliest event time on any tape.</summary>
    public long FirstEventTimeNanos => _tapes.FirstEventTimeNanos;

    /// <summary>Latest event time on any tape.</summary>
    public long LastEventTimeNanos => _tapes.LastEventTimeNanos;

    /// <summary>Where the part that is replayed begins, event time.</summary>
    public long FromNanos { get; }

    /// <summary>Where it ends.</summary>
    public long ToNanos { get; }

    /// <summary>Event time of the last tick that was handed out; where the part begins before the first. Any thread.</summary>
    public long PositionNanos => Volatile.Read(ref _positionNanos);             // one word: nothing else is read under it

    /// <summary>Ticks are handed out without pace, up to an instant that was asked for. Any thread.</summary>
    public bool IsSkipping
    {
        get
        {
            lock (_control) return _skipToNanos != long.MinValue;
        }
    }

    /// <summary>Ticks that cannot be read because of damage that was passed over.</summary>
    public long LostTicks => _tapes.LostTicks;

    /// <summary>Event seconds per second; 0 = flat out.</summary>
    public double Speed
    {
        get
        {
            lock (_control) return _speed;
        }

        set
        {
            if (!(value >= 0 && double.IsFinite(value))) throw new ArgumentOutOfRangeException(nameof(value), value, "A speed is 0, for flat out, or a positive number.");
            lock (_control) (_speed, _isPaced, _isAnchored) = (value, _isPaced || value > 0, false);
        }
    }

    /// <summary>Nothing is handed out but what <see cref="Step"/> allows.</summary>
    public bool IsPaused
    {
        get
        {
            lock (_control) return !_mayRead.IsSet || _stepsLeft > 0 || _holdsAfterSkip;
        }
    }

    /// <summary>Opens tapes.</summary>
    /// <param name="paths">The files, in the order in which ticks of one time are to come.</param>
    /// <param name="options">From when to when, how fast.</param>
    /// <exception cref="TapeFormatException">A tape is damaged.</exception>
    /// <exception cref="ArgumentException">Two tapes say different things of one contract.</exception>
    public static TapeReplayer Open(IReadOnlyList<string> paths, ReplayerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count);
        options ??= new ReplayerOptions();
        var readers = new List<TapeReader>();
        try
        {
            foreach (string path in paths) readers.Add(TapeReader.Open(path, options.Recovery));
            return new TapeReplayer(new TapeMerge(readers, paths, options.FromNanos, options.ToNanos), options);
        }
        catch
        {
            foreach (TapeReader reader in readers) reader.Dispose();
            throw;
        }
    }

    /// <summary>Replays a stream that is no tape, from its beginning to its end.</summary>
    /// <param name="stream">The ticks; owned from now on.</param>
    /// <param name="speed">Event seconds per second; 0 = flat out.</param>
    /// <param name="stop">Ends all waiting, and the stream.</param>
    public static TapeReplayer Over(ITickStream stream, double speed, CancellationToken stop) => new(stream, new ReplayerOptions { Speed = speed, Stop = stop });

    /// <summary>Holds the stream: the next <see cref="Read"/> waits.</summary>
    public void Pause()
    {
        lock (_control)
        {
            _stepsLeft = 0;
            _isPaced = true;
            // On the way to an instant it holds there.
            if (_skipToNanos != long.MinValue) _holdsAfterSkip = true;
            else _mayRead.Reset();
        }
    }

    /// <summary>
    /// Hands out every tick before an instant at once, whatever the pace, and goes on from there as before: paused where it was paused. An
    /// instant that has passed changes nothing.
    /// </summary>
    /// <param name="eventTimeNanos">UTC nanoseconds since the Unix epoch.</param>
    public void SkipTo(long eventTimeNanos)
    {
        lock (_control)
        {
            _isPaced = true;
            _holdsAfterSkip |= !_mayRead.IsSet || _stepsLeft > 0;
            _stepsLeft = 0;
            _skipToNanos = eventTimeNanos;
            _mayRead.Set();
        }
    }

    /// <summary>Goes on, at the speed in force, from where it was held.</summary>
    public void Resume()
    {
        lock (_control)
        {
            _stepsLeft = 0;
            _isAnchored = _holdsAfterSkip = false;
            _mayRead.Set();
        }
    }

    /// <summary>Hands out so many ticks more, at once, and holds the stream again.</summary>
    public void Step(long ticks)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ticks);
        lock (_control)
        {
            _isPaced = true;
            (_skipToNanos, _holdsAfterSkip) = (long.MinValue, false);
            _stepsLeft += ticks;
            _mayRead.Set();
        }
    }

    /// <summary>Fills a prefix with the next ticks; under a pace, only what is due, waiting for the first.</summary>
    /// <returns>How many; 0 = the end, or a stop.</returns>
    public int Read(Span<Tick> ticks)
    {
        int count = !Volatile.Read(ref _isPaced) && _firstEarly == _endEarly ? _tapes.Read(ticks) : ReadDue(ticks);
        if (_stop.IsCancellationRequested) return 0;
        if (count > 0) Volatile.Write(ref _positionNanos, ticks[count - 1].EventTimeNanos);     // one word, for whoever asks where it stands
        return count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tapes.Dispose();
        _mayRead.Dispose();
    }

    private int ReadDue(Span<Tick> ticks)
    {
        if (_firstEarly == _endEarly) (_firstEarly, _endEarly) = (0, _tapes.Read(_early));
        if (_firstEarly == _endEarly) return 0;
        while (!_stop.IsCancellationRequested)
        {
            if (!TryWaitForPermission()) return 0;
            double left;
            lock (_control)
            {
                if (!_mayRead.IsSet) continue;
                if (_stepsLeft > 0) return TakeSteps(ticks);
                if (_skipToNanos != long.MinValue)
                {
                    if (_early[_firstEarly].EventTimeNanos < _skipToNanos) return TakeSkipped(ticks);
                    EndSkip();
                    continue;
                }
                left = SecondsUntil(_early[_firstEarly].EventTimeNanos);
                if (left <= 0) return TakeDue(ticks);
            }
            _stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(Math.Min(left, 0.05)));
        }
        return 0;
    }

    private bool TryWaitForPermission()
    {
        try
        {
            _mayRead.Wait(_stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private int TakeSteps(Span<Tick> ticks)
    {
        int count = (int)Math.Min(Math.Min(_stepsLeft, ticks.Length), _endEarly - _firstEarly);
        _early.AsSpan(_firstEarly, count).CopyTo(ticks);
        _firstEarly += count;
        _stepsLeft -= count;
        if (_stepsLeft == 0) _mayRead.Reset();
        return count;
    }

    private int TakeSkipped(Span<Tick> ticks)
    {
        int count = 0;
        do ticks[count++] = _early[_firstEarly++];
        while (count < ticks.Length && _firstEarly < _endEarly && _early[_firstEarly].EventTimeNanos < _skipToNanos);
        return count;
    }

    private void EndSkip()
    {
        (_skipToNanos, _isAnchored) = (long.MinValue, false);
        if (_holdsAfterSkip) _mayRead.Reset();
        _holdsAfterSkip = false;
    }

    private int TakeDue(Span<Tick> ticks)
    {
        int count = 0;
        do ticks[count++] = _early[_firstEarly++];
        while (count < ticks.Length && _firstEarly < _endEarly && SecondsUntil(_early[_firstEarly].EventTimeNanos) <= 0);
        return count;
    }

    private double SecondsUntil(long eventTimeNanos)
    {
        if (_speed == 0) return 0;
        if (!_isAnchored) (_isAnchored, _anchorNanos, _anchorTimestamp) = (true, eventTimeNanos, Stopwatch.GetTimestamp());
        return ((eventTimeNanos - _anchorNanos) / 1e9 / _speed) - Stopwatch.GetElapsedTime(_anchorTimestamp).TotalSeconds;
    }
}

/// <summary>What part of the tapes is replayed, and how.</summary>
public sealed record ReplayerOptions
{
    /// <summary>
    /// Ticks before are left out; their definitions and open interest come first, at this time. Quotes, trades and spot of before are not
    /// known. UTC nanoseconds since the Unix epoch.
    /// </summary>
    public long FromNanos { get; init; } = long.MinValue;

    /// <summary>Ticks from the first one after it are left out.</summary>
    public long ToNanos { get; init; } = long.MaxValue;

    /// <summary>Event seconds per second; 0 = flat out.</summary>
    public double Speed { get; init; }

    /// <summary>What to do with a tape that is not whole.</summary>
    public TapeRecovery Recovery { get; init; }

    /// <summary>Ends all waiting, and the stream.</summary>
    public CancellationToken Stop { get; init; }
}
