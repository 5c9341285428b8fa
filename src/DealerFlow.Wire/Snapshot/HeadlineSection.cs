using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>
/// What a snapshot says first, made far more often: totals of the chosen model as they stand now, and the levels of the last whole
/// snapshot. A pure function of tape and options, like <see cref="MarketSection"/>, where it follows a cadence of event time.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct HeadlineSection
{
    /// <summary>Size of the section.</summary>
    public const int SizeInBytes = 1728;

    /// <summary>Last event that the numbers include.</summary>
    [FieldOffset(0)] public ulong EventSequence;

    /// <summary>Latest event time seen when it was made, that of the message that made it due included, UTC nanoseconds.</summary>
    [FieldOffset(8)] public long EventTimeNanos;

    /// <summary>The mark in force: the instant at which everything is evaluated.</summary>
    [FieldOffset(16)] public long MarkTimeNanos;

    /// <summary>Spot of the mark.</summary>
    [FieldOffset(24)] public double Spot;

    /// <summary>Symbol of the underlying.</summary>
    [FieldOffset(32)] public Ascii8 Underlying;

    /// <summary>The mark of walls and zero gamma, which move with whole snapshots only; 0 = there was none yet.</summary>
    [FieldOffset(40)] public long LevelsMarkTimeNanos;

    /// <summary>The chosen position model.</summary>
    [FieldOffset(48)] public PositionModel Model;

    /// <summary>How forwards are obtained.</summary>
    [FieldOffset(49)] public ForwardMode ForwardMode;

    /// <summary>Where the spot comes from.</summary>
    [FieldOffset(50)] public SpotSource SpotSource;

    /// <summary>What is to be known of the quotes, as of the last whole snapshot.</summary>
    [FieldOffset(52)] public QualityFlags Quality;

    /// <summary>How much older than <see cref="LevelsMarkTimeNanos"/> the mark of zero gamma is.</summary>
    [FieldOffset(56)] public long ZeroGammaAgeNanos;

    /// <summary>Totals as of <see cref="MarkTimeNanos"/>, levels as of <see cref="LevelsMarkTimeNanos"/>, in the order of <see cref="ExposureBucket"/>.</summary>
    [FieldOffset(64)] public BucketSections Buckets;
}
