using System.Numerics;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

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
