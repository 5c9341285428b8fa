using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Kernels;

/// <summary>One segment's part of the gamma profile.</summary>
/// <param name="Gamma">Σ weight·φ(d1)/w.</param>
/// <param name="Slope">Σ weight·φ(d1)/w·(1 − d1/w).</param>
public readonly record struct ProfileSums(double Gamma, double Slope);

/// <summary>Gamma of one expiry at any level of the forward, w held per strike: the function whose roots are the zero gammas.</summary>
public static class GammaProfile
{
    /// <summary>Sums over the nodes at log-forward ln F.</summary>
    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="logForward">ln F at the level that is looked at.</param>
    /// <param name="logStrike">ln K, shape [n], n a multiple of 8.</param>
    /// <param name="totalDeviation">w, shape [n]; padding rows hold 0 and add nothing, nor does any row that gives no finite number.</param>
    /// <param name="weight">Σ m·N or any other finite weight, shape [n].</param>
    /// <remarks>
    /// Row i is added to accumulator i mod 8; the eight are combined as ((0+4) + (2+6)) + ((1+5) + (3+7)). The order is part of
    /// the contract: it makes the sum the same bits at every width.
    /// </remarks>
    /// <exception cref="ArgumentException">Columns of other lengths, or a length that is no multiple of 8.</exception>
    public static ProfileSums Sum(
        LaneWidth width, double logForward, ReadOnlySpan<double> logStrike, ReadOnlySpan<double> totalDeviation, ReadOnlySpan<double> weight)
    {
        Columns.Check(logStrike.Length, totalDeviation.Length, nameof(totalDeviation));
        Columns.Check(logStrike.Length, weight.Length, nameof(weight));
        switch (width)
        {
            case LaneWidth.One: return Sum<F64x1>(logForward, logStrike, totalDeviation, weight);
            case LaneWidth.Two: return Sum<F64x2>(logForward, logStrike, totalDeviation, weight);
            case LaneWidth.Four: return Sum<F64x4>(logForward, logStrike, totalDeviation, weight);
            case LaneWidth.Eight: return Sum<F64x8>(logForward, logStrike, totalDeviation, weight);
            default: Columns.ThrowUnknownWidth(width); return default;
        }
    }

    private static ProfileSums Sum<TLanes>(
        double logForward, ReadOnlySpan<double> logStrike, ReadOnlySpan<double> totalDeviation, ReadOnlySpan<double> weight)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        ref double logStrikes = ref MemoryMarshal.GetReference(logStrike);
        ref double deviations = ref MemoryMarshal.GetReference(totalDeviation);
        ref double weights = ref MemoryMarshal.GetReference(weight);
        TLanes logForwards = TLanes.Broadcast(logForward);
        Accumulators gammas = default;
        Accumulators slopes = default;
        ref double gamma = ref Unsafe.As<Accumulators, double>(ref gammas);
        ref double slope = ref Unsafe.As<Accumulators, double>(ref slopes);

        for (nuint row = 0; row < (nuint)logStrike.Length; row += Columns.Padding)
        {
            for (nuint lane = 0; lane < Columns.Padding; lane += (nuint)TLanes.Count)
            {
                nuint i = row + lane;
                Contribution(
                    logForwards - TLanes.Load(in logStrikes, i), TLanes.Load(in deviations, i), TLanes.Load(in weights, i),
                    out TLanes gammaPart, out TLanes slopePart);
                TLanes.Store(TLanes.Load(in gamma, lane) + gammaPart, ref gamma, lane);
                TLanes.Store(TLanes.Load(in slope, lane) + slopePart, ref slope, lane);
            }
        }
        return new ProfileSums(gammas.Total, slopes.Total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Contribution<TLanes>(TLanes logMoneyness, TLanes w, TLanes weight, out TLanes gamma, out TLanes slope)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes perDeviation = TLanes.Broadcast(1) / w;
        TLanes d1 = TLanes.MultiplyAdd(TLanes.Broadcast(0.5), w, Node.Quotient(logMoneyness, w, perDeviation));
        gamma = weight * (Functions.DensityAtAny(d1) * perDeviation);
        slope = gamma * TLanes.NegatedMultiplyAdd(d1, perDeviation, TLanes.Broadcast(1));

        // One comparison for every way to be no number: the slope has taken up each of gamma's factors.
        TLanes zero = TLanes.Broadcast(0);
        TLanes counts = TLanes.And(
            Node.Evaluable(logMoneyness, w), TLanes.LessThanOrEqual(TLanes.Abs(slope), TLanes.Broadcast(double.MaxValue)));
        gamma = TLanes.Select(counts, gamma, zero);
        slope = TLanes.Select(counts, slope, zero);
    }

    [InlineArray(Columns.Padding)]
    private struct Accumulators
    {
        private double _first;

        public readonly double Total => ((this[0] + this[4]) + (this[2] + this[6])) + ((this[1] + this[5]) + (this[3] + this[7]));
    }
}
