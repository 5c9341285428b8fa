using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>A first w from (h, c), within 6e-4 for c ≤ ½ and h ≤ 3 (6 % at worst beyond), from one exponential and one logarithm.</summary>
internal static class DeviationSeed
{
    /// <summary>Prices below this are lifted by <see cref="Lift"/> before anything is divided by them.</summary>
    public const double TinyPrice = 1e-250;

    /// <summary>2^256.</summary>
    public const double Lift = 1.157920892373162e77;

    /// <summary>log2 of <see cref="Lift"/>.</summary>
    public const double LiftExponent = 256;

    private const double SqrtTwoPi = 2.5066282746310007;

    /// <param name="h">|ln(K/F)| in [0, 1500].</param>
    /// <param name="c">Normalised price in (0, 1).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes From<TLanes>(TLanes h, TLanes c) where TLanes : unmanaged, ILanes<TLanes>
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

    /// <summary>
    /// Bachelier's formula with forward 1 and strike e^h says φ(A)/A − Φ(−A) = ρ = c/(e^h − 1) for A = h/s. A²/ℓ² is a smooth
    /// function of ℓ = ln(1 + 1/ρ) alone, and the lognormal w follows from s.
    /// </summary>
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
