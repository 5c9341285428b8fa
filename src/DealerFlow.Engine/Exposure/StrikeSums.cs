using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Exposure per strike over expiries: for every position column GEX of all expiries and of those that settle today, call side and put side
/// apart, and for the column of the chosen model the other exposures. Filled by the sweep that precedes a snapshot, moved by differences until
/// the next mark.
/// </summary>
internal sealed class StrikeSums
{
    private readonly NodeTable _nodes;
    private readonly Gex[] _all = new Gex[ModelView.Columns];
    private readonly Gex[] _zeroDte = new Gex[ModelView.Columns];
    private readonly Others _others;
    private PositionColumn _othersOf;
    private bool _isCurrent;

    public StrikeSums(NodeTable nodes)
    {
        _nodes = nodes;
        for (int column = 0; column < ModelView.Columns; column++) (_all[column], _zeroDte[column]) = (new Gex(nodes.StrikeCapacity), new Gex(nodes.StrikeCapacity));
        _others = new Others(nodes.StrikeCapacity);
    }

    /// <summary>The chosen model: DEX, VEX and CHEX are those of its column.</summary>
    public PositionModel Model { get; set; }

    /// <summary>False when a mark, an expiry that was replaced or another model has left the sums behind.</summary>
    public bool IsCurrent => _isCurrent && _othersOf == OthersColumn;

    private PositionColumn OthersColumn => _nodes.Weights.View(Model).Column;

    /// <summary>The sums are those of another mark now.</summary>
    public void Invalidate() => _isCurrent = false;

    /// <summary>Begins to fill the sums afresh; <see cref="Add"/> every live expiry after it.</summary>
    public void Begin()
    {
        _isCurrent = true;
        _othersOf = OthersColumn;
        foreach (Gex sums in _all) sums.Clear();
        foreach (Gex sums in _zeroDte) sums.Clear();
        _others.Clear();
    }

    /// <summary>Adds a whole expiry: contribution i is that of its node i.</summary>
    public void Add(PositionColumn column, ExpirySegment segment, ExposureColumns contributions)
    {
        ReadOnlySpan<int> strike = _nodes.StrikeIndex.AsSpan(segment.Start, segment.Count);
        _all[(int)column].Add(strike, contributions);
        if (segment.IsZeroDte) _zeroDte[(int)column].Add(strike, contributions);
        if (column == _othersOf) _others.Add(strike, contributions);
    }

    public void Move(PositionColumn column, int node, in NodeExposure from, in NodeExposure to)
    {
        if (!_isCurrent) return;
        int strike = _nodes.StrikeIndex[node];
        _all[(int)column].Move(strike, in from, in to);
        if (_nodes.Segments[_nodes.SegmentIndex[node]].IsZeroDte) _zeroDte[(int)column].Move(strike, in from, in to);
        if (column == _othersOf) _others.Move(strike, in from, in to);
    }

    /// <summary>Writes call and put GEX of every strike in one bucket under one model.</summary>
    public void Read(PositionModel model, ExposureBucket bucket, Span<long> call, Span<long> put)
    {
        ModelView view = _nodes.Weights.View(model);
        Gex all = _all[(int)view.Column], zeroDte = _zeroDte[(int)view.Column];
        for (int i = 0; i < _nodes.Strikes.Length; i++)
        {
            (long calls, long puts) = bucket switch
            {
                ExposureBucket.ZeroDte => (zeroDte.Call[i], zeroDte.Put[i]),
                ExposureBucket.ExZeroDte => (all.Call[i] - zeroDte.Call[i], all.Put[i] - zeroDte.Put[i]),
                _ => (all.Call[i], all.Put[i]),
            };
            call[i] = view.CallSign * calls;
            put[i] = view.PutSign * puts;
        }
    }

    /// <summary>DEX, VEX and CHEX of one strike over all expiries under the chosen model.</summary>
    public (long Dex, long Vex, long Chex) ReadOthers(int strike)
    {
        ModelView view = _nodes.Weights.View(Model);
        return (
            (view.CallSign * _others.CallDex[strike]) + (view.PutSign * _others.PutDex[strike]),
            (view.CallSign * _others.CallVex[strike]) + (view.PutSign * _others.PutVex[strike]),
            (view.CallSign * _others.CallChex[strike]) + (view.PutSign * _others.PutChex[strike]));
    }

    private sealed class Gex(int capacity)
    {
        public readonly long[] Call = new long[capacity], Put = new long[capacity];

        public void Clear()
        {
            Array.Clear(Call);
            Array.Clear(Put);
        }

        public void Add(ReadOnlySpan<int> strike, ExposureColumns from)
        {
            StrikeScatter.Add(strike, from.CallGex, Call);
            StrikeScatter.Add(strike, from.PutGex, Put);
        }

        public void Move(int strike, in NodeExposure from, in NodeExposure to)
        {
            Call[strike] += to.CallGex - from.CallGex;
            Put[strike] += to.PutGex - from.PutGex;
        }
    }

    private sealed class Others(int capacity)
    {
        public readonly long[] CallDex = new long[capacity], PutDex = new long[capacity];
        public readonly long[] CallVex = new long[capacity], PutVex = new long[capacity];
        public readonly long[] CallChex = new long[capacity], PutChex = new long[capacity];

        public void Clear()
        {
            foreach (long[] sums in (ReadOnlySpan<long[]>)[CallDex, PutDex, CallVex, PutVex, CallChex, PutChex]) Array.Clear(sums);
        }

        public void Add(ReadOnlySpan<int> strike, ExposureColumns from)
        {
            StrikeScatter.Add(strike, from.CallDex, CallDex);
            StrikeScatter.Add(strike, from.PutDex, PutDex);
            StrikeScatter.Add(strike, from.CallVex, CallVex);
            StrikeScatter.Add(strike, from.PutVex, PutVex);
            StrikeScatter.Add(strike, from.CallChex, CallChex);
            StrikeScatter.Add(strike, from.PutChex, PutChex);
        }

        public void Move(int strike, in NodeExposure from, in NodeExposure to)
        {
            CallDex[strike] += to.CallDex - from.CallDex;
            PutDex[strike] += to.PutDex - from.PutDex;
            CallVex[strike] += to.CallVex - from.CallVex;
            PutVex[strike] += to.PutVex - from.PutVex;
            CallChex[strike] += to.CallChex - from.CallChex;
            PutChex[strike] += to.PutChex - from.PutChex;
        }
    }
}
