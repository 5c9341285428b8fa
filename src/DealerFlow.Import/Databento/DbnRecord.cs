using System.Buffers.Binary;

namespace DealerFlow.Import;

/// <summary>
/// One record: 16 bytes that all have (length in words of four bytes, kind, publisher, instrument, time) and a body whose shape
/// follows from kind and version. Little endian, no padding; numbers that are not there are the largest of their type.
/// </summary>
/// <remarks>Members beyond the header may be asked for only where <see cref="IsWhole"/> said so.</remarks>
internal readonly ref struct DbnRecord(ReadOnlySpan<byte> bytes, int version, bool hasSendTime)
{
    /// <summary>Bytes that all records have.</summary>
    public const int HeaderLength = 16;

    /// <summary>Bytes of a word: the unit of the length.</summary>
    public const int WordLength = 4;

    /// <summary>A time that is not there.</summary>
    public const ulong NoTime = ulong.MaxValue;

    /// <summary>A price, or a quantity of a statistic, that is not there.</summary>
    public const long NoNumber = long.MaxValue;

    private const uint NoSize = uint.MaxValue;
    private const int TradeLength = 48;
    private const int QuoteLength = 80;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The version of the format: 1, 2 or 3.</summary>
    public int Version { get; } = version;

    /// <summary>What it tells.</summary>
    public DbnKind Kind => (DbnKind)_bytes[1];

    /// <summary>Who published it: a feed and a venue in one number.</summary>
    public ushort Publisher => U16(2);

    /// <summary>The instrument; the number may be another one's on another day.</summary>
    public uint InstrumentId => U32(4);

    /// <summary>When it happened, UTC nanoseconds; of records of an interval, when the last print in it did.</summary>
    public ulong EventNanos => U64(8);

    /// <summary>When it was received; of records of an interval, its end. Statistics and definitions have it at the same place.</summary>
    public ulong ReceivedNanos => Kind is DbnKind.Statistics or DbnKind.Definition ? U64(16) : U64(32);

    /// <summary>Price of an order or print, in billionths.</summary>
    public long Price => I64(16);

    /// <summary>Size of an order or print.</summary>
    public uint Size => U32(24);

    /// <summary>A add, C cancel, M modify, R clear, T trade; means nothing in records of an interval.</summary>
    public char Action => (char)_bytes[28];

    /// <summary>Which side started it: A ask, B bid, N unknown; always N in option prints.</summary>
    public char Side => (char)_bytes[29];

    /// <summary>Marks of the vendor.</summary>
    public byte Flags => _bytes[30];

    /// <summary>Level of the book that changed.</summary>
    public byte Depth => _bytes[31];

    /// <summary>Number of the message in its channel.</summary>
    public uint Sequence => U32(44);

    /// <summary>Best bid, in billionths.</summary>
    public long Bid => I64(48);

    /// <summary>Best ask, in billionths.</summary>
    public long Ask => I64(56);

    /// <summary>Size at the bid; 0 = none or not said.</summary>
    public uint BidSize => U32(64) is uint size and not NoSize ? size : 0;

    /// <summary>Size at the ask; 0 = none or not said.</summary>
    public uint AskSize => U32(68) is uint size and not NoSize ? size : 0;

    /// <summary>Consolidated quotes: the publisher at the bid.</summary>
    public ushort BidPublisher => U16(72);

    /// <summary>Consolidated quotes: the publisher at the ask.</summary>
    public ushort AskPublisher => U16(76);

    /// <summary>Statistics: which one; 9 is open interest.</summary>
    public ushort StatisticKind => U16(Version < 3 ? 52 : 56);

    /// <summary>Statistics: its price, in billionths.</summary>
    public long StatisticPrice => I64(32);

    /// <summary>Statistics: its quantity, <see cref="NoNumber"/> where there is none.</summary>
    public long StatisticQuantity
    {
        get
        {
            if (Version >= 3) return I64(40);
            int quantity = BinaryPrimitives.ReadInt32LittleEndian(_bytes[40..]);
            return quantity == int.MaxValue ? NoNumber : quantity;
        }
    }

    /// <summary>Statistics: 1 new, 2 deleted.</summary>
    public byte StatisticUpdate => _bytes[Version < 3 ? 56 : 60];

    /// <summary>Symbol mapping: what was asked for.</summary>
    public ReadOnlySpan<byte> MappedFrom => Version < 2 ? Text(16, 22) : Text(17, 71);

    /// <summary>Symbol mapping: what it is.</summary>
    public ReadOnlySpan<byte> MappedTo => Version < 2 ? Text(38, 22) : Text(89, 71);

    /// <summary>Definition: the venue's own symbol; of OPRA the padded symbol of the option.</summary>
    public ReadOnlySpan<byte> RawSymbol => Version switch { 1 => Text(200, 22), 2 => Text(200, 71), _ => Text(238, 71) };

    /// <summary>Definition: C call, P put, K stock, F future, S and T spreads, and others.</summary>
    public char InstrumentClass => (char)_bytes[Version switch { 1 => 325, 2 => 374, _ => 487 }];

    /// <summary>Definition: strike, in billionths.</summary>
    public long StrikePrice => I64(Version switch { 1 => 328, 2 => 112, _ => 104 });

    /// <summary>Definition: expiry; of OPRA the date at 00:00 UTC, which is not when the option settles.</summary>
    public ulong ExpirationNanos => U64(40);

    /// <summary>Definition: the venue.</summary>
    public ReadOnlySpan<byte> Exchange => Version switch { 1 => Text(243, 5), 2 => Text(292, 5), _ => Text(330, 5) };

    /// <summary>Definition: A added, M modified, D deleted.</summary>
    public char DefinitionUpdate => (char)_bytes[Version switch { 1 => 349, 2 => 382, _ => 493 }];

    /// <summary>All the bytes are there that its kind has in its version. Kinds that are passed over are always whole.</summary>
    public bool IsWhole => BodyEnd >= LengthOf(Kind, Version);

    // Where the time of sending is asked for, every record has it behind its end.
    private int BodyEnd => _bytes.Length - (hasSendTime ? sizeof(ulong) : 0);

    /// <summary>Bytes of a kind, without the time of sending.</summary>
    public static int LengthOf(DbnKind kind, int version) => kind switch
    {
        DbnKind.Trade => TradeLength,
        DbnKind.Mbp1 or DbnKind.Cmbp1 or DbnKind.Tcbbo => QuoteLength,
        DbnKind.Cbbo1s or DbnKind.Cbbo1m or DbnKind.Bbo1s or DbnKind.Bbo1m => QuoteLength,
        DbnKind.Definition => version switch { 1 => 360, 2 => 400, _ => 520 },
        DbnKind.Statistics => version < 3 ? 64 : 80,
        DbnKind.SymbolMapping => version < 2 ? 80 : 176,
        _ => 0,
    };

    private ushort U16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[offset..]);

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[offset..]);

    private ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[offset..]);

    private long I64(int offset) => BinaryPrimitives.ReadInt64LittleEndian(_bytes[offset..]);

    private ReadOnlySpan<byte> Text(int offset, int length) => DbnText.UntilZero(_bytes.Slice(offset, length));
}
