using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Where the ticks of a live stream wait while the ring has no room. National best quotes and spots are states: a later one takes the
/// place of the one that waits. Trades, open interest, definitions and notices are events: each waits for itself. What finds no room
/// here either is dropped, counted, and told in band by a gap of its instrument.
/// </summary>
/// <remarks>
/// A state keeps the place of the first that waits: at the end of the queue the busiest contracts, which matter most, would never come to
/// their turn. Between contracts event time may therefore run back a little, which the calculation counts and clamps; the order of each
/// contract stays. A trade is signed by the quote in force, so a quote that an event of its own contract has followed is never replaced.
/// A quote that is no national best changes nothing that is kept and never waits. One thread, that of ingest; the figures may be read by any.
/// </remarks>
internal sealed class OverloadBuffer
{
    private const int None = -1;

    private readonly Entry[] _entries;
    private readonly int[] _waiting;            // by instrument id: its state among the entries + 1; 0 = none
    private readonly ulong[] _isLost;           // by instrument id, a bit: a gap is owed
    private readonly uint[] _lost;              // those ids
    private readonly uint[] _underlyings;       // told of a loss whose instrument has no place here
    private int _lostCount;
    private bool _owesAll;                      // among them every underlying, for the sake of an id without a place
    private int _head = None, _tail = None, _free;
    private int _count;
    private long _lastNanos;
    private ulong _conflated, _dropped;

    /// <param name="instruments">Instrument ids below it have a place of their own; a state of any other waits like an event.</param>
    /// <param name="capacity">Ticks that may wait at a time.</param>
    /// <param name="underlyings">Ids of the underlyings.</param>
    public OverloadBuffer(int instruments, int capacity, ReadOnlySpan<uint> underlyings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _entries = new Entry[capacity];
        for (int i = 0; i < capacity; i++) _entries[i].Next = i + 1 < capacity ? i + 1 : None;
        _waiting = new int[instruments];
        _isLost = new ulong[(instruments + 63) / 64];
        _lost = new uint[instruments + underlyings.Length];
        _underlyings = underlyings.ToArray();
    }

    /// <summary>Nothing waits, and no gap is owed.</summary>
    public bool IsEmpty => _count == 0 && _lostCount == 0;

    /// <summary>Ticks that wait.</summary>
    public int Count => _count;

    /// <summary>Ticks that may wait.</summary>
    public int Capacity => _entries.Length;

    /// <summary>Ticks that a later one replaced, or that changed nothing while others waited. Any thread.</summary>
    public ulong Conflated => Volatile.Read(ref _conflated);

    /// <summary>Ticks for which there was no room. Any thread.</summary>
    public ulong Dropped => Volatile.Read(ref _dropped);

    /// <summary>Gap ticks made here; they came from no source. Thread of ingest.</summary>
    public ulong GapsMade { get; private set; }

    /// <summary>Takes ticks in the order of the stream.</summary>
    public void Add(ReadOnlySpan<Tick> ticks)
    {
        ulong conflated = 0, dropped = 0;
        foreach (ref readonly Tick tick in ticks)
        {
            _lastNanos = Math.Max(_lastNanos, tick.EventTimeNanos);
            switch (Take(in tick))
            {
                case Outcome.Conflated: conflated++; break;
                case Outcome.Dropped: dropped++; break;
                default: break;
            }
        }
        Volatile.Write(ref _conflated, _conflated + conflated);
        Volatile.Write(ref _dropped, _dropped + dropped);
    }

    /// <summary>Moves what waits longest into <paramref name="room"/> and says how many; gaps that are owed follow the last.</summary>
    public int Drain(Span<Tick> room)
    {
        int count = 0;
        for (; count < room.Length && _head != None; count++)
        {
            int index = _head;
            room[count] = _entries[index].Tick;
            Forget(index);
            _head = _entries[index].Next;
            if (_head == None) _tail = None;
            Free(index);
        }
        while (_head == None && _lostCount > 0 && count < room.Length)
        {
            uint id = _lost[--_lostCount];
            if (id < (uint)_waiting.Length) _isLost[id >> 6] &= ~(1UL << (int)(id & 63));
            room[count++] = new Tick { EventTimeNanos = _lastNanos, InstrumentId = id, Kind = TickKind.Gap };
            GapsMade++;
        }
        _owesAll &= _lostCount > 0;
        return count;
    }

    private Outcome Take(in Tick tick)
    {
        bool hasPlace = tick.InstrumentId < (uint)_waiting.Length;
        bool isQuote = tick.Kind == TickKind.Quote;
        if (isQuote && (tick.Flags & TickFlags.NationalBest) == 0) return Outcome.Conflated;
        int before = hasPlace ? _waiting[tick.InstrumentId] - 1 : None;
        if (!isQuote && tick.Kind != TickKind.Spot)
        {
            // An event sees the state that it followed: nothing may replace that any more.
            if (before != None) _waiting[tick.InstrumentId] = 0;
            return TryAppend(in tick, out _) ? Outcome.Waits : Lose(in tick);
        }
        if (before != None && _entries[before].Tick.Kind == tick.Kind)
        {
            _entries[before].Tick = tick;
            return Outcome.Conflated;
        }
        if (!TryAppend(in tick, out int index)) return Lose(in tick);
        if (hasPlace) _waiting[tick.InstrumentId] = index + 1;
        return Outcome.Waits;
    }

    private Outcome Lose(in Tick tick)
    {
        if (tick.InstrumentId < (uint)_waiting.Length)
        {
            ref ulong word = ref _isLost[tick.InstrumentId >> 6];
            ulong bit = 1UL << (int)(tick.InstrumentId & 63);
            if ((word & bit) == 0) _lost[_lostCount++] = tick.InstrumentId;
            word |= bit;
            return Outcome.Dropped;
        }
        if (_owesAll) return Outcome.Dropped;
        _owesAll = true;
        foreach (uint underlying in _underlyings) _lost[_lostCount++] = underlying;
        return Outcome.Dropped;
    }

    private void Forget(int index)
    {
        uint id = _entries[index].Tick.InstrumentId;
        if (id < (uint)_waiting.Length && _waiting[id] == index + 1) _waiting[id] = 0;
    }

    private bool TryAppend(in Tick tick, out int index)
    {
        index = _free;
        if (index == None) return false;
        _free = _entries[index].Next;
        _entries[index].Tick = tick;
        Link(index);
        Volatile.Write(ref _count, _count + 1);
        return true;
    }

    private void Free(int index)
    {
        _entries[index].Next = _free;
        _free = index;
        Volatile.Write(ref _count, _count - 1);
    }

    private void Link(int index)
    {
        _entries[index].Next = None;
        if (_tail == None) _head = index;
        else _entries[_tail].Next = index;
        _tail = index;
    }

    private enum Outcome
    {
        Waits,
        Conflated,
        Dropped,
    }

    private struct Entry
    {
        public Tick Tick;
        public int Next;
    }
}
