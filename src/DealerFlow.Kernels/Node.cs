using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>What the kernels over nodes share.</summary>
internal static class Node
{
    // Far outside of any market, and no product or square of two of these overflows.
    private const double SmallestDeviation = 1e-150;
    private const double Largest = 1e150;

    /// <summary>Mask of the nodes that have a meaning: w in [1e-150, 1e150], |ln(F/K)| ≤ 1e150; false for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Evaluable<TLanes>(TLanes logMoneyness, TLanes totalDeviation) where TLanes : unmanaged, ILanes<TLanes> => TLanes.And(
        Evaluable(totalDeviation), TLanes.LessThanOrEqual(TLanes.Abs(logMoneyness), TLanes.Broadcast(Largest)));

    /// <summary>Mask of the total deviations that have a meaning: w in [1e-150, 1e150]; false for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Evaluable<TLanes>(TLanes totalDeviation) where TLanes : unmanaged, ILanes<TLanes> => TLanes.And(
        TLanes.LessThanOrEqual(TLanes.Broadcast(SmallestDeviation), totalDeviation),
        TLanes.LessThanOrEqual(totalDeviation, TLanes.Broadcast(Largest)));

    /// <summary>numerator/denominator from the reciprocal that is needed anyway, with the reciprocal's rounding error taken out again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Quotient<TLanes>(TLanes numerator, TLanes denominator, TLanes reciprocal) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes quotient = numerator * reciprocal;
        return TLanes.MultiplyAdd(TLanes.NegatedMultiplyAdd(quotient, denominator, numerator), reciprocal, quotient);
    }

    /// <summary>carry·Φ(d1) and −carry·Φ(−d1) from Φ(−|d1|): neither is 1 − Φ of a tail.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Deltas<TLanes>(TLanes d1, TLanes tail, TLanes carryFactor, out TLanes callDelta, out TLanes putDelta)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes body = TLanes.Broadcast(1) - tail;
        TLanes isLeft = TLanes.LessThan(d1, TLanes.Broadcast(0));
        callDelta = carryFactor * TLanes.Select(isLeft, tail, body);
        putDelta = -carryFactor * TLanes.Select(isLeft, body, tail);
    }
}
