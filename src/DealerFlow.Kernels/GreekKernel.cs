using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Kernels;

/// <summary>What the options of one expiry share. Carry follows: e^(−qT) = D·F/S, r = −ln(D)/T, (r − q)·T = ln(F/S).</summary>
/// <param name="Spot">S, currency per share, &gt; 0.</param>
/// <param name="Forward">F, currency per share, &gt; 0.</param>
/// <param name="Discount">D, value now of one unit paid at settlement, &gt; 0.</param>
/// <param name="Years">T, years of 365 days to settlement, &gt; 0.</param>
public readonly record struct ExpiryTerms(double Spot, double Forward, double Discount, double Years)
{
    /// <summary>e^(−qT) = D·F/S.</summary>
    public double CarryFactor => Discount * Forward / Spot;
}

/// <summary>Where <see cref="GreekKernel"/> writes: raw derivatives per share, one row per node; per unit of spot, of volatility, per year.</summary>
public readonly ref struct GreekColumns
{
    /// <summary>∂²V/∂S², call and put alike.</summary>
    public required Span<double> Gamma { get; init; }

    /// <summary>∂V/∂S of the call.</summary>
    public required Span<double> CallDelta { get; init; }

    /// <summary>∂V/∂S of the put.</summary>
    public required Span<double> PutDelta { get; init; }

    /// <summary>∂²V/∂S∂σ, call and put alike.</summary>
    public required Span<double> Vanna { get; init; }

    /// <summary>∂Δ/∂t of the call, per year.</summary>
    public required Span<double> CallCharm { get; init; }

    /// <summary>∂Δ/∂t of the put, per year.</summary>
    public required Span<double> PutCharm { get; init; }
}

/// <summary>All Greeks of the nodes of one expiry: d1, φ(d1) and Φ(±d1) are computed once per node and shared.</summary>
public static class GreekKernel
{
    /// <summary>Evaluates every node: d1 = (ln F − ln K)/w + w/2.</summary>
    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="terms">Shared by the segment.</param>
    /// <param name="logStrike">ln K, shape [n], n a multiple of 8.</param>
    /// <param name="totalDeviation">w = σ√T, shape [n]. A node with w or ln K outside of any use (w ≤ 0, NaN, infinite) gets zeros.</param>
    /// <param name="greeks">Six columns of shape [n].</param>
    /// <remarks>Error: docs/numerics.md, Greeks. Source: Haug (2007), chapter 2; METHODOLOGY, Greeks.</remarks>
    /// <exception cref="ArgumentException">Columns of other lengths, a length that is no multiple of 8, or terms that are not positive and finite.</exception>
    public static void Evaluate(
        LaneWidth width, in ExpiryTerms terms, ReadOnlySpan<double> logStrike, ReadOnlySpan<double> totalDeviation, GreekColumns greeks)
    {
        Columns.Check(logStrike.Length, totalDeviation.Length, nameof(totalDeviation));
        Columns.Check(logStrike.Length, greeks.Gamma.Length, nameof(greeks.Gamma));
        Columns.Check(logStrike.Length, greeks.CallDelta.Length, nameof(greeks.CallDelta));
        Columns.Check(logStrike.Length, greeks.PutDelta.Length, nameof(greeks.PutDelta));
        Columns.Check(logStrike.Length, greeks.Vanna.Length, nameof(greeks.Vanna));
        Columns.Check(logStrike.Length, greeks.CallCharm.Length, nameof(greeks.CallCharm));
        Columns.Check(logStrike.Length, greeks.PutCharm.Length, nameof(greeks.PutCharm));
        ExpiryScalars scalars = ExpiryScalars.From(terms);
        switch (width)
        {
            case LaneWidth.One: Evaluate<F64x1>(scalars, logStrike, totalDeviation, greeks); break;
            case LaneWidth.Two: Evaluate<F64x2>(scalars, logStrike, totalDeviation, greeks); break;
            case LaneWidth.Four: Evaluate<F64x4>(scalars, logStrike, totalDeviation, greeks); break;
            case LaneWidth.Eight: Evaluate<F64x8>(scalars, logStrike, totalDeviation, greeks); break;
            default: Columns.ThrowUnknownWidth(width); break;
        }
    }

    private static void Evaluate<TLanes>(
        in ExpiryScalars scalars, ReadOnlySpan<double> logStrike, ReadOnlySpan<double> totalDeviation, GreekColumns greeks)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        ref double logStrikes = ref MemoryMarshal.GetReference(logStrike);
        ref double deviations = ref MemoryMarshal.GetReference(totalDeviation);
        ref double gammas = ref MemoryMarshal.GetReference(greeks.Gamma);
        ref double callDeltas = ref MemoryMarshal.GetReference(greeks.CallDelta);
        ref double putDeltas = ref MemoryMarshal.GetReference(greeks.PutDelta);
        ref double vannas = ref MemoryMarshal.GetReference(greeks.Vanna);
        ref double callCharms = ref MemoryMarshal.GetReference(greeks.CallCharm);
        ref double putCharms = ref MemoryMarshal.GetReference(greeks.PutCharm);

        TLanes zero = TLanes.Broadcast(0);
        TLanes half = TLanes.Broadcast(0.5);
        TLanes logForward = TLanes.Broadcast(scalars.LogForward);
        TLanes carryFactor = TLanes.Broadcast(scalars.CarryFactor);
        TLanes gammaFactor = TLanes.Broadcast(scalars.GammaFactor);
        TLanes vannaFactor = TLanes.Broadcast(scalars.VannaFactor);
        TLanes drift = TLanes.Broadcast(scalars.Drift);
        TLanes halfPerYear = TLanes.Broadcast(scalars.HalfPerYear);
        TLanes dividendYield = TLanes.Broadcast(scalars.DividendYield);

        for (nuint i = 0; i < (nuint)logStrike.Length; i += (nuint)TLanes.Count)
        {
            TLanes w = TLanes.Load(in deviations, i);
            TLanes logMoneyness = logForward - TLanes.Load(in logStrikes, i);
            TLanes perDeviation = TLanes.Broadcast(1) / w;
            TLanes standardised = Node.Quotient(logMoneyness, w, perDeviation);
            TLanes d1 = TLanes.MultiplyAdd(half, w, standardised);
            TLanes d2 = TLanes.NegatedMultiplyAdd(half, w, standardised);
            TLanes evaluable = Node.Evaluable(logMoneyness, w);

            Functions.DensityAndTail(d1, out TLanes density, out TLanes tail);
            Node.Deltas(d1, tail, carryFactor, out TLanes callDelta, out TLanes putDelta);
            TLanes densityPerDeviation = density * perDeviation;
            TLanes decay = carryFactor * (drift * densityPerDeviation - density * d2 * halfPerYear);

            TLanes.Store(TLanes.Select(evaluable, gammaFactor * densityPerDeviation, zero), ref gammas, i);
            TLanes.Store(TLanes.Select(evaluable, callDelta, zero), ref callDeltas, i);
            TLanes.Store(TLanes.Select(evaluable, putDelta, zero), ref putDeltas, i);
            TLanes.Store(TLanes.Select(evaluable, vannaFactor * densityPerDeviation * d2, zero), ref vannas, i);
            TLanes.Store(TLanes.Select(evaluable, TLanes.MultiplyAdd(dividendYield, callDelta, -decay), zero), ref callCharms, i);
            TLanes.Store(TLanes.Select(evaluable, TLanes.MultiplyAdd(dividendYield, putDelta, -decay), zero), ref putCharms, i);
        }
    }

    /// <summary>What can be divided out of the loop.</summary>
    private readonly struct ExpiryScalars
    {
        public required double LogForward { get; init; }

        /// <summary>e^(−qT).</summary>
        public required double CarryFactor { get; init; }

        /// <summary>D·F/S².</summary>
        public required double GammaFactor { get; init; }

        /// <summary>−e^(−qT)·√T.</summary>
        public required double VannaFactor { get; init; }

        /// <summary>r − q, per year.</summary>
        public required double Drift { get; init; }

        /// <summary>1/(2T).</summary>
        public required double HalfPerYear { get; init; }

        /// <summary>q, per year.</summary>
        public required double DividendYield { get; init; }

        public static ExpiryScalars From(in ExpiryTerms terms)
        {
            Columns.CheckPositive(terms.Spot, nameof(terms.Spot));
            Columns.CheckPositive(terms.Forward, nameof(terms.Forward));
            Columns.CheckPositive(terms.Discount, nameof(terms.Discount));
            Columns.CheckPositive(terms.Years, nameof(terms.Years));
            double carryFactor = terms.CarryFactor;
            return new ExpiryScalars
            {
                LogForward = Functions.Log(terms.Forward),
                CarryFactor = carryFactor,
                GammaFactor = carryFactor / terms.Spot,
                VannaFactor = -carryFactor * Math.Sqrt(terms.Years),
                Drift = Functions.Log(terms.Forward / terms.Spot) / terms.Years,
                HalfPerYear = 0.5 / terms.Years,
                DividendYield = -Functions.Log(carryFactor) / terms.Years,
            };
        }
    }
}
