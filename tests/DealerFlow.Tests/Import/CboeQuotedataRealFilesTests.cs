using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Every chain of the folder of real data. The expected facts were taken from the files by another program.</summary>
public class CboeQuotedataRealFilesTests
{
    private const string NoDate = "";

    // file, underlying, contracts, spot, as-of in UTC, first and last expiry, issues
    public static TheoryData<string, string, int, double?, string, string, string, int> Files => new()
    {
        { "amd_20230820_2235ET.csv", "AMD", 1_738, 105.6, "2023-08-21T02:35", "2023-08-25", "2025-12-19", 0 },
        { "ndx_20230526_1718ET.csv", "NDX", 21_852, 14298.4092, "2023-05-26T21:18", "2023-05-26", "2025-12-19", 0 },
        { "qqq_20230612_1635ET.csv", "QQQ", 7_246, 358.27, "2023-06-12T20:35", "2023-06-12", "2025-06-20", 0 },
        { "qqq_20230924_1346ET.csv", "QQQ", 6_340, 358.23, "2023-09-24T17:46", "2023-09-25", "2026-01-16", 0 },
        { "spx_20220205_2009ET.csv", "SPX", 20_514, 4500.5298, "2022-02-06T01:09", "2022-02-07", "2026-12-18", 0 },
        { "spx_20220611_2047ET.csv", "SPX", 19_670, 3900.8601, "2022-06-12T00:47", "2022-06-10", "2026-12-18", 0 },
        { "spx_20220913_noheader_resaved.csv", "SPX", 19_354, null, NoDate, "2022-09-13", "2027-12-17", 0 },
        { "spx_20230203_2324ET.csv", "SPX", 6_808, 4136.48, "2023-02-04T04:24", "2023-02-03", "2023-02-28", 0 },
        { "spx_20230609_1340ET_edited-date.csv", "SPX", 17_788, 4300.0098, "2023-06-09T17:40", "2023-06-09", "2027-12-17", 0 },
        { "spx_20230609_2218ET_part.csv", "SPX", 180, 4298.8599, "2023-06-10T02:18", "2023-06-09", "2023-06-30", 0 },
        { "spx_20230904_1456ET.csv", "SPX", 19_158, 4515.77, "2023-09-04T18:56", "2023-09-05", "2028-12-15", 0 },
        { "spx_20240107_1052ET.csv", "SPX", 21_038, 4697.2402, "2024-01-07T15:52", "2024-01-05", "2029-12-21", 0 },
        { "spx_20250106_2048ET_feb.csv", "SPX", 4_344, 5975.3799, "2025-01-07T01:48", "2025-02-03", "2025-02-28", 0 },
        { "spx_20250106_2057ET_tiny.csv", "SPX", 40, 5975.3799, "2025-01-07T01:57", "2025-01-07", "2025-01-07", 0 },
        { "spx_20251001_1801ET_exp01.csv", "SPX", 282, 6711.2002, "2025-10-01T22:01", "2026-04-17", "2026-04-17", 0 },
        { "spx_20251001_180xET_exp03.csv", "SPX", 434, 6711.2002, "2025-10-01T22:03", "2026-06-18", "2026-06-30", 0 },
        { "spx_20251001_180xET_exp05.csv", "SPX", 318, 6711.2002, "2025-10-01T22:04", "2026-09-18", "2026-09-30", 0 },
        { "spx_20251001_180xET_exp07.csv", "SPX", 186, 6711.2002, "2025-10-01T22:05", "2026-12-18", "2026-12-18", 0 },
        { "spx_20251001_180xET_exp09.csv", "SPX", 74, 6711.2002, "2025-10-01T22:05", "2027-06-17", "2027-06-17", 0 },
        { "spy_20220709_1728ET.csv", "SPY", 8_666, 388.67, "2022-07-09T21:28", "2022-07-11", "2024-12-20", 0 },
        { "spy_202306xx_1515ET_bad-date.csv", "SPY", 7_686, 427.92, NoDate, "2023-06-05", "2025-12-19", 1 },
    };

    [Theory, MemberData(nameof(Files))]
    public void A_real_chain_is_read_whole(
        string file, string underlying, int contracts, double? spot, string asOf, string firstExpiry, string lastExpiry, int issues)
    {
        OptionChain chain = Chain(file);
        Assert.Equal(underlying, chain.Underlying);
        Assert.Equal(contracts, chain.Contracts.Count);
        Assert.Equal(spot, chain.Spot);
        Assert.Equal(asOf, chain.AsOfNanos is long nanos ? UnixNanos.ToIso(nanos)[..16] : NoDate);
        Assert.Equal((firstExpiry, lastExpiry), ($"{chain.FirstExpiry:yyyy-MM-dd}", $"{chain.LastExpiry:yyyy-MM-dd}"));
        Assert.Equal((issues, 0), (chain.IssueCount, chain.SkippedContracts));
    }

    [Fact]
    public void No_real_chain_is_left_out_of_the_table() => Assert.Equal(
        Files.Select(row => row.Data.Item1).Order(StringComparer.Ordinal),
        Directory.GetFiles(Repository.RealData("cboe_csv"), "*.csv").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));

    [Fact]
    public void The_year_that_was_edited_away_is_the_one_issue_of_all_files()
    {
        OptionChain chain = Chain("spy_202306xx_1515ET_bad-date.csv");
        Assert.Equal("4 June 4, 3:15 PM EDT", chain.DateText);
        Assert.Equal(
            "line 3: the date '4 June 4, 3:15 PM EDT' cannot be read with certainty; state the time of the chain.",
            Assert.Single(chain.Issues).ToString());
    }

    // The exchange's own gammas, calls + and puts −, per 1 % of the spot: the published plot of this chain says "$-11.00 Bn", and
    // a sum over the afternoon of 9 June 2023 gives +64.2 bn.
    [Theory]
    [InlineData("spx_20240107_1052ET.csv", -10.9987)]
    [InlineData("spx_20230609_1340ET_edited-date.csv", 64.1991)]
    [InlineData("ndx_20230526_1718ET.csv", 3.3318)]
    [InlineData("spy_20220709_1728ET.csv", -2.8210)]
    public void The_exchanges_gammas_sum_to_the_known_exposure(string file, double billions)
    {
        OptionChain chain = Chain(file);
        double sum = 0;
        foreach (ChainContract contract in chain.Contracts)
        {
            double sign = contract.Right == OptionRight.Call ? 1 : -1;
            sum += sign * contract.OpenInterest * contract.ExchangeGamma!.Value;
        }
        Assert.Equal(billions, sum * chain.Spot!.Value * chain.Spot.Value * 0.01 * 100 / 1e9, 4);
    }

    [Theory, MemberData(nameof(Files))]
    public void Every_expiry_of_a_real_chain_is_a_trading_day(
        string file, string underlying, int contracts, double? spot, string asOf, string firstExpiry, string lastExpiry, int issues)
    {
        _ = (underlying, contracts, spot, asOf, firstExpiry, lastExpiry, issues);
        Assert.All(Chain(file).Contracts.Select(contract => contract.Expiry).Distinct(),
            expiry => Assert.True(TradingCalendar.IsTradingDay(expiry), $"{expiry:yyyy-MM-dd}"));
    }

    [Fact]
    public void A_sunday_file_still_lists_the_friday_that_has_settled()
    {
        OptionChain chain = Chain("spx_20240107_1052ET.csv");
        int friday = chain.Contracts.Count(contract => contract.Expiry == new DateOnly(2024, 1, 5));
        Assert.True(friday > 0);
        Assert.Equal(friday, chain.CountSettled(chain.AsOfNanos!.Value));
    }

    [Fact]
    public void Adjusted_contracts_of_a_real_chain_are_marked()
    {
        OptionChain chain = Chain("amd_20230820_2235ET.csv");
        Assert.Equal("Advanced Micro Devices, Inc.", chain.UnderlyingName);
        Assert.Equal(80, chain.Contracts.Count(contract => contract is { IsAdjusted: true, Root: "AMD1" }));
        Assert.Equal(1_658, chain.Contracts.Count(contract => contract is { IsAdjusted: false, Root: "AMD" }));
    }

    [Fact]
    public void Morning_expiries_fall_on_thursdays_where_the_friday_is_a_holiday()
    {
        ChainContract contract = Chain("spx_20251001_180xET_exp03.csv").Contracts[0];
        Assert.Equal(("SPX", DayOfWeek.Thursday, SettlementStyle.AM), (contract.Root, contract.Expiry.DayOfWeek, contract.Settlement));
        Assert.Equal("2026-06-18T13:30:00.000000000Z", UnixNanos.ToIso(contract.SettlementNanos));
    }

    [Theory, MemberData(nameof(Files))]
    public void Every_price_of_a_real_chain_survives_as_an_integer(
        string file, string underlying, int contracts, double? spot, string asOf, string firstExpiry, string lastExpiry, int issues)
    {
        _ = (underlying, asOf, firstExpiry, lastExpiry, issues);
        OptionChain chain = Chain(file);
        ChainTickSet set = ChainTicks.Build(chain, asOfNanos: 1, chain.Spot);
        Assert.Empty(set.Issues);
        Assert.Equal(2, set.PriceDecimals);
        Assert.Equal((spot is null ? 0 : 1) + (2 * contracts), set.Ticks.Length);
        if (spot is double price) Assert.Equal(price, set.Ticks[0].Price / 10_000.0);
        ReadOnlySpan<Tick> quotes = set.Ticks.AsSpan(^contracts..);
        for (int i = 0; i < contracts; i++)
        {
            Assert.Equal(chain.Contracts[i].Bid, quotes[i].Bid / 100.0);
            Assert.Equal(chain.Contracts[i].Ask, quotes[i].Ask / 100.0);
        }
    }

    [Fact]
    public void A_chain_read_twice_is_the_same()
    {
        OptionChain first = Chain("spx_20240107_1052ET.csv"), second = Chain("spx_20240107_1052ET.csv");
        Assert.Equal(first.Contracts, second.Contracts);
    }

    // Symbols, the contracts and the growing of lists; two copies of the file's text would already be more.
    [Fact]
    public void Reading_a_large_chain_allocates_no_more_than_a_few_times_its_size()
    {
        string path = Repository.RealData("cboe_csv/spx_20240107_1052ET.csv");
        CboeQuotedataCsv.Read(path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        OptionChain chain = CboeQuotedataCsv.Read(path);
        long perContract = (GC.GetAllocatedBytesForCurrentThread() - before) / chain.Contracts.Count;
        Assert.InRange(perContract, 100, 1_000);
    }

    private static OptionChain Chain(string file) => CboeQuotedataCsv.Read(Path.Combine(Repository.RealData("cboe_csv"), file));
}
