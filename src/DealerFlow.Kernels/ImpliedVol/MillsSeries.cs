using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>(M(z − t) − M(z + t))/(2t)·Q(z), t = w/2, as its Taylor series about z: Q·Σ t^2k·O(k)/(2k + 1)!; see <see cref="ScaledBlack"/>.</summary>
internal readonly ref struct MillsSeries<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    private readonly TLanes _s;
    private readonly TLanes _s2;
    private readonly TLanes _y;
    private readonly TLanes _term0;
    private readonly TLanes _term1;
    private readonly TLanes _term2;
    private readonly TLanes _term3;
    private readonly TLanes _term4;

    /// <summary>The fifth term after the first.</summary>
    public readonly TLanes Term5;

    /// <param name="h">|ln(K/F)|.</param>
    /// <param name="w">Total deviation.</param>
    /// <param name="slope">R(h/w) of −M′ = R/Q.</param>
    /// <param name="denominator">Q(h/w).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MillsSeries(TLanes h, TLanes w, TLanes slope, TLanes denominator)
    {
        TLanes t = w * TLanes.Broadcast(0.5);
        _s = t * t;
        _s2 = _s * _s;
        _y = h * h * TLanes.Broadcast(0.25); // z²·t², the same at every w
        _term0 = slope;
        TLanes factor = TLanes.MultiplyAdd(_s, TLanes.Broadcast(3), _y);
        _term1 = TLanes.MultiplyAdd(factor, slope, -(_s * denominator)) * TLanes.Broadcast(1.0 / 6);
        _term2 = Next(_term1, _term0, 7, 1.0 / (4 * 5));
        _term3 = Next(_term2, _term1, 11, 1.0 / (6 * 7));
        _term4 = Next(_term3, _term2, 15, 1.0 / (8 * 9));
        Term5 = Next(_term4, _term3, 19, 1.0 / (10 * 11));
    }

    /// <summary>The terms after the fifth, up to the tenth.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes LaterTerms()
    {
        TLanes term6 = Next(Term5, _term4, 23, 1.0 / (12 * 13));
        TLanes term7 = Next(term6, Term5, 27, 1.0 / (14 * 15));
        TLanes term8 = Next(term7, term6, 31, 1.0 / (16 * 17));
        TLanes term9 = Next(term8, term7, 35, 1.0 / (18 * 19));
        TLanes term10 = Next(term9, term8, 39, 1.0 / (20 * 21));
        return term10 + term9 + term8 + term7 + term6;
    }

    /// <summary>The sum, smallest terms first.</summary>
    /// <param name="last">The fifth term and all after it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Sum(TLanes last) => last + _term4 + _term3 + _term2 + _term1 + _term0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLanes Next(TLanes term, TLanes before, double slope, double scale)
    {
        TLanes factor = TLanes.MultiplyAdd(_s, TLanes.Broadcast(slope), _y);
        return TLanes.MultiplyAdd(factor, term, -(_s2 * before)) * TLanes.Broadcast(scale);
    }
}
