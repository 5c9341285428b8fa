using System.Numerics;

namespace DealerFlow.Tests;

/// <summary>
/// Price and Greeks of one option with 400 binary places, all of them in units of φ(d1), which is e to a power of its own: with
/// F·φ(d1) = K·φ(d2) and M Mills' ratio, Φ(±d1) = φ(d1)·M(∓d1) and Φ(±d2) = φ(d1)·(F/K)·M(∓d2), so nothing underflows.
/// </summary>
internal readonly struct WideBlack
{
    public static readonly string[] Names = ["price", "delta", "gamma", "vega", "theta", "vanna", "charm", "vomma", "speed", "zomma", "color"];

    private static readonly BigInteger SqrtTwoPi = Divide(WideNumber.One, WideNumber.NormalDensity(0).Mantissa);

    private readonly BigInteger _density;
    private readonly int _exponent;
    private readonly (BigInteger Value, BigInteger Terms)[] _greeks;

    public WideBlack(double spot, double forward, double strike, double years, double discount, double totalDeviation, bool isCall)
    {
        BigInteger s = WideNumber.From(spot), f = WideNumber.From(forward), t = WideNumber.From(years), d = WideNumber.From(discount);
        BigInteger w = WideNumber.From(totalDeviation), one = WideNumber.One, root = Sqrt(t);
        BigInteger logMoneyness = WideNumber.Log(forward) - WideNumber.Log(strike);
        BigInteger d1 = Divide(logMoneyness, w) + w / 2, d2 = d1 - w;
        BigInteger size = Divide(BigInteger.Abs(logMoneyness), w) + w / 2; // of d1 and d2, as a sum of terms
        BigInteger rate = Divide(-WideNumber.Log(discount), t), drift = Divide(WideNumber.Log(forward) - WideNumber.Log(spot), t);
        BigInteger yield = rate - drift, yieldTerms = BigInteger.Abs(rate) + BigInteger.Abs(drift);
        int sign = isCall ? 1 : -1;
        BigInteger right1 = Mills(-sign * d1), right2 = Mills(-sign * d2);
        (BigInteger exponential, _exponent) = WideNumber.Exp(-Multiply(d1, d1) / 2);
        _density = Divide(exponential, SqrtTwoPi);

        BigInteger carry = Divide(Multiply(d, f), s), df = Multiply(d, f), perVol = Divide(root, w), halfPerYear = Divide(one, t) / 2;
        BigInteger gamma = Divide(carry, Multiply(s, w)), vega = Multiply(df, root);
        BigInteger turn = Divide(drift, w) - Multiply(d2, halfPerYear), turnTerms = Divide(BigInteger.Abs(drift), w) + Multiply(size, halfPerYear);
        _greeks =
        [
            Same(sign * Multiply(df, right1 - right2)),
            Same(sign * Multiply(carry, right1)),
            Same(gamma),
            Same(vega),
            (Multiply(df, -Multiply(w, halfPerYear) + sign * (Multiply(yield, right1) - Multiply(rate, right2))),
                Multiply(df, Multiply(w, halfPerYear) + Multiply(yieldTerms, right1) + Multiply(BigInteger.Abs(rate), right2))),
            (-Multiply(Multiply(carry, d2), perVol), Multiply(Multiply(carry, size), perVol)),
            (Multiply(carry, sign * Multiply(yield, right1) - turn), Multiply(carry, Multiply(yieldTerms, right1) + turnTerms)),
            (Multiply(Multiply(vega, Multiply(d1, d2)), perVol), Multiply(Multiply(vega, Multiply(size, size)), perVol)),
            (-Multiply(Divide(gamma, s), one + Divide(d1, w)), Multiply(Divide(gamma, s), one + Divide(size, w))),
            (Multiply(Multiply(gamma, Multiply(d1, d2) - one), perVol), Multiply(Multiply(gamma, Multiply(size, size) + one), perVol)),
            (Multiply(gamma, yield + halfPerYear + Multiply(d1, turn)), Multiply(gamma, yieldTerms + halfPerYear + Multiply(size, turnTerms))),
        ];
    }

    /// <summary>How far a column's double is from the truth, relative to the sum of the sizes of the terms.</summary>
    public double Error(int column, double ours)
    {
        (BigInteger value, BigInteger terms) = _greeks[column];
        BigInteger found = WideNumber.From(Math.ScaleB(ours, -_exponent));
        BigInteger difference = BigInteger.Abs(found - Multiply(_density, value));
        return (double)(difference << 200) / (double)Multiply(_density, terms) * Math.ScaleB(1, -200);
    }

    private static (BigInteger, BigInteger) Same(BigInteger value) => (value, BigInteger.Abs(value));

    /// <summary>Φ(−z)/φ(z) for every z: Taylor series below 4, Laplace's fraction above, reflected on the left.</summary>
    public static BigInteger Mills(BigInteger z)
    {
        BigInteger one = WideNumber.One;
        if (z >= 4 * one)
        {
            BigInteger tail = z;
            for (int k = 500; k >= 1; k--) tail = z + Divide(k * one, tail);
            return Divide(one, tail);
        }
        (BigInteger mantissa, int exponent) = WideNumber.Exp(Multiply(z, z) / 2);
        BigInteger perDensity = Multiply(mantissa << exponent, SqrtTwoPi);
        if (z <= -4 * one) return perDensity - Mills(-z);
        BigInteger square = Multiply(z, z), sum = z, term = z;
        for (int k = 1; !term.IsZero && term != -1; k++)
        {
            term = Multiply(term, square) / (2 * k + 1);
            sum += term;
        }
        return perDensity / 2 - sum;
    }

    private static BigInteger Sqrt(BigInteger value)
    {
        BigInteger target = value << WideNumber.Places, root = BigInteger.One << (int)(target.GetBitLength() / 2 + 1);
        while (true)
        {
            BigInteger next = (root + target / root) >> 1;
            if (next >= root) return root;
            root = next;
        }
    }

    private static BigInteger Multiply(BigInteger a, BigInteger b) => WideNumber.Multiply(a, b);

    private static BigInteger Divide(BigInteger a, BigInteger b) => WideNumber.Divide(a, b);
}
