using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

public static partial class Functions
{
    private const double InverseSqrtTwoPi = 0.3989422804014327;
    private const double InverseSqrtTwoPiRest = -2.49232720227773e-17;

    // e^(−z²/2) has underflowed long before, and z² has not overflowed.
    internal const double DensityIsZero = 64;

    /// <summary>Standard normal density φ(x); 0 for ±∞, NaN for NaN.</summary>
    /// <remarks>At most 2 ulp: the rounding error of x² is carried into the exponential, so the far tail is as good as the centre.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes NormalDensity<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.Select(TLanes.Equal(x, x), DensityAtAny(x), TLanes.Broadcast(double.NaN));

    /// <summary>Standard normal density of one number, the same bits as in a column.</summary>
    public static double NormalDensity(double x) => NormalDensity(new F64x1(x)).Value;

    /// <summary>Standard normal distribution Φ(x); 0 and 1 at ∓∞, NaN for NaN.</summary>
    /// <remarks>At most 4 ulp, also in the left tail down to the smallest normal number.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes NormalCdf<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes>
    {
        DensityAndTail(x, out _, out TLanes tail);
        TLanes result = TLanes.Select(TLanes.LessThan(x, TLanes.Broadcast(0)), tail, TLanes.Broadcast(1) - tail);
        return TLanes.Select(TLanes.Equal(x, x), result, TLanes.Broadcast(double.NaN));
    }

    /// <summary>Standard normal distribution of one number, the same bits as in a column.</summary>
    public static double NormalCdf(double x) => NormalCdf(new F64x1(x)).Value;

    /// <summary>φ(x), finite for every input, NaN included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes DensityAtAny<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes> => DensityOfMagnitude(Magnitude(x));

    /// <summary>φ(x) and Φ(−|x|) with one exponential; finite for every input, NaN included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void DensityAndTail<TLanes>(TLanes x, out TLanes density, out TLanes tail) where TLanes : unmanaged, ILanes<TLanes>
    {
        density = DensityAtAny(x);
        tail = TailOfDensity(x, density);
    }

    /// <summary>Φ(−|x|) from φ(x); finite for every input, NaN included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes TailOfDensity<TLanes>(TLanes x, TLanes density) where TLanes : unmanaged, ILanes<TLanes>
    {
        MillsQuotient(Magnitude(x), out TLanes numerator, out _, out TLanes denominator);
        return density * (numerator / denominator);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Magnitude<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.Min(TLanes.Abs(x), TLanes.Broadcast(DensityIsZero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes DensityOfMagnitude<TLanes>(TLanes z) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes exponential = ExpOfMinusHalfSquare(z);
        return TLanes.MultiplyAdd(
            exponential, TLanes.Broadcast(InverseSqrtTwoPi), exponential * TLanes.Broadcast(InverseSqrtTwoPiRest));
    }

    /// <summary>√(2π)·φ(x) for |x| ≤ 64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes ExpOfMinusHalfSquare<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes square = x * x;
        TLanes rounding = TLanes.MultiplyAdd(x, x, -square);
        TLanes minusHalf = TLanes.Broadcast(-0.5);
        return ExpOfSum(square * minusHalf, rounding * minusHalf);
    }
}
