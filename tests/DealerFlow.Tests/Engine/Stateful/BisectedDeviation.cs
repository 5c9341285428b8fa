namespace DealerFlow.Tests;

/// <summary>
/// Total deviation of a price, found by halving an interval. The price is an integral over w of vega alone, c = ∫ φ(h/v − v/2) dv from 0
/// to w, so nothing cancels however far out of the money; it shares no formula with the solvers.
/// </summary>
internal static class BisectedDeviation
{
    private const int Points = 32;

    // What lies below e^-41 of the integrand at its upper end is no digit of a double.
    private const double Negligible = 82;

    private static readonly (double At, double Weight)[] Rule = GaussLegendre();

    /// <summary>Undiscounted out-of-the-money premium over min(F, K).</summary>
    public static double Price(double h, double w)
    {
        double low = h == 0 ? 0 : 1 / Math.Sqrt((1 / (w * w)) + (Negligible / (h * h)));
        // The integrand rises where v is about h, which may be far below w: panel by panel, each half the last.
        low = Math.Max(low, Math.ScaleB(w, -56));
        double sum = 0;
        for (double high = w; high > low; high = Math.Max(high / 2, low))
        {
            double from = Math.Max(high / 2, low), part = 0;
            foreach ((double at, double weight) in Rule)
            {
                double v = from + ((high - from) * at);
                double d = (h / v) - (v / 2);
                part += weight * Math.Exp(-d * d / 2);
            }
            sum += part * (high - from);
        }
        return sum / Math.Sqrt(2 * Math.PI);
    }

    /// <summary>w of a price in (0, 1); NaN where none below 40 has it.</summary>
    public static double Solve(double h, double c)
    {
        double low = 0, high = 1e-3;
        while (Price(h, high) < c)
        {
            low = high;
            high *= 2;
            if (high > 40) return double.NaN;
        }
        while (true)
        {
            double middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high) return middle;
            if (Price(h, middle) < c) low = middle;
            else high = middle;
        }
    }

    /// <summary>Points and weights on [0, 1]: roots of the Legendre polynomial by Newton's method.</summary>
    private static (double, double)[] GaussLegendre()
    {
        var rule = new (double, double)[Points];
        for (int i = 0; i < Points; i++)
        {
            double x = Math.Cos(Math.PI * (i + 0.75) / (Points + 0.5)), slope = 0;
            for (int step = 0; step < 20; step++)
            {
                double before = 1, value = x;
                for (int n = 2; n <= Points; n++) (before, value) = (value, (((2 * n) - 1) * x * value - ((n - 1) * before)) / n);
                slope = Points * ((x * value) - before) / ((x * x) - 1);
                x -= value / slope;
            }
            rule[i] = ((1 - x) / 2, 1 / ((1 - (x * x)) * slope * slope));
        }
        return rule;
    }
}
