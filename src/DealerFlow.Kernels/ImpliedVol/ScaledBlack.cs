using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>
/// The out-of-the-money Black-76 price without an exponential: c = φ(d1)·(M(−d1) − M(−d2)) and 1 − c = φ(d1)·(M(d1) + M(−d2)),
/// M the Mills ratio, d1 = w/2 − h/w, −d2 = w/2 + h/w.
/// </summary>
/// <remarks>
/// Both brackets equal price/vega, so they are also what a Newton step needs. The first cancels when w is small; there it is
/// w·Σ over the odd Taylor terms of M about h/w, built from −M′ alone by O(k+1) = (z² + 4k + 3)·O(k) − 2k(2k + 1)·O(k−1), O(−1)
/// such that O(1) = (z² + 3)·O(0) − 1. Where h ≥ 3 the difference loses nothing that w could tell: the digits that cancel in c
/// are worth c/(w·vega) ≈ w²/h² of their size in w.
/// </remarks>
internal static class ScaledBlack
{
    /// <summary>The Taylor series replaces the difference below this w …</summary>
    public const double SeriesDeviation = 1.2;

    /// <summary>… and below this h.</summary>
    public const double SeriesLogMoneyness = 3;

    // Terms past the fifth are below 3e-17 of the first there.
    private const double ShortDeviation = 0.217;

    private const double InverseSqrtTwoPi = 0.3989422804014327;

    /// <summary>Mask of the rows for which the five-term series is the formula.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes IsShort<TLanes>(TLanes h, TLanes w) where TLanes : unmanaged, ILanes<TLanes> => TLanes.And(
        TLanes.LessThan(h, TLanes.Broadcast(SeriesLogMoneyness)), TLanes.LessThan(w, TLanes.Broadcast(ShortDeviation)));

    /// <summary>Mask of the rows for which the series is the formula, if they are not upper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes IsSeries<TLanes>(TLanes h, TLanes w) where TLanes : unmanaged, ILanes<TLanes> => TLanes.And(
        TLanes.LessThan(h, TLanes.Broadcast(SeriesLogMoneyness)), TLanes.LessThan(w, TLanes.Broadcast(SeriesDeviation)));

    /// <summary>Price per vega and per w, as a quotient: c/(φ(d1)·w) = numerator/denominator. For rows that <see cref="IsShort"/> names.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PricePerVegaOfShort<TLanes>(TLanes h, TLanes w, TLanes z, out TLanes numerator, out TLanes denominator)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Functions.MillsQuotient(z, out _, out TLanes slope, out denominator);
        var series = new MillsSeries<TLanes>(h, w, slope, denominator);
        numerator = series.Sum(series.Term5);
    }

    /// <summary>The same for rows that <see cref="IsSeries"/> names.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PricePerVegaOfSeries<TLanes>(TLanes h, TLanes w, TLanes z, out TLanes numerator, out TLanes denominator)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Functions.MillsQuotient(z, out _, out TLanes slope, out denominator);
        numerator = SumOfSeries(h, w, slope, denominator);
    }

    /// <summary>Price per vega and per w, as a quotient: (c or 1 − c)/(φ(d1)·w) = numerator/denominator. For any row.</summary>
    /// <param name="h">|ln(K/F)|.</param>
    /// <param name="w">Total deviation.</param>
    /// <param name="z">h/w.</param>
    /// <param name="upper">Mask: 1 − c instead of c.</param>
    /// <param name="numerator">&gt; 0 unless w is far off.</param>
    /// <param name="denominator">&gt; 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PricePerVega<TLanes>(TLanes h, TLanes w, TLanes z, TLanes upper, out TLanes numerator, out TLanes denominator)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes t = w * TLanes.Broadcast(0.5);
        TLanes d1 = t - z;
        TLanes near = TLanes.Select(upper, TLanes.Broadcast(0), IsSeries(h, w));
        TLanes first = TLanes.Select(near, z, TLanes.Select(upper, d1, -d1));
        Functions.MillsQuotient(first, out TLanes p1, out TLanes r1, out TLanes q1);
        Functions.MillsQuotient(t + z, out TLanes p2, out _, out TLanes q2);
        TLanes cross = p2 * q1;
        TLanes difference = TLanes.MultiplyAdd(p1, q2, TLanes.Select(upper, cross, -cross));

        numerator = TLanes.Select(near, SumOfSeries(h, w, r1, q1), difference);
        denominator = TLanes.Select(near, q1, q1 * q2 * w);
    }

    /// <summary>c of one option; see <see cref="ImpliedDeviation.NormalisedPrice"/>.</summary>
    public static double Price(double h, double w)
    {
        if (!(h >= 0 && w >= 0)) return double.NaN;
        if (IsWorthless(h, w)) return 0;
        if (IsWorthAll(h, w)) return 1;
        double scaled = ScaledPrice(h, w, out bool isUpper, out double density);
        return isUpper ? 1 - density * w * scaled : density * w * scaled;
    }

    /// <summary>c/(w·∂c/∂w) of one option: how much more uncertain w is than c.</summary>
    public static double PricePerVegaAndDeviation(double h, double w)
    {
        if (!(h >= 0 && w >= 0)) return double.NaN;
        if (IsWorthless(h, w)) return 0;
        if (IsWorthAll(h, w)) return double.PositiveInfinity;
        double scaled = ScaledPrice(h, w, out bool isUpper, out double density);
        return isUpper ? (1 - density * w * scaled) / (density * w) : scaled;
    }

    // d1 < −60: below the smallest double by hundreds of orders.
    private static bool IsWorthless(double h, double w) => w == 0 || h / w - 0.5 * w > 60;

    private static bool IsWorthAll(double h, double w) => 0.5 * w - h / w > 39;

    /// <summary>price/(φ(d1)·w) of c, or of 1 − c where d1 &gt; ½, with φ(d1) from a d1 of twice the digits.</summary>
    private static double ScaledPrice(double h, double w, out bool isUpper, out double density)
    {
        double z = h / w;
        double zRest = Math.FusedMultiplyAdd(-z, w, h) / w;
        double t = 0.5 * w;
        double d1 = t - z;
        double shift = d1 - t;
        double d1Rest = (t - (d1 - shift)) - (z + shift) - zRest;
        double square = d1 * d1;
        double squareRest = Math.FusedMultiplyAdd(d1, d1, -square) + 2 * d1 * d1Rest;
        density = Functions.ExpOfSum(new F64x1(-0.5 * square), new F64x1(-0.5 * squareRest)).Value * InverseSqrtTwoPi;
        isUpper = d1 > 0.5;
        F64x1 upper = F64x1.LessThan(new F64x1(0.5), new F64x1(d1));
        if (!isUpper && h >= SeriesLogMoneyness && w < 4) return MeanSlope(z, t);
        PricePerVega(new F64x1(h), new F64x1(w), new F64x1(z), upper, out F64x1 numerator, out F64x1 denominator);
        return numerator.Value / denominator.Value;
    }

    /// <summary>
    /// The mean of −M′ over [z − t, z + t], which is (M(z − t) − M(z + t))/w: Gauss–Legendre with 16 nodes, every term positive,
    /// so the deep wing keeps the digits that the difference loses and that only a price, not its inversion, needs.
    /// </summary>
    private static double MeanSlope(double z, double t)
    {
        ReadOnlySpan<double> nodes =
        [
            0.9894009349916499, 0.9445750230732326, 0.8656312023878318, 0.755404408355003,
            0.6178762444026438, 0.45801677765722737, 0.2816035507792589, 0.09501250983763744,
        ];
        ReadOnlySpan<double> weights =
        [
            0.027152459411754096, 0.062253523938647894, 0.09515851168249279, 0.12462897125553388,
            0.14959598881657674, 0.16915651939500254, 0.18260341504492358, 0.1894506104550685,
        ];
        double sum = 0;
        for (int i = 0; i < nodes.Length; i++)
        {
            double offset = nodes[i] * t;
            sum = Math.FusedMultiplyAdd(weights[i], Slope(z - offset) + Slope(z + offset), sum);
        }
        return 0.5 * sum;
    }

    /// <summary>−M′(z).</summary>
    private static double Slope(double z)
    {
        Functions.MillsQuotient(new F64x1(z), out _, out F64x1 slope, out F64x1 denominator);
        return slope.Value / denominator.Value;
    }

    /// <summary>Short rows stop after the fifth term here too, so that their bits do not depend on their neighbours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes SumOfSeries<TLanes>(TLanes h, TLanes w, TLanes slope, TLanes denominator) where TLanes : unmanaged, ILanes<TLanes>
    {
        var series = new MillsSeries<TLanes>(h, w, slope, denominator);
        return series.Sum(TLanes.Select(IsShort(h, w), series.Term5, series.LaterTerms() + series.Term5));
    }
}
