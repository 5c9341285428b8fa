using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// From w and positions to the exposure book: every live node afresh at a mark, and only the touched nodes, with the
/// interpolated ones that lean on them, in between.
/// </summary>
internal sealed class Repricer
{
    private readonly NodeTable _nodes;
    private readonly ExposureBook _book;
    private readonly Smile _smile;
    private readonly LaneWidth _lanes;
    private readonly GreekScratch _greeks;
    private readonly ExposureColumns _fresh;

    // Touched nodes by expiry: heads of chains through _nextTouched.
    private readonly int[] _firstTouched;
    private readonly int[] _nextTouched;
    private readonly bool[] _isTouched;
    private readonly List<int> _touchedSegments;
    private readonly bool[] _isGathered;
    private readonly int[] _gathered;
    private readonly double[] _logStrike;
    private readonly double[] _deviation;
    private readonly double[] _callWeight;
    private readonly double[] _putWeight;
    private readonly PositionColumn[] _allColumns = Enum.GetValues<PositionColumn>();

    // By column and expiry: whether the book holds anything but zeros there.
    private readonly bool[][] _isFilled;
    private int _gatheredCount;

    public Repricer(NodeTable nodes, ExposureBook book, Smile smile, LaneWidth lanes)
    {
        _nodes = nodes;
        _book = book;
        _smile = smile;
        _lanes = lanes;
        int longest = nodes.LongestSegment;
        _greeks = new GreekScratch(longest);
        _fresh = new ExposureColumns(longest);
        _firstTouched = new int[nodes.SegmentCapacity];
        Array.Fill(_firstTouched, -1);
        _nextTouched = new int[nodes.Length];
        _isTouched = new bool[nodes.Length];
        _touchedSegments = new List<int>(nodes.SegmentCapacity);
        _isGathered = new bool[nodes.Length];
        _gathered = new int[longest];
        _logStrike = new double[longest];
        _deviation = new double[longest];
        _callWeight = new double[longest];
        _putWeight = new double[longest];
        _isFilled = [.. _allColumns.Select(_ => new bool[nodes.SegmentCapacity])];
    }

    public ExposureScaling Scaling { get; } = new();

    /// <summary>Nodes evaluated so far, padding not counted.</summary>
    public ulong NodesRepriced { get; private set; }

    /// <summary>Every live node afresh: what a mark is.</summary>
    public void Sweep(double spot)
    {
        _book.Strikes.Invalidate();
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (segment.IsPriced) Evaluate(segment, spot);
            foreach (PositionColumn column in _allColumns)
            {
                if (!segment.IsPriced || !_nodes.Weights.IsLive(column))
                {
                    if (_isFilled[(int)column][segment.Index]) _book.Empty(column, segment);
                    _isFilled[(int)column][segment.Index] = false;
                    continue;
                }
                Scale(column, segment, spot, _book.Node(column), segment.Start);
                _book.Enter(column, segment);
                _isFilled[(int)column][segment.Index] = true;
            }
        }
    }

    /// <summary>The touched nodes at the mark in force; the book moves by their differences.</summary>
    public void Refresh(double spot, ReadOnlySpan<int> quotes, ReadOnlySpan<int> positions)
    {
        Chain(quotes);
        Chain(positions);
        foreach (int s in _touchedSegments)
        {
            ExpirySegment segment = _nodes.Segments[s];
            if (segment.IsExpired || segment.ForwardSource == ForwardSource.None)
            {
                // Its contributions left with the mark at its settlement, or come with the mark that gives it a forward.
            }
            else if (segment.AnchorsChanged || !segment.IsPriced)
            {
                RefreshWhole(segment, spot);
            }
            else
            {
                GatherWithDependents(s);
                RefreshGathered(segment, spot);
            }
            for (int node = _firstTouched[s]; node >= 0; node = _nextTouched[node]) _isTouched[node] = false;
            _firstTouched[s] = -1;
        }
        _touchedSegments.Clear();
    }

    private void Chain(ReadOnlySpan<int> touched)
    {
        foreach (int node in touched)
        {
            // A node may be touched by a quote and by its position: once in the chain is enough, twice would close a ring.
            if (_isTouched[node]) continue;
            _isTouched[node] = true;
            int s = _nodes.SegmentIndex[node];
            if (_firstTouched[s] < 0) _touchedSegments.Add(s);
            _nextTouched[node] = _firstTouched[s];
            _firstTouched[s] = node;
        }
    }

    /// <summary>Anchors came or went: any node of the expiry may have another w.</summary>
    private void RefreshWhole(ExpirySegment segment, double spot)
    {
        _smile.FindAnchors(segment);
        if (segment.IsPriced)
        {
            _smile.Interpolate(segment);
            Evaluate(segment, spot);
        }
        foreach (PositionColumn column in _allColumns)
        {
            if (!_nodes.Weights.IsLive(column)) continue;
            if (segment.IsPriced) Scale(column, segment, spot, _fresh, 0);
            else _fresh.Clear(0, segment.PaddedCount);
            for (int i = 0; i < segment.Count; i++) _book.Move(column, segment.Start + i, _fresh[i]);
            _isFilled[(int)column][segment.Index] = true;
        }
    }

    private void GatherWithDependents(int segmentIndex)
    {
        ExpirySegment segment = _nodes.Segments[segmentIndex];
        _gatheredCount = 0;
        for (int node = _firstTouched[segmentIndex]; node >= 0; node = _nextTouched[node])
        {
            Gather(node);
            if (!_smile.HasOwn(node)) continue;
            for (int i = node - 1; i >= segment.Start && !_smile.HasOwn(i); i--) Lean(i);
            for (int i = node + 1; i < segment.End && !_smile.HasOwn(i); i++) Lean(i);
        }
    }

    private void Lean(int node)
    {
        _smile.InterpolateOne(node);
        Gather(node);
    }

    private void Gather(int node)
    {
        if (_isGathered[node]) return;
        _isGathered[node] = true;
        _gathered[_gatheredCount++] = node;
    }

    private void RefreshGathered(ExpirySegment segment, double spot)
    {
        int count = _gatheredCount;
        int padded = Columns.PaddedLength(count);
        for (int i = 0; i < count; i++)
        {
            _logStrike[i] = _nodes.LogStrike[_gathered[i]];
            _deviation[i] = _nodes.Deviation[_gathered[i]];
        }
        _logStrike.AsSpan(count, padded - count).Clear();
        _deviation.AsSpan(count, padded - count).Fill(1);
        GreekKernel.Evaluate(
            _lanes, Terms(segment, spot), _logStrike.AsSpan(0, padded), _deviation.AsSpan(0, padded), _greeks.Columns(padded));
        foreach (PositionColumn column in _allColumns)
        {
            if (!_nodes.Weights.IsLive(column)) continue;
            double[] callWeight = _nodes.Weights.Call[(int)column], putWeight = _nodes.Weights.Put[(int)column];
            for (int i = 0; i < count; i++) (_callWeight[i], _putWeight[i]) = (callWeight[_gathered[i]], putWeight[_gathered[i]]);
            _callWeight.AsSpan(count, padded - count).Clear();
            _putWeight.AsSpan(count, padded - count).Clear();
            Scaling.Evaluate(spot, _greeks, _callWeight, _putWeight, padded, _fresh, 0);
            for (int i = 0; i < count; i++) _book.Move(column, _gathered[i], _fresh[i]);
        }
        for (int i = 0; i < count; i++) _isGathered[_gathered[i]] = false;
        NodesRepriced += (ulong)count;
    }

    /// <summary>Raw Greeks of a whole expiry, kept for every position column.</summary>
    private void Evaluate(ExpirySegment segment, double spot)
    {
        int count = segment.PaddedCount;
        GreekKernel.Evaluate(
            _lanes, Terms(segment, spot), _nodes.LogStrike.AsSpan(segment.Start, count), _nodes.Deviation.AsSpan(segment.Start, count),
            _greeks.Columns(count));
        NodesRepriced += (ulong)segment.Count;
    }

    private void Scale(PositionColumn column, ExpirySegment segment, double spot, ExposureColumns target, int start) => Scaling.Evaluate(
        spot, _greeks, _nodes.Weights.Call[(int)column].AsSpan(segment.Start, segment.PaddedCount),
        _nodes.Weights.Put[(int)column].AsSpan(segment.Start, segment.PaddedCount), segment.PaddedCount, target, start);

    private static ExpiryTerms Terms(ExpirySegment segment, double spot) => new(spot, segment.Forward, segment.Discount, segment.Years);
}
