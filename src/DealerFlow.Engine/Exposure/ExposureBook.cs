using System.Numerics;

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
        // Padding has no weight and adds nothing.
        for (int start = segment.Start; start < segment.PaddedEnd; start += MaxPerSum)
            AddRange(ref totals, start, Math.Min(MaxPerSum, segment.PaddedEnd - start));
        AddToStrikes(segment, StrikeCallGex, StrikePutGex);
        if (segment.IsZeroDte) AddToStrikes(segment, ZeroDteCallGex, ZeroDtePutGex);
    }

    /// <summary>Sums of a range of whole groups of eight, several nodes side by side: integers add in any order.</summary>
    private void AddRange(ref ExposureTotals totals, int start, int count)
    {
        ReadOnlySpan<long> call = Node.CallGex.AsSpan(start, count);
        ReadOnlySpan<long> put = Node.PutGex.AsSpan(start, count);
        ReadOnlySpan<long> dex = Node.Dex.AsSpan(start, count);
        ReadOnlySpan<long> vex = Node.Vex.AsSpan(start, count);
        ReadOnlySpan<long> chex = Node.Chex.AsSpan(start, count);
        Vector<long> callSum = default, putSum = default, grossSum = default, dexSum = default, vexSum = default, chexSum = default;
        for (int i = 0; i < call.Length; i += Vector<long>.Count)
        {
            var calls = new Vector<long>(call[i..]);
            var puts = new Vector<long>(put[i..]);
            callSum += calls;
            putSum += puts;
            grossSum += Vector.Abs(calls + puts);
            dexSum += new Vector<long>(dex[i..]);
            vexSum += new Vector<long>(vex[i..]);
            chexSum += new Vector<long>(chex[i..]);
        }
        totals.CallGex += Vector.Sum(callSum);
        totals.PutGex += Vector.Sum(putSum);
        totals.GrossGex += Vector.Sum(grossSum);
        totals.Dex += Vector.Sum(dexSum);
        totals.Vex += Vector.Sum(vexSum);
        totals.Chex += Vector.Sum(chexSum);
    }

    private void AddToStrikes(ExpirySegment segment, long[] callSums, long[] putSums)
    {
        ReadOnlySpan<int> strike = _nodes.StrikeIndex.AsSpan(segment.Start, segment.Count);
        ReadOnlySpan<long> call = Node.CallGex.AsSpan(segment.Start, strike.Length);
        ReadOnlySpan<long> put = Node.PutGex.AsSpan(segment.Start, strike.Length);
        for (int i = 0; i < strike.Length; i++)
        {
            callSums[strike[i]] += call[i];
            putSums[strike[i]] += put[i];
        }
    }
}
