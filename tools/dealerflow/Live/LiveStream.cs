using System.Net.Sockets;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Engine;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Live;

/// <summary>
/// Datagrams of all ports into the ticks of one stream: each number once, whichever line brings it, and a gap where one never comes.
/// </summary>
internal sealed class LiveStream : IDisposable
{
    // Longer than any datagram of IP.
    private const int MaxDatagramBytes = 1 << 17;

    // A channel that has said nothing for so long will not bring what is missing.
    private const int GapPatienceMilliseconds = 200;

    // Rounds in which nobody sleeps, for the next datagram is near; then it is waited for, at first so that what waits elsewhere goes on.
    private const int RoundsAwake = 64;
    private const int ShortWaitMicroseconds = 1_000;
    private const int LongWaitMicroseconds = 20_000;
    private const int RoundsOfShortWaits = RoundsAwake + 200;

    private readonly Line[] _lines;
    private readonly SequenceGate _gate;
    private readonly TickQueue _ticks = new();
    private readonly byte[] _datagram = new byte[MaxDatagramBytes];
    private readonly List<Socket> _readable = [];
    private readonly CancellationToken _stop;
    private readonly Lock _figuresLock = new();
    private DatagramReader? _reader;
    private InstrumentDefinition[] _definitions = [];
    private IngestSection _figures;         // of the ingest thread
    private IngestSection _shown;           // of whoever asks
    private int _next;
    private int _idleRounds;
    private readonly Func<long> _milliseconds;
    private long _heardAt;
    private bool _hasEnded;

    /// <param name="groups">Ports; those of one group are redundant lines of one stream.</param>
    /// <param name="stop">Ends the stream.</param>
    /// <param name="milliseconds">A clock that never runs back; the machine's when null.</param>
    public LiveStream(IReadOnlyList<IReadOnlyList<DatagramPort>> groups, CancellationToken stop, Func<long>? milliseconds = null)
    {
        _milliseconds = milliseconds ?? (() => Environment.TickCount64);
        _heardAt = _milliseconds();
        _lines = [.. groups.SelectMany((ports, group) => ports.Select((port, line) => new Line(port, (ushort)group, (byte)line)))];
        _stop = stop;
        _gate = new SequenceGate(new SequenceGateOptions());
    }

    /// <summary>How it came in so far. Any thread.</summary>
    public IngestSection Figures
    {
        get
        {
            lock (_figuresLock) return _shown;
        }
    }

    /// <summary>The first complaint about a datagram; null = there was none.</summary>
    public string? FirstTrouble { get; private set; }

    /// <summary>Where the numbering of a feed is not established, losses cannot be told.</summary>
    public bool KnowsNumbering => _reader?.KnowsNumbering ?? true;

    /// <summary>Waits for the first datagram that can be read, and says what it is of.</summary>
    /// <param name="contracts">Contracts of a file, if there is one.</param>
    /// <returns>False: the stream ended before.</returns>
    public bool TryBegin(LiveContracts? contracts)
    {
        while (_reader is null)
        {
            if (_stop.IsCancellationRequested || _hasEnded) return false;
            (Line? line, int length) = NextDatagram();
            if (line is null) continue;
            ReadOnlySpan<byte> datagram = _datagram.AsSpan(0, length);
            _reader = TickDatagrams.IsOne(datagram) ? new TickDatagrams(_gate, _ticks, contracts)
                : Import.OpraBlockHeader.IsOne(datagram) ? new OpraDatagrams(_gate, _ticks, contracts)
                : null;
            if (_reader is null) Refuse(line, "it is neither a datagram of ticks nor a block of OPRA");
            else Take(line, datagram);
        }
        return true;
    }

    /// <summary>The contracts of the day: those of the file, or those that the stream begins with.</summary>
    public InstrumentDefinition[] AwaitDefinitions()
    {
        while (!_reader!.HasDefinitions && !_stop.IsCancellationRequested && !_hasEnded) Pump();
        _definitions = _reader.Definitions();
        uint greatest = 0;
        foreach (ref readonly InstrumentDefinition definition in _definitions.AsSpan()) greatest = Math.Max(greatest, definition.InstrumentId);
        const int MaxDense = 1 << 22;
        _gate.ReserveInstruments((int)Math.Min(greatest + 1L, MaxDense));
        return _definitions;
    }

    /// <summary>Fills a prefix of <paramref name="room"/>: as <see cref="ITickSource.Read"/>.</summary>
    public int Read(Span<Tick> room)
    {
        if (_ticks.IsEmpty && !_hasEnded) Pump();
        int count = _ticks.Take(room);
        if (count > 0) return count;
        return _hasEnded || _stop.IsCancellationRequested ? 0 : -1;
    }

    public void Dispose()
    {
        foreach (Line line in _lines) line.Port.Dispose();
    }

    /// <summary>Takes datagrams until there are ticks or there is nothing more for the moment, then waits a little.</summary>
    private void Pump()
    {
        (Line? line, int length) = NextDatagram();
        if (line is not null) Take(line, _datagram.AsSpan(0, length));
        else if (_milliseconds() - _heardAt > GapPatienceMilliseconds) GiveUpGaps();
        if (!_hasEnded && _reader is { HasEnded: true } && (_gate.Counts.GapsOpen == 0 || _milliseconds() - _heardAt > GapPatienceMilliseconds)) _hasEnded = true;
        if (_hasEnded) GiveUpGaps();
        TellGaps();
        Show();
    }

    /// <summary>The next datagram of any line, in turn; waits a little where there is none.</summary>
    private (Line? Line, int Length) NextDatagram()
    {
        int ended = 0;
        for (int tried = 0; tried < _lines.Length; tried++)
        {
            Line line = _lines[_next];
            _next = _next + 1 == _lines.Length ? 0 : _next + 1;
            if (line.HasEnded)
            {
                ended++;
                continue;
            }
            int length = line.Port.Receive(_datagram);
            if (length == DatagramPort.Ended) line.HasEnded = true;
            if (length < 0) continue;
            (_idleRounds, _heardAt) = (0, _milliseconds());
            return (line, length);
        }
        if (ended == _lines.Length) _hasEnded = true;
        else Wait();
        return (null, 0);
    }

    private void Wait()
    {
        if (_idleRounds++ < RoundsAwake)
        {
            Thread.Yield();
            return;
        }
        int microseconds = _idleRounds < RoundsOfShortWaits ? ShortWaitMicroseconds : LongWaitMicroseconds;
        _readable.Clear();
        foreach (Line line in _lines) if (line.Port.Socket is { } socket) _readable.Add(socket);
        if (_readable.Count == 0) Thread.Sleep(1);
        else if (_readable.Count == 1) _readable[0].Poll(microseconds, SelectMode.SelectRead);
        else Socket.Select(_readable, null, null, microseconds);
    }

    private void Take(Line line, ReadOnlySpan<byte> datagram)
    {
        if (_reader!.TryTake(datagram, line.Group, line.Number, ref _figures, out string? trouble)) return;
        Refuse(line, trouble!);
    }

    private void Refuse(Line line, string trouble)
    {
        _figures.Received++;
        _figures.Refused++;
        FirstTrouble ??= $"{line.Port.Address.Text}: a datagram was refused: {trouble}.";
        Show();
    }

    private void GiveUpGaps()
    {
        if (_gate.Counts.GapsOpen > 0) _gate.DeclareOpenGapsLost();
    }

    /// <summary>Whatever a loss may have replaced is stale until it comes again.</summary>
    private void TellGaps()
    {
        while (_gate.TryTakeNotice(out GapNotice notice))
        {
            foreach (ref readonly InstrumentDefinition definition in _definitions.AsSpan())
                if (definition.Kind != InstrumentKind.Underlying && !_reader!.Later.Contains(definition.InstrumentId)) TellGap(in notice, definition.InstrumentId);
            foreach (uint id in _reader!.Later) TellGap(in notice, id);
        }
    }

    private void TellGap(in GapNotice notice, uint id)
    {
        if (_gate.MayHaveMissed(in notice, id)) _ticks.Add(new Tick { EventTimeNanos = _reader!.LastNanos, InstrumentId = id, Kind = TickKind.Gap });
    }

    private void Show()
    {
        _figures.Lost = _gate.Counts.MessagesLost;
        lock (_figuresLock) _shown = _figures;
    }

    private sealed class Line(DatagramPort port, ushort group, byte number)
    {
        public DatagramPort Port => port;

        public ushort Group => group;

        /// <summary>Which of the redundant lines.</summary>
        public byte Number => number;

        public bool HasEnded { get; set; }
    }
}

/// <summary>The struct that the engine reads.</summary>
internal readonly struct LiveSource(LiveStream stream, LateDefinitionMoves? moves) : ITickSource
{
    public int Read(Span<Tick> ticks)
    {
        int count = stream.Read(ticks);
        if (count > 0) moves?.Apply(ticks[..count]);
        return count;
    }
}
