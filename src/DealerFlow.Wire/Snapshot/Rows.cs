using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>Exposure of one strike, summed over expiries.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct StrikeRow
{
    /// <summary>Size of the row.</summary>
    public const int SizeInBytes = 96 + (8 * PositionModels.Count);

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

    /// <summary>Delta exposure, 1/1024 USD.</summary>
    [FieldOffset(56)] public long Dex;

    /// <summary>Vanna exposure, 1/1024 USD of delta per vol point.</summary>
    [FieldOffset(64)] public long Vex;

    /// <summary>Charm exposure, 1/1024 USD of delta per calendar day.</summary>
    [FieldOffset(72)] public long Chex;

    /// <summary>Charm to close, 1/1024 USD.</summary>
    [FieldOffset(80)] public long CharmToClose;

    /// <summary>Hedging flow of the session's trades, 1/1024 USD; + = dealers must buy.</summary>
    [FieldOffset(88)] public long TradeFlow;

    /// <summary>Net GEX under every position model, 1/1024 USD per 1 %.</summary>
    [FieldOffset(96)] public PerModel ModelNetGex;
}

/// <summary>One expiry: (root, date, settlement).</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct ExpiryRow
{
    /// <summary>Size of the row.</summary>
    public const int SizeInBytes = 160 + (8 * PositionModels.Count);

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

    /// <summary>Calls, 1/1024 USD per 1 %.</summary>
    [FieldOffset(88)] public long CallGex;

    /// <summary>Puts, 1/1024 USD per 1 %.</summary>
    [FieldOffset(96)] public long PutGex;

    /// <summary>Vanna exposure, 1/1024 USD of delta per vol point.</summary>
    [FieldOffset(104)] public long Vex;

    /// <summary>Charm exposure, 1/1024 USD of delta per calendar day.</summary>
    [FieldOffset(112)] public long Chex;

    /// <summary>Charm to close, 1/1024 USD.</summary>
    [FieldOffset(120)] public long CharmToClose;

    /// <summary>Hedging flow of the session's trades, 1/1024 USD; + = dealers must buy.</summary>
    [FieldOffset(128)] public long TradeFlow;

    /// <summary>The strike at which this expiry's open interest pays least; 0 without open interest.</summary>
    [FieldOffset(136)] public double MaxPain;

    /// <summary>Roll-off: this expiry's share of gross GEX over all expiries, 0 to 1.</summary>
    [FieldOffset(144)] public double GrossShare;

    /// <summary>1 when it is a standard monthly expiry.</summary>
    [FieldOffset(152)] public byte IsMonthly;

    /// <summary>Nodes whose quote is stale.</summary>
    [FieldOffset(156)] public uint Stale;

    /// <summary>Net GEX under every position model, 1/1024 USD per 1 %.</summary>
    [FieldOffset(160)] public PerModel ModelNetGex;
}

/// <summary>Exposures of all live expiries of one option root.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct RootRow
{
    /// <summary>Size of the row.</summary>
    public const int SizeInBytes = 80 + (8 * PositionModels.Count);

    /// <summary>Option root.</summary>
    [FieldOffset(0)] public Ascii8 Root;

    /// <summary>Calls plus puts, 1/1024 USD per 1 %.</summary>
    [FieldOffset(8)] public long NetGex;

    /// <summary>Calls, 1/1024 USD per 1 %.</summary>
    [FieldOffset(16)] public long CallGex;

    /// <summary>Puts, 1/1024 USD per 1 %.</summary>
    [FieldOffset(24)] public long PutGex;

    /// <summary>Σ |net of node|, 1/1024 USD per 1 %.</summary>
    [FieldOffset(32)] public long GrossGex;

    /// <summary>Delta exposure, 1/1024 USD.</summary>
    [FieldOffset(40)] public long Dex;

    /// <summary>Vanna exposure, 1/1024 USD of delta per vol point.</summary>
    [FieldOffset(48)] public long Vex;

    /// <summary>Charm exposure, 1/1024 USD of delta per calendar day.</summary>
    [FieldOffset(56)] public long Chex;

    /// <summary>Charm to close, 1/1024 USD.</summary>
    [FieldOffset(64)] public long CharmToClose;

    /// <summary>Hedging flow of the session's trades, 1/1024 USD; + = dealers must buy.</summary>
    [FieldOffset(72)] public long TradeFlow;

    /// <summary>Net GEX under every position model, 1/1024 USD per 1 %.</summary>
    [FieldOffset(80)] public PerModel ModelNetGex;
}

/// <summary>Room for the roots of one underlying.</summary>
[InlineArray(MarketSection.RootCapacity)]
public struct RootRows
{
    private RootRow _first;
}

/// <summary>One number for each position model, in the order of <see cref="PositionModel"/>.</summary>
[InlineArray(PositionModels.Count)]
public struct PerModel
{
    private long _first;
}

/// <summary>The exact money grid of every sum.</summary>
public static class MoneyGrid
{
    /// <summary>Units per USD.</summary>
    public const double UnitsPerUsd = 1024;

    /// <summary>A sum on the grid in USD.</summary>
    public static double ToUsd(long units) => units / UnitsPerUsd;
}
