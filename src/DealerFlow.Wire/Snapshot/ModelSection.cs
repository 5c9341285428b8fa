using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>Everything that depends on the position model: totals and levels of three buckets, pin and roll-off.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct ModelSection
{
    /// <summary>Size of the section.</summary>
    public const int SizeInBytes = (3 * BucketSection.SizeInBytes) + PinSection.SizeInBytes + (3 * RollOffRow.SizeInBytes) + 8;

    /// <summary>Totals and levels of all, 0DTE, ex-0DTE, in the order of <see cref="ExposureBucket"/>.</summary>
    [FieldOffset(0)] public BucketSections Buckets;

    /// <summary>Where today's expiry is drawn to.</summary>
    [FieldOffset(3 * BucketSection.SizeInBytes)] public PinSection Pin;

    /// <summary>What leaves at the next settlement, and at the next monthly ones.</summary>
    [FieldOffset((3 * BucketSection.SizeInBytes) + PinSection.SizeInBytes)] public RollOffRows RollOffs;

    /// <summary>Whether the model has what it needs.</summary>
    [FieldOffset((3 * BucketSection.SizeInBytes) + PinSection.SizeInBytes + (3 * RollOffRow.SizeInBytes))] public ModelStatus Status;
}

/// <summary>A section for each position model, in the order of <see cref="PositionModel"/>.</summary>
[InlineArray(PositionModels.Count)]
public struct ModelSections
{
    private ModelSection _first;
}

/// <summary>The pin of the next 0DTE settlement.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct PinSection
{
    /// <summary>Size of the section.</summary>
    public const int SizeInBytes = 40;

    /// <summary>The strike with the largest positive 0DTE profile within two deviations of spot; meaningful when <see cref="Present"/> is 1.</summary>
    [FieldOffset(0)] public double Strike;

    /// <summary>That profile as a share of the gross profile there, 0 to 1.</summary>
    [FieldOffset(8)] public double Share;

    /// <summary>Risk-neutral probability to settle within half the smaller adjacent strike step of it.</summary>
    [FieldOffset(16)] public double Probability;

    /// <summary>The settlement that is meant; 0 when nothing settles today.</summary>
    [FieldOffset(24)] public long SettlementNanos;

    /// <summary>1 when a candidate has a positive score.</summary>
    [FieldOffset(32)] public byte Present;
}

/// <summary>Exposure that leaves the sums at one settlement.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct RollOffRow
{
    /// <summary>Size of the row.</summary>
    public const int SizeInBytes = 40;

    /// <summary>The settlement instant.</summary>
    [FieldOffset(0)] public long SettlementNanos;

    /// <summary>Net GEX that leaves, 1/1024 USD per 1 %.</summary>
    [FieldOffset(8)] public long Gex;

    /// <summary>DEX that leaves, 1/1024 USD.</summary>
    [FieldOffset(16)] public long Dex;

    /// <summary>Gross GEX that leaves as a share of all gross GEX, 0 to 1.</summary>
    [FieldOffset(24)] public double GrossShare;

    /// <summary>Expiry as yyyymmdd.</summary>
    [FieldOffset(32)] public int ExpiryDate;

    /// <summary>1 when there is such a settlement among the live expiries.</summary>
    [FieldOffset(36)] public byte Present;
}

/// <summary>Roll-offs in the order of <see cref="RollOff"/>.</summary>
[InlineArray(3)]
public struct RollOffRows
{
    private RollOffRow _first;
}
