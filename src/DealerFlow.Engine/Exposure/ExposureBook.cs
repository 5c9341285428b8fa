using System.Numerics;

namespace DealerFlow.Engine;

/// <summary>
/// Exposure per node and expiry for every position column, as exact integers. Between marks it moves by differences (new − old); at
/// a mark each expiry is replaced whole. Both ways end in the same bits, because integers add in any order.
/// </summary>
internal sealed class ExposureBook
{
    /// <summary>Contributions that an Int64 sum holds without wrapping: each is at most 2·2^53.</summary>
    private const int MaxPerSum = 256;

    private readonly NodeTable _nodes;
    private readonly ExposureColumns[] _node = new ExposureColumns[ModelView.Columns];
    private readonly ColumnTotals[][] _expiry = new ColumnTotals[ModelView.Columns][];

    public readonly StrikeSums Strikes;

    public ExposureBook(NodeTable nodes)
    {
        _nodes = nodes;
        for (int column = 0; column < ModelView.Columns; column++)
        {
            _node[column] = new ExposureColumns(nodes);
            _expiry[column] = new ColumnTotals[nodes.SegmentCapacity];
        }
        Strikes = new StrikeSums(nodes, this);
        if (nodes.SegmentCapacity > MaxPerSum)
            throw new ArgumentException($"{nodes.SegmentCapacity} expiries of one underlying; exact 64-bit sums per strike hold {MaxPerSum}.");
    }

    /// <summary>Contributions of every node.</summary>
    public ExposureColumns Node(PositionColumn column) => _node[(int)column];

    /// <summary>Totals of one expiry.</summary>
    public ref readonly ColumnTotals Expiry(PositionColumn column, int segment) => ref _expiry[(int)column][segment];

    /// <summary>Adds a node's difference: new − old.</summary>
    public void Move(PositionColumn column, int node, in NodeExposure to)
    {
        ExposureColumns contributions = _node[(int)column];
        NodeExposure from = contributions[node];
        if (from == to) return;
        contributions[node] = to;
        ref ColumnTotals totals = ref _expiry[(int)column][_nodes.SegmentIndex[node]];
        totals -= from;
        totals += to;
        Strikes.Move(column, node, to.CallGex - from.CallGex, to.PutGex - from.PutGex);
    }

    /// <summary>Replaces the totals of a whole expiry, whose node contributions have just been written.</summary>
    public void Enter(PositionColumn column, ExpirySegment segment)
    {
        ref ColumnTotals totals = ref _expiry[(int)column][segment.Index];
        totals = default;
        // Padding has no weight and adds nothing.
        for (int start = segment.Start; start < segment.PaddedEnd; start += MaxPerSum)
            AddRange(ref totals, _node[(int)column], start, Math.Min(MaxPerSum, segment.PaddedEnd - start));
    }

    /// <summary>Takes a whole expiry out of every sum.</summary>
    public void Empty(PositionColumn column, ExpirySegment segment)
    {
        _expiry[(int)column][segment.Index] = default;
        _node[(int)column].Clear(segment.Start, segment.PaddedCount);
    }

    /// <summary>Sums of a range of whole groups of eight, several nodes side by side: integers add in any order.</summary>
    private static void AddRange(ref ColumnTotals totals, ExposureColumns node, int start, int count)
    {
        Vector<long> callGex = default, putGex = default, asStored = default, opposed = default;
        for (int i = start; i < start + count; i += Vector<long>.Count)
        {
            var calls = new Vector<long>(node.CallGex, i);
            var puts = new Vector<long>(node.PutGex, i);
            callGex += calls;
            putGex += puts;
            asStored += Vector.Abs(calls + puts);
            opposed += Vector.Abs(calls - puts);
        }
        totals.CallGex += Vector.Sum(callGex);
        totals.PutGex += Vector.Sum(putGex);
        totals.GrossAsStored += Vector.Sum(asStored);
        totals.GrossOpposed += Vector.Sum(opposed);
        totals.CallDex += Sum(node.CallDex, start, count);
        totals.PutDex += Sum(node.PutDex, start, count);
        totals.CallVex += Sum(node.CallVex, start, count);
        totals.PutVex += Sum(node.PutVex, start, count);
        totals.CallChex += Sum(node.CallChex, start, count);
        totals.PutChex += Sum(node.PutChex, start, count);
    }

    private static long Sum(long[] column, int start, int count)
    {
        Vector<long> sum = default;
        for (int i = start; i < start + count; i += Vector<long>.Count) sum += new Vector<long>(column, i);
        return Vector.Sum(sum);
    }
}
