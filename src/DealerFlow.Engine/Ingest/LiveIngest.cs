using System.Numerics;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// The producer's side of the ring of a live stream, which nobody can hold back: while the ring is full, ticks wait in an
/// <see cref="OverloadBuffer"/>, and while any waits there, all go through it, so that the order stays.
/// </summary>
internal sealed class LiveIngest
{
    private readonly TickRing<Tick> _ring;
    private readonly OverloadBuffer _waiting;
    private readonly ArrivalTimes? _arrivals;
    private readonly Tick[] _scratch;
    private readonly int _degradeAt;
    private readonly int _recoverAt;
    private bool _isAside;               // the last claim was of the scratch
    private ulong _in;
    private ulong _droppedBefore;
    private long _highWater;
    private int _state;

    public LiveIngest(TickRing<Tick> ring, Shards shards, OverloadOptions options, ArrivalTimes? arrivals)
    {
        (_ring, _arrivals) = (ring, arrivals);
        int contracts = shards.First.DenseInstruments;
        _waiting = new OverloadBuffer(contracts, contracts + options.Reserve, shards.UnderlyingIds);
        _scratch = new Tick[options.Batch];
        _degradeAt = (int)(options.DegradeAt * _waiting.Capacity);
        _recoverAt = _degradeAt / 2;
    }

    /// <summary>Messages that the source gave, and gaps that were made here. Any thread.</summary>
    public ulong In => Volatile.Read(ref _in);

    /// <summary>Something waits for room. Thread of ingest.</summary>
    public bool HasWaiting => !_waiting.IsEmpty;

    /// <summary>So much waits that only what matters most is to be calculated. Any thread.</summary>
    public bool IsDegraded => Volatile.Read(ref _state) >= (int)OverloadState.Degraded;

    /// <summary>How it stands. Any thread; the figures are not of one instant.</summary>
    public OverloadStatus Status => new(
        (OverloadState)Volatile.Read(ref _state), _waiting.Conflated, _waiting.Dropped, _waiting.Count, Volatile.Read(ref _highWater), _ring.Capacity);

    /// <summary>Room for what the source has: of the ring, or beside it.</summary>
    public Span<Tick> Claim(int wanted)
    {
        TryDrain();
        Span<Tick> room = HasWaiting ? default : _ring.Claim(wanted);
        _isAside = room.IsEmpty;
        return _isAside ? _scratch : room;
    }

    /// <summary>The source has filled so many of what <see cref="Claim"/> gave.</summary>
    public void Publish(int count)
    {
        // Before they can be counted anywhere else.
        Volatile.Write(ref _in, _in + (ulong)count);
        if (_isAside) _waiting.Add(_scratch.AsSpan(0, count));
        else PublishInRing(count);
        long queued = _ring.Cursor - _ring.SlowestReleased;
        if (queued > _highWater) Volatile.Write(ref _highWater, queued);
        SetState();
    }

    /// <summary>Moves what waits into the ring as far as there is room; false when there was none.</summary>
    public bool TryDrain()
    {
        bool hasMoved = false;
        while (HasWaiting)
        {
            Span<Tick> room = _ring.Claim(_scratch.Length);
            if (room.IsEmpty) break;
            ulong gaps = _waiting.GapsMade;
            int count = _waiting.Drain(room);
            Volatile.Write(ref _in, _in + _waiting.GapsMade - gaps);
            PublishInRing(count);
            hasMoved = true;
        }
        SetState();
        return hasMoved;
    }

    private void PublishInRing(int count)
    {
        if (count > 0) _arrivals?.Note(_ring.Cursor + count);
        _ring.Publish(count);
    }

    private void SetState()
    {
        var state = (OverloadState)_state;
        ulong dropped = _waiting.Dropped;
        if (_waiting.IsEmpty) state = OverloadState.None;
        else if (dropped > _droppedBefore) state = OverloadState.Dropping;
        else if (_waiting.Count >= _degradeAt) state = state < OverloadState.Degraded ? OverloadState.Degraded : state;
        else if (_waiting.Count < _recoverAt || state == OverloadState.None) state = OverloadState.Conflating;
        if (state == OverloadState.None) _droppedBefore = dropped;
        Volatile.Write(ref _state, (int)state);
    }
}

/// <summary>What becomes of the ticks of a live stream while the ring is full.</summary>
public sealed record OverloadOptions
{
    /// <summary>Ticks that may wait beside one for each contract.</summary>
    public int Reserve
    {
        get;
        init => field = value is >= 0 and <= 1 << 24 ? value : throw new ArgumentOutOfRangeException(
            nameof(Reserve), value, "Up to 16,777,216 ticks may wait beside those of the contracts.");
    } = 1 << 16;

    /// <summary>Ticks that are asked of the source at a time while the ring is full.</summary>
    public int Batch
    {
        get;
        init => field = value is >= 1 and <= 1 << 20 && BitOperations.IsPow2(value) ? value : throw new ArgumentOutOfRangeException(
            nameof(Batch), value, "A batch is a power of two, up to 1,048,576.");
    } = 1024;

    /// <summary>Share of the waiting room from which on quotes far out of the money are left for later.</summary>
    public double DegradeAt
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(
            nameof(DegradeAt), value, "The share lies above 0 and is at most 1.");
    } = 0.5;
}

/// <summary>How a live stream stands that comes faster than it is calculated.</summary>
/// <param name="State">How far it has come.</param>
/// <param name="Conflated">Ticks that a later one replaced before it was looked at.</param>
/// <param name="Dropped">Ticks that were lost, each covered by a gap.</param>
/// <param name="Waiting">Ticks that wait for room in the ring.</param>
/// <param name="RingHighWater">The most that the ring has held.</param>
/// <param name="RingCapacity">What it can hold; 0 = nobody counts, for the stream is lossless.</param>
public readonly record struct OverloadStatus(OverloadState State, ulong Conflated, ulong Dropped, int Waiting, long RingHighWater, int RingCapacity);
