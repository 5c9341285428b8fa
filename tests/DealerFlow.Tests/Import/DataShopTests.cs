using System.IO.Compression;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class DataShopTests
{
    private const string Trades = "underlying_symbol,quote_datetime,sequence_number,root,expiration,strike,option_type,exchange_id,trade_size,trade_price,"
        + "trade_condition_id,canceled_trade_condition_id,best_bid,best_ask,underlying_bid,underlying_ask,number_of_exchanges,{exchange,bid_size,bid,ask_size,ask}[number_of_exchanges]\n";
    private const string GoodTrade = "^VIX,2016-06-01 13:57:58.175,78677916,VIX,2016-06-08,12.500,C,5,1,2.4000,0,0,2.1500,2.6000,14.7500,14.7510,2,5,269,2.1500,2420,2.6000,6,1,2.1000,3,2.6000\n";

    private const string Intervals = "underlying_symbol,quote_datetime,root,expiration,strike,option_type,close,trade_volume,bid_size,bid,ask_size,ask,underlying_bid,underlying_ask,open_interest\n";
    private const string GoodInterval = "^VIX,2021-04-26 10:00:00,VIXW,2021-06-16,20.000,P,1.5000,12,157,1.4000,284,1.6000,17.0000,17.0100,77\n";

    private const string Eod = "underlying_symbol,quote_date,root,expiration,strike,option_type,close,trade_volume,bid_1545,ask_1545,underlying_bid_1545,underlying_ask_1545,open_interest\n";
    private const string GoodEod = "^VIX,2016-06-01,VIX,2016-06-08,12.500,C,2.4,5,2.1500,2.6000,14.2400,14.2500,6\n";

    private static readonly DataShopTradesFormat TradesFormat = new();
    private static readonly DataShopIntervalsFormat IntervalsFormat = new();

    private static string TimeOf(Tick tick) => UnixNanos.ToIso(tick.EventTimeNanos)[..23];

    private static OptionChain ReadEod(string text) =>
        new DataShopEodFormat().Read(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), "eod.csv", SessionCalendar.Embedded);

    // Counted by another program: 97 ordinary prints and 10 legs of spreads, 9,743 contracts, 11 quotes without a bid.
    [Fact]
    public void The_real_excerpt_of_trades_is_read_whole()
    {
        TickList list = TickList.OfFile(Repository.RealData("dev_excerpts/cboe_UnderlyingOptionsTrades_2016-06-01_exp0608.csv"), TradesFormat);
        Assert.Equal((107L, 107L), (list.Report.Rows, list.Report.Taken));
        Tick[] trades = [.. list.Of(TickKind.Trade)];
        Assert.Equal((107, 9_743L), (trades.Length, trades.Sum(trade => trade.Quantity)));
        Assert.Equal((97, 10), (trades.Count(trade => trade.Flags == TickFlags.None), trades.Count(trade => trade.Flags == TickFlags.Complex)));
        Assert.Equal(11, list.Of(TickKind.Quote).Count(quote => quote.Bid == 0));
        Assert.Equal(("2016-06-01T17:57:58.175", 24_000, 1u, (byte)5), (TimeOf(trades[0]), trades[0].Price, trades[0].Quantity, trades[0].Venue));
        Assert.Equal(147_500, list.Of(TickKind.Spot).First().Price);
        Assert.Equal("VIX", list.Root(0));
    }

    [Fact]
    public void A_print_comes_after_spot_and_quote_with_the_sizes_at_the_best()
    {
        TickList list = TickList.OfText(Trades + GoodTrade, "a.csv", TradesFormat);
        Assert.Equal([TickKind.Spot, TickKind.Quote, TickKind.Trade], list.Ticks.Select(tick => tick.Kind));
        Tick quote = list.Ticks[1];
        Assert.Equal((21_500, 26_000, 269, 2_423, TickFlags.NationalBest), (quote.Bid, quote.Ask, (int)quote.BidSize, (int)quote.AskSize, quote.Flags));
        Assert.Equal(147_505, list.Ticks[0].Price);
    }

    [Fact]
    public void A_cancelled_print_is_taken_back_by_its_second_record_and_corrected_late()
    {
        string original = GoodTrade.Replace(",2.4000,0,0,", ",2.4000,0,1,", StringComparison.Ordinal);
        string cancel = GoodTrade.Replace(",2.4000,0,0,", ",2.4000,40,2,", StringComparison.Ordinal);
        string corrected = GoodTrade.Replace(",2.4000,0,0,", ",2.3000,2,0,", StringComparison.Ordinal);
        Tick[] trades = [.. TickList.OfText(Trades + original + cancel + corrected, "a.csv", TradesFormat).Of(TickKind.Trade)];
        Assert.Equal([(24_000, TickFlags.None), (24_000, TickFlags.Cancel), (23_000, TickFlags.Late)], trades.Select(trade => (trade.Price, trade.Flags)));
    }

    [Fact]
    public void A_print_before_the_first_quote_gives_the_print_alone()
    {
        string row = GoodTrade[..GoodTrade.IndexOf("2.1500", StringComparison.Ordinal)] + "0.0000,0.0000,0.0000,0.0000,0\n";
        Assert.Equal(TickKind.Trade, Assert.Single(TickList.OfText(Trades + row, "a.csv", TradesFormat).Ticks).Kind);
    }

    public static TheoryData<string, string, ImportRejection> BadTrades => new()
    {
        { ",2,5,269", ",1,5,269", ImportRejection.Malformed },
        { ",2,5,269", ",3,5,269", ImportRejection.Malformed },
        { ",2,5,269", ",-1,5,269", ImportRejection.Malformed },
        { ",2,5,269", ",2147483647,5,269", ImportRejection.Malformed },
        { ",2,5,269", ",x,5,269", ImportRejection.Malformed },
        { "2.4000,0,0", "2.4000,x,0", ImportRejection.Malformed },
        { "2016-06-01 13", "2016-06-31 13", ImportRejection.BadTime },
        { "13:57:58.175", "25:57:58.175", ImportRejection.BadTime },
        { "2016-06-01 13:57:58.175", "0001-01-01 00:00:00", ImportRejection.BadTime },
        { ",VIX,", ",V.X,", ImportRejection.UnknownContract },
        { "^VIX,", "^,", ImportRejection.UnknownContract },
        { "^VIX,", "^VOLATILITY,", ImportRejection.UnknownContract },
        { "12.500,C", "12.5001,C", ImportRejection.UnknownContract },
        { "12.500,C", "12.500,X", ImportRejection.UnknownContract },
        { "2016-06-08", "2046-06-08", ImportRejection.NoCalendar },
        { ",1,2.4000", ",0,2.4000", ImportRejection.BadQuantity },
        { ",269,", ",-269,", ImportRejection.BadQuantity },
        { "2.4000", "-2.4000", ImportRejection.BadPrice },
        { "2.1500,2.6000,14", "2.1500,NaN,14", ImportRejection.BadPrice },
        { "14.7510", "-1", ImportRejection.BadPrice },
    };

    [Theory, MemberData(nameof(BadTrades))]
    public void A_bad_print_is_rejected_with_its_reason_and_reading_goes_on(string good, string bad, ImportRejection reason)
    {
        string row = GoodTrade.Replace(good, bad, StringComparison.Ordinal);
        Assert.NotEqual(GoodTrade, row);
        TickList list = TickList.OfText(Trades + row + GoodTrade, "a.csv", TradesFormat);
        Assert.Equal((2L, 1L, 1L), (list.Report.Rows, list.Report.Rejected(reason), list.Report.Taken));
    }

    // FORMATS: 20,160 rows of 1,468 series, one of them crossed with a negative size. Sums were counted by another program.
    [Fact]
    public void The_real_intervals_are_read_whole_but_for_the_row_with_a_negative_size()
    {
        TickList list = TickList.OfFile(Repository.RealData("cboe_datashop/UnderlyingOptionsIntervals_1800sec_calcs_oi_2021-04-26.csv"), IntervalsFormat);
        Assert.Equal((20_160L, 20_159L, 1L), (list.Report.Rows, list.Report.Taken, list.Report.Rejected(ImportRejection.BadQuantity)));
        Assert.Equal((20_159, 27, 1_468), (list.Of(TickKind.Quote).Count(), list.Of(TickKind.Spot).Count(), list.Of(TickKind.OpenInterest).Count()));
        Assert.Equal(7_340_673, list.Of(TickKind.OpenInterest).Sum(tick => tick.Quantity));
        Assert.Equal((1_605, 288_817L), (list.Of(TickKind.Trade).Count(), list.Of(TickKind.Trade).Sum(tick => tick.Quantity)));
        Assert.All(list.Of(TickKind.Trade), trade => Assert.Equal(TickFlags.Late, trade.Flags));
        Assert.Equal("2021-04-26T14:00:00.000", TimeOf(list.Ticks[0]));
        Assert.Equal(1_468 + 2, list.Definitions.Length);
    }

    [Theory]
    [InlineData(",1.5000,12,", ",0.0000,12,", ImportRejection.BadPrice)]
    [InlineData(",12,157", ",-12,157", ImportRejection.BadQuantity)]
    [InlineData(",284,", ",-5,", ImportRejection.BadQuantity)]
    [InlineData(",77\n", ",7.5\n", ImportRejection.BadQuantity)]
    [InlineData(",77\n", "\n", ImportRejection.Malformed)]
    [InlineData("10:00:00", "10:00", ImportRejection.BadTime)]
    public void A_bad_interval_is_rejected_with_its_reason_and_reading_goes_on(string good, string bad, ImportRejection reason)
    {
        string row = GoodInterval.Replace(good, bad, StringComparison.Ordinal);
        Assert.NotEqual(GoodInterval, row);
        TickList list = TickList.OfText(Intervals + row + GoodInterval, "a.csv", IntervalsFormat);
        Assert.Equal((2L, 1L, 1L), (list.Report.Rows, list.Report.Rejected(reason), list.Report.Taken));
    }

    [Fact]
    public void An_interval_gives_spot_open_interest_quote_and_its_volume()
    {
        TickList list = TickList.OfText(Intervals + GoodInterval, "a.csv", IntervalsFormat);
        Assert.Equal([TickKind.Spot, TickKind.OpenInterest, TickKind.Quote, TickKind.Trade], list.Ticks.Select(tick => tick.Kind));
        Assert.Equal((170_050, 77u, 14_000, 15_000), (list.Ticks[0].Price, list.Ticks[1].Quantity, list.Ticks[2].Bid, list.Ticks[3].Price));
        Assert.Equal(("VIX", "VIXW"), (list.Root(0), list.Root(1)));
    }

    // FORMATS: 724 rows, 76 of the series that expired that morning, 196 without a bid, 105 without gamma, 231 without open interest.
    [Fact]
    public void The_real_end_of_day_summary_is_a_chain_of_a_quarter_to_four()
    {
        OptionChain chain = ChainFormats.Read(Repository.RealData("cboe_datashop/UnderlyingOptionsEODCalcs_2016-06-01.csv"));
        Assert.Equal(("VIX", 724, 0), (chain.Underlying, chain.Contracts.Count, chain.IssueCount));
        Assert.Equal((14.24, "2016-06-01T19:45"), (chain.Spot, UnixNanos.ToIso(chain.AsOfNanos!.Value)[..16]));
        Assert.Equal(196, chain.Contracts.Count(contract => contract.Bid == 0));
        Assert.Equal(76, chain.Contracts.Count(contract => contract.ExchangeIv is null));
        Assert.Equal(105, chain.Contracts.Count(contract => contract.ExchangeGamma == 0));
        Assert.Equal(231, chain.Contracts.Count(contract => contract.OpenInterest == 0));
        Assert.Equal(76, chain.CountSettled(chain.AsOfNanos.Value));
        Assert.Equal((6_735_547, 306_319), (chain.Contracts.Sum(contract => (long)contract.OpenInterest), chain.Contracts.Sum(contract => contract.Volume)));
        Assert.Equal(("2016-06-01", "2016-11-16"), ($"{chain.FirstExpiry:yyyy-MM-dd}", $"{chain.LastExpiry:yyyy-MM-dd}"));
    }

    [Theory]
    [InlineData("UnderlyingOptionsEODCalcs_2016-06-01.zip", true)]
    [InlineData("UnderlyingOptionsEODQuotes_2016-06-01.zip", false)]
    public void The_official_archives_hold_the_same_chain_with_and_without_calculations(string name, bool hasGreeks)
    {
        OptionChain loose = ChainFormats.Read(Repository.RealData("cboe_datashop/UnderlyingOptionsEODCalcs_2016-06-01.csv"));
        using ZipArchive outer = ZipFile.OpenRead(Repository.RealData("cboe_datashop/OptionEODSummary_Sample_2016-06-01.zip"));
        using var inner = new ZipArchive(outer.GetEntry(name)!.Open());
        using Stream text = Assert.Single(inner.Entries).Open();
        OptionChain packed = new DataShopEodFormat().Read(text, "eod.csv", SessionCalendar.Embedded);
        Assert.Equal(
            loose.Contracts.Select(contract => (contract.Symbol, contract.Bid, contract.Ask, contract.OpenInterest)),
            packed.Contracts.Select(contract => (contract.Symbol, contract.Bid, contract.Ask, contract.OpenInterest)));
        Assert.Equal(hasGreeks, packed.Contracts.Any(contract => contract.ExchangeGamma is not null));
    }

    [Theory]
    [InlineData("12.500", "12.5001", "no contract")]
    [InlineData(",C,", ",X,", "no contract")]
    [InlineData("2016-06-01,", "2016-06-02,", "quote date")]
    [InlineData("2.1500", "-2.1500", "bid_1545 is -2.15")]
    [InlineData("2.1500", "2.1500\0", "zero byte")]
    [InlineData("2.1500", "NaN", "bid_1545 is 'NaN'")]
    [InlineData(",6\n", ",6.5\n", "open_interest is '6.5'")]
    [InlineData(",6\n", "\n", "fields")]
    [InlineData("VIX,2016-06-08", "SPX,2016-06-08", "option on SPX")]
    public void A_bad_row_of_a_summary_is_left_out(string good, string bad, string reason)
    {
        string row = GoodEod.Replace(good, bad, StringComparison.Ordinal);
        Assert.NotEqual(GoodEod, row);
        OptionChain chain = ReadEod(Eod + GoodEod + row + GoodEod.Replace(",C,", ",P,", StringComparison.Ordinal));
        Assert.Equal((2, 1, 1), (chain.Contracts.Count, chain.SkippedContracts, chain.IssueCount));
        Assert.Contains(reason, chain.Issues[0].Reason, StringComparison.Ordinal);
        Assert.Equal(14.245, chain.Spot!.Value, 9);
        Assert.Equal(3, chain.Issues[0].Line);
    }

    // The day after Thanksgiving closes at one.
    [Fact]
    public void On_a_short_day_the_snapshot_lies_as_long_before_the_close() => Assert.Equal(
        "2016-11-25T17:45", UnixNanos.ToIso(ReadEod(Eod + GoodEod.Replace("2016-06-01", "2016-11-25", StringComparison.Ordinal)
            .Replace("2016-06-08", "2016-12-21", StringComparison.Ordinal)).AsOfNanos!.Value)[..16]);

    [Fact]
    public void No_damage_of_a_byte_is_more_than_a_rejected_row_or_a_refusal()
    {
        TickList.TryEveryDamage(Trades + GoodTrade, TradesFormat);
        TickList.TryEveryDamage(Intervals + GoodInterval, IntervalsFormat);
        TickList.TryEveryDamage(Eod + GoodEod, TickFormats.Named("datashop-eod")!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("underlying_symbol,root\n")]
    public void A_text_of_other_columns_is_refused(string text)
    {
        Assert.Throws<InputFormatException>(() => TickList.OfText(text, "a.csv", TradesFormat));
        Assert.Throws<InputFormatException>(() => TickList.OfText(text, "a.csv", IntervalsFormat));
        Assert.Throws<ChainFormatException>(() => ReadEod(text));
    }
}
