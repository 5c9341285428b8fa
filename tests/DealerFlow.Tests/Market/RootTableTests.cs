using DealerFlow.Market;
using Xunit;

namespace DealerFlow.Tests;

public class RootTableTests
{
    // Cboe's and Nasdaq's product specifications.
    [Theory]
    [InlineData("SPX", "SPX", SettlementStyle.AM, ExerciseStyle.European)]
    [InlineData("SPXW", "SPX", SettlementStyle.PM, ExerciseStyle.European)]
    [InlineData("XSP", "XSP", SettlementStyle.PM, ExerciseStyle.European)]
    [InlineData("NDX", "NDX", SettlementStyle.AM, ExerciseStyle.European)]
    [InlineData("NDXP", "NDX", SettlementStyle.PM, ExerciseStyle.European)]
    [InlineData("RUT", "RUT", SettlementStyle.AM, ExerciseStyle.European)]
    [InlineData("RUTW", "RUT", SettlementStyle.PM, ExerciseStyle.European)]
    [InlineData("VIX", "VIX", SettlementStyle.AM, ExerciseStyle.European)]
    [InlineData("VIXW", "VIX", SettlementStyle.AM, ExerciseStyle.European)]
    [InlineData("OEX", "OEX", SettlementStyle.PM, ExerciseStyle.American)]
    [InlineData("XEO", "OEX", SettlementStyle.PM, ExerciseStyle.European)]
    [InlineData("SPY", "SPY", SettlementStyle.PM, ExerciseStyle.American)]
    [InlineData("AMD", "AMD", SettlementStyle.PM, ExerciseStyle.American)]
    [InlineData("BRKB", "BRKB", SettlementStyle.PM, ExerciseStyle.American)]
    public void A_root_decides_underlying_settlement_and_exercise(
        string root, string underlying, SettlementStyle settlement, ExerciseStyle exercise) =>
        Assert.Equal(new RootTerms(root, underlying, settlement, exercise, 100, IsAdjusted: false), RootTable.TermsOf(root));

    [Theory]
    [InlineData("AMD1", "AMD", SettlementStyle.PM)]
    [InlineData("2AAPL", "AAPL", SettlementStyle.PM)]
    [InlineData("4SPY", "SPY", SettlementStyle.PM)]
    [InlineData("4SPX", "SPX", SettlementStyle.AM)]
    [InlineData("123", "123", SettlementStyle.PM)]
    public void A_digit_before_or_behind_marks_an_adjusted_contract_of_the_plain_root(
        string root, string underlying, SettlementStyle settlement)
    {
        RootTerms terms = RootTable.TermsOf(root);
        Assert.Equal((root, underlying, settlement, true), (terms.Root, terms.Underlying, terms.Settlement, terms.IsAdjusted));
    }

    [Fact]
    public void A_root_that_is_missing_is_an_error() => Assert.Throws<ArgumentException>(() => RootTable.TermsOf(""));
}
