using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

public static partial class Functions
{
    private const double SmallestNormal = 2.2250738585072014e-308;
    private const double TwoTo54 = 18014398509481984.0;
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>ln x; −∞ for ±0, NaN below 0 and for NaN, +∞ for +∞; subnormals are exact inputs like any other.</summary>
    /// <remarks>At most 1 ulp. x = 2^k·m, m in [√½, √2), series in f/(2 + f), f = m − 1 (after W. J. Cody and FDLIBM).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Log<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes zero = TLanes.Broadcast(0);
        TLanes isSubnormal = TLanes.LessThan(x, TLanes.Broadcast(SmallestNormal));
        TLanes normal = TLanes.Select(isSubnormal, x * TLanes.Broadcast(TwoTo54), x);
        TLanes result = LogOfNormal(normal, TLanes.Select(isSubnormal, TLanes.Broadcast(-54), zero));
        TLanes isOrdinary = TLanes.And(TLanes.LessThan(zero, x), TLanes.LessThanOrEqual(x, TLanes.Broadcast(double.MaxValue)));
        TLanes special = TLanes.Select(TLanes.Equal(x, zero), TLanes.Broadcast(double.NegativeInfinity), TLanes.Broadcast(double.NaN));
        special = TLanes.Select(TLanes.Equal(x, TLanes.Broadcast(double.PositiveInfinity)), x, special);
        return TLanes.Select(isOrdinary, result, special);
    }

    /// <summary>ln x of one number, the same bits as in a column.</summary>
    public static double Log(double x) => Log(new F64x1(x)).Value;

    /// <summary>ln(x·2^shift) for a positive normal finite x; anything else gives some number or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes LogOfNormal<TLanes>(TLanes x, TLanes shift) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes.Split(x, out TLanes mantissa, out TLanes exponent);
        TLanes k = exponent + shift;
        TLanes f = mantissa - TLanes.Broadcast(1);
        TLanes s = f / (f + TLanes.Broadcast(2));
        TLanes s2 = s * s;
        TLanes s4 = s2 * s2;
        TLanes halfSquare = f * f * TLanes.Broadcast(0.5);

        // (ln((1 + s)/(1 − s)) − 2s)/s on |s| ≤ 0.1716, minimax 2^-58.45 (FDLIBM e_log.c, Sun Microsystems 1993).
        TLanes even = TLanes.MultiplyAdd(s4, TLanes.Broadcast(0.1531383769920937332), TLanes.Broadcast(0.2222219843214978396));
        even = TLanes.MultiplyAdd(s4, even, TLanes.Broadcast(0.3999999999940941908));
        TLanes odd = TLanes.MultiplyAdd(s4, TLanes.Broadcast(0.1479819860511658591), TLanes.Broadcast(0.1818357216161805012));
        odd = TLanes.MultiplyAdd(s4, odd, TLanes.Broadcast(0.2857142874366239149));
        odd = TLanes.MultiplyAdd(s4, odd, TLanes.Broadcast(0.6666666666666735130));
        TLanes rest = TLanes.MultiplyAdd(s4, even, s2 * odd);

        // k·ln 2 + f − (½f² − s·(½f² + rest)), the small parts first.
        TLanes correction = TLanes.MultiplyAdd(s, halfSquare + rest, k * TLanes.Broadcast(Ln2Low));
        return TLanes.MultiplyAdd(k, TLanes.Broadcast(Ln2High), f - (halfSquare - correction));
    }
}
