using System.Runtime.CompilerServices;

namespace DealerFlow.Engine;

/// <summary>Nodes touched since the last flush, each once, in the order of first touch.</summary>
internal sealed class DirtySet(int nodes)
{
    private readonly bool[] _isIn = new bool[nodes];
    private readonly int[] _nodes = new int[nodes + 1];
    private int _count;
    private readonly int[] _later = new int[nodes];     // deferred: in the set, and looked at in the next round only
    private int _deferred;

    public ReadOnlySpan<int> Nodes => _nodes.AsSpan(0, _count);

    public bool IsEmpty => _count == 0;

    public void Add(int node) => Add(node, isWanted: true);

    /// <summary>Adds a node if it is wanted; without a branch, for whether it is is a coin's toss where many quotes come.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int node, bool isWanted)
    {
        ref bool isIn = ref _isIn[node];
        bool isNew = isWanted & !isIn;
        // One more place than nodes: what is not new is written behind the last and stays outside.
        _nodes[_count] = node;
        _count += Unsafe.BitCast<bool, byte>(isNew);
        isIn |= isNew;
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
        foreach (int node in Nodes) _isIn[node] = false;
        _later.AsSpan(0, _deferred).CopyTo(_nodes);
        (_count, _deferred) = (_deferred, 0);
    }
}
