using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>What an instrument id stands for: an option contract, or the underlying itself.</summary>
/// <remarks>
/// <code>
/// offset  field
///  0      InstrumentId (u32)
///  4      UnderlyingId (u32)      its own id for an underlying
///  8      Root (8 bytes ASCII, zero padded)
/// 16      StrikeMills (i64)       thousandths of the currency, as in an OSI symbol; 0 for an underlying
/// 24      SettlementNanos (i64)   the absolute instant; 0 for an underlying
/// 32      ExpiryDate (i32)        yyyymmdd in the exchange's zone; 0 for an underlying
/// 36      Multiplier (u32)        shares (or index units) per contract
/// 40      PriceDecimals (u8)      price = integer / 10^PriceDecimals, at most 9
/// 41      Kind (u8)
/// 42      Settlement (u8)
/// 43      Exercise (u8)
/// 44      Flags (u16)
/// 46      TickMills (u16)         smallest price step of quotes under 3.00, thousandths; 0 = unknown
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct InstrumentDefinition
{
    /// <summary>Size of the record.</summary>
    public const int SizeInBytes = 48;

    /// <summary>The id that ticks carry. Dense ids from 0 keep tables small; any value is allowed.</summary>
    [FieldOffset(0)] public uint InstrumentId;

    /// <summary>The id of the underlying; its own id for an underlying.</summary>
    [FieldOffset(4)] public uint UnderlyingId;

    /// <summary>Option root (<c>SPXW</c>) or the underlying's symbol (<c>SPX</c>).</summary>
    [FieldOffset(8)] public Ascii8 Root;

    /// <summary>Strike in thousandths of the currency.</summary>
    [FieldOffset(16)] public long StrikeMills;

    /// <summary>Settlement instant, UTC nanoseconds since the Unix epoch.</summary>
    [FieldOffset(24)] public long SettlementNanos;

    /// <summary>Expiry as yyyymmdd.</summary>
    [FieldOffset(32)] public int ExpiryDate;

    /// <summary>Shares or index units per contract.</summary>
    [FieldOffset(36)] public uint Multiplier;

    /// <summary>Decimals of every integer price of this instrument.</summary>
    [FieldOffset(40)] public byte PriceDecimals;

    /// <summary>Underlying, call or put.</summary>
    [FieldOffset(41)] public InstrumentKind Kind;

    /// <summary>Morning or afternoon settlement.</summary>
    [FieldOffset(42)] public SettlementKind Settlement;

    /// <summary>European or American.</summary>
    [FieldOffset(43)] public ExerciseKind Exercise;

    /// <summary>Marks on the contract.</summary>
    [FieldOffset(44)] public InstrumentFlags Flags;

    /// <summary>Smallest quote step below 3.00, thousandths of the currency; 0 = unknown.</summary>
    [FieldOffset(46)] public ushort TickMills;

    /// <summary>Strike in currency.</summary>
    public readonly double Strike => StrikeMills / 1000.0;
}

/// <summary>What an <see cref="InstrumentDefinition"/> defines.</summary>
public enum InstrumentKind : byte
{
    /// <summary>The underlying: index, share or future.</summary>
    Underlying = 0,

    /// <summary>A call.</summary>
    Call = (byte)'C',

    /// <summary>A put.</summary>
    Put = (byte)'P',
}

/// <summary>When a contract settles on its expiry date.</summary>
public enum SettlementKind : byte
{
    /// <summary>Not an option.</summary>
    None = 0,

    /// <summary>At the open: 09:30 New York.</summary>
    AM = 1,

    /// <summary>At the close: 16:00 New York, 13:00 on early closes.</summary>
    PM = 2,

    /// <summary>08:00 UTC, as crypto options do.</summary>
    Utc0800 = 3,
}

/// <summary>When a contract may be exercised.</summary>
public enum ExerciseKind : byte
{
    /// <summary>At expiry only.</summary>
    European = 0,

    /// <summary>At any time.</summary>
    American = 1,
}

/// <summary>Marks on an <see cref="InstrumentDefinition"/>.</summary>
[Flags]
public enum InstrumentFlags : ushort
{
    /// <summary>A standard contract.</summary>
    None = 0,

    /// <summary>The deliverable is not the multiplier's worth of shares: enters no exposure sum.</summary>
    Adjusted = 1,
}
