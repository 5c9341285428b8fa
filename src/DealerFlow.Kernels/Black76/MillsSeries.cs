using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>
/// (M(z − t) − M(z + t))/(2t), M the Mills ratio, by the odd Taylor terms of M about z: what the difference itself loses when t is small.
/// </summary>
/// <remarks>
/// Built from −M′(z) = R/Q alone: T₁ = ((z² + 3)·T₀ − 1)·t²/6 and on by the recurrence of M's derivatives. Multiplied through by Q, with
/// y = (zt)²: the rounding errors grow like sinh(zt)/(zt), 3 at zt = h/2 = 3. The first term left out is below 5e-17 for t &lt; 0.6.
/// </remarks>
internal static class MillsSeries
{
    /// <summary>The mean of −M′ over [z − t, z + t].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes MeanSlope<TLanes>(TLanes z, TLanes t) where TLanes : unmanaged, ILanes<TLanes>
    {
        Functions.MillsQuotient(z, out _, out TLanes r, out TLanes q);
        TLanes s = t * t;
        TLanes zt = z * t;
        TLanes y = zt * zt;
        TLanes s2 = s * s;
        TLanes term0 = r;
        TLanes term1 = TLanes.MultiplyAdd(TLanes.MultiplyAdd(s, TLanes.Broadcast(3), y), term0, -(s * q)) * TLanes.Broadcast(1.0 / 6);
        TLanes term2 = Next(term1, term0, s, s2, y, 7, 1.0 / (4 * 5));
        TLanes term3 = Next(term2, term1, s, s2, y, 11, 1.0 / (6 * 7));
        TLanes term4 = Next(term3, term2, s, s2, y, 15, 1.0 / (8 * 9));
        TLanes term5 = Next(term4, term3, s, s2, y, 19, 1.0 / (10 * 11));
        TLanes term6 = Next(term5, term4, s, s2, y, 23, 1.0 / (12 * 13));
        TLanes term7 = Next(term6, term5, s, s2, y, 27, 1.0 / (14 * 15));
        TLanes term8 = Next(term7, term6, s, s2, y, 31, 1.0 / (16 * 17));
        TLanes term9 = Next(term8, term7, s, s2, y, 35, 1.0 / (18 * 19));
        TLanes term10 = Next(term9, term8, s, s2, y, 39, 1.0 / (20 * 21));
        // Smallest first.
        TLanes sum = term10 + term9;
        sum += term8;
        sum += term7;
        sum += term6;
        sum += term5;
        sum += term4;
        sum += term3;
        sum += term2;
        sum += term1;
        return (sum + term0) / q;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Next<TLanes>(TLanes term, TLanes before, TLanes s, TLanes s2, TLanes y, double slope, double scale)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes factor = TLanes.MultiplyAdd(s, TLanes.Broadcast(slope), y);
        return TLanes.MultiplyAdd(factor, term, -(s2 * before)) * TLanes.Broadcast(scale);
    }
}
