using System.Numerics;
using DealerFlow.Wire;

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
        totals.CallDex += Sum(CallDex, start, count);
        totals.PutDex += Sum(PutDex, start, count);
        totals.CallVex += Sum(CallVex, start, count);
        totals.PutVex += Sum(PutVex, start, count);
        totals.CallChex += Sum(CallChex, start, count);
        totals.PutChex += Sum(PutChex, start, count);
    }

    private static long Sum(long[] column, int start, int count)
    {
        Vector<long> sum = default;
        for (int i = start; i < start + count; i += Vector<long>.Count) sum += new Vector<long>(column, i);
        return Vector.Sum(sum);
    }
}

/// <summary>One node's contribution, 1/1024 USD.</summary>
internal readonly record struct NodeExposure(
    long CallGex, long PutGex, long CallDex, long PutDex, long CallVex, long PutVex, long CallChex, long PutChex);

/// <summary>Rounding to the exact grid, half to even, several numbers at a time.</summary>
internal static class MoneyRounding
{
    /// <summary>A contribution beyond it stops publishing.</summary>
    public const double Limit = 1L << 53;

    // Adding 1.5·2^52 to a number of at most 2^51 leaves its nearest whole number, ties to even, in the low bits of the sum.
    private const double Magic = 6755399441055744.0;
    private const double MagicLimit = 1L << 51;

    /// <summary>The nearest whole numbers; lanes beyond 2^51, or not finite, are wrong and leave <paramref name="isWithin"/>.</summary>
    public static Vector<long> Round(Vector<double> units, ref Vector<long> isWithin)
    {
        isWithin &= Vector.LessThanOrEqual(Vector.Abs(units), new Vector<double>(MagicLimit));
        return Vector.AsVectorInt64(units + new Vector<double>(Magic)) - Vector.AsVectorInt64(new Vector<double>(Magic));
    }
}

/// <summary>From raw Greeks and positions to <see cref="ExposureColumns"/>: the one place where scalings live.</summary>
/// <remarks>
/// GEX = 0.01·S²·Γ·m·N (= 0.01·D·F·φ(d1)/w·m·N), DEX = m·N·Δ·S, VEX = m·N·vanna·0.01·S, CHEX = m·N·charm·S/365.
/// Multiplication and rounding are exact IEEE operations, so every vector width gives the same integers.
/// </remarks>
internal sealed class ExposureScaling
{
    private const double UnitsPerUsd = MoneyGrid.UnitsPerUsd;

    /// <summary>Contributions that were not finite: they entered no sum.</summary>
    public ulong NonFinite { get; private set; }

    /// <summary>A contribution exceeded the exact grid: nothing may be published.</summary>
    public bool HasOverflowed { get; private set; }

    /// <summary>Writes the contributions of <paramref name="count"/> nodes (a multiple of eight).</summary>
    public void Evaluate(
        double spot, GreekScratch greeks, ReadOnlySpan<double> callWeight, ReadOnlySpan<double> putWeight, int count, ExposureColumns target)
    {
        double gexScale = 0.01 * spot * spot * UnitsPerUsd;
        double dexScale = spot * UnitsPerUsd;
        double vexScale = 0.01 * spot * UnitsPerUsd;
        double chexScale = spot / 365 * UnitsPerUsd;
        var isWithin = Vector<long>.AllBitsSet;
        for (int i = 0; i < count; i += Vector<double>.Count)
        {
            var calls = new Vector<double>(callWeight[i..]);
            var puts = new Vector<double>(putWeight[i..]);
            Vector<double> gamma = new Vector<double>(greeks.Gamma, i) * gexScale;
            Vector<double> vanna = new Vector<double>(greeks.Vanna, i) * vexScale;
            MoneyRounding.Round(gamma * calls, ref isWithin).CopyTo(target.CallGex, i);
            MoneyRounding.Round(gamma * puts, ref isWithin).CopyTo(target.PutGex, i);
            MoneyRounding.Round(new Vector<double>(greeks.CallDelta, i) * dexScale * calls, ref isWithin).CopyTo(target.CallDex, i);
            MoneyRounding.Round(new Vector<double>(greeks.PutDelta, i) * dexScale * puts, ref isWithin).CopyTo(target.PutDex, i);
            MoneyRounding.Round(vanna * calls, ref isWithin).CopyTo(target.CallVex, i);
            MoneyRounding.Round(vanna * puts, ref isWithin).CopyTo(target.PutVex, i);
            MoneyRounding.Round(new Vector<double>(greeks.CallCharm, i) * chexScale * calls, ref isWithin).CopyTo(target.CallChex, i);
            MoneyRounding.Round(new Vector<double>(greeks.PutCharm, i) * chexScale * puts, ref isWithin).CopyTo(target.PutChex, i);
        }
        if (isWithin != Vector<long>.AllBitsSet) EvaluateOneByOne(spot, greeks, callWeight, putWeight, count, target);
    }

    /// <summary>
    /// Adds the contributions of <paramref name="count"/> nodes (a multiple of eight) to totals without writing them down; false, with
    /// nothing added, when one of them has to be looked at alone.
    /// </summary>
    public static bool TrySum(
        double spot, GreekScratch greeks, ReadOnlySpan<double> callWeight, ReadOnlySpan<double> putWeight, int count, ref ColumnTotals totals)
    {
        ColumnTotals sum = totals;
        for (int start = 0; start < count; start += ColumnTotals.MaxPerSum)
            if (!TrySumRange(spot, greeks, callWeight, putWeight, start, Math.Min(start + ColumnTotals.MaxPerSum, count), ref sum)) return false;
        totals = sum;
        return true;
    }

    private static bool TrySumRange(
        double spot, GreekScratch greeks, ReadOnlySpan<double> callWeight, ReadOnlySpan<double> putWeight, int start, int end, ref ColumnTotals totals)
    {
        var gexScale = new Vector<double>(0.01 * spot * spot * UnitsPerUsd);
        var dexScale = new Vector<double>(spot * UnitsPerUsd);
        var vexScale = new Vector<double>(0.01 * spot * UnitsPerUsd);
        var chexScale = new Vector<double>(spot / 365 * UnitsPerUsd);
        var isWithin = Vector<long>.AllBitsSet;
        Vector<long> callGex = default, putGex = default, asStored = default, opposed = default;
        Vector<long> callDex = default, putDex = default, callVex = default, putVex = default, callChex = default, putChex = default;
        for (int i = start; i < end; i += Vector<double>.Count)
        {
            var calls = new Vector<double>(callWeight[i..]);
            var puts = new Vector<double>(putWeight[i..]);
            Vector<double> gamma = new Vector<double>(greeks.Gamma, i) * gexScale;
            Vector<double> vanna = new Vector<double>(greeks.Vanna, i) * vexScale;
            Vector<long> callUnits = MoneyRounding.Round(gamma * calls, ref isWithin);
            Vector<long> putUnits = MoneyRounding.Round(gamma * puts, ref isWithin);
            callGex += callUnits;
            putGex += putUnits;
            asStored += Vector.Abs(callUnits + putUnits);
            opposed += Vector.Abs(callUnits - putUnits);
            callDex += MoneyRounding.Round(new Vector<double>(greeks.CallDelta, i) * dexScale * calls, ref isWithin);
            putDex += MoneyRounding.Round(new Vector<double>(greeks.PutDelta, i) * dexScale * puts, ref isWithin);
            callVex += MoneyRounding.Round(vanna * calls, ref isWithin);
            putVex += MoneyRounding.Round(vanna * puts, ref isWithin);
            callChex += MoneyRounding.Round(new Vector<double>(greeks.CallCharm, i) * chexScale * calls, ref isWithin);
            putChex += MoneyRounding.Round(new Vector<double>(greeks.PutCharm, i) * chexScale * puts, ref isWithin);
        }
        if (isWithin != Vector<long>.AllBitsSet) return false;
        totals.CallGex += Vector.Sum(callGex);
        totals.PutGex += Vector.Sum(putGex);
        totals.GrossAsStored += Vector.Sum(asStored);
        totals.GrossOpposed += Vector.Sum(opposed);
        totals.CallDex += Vector.Sum(callDex);
        totals.PutDex += Vector.Sum(putDex);
        totals.CallVex += Vector.Sum(callVex);
        totals.PutVex += Vector.Sum(putVex);
        totals.CallChex += Vector.Sum(callChex);
        totals.PutChex += Vector.Sum(putChex);
        return true;
    }

    /// <summary>The same numbers one by one, for a column in which something is too large to round together with others.</summary>
    private void EvaluateOneByOne(
        double spot, GreekScratch greeks, ReadOnlySpan<double> callWeight, ReadOnlySpan<double> putWeight, int count, ExposureColumns target)
    {
        double gexScale = 0.01 * spot * spot * UnitsPerUsd;
        double dexScale = spot * UnitsPerUsd;
        double vexScale = 0.01 * spot * UnitsPerUsd;
        double chexScale = spot / 365 * UnitsPerUsd;
        for (int i = 0; i < count; i++)
        {
            double calls = callWeight[i], puts = putWeight[i];
            target[i] = new NodeExposure(
                Round(greeks.Gamma[i] * gexScale * calls), Round(greeks.Gamma[i] * gexScale * puts),
                Round(greeks.CallDelta[i] * dexScale * calls), Round(greeks.PutDelta[i] * dexScale * puts),
                Round(greeks.Vanna[i] * vexScale * calls), Round(greeks.Vanna[i] * vexScale * puts),
                Round(greeks.CallCharm[i] * chexScale * calls), Round(greeks.PutCharm[i] * chexScale * puts));
        }
    }

    /// <summary>One number on the grid: 0 and a count when it is not finite, 0 and an end to publishing when it is beyond the grid.</summary>
    public long Round(double units)
    {
        if (!double.IsFinite(units))
        {
            NonFinite++;
            return 0;
        }
        if (Math.Abs(units) > MoneyRounding.Limit)
        {
            HasOverflowed = true;
            return 0;
        }
        return (long)Math.Round(units, MidpointRounding.ToEven);
    }
}
