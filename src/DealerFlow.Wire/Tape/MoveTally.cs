using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>Counts the moves of one block while it is encoded and ranks them by use.</summary>
internal sealed class MoveTally
{
    /// <summary>Different moves that are counted; later ones escape.</summary>
    public const int Capacity = 4096;

    private const ushort NoMove = ushort.MaxValue;
    private const int Buckets = 4 * Capacity;
    private const int BucketShift = 64 - 14;

    private readonly ushort[] _slotOfBucket = new ushort[Buckets];      // slot + 1, 0 = free
    private readonly ulong[] _moves = new ulong[Capacity];
    private readonly int[] _uses = new int[Capacity];
    private readonly byte[] _codes = new byte[Capacity];
    private readonly ulong[] _keys = new ulong[Capacity];
    private readonly TickMove[] _ranked = new TickMove[TickBlockHead.MaxMoves];
    private int _count;
    private int _rankedCount;

    /// <summary>The block's move table, after <see cref="Rank"/>.</summary>
    public ReadOnlySpan<TickMove> Ranked => _ranked.AsSpan(0, _rankedCount);

    /// <summary>The code of a counted move: 1 + its place in the table, 0 when it is not there.</summary>
    public uint CodeOf(int slot) => _codes[slot];

    public void Clear()
    {
        _slotOfBucket.AsSpan().Clear();
        _count = 0;
        _rankedCount = 0;
    }

    /// <summary>Counts a move and gives its slot; 65,535 when it is too far or too many others came first.</summary>
    public int Count(TickKind kind, TickFlags flags, int bidSteps, int askSteps)
    {
        if (bidSteps != (short)bidSteps || askSteps != (short)askSteps) return NoMove;
        var move = new TickMove { Kind = kind, Flags = flags, BidSteps = (short)bidSteps, AskSteps = (short)askSteps };
        ulong bits = MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(new ReadOnlySpan<TickMove>(in move)));
        uint bucket = (uint)((bits * 0x9E37_79B9_7F4A_7C15UL) >> BucketShift);
        while (true)
        {
            int slot = _slotOfBucket[bucket] - 1;
            if (slot < 0) return Add(bits, bucket);
            if (_moves[slot] == bits)
            {
                _uses[slot]++;
                return slot;
            }
            bucket = (bucket + 1) & (Buckets - 1);
        }
    }

    /// <summary>Puts the most used moves into the table, the most used first.</summary>
    public void Rank(int minUses, int maxMoves)
    {
        // Of equal counts the move that appeared first comes first.
        int kept = 0;
        for (int slot = 0; slot < _count; slot++)
        {
            _codes[slot] = 0;
            if (_uses[slot] >= minUses) _keys[kept++] = ((ulong)(uint)(int.MaxValue - _uses[slot]) << 32) | (uint)slot;
        }
        Span<ulong> keys = _keys.AsSpan(0, kept);
        keys.Sort();
        _rankedCount = Math.Min(kept, maxMoves);
        Span<ulong> table = MemoryMarshal.Cast<TickMove, ulong>(_ranked.AsSpan());
        for (int rank = 0; rank < _rankedCount; rank++)
        {
            int slot = (int)(uint)keys[rank];
            table[rank] = _moves[slot];
            _codes[slot] = (byte)(rank + 1);
        }
    }

    private int Add(ulong bits, uint bucket)
    {
        if (_count == Capacity) return NoMove;
        _moves[_count] = bits;
        _uses[_count] = 1;
        _slotOfBucket[bucket] = (ushort)++_count;
        return _count - 1;
    }
}
