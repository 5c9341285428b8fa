using DealerFlow.Engine;
using DealerFlow.Import;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>The same sum with somebody else's gammas: the exchange publishes its own in the chain file, to four decimals.</summary>
public class ExchangeGammaTests(ITestOutputHelper output)
{
    // A live session, evenings and weekends; every expiry is in these files. Parity finds each market's own carry. Five per cent
    // and one and a half are right for 2023 and 2024; in early 2022 rates were near zero, and that carry is another market's.
    [Theory]
    [InlineData("spx_20220205_2009ET.csv", ForwardMode.Parity)]
    [InlineData("spx_20220611_2047ET.csv", ForwardMode.Parity)]
    [InlineData("spx_20230609_1340ET_edited-date.csv", ForwardMode.Parity)]
    [InlineData("spx_20230904_1456ET.csv", ForwardMode.Parity)]
    [InlineData("spx_20240107_1052ET.csv", ForwardMode.Parity)]
    [InlineData("ndx_20230526_1718ET.csv", ForwardMode.Parity)]
    [InlineData("spx_20230609_1340ET_edited-date.csv", ForwardMode.Carry)]
    [InlineData("spx_20230904_1456ET.csv", ForwardMode.Carry)]
    [InlineData("spx_20240107_1052ET.csv", ForwardMode.Carry)]
    [InlineData("ndx_20230526_1718ET.csv", ForwardMode.Carry)]
    public void Net_gamma_exposure_is_within_five_per_cent_of_gross_of_the_exchange_column(string file, ForwardMode mode)
    {
        OptionChain chain = CboeQuotedataCsv.Read(Repository.RealData($"cboe_csv/{file}"));
        (_, byte[] section) = ChainRun.Levels(chain, chain.AsOfNanos!.Value, chain.Spot, ChainRun.Carry with { ForwardMode = mode });
        Assert.True(MarketView.TryOpen(section, out MarketView market));
        double net = MoneyGrid.ToUsd(market.Head.Buckets[0].NetGex);
        double gross = MoneyGrid.ToUsd(market.Head.Buckets[0].GrossGex);

        double exchange = chain.Contracts.Where(contract => contract.SettlementNanos > chain.AsOfNanos).Sum(contract => Gex(contract, chain.Spot!.Value));
        output.WriteLine($"{file} {mode}: ours {net / 1e9:0.0000} bn, exchange column {exchange / 1e9:0.0000} bn, gross {gross / 1e9:0.0000} bn, " +
            $"difference {Math.Abs(net - exchange) / gross:P2} of gross");
        Assert.True(Math.Abs(net - exchange) <= 0.05 * gross);
    }

    // Published for this file: "Total Gamma: $-11.00 Bn per 1% SPX Move".
    [Fact]
    public void The_exchange_column_sums_to_the_published_total()
    {
        OptionChain chain = CboeQuotedataCsv.Read(Repository.RealData("cboe_csv/spx_20240107_1052ET.csv"));
        double total = chain.Contracts.Sum(contract => Gex(contract, chain.Spot!.Value));
        output.WriteLine($"exchange column, every row: {total / 1e9:0.0000} bn");
        Assert.Equal(-11.00, Math.Round(total / 1e9, 2));
    }

    private static double Gex(ChainContract contract, double spot)
    {
        double gex = contract.OpenInterest * (contract.ExchangeGamma ?? 0) * contract.Multiplier * spot * spot * 0.01;
        return contract.Right == DealerFlow.Market.OptionRight.Call ? gex : -gex;
    }
}
