using System.Diagnostics.CodeAnalysis;
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
    /// <summary>Option roots that have a row; those of further roots are in the totals only.</summary>
    public const int RootCapacity = 8;

    private const int RootsOffset = 192 + TradeFlowSection.SizeInBytes;
    private const int BandsOffset = RootsOffset + (RootCapacity * RootRow.SizeInBytes);
    private const int ModelsOffset = BandsOffset + BandTable.SizeInBytes;
    private const int OutlookOffset = ModelsOffset + (PositionModels.Count * ModelSection.SizeInBytes);
    private const int ProfileOffset = OutlookOffset + OutlookSection.SizeInBytes;

    /// <summary>Size of the head.</summary>
    public const int SizeInBytes = ProfileOffset + ProfileSection.SizeInBytes;

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

    /// <summary>The chosen position model: that of strikes, expiries and roots.</summary>
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

    /// <summary>Live nodes whose quote is stale.</summary>
    [FieldOffset(112)] public uint Stale;

    /// <summary>Open-interest records that replaced an earlier one of the same contract.</summary>
    [FieldOffset(116)] public uint OpenInterestRevisions;

    /// <summary>The trading day at whose end the open interest was counted, yyyymmdd; 0 before any.</summary>
    [FieldOffset(120)] public int OpenInterestDate;

    /// <summary>The trading session that trades are added up over, yyyymmdd; 0 before any.</summary>
    [FieldOffset(124)] public int SessionDate;

    /// <summary>Age of the last quoted price of the underlying at the mark; −1 when none was ever quoted.</summary>
    [FieldOffset(128)] public long SpotAgeNanos;

    /// <summary>Skew-stickiness R of every repriced profile; 1 = w held per strike.</summary>
    [FieldOffset(136)] public double Stickiness;

    /// <summary>Version of the embedded trading calendar.</summary>
    [FieldOffset(144)] public ushort CalendarVersion;

    /// <summary>What is doubtful about this snapshot.</summary>
    [FieldOffset(146)] public QualityFlags Quality;

    /// <summary>Rows of <see cref="Roots"/> in use.</summary>
    [FieldOffset(148)] public ushort RootCount;

    /// <summary>Fingerprint of the calendar overrides in force; 0 = none.</summary>
    [FieldOffset(152)] public ulong CalendarOverrides;

    /// <summary>How much older than the mark the mark of zero gamma is: roots are followed less often than a snapshot may be made.</summary>
    [FieldOffset(160)] public long ZeroGammaAgeNanos;

    /// <summary>Underlyings that this section sums up: 1, or more in a combined view.</summary>
    [FieldOffset(168)] public uint Members;

    /// <summary>Contracts with a definition that came after the start.</summary>
    [FieldOffset(172)] public uint LateDefinitions;

    /// <summary>Hedging flow of the session's trades.</summary>
    [FieldOffset(192)] public TradeFlowSection Trades;

    /// <summary>Exposures per option root.</summary>
    [FieldOffset(RootsOffset)] public RootRows Roots;

    /// <summary>Levels over the position models that have a sign and what they need.</summary>
    [FieldOffset(BandsOffset)] public BandTable ModelBands;

    /// <summary>Totals and levels under every position model, in the order of <see cref="PositionModel"/>.</summary>
    [FieldOffset(ModelsOffset)] public ModelSections Models;

    /// <summary>Scenario flows and quote bands, with their own mark.</summary>
    [FieldOffset(OutlookOffset)] public OutlookSection Outlook;

    /// <summary>The exposure repriced at other spots, with its own mark.</summary>
    [FieldOffset(ProfileOffset)] public ProfileSection Profile;

    /// <summary>Totals and levels under the chosen model.</summary>
    [UnscopedRef]
    public readonly ref readonly BucketSections Buckets => ref Models[(int)Model].Buckets;
}

/// <summary>
/// Hedging flow of the session's trades in four buckets, in the order of <see cref="TradeBucket"/>. A trade that could not be signed
/// adds to no flow.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct TradeFlowSection
{
    /// <summary>Size of the section.</summary>
    public const int SizeInBytes = 4 * 8 * 4;

    /// <summary>Σ side·size·m·Δ·S, 1/1024 USD; + = dealers must buy.</summary>
    [FieldOffset(0)] public PerTradeBucket Flow;

    /// <summary>Contracts traded.</summary>
    [FieldOffset(32)] public PerTradeBucket Traded;

    /// <summary>Of those, contracts whose side could not be told.</summary>
    [FieldOffset(64)] public PerTradeBucket Unclassified;

    /// <summary>Contracts of trades that were signed but had no delta: their expiry had no good quote.</summary>
    [FieldOffset(96)] public PerTradeBucket Unpriced;
}

/// <summary>One number for each <see cref="TradeBucket"/>.</summary>
[InlineArray(4)]
public struct PerTradeBucket
{
    private long _first;
}
