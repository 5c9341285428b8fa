using System.Runtime.CompilerServices;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Best quotes of a market that no near cache holds, on their way to the nodes of their underlyings: a quote touches the line of its node
/// and the end of one list, and what else it means for its underlying is said once for all quotes of the node, when somebody looks.
/// </summary>
internal sealed class ChangedQuotes
{
    private const int Ahead = 16;

    private readonly UnderlyingCalculation[] _underlyings;
    private readonly NodeQuotes[][] _quotes;        // theirs
    private readonly Place[] _places, _sorted;
    private readonly int[] _next;
    private int _count;

    public ChangedQuotes(UnderlyingCalculation[] underlyings)
    {
        _underlyings = underlyings;
        _quotes = [.. underlyings.Select(underlying => underlying.Nodes.Quotes)];
        _places = new Place[underlyings.Sum(underlying => underlying.Nodes.Length) + 1];
        _sorted = new Place[_places.Length];
        _next = new int[underlyings.Length + 1];
    }

    /// <summary>Takes national best quotes of open contracts, their prices not negative.</summary>
    /// <param name="ticks">Messages.</param>
    /// <param name="best">Which of them.</param>
    /// <param name="slots">Where their contracts stand.</param>
    public void Take(ReadOnlySpan<Tick> ticks, ReadOnlySpan<int> best, ReadOnlySpan<InstrumentSlot> slots)
    {
        NodeQuotes[][] quotes = _quotes;
        // Each of them lies far away: they are fetched side by side before the first is looked at.
        foreach (int change in best)
        {
            ref readonly InstrumentSlot slot = ref slots[(int)ticks[change].InstrumentId];
            CacheLine.Prefetch(in quotes[slot.Underlying][slot.Node]);
        }
        Place[] places = _places;
        int count = _count;
        foreach (int change in best)
        {
            ref readonly Tick tick = ref ticks[change];
            ref readonly InstrumentSlot slot = ref slots[(int)tick.InstrumentId];
            ref NodeQuotes node = ref quotes[slot.Underlying][slot.Node];
            if (!node.TryChange(slot.Role, in tick, tick.EventTimeNanos, out bool isRead)) continue;
            // One more place than nodes: a node that is listed already is written behind the last and stays outside.
            places[count] = new Place(slot.Node, slot.Underlying);
            count += Unsafe.BitCast<bool, byte>(!node.IsListed);
            node.IsListed = true;
            node.IsListedAsRead |= isRead;
        }
        _count = count;
    }

    /// <summary>Tells the underlyings; to be called before anybody looks at what is touched.</summary>
    public void Tell()
    {
        ReadOnlySpan<Place> places = Sorted();
        for (int i = 0; i < places.Length; i++)
        {
            if (i + Ahead < places.Length) CacheLine.Prefetch(in _quotes[places[i + Ahead].Underlying][places[i + Ahead].Node]);
            Place place = places[i];
            ref NodeQuotes node = ref _quotes[place.Underlying][place.Node];
            _underlyings[place.Underlying].NoteChange(ref node, place.Node, node.IsListedAsRead);
            (node.IsListed, node.IsListedAsRead) = (false, false);
        }
        _count = 0;
    }

    /// <summary>By underlying, so that each is looked at once: a counting sort.</summary>
    private ReadOnlySpan<Place> Sorted()
    {
        ReadOnlySpan<Place> places = _places.AsSpan(0, _count);
        if (places.Length < _underlyings.Length) return places;
        Span<int> next = _next;
        next.Clear();
        foreach (ref readonly Place place in places) next[place.Underlying + 1]++;
        for (int underlying = 1; underlying < next.Length; underlying++) next[underlying] += next[underlying - 1];
        foreach (ref readonly Place place in places) _sorted[next[place.Underlying]++] = place;
        return _sorted.AsSpan(0, places.Length);
    }

    private readonly record struct Place(int Node, ushort Underlying);
}
