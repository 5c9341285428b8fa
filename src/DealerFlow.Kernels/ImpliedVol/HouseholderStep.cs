using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>
/// One Householder step of order four on ln price(w) − ln target, as a share of w: with an error δ before, the error after it is
/// below 200·δ⁴.
/// </summary>
internal static class HouseholderStep
{
    private const double InverseSqrtTwoPi = 0.3989422804014327;
    private const double TwoTo64 = 18446744073709551616.0;

    /// <summary>For rows that <see cref="ScaledBlack.IsShort"/> names, on c itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes OfShort<TLanes>(TLanes h, TLanes c, TLanes w, out TLanes pricePerVega)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes z = Node.Quotient(h, w, TLanes.Broadcast(1) / w);
        ScaledBlack.PricePerVegaOfShort(h, w, z, out TLanes numerator, out TLanes denominator);
        pricePerVega = numerator / denominator;
        TLanes excess = Excess(c, w, z, pricePerVega);
        return Step(z, w, excess, -(excess * pricePerVega));
    }

    /// <summary>For any row.</summary>
    /// <param name="h">|ln(K/F)|.</param>
    /// <param name="target">c, or 1 − c where <paramref name="upper"/> is set.</param>
    /// <param name="upper">Mask: 1 − c is solved for.</param>
    /// <param name="w">Total deviation before the step.</param>
    /// <param name="pricePerVega">Receives target/(w·vega) at that w.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes OfAny<TLanes>(TLanes h, TLanes target, TLanes upper, TLanes w, out TLanes pricePerVega)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes z = Node.Quotient(h, w, TLanes.Broadcast(1) / w);
        ScaledBlack.PricePerVega(h, w, z, upper, out TLanes numerator, out TLanes denominator);
        pricePerVega = numerator / denominator;
        TLanes excess = Excess(target, w, z, pricePerVega);
        return Step(z, w, excess, excess * TLanes.Select(upper, pricePerVega, -pricePerVega));
    }

    /// <summary>ln price(w) − ln target, with no exponential: price = φ(d1)·w·pricePerVega.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Excess<TLanes>(TLanes target, TLanes w, TLanes z, TLanes pricePerVega)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes half = TLanes.Broadcast(0.5);
        TLanes d1 = TLanes.MultiplyAdd(w, half, -z);
        // 2^-64: even over the smallest subnormal target the quotient is finite.
        TLanes ratio = pricePerVega * (w * TLanes.Broadcast(InverseSqrtTwoPi / TwoTo64)) / target;
        return TLanes.NegatedMultiplyAdd(d1 * half, d1, Functions.LogOfNormal(ratio, TLanes.Broadcast(64)));
    }

    /// <summary>
    /// From the Newton step ν: the logarithmic derivative of vega is (z² − t²)/w, and the slope of ln price times ν is −excess, so
    /// the further terms need no division of their own.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Step<TLanes>(TLanes z, TLanes w, TLanes excess, TLanes newton) where TLanes : unmanaged, ILanes<TLanes>
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
