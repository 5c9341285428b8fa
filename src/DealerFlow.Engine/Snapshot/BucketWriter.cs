using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>Totals and roots of one bucket on their way into a snapshot.</summary>
internal static class BucketWriter
{
    public static void WriteTotals(ref BucketSection section, in ExposureTotals totals, bool hasSign, double liquidityUsd)
    {
        section.CallGex = (long)totals.CallGex;
        section.PutGex = (long)totals.PutGex;
        section.NetGex = (long)totals.NetGex;
        section.GrossGex = (long)totals.GrossGex;
        section.Dex = (long)totals.Dex;
        section.Vex = (long)totals.Vex;
        section.Chex = (long)totals.Chex;
        if (hasSign && liquidityUsd > 0) section.SqueezeGain = -MoneyGrid.ToUsd(section.NetGex) / (0.01 * liquidityUsd);
        section.Regime = !hasSign || section.GrossGex == 0 ? GammaRegime.None
            : Int128.Abs(totals.NetGex) * 20 < totals.GrossGex ? GammaRegime.Transition
            : section.NetGex > 0 ? GammaRegime.Positive
            : GammaRegime.Negative;
    }

    /// <param name="section">Where to.</param>
    /// <param name="roots">The roots of the bucket.</param>
    /// <param name="spot">S of the mark.</param>
    /// <param name="isEmpty">No expiry of the bucket is live: its profile is zero, and there is nothing that could be priced.</param>
    public static void WriteRoots(ref ZeroGammaSection section, ZeroGammaRoots roots, double spot, bool isEmpty)
    {
        section.Sign = (sbyte)roots.Sign;
        section.Status = isEmpty ? ZeroGammaStatus.None : !roots.IsPriced ? ZeroGammaStatus.Unpriced : roots.Count == 0 ? ZeroGammaStatus.None : ZeroGammaStatus.Found;
        section.RootCount = roots.Found;
        if (roots.Count == 0) return;
        int nearest = roots.Nearest(spot);
        section.Value = roots.Spot[nearest];
        section.Slope = roots.Slope[nearest];
        // A slope among the smallest doubles has no reciprocal; JSON has no infinity.
        section.Conditioning = Math.Min(1 / Math.Abs(roots.Slope[nearest]), double.MaxValue);
        section.PerStickiness = roots.PerStickiness;
        // Room for the roots about the nearest one; they ascend.
        int first = Math.Clamp(nearest - (ZeroGammaSection.RootCapacity / 2), 0, Math.Max(0, roots.Count - ZeroGammaSection.RootCapacity));
        int count = Math.Min(roots.Count - first, ZeroGammaSection.RootCapacity);
        for (int i = 0; i < count; i++) section.Roots[i] = roots.Spot[first + i];
    }

    /// <summary>A book in which everybody has the same sign crosses zero nowhere.</summary>
    public static void WriteOneSigned(ref ZeroGammaSection section, in ExposureTotals totals, bool isEmpty)
    {
        section.Status = totals.GrossGex == 0 && !isEmpty ? ZeroGammaStatus.Unpriced : ZeroGammaStatus.None;
        section.Sign = (sbyte)Int128.Sign(totals.NetGex);
    }
}
