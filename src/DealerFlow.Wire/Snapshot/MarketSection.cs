using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>
/// Head of the market section of a snapshot: a pure function of tape and options. It is followed by
/// <see cref="StrikeCount"/> × <see cref="StrikeRow"/> (ascending strike) and <see cref="ExpiryCount"/> × <see cref="ExpiryRow"/>.
/// Money is in 1/1024 USD (<see cref="MoneyGrid"/>); gamma exposure is USD per 1 % move of the underlying.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct MarketSection
{
    /// <summary>Size of the head.</summary>
    public const int SizeInBytes = 128 + (3 * BucketSection.SizeInBytes);

    /// <summary>Sequence of the last event that the numbers include; the first event of a stream is 1.</summary>
    [FieldOffset(0)] public ulong EventSequence;

    /// <summary>Event time of that event.</summary>
    [FieldOffset(8)] public long EventTimeNanos;

    /// <summary>The mark: the instant at which everything is evaluated.</summary>
    [FieldOffset(16)] public long MarkTimeNanos;

    /// <summary>The mark's spot; 0 when there is none.</summary>
    [FieldOffset(24)] public double Spot;

    /// <summary>Symbol of the underlying.</summary>
    [FieldOffset(32)] public Ascii8 Underlying;

    /// <summary>Contracts whose deliverable is adjusted: their open interest, in no sum.</summary>
    [FieldOffset(40)] public long AdjustedOpenInterest;

    /// <summary>Open interest of expiries without one good node, in no sum.</summary>
    [FieldOffset(48)] public long UnpricedOpenInterest;

    /// <summary>Nodes (root, expiry, strike) that are live, priced or not.</summary>
    [FieldOffset(56)] public uint Nodes;

    /// <summary>Live nodes whose w is interpolated between neighbours.</summary>
    [FieldOffset(60)] public uint Interpolated;

    /// <summary>Live nodes on the last good w while their quote is bad, for at most 5 s.</summary>
    [FieldOffset(64)] public uint Held;

    /// <summary>Rows of strikes that follow.</summary>
    [FieldOffset(68)] public uint StrikeCount;

    /// <summary>Rows of expiries that follow the strikes.</summary>
    [FieldOffset(72)] public uint ExpiryCount;

    /// <summary>Position model of every exposure in this section.</summary>
    [FieldOffset(76)] public PositionModel Model;

    /// <summary>Forward mode asked for; each expiry says what it got.</summary>
    [FieldOffset(77)] public ForwardMode ForwardMode;

    /// <summary>Where <see cref="Spot"/> comes from.</summary>
    [FieldOffset(78)] public SpotSource SpotSource;

    /// <summary>Open interest of AM contracts that settle today and are still in 0DTE.</summary>
    [FieldOffset(80)] public long ZeroDteAmOpenInterest;

    /// <summary>Net GEX of those AM contracts, 1/1024 USD per 1 %.</summary>
    [FieldOffset(88)] public long ZeroDteAmNetGex;

    /// <summary>Contributions that were not finite and entered no sum.</summary>
    [FieldOffset(96)] public ulong NonFiniteContributions;

    /// <summary>Liquidity given by the user: USD of one-sided flow that moves the underlying by 100 %; 0 = not given.</summary>
    [FieldOffset(104)] public double LiquidityUsd;

    /// <summary>Totals and levels of all, 0DTE, ex-0DTE, in the order of <see cref="ExposureBucket"/>.</summary>
    [FieldOffset(128)] public BucketSections Buckets;
}

/// <summary>Three buckets in a row.</summary>
[InlineArray(3)]
public struct BucketSections
{
    private BucketSection _first;
}

/// <summary>Totals and levels of one bucket.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct BucketSection
{
    /// <summary>Size of the section.</summary>
    public const int SizeInBytes = 96 + ZeroGammaSection.SizeInBytes + (8 * LevelRow.SizeInBytes);

    /// <summary>Calls plus puts, 1/1024 USD per 1 %.</summary>
    [FieldOffset(0)] public long NetGex;

    /// <summary>Calls, 1/1024 USD per 1 %.</summary>
    [FieldOffset(8)] public long CallGex;

    /// <summary>Puts, 1/1024 USD per 1 %.</summary>
    [FieldOffset(16)] public long PutGex;

    /// <summary>Σ |net of node|, 1/1024 USD per 1 %.</summary>
    [FieldOffset(24)] public long GrossGex;

    /// <summary>Delta exposure, 1/1024 USD.</summary>
    [FieldOffset(32)] public long Dex;

    /// <summary>Vanna exposure, 1/1024 USD of delta per vol point.</summary>
    [FieldOffset(40)] public long Vex;

    /// <summary>Charm exposure, 1/1024 USD of delta per calendar day.</summary>
    [FieldOffset(48)] public long Chex;

    /// <summary>Open interest behind these sums, contracts.</summary>
    [FieldOffset(56)] public long OpenInterest;

    /// <summary>Squeeze gain −G/(0.01·L); 0 unless <see cref="MarketSection.LiquidityUsd"/> was given.</summary>
    [FieldOffset(64)] public double SqueezeGain;

    /// <summary>Sign of net gamma.</summary>
    [FieldOffset(72)] public GammaRegime Regime;

    /// <summary>Roots of the repriced profile.</summary>
    [FieldOffset(96)] public ZeroGammaSection ZeroGamma;

    /// <summary>Walls and maxima in the order of <see cref="StrikeLevel"/>.</summary>
    [FieldOffset(96 + ZeroGammaSection.SizeInBytes)] public LevelRows Levels;
}

/// <summary>Zero gamma: every root of the profile, and the one nearest to spot.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct ZeroGammaSection
{
    /// <summary>Roots that fit; <see cref="RootCount"/> counts all.</summary>
    public const int RootCapacity = 12;

    /// <summary>Size of the section.</summary>
    public const int SizeInBytes = 32 + (8 * RootCapacity);

    /// <summary>The root nearest to spot in ln; 0 unless found.</summary>
    [FieldOffset(0)] public double Value;

    /// <summary>G′ at the root: USD per 1 %, per unit of the underlying.</summary>
    [FieldOffset(8)] public double Slope;

    /// <summary>1/|G′|: units of the underlying per USD per 1 %. How far the root moves when the book is wrong by one unit.</summary>
    [FieldOffset(16)] public double Conditioning;

    /// <summary>Found, none or unpriced.</summary>
    [FieldOffset(24)] public ZeroGammaStatus Status;

    /// <summary>Sign of the profile at the current spot: −1, 0, +1.</summary>
    [FieldOffset(25)] public sbyte Sign;

    /// <summary>Roots found, also those that did not fit.</summary>
    [FieldOffset(28)] public int RootCount;

    /// <summary>The roots nearest to spot, ascending.</summary>
    [FieldOffset(32)] public RootValues Roots;
}

/// <summary>Room for the roots of one profile.</summary>
[InlineArray(ZeroGammaSection.RootCapacity)]
public struct RootValues
{
    private double _first;
}

/// <summary>Eight strike levels in the order of <see cref="StrikeLevel"/>.</summary>
[InlineArray(8)]
public struct LevelRows
{
    private LevelRow _first;
}

/// <summary>One strike level with its size and how close the second comes.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct LevelRow
{
    /// <summary>Size of the row.</summary>
    public const int SizeInBytes = 40;

    /// <summary>The strike; meaningful when <see cref="Present"/> is 1.</summary>
    [FieldOffset(0)] public double Strike;

    /// <summary>Its size: 1/1024 USD per 1 %, or contracts for the open-interest walls.</summary>
    [FieldOffset(8)] public long Size;

    /// <summary>The second strike; meaningful when <see cref="HasRunnerUp"/> is 1.</summary>
    [FieldOffset(16)] public double RunnerUp;

    /// <summary>1 − |second|/|first|: small means the level may jump. 1 without a runner-up.</summary>
    [FieldOffset(24)] public double Margin;

    /// <summary>1 when a strike of the required sign exists.</summary>
    [FieldOffset(32)] public byte Present;

    /// <summary>1 when a second strike of the required sign exists.</summary>
    [FieldOffset(33)] public byte HasRunnerUp;
}

/// <summary>Exposure of one strike, summed over expiries.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct StrikeRow
{
    /// <summary>Size of the row.</summary>
    public const int SizeInBytes = 56;

    /// <summary>The strike.</summary>
    [FieldOffset(0)] public double Strike;

    /// <summary>GEX of the calls, 1/1024 USD per 1 %.</summary>
    [FieldOffset(8)] public long CallGex;

    /// <summary>GEX of the puts, 1/1024 USD per 1 %.</summary>
    [FieldOffset(16)] public long PutGex;

    /// <summary>GEX of the calls that settle today.</summary>
    [FieldOffset(24)] public long ZeroDteCallGex;

    /// <summary>GEX of the puts that settle today.</summary>
    [FieldOffset(32)] public long ZeroDtePutGex;

    /// <summary>Open calls of live expiries, contracts.</summary>
    [FieldOffset(40)] public long CallOpenInterest;

    /// <summary>Open puts of live expiries, contracts.</summary>
    [FieldOffset(48)] public long PutOpenInterest;
}

/// <summary>One expiry: (root, date, settlement).</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct ExpiryRow
{
    /// <summary>Size of the row.</summary>
    public const int SizeInBytes = 96;

    /// <summary>Option root.</summary>
    [FieldOffset(0)] public Ascii8 Root;

    /// <summary>Settlement instant.</summary>
    [FieldOffset(8)] public long SettlementNanos;

    /// <summary>Expiry as yyyymmdd.</summary>
    [FieldOffset(16)] public int ExpiryDate;

    /// <summary>Morning or afternoon.</summary>
    [FieldOffset(20)] public SettlementKind Settlement;

    /// <summary>Where the forward comes from.</summary>
    [FieldOffset(21)] public ForwardSource ForwardSource;

    /// <summary>Live, unpriced or expired.</summary>
    [FieldOffset(22)] public ExpiryStatus Status;

    /// <summary>1 when the expiry counts as 0DTE at the mark.</summary>
    [FieldOffset(23)] public byte IsZeroDte;

    /// <summary>The mark's forward.</summary>
    [FieldOffset(24)] public double Forward;

    /// <summary>The mark's discount factor.</summary>
    [FieldOffset(32)] public double Discount;

    /// <summary>Calls plus puts, 1/1024 USD per 1 %.</summary>
    [FieldOffset(40)] public long NetGex;

    /// <summary>Σ |net of node|, 1/1024 USD per 1 %.</summary>
    [FieldOffset(48)] public long GrossGex;

    /// <summary>Open interest, contracts.</summary>
    [FieldOffset(56)] public long OpenInterest;

    /// <summary>Delta exposure, 1/1024 USD.</summary>
    [FieldOffset(64)] public long Dex;

    /// <summary>Nodes of the expiry.</summary>
    [FieldOffset(72)] public uint Nodes;

    /// <summary>Nodes whose w is interpolated.</summary>
    [FieldOffset(76)] public uint Interpolated;

    /// <summary>Nodes with a good quote of their own.</summary>
    [FieldOffset(80)] public uint Good;

    /// <summary>Nodes on a held w.</summary>
    [FieldOffset(84)] public uint Held;
}

/// <summary>The exact money grid of every sum.</summary>
public static class MoneyGrid
{
    /// <summary>Units per USD.</summary>
    public const double UnitsPerUsd = 1024;

    /// <summary>A sum on the grid in USD.</summary>
    public static double ToUsd(long units) => units / UnitsPerUsd;
}
