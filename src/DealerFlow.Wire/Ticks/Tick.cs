using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>
/// One message of the market: the 32-byte record that crosses the ring. Prices are integers in the price scale of the
/// instrument (<see cref="InstrumentDefinition.PriceDecimals"/>). Which fields mean something depends on <see cref="Kind"/>.
/// </summary>
/// <remarks>
/// <code>
/// offset  Quote         Trade        Spot         OpenInterest
///  0      EventTimeNanos (i64, UTC)
///  8      ReceiveDelayNanos (u32, saturating)
/// 12      InstrumentId (u32)
/// 16      Bid (i32)     Price (i32)  Price (i32)  -
/// 20      Ask (i32)     Quantity (u32)  -         Quantity (u32, contracts)
/// 24      BidSize, AskSize (u16, saturating)
/// 28      Venue (u8)
/// 29      Kind (u8)
/// 30      Flags (u16)
/// </code>
/// Order and duplicates are settled before a tick is made; its sequence is its position in the stream.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct Tick
{
    /// <summary>Size of the record.</summary>
    public const int SizeInBytes = 32;

    /// <summary>When it happened: UTC nanoseconds since the Unix epoch, by the source's clock.</summary>
    [FieldOffset(0)] public long EventTimeNanos;

    /// <summary>How much later it was received, ns; <see cref="uint.MaxValue"/> and beyond saturate.</summary>
    [FieldOffset(8)] public uint ReceiveDelayNanos;

    /// <summary>Whose: <see cref="InstrumentDefinition.InstrumentId"/>.</summary>
    [FieldOffset(12)] public uint InstrumentId;

    /// <summary>Quote: bid, in the instrument's price scale; 0 = no bid.</summary>
    [FieldOffset(16)] public int Bid;

    /// <summary>Trade and Spot: price, in the instrument's price scale.</summary>
    [FieldOffset(16)] public int Price;

    /// <summary>Quote: ask, in the instrument's price scale; 0 = no ask.</summary>
    [FieldOffset(20)] public int Ask;

    /// <summary>Trade: contracts traded. OpenInterest: contracts open.</summary>
    [FieldOffset(20)] public uint Quantity;

    /// <summary>Quote: contracts at the bid, saturating.</summary>
    [FieldOffset(24)] public ushort BidSize;

    /// <summary>Quote: contracts at the ask, saturating.</summary>
    [FieldOffset(26)] public ushort AskSize;

    /// <summary>Venue code, 0 = unknown or consolidated.</summary>
    [FieldOffset(28)] public byte Venue;

    /// <summary>What the record says.</summary>
    [FieldOffset(29)] public TickKind Kind;

    /// <summary>Marks on the record.</summary>
    [FieldOffset(30)] public TickFlags Flags;

    /// <summary>A quote. <paramref name="flags"/> says whether bid and ask are the new national best.</summary>
    public static Tick Quote(
        long eventTimeNanos, uint instrumentId, int bid, int ask, ushort bidSize, ushort askSize, byte venue, TickFlags flags) => new()
        {
            EventTimeNanos = eventTimeNanos,
            InstrumentId = instrumentId,
            Bid = bid,
            Ask = ask,
            BidSize = bidSize,
            AskSize = askSize,
            Venue = venue,
            Kind = TickKind.Quote,
            Flags = flags,
        };

    /// <summary>A trade of <paramref name="quantity"/> contracts.</summary>
    public static Tick Trade(long eventTimeNanos, uint instrumentId, int price, uint quantity, byte venue, TickFlags flags) => new()
    {
        EventTimeNanos = eventTimeNanos,
        InstrumentId = instrumentId,
        Price = price,
        Quantity = quantity,
        Venue = venue,
        Kind = TickKind.Trade,
        Flags = flags,
    };

    /// <summary>A price of the underlying itself.</summary>
    public static Tick Spot(long eventTimeNanos, uint instrumentId, int price) => new()
    {
        EventTimeNanos = eventTimeNanos,
        InstrumentId = instrumentId,
        Price = price,
        Kind = TickKind.Spot,
    };

    /// <summary>Open interest of a contract, as the clearing house counts it at the end of the previous session.</summary>
    public static Tick OpenInterest(long eventTimeNanos, uint instrumentId, uint contracts) => new()
    {
        EventTimeNanos = eventTimeNanos,
        InstrumentId = instrumentId,
        Quantity = contracts,
        Kind = TickKind.OpenInterest,
    };
}

/// <summary>What a <see cref="Tick"/> says. New kinds may be added; a reader counts a kind that it does not know.</summary>
public enum TickKind : byte
{
    /// <summary>Never written; marks an empty record.</summary>
    None = 0,

    /// <summary>A venue's quote, or the national best quote when <see cref="TickFlags.NationalBest"/> is set.</summary>
    Quote = 1,

    /// <summary>A print.</summary>
    Trade = 2,

    /// <summary>A price of the underlying.</summary>
    Spot = 3,

    /// <summary>Start-of-day or revised open interest.</summary>
    OpenInterest = 4,

    /// <summary>A quarter of an <see cref="InstrumentDefinition"/>: see <see cref="DefinitionTicks"/>.</summary>
    Definition = 5,

    /// <summary>Messages of this instrument, or of this underlying and all its contracts, were lost: what is known of their quotes is stale.</summary>
    Gap = 6,

    /// <summary>Trading of an underlying is halted (<see cref="TickFlags.Halted"/>) or resumed.</summary>
    Status = 7,
}

/// <summary>Marks on a <see cref="Tick"/>.</summary>
[Flags]
public enum TickFlags : ushort
{
    /// <summary>Nothing to say.</summary>
    None = 0,

    /// <summary>Quote: bid and ask are the new national best bid and ask. Without it the quote is one venue's, off the best.</summary>
    NationalBest = 1,

    /// <summary>Trade: the true aggressor bought. Only a synthetic market knows; an engine must not look.</summary>
    HiddenBuyer = 2,

    /// <summary>Trade: the true aggressor sold. Only a synthetic market knows; an engine must not look.</summary>
    HiddenSeller = 4,

    /// <summary>Trade: reported late, out of its place in time; its side cannot be told.</summary>
    Late = 8,

    /// <summary>Trade: a leg of a complex order, priced by the package; its side cannot be told.</summary>
    Complex = 16,

    /// <summary>Trade: takes back the latest earlier print of this instrument at this price and quantity.</summary>
    Cancel = 32,

    /// <summary>Status: trading is halted; without it, trading has resumed.</summary>
    Halted = 64,
}
