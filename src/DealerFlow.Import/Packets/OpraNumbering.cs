namespace DealerFlow.Import;

/// <summary>
/// Learns what the numbers of a stream's blocks count: after a block of several messages the next number is one more, or as many more as
/// there were messages. Three blocks in a row that say the same decide.
/// </summary>
public sealed class OpraNumbering
{
    private const int Votes = 3;
    private const int Remembered = 4_096;

    private readonly HashSet<(ulong, ulong)> _seen = [];
    private readonly Queue<(ulong, ulong)> _oldest = [];
    private OpraUnit _candidate;
    private int _votes;
    private uint _lastSequence;
    private int _lastCount;

    /// <summary>What the numbers count, once enough blocks have said so.</summary>
    public OpraUnit Unit { get; private set; }

    /// <summary>What the numbers count, as far as this block is concerned; and while that is not known, whether it has been here.</summary>
    /// <param name="header">The block's.</param>
    /// <param name="identity">What <see cref="OpraBlockHeader.Identity"/> says of it.</param>
    /// <param name="isCopy">It has been here.</param>
    public OpraUnit Learn(in OpraBlockHeader header, (ulong, ulong) identity, out bool isCopy)
    {
        isCopy = false;
        if (Unit != OpraUnit.NotKnown) return Unit;
        isCopy = !_seen.Add(identity);
        if (isCopy) return OpraUnit.NotKnown;
        _oldest.Enqueue(identity);
        if (_oldest.Count > Remembered) _seen.Remove(_oldest.Dequeue());
        uint ahead = header.Sequence - _lastSequence;
        OpraUnit said = _lastCount < 2 ? OpraUnit.NotKnown : ahead == 1 ? OpraUnit.Block : ahead == (uint)_lastCount ? OpraUnit.Message : OpraUnit.NotKnown;
        (_lastSequence, _lastCount) = (header.Sequence, header.Count);
        if (said == OpraUnit.NotKnown) return OpraUnit.NotKnown;
        _votes = said == _candidate ? _votes + 1 : 1;
        _candidate = said;
        if (_votes < Votes) return OpraUnit.NotKnown;
        // From the next block on: the gate has not seen this one's number, nor has anybody lost it.
        Unit = said;
        return OpraUnit.NotKnown;
    }
}

/// <summary>What the numbers of blocks count.</summary>
public enum OpraUnit
{
    /// <summary>Too few blocks have come.</summary>
    NotKnown,

    /// <summary>One number per block.</summary>
    Block,

    /// <summary>One number per message; a block has that of its first.</summary>
    Message,
}
