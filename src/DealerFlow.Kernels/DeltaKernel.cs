using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>One expiry in a scenario: where the forward is, and what becomes of every w.</summary>
/// <param name="CarryFactor">e^(−qT) = D·F/S, &gt; 0.</param>
/// <param name="LogForward">ln F, finite.</param>
/// <param name="DeviationFactor">Multiplies every w, as √(T′/T) does when time passes.</param>
/// <param name="DeviationShift">Is added to every w after that, as Δσ·√T′ is when volatility moves.</param>
public readonly record struct DeltaTerms(double CarryFactor, double LogForward, double DeviationFactor = 1, double DeviationShift = 0)
{
    /// <summary>An expiry as it is: <see cref="DeltaKernel"/> then gives the bits of <see cref="GreekKernel"/>.</summary>
    /// <exception cref="ArgumentException">A spot, forward or discount that is not positive and finite.</exception>
    public static DeltaTerms Of(in ExpiryTerms terms)
    {
        Columns.CheckPositive(terms.Spot, nameof(terms.Spot));
        Columns.CheckPositive(terms.Forward, nameof(terms.Forward));
        Columns.CheckPositive(terms.Discount, nameof(terms.Discount));
        return new DeltaTerms(terms.CarryFactor, Functions.Log(terms.Forward));
    }
}

/// <summary>The deltas alone of the nodes of one expiry, for a book that is repriced at one scenario after the other.</summary>
public static class DeltaKernel
{
    private const int BlockRows = 128;

    /// <summary>Evaluates every node at w′ = w·factor + shift, rounded once: d1 = (ln F − ln K)/w′ + w′/2.</summary>
    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="terms">Shared by the segment.</param>
    /// <param name="logStrike">ln K, shape [n], n a multiple of 8.</param>
    /// <param name="totalDeviation">w = σ√T, shape [n]. A node whose w, w′ or ln K is outside of any use (w ≤ 0, NaN, infinite) gets zeros.</param>
    /// <param name="callDelta">Receives e^(−qT)·Φ(d1), ∂V/∂S of the call, shape [n].</param>
    /// <param name="putDelta">Receives −e^(−qT)·Φ(−d1), ∂V/∂S of the put, shape [n].</param>
    /// <remarks>The bits of <see cref="GreekKernel"/> at w′. Error: docs/numerics.md, Greeks. Source: METHODOLOGY, Greeks and exposures.</remarks>
    /// <exception cref="ArgumentException">
    /// Columns of other lengths, a length that is no multiple of 8, a carry factor that is not positive and finite, or ln F that is not finite.
    /// </exception>
    public static void Evaluate(
        LaneWidth width, in DeltaTerms terms, ReadOnlySpan<double> logStrike, ReadOnlySpan<double> totalDeviation,
        Span<double> callDelta, Span<double> putDelta)
    {
        Columns.Check(logStrike.Length, totalDeviation.Length, nameof(totalDeviation));
        Columns.Check(logStrike.Length, callDelta.Length, nameof(callDelta));
        Columns.Check(logStrike.Length, putDelta.Length, nameof(putDelta));
        Columns.CheckPositive(terms.CarryFactor, nameof(terms.CarryFactor));
        Columns.CheckFinite(terms.LogForward, nameof(terms.LogForward));
        switch (width)
        {
            case LaneWidth.One: Evaluate<F64x1>(terms, logStrike, totalDeviation, callDelta, putDelta); break;
            case LaneWidth.Two: Evaluate<F64x2>(terms, logStrike, totalDeviation, callDelta, putDelta); break;
            case LaneWidth.Four: Evaluate<F64x4>(terms, logStrike, totalDeviation, callDelta, putDelta); break;
            case LaneWidth.Eight: Evaluate<F64x8>(terms, logStrike, totalDeviation, callDelta, putDelta); break;
            default: Columns.ThrowUnknownWidth(width); break;
        }
    }

    /// <summary>Three short passes over a block in the first cache: the processor works on several registers at once, not on one long chain.</summary>
    [SkipLocalsInit]
    private static void Evaluate<TLanes>(
        in DeltaTerms terms, ReadOnlySpan<double> logStrike, ReadOnlySpan<double> totalDeviation, Span<double> callDelta, Span<double> putDelta)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Span<double> d1 = stackalloc double[BlockRows];
        Span<double> density = stackalloc double[BlockRows];
        for (int start = 0; start < logStrike.Length; start += BlockRows)
        {
            int count = Math.Min(BlockRows, logStrike.Length - start);
            Standardise<TLanes>(terms, logStrike.Slice(start, count), totalDeviation.Slice(start, count), d1);
            for (nuint i = 0; i < (nuint)count; i += (nuint)TLanes.Count)
                Columns.Store(Functions.DensityAtAny(Columns.Load<TLanes>(d1, i)), density, i);
            Distribute<TLanes>(terms.CarryFactor, d1, density, callDelta.Slice(start, count), putDelta.Slice(start, count));
        }
    }

    /// <summary>d1, and NaN for a node without a meaning.</summary>
    private static void Standardise<TLanes>(in DeltaTerms terms, ReadOnlySpan<double> logStrike, ReadOnlySpan<double> totalDeviation, Span<double> d1)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes logForward = TLanes.Broadcast(terms.LogForward);
        TLanes factor = TLanes.Broadcast(terms.DeviationFactor);
        TLanes shift = TLanes.Broadcast(terms.DeviationShift);
        for (nuint i = 0; i < (nuint)logStrike.Length; i += (nuint)TLanes.Count)
        {
            TLanes held = Columns.Load<TLanes>(totalDeviation, i);
            TLanes w = TLanes.MultiplyAdd(held, factor, shift);
            TLanes logMoneyness = logForward - Columns.Load<TLanes>(logStrike, i);
            TLanes standardised = Node.Quotient(logMoneyness, w, TLanes.Broadcast(1) / w);
            // A node without a w must not get one by a shift.
            TLanes evaluable = TLanes.And(Node.Evaluable(held), Node.Evaluable(logMoneyness, w));
            TLanes distance = TLanes.MultiplyAdd(TLanes.Broadcast(0.5), w, standardised);
            Columns.Store(TLanes.Select(evaluable, distance, TLanes.Broadcast(double.NaN)), d1, i);
        }
    }

    private static void Distribute<TLanes>(
        double carryFactor, ReadOnlySpan<double> d1, ReadOnlySpan<double> density, Span<double> callDelta, Span<double> putDelta)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes zero = TLanes.Broadcast(0);
        TLanes carry = TLanes.Broadcast(carryFactor);
        for (nuint i = 0; i < (nuint)callDelta.Length; i += (nuint)TLanes.Count)
        {
            TLanes x = Columns.Load<TLanes>(d1, i);
            Node.Deltas(x, Functions.TailOfDensity(x, Columns.Load<TLanes>(density, i)), carry, out TLanes call, out TLanes put);
            TLanes evaluable = TLanes.Equal(x, x);
            Columns.Store(TLanes.Select(evaluable, call, zero), callDelta, i);
            Columns.Store(TLanes.Select(evaluable, put, zero), putDelta, i);
        }
    }
}
