using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>
/// A first w from (h, c). Bachelier's formula with forward 1 and strike e^h says φ(A)/A − Φ(−A) = ρ = c/(e^h − 1) for A = h/s;
/// A²/L² is a smooth function of L = ln(1 + 1/ρ) alone, and the lognormal w follows from s.
/// </summary>
/// <remarks>
/// Near (h ≤ 1, w up to about 1, c down to 1e-40): 3e-6 relative, two divisions and one root. Far: 6e-4 for c ≤ ½ and h ≤ 3, 6 %
/// over the whole domain. The coefficients are printed by tools/fits/implied_vol_seed.py.
/// </remarks>
internal static class DeviationSeed
{
    private const double SqrtTwoPi = 2.5066282746310007;
    private const double Ln2 = 0.6931471805599453;

    // Prices below the first are lifted by 2^256 before anything is divided by them.
    private const double TinyPrice = 1e-250;
    private const double Lift = 1.157920892373162e77;
    private const double LiftExponent = 256;

    // Below it g/c could overflow.
    private const double SmallestNearPrice = 1e-300;

    // w at s = 1.
    private const double LargestNearDeviation = 1.045;

    // Where h is this small beside c, A vanishes.
    private const double AtTheMoney = 1e-4;

    /// <summary>L = ln(1 + 1/ρ); 3e-7 relative for h ≤ 1 and c ≥ 1e-300, elsewhere any number or NaN.</summary>
    /// <param name="h">|ln(K/F)| in [0, 1500].</param>
    /// <param name="c">Normalised price in (0, 1).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes LogOnePlusInverse<TLanes>(TLanes h, TLanes c) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1);
        // (e^h − 1)/h on [0, 1], relative 1.5e-7.
        TLanes g = TLanes.MultiplyAdd(TLanes.Broadcast(0.0021505778390274498), h, TLanes.Broadcast(0.0074107634202718838));
        g = TLanes.MultiplyAdd(g, h, TLanes.Broadcast(0.042161711407746483));
        g = TLanes.MultiplyAdd(g, h, TLanes.Broadcast(0.16654854409324432));
        g = TLanes.MultiplyAdd(g, h, TLanes.Broadcast(0.50001021265565859));
        g = TLanes.MultiplyAdd(g, h, TLanes.Broadcast(0.99999985792116444));
        TLanes.Split(one + g * h / c, out TLanes mantissa, out TLanes exponent);

        // ln(1 + f)/f on [√½ − 1, √2 − 1], relative 2e-7.
        TLanes f = mantissa - one;
        TLanes log = TLanes.MultiplyAdd(TLanes.Broadcast(-0.09895350736906514), f, TLanes.Broadcast(0.16126247905987103));
        log = TLanes.MultiplyAdd(log, f, TLanes.Broadcast(-0.17278206066426675));
        log = TLanes.MultiplyAdd(log, f, TLanes.Broadcast(0.19913347882373827));
        log = TLanes.MultiplyAdd(log, f, TLanes.Broadcast(-0.24968906958952668));
        log = TLanes.MultiplyAdd(log, f, TLanes.Broadcast(0.33334606023452299));
        log = TLanes.MultiplyAdd(log, f, TLanes.Broadcast(-0.50000375056289727));
        log = TLanes.MultiplyAdd(log, f, TLanes.Broadcast(0.99999996811805992));
        return TLanes.MultiplyAdd(exponent, TLanes.Broadcast(Ln2), log * f);
    }

    /// <summary>w from L where <see cref="IsNear"/> says so of the result; elsewhere any number or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Near<TLanes>(TLanes h, TLanes c, TLanes l) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1);
        // A²/L² on [0, 92], relative 2.6e-6.
        TLanes p = TLanes.MultiplyAdd(TLanes.Broadcast(8.6135229237761424e-6), l, TLanes.Broadcast(0.00051544567421537714));
        p = TLanes.MultiplyAdd(p, l, TLanes.Broadcast(0.0056873560388236144));
        p = TLanes.MultiplyAdd(p, l, TLanes.Broadcast(0.035546265310256476));
        p = TLanes.MultiplyAdd(p, l, TLanes.Broadcast(0.1591545343320744));
        TLanes q = TLanes.MultiplyAdd(TLanes.Broadcast(4.3277789369509455e-6), l, TLanes.Broadcast(0.00030187742178313024));
        q = TLanes.MultiplyAdd(q, l, TLanes.Broadcast(0.0048351964746385656));
        q = TLanes.MultiplyAdd(q, l, TLanes.Broadcast(0.043339008463192237));
        q = TLanes.MultiplyAdd(q, l, TLanes.Broadcast(0.2233047506472048));
        q = TLanes.MultiplyAdd(q, l, one);
        TLanes s = h * TLanes.Sqrt(q / (p * l * l));
        TLanes atTheMoney = TLanes.Broadcast(SqrtTwoPi) * TLanes.MultiplyAdd(TLanes.Broadcast(0.5), h, c);
        s = TLanes.Select(TLanes.LessThan(h, TLanes.Broadcast(AtTheMoney) * c), atTheMoney, s);

        // (w/s − 1)/s² as a polynomial in s² and h² on [0, 1] × [0, 1]; 9e-7 of w.
        TLanes u = s * s;
        TLanes y = h * h;
        TLanes growth = TLanes.MultiplyAdd(TLanes.Broadcast(0.00049739240641122646), u, TLanes.Broadcast(0.0035844300401693598));
        growth = TLanes.MultiplyAdd(TLanes.Broadcast(-7.5348491046150124e-5), y, growth);
        growth = TLanes.MultiplyAdd(growth, u, TLanes.Broadcast(0.04167594729422691));
        growth = TLanes.MultiplyAdd(TLanes.Broadcast(-0.00033583271100994531), y, growth);

        return TLanes.MultiplyAdd(growth * u, s, s);
    }

    /// <summary>Mask of the rows where <see cref="Near"/>, which gave <paramref name="w"/>, counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes IsNear<TLanes>(TLanes h, TLanes c, TLanes w) where TLanes : unmanaged, ILanes<TLanes> => TLanes.And(
        TLanes.And(TLanes.LessThanOrEqual(h, TLanes.Broadcast(1)), TLanes.LessThanOrEqual(w, TLanes.Broadcast(LargestNearDeviation))),
        TLanes.LessThanOrEqual(TLanes.Broadcast(SmallestNearPrice), c));

    /// <param name="h">|ln(K/F)| in [0, 1500].</param>
    /// <param name="c">Normalised price in (0, 1).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Far<TLanes>(TLanes h, TLanes c) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1);
        TLanes half = TLanes.Broadcast(0.5);
        TLanes upper = TLanes.LessThan(half, c);
        TLanes decay = Functions.ExpOfSum(-h, TLanes.Broadcast(0));
        // 1 − e^(−h), where the subtraction would cancel by its series.
        TLanes gap = TLanes.Select(
            TLanes.LessThan(h, TLanes.Broadcast(1e-4)), TLanes.NegatedMultiplyAdd(h * half, h, h), one - decay);
        // Upper: the tail probability Φ(−d1), which is between half of 1 − c (h = 0) and all of it (h = ∞).
        TLanes tail = (one - c) * TLanes.MultiplyAdd(half, h / (h + TLanes.Broadcast(2)), half);
        TLanes tiny = TLanes.LessThan(c, TLanes.Broadcast(TinyPrice));
        TLanes lifted = TLanes.Select(tiny, c * TLanes.Broadcast(Lift), c);
        TLanes shift = TLanes.Select(tiny, TLanes.Broadcast(LiftExponent), TLanes.Broadcast(0));
        TLanes log = Functions.LogOfNormal(TLanes.Select(upper, tail, TLanes.MultiplyAdd(c, decay, gap) / lifted), shift);
        return TLanes.Select(upper, FromTail(h, log), FromBachelier(h, c, h + log));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes FromBachelier<TLanes>(TLanes h, TLanes c, TLanes logOnePlusInverse) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1);
        TLanes l = logOnePlusInverse;
        // A²/ℓ² on [0, 1500], relative 1.1e-4.
        TLanes p = TLanes.MultiplyAdd(TLanes.Broadcast(1.5060181278673163e-5), l, TLanes.Broadcast(0.0037644165244599309));
        p = TLanes.MultiplyAdd(p, l, TLanes.Broadcast(0.028126654222175497));
        p = TLanes.MultiplyAdd(p, l, TLanes.Broadcast(0.15917184294191302));
        TLanes q = TLanes.MultiplyAdd(TLanes.Broadcast(7.534575406381242e-6), l, TLanes.Broadcast(0.0019784393920454752));
        q = TLanes.MultiplyAdd(q, l, TLanes.Broadcast(0.029969226999142024));
        q = TLanes.MultiplyAdd(q, l, TLanes.Broadcast(0.1776368989907211));
        q = TLanes.MultiplyAdd(q, l, one);
        // Near the money A vanishes and s = √(2π)·(c + h/2).
        TLanes atTheMoney = TLanes.Broadcast(SqrtTwoPi) * TLanes.MultiplyAdd(TLanes.Broadcast(0.5), h, c);
        TLanes s = TLanes.Select(TLanes.LessThan(h, TLanes.Broadcast(1e-3) * c), atTheMoney, h / l * TLanes.Sqrt(q / p));

        // 24·ln(2·sinh(h/2)/h)/h² on [0, 1500], relative 1.6e-3: in the wing A² exceeds (h/w)² by h²/12 times this.
        TLanes wingP = TLanes.MultiplyAdd(TLanes.Broadcast(0.008909378166835020), h, TLanes.Broadcast(0.15531242973742931));
        wingP = TLanes.MultiplyAdd(wingP, h, TLanes.Broadcast(0.99851175018820757));
        TLanes wingQ = TLanes.MultiplyAdd(TLanes.Broadcast(0.00074573884522303178), h, TLanes.Broadcast(0.020733286489265046));
        wingQ = TLanes.MultiplyAdd(wingQ, h, TLanes.Broadcast(0.14924301135134736));
        wingQ = TLanes.MultiplyAdd(wingQ, h, one);

        // At the money w/s = 2√2·erfinv(s/√(2π))/s, here in s² on [0, 6], relative 3.5e-4; in the wing the same function serves.
        TLanes square = TLanes.Min(s * s * wingP / wingQ, TLanes.Broadcast(6));
        TLanes top = TLanes.MultiplyAdd(TLanes.Broadcast(0.0071677736608268011), square, TLanes.Broadcast(-0.19523021407952441));
        top = TLanes.MultiplyAdd(top, square, TLanes.Broadcast(1.0003435182398153));
        TLanes bottom = TLanes.MultiplyAdd(TLanes.Broadcast(0.012837194568350654), square, TLanes.Broadcast(-0.23588781581178951));
        bottom = TLanes.MultiplyAdd(bottom, square, one);
        return s * top / bottom;
    }

    /// <summary>d1 = −Φ⁻¹(tail) by Abramowitz and Stegun 26.2.23, then w from d1 = w/2 − h/w.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes FromTail<TLanes>(TLanes h, TLanes logTail) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes p = TLanes.Sqrt(TLanes.Broadcast(-2) * logTail);
        TLanes top = TLanes.MultiplyAdd(TLanes.Broadcast(0.010328), p, TLanes.Broadcast(0.802853));
        top = TLanes.MultiplyAdd(top, p, TLanes.Broadcast(2.515517));
        TLanes bottom = TLanes.MultiplyAdd(TLanes.Broadcast(0.001308), p, TLanes.Broadcast(0.189269));
        bottom = TLanes.MultiplyAdd(bottom, p, TLanes.Broadcast(1.432788));
        bottom = TLanes.MultiplyAdd(bottom, p, TLanes.Broadcast(1));
        TLanes d1 = p - top / bottom;
        return d1 + TLanes.Sqrt(TLanes.MultiplyAdd(d1, d1, h + h));
    }
}
