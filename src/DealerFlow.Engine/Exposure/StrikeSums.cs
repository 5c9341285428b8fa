using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// GEX per strike over expiries, for every position column: all, and those that settle today. Made from the nodes when somebody
/// asks after a sweep, and moved by differences until the next.
/// </summary>
internal sealed class StrikeSums
{
    private readonly NodeTable _nodes;
    private readonly ExposureBook _book;
    private readonly long[][] _call = new long[ModelView.Columns][];
    private readonly long[][] _put = new long[ModelView.Columns][];
    private readonly long[][] _zeroDteCall = new long[ModelView.Columns][];
    private readonly long[][] _zeroDtePut = new long[ModelView.Columns][];
    private readonly bool[] _isCurrent = new bool[ModelView.Columns];

    public StrikeSums(NodeTable nodes, ExposureBook book)
    {
        _nodes = nodes;
        _book = book;
        for (int column = 0; column < ModelView.Columns; column++)
        {
            _call[column] = new long[nodes.StrikeCapacity];
            _put[column] = new long[nodes.StrikeCapacity];
            _zeroDteCall[column] = new long[nodes.StrikeCapacity];
            _zeroDtePut[column] = new long[nodes.StrikeCapacity];
        }
    }

    /// <summary>Every expiry was replaced, or strikes moved.</summary>
    public void Invalidate() => Array.Clear(_isCurrent);

    public void Move(PositionColumn column, int node, long call, long put)
    {
        if (!_isCurrent[(int)column]) return;
        int strike = _nodes.StrikeIndex[node];
        _call[(int)column][strike] += call;
        _put[(int)column][strike] += put;
        if (!_nodes.Segments[_nodes.SegmentIndex[node]].IsZeroDte) return;
        _zeroDteCall[(int)column][strike] += call;
        _zeroDtePut[(int)column][strike] += put;
    }

    /// <summary>Writes call and put GEX of every strike in one bucket under one model.</summary>
    public void Read(PositionModel model, ExposureBucket bucket, Span<long> call, Span<long> put)
    {
        ModelView view = _nodes.Weights.View(model);
        int column = (int)view.Column;
        if (!_isCurrent[column]) Sum(view.Column);
        int count = _nodes.Strikes.Length;
        for (int i = 0; i < count; i++)
        {
            (long calls, long puts) = bucket switch
            {
                ExposureBucket.ZeroDte => (_zeroDteCall[column][i], _zeroDtePut[column][i]),
                ExposureBucket.ExZeroDte => (_call[column][i] - _zeroDteCall[column][i], _put[column][i] - _zeroDtePut[column][i]),
                _ => (_call[column][i], _put[column][i]),
            };
            call[i] = view.CallSign * calls;
            put[i] = view.PutSign * puts;
        }
    }

    private void Sum(PositionColumn column)
    {
        ExposureColumns node = _book.Node(column);
        long[] call = _call[(int)column], put = _put[(int)column];
        long[] zeroDteCall = _zeroDteCall[(int)column], zeroDtePut = _zeroDtePut[(int)column];
        Array.Clear(call);
        Array.Clear(put);
        Array.Clear(zeroDteCall);
        Array.Clear(zeroDtePut);
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (!segment.IsPriced) continue;
            Add(segment, node, call, put);
            if (segment.IsZeroDte) Add(segment, node, zeroDteCall, zeroDtePut);
        }
        _isCurrent[(int)column] = true;
    }

    private void Add(ExpirySegment segment, ExposureColumns node, long[] callSums, long[] putSums)
    {
        ReadOnlySpan<int> strike = _nodes.StrikeIndex.AsSpan(segment.Start, segment.Count);
        ReadOnlySpan<long> call = node.CallGex.AsSpan(segment.Start, strike.Length);
        ReadOnlySpan<long> put = node.PutGex.AsSpan(segment.Start, strike.Length);
        for (int i = 0; i < strike.Length; i++)
        {
            callSums[strike[i]] += call[i];
            putSums[strike[i]] += put[i];
        }
    }
}
