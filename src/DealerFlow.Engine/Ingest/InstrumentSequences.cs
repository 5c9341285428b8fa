using System.Numerics;

namespace DealerFlow.Engine;

/// <summary>The number of the last state that each instrument showed, and in which numbering it counts.</summary>
/// <remarks>Numbers of two numberings (another channel, another epoch) have no order: the state that comes later wins.</remarks>
internal sealed class InstrumentSequences
{
    private LastState[] _dense;
    private readonly LastState[] _sparse;
    private readonly uint[] _sparseIds;
    private readonly int _sparseShift;
    private int _room;

    public InstrumentSequences(int dense, int sparse)
    {
        _dense = new LastState[dense];
        // Half full at most, so that a probe ends soon; one entry always stays free, so that it ends at all.
        int slots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2 * sparse, 2));
        _sparse = new LastState[slots];
        _sparseIds = new uint[slots];
        _sparseShift = 32 - BitOperations.Log2((uint)slots);
        _room = sparse;
    }

    /// <summary>Ids below it are dense from now on; what was noted of them stays.</summary>
    public void Reserve(int dense)
    {
        int before = _dense.Length;
        if (dense <= before) return;
        Array.Resize(ref _dense, dense);
        for (int slot = 0; slot < _sparse.Length; slot++)
        {
            // Its old place stays taken, so that no probe ends too soon.
            uint id = _sparseIds[slot];
            if (_sparse[slot].Numbering != 0 && id >= (uint)before && id < (uint)dense) _dense[id] = _sparse[slot];
        }
    }

    /// <summary>Notes a state that nothing of its numbering can be newer than. False: no room to note it.</summary>
    public bool Record(uint instrumentId, ulong numbering, ulong sequence)
    {
        LastState[] dense = _dense;
        if (instrumentId >= (uint)dense.Length) return RecordSparse(instrumentId, numbering, sequence);
        dense[instrumentId] = new LastState(numbering, sequence);
        return true;
    }

    /// <summary>The instrument's last state; numbering 0 = none.</summary>
    public LastState Last(uint instrumentId)
    {
        if (instrumentId < (uint)_dense.Length) return _dense[instrumentId];
        int slot = Slot(instrumentId);
        return _sparseIds[slot] == instrumentId ? _sparse[slot] : default;
    }

    /// <summary>True when a state of this instrument would be noted.</summary>
    public bool Knows(uint instrumentId) =>
        instrumentId < (uint)_dense.Length || _room > 0 || _sparse[Slot(instrumentId)].Numbering != 0;

    private bool RecordSparse(uint instrumentId, ulong numbering, ulong sequence)
    {
        int slot = Slot(instrumentId);
        if (_sparse[slot].Numbering == 0)
        {
            if (_room == 0) return false;
            _room--;
            _sparseIds[slot] = instrumentId;
        }
        _sparse[slot] = new LastState(numbering, sequence);
        return true;
    }

    // Where the id is, or the free place where it would go.
    private int Slot(uint instrumentId)
    {
        int last = _sparse.Length - 1;
        int slot = (int)(instrumentId * 0x9E3779B1u >> _sparseShift);       // Fibonacci hashing: neighbours lie apart
        while (_sparse[slot].Numbering != 0 && _sparseIds[slot] != instrumentId) slot = (slot + 1) & last;
        return slot;
    }
}

/// <summary>A state's place: its number, and the numbering that the number belongs to (0 = there was no state).</summary>
internal readonly record struct LastState(ulong Numbering, ulong Sequence);
