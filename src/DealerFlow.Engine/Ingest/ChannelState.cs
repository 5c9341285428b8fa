using System.Runtime.CompilerServices;

namespace DealerFlow.Engine;

/// <summary>Where one channel stands. The first fields are all that a message in order looks at.</summary>
internal struct ChannelState
{
    /// <summary>The next number, 64 bits.</summary>
    public ulong Next;

    /// <summary>Which numbering it is: the channel in the top 16 bits (from 1), the epoch below. No two are alike in a gate.</summary>
    public ulong Numbering;

    /// <summary>Bits set in the channel's <see cref="MissingNumbers"/>: awaited, lost or from before the first.</summary>
    public int Missing;

    /// <summary>Messages until a changeover to this epoch counts as complete; 0 = it is.</summary>
    public int ChangeoverLeft;

    /// <summary>Gaps open, ascending in the gate's table.</summary>
    public int OpenGaps;

    public ushort Source;
    public ushort Channel;

    /// <summary>The epoch's first number that was seen.</summary>
    public ulong First;

    /// <summary>What would have come next in the epoch before; means something if there was one.</summary>
    public ulong FormerNext;

    /// <summary>Messages that moved <see cref="Next"/> while something was missing: the clock of the gaps.</summary>
    public ulong LaterMessages;

    /// <summary>Lines known to be in this epoch, during a changeover.</summary>
    public LineSet Lines;

    /// <summary>Lines that have brought the record of this reset, during a changeover.</summary>
    public LineSet LinesWithReset;

    /// <summary>Whether there was an epoch before.</summary>
    public bool HasFormer;

    /// <summary>Whether numbers from before the first may be of this epoch.</summary>
    public bool MayPrecedeFirst;

    public ulong LostNumbering;     // what the pending notice says; a count of 0 = none is pending
    public ulong LostFirst;
    public ulong LostLast;
    public ulong LostCount;
}

/// <summary>A run of numbers that were skipped, some of which are missing.</summary>
internal struct OpenGap
{
    public ulong First;
    public ulong GivenUpAt;         // in the channel's LaterMessages
    public int Length;
    public int Missing;
}

/// <summary>A set of lines, one bit each.</summary>
[InlineArray(4)]
internal struct LineSet
{
    private ulong _first;

    public readonly bool Contains(byte line) => (this[line >> 6] >> line & 1) != 0;

    public void Add(byte line) => this[line >> 6] |= 1UL << line;
}
