using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>
/// What would happen next: hedging flows under scenarios, fully repriced, and the levels of books at bid, mid and ask. It costs
/// more than the rest and is made less often, so it carries its own mark.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct OutlookSection
{
    /// <summary>Size of the section.</summary>
    public const int SizeInBytes = 32 + (PositionModels.Count * ModelFlows.SizeInBytes) + BandTable.SizeInBytes;

    /// <summary>The mark at which the outlook was made; 0 before the first.</summary>
    [FieldOffset(0)] public long MarkTimeNanos;

    /// <summary>That mark's spot.</summary>
    [FieldOffset(8)] public double Spot;

    /// <summary>Sequence of the last event that the outlook includes.</summary>
    [FieldOffset(16)] public ulong EventSequence;

    /// <summary>The close that <see cref="HedgeScenario.Close"/> and charm to close look at; 0 when the calendar does not know it.</summary>
    [FieldOffset(24)] public long CloseNanos;

    /// <summary>Flows of every position model.</summary>
    [FieldOffset(32)] public FlowsOfModels Flows;

    /// <summary>Levels over three books of the chosen model: every node at its bid, middle and ask.</summary>
    [FieldOffset(32 + (PositionModels.Count * ModelFlows.SizeInBytes))] public BandTable QuoteBands;
}

/// <summary>Hedging flows of one position model in three buckets.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct ModelFlows
{
    /// <summary>Size of the flows.</summary>
    public const int SizeInBytes = 3 * HedgeScenarios.Count * FlowRow.SizeInBytes;

    /// <summary>By bucket, then by scenario: row <c>bucket · 11 + scenario</c>.</summary>
    [FieldOffset(0)] public FlowRows Rows;

    /// <summary>The flow of one bucket under one scenario.</summary>
    public readonly FlowRow this[ExposureBucket bucket, HedgeScenario scenario] => Rows[((int)bucket * HedgeScenarios.Count) + (int)scenario];
}

/// <summary>Flows of every position model, in the order of <see cref="PositionModel"/>.</summary>
[InlineArray(PositionModels.Count)]
public struct FlowsOfModels
{
    private ModelFlows _first;
}

/// <summary>Flows by bucket and scenario.</summary>
[InlineArray(3 * HedgeScenarios.Count)]
public struct FlowRows
{
    private FlowRow _first;
}

/// <summary>
/// What dealers would trade under one scenario, 1/1024 USD, + = dealers buy: the full reprice, and its parts, which add up to it exactly.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct FlowRow
{
    /// <summary>Size of the row.</summary>
    public const int SizeInBytes = 40;

    /// <summary>−(Δ of the book there − Δ now)·S′.</summary>
    [FieldOffset(0)] public long Flow;

    /// <summary>−Γ·ΔS·S′.</summary>
    [FieldOffset(8)] public long Gamma;

    /// <summary>−vanna·Δσ·S′.</summary>
    [FieldOffset(16)] public long Vanna;

    /// <summary>−charm·Δt·S′.</summary>
    [FieldOffset(24)] public long Charm;

    /// <summary>Flow − gamma − vanna − charm.</summary>
    [FieldOffset(32)] public long Residual;
}

/// <summary>Bands of every level in three buckets.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct BandTable
{
    /// <summary>Size of the table.</summary>
    public const int SizeInBytes = 3 * BandedLevels.Count * BandRow.SizeInBytes;

    /// <summary>By bucket, then by level: row <c>bucket · 11 + level</c>.</summary>
    [FieldOffset(0)] public BandRows Rows;
}

/// <summary>Bands by bucket and level.</summary>
[InlineArray(3 * BandedLevels.Count)]
public struct BandRows
{
    private BandRow _first;
}

/// <summary>The range of one level over several books.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct BandRow
{
    /// <summary>Size of the row.</summary>
    public const int SizeInBytes = 24;

    /// <summary>The lowest; meaningful when <see cref="Present"/> is not 0.</summary>
    [FieldOffset(0)] public double Low;

    /// <summary>The highest; meaningful when <see cref="Present"/> is not 0.</summary>
    [FieldOffset(8)] public double High;

    /// <summary>Books that have the level, one bit each: position models in their order, or bid, middle, ask.</summary>
    [FieldOffset(16)] public uint Present;

    /// <summary>Books that were looked at and do not have it.</summary>
    [FieldOffset(20)] public uint Missing;
}
