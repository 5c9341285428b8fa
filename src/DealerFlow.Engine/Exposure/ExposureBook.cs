namespace DealerFlow.Engine;

/// <summary>
/// Exposure per expiry and strike for every position column, as exact integers. Between marks it moves by differences (new − old); at
/// a mark each expiry is replaced whole. Both ways end in the same bits, because integers add in any order.
/// </summary>
/// <remarks>
/// Contributions of nodes are not kept: at a mark all of them change, and writing them would cost more than computing them. The old
/// one of a touched node is computed again from the w and the positions that the book was made with.
/// </remarks>
internal sealed class ExposureBook
{
    private readonly NodeTable _nodes;
    private readonly ColumnTotals[][] _expiry = new ColumnTotals[ModelView.Columns][];

    // Of the expiries that settle today, and of the rest.
    private readonly ColumnTotals[] _zeroDte = new ColumnTotals[ModelView.Columns], _rest = new ColumnTotals[ModelView.Columns];
    private readonly bool[] _areBucketsCurrent = new bool[ModelView.Columns];

    public readonly StrikeSums Strikes;

    public ExposureBook(NodeTable nodes)
    {
        _nodes = nodes;
        for (int column = 0; column < ModelView.Columns; column++) _expiry[column] = new ColumnTotals[nodes.SegmentCapacity];
        Strikes = new StrikeSums(nodes);
        if (nodes.SegmentCapacity > ColumnTotals.MaxPerSum)
            throw new ArgumentException($"{nodes.SegmentCapacity} expiries of one underlying; exact 64-bit sums per strike hold {ColumnTotals.MaxPerSum}.");
    }

    /// <summary>Totals of one expiry.</summary>
    public ref readonly ColumnTotals Expiry(PositionColumn column, int segment) => ref _expiry[(int)column][segment];

    /// <summary>Totals over the expiries that settle today, and over the rest.</summary>
    public void ReadBuckets(PositionColumn column, out ColumnTotals zeroDte, out ColumnTotals rest)
    {
        int c = (int)column;
        if (!_areBucketsCurrent[c])
        {
            (_zeroDte[c], _rest[c], _areBucketsCurrent[c]) = (default, default, true);
            foreach (ExpirySegment segment in _nodes.Segments)
            {
                if (segment.IsZeroDte) _zeroDte[c] += _expiry[c][segment.Index];
                else _rest[c] += _expiry[c][segment.Index];
            }
        }
        (zeroDte, rest) = (_zeroDte[c], _rest[c]);
    }

    /// <summary>A mark has come, which may have moved an expiry from one bucket to the other.</summary>
    public void ForgetBuckets() => Array.Clear(_areBucketsCurrent);

    /// <summary>Replaces the totals of a whole expiry.</summary>
    public void Replace(PositionColumn column, ExpirySegment segment, in ColumnTotals totals)
    {
        _expiry[(int)column][segment.Index] = totals;
        _areBucketsCurrent[(int)column] = false;
    }

    /// <summary>Adds a node's difference: new − old.</summary>
    public void Move(PositionColumn column, int node, in NodeExposure from, in NodeExposure to)
    {
        if (from == to) return;
        ref ColumnTotals totals = ref _expiry[(int)column][_nodes.SegmentIndex[node]];
        totals -= from;
        totals += to;
        if (_areBucketsCurrent[(int)column])
        {
            ref ColumnTotals bucket = ref _nodes.Segments[_nodes.SegmentIndex[node]].IsZeroDte ? ref _zeroDte[(int)column] : ref _rest[(int)column];
            bucket -= from;
            bucket += to;
        }
        Strikes.Move(column, node, in from, in to);
    }
}
