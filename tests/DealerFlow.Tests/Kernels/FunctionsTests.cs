using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Each function against integer arithmetic of 400 binary places, in units in the last place.</summary>
public class FunctionsTests(ITestOutputHelper output)
{
    [Fact]
    public void Exp_is_within_one_ulp()
    {
        var random = new Random(11);
        AssertWithin(1, 20_000, () => random.Next(3) == 0 ? random.NextDouble() - 0.5 : random.NextDouble() * 1453 - 744, x =>
        {
            (System.Numerics.BigInteger mantissa, int exponent) = WideNumber.Exp(WideNumber.From(x));
            return WideNumber.Ulps(Functions.Exp(x), mantissa, exponent);
        });
    }

    [Fact]
    public void Log_is_within_one_ulp_also_around_one_and_in_the_subnormals()
    {
        var random = new Random(12);
        AssertWithin(1, 4_000, () => random.Next(4) switch
        {
            0 => 0.5 + random.NextDouble(),
            1 => 1 + (random.NextDouble() - 0.5) * Math.ScaleB(1, -random.Next(50)),
            2 => BitConverter.Int64BitsToDouble(random.NextInt64(1, 1L << 52)),
            _ => BitConverter.Int64BitsToDouble(random.NextInt64(1, 0x7FF0000000000000)),
        }, x => WideNumber.Ulps(Functions.Log(x), WideNumber.Log(x), 0));
    }

    [Fact]
    public void Normal_density_is_within_two_ulp_out_to_its_underflow()
    {
        var random = new Random(13);
        AssertWithin(2, 10_000, () => (random.NextDouble() - 0.5) * 75, x =>
        {
            (System.Numerics.BigInteger mantissa, int exponent) = WideNumber.NormalDensity(x);
            return WideNumber.Ulps(Functions.NormalDensity(x), mantissa, exponent);
        });
    }

    [Fact]
    public void Normal_distribution_is_within_four_ulp_deep_in_the_left_tail()
    {
        var random = new Random(14);
        AssertWithin(4, 2_000, () => -random.NextDouble() * (random.Next(2) == 0 ? 4 : 37.5), x =>
        {
            (System.Numerics.BigInteger mantissa, int exponent) = WideNumber.NormalDensity(x);
            return WideNumber.Ulps(Functions.NormalCdf(x), WideNumber.Multiply(mantissa, WideNumber.MillsRatio(-x)), exponent);
        });
    }

    [Fact]
    public void Mills_ratio_is_within_four_ulp_and_needs_no_upper_end()
    {
        var random = new Random(15);
        AssertWithin(4, 2_000, () => random.Next(2) == 0 ? random.NextDouble() * 6 : Math.Exp(random.NextDouble() * 46 - 5),
            x => WideNumber.Ulps(Functions.MillsRatio(x), WideNumber.MillsRatio(x), 0));
        Assert.Equal(1e-200, Functions.MillsRatio(1e200));
        Assert.Equal(double.PositiveInfinity, Functions.MillsRatio(-40));
    }

    [Theory]
    [InlineData(double.NaN, double.NaN, double.NaN, double.NaN)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity, 1.0)]
    [InlineData(double.NegativeInfinity, 0.0, double.NaN, 0.0)]
    [InlineData(0.0, 1.0, double.NegativeInfinity, 0.5)]
    [InlineData(1e300, double.PositiveInfinity, 690.775527898213705, 1.0)]
    [InlineData(-1e300, 0.0, double.NaN, 0.0)]
    public void Special_arguments_have_one_answer(double x, double exp, double log, double normalCdf)
    {
        SameBits.Assert<double>([exp], [Functions.Exp(x)], "exp");
        SameBits.Assert<double>([log], [Functions.Log(x)], "log");
        SameBits.Assert<double>([normalCdf], [Functions.NormalCdf(x)], "Φ");
    }

    [Fact]
    public void Minus_zero_is_zero()
    {
        SameBits.Assert<double>([1.0], [Functions.Exp(-0.0)], "exp");
        SameBits.Assert<double>([double.NegativeInfinity], [Functions.Log(-0.0)], "log");
        SameBits.Assert<double>([0.5], [Functions.NormalCdf(-0.0)], "Φ");
    }

    [Fact]
    public void Exp_underflows_through_the_subnormals_and_overflows_at_the_last_double()
    {
        Assert.Equal(double.Epsilon, Functions.Exp(-745));
        Assert.Equal(0, Functions.Exp(-745.2));
        Assert.True(double.IsFinite(Functions.Exp(709.782712893384)));
        Assert.Equal(double.PositiveInfinity, Functions.Exp(709.7827128933841));
    }

    // Wichura (1988), Algorithm AS 241, its own check values; the rest from the symmetry and the definition.
    [Theory]
    [InlineData(0.25, -0.6744897501960817)]
    [InlineData(0.001, -3.090232306167814)]
    [InlineData(1e-20, -9.262340089798408)]
    [InlineData(0.5, 0)]
    public void Inverse_normal_matches_published_values(double p, double x)
    {
        Assert.Equal(x, Functions.InverseNormalCdf(p), Math.Abs(x) * 1e-15);
    }

    [Fact]
    public void Inverse_normal_undoes_the_distribution()
    {
        var random = new Random(16);
        for (int i = 0; i < 20_000; i++)
        {
            double x = (random.NextDouble() - 1) * 37;
            double p = Functions.NormalCdf(x);
            // One ulp of p moves x by p/φ(x) = M(|x|) ulps of its own.
            double allowed = 2e-15 * (Math.Abs(x) + Functions.MillsRatio(-x));
            Assert.Equal(x, Functions.InverseNormalCdf(p), allowed);
        }
        Assert.Equal(double.NegativeInfinity, Functions.InverseNormalCdf(0));
        Assert.Equal(double.PositiveInfinity, Functions.InverseNormalCdf(1));
        Assert.Equal(double.NaN, Functions.InverseNormalCdf(-1e-300));
    }

    private void AssertWithin(double limit, int count, Func<double> next, Func<double, double> ulps)
    {
        double worst = 0, at = 0;
        for (int i = 0; i < count; i++)
        {
            double x = next();
            double error = ulps(x);
            if (error > worst) (worst, at) = (error, x);
        }
        output.WriteLine($"largest error of {count:#,0} arguments: {worst:F3} ulp at {at:R}");
        Assert.True(worst <= limit, $"{worst:F3} ulp at {at:R}");
        Assert.True(worst > 0.3, "a reference that agrees this well is not independent");
    }
}
