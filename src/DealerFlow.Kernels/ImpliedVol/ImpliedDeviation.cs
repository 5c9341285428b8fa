using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Kernels;

/// <summary>From an out-of-the-money price to the total deviation w = σ√T of Black-76: cold, a fixed number of steps, no branch on data.</summary>
/// <remarks>
/// A seed from the inverse of Bachelier's formula, then two Householder steps of order four on ln c (or on ln(1 − c) where that
/// is the number with the information). The second step's size is the check; lanes that fail it are solved one by one inside
/// a bracket, so there is always an answer. Errors: docs/numerics.md, implied deviation.
/// </remarks>
public static class ImpliedDeviation
{
    private const int BlockRows = 64;

    // No two positive normal doubles are further apart.
    private const double LargestLogMoneyness = 1500;

    // Above it 1 − c is solved for; at h = 0 that is w = 0.97, well inside the reach of the series that carries c.
    private const double UpperPrice = 0.37;

    // The error after a step is below 200·(its size)⁴.
    private const double SettledStep = 2e-5;

    private const double LargestAttainableError = 1e-6;
    private const double Epsilon = 2.220446049250313e-16;
    private const double SqrtTwoPi = 2.5066282746310007;

    /// <summary>Inverts every row.</summary>
    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="h">|ln(K/F)| in [0, 1500], shape [n], n a multiple of 8.</param>
    /// <param name="c">Undiscounted out-of-the-money premium / min(F, K), in (0, 1), shape [n].</param>
    /// <param name="w">Receives the total deviation, 0 where the status is not Ok, shape [n].</param>
    /// <param name="status">Receives the outcome, shape [n].</param>
    /// <returns>How many rows missed the check and were solved one by one; rows without an answer are not among them.</returns>
    /// <exception cref="ArgumentException">Columns of other lengths, or a length that is no multiple of 8.</exception>
    public static int Solve(LaneWidth width, ReadOnlySpan<double> h, ReadOnlySpan<double> c, Span<double> w, Span<SolveStatus> status)
    {
        Columns.Check(h.Length, c.Length, nameof(c));
        Columns.Check(h.Length, w.Length, nameof(w));
        Columns.Check(h.Length, status.Length, nameof(status));
        switch (width)
        {
            case LaneWidth.One: return Solve<F64x1>(h, c, w, status);
            case LaneWidth.Two: return Solve<F64x2>(h, c, w, status);
            case LaneWidth.Four: return Solve<F64x4>(h, c, w, status);
            case LaneWidth.Eight: return Solve<F64x8>(h, c, w, status);
            default: Columns.ThrowUnknownWidth(width); return default;
        }
    }

    /// <summary>The relative error of w that one rounding of c and one of w leave: (1 + b/(w·b′))·2⁻⁵². No solver can do better.</summary>
    /// <param name="h">|ln(K/F)| ≥ 0.</param>
    /// <param name="w">Total deviation &gt; 0.</param>
    /// <returns>+∞ where the price does not depend on w any more; NaN for NaN or a negative argument.</returns>
    public static double AttainableError(double h, double w) => (1 + ScaledBlack.PricePerVegaAndDeviation(h, w)) * Epsilon;

    /// <summary>The undiscounted out-of-the-money premium / min(F, K) of a total deviation.</summary>
    /// <param name="h">|ln(K/F)| ≥ 0.</param>
    /// <param name="w">Total deviation ≥ 0.</param>
    /// <returns>c in [0, 1], relative error below 3e-15 down to the smallest normal number; NaN for NaN or a negative argument.</returns>
    public static double NormalisedPrice(double h, double w) => ScaledBlack.Price(h, w);

    /// <summary>
    /// One pass per stage over a block that stays in the first cache: a stage fits the compiler's inlining budget, which the whole
    /// method does not, and its rows are independent, so that several registers are in flight.
    /// </summary>
    [SkipLocalsInit]
    internal static int Solve<TLanes>(ReadOnlySpan<double> h, ReadOnlySpan<double> c, Span<double> w, Span<SolveStatus> status)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Span<double> logMoneyness = stackalloc double[BlockRows];
        Span<double> price = stackalloc double[BlockRows];
        Span<double> settled = stackalloc double[BlockRows];
        int solvedOneByOne = 0;
        for (int start = 0; start < h.Length; start += BlockRows)
        {
            int count = Math.Min(BlockRows, h.Length - start);
            Span<double> deviation = w.Slice(start, count);
            Seed<TLanes>(h.Slice(start, count), c.Slice(start, count), logMoneyness, price, deviation);
            Improve<TLanes>(logMoneyness, price, deviation, settled);
            solvedOneByOne += Settle<TLanes>(
                h.Slice(start, count), c.Slice(start, count), logMoneyness, price, settled, deviation, status.Slice(start, count));
        }
        return solvedOneByOne;
    }

    /// <summary>A first w; rows without an answer run along on a harmless pair (h, c).</summary>
    private static void Seed<TLanes>(
        ReadOnlySpan<double> h, ReadOnlySpan<double> c, Span<double> logMoneyness, Span<double> price, Span<double> deviation)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes harmless = TLanes.Broadcast(0.1);
        for (nuint i = 0; i < (nuint)h.Length; i += (nuint)TLanes.Count)
        {
            TLanes x = TLanes.Load(in MemoryMarshal.GetReference(h), i);
            TLanes p = TLanes.Load(in MemoryMarshal.GetReference(c), i);
            TLanes solvable = Solvable(x, p);
            x = TLanes.Select(solvable, x, harmless);
            p = TLanes.Select(solvable, p, harmless);
            TLanes.Store(x, ref MemoryMarshal.GetReference(logMoneyness), i);
            TLanes.Store(p, ref MemoryMarshal.GetReference(price), i);
            TLanes seed = DeviationSeed.Near(x, p, out TLanes isNear);
            TLanes.Store(seed, ref MemoryMarshal.GetReference(deviation), i);
            if (!TLanes.All(isNear)) SeedFar<TLanes>(logMoneyness, price, deviation, i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SeedFar<TLanes>(ReadOnlySpan<double> logMoneyness, ReadOnlySpan<double> price, Span<double> deviation, nuint i)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes h = TLanes.Load(in MemoryMarshal.GetReference(logMoneyness), i);
        TLanes c = TLanes.Load(in MemoryMarshal.GetReference(price), i);
        ref double deviations = ref MemoryMarshal.GetReference(deviation);
        TLanes near = TLanes.Load(in deviations, i);
        TLanes.Store(TLanes.Select(DeviationSeed.IsNear(h, c, near), near, DeviationSeed.Far(h, c)), ref deviations, i);
    }

    /// <summary>
    /// One step for every row; the mask in <paramref name="settled"/> says where it was so small that w is final. Rows come expiry
    /// by expiry, so whole registers fit the short form; a row's bits do not depend on its neighbours.
    /// </summary>
    private static void Improve<TLanes>(
        ReadOnlySpan<double> logMoneyness, ReadOnlySpan<double> price, Span<double> deviation, Span<double> settled)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        ref double deviations = ref MemoryMarshal.GetReference(deviation);
        for (nuint i = 0; i < (nuint)deviation.Length; i += (nuint)TLanes.Count)
        {
            TLanes h = TLanes.Load(in MemoryMarshal.GetReference(logMoneyness), i);
            TLanes c = TLanes.Load(in MemoryMarshal.GetReference(price), i);
            TLanes w = TLanes.Load(in deviations, i);
            TLanes lower = TLanes.LessThanOrEqual(c, TLanes.Broadcast(UpperPrice));
            if (!TLanes.All(TLanes.And(lower, ScaledBlack.IsShort(h, w))))
            {
                ImproveAny<TLanes>(logMoneyness, price, deviation, settled, i);
                continue;
            }
            TLanes step = HouseholderStep.OfShort(h, c, w, out TLanes pricePerVega);
            TLanes.Store(IsFinal(step, pricePerVega), ref MemoryMarshal.GetReference(settled), i);
            TLanes.Store(TLanes.MultiplyAdd(w, step, w), ref deviations, i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ImproveAny<TLanes>(
        ReadOnlySpan<double> logMoneyness, ReadOnlySpan<double> price, Span<double> deviation, Span<double> settled, nuint i)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes h = TLanes.Load(in MemoryMarshal.GetReference(logMoneyness), i);
        TLanes c = TLanes.Load(in MemoryMarshal.GetReference(price), i);
        ref double deviations = ref MemoryMarshal.GetReference(deviation);
        TLanes w = TLanes.Load(in deviations, i);
        TLanes upper = TLanes.LessThan(TLanes.Broadcast(UpperPrice), c);
        TLanes target = TLanes.Select(upper, TLanes.Broadcast(1) - c, c);
        TLanes step = HouseholderStep.OfAny(h, target, upper, w, out TLanes pricePerVega);
        // What conditions w is c, not the complement that was solved for.
        pricePerVega = TLanes.Select(upper, pricePerVega * c / target, pricePerVega);
        TLanes.Store(IsFinal(step, pricePerVega), ref MemoryMarshal.GetReference(settled), i);
        TLanes.Store(TLanes.MultiplyAdd(w, step, w), ref deviations, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes IsFinal<TLanes>(TLanes step, TLanes pricePerVega) where TLanes : unmanaged, ILanes<TLanes> => TLanes.And(
        TLanes.LessThanOrEqual(TLanes.Abs(step), TLanes.Broadcast(SettledStep)),
        TLanes.LessThan(pricePerVega, TLanes.Broadcast(0.5 * LargestAttainableError / Epsilon)));

    /// <summary>Statuses; where the step did not settle one more of it, and then zeros or the bracketed solution.</summary>
    private static int Settle<TLanes>(
        ReadOnlySpan<double> h, ReadOnlySpan<double> c, ReadOnlySpan<double> logMoneyness, ReadOnlySpan<double> price,
        Span<double> settled, Span<double> deviation, Span<SolveStatus> status)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int solvedOneByOne = 0;
        for (int i = 0; i < h.Length; i += TLanes.Count)
        {
            TLanes solvable = Solvable(
                TLanes.Load(in MemoryMarshal.GetReference(h), (nuint)i), TLanes.Load(in MemoryMarshal.GetReference(c), (nuint)i));
            TLanes final = TLanes.And(solvable, TLanes.Load(in MemoryMarshal.GetReference(settled), (nuint)i));
            if (TLanes.All(final)) status.Slice(i, TLanes.Count).Clear(); // SolveStatus.Ok
            else solvedOneByOne += SettleRest<TLanes>(h, c, logMoneyness, price, settled, deviation, status, i);
        }
        return solvedOneByOne;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SettleRest<TLanes>(
        ReadOnlySpan<double> h, ReadOnlySpan<double> c, ReadOnlySpan<double> logMoneyness, ReadOnlySpan<double> price,
        Span<double> settled, Span<double> deviation, Span<SolveStatus> status, int i)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        ref double deviations = ref MemoryMarshal.GetReference(deviation);
        TLanes solvable = Solvable(
            TLanes.Load(in MemoryMarshal.GetReference(h), (nuint)i), TLanes.Load(in MemoryMarshal.GetReference(c), (nuint)i));
        TLanes first = TLanes.Load(in MemoryMarshal.GetReference(settled), (nuint)i);
        TLanes kept = TLanes.Load(in deviations, (nuint)i);
        ImproveAny<TLanes>(logMoneyness, price, deviation, settled, (nuint)i);
        TLanes w = TLanes.Select(first, kept, TLanes.Load(in deviations, (nuint)i));
        TLanes final = TLanes.And(solvable, TLanes.Or(first, TLanes.Load(in MemoryMarshal.GetReference(settled), (nuint)i)));
        TLanes.Store(TLanes.Select(final, w, TLanes.Broadcast(0)), ref deviations, (nuint)i);
        return SolveOneByOne(
            h.Slice(i, TLanes.Count), c.Slice(i, TLanes.Count), deviation.Slice(i, TLanes.Count), status.Slice(i, TLanes.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Solvable<TLanes>(TLanes h, TLanes c) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes zero = TLanes.Broadcast(0);
        return TLanes.And(
            TLanes.And(TLanes.LessThanOrEqual(zero, h), TLanes.LessThanOrEqual(h, TLanes.Broadcast(LargestLogMoneyness))),
            TLanes.And(TLanes.LessThan(zero, c), TLanes.LessThan(c, TLanes.Broadcast(1))));
    }

    /// <summary>Rows of one register that are not plainly Ok: their status, and w by the bracketed path.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SolveOneByOne(ReadOnlySpan<double> h, ReadOnlySpan<double> c, Span<double> w, Span<SolveStatus> status)
    {
        int solved = 0;
        for (int i = 0; i < h.Length; i++)
        {
            if (w[i] > 0)
            {
                status[i] = SolveStatus.Ok;
                continue;
            }
            status[i] = Classify(h[i], c[i]);
            if (status[i] != SolveStatus.Ok) continue;
            solved++;
            double deviation = SolveBracketed(h[i], c[i]);
            if (AttainableError(h[i], deviation) <= LargestAttainableError) w[i] = deviation;
            else status[i] = SolveStatus.IllConditioned;
        }
        return solved;
    }

    private static SolveStatus Classify(double h, double c)
    {
        if (!(h >= 0 && h <= LargestLogMoneyness) || !double.IsFinite(c)) return SolveStatus.Invalid;
        if (c <= 0) return SolveStatus.BelowIntrinsic;
        return c >= 1 ? SolveStatus.AboveMax : SolveStatus.Ok;
    }

    /// <summary>The same steps inside a bracket that bisection shrinks whenever a step leaves it: slow, and cannot fail.</summary>
    private static double SolveBracketed(double h, double c)
    {
        const double Scale = 2.582249878086909e120; // 2^400
        const double Tiny = 1e-140;
        // Down there the formula is Bachelier's, which is homogeneous: scale away from the subnormals.
        if (h < Tiny && c < Tiny) return SolveBracketed(h * Scale, c * Scale) / Scale;

        bool isUpper = c > UpperPrice;
        F64x1 upper = F64x1.LessThan(new F64x1(UpperPrice), new F64x1(c));
        double target = isUpper ? 1 - c : c;
        // c ≤ w/√(2π); a price that a double can hold has d1 between −39 and 8.3.
        double low = 0.999 * Math.Max(SqrtTwoPi * c, h / 60);
        double high = 1.001 * (9 + Math.Sqrt(81 + 2 * h));
        double w = Math.Sqrt(low) * Math.Sqrt(high);
        for (int i = 0; i < 200; i++)
        {
            double d1 = 0.5 * w - h / w;
            // Outside of these the quotient form does not hold, and w is plainly too large or too small.
            double step = isUpper && d1 < -0.74 ? double.PositiveInfinity
                : !isUpper && d1 > 0.74 ? double.NegativeInfinity
                : HouseholderStep.OfAny(new F64x1(h), new F64x1(target), upper, new F64x1(w), out _).Value;
            if (Math.Abs(step) <= SettledStep) return Math.FusedMultiplyAdd(w, step, w);
            if (PriceIsBelow(h, w, c)) low = w;
            else high = w;
            double next = Math.FusedMultiplyAdd(w, step, w);
            // Past forty rounds only halving, which ends for certain.
            if (!(next > low && next < high) || i >= 40) next = Math.Sqrt(low) * Math.Sqrt(high);
            if (!(next > low && next < high)) return next;
            w = next;
        }
        return w;
    }

    private static bool PriceIsBelow(double h, double w, double c) => ScaledBlack.Price(h, w) < c;
}
