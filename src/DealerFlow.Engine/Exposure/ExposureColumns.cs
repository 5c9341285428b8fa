using System.Numerics;

namespace DealerFlow.Engine;

/// <summary>
/// Contributions of nodes on the exact grid of 1/1024 USD: call side and put side are each rounded once, half to even, to
/// Int64; whatever is summed after that is exact in any order.
/// </summary>
internal sealed class ExposureColumns
{
    public readonly long[] CallGex, PutGex, CallDex, PutDex, CallVex, PutVex, CallChex, PutChex;

    /// <summary>Room for so many contributions.</summary>
    public ExposureColumns(int length) => (CallGex, PutGex, CallDex, PutDex, CallVex, PutVex, CallChex, PutChex) = (
        new long[length], new long[length], new long[length], new long[length], new long[length], new long[length], new long[length], new long[length]);

    public NodeExposure this[int index]
    {
        get => new(
            CallGex[index], PutGex[index], CallDex[index], PutDex[index], CallVex[index], PutVex[index], CallChex[index], PutChex[index]);
        set => (CallGex[index], PutGex[index], CallDex[index], PutDex[index], CallVex[index], PutVex[index], CallChex[index], PutChex[index]) = value;
    }

    /// <summary>Adds a range of whole groups of eight to totals, several nodes side by side: integers add in any order.</summary>
    public void AddTo(ref ColumnTotals totals, int count)
    {
        for (int start = 0; start < count; start += ColumnTotals.MaxPerSum)
            AddRange(ref totals, start, Math.Min(ColumnTotals.MaxPerSum, count - start));
    }

    private void AddRange(ref ColumnTotals totals, int start, int count)
    {
        Vector<long> callGex = default, putGex = default, asStored = default, opposed = default;
        for (int i = start; i < start + count; i += Vector<long>.Count)
        {
            var calls = new Vector<long>(CallGex, i);
            var puts = new Vector<long>(PutGex, i);
            callGex += calls;
            putGex += puts;
            asStored += Vector.Abs(calls + puts);
            opposed += Vector.Abs(calls - puts);
        }
        totals.CallGex += Vector.Sum(callGex);
        totals.PutGex += Vector.Sum(putGex);
        totals.GrossAsStored += Vector.Sum(asStored);
        totals.GrossOpposed += Vector.Sum(opposed);
        totals.CallDex += Sum(CallDex.AsSpan(start, count));
        totals.PutDex += Sum(PutDex.AsSpan(start, count));
        totals.CallVex += Sum(CallVex.AsSpan(start, count));
        totals.PutVex += Sum(PutVex.AsSpan(start, count));
        totals.CallChex += Sum(CallChex.AsSpan(start, count));
        totals.PutChex += Sum(PutChex.AsSpan(start, count));
    }

    /// <summary>The sum of a column, exact as long as it fits.</summary>
    public static long Sum(ReadOnlySpan<long> units)
    {
        Vector<long> sums = default;
        int i = 0;
        for (; i <= units.Length - Vector<long>.Count; i += Vector<long>.Count) sums += new Vector<long>(units[i..]);
        long sum = Vector.Sum(sums);
        for (; i < units.Length; i++) sum += units[i];
        return sum;
    }
}

/// <summary>One node's contribution, 1/1024 USD.</summary>
internal readonly record struct NodeExposure(
    long CallGex, long PutGex, long CallDex, long PutDex, long CallVex, long PutVex, long CallChex, long PutChex);
