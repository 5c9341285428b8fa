namespace DealerFlow.Benchmarks;

/// <summary>
/// What one writes first: Black-76 with <see cref="Math"/>, one option at a time, Newton until it stands still. The baseline of the
/// kernels, and an honest one: it needs an accurate normal distribution too (W. J. Cody's erfc, 1969).
/// </summary>
internal static class PlainBlack
{
    /// <summary>Undiscounted out-of-the-money price / min(F, K) at h = |ln(K/F)|.</summary>
    public static double Price(double h, double w) => NormalCdf(w / 2 - h / w) - Math.Exp(h) * NormalCdf(-w / 2 - h / w);

    /// <summary>w of a price, by Newton on its logarithm from the point of inflection.</summary>
    public static double Solve(double h, double c)
    {
        double w = Math.Max(Math.Sqrt(2 * h), 2.5 * c);
        for (int i = 0; i < 50; i++)
        {
            double price = Price(h, w);
            if (!(price > 0)) return double.NaN;
            double d1 = w / 2 - h / w;
            double step = Math.Log(c / price) * price / (Math.Exp(-d1 * d1 / 2) / Math.Sqrt(2 * Math.PI));
            w = Math.Max(w + step, w / 2);
            if (Math.Abs(step) < 1e-14 * w) break;
        }
        return w;
    }

    /// <summary>Gamma, both deltas, vanna and both charms of one node, as METHODOLOGY writes them.</summary>
    public static void Greeks(
        double spot, double forward, double discount, double years, double strike, double w,
        out double gamma, out double callDelta, out double putDelta, out double vanna, out double callCharm, out double putCharm)
    {
        double carry = discount * forward / spot;
        double q = -Math.Log(carry) / years;
        double drift = Math.Log(forward / spot) / years;
        double d1 = Math.Log(forward / strike) / w + w / 2;
        double d2 = d1 - w;
        double density = Math.Exp(-d1 * d1 / 2) / Math.Sqrt(2 * Math.PI);
        gamma = carry * density / (spot * w);
        callDelta = carry * NormalCdf(d1);
        putDelta = -carry * NormalCdf(-d1);
        vanna = -carry * density * d2 * Math.Sqrt(years) / w;
        double decay = carry * density * (2 * drift * years - d2 * w) / (2 * years * w);
        callCharm = q * callDelta - decay;
        putCharm = q * putDelta - decay;
    }

    /// <summary>φ(d1)/w, the summand of the gamma profile.</summary>
    public static double GammaPart(double logForward, double logStrike, double w)
    {
        double d1 = (logForward - logStrike) / w + w / 2;
        return Math.Exp(-d1 * d1 / 2) / Math.Sqrt(2 * Math.PI) / w;
    }

    private static double NormalCdf(double x) => Erfc(-x / Math.Sqrt(2)) / 2;

    private static double Erfc(double x)
    {
        double y = Math.Abs(x);
        double tail;
        if (y <= 0.46875) return 1 - x * ErfQuotient(y * y);
        if (y <= 4)
        {
            double top = 2.15311535474403846e-8 * y + 0.564188496988670089;
            top = ((((((top * y + 8.88314979438837594) * y + 66.1191906371416295) * y + 298.635138197400131) * y + 881.95222124176909) * y
                + 1712.04761263407058) * y + 2051.07837782607147) * y + 1230.33935479799725;
            double bottom = y + 15.7449261107098347;
            bottom = ((((((bottom * y + 117.693950891312499) * y + 537.181101862009858) * y + 1621.38957456669019) * y
                + 3290.79923573345963) * y + 4362.61909014324716) * y + 3439.36767414372164) * y + 1230.33935480374942;
            tail = Math.Exp(-y * y) * top / bottom;
        }
        else
        {
            double s = 1 / (y * y);
            double top = 0.0163153871373020978 * s + 0.305326634961232344;
            top = (((top * s + 0.360344899949804439) * s + 0.125781726111229246) * s + 0.0160837851487422766) * s + 6.58749161529837803e-4;
            double bottom = s + 2.56852019228982242;
            bottom = (((bottom * s + 1.87295284992346047) * s + 0.527905102951428412) * s + 0.0605183413124413191) * s + 0.00233520497626869185;
            tail = Math.Exp(-y * y) * (1 / Math.Sqrt(Math.PI) - s * top / bottom) / y;
        }
        return x < 0 ? 2 - tail : tail;
    }

    private static double ErfQuotient(double s)
    {
        double top = 0.185777706184603153 * s + 3.16112374387056560;
        top = ((top * s + 113.864154151050156) * s + 377.485237685302021) * s + 3209.37758913846947;
        double bottom = s + 23.6012909523441209;
        bottom = ((bottom * s + 244.024637934444173) * s + 1282.61652607737228) * s + 2844.23683343917062;
        return top / bottom;
    }
}
