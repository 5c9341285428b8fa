using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>
/// The head of a tick block's payload. Tables and columns follow in the order of <see cref="TapeColumn"/>; nothing in a block
/// refers to another block.
/// </summary>
/// <remarks>
/// <code>
/// offset  field
///   0     Coding (u32)             0: ticks as they are follow at byte 4; 1: this head, then tables and columns
///   4     Flags (u32)              1 = time deltas are zigzag coded; 2 = every quote moves the anchor, not only a national best
///   8     BaseTimeNanos (i64)      event time of the first tick
///  16     TimeUnitNanos (u64)      every time delta is a multiple of it; ≥ 1
///  24     InstrumentCount (u32)    instruments of the block: length of the columns 0 … 3
///  28     EscapeCount (u32)        ticks whose move is not in the table: length of the columns 12 … 14
///  32     MoveCount (u16)          entries of the move table, at most 255
///  34     VenueCount (u16)         entries of the venue table, at most 256
///  36     Reserved (u32)           0
///  40     Steps (8 × u32)          price steps that instruments choose from; unused entries are 0
///  72     ColumnBytes (15 × u32)   encoded size of each column
/// 132     Reserved2 (u32)          0
/// 136     MoveCount × TickMove, VenueCount × u8, then the columns
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct TickBlockHead
{
    /// <summary>Size of the record.</summary>
    public const int SizeInBytes = 136;

    /// <summary>Ticks in a block at most.</summary>
    public const int MaxTicks = 262_144;

    /// <summary>Entries of the move table at most; code 0 is the escape.</summary>
    public const int MaxMoves = 255;

    /// <summary><see cref="TickBlockCoding"/>.</summary>
    [FieldOffset(0)] public TickBlockCoding Coding;

    /// <summary>How this block was coded.</summary>
    [FieldOffset(4)] public TickBlockFlags Flags;

    /// <summary>Event time of the first tick.</summary>
    [FieldOffset(8)] public long BaseTimeNanos;

    /// <summary>Nanoseconds per unit of the time column.</summary>
    [FieldOffset(16)] public ulong TimeUnitNanos;

    /// <summary>Instruments that occur in the block.</summary>
    [FieldOffset(24)] public uint InstrumentCount;

    /// <summary>Ticks with move code 0.</summary>
    [FieldOffset(28)] public uint EscapeCount;

    /// <summary>Entries of the move table.</summary>
    [FieldOffset(32)] public ushort MoveCount;

    /// <summary>Entries of the venue table.</summary>
    [FieldOffset(34)] public ushort VenueCount;

    /// <summary>0.</summary>
    [FieldOffset(36)] public uint Reserved;

    /// <summary>Price steps, in units of the price scale; the first is 1.</summary>
    [FieldOffset(40)] public PriceSteps Steps;

    /// <summary>Encoded bytes of each column.</summary>
    [FieldOffset(72)] public ColumnSizes ColumnBytes;

    /// <summary>0.</summary>
    [FieldOffset(132)] public uint Reserved2;

    /// <summary>Bytes that a payload of <paramref name="count"/> ticks can have: the uncoded form is the longest.</summary>
    public static int MaxPayloadBytes(int count) => sizeof(uint) + (count * Tick.SizeInBytes);

    /// <summary>
    /// Whether a tick becomes the anchor from which its instrument's later prices are measured. Spot prices and national best quotes
    /// do; another venue's quote does only in a block that has no national best at all.
    /// </summary>
    public static bool MovesAnchor(TickKind kind, TickFlags flags, TickBlockFlags blockFlags) => kind switch
    {
        TickKind.Spot => true,
        TickKind.Quote => (flags & TickFlags.NationalBest) != 0 || (blockFlags & TickBlockFlags.EveryQuoteMovesAnchor) != 0,
        _ => false,
    };
}

/// <summary>How a tick block's payload is coded.</summary>
public enum TickBlockCoding : uint
{
    /// <summary>32-byte ticks as they are: where columns would be longer.</summary>
    Ticks = 0,

    /// <summary>Tables and bit-packed columns.</summary>
    Columns = 1,
}

/// <summary>Choices that hold for one tick block.</summary>
[Flags]
public enum TickBlockFlags : uint
{
    /// <summary>Times never run back; only national best quotes move the anchor.</summary>
    None = 0,

    /// <summary>Some time runs back: deltas are zigzag coded.</summary>
    TimesRunBack = 1,

    /// <summary>No quote is marked as national best: every quote moves the anchor.</summary>
    EveryQuoteMovesAnchor = 2,
}

/// <summary>Columns of a tick block, in file order. Each is a <see cref="PackedColumn"/>.</summary>
public enum TapeColumn
{
    /// <summary>Per instrument: zigzag(id − id of the entry before), modulo 2³².</summary>
    InstrumentId = 0,

    /// <summary>Per instrument: which of <see cref="TickBlockHead.Steps"/> its prices are multiples of.</summary>
    InstrumentStep = 1,

    /// <summary>Per instrument: first anchor bid in steps, zigzag of the difference to the entry before, whose bid is divided by this entry's step.</summary>
    AnchorBid = 2,

    /// <summary>Per instrument: zigzag(anchor ask − anchor bid), in steps.</summary>
    AnchorAsk = 3,

    /// <summary>Per tick: low 32 bits of the time delta, in time units.</summary>
    TimeLow = 4,

    /// <summary>Per tick: high 32 bits of the time delta.</summary>
    TimeHigh = 5,

    /// <summary>Per tick: which instrument of the block.</summary>
    Instrument = 6,

    /// <summary>Per tick: 0 = escape, otherwise 1 + place in the move table.</summary>
    Move = 7,

    /// <summary>Per tick: place in the venue table.</summary>
    Venue = 8,

    /// <summary>Per tick: <see cref="Tick.BidSize"/>.</summary>
    BidSize = 9,

    /// <summary>Per tick: <see cref="Tick.AskSize"/>.</summary>
    AskSize = 10,

    /// <summary>Per tick: <see cref="Tick.ReceiveDelayNanos"/>.</summary>
    ReceiveDelay = 11,

    /// <summary>Per escape: kind + 256 × flags.</summary>
    EscapeKind = 12,

    /// <summary>Per escape: zigzag of bytes 16 … 19, less the anchor bid for a quote, spot or trade.</summary>
    EscapeBid = 13,

    /// <summary>Per escape: zigzag of bytes 20 … 23, less the anchor ask for a quote or spot.</summary>
    EscapeAsk = 14,
}

/// <summary>Price steps of a block.</summary>
[InlineArray(Length)]
public struct PriceSteps
{
    /// <summary>Steps that a block can name.</summary>
    public const int Length = 8;

    private uint _first;
}

/// <summary>Encoded bytes per column.</summary>
[InlineArray(Length)]
public struct ColumnSizes
{
    /// <summary>Columns of a block.</summary>
    public const int Length = 15;

    private uint _first;
}

/// <summary>
/// One entry of a block's move table: a kind, its flags, and how far bid and ask lie from the instrument's anchor. Most ticks of a
/// market are one of a few dozen such moves, so one small number says what three columns would.
/// </summary>
/// <remarks>
/// <code>
/// offset  field
///  0      Kind (u8)        Quote or Spot
///  1      Reserved (u8)    0
///  2      Flags (u16)
///  4      BidSteps (i16)   bytes 16 … 19 of the tick less the anchor bid, in the instrument's steps
///  6      AskSteps (i16)   bytes 20 … 23 of the tick less the anchor ask, in the instrument's steps
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct TickMove
{
    /// <summary>Size of the record.</summary>
    public const int SizeInBytes = 8;

    /// <summary>Quote or Spot.</summary>
    [FieldOffset(0)] public TickKind Kind;

    /// <summary>0.</summary>
    [FieldOffset(1)] public byte Reserved;

    /// <summary>Flags of the tick.</summary>
    [FieldOffset(2)] public TickFlags Flags;

    /// <summary>Bid (price of a spot) from the anchor, in steps.</summary>
    [FieldOffset(4)] public short BidSteps;

    /// <summary>Ask from the anchor, in steps.</summary>
    [FieldOffset(6)] public short AskSteps;
}
