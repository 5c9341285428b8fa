using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// The calculations that share one stream, each on a thread of its own, each with some of the underlyings. All of them look at every message,
/// so that they have the same event time and the same marks: every number is the same as that of one calculation alone, and the snapshots of
/// a mark are one consistent cut, whichever thread made them. Each message is entered into the ledger of exactly one of them.
/// </summary>
public sealed class Shards
{
    private readonly Calculation[] _calculations;
    private readonly uint[] _underlyingIds;

    /// <summary>One calculation that has the stream for itself.</summary>
    public Shards(Calculation calculation)
        : this([calculation], calculation.UnderlyingIds.ToArray())
    {
    }

    private Shards(Calculation[] calculations, uint[] underlyingIds) => (_calculations, _underlyingIds) = (calculations, underlyingIds);

    /// <summary>Shares the underlyings of a market out by their contracts, the largest first, each to whoever has least.</summary>
    /// <param name="definitions">The contracts of the day and their underlyings.</param>
    /// <param name="underlyingIds">The underlyings, each once.</param>
    /// <param name="options">What to compute; underlyings that are combined stay together.</param>
    /// <param name="count">How many calculations; no more are made than there are underlyings to share.</param>
    /// <param name="stageClock">See <see cref="Calculation.StageClock"/>.</param>
    public static Shards Of(
        ReadOnlySpan<InstrumentDefinition> definitions, ReadOnlySpan<uint> underlyingIds, EngineOptions options, int count, Func<long>? stageClock = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        uint[] whole = underlyingIds.ToArray();
        uint[][] shares = Share(definitions, whole, options.Combined, count);
        var calculations = new Calculation[shares.Length];
        for (int i = 0; i < shares.Length; i++)
            calculations[i] = new Calculation(definitions, new MarketPart(shares[i], whole, IsFirst: i == 0), options) { StageClock = stageClock };
        return new Shards(calculations, whole);
    }

    /// <summary>The calculations; the first also answers for what is nobody's.</summary>
    public IReadOnlyList<Calculation> Calculations => _calculations;

    /// <summary>The first calculation.</summary>
    public Calculation First => _calculations[0];

    /// <summary>The underlyings of all calculations together.</summary>
    public ReadOnlySpan<uint> UnderlyingIds => _underlyingIds;

    /// <inheritdoc cref="Calculation.RoomOf"/>
    public SnapshotRoom RoomOf(uint underlyingId) =>
        Array.Find(_calculations, calculation => calculation.UnderlyingIds.Contains(underlyingId))!.RoomOf(underlyingId);

    /// <inheritdoc cref="Calculation.CombinedRoom"/>
    public SnapshotRoom? CombinedRoom => Array.Find(_calculations, calculation => calculation.CombinedRoom is not null)?.CombinedRoom;

    /// <inheritdoc cref="Calculation.HasOverflowed"/>
    public bool HasOverflowed => Array.Exists(_calculations, calculation => calculation.HasOverflowed);

    /// <summary>Messages that the slowest has looked at. Any thread; not of one instant.</summary>
    public ulong Sequence
    {
        get
        {
            ulong slowest = ulong.MaxValue;
            foreach (Calculation calculation in _calculations) slowest = Math.Min(slowest, calculation.Sequence);
            return slowest;
        }
    }

    /// <inheritdoc cref="Calculation.Work"/>
    public WorkCounts Work => _calculations.Aggregate(default(WorkCounts), (total, calculation) => total + calculation.Work);

    /// <inheritdoc cref="Calculation.Times"/>
    public StageTimes Times => _calculations.Aggregate(default(StageTimes), (total, calculation) => total + calculation.Times);

    /// <summary>Before the first message: <see cref="Calculation.LoadPositions"/> of all.</summary>
    public int LoadPositions(ReadOnlySpan<OutsidePosition> positions)
    {
        int unknown = 0;
        foreach (Calculation calculation in _calculations) unknown += calculation.LoadPositions(positions);
        return unknown;
    }

    private static uint[][] Share(ReadOnlySpan<InstrumentDefinition> definitions, uint[] whole, CombinedBasis? combined, int count)
    {
        var contracts = new Dictionary<uint, long>(whole.Length);
        foreach (ref readonly InstrumentDefinition definition in definitions)
            if (DefinitionRules.IsNode(in definition)) contracts[definition.UnderlyingId] = contracts.GetValueOrDefault(definition.UnderlyingId) + 1;
        uint[] together = combined is null ? [] : [.. combined.Members.Select(member => member.UnderlyingId).Where(whole.Contains)];
        List<uint[]> parts = [.. whole.Except(together).Select(id => new[] { id })];
        if (together.Length > 0) parts.Add(together);
        var shares = new (List<uint> Ids, long Contracts)[Math.Min(count, parts.Count)];
        for (int i = 0; i < shares.Length; i++) shares[i] = ([], 0);
        foreach (uint[] part in parts.OrderByDescending(Contracts))
        {
            int least = Array.FindIndex(shares, share => share.Contracts == shares.Min(other => other.Contracts));
            shares[least].Ids.AddRange(part);
            // The underlying itself counts too, so that none stays without any.
            shares[least].Contracts += Contracts(part) + 1;
        }
        // In the order of the market, whoever is larger.
        return [.. shares.Select(share => whole.Where(share.Ids.ToHashSet().Contains).ToArray())];

        long Contracts(uint[] part) => part.Sum(id => contracts.GetValueOrDefault(id));
    }
}
