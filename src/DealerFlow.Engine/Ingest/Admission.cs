namespace DealerFlow.Engine;

/// <summary>
/// What the <see cref="SequenceGate"/> says of one message. Sixteen bytes, so that it comes back in two registers.
/// </summary>
public readonly struct Admission
{
    // From the low end: verdict u8, marks u8, index of the channel u16, then u32: numbers skipped, or the reason of a refusal.
    // Packed by hand: fields written one by one and read back as one register would stall the load.
    private readonly ulong _packed;

    /// <summary>The number, extended to 64 bits. Within an epoch it orders as a signed difference, across a wrap of 64 bits too.</summary>
    public readonly ulong Sequence;

    internal Admission(Verdict verdict, AdmissionMarks marks, ulong sequence, int channelIndex, uint skipped = 0)
    {
        _packed = (ulong)skipped << 32 | (uint)channelIndex << 16 | (uint)marks << 8 | (uint)verdict;
        Sequence = sequence;
    }

    internal Admission(Refusal reason, ulong sequence)
    {
        _packed = (ulong)reason << 32 | (uint)Verdict.Refused;
        Sequence = sequence;
    }

    /// <summary>Whether the message goes on to the ring.</summary>
    public Verdict Verdict => (Verdict)(byte)_packed;

    /// <summary>What it did to its channel.</summary>
    public AdmissionMarks Marks => (AdmissionMarks)(byte)(_packed >> 8);

    /// <summary>True when the message is to be applied.</summary>
    public bool Passes => Verdict == Verdict.Pass;

    /// <summary>True when numbers were skipped right before this message.</summary>
    public bool OpensGap => (Marks & AdmissionMarks.OpensGap) != 0;

    /// <summary>First number of the gap that this message opened.</summary>
    public ulong GapFirst => Sequence - GapCount;

    /// <summary>Numbers in the gap that this message opened, fewer than 2³¹; 0 = none.</summary>
    public uint GapCount => OpensGap ? (uint)(_packed >> 32) : 0;

    /// <summary>Why it was refused.</summary>
    public Refusal Refusal => Verdict == Verdict.Refused ? (Refusal)(_packed >> 32) : Refusal.None;

    internal int ChannelIndex => (ushort)(_packed >> 16);
}

/// <summary>What becomes of a message.</summary>
public enum Verdict : byte
{
    /// <summary>Apply it. Says so at most once per source, channel, epoch and number.</summary>
    Pass = 0,

    /// <summary>The same number has been here before, on whichever line.</summary>
    Duplicate = 1,

    /// <summary>Older than what the window remembers, declared lost before it came, or of the numbering before a reset.</summary>
    Late = 2,

    /// <summary>A state that its instrument has left behind. Its number is settled like that of a pass: it is not missing.</summary>
    StaleState = 3,

    /// <summary>The gate cannot judge it: <see cref="Admission.Refusal"/>.</summary>
    Refused = 4,
}

/// <summary>What a message did to its channel.</summary>
[Flags]
public enum AdmissionMarks : byte
{
    /// <summary>It was the next one, or nothing.</summary>
    None = 0,

    /// <summary>Numbers before it have not come yet: <see cref="Admission.GapFirst"/>, <see cref="Admission.GapCount"/>.</summary>
    OpensGap = 1,

    /// <summary>It was missing: it comes out of order.</summary>
    FillsGap = 2,

    /// <summary>And it was the last one missing of its gap.</summary>
    ClosesGap = 4,

    /// <summary>It comes out of order from before the first message of the epoch that was seen.</summary>
    PrecedesFirst = 8,

    /// <summary>The channel's numbers begin anew with it: a reset.</summary>
    StartsEpoch = 16,
}

/// <summary>Why the gate cannot judge a message.</summary>
public enum Refusal : byte
{
    /// <summary>It can.</summary>
    None = 0,

    /// <summary>One channel more than <see cref="SequenceGateOptions.Channels"/>.</summary>
    NoRoomForChannel = 1,

    /// <summary>An <see cref="ArrivalKind"/> that this version does not know.</summary>
    UnknownKind = 2,
}
