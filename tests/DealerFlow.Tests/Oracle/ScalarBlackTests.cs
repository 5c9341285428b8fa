using CsCheck;
using Xunit;

namespace DealerFlow.Tests;

public class ScalarBlackTests
{
    // Haug, Option Pricing Formulas (1998), pp. 2-8:      call   strike  spot  yield  rate  years  vol   value
    public static TheoryData<bool, double, double, double, double, double, double, double> HaugPrices => new()
    {
        { true, 65, 60, 0, 0.08, 0.25, 0.30, 2.1334 },
        { false, 95, 100, 0.05, 0.10, 0.5, 0.20, 2.4648 },
        { false, 19, 19, 0.10, 0.10, 0.75, 0.28, 1.7011 },
        { true, 19, 19, 0.10, 0.10, 0.75, 0.28, 1.7011 },
        { true, 1.6, 1.56, 0.08, 0.06, 0.5, 0.12, 0.0291 },
        { false, 70, 75, 0.05, 0.10, 0.5, 0.35, 4.0870 },
    };

    [Theory, MemberData(nameof(HaugPrices))]
    public void The_price_is_the_published_one(
        bool isCall, double strike, double spot, double yield, double rate, double years, double vol, double expected)
    {
        double forward = spot * Math.Exp((rate - yield) * years), discount = Math.Exp(-rate * years);
        Assert.Equal(expected, ScalarBlack.Price(isCall, forward, strike, discount, vol * Math.Sqrt(years)), 1e-4);
    }

    // Delta and gamma: Haug (1998), pp. 11-13. Vanna (DdeltaDvol) and charm (DdeltaDtime): Haug (2007), chapter 2.
    //                                                         greek    call   strike spot yield rate  years vol   value
    public static TheoryData<string, bool, double, double, double, double, double, double, double> HaugGreeks => new()
    {
        { "delta", true, 100, 105, 0.10, 0.10, 0.5, 0.36, 0.5946 },
        { "delta", false, 100, 105, 0.10, 0.10, 0.5, 0.36, -0.3566 },
        { "gamma", true, 60, 55, 0, 0.10, 0.75, 0.30, 0.0278 },
        { "vanna", true, 80, 90, 0, 0.05, 0.25, 0.20, -1.0008 },
        { "charm", false, 90, 105, 0.14, 0.14, 0.25, 0.24, 0.3700 },
    };

    [Theory, MemberData(nameof(HaugGreeks))]
    public void The_greeks_are_the_published_ones(
        string greek, bool isCall, double strike, double spot, double yield, double rate, double years, double vol, double expected)
    {
        ScalarGreeks greeks = Greeks(spot, strike, yield, rate, years, vol);
        double value = greek switch
        {
            "delta" => greeks.Delta(isCall),
            "gamma" => greeks.Gamma,
            "vanna" => greeks.Vanna,
            "charm" => greeks.Charm(isCall),
            _ => throw new ArgumentException(greek),
        };
        Assert.Equal(expected, value, 6e-5);
    }

    [Theory]
    [InlineData(true, 100.0, 100.0, 0.01, 0.04, 0.5, 0.20)]
    [InlineData(true, 110.0, 100.0, 0.05, 0.02, 0.25, 0.30)]
    [InlineData(false, 90.0, 100.0, 0.00, 0.05, 1.0, 0.25)]
    [InlineData(false, 105.0, 100.0, 0.03, 0.00, 0.1, 0.15)]
    public void Greeks_are_the_differences_of_prices(
        bool isCall, double strike, double spot, double yield, double rate, double years, double vol)
    {
        ScalarGreeks greeks = Greeks(spot, strike, yield, rate, years, vol);
        double step = 1e-4;
        Close((Value(spot + step, years, vol) - Value(spot - step, years, vol)) / (2 * step), greeks.Delta(isCall));
        Close((Delta(spot + step, years, vol) - Delta(spot - step, years, vol)) / (2 * step), greeks.Gamma);
        Close((Delta(spot, years, vol + step) - Delta(spot, years, vol - step)) / (2 * step), greeks.Vanna);
        Close(-(Delta(spot, years + step, vol) - Delta(spot, years - step, vol)) / (2 * step), greeks.Charm(isCall));

        double Value(double s, double t, double v) =>
            ScalarBlack.Price(isCall, s * Math.Exp((rate - yield) * t), strike, Math.Exp(-rate * t), v * Math.Sqrt(t));
        double Delta(double s, double t, double v) => Greeks(s, strike, yield, rate, t, v).Delta(isCall);
        static void Close(double difference, double greek) => Assert.Equal(greek, difference, 1e-5 * Math.Abs(greek) + 1e-8);
    }

    // Abramowitz and Stegun, table 26.1 (Φ to 15 decimals) and table 26.2 (−log₁₀ of the upper tail).
    [Fact]
    public void The_normal_distribution_is_the_tabulated_one()
    {
        Assert.Equal(0.841344746068543, ScalarBlack.NormalCdf(1), 1e-15);
        Assert.Equal(0.977249868051821, ScalarBlack.NormalCdf(2), 1e-15);
        Assert.Equal(0.5, ScalarBlack.NormalCdf(0), 2e-16);
        Assert.Equal(-6.54265, Math.Log10(ScalarBlack.NormalCdf(-5)), 1e-5);
        Assert.Equal(-23.11805, Math.Log10(ScalarBlack.NormalCdf(-10)), 1e-5);
    }

    [Fact]
    public void Price_agrees_with_the_textbook_form_where_that_is_well_conditioned()
    {
        foreach (double strike in new[] { 90.0, 97, 100, 103, 111 })
            foreach (double w in new[] { 0.1, 0.25, 0.6, 1.5, 3 })
            {
                double d1 = Math.Log(100 / strike) / w + w / 2;
                double call = 100 * ScalarBlack.NormalCdf(d1) - strike * ScalarBlack.NormalCdf(d1 - w);
                Assert.Equal(call, ScalarBlack.Price(true, 100, strike, 1, w), 1e-13 * 100);
            }
    }

    [Fact]
    public void Call_less_put_is_the_discounted_forward_less_strike()
    {
        Gen.Select(Gen.Double[50, 200], Gen.Double[0.5, 1], Gen.Double[0.001, 3]).Sample((strike, discount, w) =>
        {
            double difference = ScalarBlack.Price(true, 100, strike, discount, w) - ScalarBlack.Price(false, 100, strike, discount, w);
            Assert.Equal(discount * (100 - strike), difference, 1e-13 * 100);
        }, iter: 500);
    }

    [Fact]
    public void A_price_leads_back_to_its_total_deviation()
    {
        foreach (double w in new[] { 1e-6, 1e-3, 0.0123, 0.1, 0.4, 1, 2.5 })
            foreach (double standardised in new[] { 0, 1e-3, 0.1, 0.5, 1, 2, 4, 8, 16, 30 })
            {
                double h = standardised * w;
                double? back = ScalarBlack.TotalDeviation(h, ScalarBlack.NormalisedPrice(h, w));
                Assert.NotNull(back);
                Assert.True(Math.Abs(back.Value / w - 1) < 1e-12, $"h = {h:R}, w = {w:R} came back as {back:R}");
            }
    }

    [Fact]
    public void There_is_no_total_deviation_outside_the_open_unit_interval()
    {
        Assert.Null(ScalarBlack.TotalDeviation(0.1, 0));
        Assert.Null(ScalarBlack.TotalDeviation(0.1, 1));
        Assert.Null(ScalarBlack.TotalDeviation(0.1, -1e-9));
        Assert.Null(ScalarBlack.TotalDeviation(0.1, double.NaN));
    }

    // S = 4753.63, K = 4085, r = 5.25 %: an in-the-money call on which a Newton solver ends in NaN; 50 digits give 0.215179753507.
    [Fact]
    public void An_in_the_money_call_is_solved_as_its_out_of_the_money_put()
    {
        double spot = 4753.63, strike = 4085, years = 0.13870843734533175, discount = Math.Exp(-0.0525 * years), forward = spot / discount;
        double c = (701.3994 / discount - (forward - strike)) / strike;
        double w = ScalarBlack.TotalDeviation(Math.Log(forward / strike), c)!.Value;
        Assert.Equal(0.215179753507, w / Math.Sqrt(years), 1e-11);
    }

    // Layout: count, then rows of h, c, v (and one tag byte in the first file); v to 40 digits before rounding.
    // Measured over all 19,538 rows: at most 10 times the attainable error where c is nearly one (w > 7), at most 9e-16 where w < 2.
    [Theory]
    [InlineData("golden/iv_oracle/oracle_vec.bin", 25, 4)]
    [InlineData("golden/iv_oracle/oracle_heat.bin", 24, 14)]
    public void Total_deviations_are_those_of_the_forty_digit_oracle(string file, int rowSize, int stride)
    {
        byte[] bytes = File.ReadAllBytes(Repository.RealData(file));
        long count = BitConverter.ToInt64(bytes, 0);
        Assert.Equal(bytes.Length, 8 + count * rowSize);
        int compared = 0;
        for (long row = 0; row < count; row += stride)
        {
            int offset = (int)(8 + row * rowSize);
            double h = BitConverter.ToDouble(bytes, offset), c = BitConverter.ToDouble(bytes, offset + 8);
            double v = BitConverter.ToDouble(bytes, offset + 16);
            if (!double.IsNormal(c)) continue; // a subnormal price has lost digits
            double w = ScalarBlack.TotalDeviation(h, c)!.Value;
            double bound = 16 * ScalarBlack.AttainableError(h, v);
            Assert.True(Math.Abs(w / v - 1) <= bound, $"row {row}: h = {h:R}, c = {c:R}: {w:R}, expected {v:R}");
            compared++;
        }
        Assert.True(compared >= 800);
    }

    private static ScalarGreeks Greeks(double spot, double strike, double yield, double rate, double years, double vol) =>
        new(spot, spot * Math.Exp((rate - yield) * years), Math.Exp(-rate * years), strike, years, vol * Math.Sqrt(years));
}
