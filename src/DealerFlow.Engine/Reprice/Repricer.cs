using DealerFlow.Kernels;

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
    private int _gatheredCount;

    public Repricer(NodeTable nodes, ExposureBook book, Smile smile, LaneWidth lanes)
    {
        _nodes = nodes;
        _book = book;
        _smile = smile;
        _lanes = lanes;
        int longest = nodes.Segments.Length == 0 ? 8 : nodes.Segments.Max(segment => segment.PaddedCount);
        _greeks = new GreekScratch(longest);
        _fresh = new ExposureColumns(longest);
        _firstTouched = new int[nodes.Segments.Length];
        Array.Fill(_firstTouched, -1);
        _nextTouched = new int[nodes.Length];
        _isTouched = new bool[nodes.Length];
        _touchedSegments = new List<int>(nodes.Segments.Length);
        _isGathered = new bool[nodes.Length];
        _gathered = new int[longest];
        _logStrike = new double[longest];
        _deviation = new double[longest];
        _callWeight = new double[longest];
        _putWeight = new double[longest];
    }

    public ExposureScaling Scaling { get; } = new();

    /// <summary>Nodes evaluated so far, padding not counted.</summary>
    public ulong NodesRepriced { get; private set; }

    /// <summary>Every live node afresh: what a mark is.</summary>
    public void Sweep(double spot)
    {
        _book.BeginSweep();
        for (int s = 0; s < _nodes.Segments.Length; s++)
        {
            ExpirySegment segment = _nodes.Segments[s];
            if (!segment.IsPriced)
            {
                _book.Node.Clear(segment.Start, segment.PaddedCount);
                continue;
            }
            Evaluate(segment, spot, _book.Node, segment.Start);
            _book.Enter(s);
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
            if (segment.IsExpired)
            {
                // Its contributions left with the mark at its settlement.
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
            Evaluate(segment, spot, _fresh, 0);
        }
        else
        {
            _fresh.Clear(0, segment.PaddedCount);
        }
        for (int i = 0; i < segment.Count; i++) _book.Move(segment.Start + i, _fresh[i]);
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
        int padded = (count + 7) & ~7;
        for (int i = 0; i < count; i++)
        {
            int node = _gathered[i];
            _logStrike[i] = _nodes.LogStrike[node];
            _deviation[i] = _nodes.Deviation[node];
            _callWeight[i] = _nodes.CallWeight[node];
            _putWeight[i] = _nodes.PutWeight[node];
        }
        _logStrike.AsSpan(count, padded - count).Clear();
        _deviation.AsSpan(count, padded - count).Fill(1);
        _callWeight.AsSpan(count, padded - count).Clear();
        _putWeight.AsSpan(count, padded - count).Clear();
        GreekKernel.Evaluate(
            _lanes, Terms(segment, spot), _logStrike.AsSpan(0, padded), _deviation.AsSpan(0, padded), _greeks.Columns(padded));
        Scaling.Evaluate(spot, _greeks, _callWeight, _putWeight, padded, _fresh, 0);
        for (int i = 0; i < count; i++)
        {
            _isGathered[_gathered[i]] = false;
            _book.Move(_gathered[i], _fresh[i]);
        }
        NodesRepriced += (ulong)count;
    }

    private void Evaluate(ExpirySegment segment, double spot, ExposureColumns target, int start)
    {
        int count = segment.PaddedCount;
        GreekKernel.Evaluate(
            _lanes, Terms(segment, spot), _nodes.LogStrike.AsSpan(segment.Start, count), _nodes.Deviation.AsSpan(segment.Start, count),
            _greeks.Columns(count));
        Scaling.Evaluate(
            spot, _greeks, _nodes.CallWeight.AsSpan(segment.Start, count), _nodes.PutWeight.AsSpan(segment.Start, count), count, target, start);
        NodesRepriced += (ulong)segment.Count;
    }

    private static ExpiryTerms Terms(ExpirySegment segment, double spot) => new(spot, segment.Forward, segment.Discount, segment.Years);
}
