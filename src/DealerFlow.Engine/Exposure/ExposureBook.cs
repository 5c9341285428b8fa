namespace DealerFlow.Engine;

/// <summary>
/// Exposure per node, strike and expiry as exact integers. Between marks it moves by differences (new − old); at a mark each
/// expiry is replaced whole. Both ways end in the same bits, because integers add in any order.
/// </summary>
internal sealed class ExposureBook
{
    /// <summary>Contributions that an Int64 sum holds without wrapping: each is at most 2·2^53.</summary>
    private const int MaxPerSum = 256;

    private readonly NodeTable _nodes;

    public readonly ExposureColumns Node;
    public readonly ExposureTotals[] Expiry;

    // Per strike, over expiries: all, and those that settle today.
    public readonly long[] StrikeCallGex;
    public readonly long[] StrikePutGex;
    public readonly long[] ZeroDteCallGex;
    public readonly long[] ZeroDtePutGex;

    public ExposureBook(NodeTable nodes)
    {
        _nodes = nodes;
        Node = new ExposureColumns(nodes.Length);
        Expiry = new ExposureTotals[nodes.Segments.Length];
        StrikeCallGex = new long[nodes.Strikes.Length];
        StrikePutGex = new long[nodes.Strikes.Length];
        ZeroDteCallGex = new long[nodes.Strikes.Length];
        ZeroDtePutGex = new long[nodes.Strikes.Length];
        if (nodes.Segments.Length > MaxPerSum)
            throw new ArgumentException($"{nodes.Segments.Length} expiries of one underlying; exact 64-bit sums per strike hold {MaxPerSum}.");
    }

    /// <summary>Adds a node's difference: new − old.</summary>
    public void Move(int node, in NodeExposure to)
    {
        NodeExposure from = Node[node];
        Node[node] = to;
        int segment = _nodes.SegmentIndex[node];
        Expiry[segment] -= from;
        Expiry[segment] += to;
        int strike = _nodes.StrikeIndex[node];
        long call = to.CallGex - from.CallGex;
        long put = to.PutGex - from.PutGex;
        StrikeCallGex[strike] += call;
        StrikePutGex[strike] += put;
        if (!_nodes.Segments[segment].IsZeroDte) return;
        ZeroDteCallGex[strike] += call;
        ZeroDtePutGex[strike] += put;
    }

    /// <summary>Empties every sum; <see cref="Enter"/> each live expiry after it.</summary>
    public void BeginSweep()
    {
        Array.Clear(Expiry);
        Array.Clear(StrikeCallGex);
        Array.Clear(StrikePutGex);
        Array.Clear(ZeroDteCallGex);
        Array.Clear(ZeroDtePutGex);
    }

    /// <summary>Adds a whole expiry whose node contributions have just been written.</summary>
    public void Enter(int segmentIndex)
    {
        ExpirySegment segment = _nodes.Segments[segmentIndex];
        ref ExposureTotals totals = ref Expiry[segmentIndex];
        for (int start = segment.Start; start < segment.End; start += MaxPerSum)
            AddRange(ref totals, start, Math.Min(MaxPerSum, segment.End - start));
        AddToStrikes(segment, StrikeCallGex, StrikePutGex);
        if (segment.IsZeroDte) AddToStrikes(segment, ZeroDteCallGex, ZeroDtePutGex);
    }

    private void AddRange(ref ExposureTotals totals, int start, int count)
    {
        ReadOnlySpan<long> call = Node.CallGex.AsSpan(start, count);
        ReadOnlySpan<long> put = Node.PutGex.AsSpan(start, count);
        ReadOnlySpan<long> dex = Node.Dex.AsSpan(start, count);
        ReadOnlySpan<long> vex = Node.Vex.AsSpan(start, count);
        ReadOnlySpan<long> chex = Node.Chex.AsSpan(start, count);
        long callSum = 0, putSum = 0, dexSum = 0, vexSum = 0, chexSum = 0;
        long grossSum = 0;
        for (int i = 0; i < call.Length; i++)
        {
            callSum += call[i];
            putSum += put[i];
            grossSum += Math.Abs(call[i] + put[i]);
            dexSum += dex[i];
            vexSum += vex[i];
            chexSum += chex[i];
        }
        totals.CallGex += callSum;
        totals.PutGex += putSum;
        totals.GrossGex += grossSum;
        totals.Dex += dexSum;
        totals.Vex += vexSum;
        totals.Chex += chexSum;
    }

    private void AddToStrikes(ExpirySegment segment, long[] callSums, long[] putSums)
    {
        for (int i = segment.Start; i < segment.End; i++)
        {
            int strike = _nodes.StrikeIndex[i];
            callSums[strike] += Node.CallGex[i];
            putSums[strike] += Node.PutGex[i];
        }
    }
}
