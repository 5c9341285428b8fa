using System.Numerics;

namespace DealerFlow.Tests;

/// <summary>
/// What the node kernels sum and write, with 400 binary places, from the very doubles ln F, ln K and w that they get; in units of φ(d1),
/// which is e to a power of its own, so nothing underflows.
/// </summary>
internal readonly struct WideNode
{
    public static readonly string[] Names = ["gamma", "slope", "sensitivity", "call delta", "put delta"];

    private static readonly BigInteger SqrtTwoPi = Divide(WideNumber.One, WideNumber.NormalDensity(0).Mantissa);

    private readonly BigInteger _density;
    private readonly int _exponent;
    private readonly (BigInteger Value, BigInteger Terms)[] _columns;

    public WideNode(double logForward, double logStrike, double totalDeviation)
    {
        BigInteger w = WideNumber.From(totalDeviation), one = WideNumber.One, x = WideNumber.From(logForward) - WideNumber.From(logStrike);
        BigInteger d1 = Divide(x, w) + w / 2, d2 = d1 - w, perDeviation = Divide(one, w);
        BigInteger size = Divide(BigInteger.Abs(x), w) + w / 2; // of d1 and d2, as a sum of terms
        (BigInteger exponential, _exponent) = WideNumber.Exp(-Multiply(d1, d1) / 2);
        _density = Divide(exponential, SqrtTwoPi);
        BigInteger square = Multiply(perDeviation, perDeviation), call = WideBlack.Mills(-d1), put = WideBlack.Mills(d1);
        _columns =
        [
            (perDeviation, perDeviation),
            (Multiply(perDeviation, one - Divide(d1, w)), Multiply(perDeviation, one + Divide(size, w))),
            (Multiply(square, Multiply(d1, d2) - one), Multiply(square, Multiply(size, size) + one)),
            (call, call),
            (-put, put),
        ];
    }

    /// <summary>How far a double is from the truth, relative to the sum of the sizes of the terms.</summary>
    public double Error(int column, double ours)
    {
        (BigInteger value, BigInteger terms) = _columns[column];
        BigInteger found = WideNumber.From(Math.ScaleB(ours, -_exponent));
        BigInteger difference = BigInteger.Abs(found - Multiply(_density, value));
        return (double)(difference << 200) / (double)Multiply(_density, terms) * Math.ScaleB(1, -200);
    }

    private static BigInteger Multiply(BigInteger a, BigInteger b) => WideNumber.Multiply(a, b);

    private static BigInteger Divide(BigInteger a, BigInteger b) => WideNumber.Divide(a, b);
}
