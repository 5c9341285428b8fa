using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>What an instrument id is to this engine.</summary>
internal enum ContractRole : byte
{
    Unknown,
    OtherUnderlying,
    Underlying,
    Adjusted,
    Call,
    Put,
}

/// <summary>An instrument's role and, for a contract, its node.</summary>
internal readonly record struct ContractSlot(ContractRole Role, int Node);

/// <summary>From the ids that ticks carry to nodes. Built once from the definitions; never grows on the hot path.</summary>
internal sealed class ContractTable
{
    private readonly ContractSlot[] _dense;
    private readonly Dictionary<uint, ContractSlot> _sparse = [];

    public readonly NodeTable Nodes;
    public readonly InstrumentDefinition Underlying;
    public readonly double SpotScale;

    public ContractTable(ReadOnlySpan<InstrumentDefinition> definitions, uint underlyingId)
    {
        Underlying = Find(definitions, underlyingId);
        SpotScale = PriceScale.Of(Underlying.PriceDecimals);

        var keys = new HashSet<NodeKey>();
        uint greatestId = 0;
        foreach (ref readonly InstrumentDefinition definition in definitions)
        {
            greatestId = Math.Max(greatestId, definition.InstrumentId);
            Check(in definition);
            if (IsNode(in definition, underlyingId)) keys.Add(KeyOf(in definition));
        }
        NodeKey[] inOrder = [.. keys];
        Array.Sort(inOrder, NodeKey.Compare);
        Nodes = new NodeTable(inOrder);
        Dictionary<NodeKey, int> nodeOf = NodesByKey(inOrder);

        // Dense ids are an array look-up; wild ones pay for a dictionary.
        _dense = new ContractSlot[Math.Min(greatestId + 1L, 4L * definitions.Length + 1024)];
        foreach (ref readonly InstrumentDefinition definition in definitions)
        {
            ContractSlot slot = SlotOf(in definition, underlyingId, nodeOf);
            if (this[definition.InstrumentId].Role != ContractRole.Unknown) Throw.DefinedTwice(definition.InstrumentId);
            if (definition.InstrumentId < _dense.Length) _dense[definition.InstrumentId] = slot;
            else _sparse[definition.InstrumentId] = slot;
            if (slot.Role is ContractRole.Call or ContractRole.Put) Enter(in definition, slot);
        }
    }

    public ContractSlot this[uint instrumentId] =>
        instrumentId < (uint)_dense.Length ? _dense[instrumentId] : _sparse.GetValueOrDefault(instrumentId);

    private void Enter(in InstrumentDefinition definition, ContractSlot slot)
    {
        NodeSideColumns side = slot.Role == ContractRole.Call ? Nodes.Calls : Nodes.Puts;
        if (side.IsListed[slot.Node]) Throw.ListedTwice(in definition);
        side.IsListed[slot.Node] = true;
        side.Multiplier[slot.Node] = definition.Multiplier;
        side.PriceDecimals[slot.Node] = definition.PriceDecimals;
        side.TickMills[slot.Node] = definition.TickMills;
    }

    private Dictionary<NodeKey, int> NodesByKey(NodeKey[] inOrder)
    {
        var nodeOf = new Dictionary<NodeKey, int>(inOrder.Length);
        int next = 0;
        foreach (ExpirySegment segment in Nodes.Segments)
            for (int i = segment.Start; i < segment.End; i++) nodeOf.Add(inOrder[next++], i);
        return nodeOf;
    }

    private static ContractSlot SlotOf(in InstrumentDefinition definition, uint underlyingId, Dictionary<NodeKey, int> nodeOf)
    {
        if (definition.UnderlyingId != underlyingId) return new ContractSlot(ContractRole.OtherUnderlying, -1);
        if (definition.Kind == InstrumentKind.Underlying) return new ContractSlot(ContractRole.Underlying, -1);
        if ((definition.Flags & InstrumentFlags.Adjusted) != 0) return new ContractSlot(ContractRole.Adjusted, -1);
        return new ContractSlot(definition.Kind == InstrumentKind.Call ? ContractRole.Call : ContractRole.Put, nodeOf[KeyOf(in definition)]);
    }

    private static bool IsNode(in InstrumentDefinition definition, uint underlyingId) =>
        definition.UnderlyingId == underlyingId && definition.Kind != InstrumentKind.Underlying
        && (definition.Flags & InstrumentFlags.Adjusted) == 0;

    private static NodeKey KeyOf(in InstrumentDefinition definition) => new(
        definition.Root, definition.ExpiryDate, definition.Settlement, definition.SettlementNanos, definition.Exercise, definition.StrikeMills);

    private static InstrumentDefinition Find(ReadOnlySpan<InstrumentDefinition> definitions, uint underlyingId)
    {
        foreach (ref readonly InstrumentDefinition definition in definitions)
            if (definition.InstrumentId == underlyingId && definition.Kind == InstrumentKind.Underlying) return definition;
        throw new ArgumentException($"No underlying with instrument id {underlyingId} is defined.");
    }

    private static void Check(in InstrumentDefinition definition)
    {
        if (definition.PriceDecimals > PriceScale.MaxDecimals) Throw.Bad(in definition, $"{definition.PriceDecimals} price decimals");
        if (definition.Kind is not (InstrumentKind.Underlying or InstrumentKind.Call or InstrumentKind.Put))
            Throw.Bad(in definition, $"kind {(byte)definition.Kind}");
        if (definition.Kind == InstrumentKind.Underlying) return;
        if (definition.StrikeMills <= 0) Throw.Bad(in definition, $"strike {definition.Strike}");
        if (definition.Multiplier == 0) Throw.Bad(in definition, "a multiplier of zero");
        if (definition.SettlementNanos <= 0) Throw.Bad(in definition, "no settlement instant");
        if (definition.SettlementNanos > MarkClock.LatestNanos) Throw.Bad(in definition, "a settlement instant beyond the year 2261");
    }

    private static class Throw
    {
        public static void DefinedTwice(uint id) => throw new ArgumentException($"Instrument id {id} is defined twice.");

        public static void ListedTwice(in InstrumentDefinition definition) => throw new ArgumentException(
            $"{definition.Root} {definition.ExpiryDate} {(char)definition.Kind} {definition.Strike} is listed twice (instrument id {definition.InstrumentId}).");

        public static void Bad(in InstrumentDefinition definition, string what) => throw new ArgumentException(
            $"The definition of instrument id {definition.InstrumentId} ({definition.Root} {definition.ExpiryDate}) has {what}.");
    }
}
