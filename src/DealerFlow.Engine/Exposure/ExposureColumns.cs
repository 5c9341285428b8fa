using System.Numerics;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Contributions of nodes on the exact grid of 1/1024 USD: call side and put side are each rounded once, half to even, to
/// Int64; whatever is summed after that is exact in any order.
/// </summary>
internal sealed class ExposureColumns(int length)
{
    public readonly long[] CallGex = new long[length];
    public readonly long[] PutGex = new long[length];
    public readonly long[] Dex = new long[length];
    public readonly long[] Vex = new long[length];
    public readonly long[] Chex = new long[length];

    public NodeExposure this[int index]
    {
        get => new(CallGex[index], PutGex[index], Dex[index], Vex[index], Chex[index]);
        set => (CallGex[index], PutGex[index], Dex[index], Vex[index], Chex[index]) = value;
    }

    public void Clear(int start, int count)
    {
        Array.Clear(CallGex, start, count);
        Array.Clear(PutGex, start, count);
        Array.Clear(Dex, start, count);
        Array.Clear(Vex, start, count);
        Array.Clear(Chex, start, count);
    }
}

/// <summary>One node's contribution, 1/1024 USD.</summary>
internal readonly record struct NodeExposure(long CallGex, long PutGex, long Dex, long Vex, long Chex);

/// <summary>From raw Greeks and positions to <see cref="ExposureColumns"/>: the one place where scalings live.</summary>
/// <remarks>
/// GEX = 0.01·S²·Γ·m·N (= 0.01·D·F·φ(d1)/w·m·N), DEX = m·N·Δ·S, VEX = m·N·vanna·0.01·S, CHEX = m·N·charm·S/365.
/// Multiplication and rounding are exact IEEE operations, so every vector width gives the same integers.
/// </remarks>
internal sealed class ExposureScaling
{
    private const double UnitsPerUsd = MoneyGrid.UnitsPerUsd;
    // Largest whole number below which every double is a grid point.
    private const double Limit = 1L << 53;

    /// <summary>Contributions that were not finite: they entered no sum.</summary>
    public ulong NonFinite { get; private set; }

    /// <summary>A contribution exceeded the exact grid: nothing may be published.</summary>
    public bool HasOverflowed { get; private set; }

    /// <summary>Writes <paramref name="count"/> (a multiple of eight) contributions, beginning at <paramref name="start"/> of the target.</summary>
    public void Evaluate(
        double spot, GreekScratch greeks, ReadOnlySpan<double> callWeight, ReadOnlySpan<double> putWeight, int count,
        ExposureColumns target, int start)
    {
        double gexScale = 0.01 * spot * spot * UnitsPerUsd;
        double dexScale = spot * UnitsPerUsd;
        double vexScale = 0.01 * spot * UnitsPerUsd;
        double chexScale = spot / 365 * UnitsPerUsd;
        int width = Vector<double>.Count;
        var withinGrid = Vector<long>.AllBitsSet;
        for (int i = 0; i < count; i += width)
        {
            var calls = new Vector<double>(callWeight[i..]);
            var puts = new Vector<double>(putWeight[i..]);
            Vector<double> gamma = new Vector<double>(greeks.Gamma, i) * gexScale;
            Vector<double> vanna = new Vector<double>(greeks.Vanna, i) * vexScale;
            ToGrid(gamma * calls, ref withinGrid).CopyTo(target.CallGex, start + i);
            ToGrid(gamma * puts, ref withinGrid).CopyTo(target.PutGex, start + i);
            (ToGrid(new Vector<double>(greeks.CallDelta, i) * dexScale * calls, ref withinGrid)
                + ToGrid(new Vector<double>(greeks.PutDelta, i) * dexScale * puts, ref withinGrid)).CopyTo(target.Dex, start + i);
            (ToGrid(vanna * calls, ref withinGrid) + ToGrid(vanna * puts, ref withinGrid)).CopyTo(target.Vex, start + i);
            (ToGrid(new Vector<double>(greeks.CallCharm, i) * chexScale * calls, ref withinGrid)
                + ToGrid(new Vector<double>(greeks.PutCharm, i) * chexScale * puts, ref withinGrid)).CopyTo(target.Chex, start + i);
        }
        if (withinGrid != Vector<long>.AllBitsSet) FindCulprits(spot, greeks, callWeight, putWeight, count, target, start);
    }

    private static Vector<long> ToGrid(Vector<double> units, ref Vector<long> withinGrid)
    {
        withinGrid &= Vector.LessThanOrEqual(Vector.Abs(units), new Vector<double>(Limit));
        // Native: what it makes of numbers beyond the grid depends on the machine, and is written over by FindCulprits.
        return Vector.ConvertToInt64Native(Vector.Round(units));
    }

    /// <summary>The same numbers one by one, for a column in which something is not on the grid.</summary>
    private void FindCulprits(
        double spot, GreekScratch greeks, ReadOnlySpan<double> callWeight, ReadOnlySpan<double> putWeight, int count,
        ExposureColumns target, int start)
    {
        double gexScale = 0.01 * spot * spot * UnitsPerUsd;
        double dexScale = spot * UnitsPerUsd;
        double vexScale = 0.01 * spot * UnitsPerUsd;
        double chexScale = spot / 365 * UnitsPerUsd;
        for (int i = 0; i < count; i++)
        {
            target[start + i] = new NodeExposure(
                ToGrid(greeks.Gamma[i] * gexScale * callWeight[i]),
                ToGrid(greeks.Gamma[i] * gexScale * putWeight[i]),
                ToGrid(greeks.CallDelta[i] * dexScale * callWeight[i]) + ToGrid(greeks.PutDelta[i] * dexScale * putWeight[i]),
                ToGrid(greeks.Vanna[i] * vexScale * callWeight[i]) + ToGrid(greeks.Vanna[i] * vexScale * putWeight[i]),
                ToGrid(greeks.CallCharm[i] * chexScale * callWeight[i]) + ToGrid(greeks.PutCharm[i] * chexScale * putWeight[i]));
        }
    }

    private long ToGrid(double units)
    {
        if (!double.IsFinite(units))
        {
            NonFinite++;
            return 0;
        }
        if (Math.Abs(units) > Limit)
        {
            HasOverflowed = true;
            return 0;
        }
        return (long)Math.Round(units, MidpointRounding.ToEven);
    }
}
