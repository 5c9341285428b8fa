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

    /// <summary>Sign of the profile at the current spot.</summary>
    public int Sign;

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
    }

    public void Clear()
    {
        Count = 0;
        Found = 0;
        Sign = 0;
        IsPriced = false;
    }

    /// <summary>The sign of the profile at a spot as these roots tell it: that of the slope above the nearest one. 0 when there is none.</summary>
    public int SignAt(double spot)
    {
        int nearest = Nearest(spot);
        return nearest < 0 ? 0 : Math.Sign(spot - Spot[nearest]) * Math.Sign(Slope[nearest]);
    }

    public void Add(double spot, double slope)
    {
        Spot[Count] = spot;
        Slope[Count++] = slope;
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
