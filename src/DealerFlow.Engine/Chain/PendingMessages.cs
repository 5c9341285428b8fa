using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// National-best quotes and open interest of contracts that are not defined yet: the last of each kind per id, for a bounded time and
/// in a bounded number. A definition admits them; what is never defined is told in the ledger.
/// </summary>
internal sealed class PendingMessages(int capacity)
{
    /// <summary>A contract that is not defined after this much event time is unknown.</summary>
    public const long LifeNanos = 60 * UnixNanos.PerSecond;

    private readonly Dictionary<(uint Instrument, TickKind Kind), Tick> _waiting = new(capacity);
    private readonly List<(uint Instrument, TickKind Kind)> _over = new(capacity);
    private long _oldestNanos = long.MaxValue;

    public int Count => _waiting.Count;

    /// <summary>Takes a message in; says whether it took the place of an earlier one, or null when there is no room.</summary>
    public bool? TryAdd(in Tick tick, long nowNanos)
    {
        (uint, TickKind) key = (tick.InstrumentId, tick.Kind);
        bool replaces = _waiting.ContainsKey(key);
        if (!replaces && _waiting.Count == capacity) return null;
        _waiting[key] = tick with { EventTimeNanos = nowNanos };
        _oldestNanos = Math.Min(_oldestNanos, nowNanos);
        return replaces;
    }

    /// <summary>Hands a waiting message of a contract that is defined now over.</summary>
    public bool TryTake(uint instrument, TickKind kind, out Tick tick) => _waiting.Remove((instrument, kind), out tick);

    /// <summary>Lets go of what has waited too long and returns how many those were.</summary>
    public int Expire(long nowNanos)
    {
        if (nowNanos - _oldestNanos <= LifeNanos || _waiting.Count == 0) return 0;
        _oldestNanos = long.MaxValue;
        _over.Clear();
        foreach ((var key, Tick tick) in _waiting)
        {
            if (nowNanos - tick.EventTimeNanos > LifeNanos) _over.Add(key);
            else _oldestNanos = Math.Min(_oldestNanos, tick.EventTimeNanos);
        }
        foreach (var key in _over) _waiting.Remove(key);
        return _over.Count;
    }
}

/// <summary>Puts a definition together from its four quarters, which have to come one after the other.</summary>
internal sealed class DefinitionAssembly
{
    private InstrumentDefinition _definition;
    private int _next;
    private uint _instrument;

    /// <summary>Takes a quarter; false when it is out of its place. A whole definition is handed over with the fourth.</summary>
    public bool TryAdd(in Tick tick, out bool isWhole, out InstrumentDefinition definition)
    {
        isWhole = false;
        definition = default;
        if (tick.Venue == 0)
        {
            _next = 0;
            _definition = default;
            _instrument = tick.InstrumentId;
        }
        if (tick.Venue != _next || tick.InstrumentId != _instrument || !DefinitionTicks.TryRead(in tick, ref _definition))
        {
            _next = -1;
            return false;
        }
        _next++;
        if (_next < DefinitionTicks.Count) return true;
        _next = -1;
        isWhole = true;
        definition = _definition;
        // The id that the ticks carry and the one inside are the same, or it is not one definition.
        return definition.InstrumentId == _instrument;
    }
}
