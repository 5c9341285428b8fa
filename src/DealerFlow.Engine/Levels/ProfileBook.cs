using System.Runtime.InteropServices;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// What the gamma profile is made of: terms per expiry, w per node, net positions per column. The book in use looks into the node
/// table; a copy of it is for another thread.
/// </summary>
internal sealed class ProfileBook
{
    private readonly NodeTable? _nodes;                 // null for scratch, which is filled from other books alone
    private readonly double[] _deviation;
    private readonly double[] _net;
    private readonly int _firstWeight;
    private readonly double _stickiness;
    private readonly ProfileSegment[] _segments;
    private int _count;

    /// <param name="nodes">The table.</param>
    /// <param name="deviation">w of every node: that of the middle, or of one side of the quotes.</param>
    /// <param name="firstColumn">The first position column that is looked at.</param>
    /// <param name="columns">Columns from there on.</param>
    /// <param name="stickiness">Skew-stickiness R: 1 holds w per strike, 0 holds it per moneyness.</param>
    public ProfileBook(NodeTable nodes, double[] deviation, PositionColumn firstColumn, int columns, double stickiness = 1)
        : this(nodes, nodes.LogStrike, deviation, nodes.Weights.Net, nodes.Length, (int)firstColumn * nodes.Length, nodes.SegmentCapacity, columns, stickiness)
    {
    }

    /// <summary>A book of one column with weights of its own.</summary>
    /// <param name="nodes">The table.</param>
    /// <param name="deviation">w of every node.</param>
    /// <param name="weights">Position of every node: multiplier times contracts.</param>
    /// <param name="stickiness">Skew-stickiness R.</param>
    public ProfileBook(NodeTable nodes, double[] deviation, double[] weights, double stickiness)
        : this(nodes, nodes.LogStrike, deviation, weights, nodes.Length, 0, nodes.SegmentCapacity, columns: 1, stickiness)
    {
    }

    /// <summary>Room that other books' parts are compacted into.</summary>
    /// <param name="rows">Nodes of the largest of them.</param>
    /// <param name="segments">Expiries of the one that has most.</param>
    /// <param name="columns">Columns of the one that has most.</param>
    public ProfileBook(int rows, int segments, int columns)
        : this(null, new double[rows], new double[rows], new double[columns * rows], rows, 0, segments, columns, stickiness: 1)
    {
    }

    private ProfileBook(
        NodeTable? nodes, double[] logStrike, double[] deviation, double[] net, int stride, int firstWeight, int segments, int columns, double stickiness)
    {
        _nodes = nodes;
        LogStrike = logStrike;
        _deviation = deviation;
        _net = net;
        WeightStride = stride;
        _firstWeight = firstWeight;
        ColumnCapacity = columns;
        _stickiness = stickiness;
        _segments = new ProfileSegment[segments];
        Columns = columns;
    }

    /// <summary>ln K of every node.</summary>
    public double[] LogStrike { get; }

    /// <summary>w of every node.</summary>
    public ReadOnlySpan<double> Deviation => _deviation;

    /// <summary>w moves with spot: R is not 1.</summary>
    public bool IsSkewed => _stickiness != 1;

    /// <summary>Expiries that there is room for.</summary>
    public int SegmentCapacity => _segments.Length;

    /// <summary>Columns that were asked for.</summary>
    public int ColumnCapacity { get; }

    /// <summary>Columns in use: those from the first to the last that holds anything.</summary>
    public int Columns { get; private set; }

    /// <summary>Rows from one column's first weight to the next one's.</summary>
    public int WeightStride { get; }

    /// <summary>Expiries with exposure, as they stand at the mark in force.</summary>
    public ReadOnlySpan<ProfileSegment> Segments => _segments.AsSpan(0, _count);

    /// <summary>Net weights from one column on.</summary>
    public ReadOnlySpan<double> Weights(int column) => _net.AsSpan(_firstWeight + (column * WeightStride));

    /// <summary>A book of its own memory, empty until <see cref="CopyFrom"/>.</summary>
    public ProfileBook EmptyCopy() => new(
        _nodes, new double[WeightStride], new double[WeightStride], new double[ColumnCapacity * WeightStride], WeightStride, 0, SegmentCapacity,
        ColumnCapacity, _stickiness);

    /// <summary>Takes terms, w and positions over.</summary>
    public void CopyFrom(ProfileBook other)
    {
        other.Segments.CopyTo(_segments);
        _count = other._count;
        Columns = other.Columns;
        other.LogStrike.AsSpan().CopyTo(LogStrike);
        other.Deviation.CopyTo(_deviation);
        other._net.AsSpan(other._firstWeight, other.Columns * WeightStride).CopyTo(_net);
    }

    /// <summary>
    /// Takes over only the columns of some profiles, and of the expiries that these see only the nodes that such a column has a position
    /// in: a search reads them over and over.
    /// </summary>
    /// <param name="other">The book.</param>
    /// <param name="profiles">The profiles.</param>
    /// <param name="columns">Room for the columns of the book that are taken, in their order.</param>
    /// <returns>How many columns are taken.</returns>
    public int CompactFrom(ProfileBook other, ProfileSet profiles, Span<int> columns)
    {
        _count = 0;
        Columns = 0;
        for (int column = 0; column < other.Columns; column++) if (profiles.HasColumn(column)) columns[Columns++] = column;
        int stride = WeightStride;
        int next = 0;
        foreach (ref readonly ProfileSegment segment in other.Segments)
        {
            if (!profiles.Sees(other.Columns, segment.IsZeroDte)) continue;
            int start = next;
            double greatest = 0;
            for (int i = segment.Start; i < segment.Start + segment.Count; i++)
            {
                bool isHeld = false;
                for (int column = 0; column < Columns; column++)
                {
                    double net = other._net[other._firstWeight + (columns[column] * other.WeightStride) + i];
                    _net[(column * stride) + next] = net;
                    isHeld |= net != 0;
                }
                if (!isHeld) continue;
                LogStrike[next] = other.LogStrike[i];
                _deviation[next] = other._deviation[i];
                greatest = Math.Max(greatest, other._deviation[i]);
                next++;
            }
            if (next == start) continue;
            _segments[_count++] = segment with { Start = start, Count = next - start, Greatest = greatest };
            // Padding up to whole groups, with a harmless w.
            for (; next % 8 != 0; next++)
            {
                (LogStrike[next], _deviation[next]) = (0, 1);
                for (int column = 0; column < Columns; column++) _net[(column * stride) + next] = 0;
            }
        }
        return Columns;
    }

    /// <summary>Reads the terms of every expiry and how wide its densities are; call when the mark or any w changed.</summary>
    public void Refresh()
    {
        _count = 0;
        Columns = ColumnCapacity == 1 ? 1 : LastLiveColumn() + 1;
        foreach (ExpirySegment segment in _nodes!.Segments)
        {
            if (!segment.IsPriced) continue;
            double greatest = 0;
            foreach (double deviation in _deviation.AsSpan(segment.Start, segment.Count)) greatest = Math.Max(greatest, deviation);
            double skew = Skew(segment);
            _segments[_count++] = new ProfileSegment
            {
                Start = segment.Start,
                Count = segment.Count,
                LogForward = segment.LogForward,
                Forward = segment.Forward,
                Discount = segment.Discount,
                IsZeroDte = segment.IsZeroDte,
                Greatest = greatest,
                Skew = skew,
                SkewPerShift = (_stickiness - 1) * skew,
            };
        }
    }

    /// <summary>
    /// ∂w/∂ln K at the money: between the nearest node below the forward and the nearest at or above it that have a w of their own, quoted
    /// or held. 0 where one side has none: w is flat beyond the last such node.
    /// </summary>
    private double Skew(ExpirySegment segment)
    {
        int above = _nodes!.FirstAtOrAbove(segment, segment.Forward);
        int below = above - 1;
        while (above < segment.End && !HasOwn(above)) above++;
        while (below >= segment.Start && !HasOwn(below)) below--;
        if (above == segment.End || below < segment.Start) return 0;
        return (_deviation[above] - _deviation[below]) / (LogStrike[above] - LogStrike[below]);
    }

    private bool HasOwn(int node) => _nodes!.Source[node] is DeviationSource.Quoted or DeviationSource.Held;

    /// <summary>Whether a column may hold anything.</summary>
    public bool IsLive(int column) => ColumnCapacity == 1 || _nodes!.Weights.IsLive((PositionColumn)column);

    private int LastLiveColumn()
    {
        int last = 0;
        for (int column = 0; column < ColumnCapacity; column++) if (IsLive(column)) last = column;
        return last;
    }
}

/// <summary>One expiry of a profile.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ProfileSegment
{
    public int Start;
    public int Count;
    public double LogForward;
    public double Forward;
    public double Discount;
    public bool IsZeroDte;

    /// <summary>The greatest w.</summary>
    public double Greatest;

    /// <summary>∂w/∂ln K at the money.</summary>
    public double Skew;

    /// <summary>(R − 1)·∂w/∂ln K: what every w moves by per unit of ln(S/S_m).</summary>
    public double SkewPerShift;

    /// <summary>|ln(F/K)| from which on every |d1| is beyond so many deviations when spot is at S_m·e^<paramref name="logShift"/>.</summary>
    public readonly double ReachAt(double logShift, double deviations)
    {
        double greatest = Greatest + Math.Abs(SkewPerShift * logShift);
        // |d1| = |ln(F/K)/w + w/2| stays below the limit only while |ln(F/K)| < limit·w + w²/2.
        return (deviations * greatest) + (greatest * greatest / 2);
    }

    public readonly bool IsIn(ExposureBucket bucket) => bucket == ExposureBucket.All || IsZeroDte == (bucket == ExposureBucket.ZeroDte);
}
