using DealerFlow.Wire;

namespace DealerFlow.Cli.Plot;

/// <summary>The part of the price axis that a picture shows.</summary>
internal readonly record struct PriceWindow(double Low, double High)
{
    // Strikes far away hold little, and every one of them makes those near spot narrower.
    private const double ShareShown = 0.92;
    private const double Narrowest = 0.01, Widest = 0.25;

    public bool Holds(double price) => price >= Low && price <= High;

    /// <summary>So many per cent about spot; without a number as many as hold most of the exposure, and the levels if they are not far.</summary>
    public static PriceWindow About(PictureSubject subject, StrikeSeries strikes, double? percent)
    {
        double spot = subject.View.Head.Spot;
        double half = percent / 100 ?? Automatic(subject, strikes, spot);
        return new PriceWindow(spot * (1 - half), spot * (1 + half));
    }

    private static double Automatic(PictureSubject subject, StrikeSeries strikes, double spot)
    {
        (double Away, double Size)[] sizes = [.. Enumerable.Range(0, strikes.Strikes.Length)
            .Select(i => (Math.Abs((strikes.Strikes[i] / spot) - 1), strikes.Magnitude(i))).OrderBy(pair => pair.Item1)];
        double total = sizes.Sum(pair => pair.Size), sum = 0, half = Narrowest;
        foreach ((double away, double size) in sizes)
        {
            if (sum >= ShareShown * total) break;
            sum += size;
            half = Math.Max(half, away);
        }
        BucketSection totals = subject.Totals;
        double needed = totals.ZeroGamma.Status == ZeroGammaStatus.Found ? Math.Abs((totals.ZeroGamma.Value / spot) - 1) : 0;
        foreach (StrikeLevel level in (ReadOnlySpan<StrikeLevel>)[StrikeLevel.PutWall, StrikeLevel.CallWall])
            if (totals.Levels[(int)level].Present != 0) needed = Math.Max(needed, Math.Abs((totals.Levels[(int)level].Strike / spot) - 1));
        return Math.Clamp(Math.Max(half, needed * 1.08), Narrowest, Widest);
    }
}
