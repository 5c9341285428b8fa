using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>The roots of one bucket's profile, ascending, as the last search or tracking left them.</summary>
internal sealed class ZeroGammaRoots
{
    public const int Capacity = 64;

    public readonly double[] Spot = new double[Capacity];
    public readonly double[] Slope = new double[Capacity];
    public int Count;

    /// <summary>Roots found, also those beyond <see cref="Capacity"/>.</summary>
    public int Found;

    /// <summary>False when nothing is priced or the position model has no sign.</summary>
    public bool IsPriced;

    /// <summary>A lobe at least is below this many times the negligible, its roots' right to count …</summary>
    public const double FrailLobe = 10;

    /// <summary>… is soon lost: they are searched for at every mark, not followed.</summary>
    public bool IsFrail;

    /// <summary>Sign of the profile at the current spot.</summary>
    public int Sign;

    /// <summary>dS*/dR of the root nearest to spot, at the mark in force. Units of the underlying; 0 when there is none.</summary>
    public double PerStickiness;

    /// <summary>The root with the least |ln(S*/S)|, ties to the lower; −1 when there is none.</summary>
    public int Nearest(double spot)
    {
        int nearest = -1;
        double least = double.PositiveInfinity;
        for (int i = 0; i < Count; i++)
        {
            // |ln| orders like max(S*/S, S/S*), without a logarithm.
            double distance = Math.Max(Spot[i] / spot, spot / Spot[i]);
            if (distance >= least) continue;
            least = distance;
            nearest = i;
        }
        return nearest;
    }

    public void CopyFrom(ZeroGammaRoots other)
    {
        other.Spot.AsSpan(0, other.Count).CopyTo(Spot);
        other.Slope.AsSpan(0, other.Count).CopyTo(Slope);
        (Count, Found, Sign, IsPriced) = (other.Count, other.Found, other.Sign, other.IsPriced);
        (IsFrail, PerStickiness) = (other.IsFrail, other.PerStickiness);
    }

    public void Clear()
    {
        Count = 0;
        Found = 0;
        Sign = 0;
        PerStickiness = 0;
        IsFrail = false;
        IsPriced = false;
    }

    /// <summary>The sign of the profile at a spot as these roots tell it: that of the slope above the nearest one. 0 when there is none.</summary>
    public int SignAt(double spot)
    {
        int nearest = Nearest(spot);
        return nearest < 0 ? 0 : Math.Sign(spot - Spot[nearest]) * Math.Sign(Slope[nearest]);
    }

    /// <summary>Takes over what a search found, given as ln(S*/S_m) and G′: all, or where not all fit those about spot.</summary>
    public void Keep(double spot, int below, ReadOnlySpan<double> shifts, ReadOnlySpan<double> slopes)
    {
        Found = shifts.Length;
        int first = Math.Clamp(below - (Capacity / 2), 0, Math.Max(0, Found - Capacity));
        Count = Math.Min(Found - first, Capacity);
        for (int i = 0; i < Count; i++) (Spot[i], Slope[i]) = (spot * Functions.Exp(shifts[first + i]), slopes[first + i]);
    }
}

/// <summary>Roots of every position column in every bucket.</summary>
internal sealed class ZeroGammaTable(int columns)
{
    public static readonly ExposureBucket[] Buckets = [ExposureBucket.All, ExposureBucket.ZeroDte, ExposureBucket.ExZeroDte];

    private readonly ZeroGammaRoots[] _roots = [.. Enumerable.Range(0, 3 * columns).Select(_ => new ZeroGammaRoots())];

    public ZeroGammaRoots this[int column, ExposureBucket bucket] => _roots[(3 * column) + (int)bucket];

    public void Clear()
    {
        foreach (ZeroGammaRoots roots in _roots) roots.Clear();
    }

    public void CopyFrom(ZeroGammaTable other)
    {
        for (int i = 0; i < _roots.Length; i++) _roots[i].CopyFrom(other._roots[i]);
    }
}
