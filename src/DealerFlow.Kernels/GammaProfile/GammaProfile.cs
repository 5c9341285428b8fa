using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>One segment's part of the gamma profile.</summary>
/// <param name="Gamma">Σ weight·φ(d1)/w.</param>
/// <param name="Slope">Σ weight·φ(d1)/w·(1 − d1/w).</param>
public readonly record struct ProfileSums(double Gamma, double Slope);

/// <summary>One segment's part of the gamma profile at a shifted w, and how it moves with w.</summary>
/// <param name="Gamma">Σ weight·φ(d1)/w.</param>
/// <param name="Slope">Σ weight·φ(d1)/w·(1 − d1/w): the derivative of F·Gamma with respect to F while w stands still.</param>
/// <param name="Sensitivity">Σ weight·φ(d1)/w·(d1·d2 − 1)/w: the derivative of Gamma with respect to a shift of every w.</param>
public readonly record struct SkewedSums(double Gamma, double Slope, double Sensitivity);

/// <summary>Gamma of one expiry at any level of the forward, w held per strike: the function whose roots are the zero gammas.</summary>
/// <remarks>
/// Row i is added to accumulator i mod 8 with one rounding; the eight are combined as ((0+4) + (2+6)) + ((1+5) + (3+7)). The order
/// is part of the contract: it makes the sum the same bits at every width, and with any number of levels and weights beside it.
/// </remarks>
public static class GammaProfile
{
    /// <summary>Weight columns that share one evaluation of φ(d1)/w.</summary>
    public const int MaxWeights = 8;

    // Levels that share one pass over w, and rows of a pass: all of it stays in the first cache.
    private const int Levels = 4;
    private const int BlockRows = 128;

    private const double InverseSqrtTwoPi = 0.3989422804014327;

    /// <summary>Sums over the nodes at log-forward ln F.</summary>
    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="logForward">ln F at the level that is looked at.</param>
    /// <param name="logStrike">ln K, shape [n], n a multiple of 8.</param>
    /// <param name="totalDeviation">w, shape [n]; padding rows hold 0 and add nothing, nor does any row that gives no finite number.</param>
    /// <param name="weight">Σ m·N or any other finite weight, shape [n].</param>
    /// <exception cref="ArgumentException">Columns of other lengths, or a length that is no multiple of 8.</exception>
    public static ProfileSums Sum(
        LaneWidth width, double logForward, ReadOnlySpan<double> logStrike, ReadOnlySpan<double> totalDeviation, ReadOnlySpan<double> weight)
    {
        Columns.Check(logStrike.Length, weight.Length, nameof(weight));
        ProfileSums sums = default;
        Sum(width, new ReadOnlySpan<double>(in logForward), logStrike, totalDeviation, weight, new Span<ProfileSums>(ref sums));
        return sums;
    }

    /// <summary>Sums at many levels and for several weights (position models) in one pass over the nodes.</summary>
    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="logForwards">ln F of every level, shape [l].</param>
    /// <param name="logStrike">ln K, shape [n], n a multiple of 8.</param>
    /// <param name="totalDeviation">w, shape [n]; padding rows hold 0 and add nothing, nor does any row that gives no finite number.</param>
    /// <param name="weights">The weight columns one after the other, shape [m, n], m from 1 to <see cref="MaxWeights"/>.</param>
    /// <param name="sums">Receives the sums, shape [l, m].</param>
    /// <remarks>Every sum has the bits that it has alone, for weights below 1e150. Error: docs/numerics.md, gamma profile.</remarks>
    /// <exception cref="ArgumentException">Columns of other lengths, or a length that is no multiple of 8.</exception>
    public static void Sum(
        LaneWidth width, ReadOnlySpan<double> logForwards, ReadOnlySpan<double> logStrike, ReadOnlySpan<double> totalDeviation,
        ReadOnlySpan<double> weights, Span<ProfileSums> sums)
    {
        Columns.Check(logStrike.Length, totalDeviation.Length, nameof(totalDeviation));
        if (logStrike.Length == 0)
        {
            sums.Clear();
            return;
        }
        int models = weights.Length / logStrike.Length;
        if (models * logStrike.Length != weights.Length || models is < 1 or > MaxWeights)
            ThrowLength(nameof(weights), $"The weights have {weights.Length} rows; they must be 1 to {MaxWeights} whole columns of {logStrike.Length} rows, one after the other.");
        Sum(width, logForwards, logStrike, totalDeviation, weights, models, logStrike.Length, sums);
    }

    /// <summary>Sums at many levels and for several weights that lie apart, as in a window of a longer table, in one pass over the nodes.</summary>
    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="logForwards">ln F of every level, shape [l].</param>
    /// <param name="logStrike">ln K, shape [n], n a multiple of 8.</param>
    /// <param name="totalDeviation">w, shape [n]; padding rows hold 0 and add nothing, nor does any row that gives no finite number.</param>
    /// <param name="weights">Row i of weight column j at [j·<paramref name="weightStride"/> + i]: at least (m − 1)·stride + n rows. What lies between is not read.</param>
    /// <param name="models">m, the weight columns, from 1 to <see cref="MaxWeights"/>.</param>
    /// <param name="weightStride">Rows from one weight column's first row to the next one's, ≥ n; without meaning for one column.</param>
    /// <param name="sums">Receives the sums, shape [l, m].</param>
    /// <remarks>The bits of columns that lie one after the other, and of each alone for weights below 1e150. Error: docs/numerics.md, gamma profile.</remarks>
    /// <exception cref="ArgumentException">Columns of other lengths, a length that is no multiple of 8, or weights that overlap or are too few.</exception>
    [SkipLocalsInit]
    public static void Sum(
        LaneWidth width, ReadOnlySpan<double> logForwards, ReadOnlySpan<double> logStrike, ReadOnlySpan<double> totalDeviation,
        ReadOnlySpan<double> weights, int models, int weightStride, Span<ProfileSums> sums)
    {
        Columns.Check(logStrike.Length, totalDeviation.Length, nameof(totalDeviation));
        CheckWeights(logStrike.Length, weights.Length, models, weightStride);
        CheckSums(logForwards.Length, models, sums.Length);
        Span<Accumulators> accumulators = stackalloc Accumulators[Levels * MaxWeights];
        for (int level = 0; level < logForwards.Length; level += Levels)
        {
            int count = Math.Min(Levels, logForwards.Length - level);
            ReadOnlySpan<double> forwards = logForwards.Slice(level, count);
            Span<ProfileSums> theirs = sums.Slice(level * models, count * models);
            Span<Accumulators> some = accumulators[..theirs.Length];
            Fill(width, forwards, [], logStrike, totalDeviation, weights, weightStride, some, [], areChecked: false);
            if (TryTotal(some, theirs)) continue;
            // A row without a finite number shows in the total; only then is every row looked at.
            Fill(width, forwards, [], logStrike, totalDeviation, weights, weightStride, some, [], areChecked: true);
            TryTotal(some, theirs);
        }
    }

    /// <summary>Sums at many levels with every w shifted by a number per level, and their derivatives with respect to that shift.</summary>
    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="logForwards">ln F of every level, shape [l].</param>
    /// <param name="deviationShifts">
    /// What is added to every w at the level, shape [l]: for skew-stickiness R, (R − 1)·∂w/∂ln K·ln(S/S_m). A number that is not finite leaves no node.
    /// </param>
    /// <param name="logStrike">ln K, shape [n], n a multiple of 8.</param>
    /// <param name="totalDeviation">w, shape [n]. A row without a w gets none by a shift, and one whose shifted w is not positive adds nothing.</param>
    /// <param name="weights">Row i of weight column j at [j·<paramref name="weightStride"/> + i]: at least (m − 1)·stride + n rows. What lies between is not read.</param>
    /// <param name="models">m, the weight columns, from 1 to <see cref="MaxWeights"/>.</param>
    /// <param name="weightStride">Rows from one weight column's first row to the next one's, ≥ n; without meaning for one column.</param>
    /// <param name="sums">Receives the sums, shape [l, m].</param>
    /// <remarks>
    /// With G = F·Gamma, c = ∂w/∂ln K and x = ln(S/S_m): dG/dF = Slope + (R − 1)·c·Sensitivity and ∂G/∂R = F·c·x·Sensitivity.
    /// Gamma and Slope have the bits that Sum gives for the shifted w; at shift 0 those of Sum. Error: docs/numerics.md, gamma profile.
    /// Source: METHODOLOGY, levels; ∂d1/∂w = −d2/w.
    /// </remarks>
    /// <exception cref="ArgumentException">Columns of other lengths, a length that is no multiple of 8, or weights that overlap or are too few.</exception>
    [SkipLocalsInit]
    public static void SumSkewed(
        LaneWidth width, ReadOnlySpan<double> logForwards, ReadOnlySpan<double> deviationShifts, ReadOnlySpan<double> logStrike,
        ReadOnlySpan<double> totalDeviation, ReadOnlySpan<double> weights, int models, int weightStride, Span<SkewedSums> sums)
    {
        Columns.Check(logStrike.Length, totalDeviation.Length, nameof(totalDeviation));
        CheckWeights(logStrike.Length, weights.Length, models, weightStride);
        CheckSums(logForwards.Length, models, sums.Length);
        if (deviationShifts.Length != logForwards.Length)
            ThrowLength(nameof(deviationShifts), $"There are {deviationShifts.Length} shifts for {logForwards.Length} levels; every level needs one.");
        Span<Accumulators> accumulators = stackalloc Accumulators[Levels * MaxWeights];
        Span<Eight> sensitivities = stackalloc Eight[Levels * MaxWeights];
        for (int level = 0; level < logForwards.Length; level += Levels)
        {
            int count = Math.Min(Levels, logForwards.Length - level);
            ReadOnlySpan<double> forwards = logForwards.Slice(level, count), shifts = deviationShifts.Slice(level, count);
            Span<SkewedSums> theirs = sums.Slice(level * models, count * models);
            Span<Accumulators> some = accumulators[..theirs.Length];
            Span<Eight> bends = sensitivities[..theirs.Length];
            Fill(width, forwards, shifts, logStrike, totalDeviation, weights, weightStride, some, bends, areChecked: false);
            if (TryTotal(some, bends, theirs)) continue;
            Fill(width, forwards, shifts, logStrike, totalDeviation, weights, weightStride, some, bends, areChecked: true);
            TryTotal(some, bends, theirs);
        }
    }

    private static void Fill(
        LaneWidth width, ReadOnlySpan<double> logForwards, ReadOnlySpan<double> shifts, ReadOnlySpan<double> logStrike,
        ReadOnlySpan<double> totalDeviation, ReadOnlySpan<double> weights, int weightStride,
        Span<Accumulators> accumulators, Span<Eight> sensitivities, bool areChecked)
    {
        switch (width)
        {
            case LaneWidth.One: Fill<F64x1>(logForwards, shifts, logStrike, totalDeviation, weights, weightStride, accumulators, sensitivities, areChecked); break;
            case LaneWidth.Two: Fill<F64x2>(logForwards, shifts, logStrike, totalDeviation, weights, weightStride, accumulators, sensitivities, areChecked); break;
            case LaneWidth.Four: Fill<F64x4>(logForwards, shifts, logStrike, totalDeviation, weights, weightStride, accumulators, sensitivities, areChecked); break;
            case LaneWidth.Eight: Fill<F64x8>(logForwards, shifts, logStrike, totalDeviation, weights, weightStride, accumulators, sensitivities, areChecked); break;
            default: Columns.ThrowUnknownWidth(width); break;
        }
    }

    /// <summary>One accumulator per level and weight column; without shifts w is inverted once for all levels and no sensitivity is formed.</summary>
    [SkipLocalsInit]
    private static void Fill<TLanes>(
        ReadOnlySpan<double> logForwards, ReadOnlySpan<double> shifts, ReadOnlySpan<double> logStrike, ReadOnlySpan<double> totalDeviation,
        ReadOnlySpan<double> weights, int weightStride,
        Span<Accumulators> accumulators, Span<Eight> sensitivities, bool areChecked)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        accumulators.Clear();
        sensitivities.Clear();
        Span<double> shifted = stackalloc double[BlockRows];
        Span<double> reciprocal = stackalloc double[BlockRows];
        Span<double> gamma = stackalloc double[BlockRows];
        Span<double> slope = stackalloc double[BlockRows];
        Span<double> sensitivity = stackalloc double[BlockRows];
        bool isSkewed = !shifts.IsEmpty;
        int models = accumulators.Length / logForwards.Length;
        for (int start = 0; start < logStrike.Length; start += BlockRows)
        {
            int count = Math.Min(BlockRows, logStrike.Length - start);
            scoped ReadOnlySpan<double> strikes = logStrike.Slice(start, count), deviations = totalDeviation.Slice(start, count);
            if (!isSkewed) Invert<TLanes>(deviations, reciprocal);
            for (int level = 0; level < logForwards.Length; level++)
            {
                if (isSkewed)
                {
                    deviations = shifted[..count];
                    Shift<TLanes>(totalDeviation.Slice(start, count), shifts[level], shifted);
                    Invert<TLanes>(deviations, reciprocal);
                }
                Density<TLanes>(logForwards[level], strikes, deviations, reciprocal, gamma, slope);
                for (int model = 0; model < models; model++)
                {
                    ReadOnlySpan<double> weight = weights.Slice((model * weightStride) + start, count);
                    ref Accumulators sum = ref accumulators[(level * models) + model];
                    if (areChecked) AccumulateChecked<TLanes>(weight, gamma, slope, ref sum);
                    else Accumulate<TLanes>(weight, gamma, slope, ref sum);
                }
                if (!isSkewed) continue;
                Bend<TLanes>(logForwards[level], strikes, deviations, reciprocal, gamma, sensitivity);
                for (int model = 0; model < models; model++)
                {
                    ReadOnlySpan<double> weight = weights.Slice((model * weightStride) + start, count);
                    ref Eight sum = ref sensitivities[(level * models) + model];
                    if (areChecked) AccumulateChecked<TLanes>(weight, sensitivity, ref sum);
                    else Accumulate<TLanes>(weight, sensitivity, ref sum);
                }
            }
        }
    }

    /// <summary>w + shift, and 0 for a node that has no w to shift or loses it: all that follows is finite.</summary>
    private static void Shift<TLanes>(ReadOnlySpan<double> totalDeviation, double shift, Span<double> shifted) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes shifts = TLanes.Broadcast(shift);
        for (nuint i = 0; i < (nuint)totalDeviation.Length; i += (nuint)TLanes.Count)
        {
            TLanes held = Columns.Load<TLanes>(totalDeviation, i);
            TLanes w = held + shifts;
            Columns.Store(TLanes.Select(TLanes.And(Node.Evaluable(held), Node.Evaluable(w)), w, TLanes.Broadcast(0)), shifted, i);
        }
    }

    /// <summary>1/w, and 0 for a node that has no meaning: then everything below is 0 too.</summary>
    private static void Invert<TLanes>(ReadOnlySpan<double> totalDeviation, Span<double> reciprocal) where TLanes : unmanaged, ILanes<TLanes>
    {
        for (nuint i = 0; i < (nuint)totalDeviation.Length; i += (nuint)TLanes.Count)
        {
            TLanes w = Columns.Load<TLanes>(totalDeviation, i);
            TLanes inverse = TLanes.Select(Node.Evaluable(w), TLanes.Broadcast(1) / w, TLanes.Broadcast(0));
            Columns.Store(inverse, reciprocal, i);
        }
    }

    /// <summary>√(2π)·φ(d1)/w, and that times 1 − d1/w.</summary>
    private static void Density<TLanes>(
        double logForward, ReadOnlySpan<double> logStrike, ReadOnlySpan<double> totalDeviation, ReadOnlySpan<double> reciprocal,
        Span<double> gamma, Span<double> slope)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes logForwards = TLanes.Broadcast(logForward);
        for (nuint i = 0; i < (nuint)logStrike.Length; i += (nuint)TLanes.Count)
        {
            TLanes w = Columns.Load<TLanes>(totalDeviation, i);
            TLanes perDeviation = Columns.Load<TLanes>(reciprocal, i);
            TLanes d1 = BoundedD1(logForwards - Columns.Load<TLanes>(logStrike, i), w, perDeviation);
            TLanes part = Functions.ExpOfMinusHalfSquare(d1) * perDeviation;
            Columns.Store(part, gamma, i);
            Columns.Store(
                part * TLanes.NegatedMultiplyAdd(d1, perDeviation, TLanes.Broadcast(1)), slope, i);
        }
    }

    /// <summary>The derivative of the density over w with respect to w: that times (d1·d2 − 1)/w.</summary>
    private static void Bend<TLanes>(
        double logForward, ReadOnlySpan<double> logStrike, ReadOnlySpan<double> totalDeviation, ReadOnlySpan<double> reciprocal,
        ReadOnlySpan<double> gamma, Span<double> sensitivity)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes logForwards = TLanes.Broadcast(logForward);
        for (nuint i = 0; i < (nuint)logStrike.Length; i += (nuint)TLanes.Count)
        {
            TLanes w = Columns.Load<TLanes>(totalDeviation, i);
            TLanes perDeviation = Columns.Load<TLanes>(reciprocal, i);
            TLanes d1 = BoundedD1(logForwards - Columns.Load<TLanes>(logStrike, i), w, perDeviation);
            TLanes bend = TLanes.MultiplyAdd(d1, d1 - w, TLanes.Broadcast(-1));
            Columns.Store(Columns.Load<TLanes>(gamma, i) * perDeviation * bend, sensitivity, i);
        }
    }

    /// <summary>d1 of a finite w, within the bounds at which the density is 0: a NaN goes there too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes BoundedD1<TLanes>(TLanes logMoneyness, TLanes totalDeviation, TLanes reciprocal) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes d1 = TLanes.MultiplyAdd(TLanes.Broadcast(0.5), totalDeviation, Node.Quotient(logMoneyness, totalDeviation, reciprocal));
        return TLanes.Max(TLanes.Min(d1, TLanes.Broadcast(Functions.DensityIsZero)), TLanes.Broadcast(-Functions.DensityIsZero));
    }

    private static void Accumulate<TLanes>(
        ReadOnlySpan<double> weight, ReadOnlySpan<double> gamma, ReadOnlySpan<double> slope, ref Accumulators sum)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (nuint lane = 0; lane < Columns.Padding; lane += (nuint)TLanes.Count)
        {
            TLanes gammas = TLanes.Load(in sum.Gamma[0], lane);
            TLanes slopes = TLanes.Load(in sum.Slope[0], lane);
            for (nuint i = lane; i < (nuint)weight.Length; i += Columns.Padding)
            {
                TLanes n = Columns.Load<TLanes>(weight, i);
                gammas = TLanes.MultiplyAdd(n, Columns.Load<TLanes>(gamma, i), gammas);
                slopes = TLanes.MultiplyAdd(n, Columns.Load<TLanes>(slope, i), slopes);
            }
            TLanes.Store(gammas, ref sum.Gamma[0], lane);
            TLanes.Store(slopes, ref sum.Slope[0], lane);
        }
    }

    /// <summary>The same without the rows whose part of either sum is no finite number.</summary>
    private static void AccumulateChecked<TLanes>(
        ReadOnlySpan<double> weight, ReadOnlySpan<double> gamma, ReadOnlySpan<double> slope, ref Accumulators sum)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes largest = TLanes.Broadcast(double.MaxValue);
        TLanes zero = TLanes.Broadcast(0);
        for (nuint i = 0; i < (nuint)weight.Length; i += (nuint)TLanes.Count)
        {
            nuint lane = i % Columns.Padding;
            TLanes n = Columns.Load<TLanes>(weight, i);
            TLanes g = Columns.Load<TLanes>(gamma, i);
            TLanes s = Columns.Load<TLanes>(slope, i);
            TLanes counts = TLanes.And(
                TLanes.LessThanOrEqual(TLanes.Abs(n * g), largest), TLanes.LessThanOrEqual(TLanes.Abs(n * s), largest));
            n = TLanes.Select(counts, n, zero);
            TLanes.Store(TLanes.MultiplyAdd(n, g, TLanes.Load(in sum.Gamma[0], lane)), ref sum.Gamma[0], lane);
            TLanes.Store(TLanes.MultiplyAdd(n, s, TLanes.Load(in sum.Slope[0], lane)), ref sum.Slope[0], lane);
        }
    }

    private static void Accumulate<TLanes>(ReadOnlySpan<double> weight, ReadOnlySpan<double> part, ref Eight sum)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (nuint lane = 0; lane < Columns.Padding; lane += (nuint)TLanes.Count)
        {
            TLanes parts = TLanes.Load(in sum[0], lane);
            for (nuint i = lane; i < (nuint)weight.Length; i += Columns.Padding)
                parts = TLanes.MultiplyAdd(Columns.Load<TLanes>(weight, i), Columns.Load<TLanes>(part, i), parts);
            TLanes.Store(parts, ref sum[0], lane);
        }
    }

    /// <summary>The same without the rows whose part is no finite number; the other sums keep theirs, and so their bits.</summary>
    private static void AccumulateChecked<TLanes>(ReadOnlySpan<double> weight, ReadOnlySpan<double> part, ref Eight sum)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (nuint i = 0; i < (nuint)weight.Length; i += (nuint)TLanes.Count)
        {
            nuint lane = i % Columns.Padding;
            TLanes n = Columns.Load<TLanes>(weight, i);
            TLanes p = Columns.Load<TLanes>(part, i);
            n = TLanes.Select(TLanes.LessThanOrEqual(TLanes.Abs(n * p), TLanes.Broadcast(double.MaxValue)), n, TLanes.Broadcast(0));
            TLanes.Store(TLanes.MultiplyAdd(n, p, TLanes.Load(in sum[0], lane)), ref sum[0], lane);
        }
    }

    /// <summary>False if a total is no finite number.</summary>
    private static bool TryTotal(ReadOnlySpan<Accumulators> accumulators, Span<ProfileSums> sums)
    {
        bool areFinite = true;
        for (int i = 0; i < sums.Length; i++)
        {
            ProfileSums sum = sums[i] = accumulators[i].Total;
            areFinite &= double.IsFinite(sum.Gamma) && double.IsFinite(sum.Slope);
        }
        return areFinite;
    }

    /// <summary>False if a total is no finite number.</summary>
    private static bool TryTotal(ReadOnlySpan<Accumulators> accumulators, ReadOnlySpan<Eight> sensitivities, Span<SkewedSums> sums)
    {
        bool areFinite = true;
        for (int i = 0; i < sums.Length; i++)
        {
            (double gamma, double slope) = accumulators[i].Total;
            double sensitivity = InverseSqrtTwoPi * sensitivities[i].Total;
            sums[i] = new SkewedSums(gamma, slope, sensitivity);
            areFinite &= double.IsFinite(gamma) && double.IsFinite(slope) && double.IsFinite(sensitivity);
        }
        return areFinite;
    }

    private static void CheckWeights(int rows, int weights, int models, int weightStride)
    {
        if (models is < 1 or > MaxWeights)
            ThrowLength(nameof(models), $"There are {models} weight columns; 1 to {MaxWeights} share a pass.");
        if (models > 1 && weightStride < rows)
            ThrowLength(nameof(weightStride), $"Weight columns that start {weightStride} rows apart overlap; each has {rows} rows.");
        long last = (models - 1L) * weightStride;
        if (weights < last + rows)
            ThrowLength(nameof(weights), $"The weights have {weights} rows; {models} columns of {rows} rows, {weightStride} apart, need {last + rows}.");
    }

    private static void CheckSums(int levels, int models, int sums)
    {
        if (sums != (long)levels * models)
            ThrowLength(nameof(sums), $"There is room for {sums} sums; {levels} levels of {models} weight columns give {(long)levels * models}.");
    }

    [DoesNotReturn]
    private static void ThrowLength(string name, string message) => throw new ArgumentException(message, name);

    private struct Accumulators
    {
        public Eight Gamma;
        public Eight Slope;

        public readonly ProfileSums Total => new(InverseSqrtTwoPi * Gamma.Total, InverseSqrtTwoPi * Slope.Total);
    }

    [InlineArray(Columns.Padding)]
    private struct Eight
    {
        private double _first;

        public readonly double Total => ((this[0] + this[4]) + (this[2] + this[6])) + ((this[1] + this[5]) + (this[3] + this[7]));
    }
}
