using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>From an out-of-the-money price to the total deviation w = σ√T of Black-76, over columns, in a fixed number of steps.</summary>
/// <remarks>
/// Cold: a seed from the inverse of Bachelier's formula and a Householder step of order four on ln c (or on ln(1 − c) where that
/// is the number with the information), for some rows twice. Warm: one evaluation of the price at an earlier w. The size of the
/// step is the check; rows that fail it are solved one by one inside a bracket, so there is always an answer. Errors:
/// docs/numerics.md, implied deviation.
/// </remarks>
public static class ImpliedDeviation
{
    /// <summary>Relative errors above this are <see cref="SolveStatus.IllConditioned"/>.</summary>
    internal const double LargestAttainableError = 1e-6;

    // No two positive normal doubles are further apart.
    private const double LargestLogMoneyness = 1500;

    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>Inverts every row.</summary>
    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="h">|ln(K/F)| in [0, 1500], shape [n], n a multiple of 8.</param>
    /// <param name="c">Undiscounted out-of-the-money premium / min(F, K), in (0, 1), shape [n].</param>
    /// <param name="w">Receives the total deviation, 0 where the status is not Ok, shape [n]. Must not be the column of h or c.</param>
    /// <param name="status">Receives the outcome, shape [n].</param>
    /// <returns>How many rows missed the check and were solved one by one; rows without an answer are not among them.</returns>
    /// <exception cref="ArgumentException">Columns of other lengths, or a length that is no multiple of 8.</exception>
    public static int Solve(LaneWidth width, ReadOnlySpan<double> h, ReadOnlySpan<double> c, Span<double> w, Span<SolveStatus> status)
    {
        CheckLengths(h, c, w, status);
        switch (width)
        {
            case LaneWidth.One: return ColdSolver.Solve<F64x1>(h, c, w, status);
            case LaneWidth.Two: return ColdSolver.Solve<F64x2>(h, c, w, status);
            case LaneWidth.Four: return ColdSolver.Solve<F64x4>(h, c, w, status);
            case LaneWidth.Eight: return ColdSolver.Solve<F64x8>(h, c, w, status);
            default: Columns.ThrowUnknownWidth(width); return default;
        }
    }

    /// <summary>Inverts every row from a w of a moment ago: one evaluation of the price, good for moves of w of about a percent.</summary>
    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="h">|ln(K/F)| in [0, 1500], shape [n], n a multiple of 8.</param>
    /// <param name="c">Undiscounted out-of-the-money premium / min(F, K), in (0, 1), shape [n].</param>
    /// <param name="seed">A w near the answer, shape [n]; a bad one costs time, not digits. May be the column <paramref name="w"/>.</param>
    /// <param name="w">Receives the total deviation, 0 where the status is not Ok, shape [n]. Must not be the column of h or c.</param>
    /// <param name="status">Receives the outcome, shape [n].</param>
    /// <remarks>
    /// Within 1e-12 relative of the cold result; the last bits depend on the seed. Rows that miss the guard are gathered and solved
    /// cold, so these have the cold bits.
    /// </remarks>
    /// <exception cref="ArgumentException">Columns of other lengths, or a length that is no multiple of 8.</exception>
    public static WarmMisses SolveWarm(
        LaneWidth width, ReadOnlySpan<double> h, ReadOnlySpan<double> c, ReadOnlySpan<double> seed, Span<double> w, Span<SolveStatus> status)
    {
        CheckLengths(h, c, w, status);
        Columns.Check(h.Length, seed.Length, nameof(seed));
        switch (width)
        {
            case LaneWidth.One: return WarmSolver.Solve<F64x1>(h, c, seed, w, status);
            case LaneWidth.Two: return WarmSolver.Solve<F64x2>(h, c, seed, w, status);
            case LaneWidth.Four: return WarmSolver.Solve<F64x4>(h, c, seed, w, status);
            case LaneWidth.Eight: return WarmSolver.Solve<F64x8>(h, c, seed, w, status);
            default: Columns.ThrowUnknownWidth(width); return default;
        }
    }

    /// <summary>Inverts bid, middle and ask of every quote, cold, and gives each quote its status.</summary>
    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="rows">Columns of shape [n], n a multiple of 8.</param>
    /// <param name="results">Columns of shape [n].</param>
    /// <returns>How many prices missed the check and were solved one by one.</returns>
    /// <remarks>Wide is w(ask) &gt; 2·w(bid), or no w(ask). Source: METHODOLOGY, from a quote to w.</remarks>
    /// <exception cref="ArgumentException">Columns of other lengths, or a length that is no multiple of 8.</exception>
    public static int SolveQuotes(LaneWidth width, in QuoteRows rows, in QuoteDeviations results)
    {
        CheckQuotes(in rows, in results);
        switch (width)
        {
            case LaneWidth.One: return QuoteSolver.Solve<F64x1>(rows, results);
            case LaneWidth.Two: return QuoteSolver.Solve<F64x2>(rows, results);
            case LaneWidth.Four: return QuoteSolver.Solve<F64x4>(rows, results);
            case LaneWidth.Eight: return QuoteSolver.Solve<F64x8>(rows, results);
            default: Columns.ThrowUnknownWidth(width); return default;
        }
    }

    /// <summary>
    /// As <see cref="SolveQuotes"/>, without bid and ask of quotes that are accepted by their middle and plainly narrow: nearly all of them.
    /// Solved later by <see cref="Solve"/> from the same prices, they are the same to the bit.
    /// </summary>
    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="rows">Columns of shape [n], n a multiple of 8.</param>
    /// <param name="results">Columns of shape [n]; bid and ask only of accepted rows that are not for later.</param>
    /// <param name="sidesAreLater">Says of each row whether its bid and ask were left, shape [n].</param>
    /// <returns>How many prices missed the check and were solved one by one.</returns>
    /// <exception cref="ArgumentException">Columns of other lengths, or a length that is no multiple of 8.</exception>
    public static int SolveMiddles(LaneWidth width, in QuoteRows rows, in QuoteDeviations results, Span<bool> sidesAreLater)
    {
        CheckQuotes(in rows, in results);
        Columns.Check(rows.LogMoneyness.Length, sidesAreLater.Length, nameof(sidesAreLater));
        switch (width)
        {
            case LaneWidth.One: return QuoteSolver.SolveMiddles<F64x1>(rows, results, sidesAreLater);
            case LaneWidth.Two: return QuoteSolver.SolveMiddles<F64x2>(rows, results, sidesAreLater);
            case LaneWidth.Four: return QuoteSolver.SolveMiddles<F64x4>(rows, results, sidesAreLater);
            case LaneWidth.Eight: return QuoteSolver.SolveMiddles<F64x8>(rows, results, sidesAreLater);
            default: Columns.ThrowUnknownWidth(width); return default;
        }
    }

    private static void CheckQuotes(in QuoteRows rows, in QuoteDeviations results)
    {
        int length = rows.LogMoneyness.Length;
        Columns.Check(length, rows.Bid.Length, nameof(rows.Bid));
        Columns.Check(length, rows.Middle.Length, nameof(rows.Middle));
        Columns.Check(length, rows.Ask.Length, nameof(rows.Ask));
        Columns.Check(length, results.Status.Length, nameof(results.Status));
        Columns.Check(length, results.Bid.Length, nameof(results.Bid));
        Columns.Check(length, results.Middle.Length, nameof(results.Middle));
        Columns.Check(length, results.Ask.Length, nameof(results.Ask));
    }

    /// <summary>The relative error of w that one rounding of c and one of w leave: (1 + b/(w·b′))·2⁻⁵². No solver can do better.</summary>
    /// <param name="h">|ln(K/F)| ≥ 0.</param>
    /// <param name="w">Total deviation &gt; 0.</param>
    /// <returns>+∞ where the price does not depend on w any more; NaN for NaN or a negative argument.</returns>
    public static double AttainableError(double h, double w) => (1 + ScaledBlack.PricePerVegaAndDeviation(h, w)) * Epsilon;

    /// <summary>The attainable relative error of every row of a solution, for those who want it beside w.</summary>
    /// <param name="h">|ln(K/F)|, shape [n].</param>
    /// <param name="w">What <see cref="Solve"/> gave, shape [n].</param>
    /// <param name="error">Receives (1 + b/(w·b′))·2⁻⁵²; NaN where w is 0, which is where the status is not Ok. Shape [n].</param>
    /// <exception cref="ArgumentException">Columns of other lengths, or a length that is no multiple of 8.</exception>
    public static void AttainableErrors(ReadOnlySpan<double> h, ReadOnlySpan<double> w, Span<double> error)
    {
        Columns.Check(h.Length, w.Length, nameof(w));
        Columns.Check(h.Length, error.Length, nameof(error));
        for (int i = 0; i < h.Length; i++) error[i] = w[i] > 0 ? AttainableError(h[i], w[i]) : double.NaN;
    }

    /// <summary>The undiscounted out-of-the-money premium / min(F, K) of a total deviation.</summary>
    /// <param name="h">|ln(K/F)| ≥ 0.</param>
    /// <param name="w">Total deviation ≥ 0.</param>
    /// <returns>c in [0, 1], relative error below 4e-15 down to the smallest normal number; NaN for NaN or a negative argument.</returns>
    public static double NormalisedPrice(double h, double w) => ScaledBlack.Price(h, w);

    /// <summary>What can be said of a row before it is solved.</summary>
    internal static SolveStatus Classify(double h, double c)
    {
        if (!(h >= 0 && h <= LargestLogMoneyness) || !double.IsFinite(c)) return SolveStatus.Invalid;
        if (c <= 0) return SolveStatus.BelowIntrinsic;
        return c >= 1 ? SolveStatus.AboveMax : SolveStatus.Ok;
    }

    /// <summary>Mask of the rows that <see cref="Classify"/> calls Ok.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes IsSolvable<TLanes>(TLanes h, TLanes c) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes zero = TLanes.Broadcast(0);
        return TLanes.And(
            TLanes.And(TLanes.LessThanOrEqual(zero, h), TLanes.LessThanOrEqual(h, TLanes.Broadcast(LargestLogMoneyness))),
            TLanes.And(TLanes.LessThan(zero, c), TLanes.LessThan(c, TLanes.Broadcast(1))));
    }

    /// <summary>Mask of the rows whose price/(w·vega) is one and leaves no doubt that w is determined to 1e-6; the others are looked at one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes IsWellConditioned<TLanes>(TLanes pricePerVega) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.And(
            TLanes.LessThan(TLanes.Broadcast(0), pricePerVega),
            TLanes.LessThan(pricePerVega, TLanes.Broadcast(0.5 * LargestAttainableError / Epsilon)));

    private static void CheckLengths(ReadOnlySpan<double> h, ReadOnlySpan<double> c, Span<double> w, Span<SolveStatus> status)
    {
        Columns.Check(h.Length, c.Length, nameof(c));
        Columns.Check(h.Length, w.Length, nameof(w));
        Columns.Check(h.Length, status.Length, nameof(status));
    }
}
