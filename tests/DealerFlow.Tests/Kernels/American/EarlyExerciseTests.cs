using CsCheck;
using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>From an American price to the European w, and a status where there is none.</summary>
public class EarlyExerciseTests
{
    private static readonly EarlyExercise Exercise = new(LaneDispatch.Best, 128);

    [Fact]
    public void A_price_gives_back_the_deviation_it_was_made_with()
    {
        int solved = 0;
        Gen.Select(Gen.Double[-0.01, 0.08], Gen.Double[-0.01, 0.06], Gen.Double[0.005, 2], Gen.Double[-2.5, 2.5], Gen.Double[0.08, 1], Gen.Bool).Sample(
            (rate, yield, years, deviations, vol, isCall) =>
            {
                double w = vol * Math.Sqrt(years), strike = 100 * Math.Exp(deviations * w);
                CashDividend[] dividends = [new(0.4 * years, 0.5)];
                AmericanTerms terms = AmericanTerms.FromYield(100, rate, yield, years, dividends);
                Assert.True(Exercise.TryValue(terms, strike, w, isCall, out AmericanValue value));
                double intrinsic = isCall ? 100 - strike : strike - 100;
                // Too close to intrinsic value the price hardly depends on w, and the lattice's own steps show.
                if (value.IsImmediate || value.American - intrinsic < 1e-3 * 100 || value.European < 1e-4) return;
                EuropeanEquivalent equivalent = Exercise.Deamericanise(terms, strike, value.American, isCall);
                Assert.Equal(QuoteStatus.Ok, equivalent.Status);
                Assert.True(Exercise.TryValue(terms, strike, equivalent.TotalDeviation, isCall, out AmericanValue again));
                Assert.Equal(value.American, again.American, 1e-5 * Math.Max(value.American, 1));
                if (deviations * (isCall ? 1 : -1) > 0) Assert.Equal(w, equivalent.TotalDeviation, 1e-4 * w);
                solved++;
            }, iter: 400, threads: 1);
        Assert.True(solved > 200, $"{solved} of 400 options could be inverted");
    }

    [Fact]
    public void Out_of_the_money_a_few_rounds_suffice()
    {
        var exercise = new EarlyExercise(LaneDispatch.Best, 64);
        AmericanTerms terms = AmericanTerms.FromYield(100, 0.05, 0.02, 0.5, [new CashDividend(0.2, 0.5)]);
        Assert.True(exercise.TryValue(terms, 92, 0.2, isCall: false, out AmericanValue value));
        ulong before = exercise.Valuations;
        Assert.Equal(0.2, exercise.Deamericanise(terms, 92, value.American, isCall: false).TotalDeviation, 1e-6);
        Assert.InRange(exercise.Valuations - before, 1ul, 5ul);
    }

    [Fact]
    public void Without_a_premium_it_is_the_European_inversion()
    {
        AmericanTerms terms = AmericanTerms.FromYield(100, 0.05, 0, 0.5);
        double price = Black76.Price(terms.Forward, 105, terms.Discount, 0.15, isCall: true);
        EuropeanEquivalent equivalent = Exercise.Deamericanise(terms, 105, price, isCall: true);
        Assert.Equal(new EuropeanEquivalent(QuoteStatus.Ok, equivalent.TotalDeviation, 0), equivalent);
        Assert.Equal(0.15, equivalent.TotalDeviation, 1e-13);
    }

    [Fact]
    public void A_price_at_intrinsic_value_has_no_deviation()
    {
        AmericanTerms terms = AmericanTerms.FromYield(100, 0.05, 0, 0.5);
        Assert.Equal(QuoteStatus.BelowIntrinsic, Exercise.Deamericanise(terms, 140, 40, isCall: false).Status);
        Assert.Equal(QuoteStatus.BelowIntrinsic, Exercise.Deamericanise(terms, 140, 39.9, isCall: false).Status);
        Assert.Equal(QuoteStatus.BelowIntrinsic, Exercise.Deamericanise(terms, 60, 40, isCall: true).Status);
        Assert.Equal(QuoteStatus.BelowIntrinsic, Exercise.Deamericanise(terms, 60, 41, isCall: true).Status); // below D·(F − K)
        Assert.True(Exercise.TryValue(terms, 140, 0.1, isCall: false, out AmericanValue value));
        Assert.True(value.IsImmediate);
        Assert.Equal(40, value.American, 1e-12);
    }

    [Theory]
    [InlineData(100, 100, 0.05, 0.5, 100, 100, QuoteStatus.AboveMax)]
    [InlineData(100, 100, 0.05, 0.5, 100, 1e9, QuoteStatus.AboveMax)]
    [InlineData(100, 100, 0.05, 0.5, 100, 0, QuoteStatus.BelowIntrinsic)]
    [InlineData(100, 100, 0.05, 0.5, 100, -1, QuoteStatus.Invalid)]
    [InlineData(100, 100, 0.05, 0.5, 100, double.NaN, QuoteStatus.Invalid)]
    [InlineData(100, 100, 0.05, 0.5, 100, double.PositiveInfinity, QuoteStatus.Invalid)]
    [InlineData(100, 100, 0.05, 0.5, 0, 5, QuoteStatus.Invalid)]
    [InlineData(100, 100, 0.05, 0.5, -100, 5, QuoteStatus.Invalid)]
    [InlineData(100, 100, 0.05, 0.5, double.NaN, 5, QuoteStatus.Invalid)]
    [InlineData(0, 100, 0.05, 0.5, 100, 5, QuoteStatus.Invalid)]
    [InlineData(-100, 100, 0.05, 0.5, 100, 5, QuoteStatus.Invalid)]
    [InlineData(100, 0, 0.05, 0.5, 100, 5, QuoteStatus.Invalid)]
    [InlineData(100, double.PositiveInfinity, 0.05, 0.5, 100, 5, QuoteStatus.Invalid)]
    [InlineData(100, 100, double.NaN, 0.5, 100, 5, QuoteStatus.Invalid)]
    [InlineData(100, 100, 1e9, 0.5, 100, 5, QuoteStatus.Invalid)]
    [InlineData(100, 100, 0.05, 0, 100, 5, QuoteStatus.Expired)]
    [InlineData(100, 100, 0.05, -1, 100, 5, QuoteStatus.Expired)]
    [InlineData(100, 100, 0.05, double.NaN, 100, 5, QuoteStatus.Invalid)]
    public void Bad_input_has_a_status(double spot, double forward, double rate, double years, double strike, double price, QuoteStatus expected)
    {
        var terms = new AmericanTerms(spot, forward, rate, years);
        foreach (bool isCall in (ReadOnlySpan<bool>)[true, false])
            Assert.Equal(new EuropeanEquivalent(expected, 0, 0), Exercise.Deamericanise(terms, strike, price, isCall));
    }

    [Fact]
    public void Whatever_comes_in_a_number_marked_ok_is_a_number()
    {
        double[] absurd =
        [
            double.NaN, double.NegativeInfinity, double.PositiveInfinity, -1, -0.0, 0, 1e-320, 1e-12, 3e-11, 1e-3, 0.01, 0.2, 1, 20, 99.99, 100, 100.01, 1e6, 1e300,
        ];
        Gen<double> any = Gen.OneOf(Gen.Int[0, absurd.Length - 1].Select(i => absurd[i]), Gen.Double[0.01, 200]);
        var exercise = new EarlyExercise(LaneDispatch.Best, 16);
        Gen.Select(any, any, any, any, any, any, any, Gen.Bool).Sample(
            (spot, forward, rate, years, strike, price, dividend, isCall) =>
            {
                CashDividend[] dividends = [new(0.5 * years, dividend)];
                EuropeanEquivalent equivalent = exercise.Deamericanise(new AmericanTerms(spot, forward, rate, years, dividends), strike, price, isCall);
                if (equivalent.Status != QuoteStatus.Ok)
                {
                    Assert.Equal(new EuropeanEquivalent(equivalent.Status, 0, 0), equivalent);
                    return;
                }
                Assert.True(equivalent.TotalDeviation > 0 && equivalent.TotalDeviation <= AmericanLattice.LargestDeviation);
                Assert.True(equivalent.Premium >= 0 && price - equivalent.Premium > 0);
            }, iter: 20_000, threads: 1);
    }

    [Fact]
    public void A_millisecond_before_expiry_the_premium_is_nothing()
    {
        const double Years = 1e-3 / 31_536_000;
        AmericanTerms terms = AmericanTerms.FromYield(100, 0.05, 0.01, Years);
        Assert.True(Exercise.TryValue(terms, 100.0001, 0.3 * Math.Sqrt(Years), isCall: true, out AmericanValue value));
        EuropeanEquivalent equivalent = Exercise.Deamericanise(terms, 100.0001, value.American, isCall: true);
        Assert.Equal(QuoteStatus.Ok, equivalent.Status);
        Assert.Equal(0.3 * Math.Sqrt(Years), equivalent.TotalDeviation, 1e-6 * Math.Sqrt(Years));
        Assert.InRange(equivalent.Premium, 0, 1e-8);
    }
}
