using System.Runtime.CompilerServices;

namespace DealerFlow.Engine;

/// <summary>Nodes touched since the last flush, each once, in the order of first touch.</summary>
internal sealed class DirtySet(int nodes)
{
    private readonly bool[] _isIn = new bool[nodes];
    private readonly int[] _nodes = new int[nodes + 1];
    private int _count;

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

    public void Clear()
    {
        foreach (int node in Nodes) _isIn[node] = false;
        _count = 0;
    }
}
