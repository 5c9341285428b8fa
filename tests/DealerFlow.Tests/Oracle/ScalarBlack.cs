namespace DealerFlow.Tests;

/// <summary>
/// Black-76 for the judge of the engine, written from the definitions and for clearness alone. The out-of-the-money price and its
/// inverse keep their relative accuracy everywhere, because the price is an integral over positive terms and nothing cancels.
/// </summary>
/// <remarks>
/// With h = |ln(K/F)| and w = σ√T the normalised out-of-the-money price is c = price / (D·min(F, K)). For a call F·φ(d1) = K·φ(d2), hence
/// c = Φ(d1) − (K/F)·Φ(d2) = φ(d1)·(Y(a) − Y(b)), a = −d1 = h/w − w/2, b = −d2 = h/w + w/2, where Y(x) = Φ(−x)/φ(x) is Mills' ratio;
/// for a put the same expression results. With Y(x) = ∫₀^∞ exp(−t²/2 − x·t) dt (Abramowitz and Stegun 7.4.2) the difference becomes
/// Y(a) − Y(b) = ∫₀^∞ 2·sinh(w·t/2)·exp(−t²/2 − (h/w)·t) dt, whose integrand is positive.
/// </remarks>
public static class ScalarBlack
{
    private static readonly double LogRootTwoPi = 0.5 * Math.Log(2 * Math.PI);
    private static readonly (double Node, double Weight)[] Rule = GaussLegendre(64);

    /// <summary>φ(x).</summary>
    public static double NormalDensity(double x) => Math.Exp(-0.5 * x * x - LogRootTwoPi);

    /// <summary>Φ(x), with full relative accuracy in the left tail.</summary>
    public static double NormalCdf(double x) => x <= 0 ? NormalDensity(x) * Mills(-x) : 1 - NormalDensity(x) * Mills(x);

    /// <summary>Φ(−x)/φ(x) for x ≥ 0.</summary>
    public static double Mills(double x) => Integrate(x, t => Math.Exp(-0.5 * t * t - x * t));

    /// <summary>c(h, w) = out-of-the-money price / (D·min(F, K)).</summary>
    public static double NormalisedPrice(double h, double w) => w == 0 ? 0 : Math.Exp(LogNormalisedPrice(h, w, out _));

    /// <summary>Discounted price of a European option: out of the money as above, in the money D·|F − K| more.</summary>
    public static double Price(bool isCall, double forward, double strike, double discount, double w)
    {
        double outOfTheMoney = discount * Math.Min(forward, strike) * NormalisedPrice(Math.Abs(Math.Log(strike / forward)), w);
        bool inTheMoney = isCall ? strike < forward : strike > forward;
        return inTheMoney ? outOfTheMoney + discount * Math.Abs(forward - strike) : outOfTheMoney;
    }

    /// <summary>The w with c(h, w) = c, or null where none exists: c ≤ 0 or c ≥ 1.</summary>
    /// <remarks>
    /// Newton on ln c as a function of ln w, always inside a bracket and replaced by a bisection when it would leave it.
    /// Lower end of the bracket: ∂c/∂w = φ(d1) ≤ φ(0), so c ≤ w·φ(0).
    /// </remarks>
    public static double? TotalDeviation(double h, double c)
    {
        if (!(c > 0 && c < 1)) return null;
        double target = Math.Log(c);
        double low = 0.999 * c * Math.Sqrt(2 * Math.PI), high = Math.Max(2 * low, 1e-8);
        while (LogNormalisedPrice(h, high, out _) < target)
        {
            high *= 2;
            if (high > 64) return null; // c is one up to rounding: no double w gives it
        }

        double w = low * Math.Sqrt(high / low);
        while (high > low * (1 + 1e-15))
        {
            double excess = LogNormalisedPrice(h, w, out double millsDifference) - target;
            double step = -excess * millsDifference / w; // ∂ln c/∂ln w = w·φ(d1)/c = w / (Y(a) − Y(b))
            if (Math.Abs(step) < 1e-15) return w * (1 + step);
            if (excess < 0) low = w; else high = w;
            double next = w * Math.Exp(step);
            w = next > low && next < high ? next : low * Math.Sqrt(high / low);
        }
        return w;
    }

    /// <summary>The relative error of w that one rounding of the price causes: (c / (w·∂c/∂w) + 1)·2⁻⁵².</summary>
    public static double AttainableError(double h, double w)
    {
        LogNormalisedPrice(h, w, out double millsDifference);
        return (millsDifference / w + 1) * Math.Pow(2, -52);
    }

    private static double LogNormalisedPrice(double h, double w, out double millsDifference)
    {
        double a = h / w - w / 2;
        millsDifference = Integrate(a, t => 2 * Math.Sinh(0.5 * w * t) * Math.Exp(-0.5 * t * t - h / w * t));
        return -0.5 * a * a - LogRootTwoPi + Math.Log(millsDifference);
    }

    // ∫₀^∞ of a smooth integrand that falls like exp(−t²/2 − a·t), cut where that is 40 powers of e below its largest value.
    private static double Integrate(double a, Func<double, double> integrand)
    {
        double end = a >= 0 ? 80 / (a + Math.Sqrt(a * a + 80)) : -a + Math.Sqrt(80);
        double sum = 0;
        foreach ((double node, double weight) in Rule) sum += weight * integrand(0.5 * end * (1 + node));
        return 0.5 * end * sum;
    }

    // Nodes are the roots of the Legendre polynomial P_n by Newton's method, weights 2 / ((1 − x²)·P_n′(x)²).
    private static (double Node, double Weight)[] GaussLegendre(int n)
    {
        var rule = new (double, double)[n];
        for (int i = 0; i < n; i++)
        {
            double x = Math.Cos(Math.PI * (i + 0.75) / (n + 0.5)), slope = 0;
            for (int pass = 0; pass < 20; pass++)
            {
                double previous = 1, current = x;
                for (int k = 2; k <= n; k++) (previous, current) = (current, ((2 * k - 1) * x * current - (k - 1) * previous) / k);
                slope = n * (x * current - previous) / (x * x - 1);
                x -= current / slope;
            }
            rule[i] = (x, 2 / ((1 - x * x) * slope * slope));
        }
        return rule;
    }
}
