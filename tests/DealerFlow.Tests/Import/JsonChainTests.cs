using System.Text;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class JsonChainTests
{
    private static readonly string OneExpiry = "dev_excerpts/cboe_json_SPY_20220712_one_expiry.json";

    private static OptionChain Read(IChainFormat format, string text) =>
        format.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "chain.json", SessionCalendar.Embedded);

    private static string Option(string symbol, string more = "", string bid = "1.5", string ask = "1.7") =>
        $$"""{"option":"{{symbol}}","bid":{{bid}},"ask":{{ask}},"open_interest":10.0,"volume":3.0,"last_trade_price":null,"last_trade_time":null{{more}}}""";

    private static string Delayed(string options, string timestamp = "2022-07-12 22:57:33", string symbol = "SPY", string data = "") =>
        $$"""{"timestamp":"{{timestamp}}","data":{"options":[{{options}}],"current_price":380.88,"bid":380.87,"ask":0{{data}}},"symbol":"{{symbol}}"}""";

    // Counted in the file by another program.
    [Fact]
    public void The_real_excerpt_of_delayed_quotes_is_read_whole()
    {
        OptionChain chain = ChainFormats.Read(Repository.RealData(OneExpiry));
        Assert.Equal(("SPY", 516, 0, 0), (chain.Underlying, chain.Contracts.Count, chain.IssueCount, chain.SkippedContracts));
        Assert.Equal(380.88, chain.Spot);
        Assert.Equal((380.87, 380.88), (chain.UnderlyingBid, chain.UnderlyingAsk));
        Assert.Equal("2022-07-12T22:57:33", UnixNanos.ToIso(chain.AsOfNanos!.Value)[..19]);
        Assert.Equal(145, chain.Contracts.Count(contract => contract.Bid == 0));
        Assert.Equal(231, chain.Contracts.Count(contract => contract.ExchangeGamma == 0));
        Assert.Equal(156, chain.Contracts.Count(contract => contract is { ExchangeGamma: 0, OpenInterest: > 0 }));
        Assert.Equal(89, chain.Contracts.Count(contract => contract.ExchangeIv == 0.02));
        Assert.Equal((3_511_409, 1_169_028), (chain.Contracts.Sum(contract => (long)contract.OpenInterest), chain.Contracts.Sum(contract => contract.Volume)));
        ChainContract first = chain.Contracts[0];
        Assert.Equal(("SPY220715C00195000", 185.26, 186.07, 189.46, 541L, 1_384u), (first.Symbol, first.Bid, first.Ask, first.Last, first.Volume, first.OpenInterest));
        Assert.Equal("2022-07-15T20:00:00", UnixNanos.ToIso(first.SettlementNanos)[..19]);
    }

    [Fact]
    public void The_real_excerpt_gives_a_spot_and_two_ticks_for_each_contract()
    {
        TickList list = TickList.OfFile(Repository.RealData(OneExpiry), TickFormats.Named("delayed-quotes")!);
        Assert.Equal((517L, 517L, 1_033L), (list.Report.Rows, list.Report.Taken, list.Report.Ticks));
        Assert.Equal(3_808_800, Assert.Single(list.Of(TickKind.Spot)).Price);
        Assert.Equal(3_511_409, list.Of(TickKind.OpenInterest).Sum(tick => tick.Quantity));
        Tick quote = list.Of(TickKind.Quote).First();
        Assert.Equal((1_852_600, 1_860_700, TickFlags.NationalBest), (quote.Bid, quote.Ask, quote.Flags));
    }

    [Fact]
    public void A_file_as_large_as_the_whole_of_spy_is_read()
    {
        string options = string.Join(',', Enumerable.Range(1, 4_604).SelectMany(i =>
            new[] { Option($"SPY220715C{i * 100:D8}"), Option($"SPY220715P{i * 100:D8}") }));
        Assert.Equal(9_208, Read(new DelayedQuotesFormat(), Delayed(options)).Contracts.Count);
    }

    [Fact]
    public void An_index_has_an_underscore_and_morning_and_afternoon_roots_in_one_file()
    {
        OptionChain chain = Read(new DelayedQuotesFormat(), Delayed(Option("SPX220715C03800000") + "," + Option("SPXW220715C03800000"), symbol: "_SPX"));
        Assert.Equal(("SPX", 0), (chain.Underlying, chain.IssueCount));
        Assert.Equal(["2022-07-15T13:30:00", "2022-07-15T20:00:00"], chain.Contracts.Select(contract => UnixNanos.ToIso(contract.SettlementNanos)[..19]));
        Assert.Null(chain.UnderlyingAsk);
    }

    [Theory]
    [InlineData("2022-07-12T18:57:33", "2022-07-12T22:57:33")]
    [InlineData("2022-07-12T18:57:34", null)]
    public void A_timestamp_before_the_last_trade_in_new_york_is_not_utc(string lastTrade, string? asOf)
    {
        OptionChain chain = Read(new DelayedQuotesFormat(), Delayed(Option("SPY220715C00380000"), data: $",\"last_trade_time\":\"{lastTrade}\""));
        Assert.Equal(asOf, chain.AsOfNanos is long nanos ? UnixNanos.ToIso(nanos)[..19] : null);
        Assert.Equal(asOf is null ? 1 : 0, chain.IssueCount);
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("0001-01-01 00:00:00")]
    [InlineData("2022-07-12T22:57:33Z")]
    public void A_timestamp_that_cannot_be_read_leaves_the_instant_to_the_caller(string timestamp)
    {
        OptionChain chain = Read(new DelayedQuotesFormat(), Delayed(Option("SPY220715C00380000"), timestamp));
        Assert.Null(chain.AsOfNanos);
        Assert.Equal((timestamp, 1), (chain.DateText, chain.IssueCount));
        Assert.Throws<InputFormatException>(() => TickList.OfText(
            Delayed(Option("SPY220715C00380000"), timestamp), "a.json", TickFormats.Named("delayed-quotes")!));
    }

    public static TheoryData<string, string> BadOptions => new()
    {
        { Option("SPY220715X00380000"), "'SPY220715X00380000', which is no option symbol" },
        { "{}", "option is ''" },
        { "5", "option is ''" },
        { """{"option":5}""", "option is '5', which is no text" },
        { Option("SPY220715C00390000", bid: "-1"), "bid is -1" },
        { Option("SPY220715C00390000", bid: "1e999"), "bid is '1e999'" },
        { Option("SPY220715C00390000", bid: "\"NaN\""), "bid is '\"NaN\"'" },
        { Option("SPY220715C00390000", bid: "[1]"), "bid is a list" },
        { Option("SPY220715C00390000", more: ",\"bid\":1.6"), "bid stands there twice" },
        { Option("SPY220715C00390000", more: ",\"open_interest\":10"), "open_interest stands there twice" },
        { """{"option":"SPY220715C00390000","bid":1,"ask":2,"open_interest":1.5}""", "open_interest is 1.5" },
        { """{"option":"SPY220715C00390000","bid":1,"ask":2,"open_interest":4294967296}""", "open_interest is 4294967296" },
        { """{"option":"SPY220715C00390000","bid":1,"ask":2,"open_interest":-3}""", "open_interest is -3" },
        { Option("SPY220715C00380000"), "for a second time" },
        { Option("QQQ220715C00380000"), "option on QQQ" },
        { Option("SPY400720C00380000"), "not in the trading calendar" },
        { Option(new string('A', 100_000)), "no option symbol" },
    };

    [Theory, MemberData(nameof(BadOptions))]
    public void A_bad_contract_is_left_out_and_reading_goes_on(string option, string reason)
    {
        OptionChain chain = Read(new DelayedQuotesFormat(), Delayed($"{Option("SPY220715C00380000")},{option},{Option("SPY220715P00380000")}"));
        Assert.Equal(["SPY220715C00380000", "SPY220715P00380000"], chain.Contracts.Select(contract => contract.Symbol));
        Assert.Equal((1, 1), (chain.SkippedContracts, chain.IssueCount));
        Assert.Equal(2, chain.Issues[0].Line);
        Assert.Contains(reason, chain.Issues[0].Reason, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> BadFiles => new()
    {
        { "", "no whole JSON text" },
        { "{", "no whole JSON text" },
        { "{\"data\":{\"options\":[NaN]}}", "no whole JSON text" },
        { "null", "no list 'options'" },
        { "[]", "no list 'options'" },
        { "{\"data\":[]}", "no list 'options'" },
        { "{\"data\":{\"options\":{}}}", "no list 'options'" },
        { "{\"data\":{\"options\":[]}}", "holds no contracts" },
        { "{\"data\":{\"options\":[5]}}", "no usable contract" },
        { new string('[', 100_000), "no whole JSON text" },
        { "{\"data\":{\"options\":[{\"option\":\"\\uD800\"}]}}", "no Unicode" },
        { Delayed(Option("SPY220715C00380000"))[..^30], "no whole JSON text" },
        { Delayed(Option("SPY220715C00380000", bid: "0", ask: "0.0")), "only 0 of its 1 contracts have a bid or an ask" },
        { Delayed(Option("SPY220715C00380000", bid: "null", ask: "null")), "nothing can be computed" },
        { Delayed("""{"option":"SPY220715C00390000","bid":1,"ask":2}"""), "states an open interest" },
    };

    [Theory, MemberData(nameof(BadFiles))]
    public void A_file_that_is_no_chain_or_gives_nothing_to_compute_is_refused(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<ChainFormatException>(() => Read(new DelayedQuotesFormat(), text)).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_name_that_is_no_unicode_is_refused_and_does_not_crash() => Assert.Throws<ChainFormatException>(
        () => Read(new DelayedQuotesFormat(), "{\"data\":{\"options\":[{\"opt\\uD800n\":1,\"option\":\"\\uDC00\"}]}}"));

    // Every prefix and every byte changed: a chain or a refusal, nothing else.
    [Fact]
    public void No_damage_of_a_byte_is_more_than_a_refusal()
    {
        byte[] good = Encoding.UTF8.GetBytes(Delayed(Option("SPY220715C00380000") + "," + Option("SPY220715P00380000")));
        for (int i = 0; i < good.Length; i++)
        {
            foreach (byte other in (ReadOnlySpan<byte>)[0, (byte)'"', (byte)'9', (byte)'}', (byte)'\\', 0xFF])
            {
                byte[] bad = [.. good];
                bad[i] = other;
                try
                {
                    _ = new DelayedQuotesFormat().Read(new MemoryStream(bad), "bad", SessionCalendar.Embedded);
                }
                catch (InputFormatException refusal)
                {
                    Assert.NotEmpty(refusal.Reason);
                }
            }
        }
    }

    // 618 of the contracts have the morning root; FORMATS counts crossed, without bid, without open interest.
    [Fact]
    public void The_real_merged_chain_of_spx_is_read_whole()
    {
        OptionChain chain = ChainFormats.Read(Repository.RealData("chain_merged_yahoo_cboe/SPX_20260712a.json"));
        Assert.Equal(("SPX", 4_160, 0), (chain.Underlying, chain.Contracts.Count, chain.SkippedContracts));
        Assert.Equal(7575.39013671875, chain.Spot);
        Assert.Equal("2026-07-12T08:34:47.129426", UnixNanos.ToIso(chain.AsOfNanos!.Value)[..26]);
        Assert.Equal(2, chain.Contracts.Count(contract => contract.Ask > 0 && contract.Bid > contract.Ask));
        Assert.Equal(486, chain.Contracts.Count(contract => contract.Bid == 0));
        Assert.Equal((3_542, 618), (chain.Contracts.Count(contract => contract.Root == "SPXW"), chain.Contracts.Count(contract => contract.Root == "SPX")));
        Assert.Equal(2_505_328, chain.Contracts.Sum(contract => (long)contract.OpenInterest));
        Assert.Equal(180, chain.Contracts.Count(contract => contract.ExchangeIv is null));
        Assert.Equal("51 contracts state no open interest; counted as 0 (said once).", Assert.Single(chain.Issues).Reason);
    }

    [Fact]
    public void The_real_overnight_chain_of_qqq_is_refused_and_never_a_zero_exposure()
    {
        string path = Repository.RealData("chain_merged_yahoo_cboe/QQQ_20260712a.json");
        ChainFormatException refusal = Assert.Throws<ChainFormatException>(() => ChainFormats.Read(path));
        Assert.Contains("only 15 of its 2,936 contracts have a bid or an ask", refusal.Reason, StringComparison.Ordinal);
        Assert.Contains("nothing can be computed", refusal.Reason, StringComparison.Ordinal);
    }

    private static string Snapshot(string contracts, string more = "") => $$"""{"request_id":"x","results":[{{contracts}}],"status":"OK"{{more}}}""";

    private static string Contract(string ticker, string details = "", string quoted = "1707494399000000000", string asset = "\"price\":190.5,\"ticker\":\"EVRI\"") => $$"""
        {"break_even_price":171.075,"day":{"close":21.1,"volume":9},"details":{"contract_type":"call","exercise_style":"american",
        "expiration_date":"2024-01-19","shares_per_contract":100,"strike_price":2.5,"ticker":"{{ticker}}"{{details}}},"greeks":{},
        "implied_volatility":0.5,"last_quote":{"ask":21.25,"ask_size":110,"bid":20.9,"bid_size":172,"last_updated":{{quoted}}},
        "open_interest":1543,"underlying_asset":{ {{asset}} } }
        """;

    [Fact]
    public void A_snapshot_takes_its_instant_from_the_latest_quote_and_its_multiplier_from_the_contract()
    {
        string text = Snapshot(
            Contract("O:SPY240209C00490000", quoted: "1707494399000000000", asset: "\"price\":500.5,\"ticker\":\"SPY\"") + ","
            + Contract("O:SPY240209P00490000", ",\"additional_underlyings\":[]", "1707494400000000001", "\"price\":500.5,\"ticker\":\"SPY\"").Replace("100,\"strike", "10,\"strike", StringComparison.Ordinal));
        var format = new PolygonSnapshotFormat();
        Assert.True(format.Recognizes(Encoding.UTF8.GetBytes(text), ""));
        OptionChain chain = Read(format, text);
        Assert.Equal(("SPY", 500.5, 1_707_494_400_000_000_001L, 0), (chain.Underlying, chain.Spot, chain.AsOfNanos, chain.IssueCount));
        ChainContract call = chain.Contracts[0], put = chain.Contracts[1];
        Assert.Equal(("SPY240209C00490000", 20.9, 21.25, 21.1, 9L, 1_543u), (call.Symbol, call.Bid, call.Ask, call.Last, call.Volume, call.OpenInterest));
        Assert.Equal((100u, false, ExerciseStyle.American, 0.5), (call.Multiplier, call.IsAdjusted, call.Exercise, call.ExchangeIv));
        Assert.Equal((10u, true), (put.Multiplier, put.IsAdjusted));
        Assert.Null(call.ExchangeGamma);

        TickList list = TickList.OfText(text, "a.json", TickFormats.Named("polygon-snapshot")!);
        Assert.Equal([1u, 100u, 10u], list.Definitions.Select(definition => definition.Multiplier));
    }

    [Fact]
    public void Pages_in_a_list_are_one_chain_and_a_last_page_with_a_next_one_is_a_part()
    {
        string first = Snapshot(Contract("O:SPY240209C00490000"), ",\"next_url\":\"more\"");
        Assert.Contains("next_url", Assert.Single(Read(new PolygonSnapshotFormat(), first).Issues).Reason, StringComparison.Ordinal);
        OptionChain whole = Read(new PolygonSnapshotFormat(), $"[{first},{Snapshot(Contract("O:SPY240209P00490000"))}]");
        Assert.Equal((2, 0), (whole.Contracts.Count, whole.IssueCount));
        Assert.Equal(2, Read(new PolygonSnapshotFormat(), $"[{Contract("O:SPY240209C00490000")},{Contract("O:SPY240209P00490000")}]").Contracts.Count);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"results\":5}")]
    [InlineData("{\"results\":[{\"details\":5}]}")]
    [InlineData("[[],5,null]")]
    public void A_snapshot_without_contracts_is_refused(string text) =>
        Assert.Throws<ChainFormatException>(() => Read(new PolygonSnapshotFormat(), text));

    [Fact]
    public void A_list_of_contracts_without_prices_is_no_snapshot()
    {
        using ImportFile file = ImportFile.Open(Repository.RealData("polygon_samples/v3/reference/options/contracts.json"));
        Assert.DoesNotContain(ChainFormats.All, format => format.Recognizes(file.Head.Span, file.FileName));
    }
}
