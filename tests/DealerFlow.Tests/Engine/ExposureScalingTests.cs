using DealerFlow.Engine;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class ExposureScalingTests
{
    private static readonly double[] Hundred = [.. Enumerable.Repeat(100.0, 8)];

    // GEX = 0.01·S²·Γ·m·N: 0.01·5000²·0.002·100 = 50,000 USD per 1 %; DEX = m·N·Δ·S = 100·0.5·5000 − 100·(−0.5)·5000, put weight −100.
    [Fact]
    public void Contributions_are_the_ones_worked_by_hand()
    {
        var greeks = new GreekScratch(8);
        greeks.Gamma[2] = 0.002;
        greeks.CallDelta[2] = 0.5;
        greeks.PutDelta[2] = -0.5;
        greeks.Vanna[2] = 0.1;
        greeks.CallCharm[2] = 7.3;
        greeks.PutCharm[2] = 3.65;
        double[] puts = [.. Hundred.Select(weight => -weight)];
        var columns = new ExposureColumns(8);
        new ExposureScaling().Evaluate(5000, greeks, Hundred, puts, 8, columns);
        Assert.Equal(50_000, MoneyGrid.ToUsd(columns.CallGex[2]));
        Assert.Equal(-50_000, MoneyGrid.ToUsd(columns.PutGex[2]));
        Assert.Equal(500_000, MoneyGrid.ToUsd(columns.CallDex[2] + columns.PutDex[2]));
        Assert.Equal(0, MoneyGrid.ToUsd(columns.CallVex[2] + columns.PutVex[2]));
        Assert.Equal(100 * (7.3 - 3.65) * 5000 / 365, MoneyGrid.ToUsd(columns.CallChex[2] + columns.PutChex[2]), 1.0 / 1024);
        Assert.Equal(default, columns[0]);
    }

    [Fact]
    public void A_contribution_that_is_not_finite_enters_no_sum_and_is_counted()
    {
        var greeks = new GreekScratch(8);
        greeks.Gamma[1] = double.NaN;
        greeks.Gamma[3] = double.PositiveInfinity;
        greeks.Gamma[5] = 0.002;
        var scaling = new ExposureScaling();
        var columns = new ExposureColumns(8);
        scaling.Evaluate(5000, greeks, Hundred, Hundred, 8, columns);
        Assert.Equal(4ul, scaling.NonFinite);
        Assert.False(scaling.HasOverflowed);
        Assert.Equal((0, 0), (columns.CallGex[1], columns.CallGex[3]));
        Assert.Equal(50_000, MoneyGrid.ToUsd(columns.CallGex[5]));
    }

    [Theory]
    [InlineData(1L << 53, false)]
    [InlineData((1L << 53) + 2, true)]
    public void A_contribution_beyond_the_exact_grid_overflows(long units, bool overflows)
    {
        var greeks = new GreekScratch(8);
        // At a spot of 1 the delta exposure is the delta times weight times 1024.
        greeks.CallDelta[0] = units / 1024.0;
        double[] one = [1, 0, 0, 0, 0, 0, 0, 0];
        var scaling = new ExposureScaling();
        var columns = new ExposureColumns(8);
        scaling.Evaluate(1, greeks, one, new double[8], 8, columns);
        Assert.Equal(overflows, scaling.HasOverflowed);
        Assert.Equal(overflows ? 0 : units, columns.CallDex[0]);
    }

    [Fact]
    public void After_an_overflow_nothing_is_published()
    {
        var market = new RandomMarket(51, time: new TimeOnly(10, 0));
        InstrumentDefinition[] definitions = market.Definitions;
        // A multiplier no exchange has: a quarter of a million dollars of gamma become more than 2^53/1024.
        for (int i = 1; i < definitions.Length; i++) definitions[i].Multiplier = uint.MaxValue;
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        var calculation = new Calculation(definitions, 0, new EngineOptions());
        calculation.Apply([.. market.Opening(), .. market.Next(2_000, 1_000_000)], ref sink);
        calculation.Finish(ref sink);
        Assert.True(calculation.HasOverflowed);
        Assert.Empty(recording.Sections);
    }
}
