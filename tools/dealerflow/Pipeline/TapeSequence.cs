using System.Diagnostics;
using DealerFlow.Engine;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>One or more tapes of the same contracts, one after the other, flat out or at a multiple of event time.</summary>
internal sealed class TapeSequence : IDisposable
{
    private readonly TapeReader[] _readers;
    private readonly double _speed;
    private readonly CancellationToken _stop;

    // Under a pace: read from the tape and not handed out yet, from _firstEarly up to _endEarly.
    private readonly Tick[] _early = new Tick[1024];
    private int _firstEarly;
    private int _endEarly;

    private int _current;
    private long _startNanos;
    private long _startTimestamp;
    private bool _hasStarted;

    /// <param name="paths">Tapes in the order of their times.</param>
    /// <param name="speed">Event seconds per second; 0 = flat out.</param>
    /// <param name="stop">Ends waiting for the clock.</param>
    public TapeSequence(IReadOnlyList<string> paths, double speed, CancellationToken stop)
    {
        _speed = speed;
        _stop = stop;
        var readers = new List<TapeReader>();
        try
        {
            foreach (string path in paths) readers.Add(Open(path));
            _readers = [.. readers];
            for (int i = 1; i < _readers.Length; i++) CheckFollows(paths[i - 1], _readers[i - 1], paths[i], _readers[i]);
        }
        catch
        {
            foreach (TapeReader reader in readers) reader.Dispose();
            throw;
        }
    }

    public ReadOnlySpan<InstrumentDefinition> Definitions => _readers[0].Definitions;

    public long TickCount => _readers.Sum(reader => reader.TickCount);

    public IReadOnlyDictionary<string, string> Metadata => _readers[0].Metadata;

    /// <summary>Fills a prefix with the next ticks; under a pace, only what is due, waiting for the first.</summary>
    public int Read(Span<Tick> ticks)
    {
        int count = _speed > 0 ? ReadDue(ticks) : ReadNext(ticks);
        return _stop.IsCancellationRequested ? 0 : count;
    }

    public void Dispose()
    {
        foreach (TapeReader reader in _readers) reader.Dispose();
    }

    private int ReadNext(Span<Tick> ticks)
    {
        for (; _current < _readers.Length; _current++)
        {
            int count = _readers[_current].Read(ticks);
            if (count > 0) return count;
        }
        return 0;
    }

    private int ReadDue(Span<Tick> ticks)
    {
        if (_firstEarly == _endEarly) (_firstEarly, _endEarly) = (0, ReadNext(_early));
        if (_firstEarly == _endEarly) return 0;
        WaitFor(_early[_firstEarly].EventTimeNanos);
        int count = 0;
        do ticks[count++] = _early[_firstEarly++];
        while (count < ticks.Length && _firstEarly < _endEarly && SecondsUntil(_early[_firstEarly].EventTimeNanos) <= 0);
        return count;
    }

    private static TapeReader Open(string path)
    {
        if (Directory.Exists(path)) throw new CliException(ExitCode.Failure, $"{path} is a folder; name a tape.");
        if (!File.Exists(path)) throw new CliException(ExitCode.Failure, $"{path} does not exist; check the name, or make a tape with 'dealerflow synth'.");
        return TapeReader.Open(path);
    }

    private void WaitFor(long eventTimeNanos)
    {
        if (!_hasStarted)
        {
            _hasStarted = true;
            _startNanos = eventTimeNanos;
            _startTimestamp = Stopwatch.GetTimestamp();
        }
        while (!_stop.IsCancellationRequested)
        {
            double left = SecondsUntil(eventTimeNanos);
            if (left <= 0) return;
            _stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(Math.Min(left, 0.5)));
        }
    }

    private double SecondsUntil(long eventTimeNanos) =>
        ((eventTimeNanos - _startNanos) / 1e9 / _speed) - Stopwatch.GetElapsedTime(_startTimestamp).TotalSeconds;

    private static void CheckFollows(string earlierPath, TapeReader earlier, string laterPath, TapeReader later)
    {
        ReadOnlySpan<byte> before = System.Runtime.InteropServices.MemoryMarshal.AsBytes(earlier.Definitions);
        if (!before.SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(later.Definitions)))
            throw new CliException(ExitCode.Usage, $"{laterPath} defines other contracts than {earlierPath}; replay them one by one.");
        if (later.FirstEventTimeNanos < earlier.LastEventTimeNanos)
            throw new CliException(ExitCode.Usage, $"{laterPath} begins before {earlierPath} ends; name the tapes in the order of their times.");
    }
}

/// <summary>The struct that the engine reads.</summary>
/// <param name="tapes">Where the ticks come from.</param>
/// <param name="moves">Moves the settlement of contracts that are defined during the session; null = nothing to move.</param>
internal readonly struct TapeSource(TapeSequence tapes, LateDefinitionMoves? moves) : ITickSource
{
    public int Read(Span<Tick> ticks)
    {
        int count = tapes.Read(ticks);
        moves?.Apply(ticks[..count]);
        return count;
    }
}
