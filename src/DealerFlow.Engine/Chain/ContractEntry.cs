using System.Diagnostics.CodeAnalysis;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Brings the contracts of one underlying into its node table and the directory of ids: all of the start at once, later ones one by
/// one into the room that was kept.
/// </summary>
internal sealed class ContractEntry
{
    private readonly InstrumentDirectory _directory;
    private readonly ushort _underlying;

    public readonly NodeTable Nodes;
    public readonly InstrumentDefinition Underlying;
    public readonly double SpotScale;

    public ContractEntry(
        ReadOnlySpan<InstrumentDefinition> definitions, uint underlyingId, ushort underlying, InstrumentDirectory directory, RoomForLater room)
    {
        _directory = directory;
        _underlying = underlying;
        Underlying = Find(definitions, underlyingId);
        SpotScale = PriceScale.Of(Underlying.PriceDecimals);
        var keys = new HashSet<NodeKey>();
        foreach (ref readonly InstrumentDefinition definition in definitions)
            if (definition.UnderlyingId == underlyingId && DefinitionRules.IsNode(in definition)) keys.Add(DefinitionRules.KeyOf(in definition));
        NodeKey[] inOrder = [.. keys];
        Array.Sort(inOrder, NodeKey.Compare);
        Nodes = new NodeTable(inOrder, room);
        Dictionary<NodeKey, int> nodeOf = NodesByKey(inOrder);
        foreach (ref readonly InstrumentDefinition definition in definitions)
        {
            if (definition.UnderlyingId != underlyingId) continue;
            if (_directory[definition.InstrumentId].Role != ContractRole.Unknown) Throw.DefinedTwice(definition.InstrumentId);
            InstrumentSlot slot = SlotOf(in definition, DefinitionRules.IsNode(in definition) ? nodeOf[DefinitionRules.KeyOf(in definition)] : -1);
            _directory.TrySet(definition.InstrumentId, slot);
            if (slot.Node < 0) continue;
            if (SideOf(slot.Role).IsListed[slot.Node]) Throw.ListedTwice(in definition);
            List(in definition, slot);
        }
    }

    /// <summary>The node and side whose contract the last definition took its id from; null when there was none.</summary>
    public InstrumentSlot? Delisted { get; private set; }

    /// <summary>The last definition put a node into the table.</summary>
    public bool IsNewNode { get; private set; }

    /// <summary>
    /// Until then every contract whose slot says that it is open has not settled: the hot loop needs no other look at the time.
    /// <see cref="long.MinValue"/> when something has moved and <see cref="Open(long)"/> is due.
    /// </summary>
    public long OpenUntilNanos { get; private set; } = long.MinValue;

    /// <summary>Contracts that came after the start.</summary>
    public uint LateDefinitions { get; private set; }

    public NodeSideColumns SideOf(ContractRole role) => role == ContractRole.Call ? Nodes.Calls : Nodes.Puts;

    /// <summary>
    /// Takes a definition that came during the session. The touched node is −1 for one without a place in the table; nodes above a new one
    /// have moved, so whoever remembers node numbers must have forgotten them before.
    /// </summary>
    public Rejection? TryDefine(in InstrumentDefinition definition, out int node, out ExpirySegment? rescheduled)
    {
        node = -1;
        rescheduled = null;
        Delisted = null;
        IsNewNode = false;
        InstrumentSlot before = _directory[definition.InstrumentId];
        if (before.Role is ContractRole.Call or ContractRole.Put && IsSame(in definition, before))
        {
            ExpirySegment known = Nodes.Segments[Nodes.SegmentIndex[before.Node]];
            if (TryReschedule(known, definition.SettlementNanos)) rescheduled = known;
            return null;
        }
        if (DefinitionRules.IsNode(in definition))
        {
            if (Open(in definition, out node) is { } refusal) return refusal;
        }
        InstrumentSlot slot = SlotOf(in definition, node);
        if (!_directory.TrySet(definition.InstrumentId, slot)) return Rejection.NoRoom;
        // An id that is used again is another contract from now on: what it was is known under no id any more.
        if (before.Role is ContractRole.Call or ContractRole.Put) Delist(definition.InstrumentId);
        if (node >= 0)
        {
            List(in definition, slot);
            ExpirySegment segment = Nodes.Segments[Nodes.SegmentIndex[node]];
            if (TryReschedule(segment, definition.SettlementNanos)) rescheduled = segment;
        }
        LateDefinitions++;
        return null;
    }

    /// <summary>Settlements or contracts have moved: nothing is known to be open until the next mark.</summary>
    public void Reopen() => OpenUntilNanos = long.MinValue;

    /// <summary>Says of every contract whether it has not settled by an instant.</summary>
    public void Open(long nowNanos)
    {
        OpenUntilNanos = long.MaxValue;
        foreach (ExpirySegment segment in Nodes.Segments)
        {
            bool isOpen = segment.AnnouncedSettlementNanos > nowNanos;
            if (isOpen) OpenUntilNanos = Math.Min(OpenUntilNanos, segment.AnnouncedSettlementNanos);
            foreach (ContractRole role in (ReadOnlySpan<ContractRole>)[ContractRole.Call, ContractRole.Put])
            {
                NodeSideColumns side = SideOf(role);
                for (int node = segment.Start; node < segment.End; node++)
                    if (side.IsListed[node]) _directory.TrySet(side.InstrumentId[node], new InstrumentSlot(role, _underlying, node, isOpen));
            }
        }
    }

    /// <summary>One root and date has one settlement: the first contract, known or new, that says so moves them all.</summary>
    private static bool TryReschedule(ExpirySegment segment, long settlementNanos)
    {
        if (segment.AnnouncedSettlementNanos == settlementNanos) return false;
        // Takes effect at the next mark.
        segment.AnnouncedSettlementNanos = settlementNanos;
        segment.IsRescheduledBySource = true;
        return true;
    }

    private Rejection? Open(in InstrumentDefinition definition, out int node)
    {
        NodeKey key = DefinitionRules.KeyOf(in definition);
        node = -1;
        ExpirySegment? segment = Nodes.Find(key);
        if (segment is not null && (segment.Settlement != key.Settlement || segment.Exercise != key.Exercise)) return Rejection.BadDefinition;
        // An expiry without a node would stay, unknown to the clock.
        if (segment is null && !Nodes.HasRoomForStrike(key.StrikeMills)) return Rejection.NoRoom;
        segment ??= Nodes.TryAddExpiry(key);
        if (segment is null) return Rejection.NoRoom;
        node = Nodes.Find(segment, key.StrikeMills);
        if (node >= 0)
        {
            NodeSideColumns side = definition.Kind == InstrumentKind.Call ? Nodes.Calls : Nodes.Puts;
            // Two ids for one contract would count it twice.
            return side.IsListed[node] && side.InstrumentId[node] != definition.InstrumentId ? Rejection.BadDefinition : null;
        }
        node = Nodes.TryAddNode(segment, key.StrikeMills);
        if (node < 0) return Rejection.NoRoom;
        IsNewNode = true;
        for (int moved = node + 1; moved < segment.End; moved++)
        {
            foreach (ContractRole role in (ReadOnlySpan<ContractRole>)[ContractRole.Call, ContractRole.Put])
                if (SideOf(role).IsListed[moved]) _directory.TrySet(SideOf(role).InstrumentId[moved], new InstrumentSlot(role, _underlying, moved));
        }
        return null;
    }

    private bool IsSame(in InstrumentDefinition definition, InstrumentSlot slot)
    {
        if (!DefinitionRules.IsNode(in definition) || SlotOf(in definition, slot.Node).Role != slot.Role) return false;
        ExpirySegment segment = Nodes.Segments[Nodes.SegmentIndex[slot.Node]];
        return segment.Root == definition.Root && segment.ExpiryDate == definition.ExpiryDate && Nodes.Strike[slot.Node] == definition.Strike
            && SideOf(slot.Role).Multiplier[slot.Node] == definition.Multiplier && SideOf(slot.Role).PriceDecimals[slot.Node] == definition.PriceDecimals;
    }

    private void List(in InstrumentDefinition definition, InstrumentSlot slot)
    {
        NodeSideColumns side = SideOf(slot.Role);
        side.IsListed[slot.Node] = true;
        side.InstrumentId[slot.Node] = definition.InstrumentId;
        side.Multiplier[slot.Node] = definition.Multiplier;
        side.PriceDecimals[slot.Node] = definition.PriceDecimals;
        side.TickMills[slot.Node] = definition.TickMills;
    }

    private void Delist(uint instrumentId)
    {
        foreach (ContractRole role in (ReadOnlySpan<ContractRole>)[ContractRole.Call, ContractRole.Put])
        {
            NodeSideColumns side = SideOf(role);
            for (int node = 0; node < Nodes.Length; node++)
            {
                if (!side.IsListed[node] || side.InstrumentId[node] != instrumentId) continue;
                side.Forget(node);
                Delisted = new InstrumentSlot(role, _underlying, node);
                return;
            }
        }
    }

    private InstrumentSlot SlotOf(in InstrumentDefinition definition, int node) => new(
        definition.Kind == InstrumentKind.Underlying ? ContractRole.Underlying
            : (definition.Flags & InstrumentFlags.Adjusted) != 0 ? ContractRole.Adjusted
            : definition.Kind == InstrumentKind.Call ? ContractRole.Call
            : ContractRole.Put,
        _underlying, node);

    private Dictionary<NodeKey, int> NodesByKey(NodeKey[] inOrder)
    {
        var nodeOf = new Dictionary<NodeKey, int>(inOrder.Length);
        int next = 0;
        foreach (ExpirySegment segment in Nodes.Segments)
            for (int i = segment.Start; i < segment.End; i++) nodeOf.Add(inOrder[next++], i);
        return nodeOf;
    }

    private static InstrumentDefinition Find(ReadOnlySpan<InstrumentDefinition> definitions, uint underlyingId)
    {
        foreach (ref readonly InstrumentDefinition definition in definitions)
            if (definition.InstrumentId == underlyingId && definition.Kind == InstrumentKind.Underlying) return definition;
        throw new ArgumentException($"No underlying with instrument id {underlyingId} is defined.");
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void DefinedTwice(uint id) => throw new ArgumentException($"Instrument id {id} is defined twice.");

        [DoesNotReturn]
        public static void ListedTwice(in InstrumentDefinition definition) => throw new ArgumentException(
            $"{definition.Root} {definition.ExpiryDate} {(char)definition.Kind} {definition.Strike} is listed twice (instrument id {definition.InstrumentId}).");
    }
}
