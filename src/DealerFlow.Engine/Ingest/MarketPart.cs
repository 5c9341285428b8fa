namespace DealerFlow.Engine;

/// <summary>
/// Which underlyings of a stream one calculation carries. Several calculations may share a stream: each sees every message, and every
/// message is entered into the ledger of exactly one of them, so that the ledgers add up to the stream.
/// </summary>
/// <param name="UnderlyingIds">Those it carries, each once.</param>
/// <param name="Whole">Those that all calculations of the stream carry together.</param>
/// <param name="IsFirst">It also answers for messages of nobody's: unknown contracts, damaged definitions, times that cannot be.</param>
internal sealed record MarketPart(uint[] UnderlyingIds, uint[] Whole, bool IsFirst)
{
    private readonly HashSet<uint> _elsewhere = [.. Whole.Except(UnderlyingIds)];

    /// <summary>A calculation that has the stream for itself.</summary>
    public static MarketPart Alone(ReadOnlySpan<uint> underlyingIds) => new(underlyingIds.ToArray(), underlyingIds.ToArray(), IsFirst: true);

    /// <summary>Another calculation carries some of the underlyings.</summary>
    public bool IsShared => _elsewhere.Count > 0;

    /// <summary>Another calculation carries this underlying.</summary>
    public bool IsElsewhere(uint underlyingId) => _elsewhere.Contains(underlyingId);
}
