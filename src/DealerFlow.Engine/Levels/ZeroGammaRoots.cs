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
