using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>
/// Elementary functions over lanes: exp, log, Mills ratio, normal density and distribution. Each keeps its relative accuracy in
/// the tails and gives the same bits at every width; measured errors are in docs/numerics.md.
/// </summary>
public static partial class Functions
{
    private const double Log2E = 1.4426950408889634;

    // ln 2 in two parts; the high part has 42 bits, so that n·high is exact for every exponent n.
    private const double Ln2High = 0.6931471805598903;
    private const double Ln2Low = 5.497923018708371e-14;

    /// <summary>e^x; 0 below −745.14, +∞ above 709.79, NaN for NaN.</summary>
    /// <remarks>At most 1 ulp. Reduction x = n·ln 2 + r, polynomial of degree 12 in r.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Exp<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.Select(TLanes.Equal(x, x), ExpOfSum(x, TLanes.Broadcast(0)), TLanes.Broadcast(double.NaN));

    /// <summary>e^x of one number, the same bits as in a column.</summary>
    public static double Exp(double x) => Exp(new F64x1(x)).Value;

    /// <summary>e^(high + low) for a |low| far below |high|; a NaN in <paramref name="high"/> gives a finite number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes ExpOfSum<TLanes>(TLanes high, TLanes low) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes x = TLanes.Max(TLanes.Min(high, TLanes.Broadcast(710)), TLanes.Broadcast(-746));
        TLanes n = TLanes.Round(x * TLanes.Broadcast(Log2E));
        TLanes r = TLanes.NegatedMultiplyAdd(n, TLanes.Broadcast(Ln2High), x) + TLanes.NegatedMultiplyAdd(n, TLanes.Broadcast(Ln2Low), low);
        TLanes r2 = r * r;

        // (e^r − 1 − r)/r² on |r| ≤ ½ ln 2, Chebyshev fit; even and odd halves side by side shorten the chain.
        TLanes even = TLanes.Broadcast(2.0914686968086876e-09);
        TLanes odd = TLanes.Broadcast(2.5105217004720745e-08);
        even = TLanes.MultiplyAdd(even, r2, TLanes.Broadcast(2.75572736431103e-07));
        odd = TLanes.MultiplyAdd(odd, r2, TLanes.Broadcast(2.7557255400206422e-06));
        even = TLanes.MultiplyAdd(even, r2, TLanes.Broadcast(2.4801587325547743e-05));
        odd = TLanes.MultiplyAdd(odd, r2, TLanes.Broadcast(0.00019841269874820627));
        even = TLanes.MultiplyAdd(even, r2, TLanes.Broadcast(0.0013888888888883748));
        odd = TLanes.MultiplyAdd(odd, r2, TLanes.Broadcast(0.008333333333326136));
        even = TLanes.MultiplyAdd(even, r2, TLanes.Broadcast(0.04166666666666667));
        odd = TLanes.MultiplyAdd(odd, r2, TLanes.Broadcast(0.1666666666666667));
        even = TLanes.MultiplyAdd(even, r2, TLanes.Broadcast(0.5));
        TLanes p = TLanes.MultiplyAdd(odd, r, even);
        return TLanes.ScaleByPowerOfTwo(TLanes.Broadcast(1) + TLanes.MultiplyAdd(p, r2, r), n);
    }
}
