namespace DealerFlow.Engine;

/// <summary>Nodes touched since the last flush, each once, in the order of first touch.</summary>
internal sealed class DirtySet(int nodes)
{
    private readonly bool[] _isIn = new bool[nodes];
    private readonly int[] _nodes = new int[nodes];
    private int _count;

    public ReadOnlySpan<int> Nodes => _nodes.AsSpan(0, _count);

    public bool IsEmpty => _count == 0;

    public void Add(int node)
    {
        if (_isIn[node]) return;
        _isIn[node] = true;
        _nodes[_count++] = node;
    }

    public void Clear()
    {
        foreach (int node in Nodes) _isIn[node] = false;
        _count = 0;
    }
}
