using System.Numerics;

namespace DealerFlow.Engine;

/// <summary>From (source, channel) to a dense index: open addressing, never more than half full, nothing is ever taken out.</summary>
internal sealed class ChannelIndex
{
    private readonly ulong[] _entries;      // key in the high half, index + 1 in the low half; 0 = free
    private readonly int _shift;
    private readonly int _capacity;
    private int _count;

    public ChannelIndex(int capacity)
    {
        int slots = (int)BitOperations.RoundUpToPowerOf2((uint)(2 * capacity));
        _entries = new ulong[slots];
        _shift = 32 - BitOperations.Log2((uint)slots);
        _capacity = capacity;
    }

    public int Count => _count;

    /// <summary>The index, -1 = never seen.</summary>
    public int Find(uint key)
    {
        ulong[] entries = _entries;
        // Fibonacci hashing: channels numbered in a row lie apart.
        for (uint slot = key * 0x9E3779B1u >> _shift; ; slot++)
        {
            ulong entry = entries[slot & (uint)(entries.Length - 1)];
            if ((uint)(entry >> 32) == key && entry != 0) return (int)(uint)entry - 1;
            if (entry == 0) return -1;
        }
    }

    /// <summary>The index of a channel that is not there yet, -1 = no room.</summary>
    public int Add(uint key)
    {
        if (_count == _capacity) return -1;
        uint slot = key * 0x9E3779B1u >> _shift;
        while (_entries[slot & (uint)(_entries.Length - 1)] != 0) slot++;
        _entries[slot & (uint)(_entries.Length - 1)] = (ulong)key << 32 | (uint)++_count;
        return _count - 1;
    }
}
