using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;
using static DealerFlow.Tests.PacketFixture;

namespace DealerFlow.Tests;

public class CryptofeedTests
{
    private const string Folder = "crypto_options/cryptofeed";
    private const long Millis = 1_626_993_723_632;
    private const string Connected = "wss://www.deribit.com/ws/api/v2 <-> 1626993723.424371\n";

    private static string File(string name) => Repository.RealData($"{Folder}/{name}");

    private static string Ticker(string name, string members) =>
        $"1626993723.8: {{\"jsonrpc\":\"2.0\",\"method\":\"subscription\",\"params\":{{\"channel\":\"ticker.{name}.raw\",\"data\":{{\"timestamp\":{Millis},"
        + $"\"instrument_name\":\"{name}\",{members}}}}}}}\n";

    private static string Trades(params string[] trades) =>
        $"1626993723.8: {{\"jsonrpc\":\"2.0\",\"method\":\"subscription\",\"params\":{{\"channel\":\"trades.x.raw\",\"data\":[{string.Join(',', trades)}]}}}}\n";

    private static string Trade(string name, string price, string amount, string more = "") =>
        $"{{\"timestamp\":{Millis},\"instrument_name\":\"{name}\",\"price\":{price},\"amount\":{amount},\"index_price\":30000.5,\"direction\":\"buy\"{more}}}";

    private static ImportRun Run(string text) => PacketFixture.Run(new Cryptofeed(), Encoding.UTF8.GetBytes(Connected + text));

    [Fact]
    public void The_real_Deribit_recording_gives_every_ticker()
    {
        ImportRun run = RunRecognized("cryptofeed", File("DERIBIT_20210722.ws.1.0"));
        // By another program: 89 tickers of 10 options in which the indexes changed 33 times, 46 books, one answer; a connection, a request.
        Assert.Equal((138, 89, 46, 3), (run.Report.Rows, run.Report.Taken, run.Report.Passed(ImportPass.OtherKind), run.Report.Passed(ImportPass.Administrative)));
        Assert.Equal(0, run.Report.RejectedTotal);
        Tick[] quotes = [.. run.Ticks.Where(tick => tick.Kind == TickKind.Quote)];
        Assert.Equal((89, 33, 10), (quotes.Length, run.Ticks.Count(tick => tick.Kind == TickKind.Spot), run.Ticks.Count(tick => tick.Kind == TickKind.OpenInterest)));
        Assert.Equal((2_831_250_754, 3_048_536_580), (quotes.Sum(tick => (long)tick.Bid), quotes.Sum(tick => (long)tick.Ask)));
        Assert.All(quotes, tick => Assert.Equal((TickFlags.NationalBest, (byte)0), (tick.Flags, tick.Venue)));
        Assert.Equal(10 + 2, run.Import.Definitions.Length);
    }

    [Fact]
    public void The_first_tickers_of_the_real_recording_are_index_open_interest_and_quote_in_dollars()
    {
        ImportRun run = RunRecognized("cryptofeed", File("DERIBIT_20210722.ws.1.0"));
        Tick[] first = [.. run.Ticks.Take(5)];
        Assert.Equal(
            [TickKind.Spot, TickKind.OpenInterest, TickKind.Quote, TickKind.OpenInterest, TickKind.Quote], first.Select(tick => tick.Kind));
        Assert.Equal(("ETH", 20_067_200), (run.Name(first[0]), first[0].Price));
        Assert.Equal(("ETH 20210730 C 2800000", 12_685u), (run.Name(first[1]), first[1].Quantity));
        Assert.Equal((30_054, 50_090, (ushort)4_714, (ushort)873), (first[2].Bid, first[2].Ask, first[2].BidSize, first[2].AskSize));    // 0.0015, 0.0025 x 2003.61
        Assert.Equal(("ETH 20210827 P 4000000", 8u), (run.Name(first[3]), first[3].Quantity));
        Assert.Equal((0, 0, (ushort)0, (ushort)0), (first[4].Bid, first[4].Ask, first[4].BidSize, first[4].AskSize));                    // nothing quoted
        Assert.All(first[..3], tick => Assert.Equal((Millis * 1_000_000, 172_855_000u), (tick.EventTimeNanos, tick.ReceiveDelayNanos)));

        Tick last = run.Ticks[^1];
        Assert.Equal("BTC 20211231 P 34000000", run.Name(last));
        Assert.Equal((76_142_820, 77_289_056, (ushort)2, (ushort)8), (last.Bid, last.Ask, last.BidSize, last.AskSize));
        InstrumentDefinition definition = run[last];
        Assert.Equal("2021-12-31T08:00:00.000000000Z", UnixNanos.ToIso(definition.SettlementNanos));
        Assert.Equal((SettlementKind.Utc0800, ExerciseKind.European, 1u), (definition.Settlement, definition.Exercise, definition.Multiplier));
        Assert.Equal("BTC", run.Import.Definitions[(int)definition.UnderlyingId].Root.ToString());
    }

    [Fact]
    public void The_recording_in_JSON_gives_the_same_ticks()
    {
        ImportRun lines = RunRecognized("cryptofeed", File("DERIBIT_20210722.ws.1.0"));
        ImportRun json = RunRecognized("cryptofeed", File("DERIBIT_20210722.jsonl.zst"));
        Assert.Equal(
            MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(lines.Ticks)).ToArray(), MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(json.Ticks)).ToArray());
        Assert.Equal((143, 89, 46, 8), (json.Report.Rows, json.Report.Taken, json.Report.Passed(ImportPass.OtherKind), json.Report.Passed(ImportPass.Administrative)));
    }

    [Theory]
    [InlineData("DELTA.0")]
    [InlineData("DERIBIT_20210722.0")]
    public void Lists_of_instruments_are_passed_over(string file)
    {
        ImportRun run = RunRecognized("cryptofeed", File(file));
        Assert.Empty(run.Ticks);
        Assert.Equal((System.IO.File.ReadLines(File(file)).Count(line => line.Length > 0), 0), (run.Report.PassedTotal, run.Report.RejectedTotal));
    }

    [Fact]
    public void No_real_recording_is_left_out() => Assert.Equal(5, Directory.GetFiles(File("")).Length);

    [Fact]
    public void Every_name_on_the_exchanges_own_list_says_what_the_list_says()
    {
        int options = 0;
        int others = 0;
        foreach (string line in System.IO.File.ReadLines(File("DERIBIT_20210722.0")).Where(line => line.StartsWith("https")))
        {
            using JsonDocument list = JsonDocument.Parse(line[(line.IndexOf(": {") + 2)..]);
            foreach (JsonElement listed in list.RootElement.GetProperty("result").EnumerateArray())
            {
                string name = listed.GetProperty("instrument_name").GetString()!;
                bool isOption = listed.GetProperty("kind").GetString() == "option";
                Assert.Equal(isOption, DeribitName.TryParse(name, out OsiContract contract));
                if (!isOption)
                {
                    others++;
                    continue;
                }
                options++;
                var expiry = new DateTime(contract.Expiry, new TimeOnly(8, 0), DateTimeKind.Utc);
                Assert.Equal(listed.GetProperty("expiration_timestamp").GetInt64(), (long)(expiry - DateTime.UnixEpoch).TotalMilliseconds);
                Assert.Equal(listed.GetProperty("strike").GetDouble(), contract.Strike);
                Assert.Equal(listed.GetProperty("option_type").GetString(), contract.Right == OptionRight.Call ? "call" : "put");
                Assert.Equal(listed.GetProperty("base_currency").GetString(), contract.Root);
                Assert.Equal(1, listed.GetProperty("contract_size").GetDecimal());
            }
        }
        Assert.Equal(390 + 418 + 172, options);
        Assert.True(others > 0);
    }

    [Fact]
    public void A_trade_takes_the_expirys_underlying_and_before_there_is_one_the_index()
    {
        const string name = "BTC-24SEP21-34000-P";
        ImportRun run = Run(
            Trades(Trade(name, "0.1", "2"))
            + Ticker(name, "\"underlying_price\":32000.0,\"index_price\":30000.5")
            + Trades(Trade(name, "0.1", "0.5"), Trade(name, "0.2", "1.4", ",\"combo_id\":\"x\""))
            + Trades(Trade("BTC-31DEC21-34000-P", "0.1", "3", ",\"block_trade_id\":\"x\"")));
        Assert.Equal(
            [(30_000_500, 2u, TickFlags.None), (32_000_000, 1u, TickFlags.None), (64_000_000, 1u, TickFlags.Complex), (30_000_500, 3u, TickFlags.Complex)],
            run.Ticks.Where(tick => tick.Kind == TickKind.Trade).Select(tick => (tick.Price, tick.Quantity, tick.Flags)));
        Assert.Equal((5, 4, 1), (run.Report.Rows, run.Report.Taken, run.Report.PassedTotal));
    }

    [Fact]
    public void A_trade_of_less_than_half_a_contract_is_empty()
    {
        ImportRun run = Run(Trades(Trade("BTC-24SEP21-34000-P", "0.1", "0.4"), Trade("BTC-24SEP21-34000-P", "0.1", "0.1")));
        Assert.Equal((1, 0), (run.Report.Passed(ImportPass.Empty), run.Ticks.Count));
    }

    [Fact]
    public void The_index_is_told_when_it_changes_and_open_interest_once_a_day()
    {
        string Members(string index, string open) => $"\"underlying_price\":32000.0,\"index_price\":{index},\"open_interest\":{open}";
        string first = Ticker("BTC-24SEP21-34000-P", Members("30000.5", "14.5"));
        ImportRun run = Run(
            first + Ticker("BTC-24SEP21-34000-P", Members("30000.5", "20")) + Ticker("BTC-24SEP21-30000-C", Members("30001.123456", "7"))
            + Ticker("BTC-24SEP21-34000-P", Members("30001.123456", "21")).Replace($"{Millis}", $"{Millis + 86_400_000}"));
        Assert.Equal([300_005_000, 300_011_235], run.Ticks.Where(tick => tick.Kind == TickKind.Spot).Select(tick => tick.Price));
        Assert.Equal([15u, 7u, 21u], run.Ticks.Where(tick => tick.Kind == TickKind.OpenInterest).Select(tick => tick.Quantity));
        Assert.Equal(4, run.Report.Taken);
    }

    [Theory]
    [InlineData("BTC-PERPETUAL")]
    [InlineData("BTC-24SEP21")]
    [InlineData("XRP_USDC-30JUN24-0d52-C")]
    [InlineData("SOL_USDC-30JUN24-150-P")]
    public void Other_instruments_are_passed_over(string name)
    {
        ImportRun run = Run(Ticker(name, "\"underlying_price\":1.0") + Trades(Trade(name, "1", "1")));
        Assert.Equal((2, 0), (run.Report.Passed(ImportPass.OtherInstrument), run.Ticks.Count));
    }

    [Theory]
    [InlineData("BTC-24SEP21-34000-P", true)]
    [InlineData("ETH-3SEP21-1-C", true)]
    [InlineData("BTC-24SEP21-300000-C", true)]
    [InlineData("BTC-29FEB24-34000-C", true)]
    [InlineData("BTC-29FEB23-34000-C", false)]
    [InlineData("BTC-0SEP21-34000-C", false)]
    [InlineData("BTC-31SEP21-34000-C", false)]
    [InlineData("BTC-24SPT21-34000-C", false)]
    [InlineData("BTC-24SEP2X-34000-C", false)]
    [InlineData("BTC-SEP21-34000-C", false)]
    [InlineData("BTC-24SEP21-0-C", false)]
    [InlineData("BTC-24SEP21--1-C", false)]
    [InlineData("BTC-24SEP21-100000001-C", false)]
    [InlineData("BTC-24SEP21-99999999999999999999-C", false)]
    [InlineData("BTC-24SEP21-34000-X", false)]
    [InlineData("BTC-24SEP21-34000-C-1", false)]
    [InlineData("btc-24SEP21-34000-C", false)]
    [InlineData("TOOLONG-24SEP21-34000-C", false)]
    [InlineData("-24SEP21-34000-C", false)]
    [InlineData("", false)]
    public void A_name_is_an_option_or_not(string name, bool isOption) => Assert.Equal(isOption, DeribitName.TryParse(name, out _));

    [Theory]
    [InlineData("\"underlying_price\":0", ImportRejection.BadPrice)]
    [InlineData("\"underlying_price\":null", ImportRejection.BadPrice)]
    [InlineData("\"underlying_price\":\"32000\"", ImportRejection.BadPrice)]
    [InlineData("\"underlying_price\":1e300", ImportRejection.BadPrice)]
    [InlineData("\"underlying_price\":32000,\"best_bid_price\":-0.1", ImportRejection.BadPrice)]
    [InlineData("\"underlying_price\":32000,\"best_ask_price\":1e27", ImportRejection.BadPrice)]
    [InlineData("\"underlying_price\":1000000000,\"best_ask_price\":1000000000", ImportRejection.BadPrice)]
    [InlineData("\"underlying_price\":32000,\"best_ask_price\":100", ImportRejection.BadPrice)]
    [InlineData("\"underlying_price\":32000,\"best_ask_price\":[]", ImportRejection.BadPrice)]
    [InlineData("\"underlying_price\":32000,\"best_bid_amount\":-1", ImportRejection.BadQuantity)]
    [InlineData("\"underlying_price\":32000,\"open_interest\":-1", ImportRejection.BadQuantity)]
    [InlineData("\"underlying_price\":32000,\"open_interest\":1e20", ImportRejection.BadQuantity)]
    [InlineData("\"underlying_price\":32000,\"index_price\":-5", ImportRejection.BadPrice)]
    [InlineData("\"underlying_price\":32000,\"index_price\":900000", ImportRejection.BadPrice)]
    public void A_ticker_that_cannot_be_is_rejected_and_reading_goes_on(string members, ImportRejection reason)
    {
        ImportRun run = Run(Ticker("BTC-24SEP21-34000-P", members) + Ticker("BTC-24SEP21-34000-P", "\"underlying_price\":32000,\"best_bid_price\":0.1"));
        Assert.Equal((1, 1, 1), (run.Report.Rejected(reason), run.Report.RejectedTotal, run.Report.Taken));
        Assert.Equal(32_000_000, run.Ticks[^1].Bid);
    }

    [Theory]
    [InlineData("what is this\n", ImportRejection.Malformed)]
    [InlineData("1626993723.8 {}\n", ImportRejection.Malformed)]
    [InlineData("1626993723.8: \n", ImportRejection.Malformed)]
    [InlineData("1626993723.8: {\"jsonrpc\":\n", ImportRejection.Malformed)]
    [InlineData("1626993723.8: {\"params\":{\"channel\":\"ticker.\\uD800\",\"data\":{}}}\n", ImportRejection.Malformed)]
    [InlineData("1626993723.8: {\"params\":{\"channel\":\"ticker.x\",\"data\":{}}}\n", ImportRejection.Malformed)]
    [InlineData("1626993723.8: {\"params\":{\"channel\":\"ticker.x\",\"data\":{\"instrument_name\":\"BTC-24SEP21-34000-P\"}}}\n", ImportRejection.BadTime)]
    [InlineData("1626993723.8: {\"params\":{\"channel\":\"ticker.x\",\"data\":{\"instrument_name\":\"BTC-24SEP21-34000-P\",\"timestamp\":-5}}}\n", ImportRejection.BadTime)]
    [InlineData("1626993723.8: {\"params\":{\"channel\":\"ticker.x\",\"data\":{\"instrument_name\":\"BTC-31SEP21-34000-P\"}}}\n", ImportRejection.UnknownContract)]
    [InlineData("1626993723.8: {\"params\":{\"channel\":\"trades.x\",\"data\":[]}}\n", ImportRejection.Malformed)]
    [InlineData("1626993723.8: {\"params\":{\"channel\":\"trades.x\",\"data\":[5]}}\n", ImportRejection.Malformed)]
    [InlineData("1626993723.8: {\"params\":{\"channel\":\"trades.x\",\"data\":{}}}\n", ImportRejection.Malformed)]
    [InlineData("{\"t\":\"recv\",\"data\":\"{}\"}\n", ImportRejection.Malformed)]
    [InlineData("{\"t\":\"recv\",\"ts\":1.5,\"data\":\"{\"}\n", ImportRejection.Malformed)]
    public void A_damaged_line_is_rejected_and_reading_goes_on(string line, ImportRejection reason)
    {
        ImportRun run = Run(line + Ticker("BTC-24SEP21-34000-P", "\"underlying_price\":32000"));
        Assert.Equal((1, 1, 1), (run.Report.Rejected(reason), run.Report.RejectedTotal, run.Report.Taken));
    }

    [Fact]
    public void Deep_nesting_and_lines_without_end_break_nothing()
    {
        string deep = $"1626993723.8: {new string('[', 500_000)}\n";
        string endless = $"1626993723.8: {{\"{new string('x', 5_000_000)}\n";
        ImportRun run = Run(deep + endless + Ticker("BTC-24SEP21-34000-P", "\"underlying_price\":32000") + endless.TrimEnd());
        Assert.Equal((1, 2, 1), (run.Report.Rejected(ImportRejection.Malformed), run.Report.Passed(ImportPass.OtherKind), run.Report.Taken));
    }

    [Fact]
    public void A_recording_cut_or_changed_at_any_byte_breaks_nothing()
    {
        byte[] whole = Encoding.UTF8.GetBytes(
            Connected + Ticker("BTC-24SEP21-34000-P", "\"underlying_price\":32000,\"best_bid_price\":0.1") + Trades(Trade("BTC-24SEP21-34000-P", "0.1", "2")));
        for (int length = 0; length < whole.Length; length++) PacketFixture.Run(new Cryptofeed(), whole[..length]);
        for (int place = 0; place < whole.Length; place++)
        {
            foreach (byte value in (byte[])[0, (byte)'9', (byte)'"', (byte)'-', (byte)'\n', 0xFF])
            {
                byte[] changed = [.. whole];
                changed[place] = value;
                PacketFixture.Run(new Cryptofeed(), changed);
            }
        }
    }
}
