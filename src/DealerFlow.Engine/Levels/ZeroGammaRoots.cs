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

    public ZeroGammaRoots this[int column, ExposureBucket bucket] => _roots[ProfileSet.Index(column, bucket)];

    public void Clear()
    {
        foreach (ZeroGammaRoots roots in _roots) roots.Clear();
    }

    public void CopyFrom(ZeroGammaTable other, ProfileSet profiles)
    {
        for (int i = 0; i < _roots.Length; i++) if (profiles.Has(i)) _roots[i].CopyFrom(other._roots[i]);
    }
}

/// <summary>Some of the profiles of a book: one for each position column and bucket.</summary>
internal readonly record struct ProfileSet(uint Bits)
{
    public static readonly ProfileSet None = new(0);

    public static readonly ProfileSet All = new(uint.MaxValue);

    public bool IsEmpty => Bits == 0;

    /// <summary>Where a profile stands in a table of columns and buckets.</summary>
    public static int Index(int column, ExposureBucket bucket) => (3 * column) + (int)bucket;

    public bool Has(int index) => (Bits >> index & 1) != 0;

    public bool Has(int column, ExposureBucket bucket) => Has(Index(column, bucket));

    public bool HasColumn(int column) => (Bits >> (3 * column) & 7) != 0;

    /// <summary>A profile in it sees the expiries of today, or those that are not.</summary>
    public bool Sees(int columns, bool zeroDte)
    {
        for (int column = 0; column < columns; column++)
            if (Has(column, ExposureBucket.All) || Has(column, zeroDte ? ExposureBucket.ZeroDte : ExposureBucket.ExZeroDte)) return true;
        return false;
    }

    public ProfileSet With(int index) => new(Bits | 1u << index);
}
