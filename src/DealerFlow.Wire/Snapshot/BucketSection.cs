using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

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

    /// <summary>Charm to close: USD of delta that the book gains until the close at unchanged spot and volatility, 1/1024 USD.</summary>
    [FieldOffset(72)] public long CharmToClose;

    /// <summary>Sign of net gamma.</summary>
    [FieldOffset(80)] public GammaRegime Regime;

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
    public const int SizeInBytes = 40 + (8 * RootCapacity);

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

    /// <summary>∂S*/∂R: how far the root moves per unit of skew-stickiness. Units of the underlying.</summary>
    [FieldOffset(32)] public double PerStickiness;

    /// <summary>The roots nearest to spot, ascending.</summary>
    [FieldOffset(40)] public RootValues Roots;
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
