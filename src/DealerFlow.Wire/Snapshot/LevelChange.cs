using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>What became of a level between two publications of one underlying, under the model that was chosen in both.</summary>
public enum LevelChangeKind : byte
{
    /// <summary>Never written.</summary>
    None = 0,

    /// <summary>The sign of net gamma: Before and After are a <see cref="GammaRegime"/>.</summary>
    Regime = 1,

    /// <summary>Spot went through zero gamma: SpotBefore and Spot lie on either side.</summary>
    ZeroGammaCrossed = 2,

    /// <summary>Zero gamma is there, or is not any more.</summary>
    ZeroGammaFound = 3,

    /// <summary>The call wall is at another strike, came or went.</summary>
    CallWall = 4,

    /// <summary>The put wall is at another strike, came or went.</summary>
    PutWall = 5,

    /// <summary>The pin is at another strike, came or went; of the bucket 0DTE.</summary>
    Pin = 6,

    /// <summary>Another position model was chosen: Before and After are a <see cref="PositionModel"/>, and its levels are compared from here on.</summary>
    Model = 7,
}

/// <summary>A notice of the change stream.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct LevelChange
{
    /// <summary>Size of the notice.</summary>
    public const int SizeInBytes = 80;

    /// <summary>Messages looked at when the change was seen.</summary>
    [FieldOffset(0)] public ulong EventSequence;

    /// <summary>Event time of the last of them, UTC nanoseconds since the Unix epoch.</summary>
    [FieldOffset(8)] public long EventTimeNanos;

    /// <summary>Value before; meaningful when <see cref="HasBefore"/> is 1.</summary>
    [FieldOffset(16)] public double Before;

    /// <summary>Value now; meaningful when <see cref="HasAfter"/> is 1.</summary>
    [FieldOffset(24)] public double After;

    /// <summary>Price of the underlying in the publication before.</summary>
    [FieldOffset(32)] public double SpotBefore;

    /// <summary>Price of the underlying now.</summary>
    [FieldOffset(40)] public double Spot;

    /// <summary>Number of the last snapshot when the change was seen: it, or a headline after it, shows the change.</summary>
    [FieldOffset(48)] public ulong SnapshotNumber;

    /// <summary>How often the feed had been taken by a writer.</summary>
    [FieldOffset(56)] public ulong Epoch;

    /// <summary>What changed.</summary>
    [FieldOffset(64)] public LevelChangeKind Kind;

    /// <summary>Of which bucket.</summary>
    [FieldOffset(65)] public ExposureBucket Bucket;

    /// <summary>Under which model.</summary>
    [FieldOffset(66)] public PositionModel Model;

    /// <summary>1 when there was a value before.</summary>
    [FieldOffset(67)] public byte HasBefore;

    /// <summary>1 when there is a value now.</summary>
    [FieldOffset(68)] public byte HasAfter;

    /// <summary>Number of the notice.</summary>
    [FieldOffset(72)] public ulong Number;
}
