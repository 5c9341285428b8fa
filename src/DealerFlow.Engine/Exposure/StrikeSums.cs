using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Exposure per strike over expiries, for every position column: GEX of all expiries and of those that settle today, call side and put
/// side apart, and the other exposures. Filled by the sweep that precedes a snapshot, moved by differences until the next mark.
/// </summary>
internal sealed class StrikeSums
{
    private readonly NodeTable _nodes;
    private readonly StrikeColumns[] _all = new StrikeColumns[ModelView.Columns];
    private readonly StrikeColumns[] _zeroDte = new StrikeColumns[ModelView.Columns];

    public StrikeSums(NodeTable nodes)
    {
        _nodes = nodes;
        for (int column = 0; column < ModelView.Columns; column++)
            (_all[column], _zeroDte[column]) = (new StrikeColumns(nodes.StrikeCapacity), new StrikeColumns(nodes.StrikeCapacity));
    }

    /// <summary>False when a mark, or an expiry that was replaced, has left the sums behind.</summary>
    public bool IsCurrent { get; private set; }

    /// <summary>The sums are those of another mark now.</summary>
    public void Invalidate() => IsCurrent = false;

    /// <summary>Begins to fill the sums afresh; <see cref="Add"/> every live expiry after it.</summary>
    public void Begin()
    {
        IsCurrent = true;
        for (int column = 0; column < ModelView.Columns; column++)
        {
            _all[column].Clear();
            _zeroDte[column].Clear();
        }
    }

    /// <summary>Adds a whole expiry: contribution i is that of its node i.</summary>
    public void Add(PositionColumn column, ExpirySegment segment, ExposureColumns contributions)
    {
        ReadOnlySpan<int> strike = _nodes.StrikeIndex.AsSpan(segment.Start, segment.Count);
        _all[(int)column].Add(strike, contributions);
        if (segment.IsZeroDte) _zeroDte[(int)column].Add(strike, contributions);
    }

    public void Move(PositionColumn column, int node, in NodeExposure from, in NodeExposure to)
    {
        if (!IsCurrent) return;
        int strike = _nodes.StrikeIndex[node];
        _all[(int)column].Move(strike, in from, in to);
        if (_nodes.Segments[_nodes.SegmentIndex[node]].IsZeroDte) _zeroDte[(int)column].Move(strike, in from, in to);
    }

    /// <summary>Writes call and put GEX of every strike in one bucket under one model.</summary>
    public void Read(PositionModel model, ExposureBucket bucket, Span<long> call, Span<long> put)
    {
        ModelView view = _nodes.Weights.View(model);
        StrikeColumns all = _all[(int)view.Column], zeroDte = _zeroDte[(int)view.Column];
        for (int i = 0; i < _nodes.Strikes.Length; i++)
        {
            (long calls, long puts) = bucket switch
            {
                ExposureBucket.ZeroDte => (zeroDte.CallGex[i], zeroDte.PutGex[i]),
                ExposureBucket.ExZeroDte => (all.CallGex[i] - zeroDte.CallGex[i], all.PutGex[i] - zeroDte.PutGex[i]),
                _ => (all.CallGex[i], all.PutGex[i]),
            };
            call[i] = view.CallSign * calls;
            put[i] = view.PutSign * puts;
        }
    }

    /// <summary>DEX, VEX and CHEX of one strike over all expiries under one model.</summary>
    public (long Dex, long Vex, long Chex) Read(PositionModel model, int strike)
    {
        ModelView view = _nodes.Weights.View(model);
        StrikeColumns all = _all[(int)view.Column];
        return (
            (view.CallSign * all.CallDex[strike]) + (view.PutSign * all.PutDex[strike]),
            (view.CallSign * all.CallVex[strike]) + (view.PutSign * all.PutVex[strike]),
            (view.CallSign * all.CallChex[strike]) + (view.PutSign * all.PutChex[strike]));
    }

    private sealed class StrikeColumns(int capacity)
    {
        public readonly long[] CallGex = new long[capacity], PutGex = new long[capacity];
        public readonly long[] CallDex = new long[capacity], PutDex = new long[capacity];
        public readonly long[] CallVex = new long[capacity], PutVex = new long[capacity];
        public readonly long[] CallChex = new long[capacity], PutChex = new long[capacity];

        public void Clear()
        {
            foreach (long[] sums in (ReadOnlySpan<long[]>)[CallGex, PutGex, CallDex, PutDex, CallVex, PutVex, CallChex, PutChex]) Array.Clear(sums);
        }

        public void Add(ReadOnlySpan<int> strike, ExposureColumns from)
        {
            Add(strike, from.CallGex, CallGex);
            Add(strike, from.PutGex, PutGex);
            Add(strike, from.CallDex, CallDex);
            Add(strike, from.PutDex, PutDex);
            Add(strike, from.CallVex, CallVex);
            Add(strike, from.PutVex, PutVex);
            Add(strike, from.CallChex, CallChex);
            Add(strike, from.PutChex, PutChex);
        }

        public void Move(int strike, in NodeExposure from, in NodeExposure to)
        {
            CallGex[strike] += to.CallGex - from.CallGex;
            PutGex[strike] += to.PutGex - from.PutGex;
            CallDex[strike] += to.CallDex - from.CallDex;
            PutDex[strike] += to.PutDex - from.PutDex;
            CallVex[strike] += to.CallVex - from.CallVex;
            PutVex[strike] += to.PutVex - from.PutVex;
            CallChex[strike] += to.CallChex - from.CallChex;
            PutChex[strike] += to.PutChex - from.PutChex;
        }

        private static void Add(ReadOnlySpan<int> strike, long[] from, long[] sums)
        {
            ReadOnlySpan<long> units = from.AsSpan(0, strike.Length);
            for (int i = 0; i < units.Length; i++) sums[strike[i]] += units[i];
        }
    }
}
