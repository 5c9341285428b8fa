namespace DealerFlow.Engine;

/// <summary>What a run cost, in pieces of work.</summary>
/// <param name="Inversions">Out-of-the-money quotes inverted for w.</param>
/// <param name="RobustLanes">Of those, how many took the bracketed solver.</param>
/// <param name="NodesRepriced">Nodes whose Greeks were evaluated.</param>
/// <param name="Marks">Marks.</param>
/// <param name="Flushes">Flushes between them.</param>
/// <param name="Publishes">Snapshots.</param>
/// <param name="FullSearches">Zero-gamma searches of every profile.</param>
/// <param name="SearchesAtOnce">Zero-gamma searches that could not wait for one beside the calculation; most are of a single profile.</param>
/// <param name="Headlines">Headlines.</param>
public readonly record struct WorkCounts(
    ulong Inversions, ulong RobustLanes, ulong NodesRepriced, ulong Marks, ulong Flushes, ulong Publishes, ulong FullSearches,
    ulong SearchesAtOnce, ulong Headlines = 0)
{
    /// <summary>Both together.</summary>
    public static WorkCounts operator +(WorkCounts left, WorkCounts right) => new(
        left.Inversions + right.Inversions, left.RobustLanes + right.RobustLanes, left.NodesRepriced + right.NodesRepriced,
        left.Marks + right.Marks, left.Flushes + right.Flushes, left.Publishes + right.Publishes, left.FullSearches + right.FullSearches,
        left.SearchesAtOnce + right.SearchesAtOnce, left.Headlines + right.Headlines);

    /// <summary>What was added since.</summary>
    public static WorkCounts operator -(WorkCounts later, WorkCounts earlier) => new(
        later.Inversions - earlier.Inversions, later.RobustLanes - earlier.RobustLanes, later.NodesRepriced - earlier.NodesRepriced,
        later.Marks - earlier.Marks, later.Flushes - earlier.Flushes, later.Publishes - earlier.Publishes,
        later.FullSearches - earlier.FullSearches, later.SearchesAtOnce - earlier.SearchesAtOnce, later.Headlines - earlier.Headlines);
}
