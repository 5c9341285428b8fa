using System.Runtime.CompilerServices;

namespace DealerFlow.Engine;

/// <summary>
/// Nodes whose quote was touched since the last flush, each once, in the order of first touch. Whether a node is among them stands in its
/// <see cref="NodeQuotes"/>, where a quote looks anyway.
/// </summary>
internal sealed class TouchedQuotes(NodeTable nodes)
{
    private readonly int[] _nodes = new int[nodes.Length + 1];
    private readonly int[] _later = new int[nodes.Length];     // deferred: in the set, and looked at in the next round only
    private int _count;
    private int _deferred;

    public ReadOnlySpan<int> Nodes => _nodes.AsSpan(0, _count);

    public bool IsEmpty => _count == 0;

    public void Add(int node) => Add(ref nodes.Quotes[node], node, isWanted: true);

    /// <summary>Adds a node if it is wanted; without a branch, for whether it is is a coin's toss where many quotes come.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ref NodeQuotes quotes, int node, bool isWanted)
    {
        bool isNew = isWanted & !quotes.IsTouched;
        // One more place than nodes: what is not new is written behind the last and stays outside.
        _nodes[_count] = node;
        _count += Unsafe.BitCast<bool, byte>(isNew);
        quotes.IsTouched |= isNew;
    }

    /// <summary>Leaves nodes that do not pass for the round after the next <see cref="Clear"/>.</summary>
    public void Defer(Func<int, bool> passes)
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            int node = _nodes[i];
            if (passes(node)) _nodes[kept++] = node;
            else _later[_deferred++] = node;
        }
        _count = kept;
    }

    /// <summary>Empties the set, but for what was deferred.</summary>
    public void Clear()
    {
        foreach (int node in Nodes) nodes.Quotes[node].IsTouched = false;
        _later.AsSpan(0, _deferred).CopyTo(_nodes);
        (_count, _deferred) = (_deferred, 0);
    }
}
