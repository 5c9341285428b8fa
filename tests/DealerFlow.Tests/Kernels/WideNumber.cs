using System.Numerics;

namespace DealerFlow.Tests;

/// <summary>
/// Reference values with 400 binary places from integer arithmetic alone: an oracle that shares nothing with the code under test.
/// A number is <c>value·2^-400</c>.
/// </summary>
internal static class WideNumber
{
    public const int Places = 400;

    public static readonly BigInteger One = BigInteger.One << Places;
    private static readonly BigInteger Ln2 = 2 * InverseHyperbolicTangent(One / 3);
    private static readonly BigInteger SqrtTwoPi = SquareRoot(2 * Pi());

    /// <summary>A finite double, exactly, unless it has bits below 2^-400.</summary>
    public static BigInteger From(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger fraction = bits & 0xFFFFFFFFFFFFF;
        if (exponent == 0) exponent = 1;
        else fraction += 1L << 52;
        BigInteger scaled = Shift(fraction, exponent - 1075 + Places);
        return bits < 0 ? -scaled : scaled;
    }

    public static BigInteger Multiply(BigInteger a, BigInteger b) => (a * b) >> Places;

    public static BigInteger Divide(BigInteger a, BigInteger b) => (a << Places) / b;

    /// <summary>e^x as mantissa·2^-400·2^exponent, the mantissa within [0.7, 1.5].</summary>
    public static (BigInteger Mantissa, int Exponent) Exp(BigInteger x)
    {
        int n = (int)((x + (Ln2 >> 1)) / Ln2);
        BigInteger r = x - n * Ln2;
        BigInteger sum = One, term = One;
        for (int k = 1; !term.IsZero; k++)
        {
            term = Multiply(term, r) / k;
            sum += term;
        }
        return (sum, n);
    }

    /// <summary>ln x of a positive double.</summary>
    public static BigInteger Log(double x)
    {
        int n = x < double.MinValue ? 0 : Math.ILogB(x);
        BigInteger m = From(Math.ScaleB(x, -n));
        return 2 * InverseHyperbolicTangent(Divide(m - One, m + One)) + n * Ln2;
    }

    /// <summary>φ(x) as mantissa and exponent.</summary>
    public static (BigInteger Mantissa, int Exponent) NormalDensity(double x)
    {
        BigInteger wide = From(x);
        (BigInteger mantissa, int exponent) = Exp(-Multiply(wide, wide) / 2);
        return (Divide(mantissa, SqrtTwoPi), exponent);
    }

    /// <summary>Mills ratio Φ(−z)/φ(z), z ≥ 0: Taylor series of Φ − ½ below 4, continued fraction above.</summary>
    public static BigInteger MillsRatio(double z)
    {
        BigInteger wide = From(z);
        if (z >= 4)
        {
            // Laplace's fraction; 500 levels give far more than 70 bits from 4 on.
            BigInteger tail = wide;
            for (int k = 500; k >= 1; k--) tail = wide + Divide(k * One, tail);
            return Divide(One, tail);
        }
        // Φ(z) − ½ = φ(z)·Σ z^(2k+1)/(2k+1)!!, so M = (½ − …)/φ = ½/φ(z) − Σ.
        BigInteger square = Multiply(wide, wide);
        BigInteger sum = wide, term = wide;
        for (int k = 1; !term.IsZero; k++)
        {
            term = Multiply(term, square) / (2 * k + 1);
            sum += term;
        }
        (BigInteger mantissa, int exponent) = NormalDensity(z);
        return Divide(One, Shift(mantissa, exponent)) / 2 - sum;
    }

    /// <summary>How far a double is from mantissa·2^-400·2^exponent, in units in the last place of a double of that size.</summary>
    public static double Ulps(double actual, BigInteger mantissa, int exponent)
    {
        int magnitude = (int)(BigInteger.Abs(mantissa).GetBitLength() - 1) - Places + exponent;
        int ulp = Math.Max(magnitude, -1022) - 52;
        // Both in units of 2^(ulp − 60).
        BigInteger expected = Shift(mantissa, exponent - Places - ulp + 60);
        BigInteger found = actual == 0 ? 0 : ExactShifted(actual, 60 - ulp);
        return Math.ScaleB((double)BigInteger.Abs(found - expected), -60);
    }

    private static BigInteger ExactShifted(double value, int shift)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger fraction = bits & 0xFFFFFFFFFFFFF;
        if (exponent == 0) exponent = 1;
        else fraction += 1L << 52;
        BigInteger shifted = Shift(fraction, exponent - 1075 + shift);
        return bits < 0 ? -shifted : shifted;
    }

    private static BigInteger Shift(BigInteger value, int by) => by >= 0 ? value << by : value >> -by;

    private static BigInteger InverseHyperbolicTangent(BigInteger x)
    {
        BigInteger square = Multiply(x, x);
        BigInteger sum = x, power = x;
        for (int k = 3; !power.IsZero && power != -BigInteger.One; k += 2)
        {
            power = Multiply(power, square);
            sum += power / k;
        }
        return sum;
    }

    // Machin: π/4 = 4·atan(1/5) − atan(1/239).
    private static BigInteger Pi() => 4 * (4 * ArcTangentOfInverse(5) - ArcTangentOfInverse(239));

    private static BigInteger ArcTangentOfInverse(int n)
    {
        BigInteger power = One / n, sum = power;
        for (int k = 3, sign = -1; !power.IsZero; k += 2, sign = -sign)
        {
            power /= n * n;
            sum += sign * power / k;
        }
        return sum;
    }

    private static BigInteger SquareRoot(BigInteger x)
    {
        BigInteger target = x << Places;
        BigInteger root = BigInteger.One << (int)(target.GetBitLength() / 2 + 1);
        while (true)
        {
            BigInteger next = (root + target / root) >> 1;
            if (next >= root) return root;
            root = next;
        }
    }
}
