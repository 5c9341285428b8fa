using System.Runtime.InteropServices;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// What the gamma profile is made of: terms per expiry, w per node, net positions per column. The book in use looks into the node
/// table; a copy of it is for another thread.
/// </summary>
internal sealed class ProfileBook
{
    // φ(d) is zero in double precision beyond 38.6.
    private const double UnderflowDeviations = 39;

    private readonly NodeTable _nodes;
    private readonly double[] _deviation;
    private readonly double[] _net;
    private readonly int _firstWeight;
    private readonly ProfileSegment[] _segments;
    private int _count;

    /// <param name="nodes">The table.</param>
    /// <param name="deviation">w of every node: that of the middle, or of one side of the quotes.</param>
    /// <param name="firstColumn">The first position column that is looked at.</param>
    /// <param name="columns">Columns from there on.</param>
    public ProfileBook(NodeTable nodes, double[] deviation, PositionColumn firstColumn, int columns)
        : this(nodes, nodes.LogStrike, deviation, nodes.Weights.Net, (int)firstColumn * nodes.Length, columns)
    {
    }

    private ProfileBook(NodeTable nodes, double[] logStrike, double[] deviation, double[] net, int firstWeight, int columns)
    {
        _nodes = nodes;
        LogStrike = logStrike;
        _deviation = deviation;
        _net = net;
        _firstWeight = firstWeight;
        ColumnCapacity = columns;
        _segments = new ProfileSegment[nodes.SegmentCapacity];
        Columns = columns;
    }

    /// <summary>ln K of every node.</summary>
    public double[] LogStrike { get; }

    /// <summary>w of every node.</summary>
    public ReadOnlySpan<double> Deviation => _deviation;

    /// <summary>Columns that were asked for.</summary>
    public int ColumnCapacity { get; }

    /// <summary>Columns in use: those from the first to the last that holds anything.</summary>
    public int Columns { get; private set; }

    /// <summary>Rows from one column's first weight to the next one's.</summary>
    public int WeightStride => _nodes.Length;

    /// <summary>Expiries with exposure, as they stand at the mark in force.</summary>
    public ReadOnlySpan<ProfileSegment> Segments => _segments.AsSpan(0, _count);

    /// <summary>Net weights from one column on.</summary>
    public ReadOnlySpan<double> Weights(int column) => _net.AsSpan(_firstWeight + (column * _nodes.Length));

    /// <summary>A book of its own memory, empty until <see cref="CopyFrom"/>.</summary>
    public ProfileBook EmptyCopy() => new(
        _nodes, new double[_nodes.Length], new double[_nodes.Length], new double[ColumnCapacity * _nodes.Length], 0, ColumnCapacity);

    /// <summary>Takes terms, w and positions over.</summary>
    public void CopyFrom(ProfileBook other)
    {
        other.Segments.CopyTo(_segments);
        _count = other._count;
        Columns = other.Columns;
        other.LogStrike.AsSpan().CopyTo(LogStrike);
        other.Deviation.CopyTo(_deviation);
        other._net.AsSpan(other._firstWeight, other.Columns * _nodes.Length).CopyTo(_net);
    }

    /// <summary>Reads the terms of every expiry and how wide its densities are; call when the mark or any w changed.</summary>
    public void Refresh()
    {
        _count = 0;
        Columns = ColumnCapacity == 1 ? 1 : LastLiveColumn() + 1;
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (!segment.IsPriced) continue;
            double greatest = 0;
            foreach (double deviation in _deviation.AsSpan(segment.Start, segment.Count)) greatest = Math.Max(greatest, deviation);
            _segments[_count++] = new ProfileSegment
            {
                Start = segment.Start,
                Count = segment.Count,
                LogForward = segment.LogForward,
                Forward = segment.Forward,
                Discount = segment.Discount,
                IsZeroDte = segment.IsZeroDte,
                // |d1| = |ln(F/K)/w + w/2| stays below the limit only while |ln(F/K)| < limit·w + w²/2.
                Reach = (UnderflowDeviations * greatest) + (greatest * greatest / 2),
            };
        }
    }

    /// <summary>Whether a column may hold anything.</summary>
    public bool IsLive(int column) => ColumnCapacity == 1 || _nodes.Weights.IsLive((PositionColumn)column);

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

    /// <summary>|ln(F/K)| from which on every density is zero.</summary>
    public double Reach;

    public readonly bool IsIn(ExposureBucket bucket) => bucket == ExposureBucket.All || IsZeroDte == (bucket == ExposureBucket.ZeroDte);
}
