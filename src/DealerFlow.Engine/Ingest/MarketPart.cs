using DealerFlow.Market;
using DealerFlow.Wire;

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

    /// <summary>Which definitions are whose, by underlying; in one pass, for a market has thousands of underlyings.</summary>
    public Dictionary<uint, List<int>> MembersOf(ReadOnlySpan<InstrumentDefinition> definitions)
    {
        var members = new Dictionary<uint, List<int>>(UnderlyingIds.Length);
        foreach (uint id in UnderlyingIds) members.TryAdd(id, []);
        for (int i = 0; i < definitions.Length; i++)
        {
            if (members.TryGetValue(OwnerOf(in definitions[i]), out List<int>? own)) own.Add(i);
        }
        return members;
    }

    /// <summary>Marks fall on the settlements of the whole stream, whoever carries them.</summary>
    public List<long> SettlementsElsewhere(ReadOnlySpan<InstrumentDefinition> definitions)
    {
        var settlements = new List<long>();
        if (!IsShared) return settlements;
        foreach (ref readonly InstrumentDefinition definition in definitions)
            if (DefinitionRules.IsNode(in definition) && IsElsewhere(definition.UnderlyingId)) settlements.Add(definition.SettlementNanos);
        return settlements;
    }

    /// <summary>The underlying that a definition belongs to: itself, whatever it says of its own underlying, or that of its contract.</summary>
    public static uint OwnerOf(in InstrumentDefinition definition) =>
        definition.Kind == InstrumentKind.Underlying ? definition.InstrumentId : definition.UnderlyingId;
}
