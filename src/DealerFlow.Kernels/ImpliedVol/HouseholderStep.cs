using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>
/// A Householder step of order four on ln price(w) − ln target, as a share of w, from one evaluation of the price: with an error δ
/// before, the error after it is below 200·δ⁴ for h up to 200.
/// </summary>
internal static class HouseholderStep
{
    private const double InverseSqrtTwoPi = 0.3989422804014327;
    private const double TwoTo64 = 18446744073709551616.0;

    // Below it products lose digits to underflow; the bracketed solver scales.
    private const double SmallestDeviation = 1e-280;

    /// <summary>A step of this size is the last.</summary>
    public const double SettledStep = 2e-5;

    /// <summary>The step of any row, on 1 − c where <see cref="DeviationBlock.IsUpper"/> says so.</summary>
    /// <param name="c">Normalised price.</param>
    /// <param name="w">Total deviation before the step.</param>
    /// <param name="z">h/w.</param>
    /// <param name="pricePerVega">price/(w·vega) at w, price being 1 − c in upper rows.</param>
    /// <param name="isFinal">Mask: the step was small, and w is well determined.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes>(TLanes c, TLanes w, TLanes z, TLanes pricePerVega, out TLanes isFinal)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes isUpper = DeviationBlock.IsUpper(c);
        TLanes target = TLanes.Select(isUpper, TLanes.Broadcast(1) - c, c);
        TLanes excess = Excess(target, w, z, pricePerVega);
        TLanes newton = excess * TLanes.Select(isUpper, pricePerVega, -pricePerVega);
        TLanes step = From(z, w, excess, newton);
        // What conditions w is c, not the complement that was solved for.
        TLanes conditioned = TLanes.Select(isUpper, pricePerVega / target, pricePerVega);
        isFinal = TLanes.And(
            TLanes.And(
                TLanes.LessThanOrEqual(TLanes.Abs(step), TLanes.Broadcast(SettledStep)),
                TLanes.LessThanOrEqual(TLanes.Broadcast(SmallestDeviation), w)),
            ImpliedDeviation.IsWellConditioned(conditioned));
        return step;
    }

    /// <summary>ln price(w) − ln target, with no exponential: price = φ(d1)·w·pricePerVega.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Excess<TLanes>(TLanes target, TLanes w, TLanes z, TLanes pricePerVega)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes half = TLanes.Broadcast(0.5);
        TLanes d1 = TLanes.MultiplyAdd(w, half, -z);
        // 2^64: even over the smallest subnormal target the quotient is finite.
        TLanes ratio = pricePerVega * (w * TLanes.Broadcast(InverseSqrtTwoPi)) / (target * TLanes.Broadcast(TwoTo64));
        return TLanes.NegatedMultiplyAdd(d1 * half, d1, Functions.LogOfNormal(ratio, TLanes.Broadcast(64)));
    }

    /// <summary>
    /// From the Newton step ν: the logarithmic derivative of vega is (z² − t²)/w, t = w/2, and the slope of ln price times ν is
    /// −excess, so the further terms need no division of their own.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes From<TLanes>(TLanes z, TLanes w, TLanes excess, TLanes newton) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1);
        TLanes half = TLanes.Broadcast(0.5);
        TLanes t = w * half;
        TLanes second = TLanes.MultiplyAdd(newton * (z - t), z + t, excess);
        TLanes third = TLanes.NegatedMultiplyAdd(
            TLanes.MultiplyAdd(TLanes.Broadcast(3) * z, z, t * t), newton * newton, second * (second + excess));
        TLanes top = TLanes.MultiplyAdd(half, second, one);
        TLanes bottom = TLanes.MultiplyAdd(TLanes.Broadcast(1.0 / 6), third, one + second);
        return newton * top / bottom;
    }
}
