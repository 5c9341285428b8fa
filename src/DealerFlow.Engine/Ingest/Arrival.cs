namespace DealerFlow.Engine;

/// <summary>
/// What a source says about one message before anybody applies it: who sent it, on which line, its number and, for a state, whose
/// it is. The <see cref="SequenceGate"/> needs nothing else, so the other line's copy costs no decoding of prices.
/// </summary>
public readonly struct Arrival
{
    /// <summary>The source's own number of the message, in the width that <see cref="Width"/> says.</summary>
    public readonly ulong Sequence;

    /// <summary>State only: whose state it is, <see cref="Wire.InstrumentDefinition.InstrumentId"/>.</summary>
    public readonly uint InstrumentId;

    // Source and channel in one word, as they are looked up.
    internal readonly uint ChannelKey;

    /// <summary>Which of the redundant lines that carry the same stream delivered it: 0 = A, 1 = B.</summary>
    public readonly byte Line;

    /// <summary>What becomes of it when it is out of order.</summary>
    public readonly ArrivalKind Kind;

    /// <summary>How many bits of the number are on the wire.</summary>
    public readonly SequenceWidth Width;

    private Arrival(
        ArrivalKind kind, ushort source, ushort channel, byte line, ulong sequence, uint instrumentId, SequenceWidth width)
    {
        Sequence = sequence;
        InstrumentId = instrumentId;
        ChannelKey = (uint)source << 16 | channel;
        Line = line;
        Kind = kind;
        Width = width;
    }

    /// <summary>Which source, as the host numbers them.</summary>
    public ushort Source => (ushort)(ChannelKey >> 16);

    /// <summary>Which of the source's independently numbered streams.</summary>
    public ushort Channel => (ushort)ChannelKey;

    /// <summary>A message that replaces what its instrument showed before: a quote, a price of the underlying.</summary>
    public static Arrival State(
        ushort source, ushort channel, byte line, ulong sequence, uint instrumentId, SequenceWidth width = SequenceWidth.Bits64) =>
        new(ArrivalKind.State, source, channel, line, sequence, instrumentId, width);

    /// <summary>
    /// A message that counts once, whenever it comes: a trade, open interest, a definition; also a whole datagram where the source
    /// numbers datagrams (<see cref="SequenceGate.AdmitState"/> then settles the states in it).
    /// </summary>
    public static Arrival Event(
        ushort source, ushort channel, byte line, ulong sequence, SequenceWidth width = SequenceWidth.Bits64) =>
        new(ArrivalKind.Event, source, channel, line, sequence, 0, width);

    /// <summary>
    /// The source's word that its numbers begin anew: this record has <paramref name="sequence"/>, the next message one more. A host
    /// that learns of a new session in another way says it with the number before the first.
    /// </summary>
    public static Arrival Reset(
        ushort source, ushort channel, byte line, ulong sequence, SequenceWidth width = SequenceWidth.Bits64) =>
        new(ArrivalKind.Reset, source, channel, line, sequence, 0, width);
}

/// <summary>What becomes of a message that is out of order.</summary>
public enum ArrivalKind : byte
{
    /// <summary>Ignored when its instrument has already shown something later.</summary>
    State = 0,

    /// <summary>Applied once, late or not.</summary>
    Event = 1,

    /// <summary>Begins a new epoch of its channel.</summary>
    Reset = 2,
}

/// <summary>
/// Bits of a sequence number on the wire. The value is how far a difference is shifted up to drop the bits that are not there.
/// </summary>
public enum SequenceWidth : byte
{
    /// <summary>The number itself.</summary>
    Bits64 = 0,

    /// <summary>The low 32 bits; the gate goes on counting in 64 when they wrap. Bits above are not looked at.</summary>
    Bits32 = 32,
}
