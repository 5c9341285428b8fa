using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// From w and positions to the exposure book: every live node afresh at a mark, and only the touched nodes, with the
/// interpolated ones that lean on them, in between.
/// </summary>
internal sealed class Repricer
{
    // A node by itself costs about as much as so many of an expiry that is evaluated whole.
    private const int WholePerNode = 8;

    private static readonly PositionColumn[] AllColumns = Enum.GetValues<PositionColumn>();

    private readonly NodeTable _nodes;
    private readonly ExposureBook _book;
    private readonly Smile _smile;
    private readonly LaneWidth _lanes;
    private readonly SharedScratch _scratch;

    // Touched nodes by expiry: heads of chains through _nextTouched.
    private readonly int[] _firstTouched;
    private readonly int[] _nextTouched;
    private readonly bool[] _isTouched;
    private readonly bool[] _isMoved;           // of the touched: those whose position changed
    private readonly List<int> _touchedSegments;
    private readonly bool[] _isGathered;
    private readonly PositionColumn[][] _oneColumn = [.. AllColumns.Select(column => new[] { column })];
    private PositionColumn[] _columns = AllColumns;
    private int _gatheredCount;

    public Repricer(NodeTable nodes, ExposureBook book, Smile smile, SharedScratch scratch, LaneWidth lanes)
    {
        _nodes = nodes;
        _book = book;
        _smile = smile;
        _lanes = lanes;
        _scratch = scratch;
        scratch.Require(nodes.LongestSegment);
        _firstTouched = new int[nodes.SegmentCapacity];
        Array.Fill(_firstTouched, -1);
        _nextTouched = new int[nodes.Length];
        _isTouched = new bool[nodes.Length];
        _isMoved = new bool[nodes.Length];
        _touchedSegments = new List<int>(nodes.SegmentCapacity);
        _isGathered = new bool[nodes.Length];
    }

    public ExposureScaling Scaling { get; } = new();

    /// <summary>Raw Greeks of the expiry that was evaluated last.</summary>
    public GreekScratch Greeks => _scratch.Greeks;

    /// <summary>Nodes evaluated so far, padding not counted.</summary>
    public ulong NodesRepriced { get; private set; }

    /// <summary>
    /// Position columns that a sweep and a refresh bring to the mark: all, or the one that headlines are made of. With one, the others and
    /// the sums per strike fall behind.
    /// </summary>
    public PositionColumn? OnlyColumn
    {
        set
        {
            _columns = value is null ? AllColumns : _oneColumn[(int)value];
            if (value is not null) _book.Strikes.Invalidate();
        }
    }

    /// <summary>
    /// Every live node afresh: what a mark is. With <paramref name="withStrikes"/> the sums per strike too, for the snapshot that follows.
    /// </summary>
    public void Sweep(double spot, bool withStrikes)
    {
        if (withStrikes) _book.Strikes.Begin();
        else _book.Strikes.Invalidate();
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (segment.IsPriced) Evaluate(segment, spot);
            foreach (PositionColumn column in _columns) Replace(column, segment, spot, withStrikes);
        }
    }

    /// <summary>Sums per strike at the mark in force, where no sweep has left them.</summary>
    public void SumStrikes(double spot)
    {
        if (_book.Strikes.IsCurrent) return;
        _book.Strikes.Begin();
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (!segment.IsPriced) continue;
            Evaluate(segment, spot);
            foreach (PositionColumn column in AllColumns)
            {
                if (!_nodes.Weights.IsLive(column)) continue;
                Scale(column, segment, spot);
                _book.Strikes.Add(column, segment, _scratch.Fresh);
            }
        }
    }

    /// <summary>Contributions of a whole expiry to one column, for looking; they change with the next call of anything.</summary>
    public ExposureColumns Read(PositionColumn column, ExpirySegment segment, double spot)
    {
        Evaluate(segment, spot);
        Scale(column, segment, spot);
        return _scratch.Fresh;
    }

    /// <summary>The touched nodes at the mark in force; the book moves by their differences. Takes new positions over first.</summary>
    public void Refresh(double spot, ReadOnlySpan<int> quotes, ReadOnlySpan<int> positions)
    {
        Chain(quotes);
        Chain(positions);
        foreach (int node in positions) _isMoved[node] = true;
        foreach (int s in _touchedSegments)
        {
            ExpirySegment segment = _nodes.Segments[s];
            if (segment.IsExpired || segment.ForwardSource == ForwardSource.None)
            {
                // Its contributions left with the mark at its settlement, or come with the mark that gives it a forward.
                TakeInputs(s);
            }
            else if (segment.AnchorsChanged || !segment.IsPriced)
            {
                TakeInputs(s);
                RefreshWhole(segment, spot);
            }
            else
            {
                GatherWithDependents(s);
                if (WholePerNode * _gatheredCount < segment.Count)
                {
                    RefreshGathered(segment, spot);
                }
                else
                {
                    foreach (int node in _scratch.Gathered.AsSpan(0, _gatheredCount)) _isGathered[node] = false;
                    TakeInputs(s);
                    RefreshWhole(segment, spot);
                }
            }
            Unchain(s);
        }
        _touchedSegments.Clear();
    }

    /// <summary>w and positions of the touched nodes of an expiry, as they are now known.</summary>
    private void TakeInputs(int segmentIndex)
    {
        for (int node = _firstTouched[segmentIndex]; node >= 0; node = _nextTouched[node])
        {
            _smile.TakeQuoted(node);
            if (!_isMoved[node]) continue;
            _isMoved[node] = false;
            _nodes.Weights.Set(_nodes, node);
        }
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

    private void Unchain(int segmentIndex)
    {
        for (int node = _firstTouched[segmentIndex]; node >= 0; node = _nextTouched[node]) _isTouched[node] = false;
        _firstTouched[segmentIndex] = -1;
    }

    /// <summary>Anchors came or went, and any node of the expiry may have another w; or so many have that one by one would take longer.</summary>
    private void RefreshWhole(ExpirySegment segment, double spot)
    {
        if (segment.AnchorsChanged) _smile.FindAnchors(segment);
        if (segment.IsPriced)
        {
            _smile.Interpolate(segment);
            Evaluate(segment, spot);
        }
        _book.Strikes.Invalidate();
        foreach (PositionColumn column in _columns) Replace(column, segment, spot, withStrikes: false);
    }

    private void GatherWithDependents(int segmentIndex)
    {
        ExpirySegment segment = _nodes.Segments[segmentIndex];
        _gatheredCount = 0;
        for (int node = _firstTouched[segmentIndex]; node >= 0; node = _nextTouched[node])
        {
            Gather(node);
            if (!_smile.HasOwn(node)) continue;
            for (int i = node - 1; i >= segment.Start && !_smile.HasOwn(i); i--) Gather(i);
            for (int i = node + 1; i < segment.End && !_smile.HasOwn(i); i++) Gather(i);
        }
    }

    private void Gather(int node)
    {
        if (_isGathered[node]) return;
        _isGathered[node] = true;
        _scratch.Gathered[_gatheredCount++] = node;
    }

    private void RefreshGathered(ExpirySegment segment, double spot)
    {
        int count = _gatheredCount;
        int padded = Columns.PaddedLength(count);
        EvaluateGathered(segment, spot, padded);
        foreach (PositionColumn column in _columns)
            if (_nodes.Weights.IsLive(column)) ScaleGathered(column, spot, padded, _scratch.Before[(int)column]);

        TakeInputs(segment.Index);
        foreach (int node in _scratch.Gathered.AsSpan(0, count)) if (!_smile.HasOwn(node)) _smile.InterpolateOne(node);

        EvaluateGathered(segment, spot, padded);
        foreach (PositionColumn column in _columns)
        {
            if (!_nodes.Weights.IsLive(column)) continue;
            ScaleGathered(column, spot, padded, _scratch.Fresh);
            for (int i = 0; i < count; i++) _book.Move(column, _scratch.Gathered[i], _scratch.Before[(int)column][i], _scratch.Fresh[i]);
        }
        for (int i = 0; i < count; i++) _isGathered[_scratch.Gathered[i]] = false;
        NodesRepriced += (ulong)count;
    }

    private void EvaluateGathered(ExpirySegment segment, double spot, int padded)
    {
        for (int i = 0; i < _gatheredCount; i++)
        {
            _scratch.LogStrike[i] = _nodes.LogStrike[_scratch.Gathered[i]];
            _scratch.Deviation[i] = _nodes.Deviation[_scratch.Gathered[i]];
        }
        _scratch.LogStrike.AsSpan(_gatheredCount, padded - _gatheredCount).Clear();
        _scratch.Deviation.AsSpan(_gatheredCount, padded - _gatheredCount).Fill(1);
        GreekKernel.Evaluate(
            _lanes, Terms(segment, spot), _scratch.LogStrike.AsSpan(0, padded), _scratch.Deviation.AsSpan(0, padded), _scratch.Greeks.Columns(padded));
    }

    private void ScaleGathered(PositionColumn column, double spot, int padded, ExposureColumns target)
    {
        double[] callWeight = _nodes.Weights.Call[(int)column], putWeight = _nodes.Weights.Put[(int)column];
        for (int i = 0; i < _gatheredCount; i++) (_scratch.CallWeight[i], _scratch.PutWeight[i]) = (callWeight[_scratch.Gathered[i]], putWeight[_scratch.Gathered[i]]);
        _scratch.CallWeight.AsSpan(_gatheredCount, padded - _gatheredCount).Clear();
        _scratch.PutWeight.AsSpan(_gatheredCount, padded - _gatheredCount).Clear();
        Scaling.Evaluate(spot, _scratch.Greeks, _scratch.CallWeight, _scratch.PutWeight, padded, target);
    }

    /// <summary>New totals of a whole expiry in one column, whose Greeks have just been evaluated.</summary>
    private void Replace(PositionColumn column, ExpirySegment segment, double spot, bool withStrikes)
    {
        ColumnTotals totals = default;
        if (segment.IsPriced && _nodes.Weights.IsLive(column))
        {
            if (withStrikes || !ExposureScaling.TrySum(spot, _scratch.Greeks, CallWeights(column, segment), PutWeights(column, segment), segment.PaddedCount, ref totals))
            {
                Scale(column, segment, spot);
                // Padding has no weight and adds nothing.
                _scratch.Fresh.AddTo(ref totals, segment.PaddedCount);
                if (withStrikes) _book.Strikes.Add(column, segment, _scratch.Fresh);
            }
        }
        _book.Replace(column, segment, in totals);
    }

    /// <summary>Raw Greeks of a whole expiry, kept for every position column.</summary>
    private void Evaluate(ExpirySegment segment, double spot)
    {
        int count = segment.PaddedCount;
        GreekKernel.Evaluate(
            _lanes, Terms(segment, spot), _nodes.LogStrike.AsSpan(segment.Start, count), _nodes.Deviation.AsSpan(segment.Start, count),
            _scratch.Greeks.Columns(count));
        NodesRepriced += (ulong)segment.Count;
    }

    private void Scale(PositionColumn column, ExpirySegment segment, double spot) =>
        Scaling.Evaluate(spot, _scratch.Greeks, CallWeights(column, segment), PutWeights(column, segment), segment.PaddedCount, _scratch.Fresh);

    private ReadOnlySpan<double> CallWeights(PositionColumn column, ExpirySegment segment) =>
        _nodes.Weights.Call[(int)column].AsSpan(segment.Start, segment.PaddedCount);

    private ReadOnlySpan<double> PutWeights(PositionColumn column, ExpirySegment segment) =>
        _nodes.Weights.Put[(int)column].AsSpan(segment.Start, segment.PaddedCount);

    private static ExpiryTerms Terms(ExpirySegment segment, double spot) => new(spot, segment.Forward, segment.Discount, segment.Years);
}
