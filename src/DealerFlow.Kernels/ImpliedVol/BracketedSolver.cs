namespace DealerFlow.Kernels;

/// <summary>The same steps inside a bracket that bisection shrinks whenever a step leaves it: slow, and cannot fail.</summary>
internal static class BracketedSolver
{
    private const double SqrtTwoPi = 2.5066282746310007;

    // Two to the 400th.
    private const double Scale = 2.582249878086909e120;
    private const double Tiny = 1e-140;

    /// <param name="h">|ln(K/F)| in [0, 1500].</param>
    /// <param name="c">Normalised price in (0, 1).</param>
    /// <returns>w &gt; 0.</returns>
    public static double Solve(double h, double c)
    {
        // Down there the formula is Bachelier's, which is homogeneous: scale away from the subnormals.
        if (h < Tiny && c < Tiny) return Solve(h * Scale, c * Scale) / Scale;

        bool isUpper = F64x1.All(DeviationBlock.IsUpper(new F64x1(c)));
        // c ≤ w/√(2π); a price that a double can hold has d1 between −39 and 8.3.
        double low = 0.999 * Math.Max(SqrtTwoPi * c, h / 60);
        double high = 1.001 * (9 + Math.Sqrt(81 + 2 * h));
        double w = Math.Sqrt(low) * Math.Sqrt(high);
        for (int i = 0; i < 200; i++)
        {
            double d1 = 0.5 * w - h / w;
            // Outside of these the quotient form does not hold, and w is plainly too large or too small.
            double step = isUpper && d1 < -0.74 ? double.PositiveInfinity : !isUpper && d1 > 0.74 ? double.NegativeInfinity : Step(h, c, w);
            if (Math.Abs(step) <= HouseholderStep.SettledStep) return Math.FusedMultiplyAdd(w, step, w);
            if (ScaledBlack.Price(h, w) < c) low = w;
            else high = w;
            double next = Math.FusedMultiplyAdd(w, step, w);
            // Past forty rounds only halving, which ends for certain.
            if (!(next > low && next < high) || i >= 40) next = Math.Sqrt(low) * Math.Sqrt(high);
            if (!(next > low && next < high)) return next;
            w = next;
        }
        return w;
    }

    private static double Step(double h, double c, double w)
    {
        var price = new F64x1(c);
        var deviation = new F64x1(w);
        F64x1 z = Node.Quotient(new F64x1(h), deviation, new F64x1(1) / deviation);
        ScaledBlack.PricePerVega(new F64x1(h), deviation, z, DeviationBlock.IsUpper(price), out F64x1 numerator, out F64x1 denominator);
        return HouseholderStep.Of(price, deviation, z, numerator / denominator, out _).Value;
    }
}
