using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

// Mills ratio M(z) = Φ(−z)/φ(z) = √(π/2)·erfcx(z/√2) as one quotient P(z)/Q(z) of degrees 12 and 13 on [−¾, ∞), fitted at
// 70 digits so that M = P/Q and its slope −M′ = 1 − z·M = R/Q, with R = Q − z·P of degree 11, are both within 1.6e-17 relative.
// The leading coefficients follow the asymptotic series, so there is no upper end, and all are positive: nothing cancels for z ≥ 0.
// Of the neighbouring doubles the two constant terms are those that make Φ(0) exactly one half.
public static partial class Functions
{
    private const double SqrtTwoPi = 2.5066282746310007;

    // Beyond this M(z) = 1/z to the last bit, and below it no power of z overflows.
    private const double MillsIsReciprocal = 1e16;

    /// <summary>Mills ratio Φ(−x)/φ(x) of the normal distribution; overflows to +∞ below −38.6, tends to 1/x above; NaN for NaN.</summary>
    /// <remarks>At most 4 ulp.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes MillsRatio<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes magnitude = TLanes.Abs(x);
        TLanes z = TLanes.Min(magnitude, TLanes.Broadcast(MillsIsReciprocal));
        MillsQuotient(z, out TLanes numerator, out _, out TLanes denominator);
        TLanes isFar = TLanes.LessThan(TLanes.Broadcast(MillsIsReciprocal), magnitude);
        TLanes right = TLanes.Select(isFar, TLanes.Broadcast(1) / magnitude, numerator / denominator);

        TLanes square = z * z;
        TLanes rounding = TLanes.MultiplyAdd(z, z, -square);
        TLanes half = TLanes.Broadcast(0.5);
        TLanes left = TLanes.MultiplyAdd(ExpOfSum(square * half, rounding * half), TLanes.Broadcast(SqrtTwoPi), -right);
        TLanes result = TLanes.Select(TLanes.LessThan(x, TLanes.Broadcast(0)), left, right);
        return TLanes.Select(TLanes.Equal(x, x), result, TLanes.Broadcast(double.NaN));
    }

    /// <summary>Mills ratio of one number, the same bits as in a column.</summary>
    public static double MillsRatio(double x) => MillsRatio(new F64x1(x)).Value;

    /// <summary>P, R and Q = z·P + R of M(z) = P/Q and −M′(z) = R/Q, for z in [−¾, 1e16].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void MillsQuotient<TLanes>(TLanes z, out TLanes numerator, out TLanes slopeNumerator, out TLanes denominator)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        // Even and odd powers apart: four short chains instead of two long ones.
        TLanes z2 = z * z;
        TLanes millsEven = z2 + TLanes.Broadcast(724.1100655006409);
        TLanes slopeEven = TLanes.MultiplyAdd(TLanes.Broadcast(38.27923266227111), z2, TLanes.Broadcast(8789.030447649926));
        TLanes millsOdd = TLanes.MultiplyAdd(TLanes.Broadcast(38.279232662271085), z2, TLanes.Broadcast(8865.588912969099));
        TLanes slopeOdd = z2 + TLanes.Broadcast(722.1100655006205);
        millsEven = TLanes.MultiplyAdd(millsEven, z2, TLanes.Broadcast(77755.884042988));
        slopeEven = TLanes.MultiplyAdd(slopeEven, z2, TLanes.Broadcast(495176.8051595618));
        millsOdd = TLanes.MultiplyAdd(millsOdd, z2, TLanes.Broadcast(512525.19060407276));
        slopeOdd = TLanes.MultiplyAdd(slopeOdd, z2, TLanes.Broadcast(76317.6639112825));
        millsEven = TLanes.MultiplyAdd(millsEven, z2, TLanes.Broadcast(2596832.035759732));
        slopeEven = TLanes.MultiplyAdd(slopeEven, z2, TLanes.Broadcast(9239918.706196584));
        millsOdd = TLanes.MultiplyAdd(millsOdd, z2, TLanes.Broadcast(10179145.760379447));
        slopeOdd = TLanes.MultiplyAdd(slopeOdd, z2, TLanes.Broadcast(2448487.365523861));
        millsEven = TLanes.MultiplyAdd(millsEven, z2, TLanes.Broadcast(30645347.209729243));
        slopeEven = TLanes.MultiplyAdd(slopeEven, z2, TLanes.Broadcast(53376222.90972373));
        millsOdd = TLanes.MultiplyAdd(millsOdd, z2, TLanes.Broadcast(69238235.8217052));
        slopeOdd = TLanes.MultiplyAdd(slopeOdd, z2, TLanes.Broadcast(26176361.137503736));
        millsEven = TLanes.MultiplyAdd(millsEven, z2, TLanes.Broadcast(111884295.85149343));
        slopeEven = TLanes.MultiplyAdd(slopeEven, z2, TLanes.Broadcast(48276154.07998637));
        millsOdd = TLanes.MultiplyAdd(millsOdd, z2, TLanes.Broadcast(116929880.31988974));
        slopeOdd = TLanes.MultiplyAdd(slopeOdd, z2, TLanes.Broadcast(71310157.79545994));
        millsEven = TLanes.MultiplyAdd(millsEven, z2, TLanes.Broadcast(60505186.403668284));
        numerator = TLanes.MultiplyAdd(millsOdd, z, millsEven);
        slopeNumerator = TLanes.MultiplyAdd(slopeOdd, z, slopeEven);
        // Not a polynomial of its own: far out M = P/(z·P + R) forgets the rounding errors of P.
        denominator = TLanes.MultiplyAdd(z, numerator, slopeNumerator);
    }
}
