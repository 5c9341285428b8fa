namespace DealerFlow.Engine;

/// <summary>
/// Messages of one channel that will not come any more. Until a quote of the channel is refreshed it may be one that was replaced
/// in between: <see cref="SequenceGate.MayHaveMissed"/> says which.
/// </summary>
/// <remarks>
/// Losses of one channel that nobody has taken yet are joined, so notices are bounded by the channels and none is ever dropped:
/// <see cref="Count"/> stays exact, and between <see cref="FirstSequence"/> and <see cref="LastSequence"/> may then lie numbers that
/// did come. If a reset lies in between, the first number is of the older epoch and the rest of the later one.
/// </remarks>
public readonly struct GapNotice
{
    internal readonly ulong Numbering;

    /// <summary>Which source.</summary>
    public readonly ushort Source;

    /// <summary>Which of its channels.</summary>
    public readonly ushort Channel;

    /// <summary>First number lost.</summary>
    public readonly ulong FirstSequence;

    /// <summary>Last number lost.</summary>
    public readonly ulong LastSequence;

    /// <summary>Messages lost from the first to the last.</summary>
    public readonly ulong Count;

    internal GapNotice(ushort source, ushort channel, ulong numbering, ulong first, ulong last, ulong count)
    {
        Source = source;
        Channel = channel;
        Numbering = numbering;
        FirstSequence = first;
        LastSequence = last;
        Count = count;
    }
}
