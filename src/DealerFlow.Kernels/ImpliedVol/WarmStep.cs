using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>
/// What one evaluation of the price still knows a percent away: vega is w times an exponential of elementary terms, so all its
/// derivatives follow without another Mills ratio, and the price beside w is their Taylor series.
/// </summary>
internal static class WarmStep
{
    // Estimate of the first term left out, with room for the further ones below 1e-12.
    private const double LargestRest = 4e-13;
    private const double LargestStep = 0.03;
    private const double LargestExcess = 0.15;

    /// <summary>
    /// Solves δ + V₁δ²/2 + V₂δ³/6 + … = (target/price − 1)·pricePerVega from the Householder step: Vₙ is the n-th derivative of
    /// vega((1 + δ)w)/vega(w) = exp(−½z²((1 + δ)⁻² − 1) − ½t²((1 + δ)² − 1)) at δ = 0, t = w/2.
    /// </summary>
    /// <param name="z">h/w.</param>
    /// <param name="w">The seed.</param>
    /// <param name="pricePerVega">price/(w·vega) there.</param>
    /// <param name="excess">ln price(w) − ln target there.</param>
    /// <param name="step">The Householder step of order four, a share of w.</param>
    /// <param name="isFinal">Mask: what was left out is below 1e-12 of w.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Polish<TLanes>(TLanes z, TLanes w, TLanes pricePerVega, TLanes excess, TLanes step, out TLanes isFinal)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1);
        TLanes t = w * TLanes.Broadcast(0.5);
        TLanes z2 = z * z;

        // e^(−excess) − 1.
        TLanes x = -excess;
        TLanes change = TLanes.MultiplyAdd(x, TLanes.Broadcast(1.0 / 40320), TLanes.Broadcast(1.0 / 5040));
        change = TLanes.MultiplyAdd(change, x, TLanes.Broadcast(1.0 / 720));
        change = TLanes.MultiplyAdd(change, x, TLanes.Broadcast(1.0 / 120));
        change = TLanes.MultiplyAdd(change, x, TLanes.Broadcast(1.0 / 24));
        change = TLanes.MultiplyAdd(change, x, TLanes.Broadcast(1.0 / 6));
        change = TLanes.MultiplyAdd(change, x, TLanes.Broadcast(0.5));
        change = TLanes.MultiplyAdd(change * x, x, x);

        // Derivatives of ln vega: z² − t², −3z² − t², 12z², −60z², 360z²; those of vega by Leibniz' rule.
        TLanes b0 = (z - t) * (z + t);
        TLanes b1 = TLanes.MultiplyAdd(TLanes.Broadcast(-3), z2, -(t * t));
        TLanes v2 = TLanes.MultiplyAdd(b0, b0, b1);
        TLanes v3 = TLanes.MultiplyAdd(b0, v2, TLanes.MultiplyAdd(b1 + b1, b0, TLanes.Broadcast(12) * z2));
        TLanes v4 = TLanes.MultiplyAdd(b0, v3, TLanes.MultiplyAdd(
            TLanes.Broadcast(3) * b1, v2, z2 * TLanes.MultiplyAdd(TLanes.Broadcast(36), b0, TLanes.Broadcast(-60))));
        TLanes v5 = TLanes.MultiplyAdd(b0, v4, TLanes.MultiplyAdd(
            TLanes.Broadcast(4) * b1, v3, z2 * TLanes.MultiplyAdd(
                TLanes.Broadcast(72), v2, TLanes.MultiplyAdd(TLanes.Broadcast(-240), b0, TLanes.Broadcast(360)))));

        TLanes last = v5 * TLanes.Broadcast(1.0 / 720);
        TLanes before = v4 * TLanes.Broadcast(1.0 / 120);
        TLanes sum = TLanes.MultiplyAdd(last, step, before);
        sum = TLanes.MultiplyAdd(sum, step, v3 * TLanes.Broadcast(1.0 / 24));
        sum = TLanes.MultiplyAdd(sum, step, v2 * TLanes.Broadcast(1.0 / 6));
        sum = TLanes.MultiplyAdd(sum, step, b0 * TLanes.Broadcast(0.5));
        sum *= step;
        TLanes rest = TLanes.MultiplyAdd(sum, step, TLanes.NegatedMultiplyAdd(pricePerVega, change, step));
        TLanes slope = TLanes.MultiplyAdd(TLanes.MultiplyAdd(v2 * step, TLanes.Broadcast(0.5), b0), step, one);

        TLanes square = step * step;
        TLanes growth = TLanes.MultiplyAdd(TLanes.Abs(b0), TLanes.Broadcast(1.0 / 7), one) * (TLanes.Abs(last) + TLanes.Abs(before));
        TLanes magnitude = TLanes.Abs(step);
        isFinal = TLanes.And(
            TLanes.And(
                TLanes.LessThanOrEqual(magnitude, TLanes.Broadcast(LargestStep)),
                TLanes.LessThanOrEqual(TLanes.Abs(excess), TLanes.Broadcast(LargestExcess))),
            TLanes.LessThanOrEqual(growth * square * square * (square * magnitude), TLanes.Broadcast(LargestRest)));
        return step - rest / slope;
    }
}
