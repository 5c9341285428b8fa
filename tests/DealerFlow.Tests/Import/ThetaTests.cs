using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class ThetaTests
{
    private const string TradeQuote = "symbol,expiration,strike,right,trade_timestamp,quote_timestamp,sequence,condition,size,exchange,price,bid_size,bid,ask_size,ask\n";
    private const string GoodRow = "SPY,2024-06-21,500.0,CALL,1718373303122,1718373299396,-1986932228,130,10,6,41.71,431,41.2,430,42.09\n";

    private static readonly ThetaFormat Format = new();

    private static string Data(string path) => Repository.RealData($"thetadata/{path}");

    // The companion texts state 98 rows and the first row; 77 of the 98 prints are legs (70 of 130, 7 of 131), 682 contracts in all; 96 lie
    // inside of the quote, counted in the decoded text by another program.
    [Theory]
    [InlineData("decoded_csv/option_history_trade_quote.csv")]
    [InlineData("captures/option_history_trade_quote.pb.zst")]
    public void A_real_day_of_prints_gives_the_quote_before_each_of_them(string path)
    {
        TickList list = TickList.OfFile(Data(path), Format);
        Assert.Equal((98L, 98L, 196L), (list.Report.Rows, list.Report.Taken, list.Report.Ticks));
        Tick quote = list.Ticks[0], trade = list.Ticks[1];
        Assert.Equal((1_718_373_299_396_000_000L, 412_000, 420_900, 431, 430), (quote.EventTimeNanos, quote.Bid, quote.Ask, (int)quote.BidSize, (int)quote.AskSize));
        Assert.Equal((TickKind.Quote, TickFlags.NationalBest), (quote.Kind, quote.Flags));
        Assert.Equal((1_718_373_303_122_000_000L, 417_100, 10u, (byte)6), (trade.EventTimeNanos, trade.Price, trade.Quantity, trade.Venue));
        Assert.Equal((TickKind.Trade, TickFlags.Complex), (trade.Kind, trade.Flags));
        Assert.Equal(77, list.Of(TickKind.Trade).Count(each => each.Flags == TickFlags.Complex));
        Assert.Equal(21, list.Of(TickKind.Trade).Count(each => each.Flags == TickFlags.None));
        Assert.Equal(682, list.Of(TickKind.Trade).Sum(each => each.Quantity));
        InstrumentDefinition call = list.Definitions[trade.InstrumentId];
        Assert.Equal(("SPY", 500_000L, 20240621, InstrumentKind.Call), (call.Root.ToString(), call.StrikeMills, call.ExpiryDate, call.Kind));
        Assert.Equal(96, list.Ticks.Chunk(2).Count(pair => pair[0].Bid < pair[1].Price && pair[1].Price < pair[0].Ask));
    }

    [Theory]
    [InlineData("option_history_trade_quote", 196)]
    [InlineData("option_history_trade", 98)]
    public void A_capture_and_its_decoded_text_give_the_same_ticks(string name, int ticks)
    {
        TickList capture = TickList.OfFile(Data($"captures/{name}.pb.zst"), Format);
        TickList text = TickList.OfFile(Data($"decoded_csv/{name}.csv"), Format);
        Assert.Equal(ticks, capture.Ticks.Count);
        Assert.Equal(text.Ticks, capture.Ticks);
    }

    [Theory]
    [InlineData("decoded_csv/option_snapshot_ohlc.csv")]
    [InlineData("decoded_csv/option_history_greeks_eod.csv")]
    [InlineData("captures/option_snapshot_ohlc.pb.zst")]
    [InlineData("captures/option_history_greeks_eod.pb.zst")]
    public void Real_bars_are_passed_over(string path)
    {
        TickList list = TickList.OfFile(Data(path), Format);
        Assert.Equal((1L, 1L, 0), (list.Report.Rows, list.Report.Passed(ImportPass.OtherKind), list.Ticks.Count));
    }

    [Theory]
    [InlineData("captures/calendar_open_today.pb.zst")]
    [InlineData("captures/index_at_time_price.pb.zst")]
    [InlineData("captures/stock_history_eod.pb.zst")]
    [InlineData("decoded_csv/calendar_open_today.csv")]
    [InlineData("decoded_csv/index_at_time_price.csv")]
    [InlineData("decoded_csv/stock_history_eod.csv")]
    public void Real_answers_that_name_no_contract_are_refused(string path) => Assert.Throws<InputFormatException>(
        () => TickList.OfBytes(File.ReadAllBytes(Data(path)), Path.GetFileName(path), Format));

    [Fact]
    public void Every_real_file_is_in_a_table() => Assert.Equal(
        14, Directory.GetFiles(Data(""), "*.csv", SearchOption.AllDirectories).Length + Directory.GetFiles(Data(""), "*.pb.zst", SearchOption.AllDirectories).Length);

    // condition, flag: legs of packages, spreads, cancels, late reports; 18 and 95 are ordinary.
    [Theory]
    [InlineData("0", TickFlags.None)]
    [InlineData("18", TickFlags.None)]
    [InlineData("95", TickFlags.None)]
    [InlineData("125", TickFlags.None)]
    [InlineData("129", TickFlags.None)]
    [InlineData("130", TickFlags.Complex)]
    [InlineData("143", TickFlags.Complex)]
    [InlineData("144", TickFlags.None)]
    [InlineData("35", TickFlags.Complex)]
    [InlineData("40", TickFlags.Cancel)]
    [InlineData("2", TickFlags.Late)]
    [InlineData("13", TickFlags.Late)]
    public void Conditions_say_what_can_be_told_of_a_side(string condition, TickFlags flags)
    {
        TickList list = TickList.OfText(TradeQuote + GoodRow.Replace(",130,", $",{condition},", StringComparison.Ordinal), "a.csv", Format);
        Assert.Equal(flags, Assert.Single(list.Of(TickKind.Trade)).Flags);
    }

    [Fact]
    public void Version_2_counts_milliseconds_of_a_day_and_strikes_in_thousandths()
    {
        TickList list = TickList.OfText(
            "root,expiration,strike,right,ms_of_day,sequence,ext_condition1,condition,size,exchange,price,date,ms_of_day2,bid_size,bid,ask_size,ask\n"
            + "SPY,20240621,500000,C,35703122,1,255,130,10,6,41.71,20240614,35699396,431,41.2,430,42.09\n", "a.csv", Format);
        Assert.Equal([1_718_373_299_396_000_000L, 1_718_373_303_122_000_000L], list.Ticks.Select(tick => tick.EventTimeNanos));
        Assert.Equal(500_000, list.Definitions[^1].StrikeMills);
    }

    [Fact]
    public void Version_3_may_write_new_yorks_clock_and_a_spot_beside_a_quote()
    {
        TickList list = TickList.OfText(
            "symbol,expiration,strike,right,timestamp,bid_size,bid,ask_size,ask,underlying_timestamp,underlying_price\n"
            + "SPY,2024-06-21,500.000,PUT,2024-06-14T09:54:59.396,1,0,2,0.01,2024-06-14T09:54:59.395,541.2277\n"
            + "SPY,2024-06-21,500.000,PUT,2024-06-14T09:30:00,0,0,0,0,2024-06-14T09:30:00,0\n", "a.csv", Format);
        Assert.Equal([TickKind.Quote, TickKind.Spot, TickKind.Quote], list.Ticks.Select(tick => tick.Kind));
        Assert.Equal((1_718_373_299_396_000_000L, 0, 100), (list.Ticks[0].EventTimeNanos, list.Ticks[0].Bid, list.Ticks[0].Ask));
        Assert.Equal((1_718_373_299_395_000_000L, 5_412_277), (list.Ticks[1].EventTimeNanos, list.Ticks[1].Price));
        Assert.Equal((0, 0), (list.Ticks[2].Bid, list.Ticks[2].Ask));
    }

    [Fact]
    public void Open_interest_is_read_once_a_day()
    {
        TickList list = TickList.OfText(
            "symbol,expiration,strike,right,timestamp,open_interest\nSPY,2024-06-21,500,C,2024-06-14T06:30:01,7\nSPY,2024-06-21,500,C,2024-06-14T06:30:02,7\n", "a.csv", Format);
        Assert.Equal((7u, 1L), (Assert.Single(list.Ticks).Quantity, list.Report.Passed(ImportPass.Repeated)));
    }

    public static TheoryData<string, string, ImportRejection> BadFields => new()
    {
        { "SPY,2024", "spy,2024", ImportRejection.UnknownContract },
        { "SPY,2024", "TOOLONGROOT,2024", ImportRejection.UnknownContract },
        { "2024-06-21", "2024-06-31", ImportRejection.UnknownContract },
        { "500.0", "500.0001", ImportRejection.UnknownContract },
        { "500.0", "-500", ImportRejection.UnknownContract },
        { "500.0", "1e300", ImportRejection.UnknownContract },
        { "CALL", "BOTH", ImportRejection.UnknownContract },
        { "2024-06-21", "2044-06-21", ImportRejection.NoCalendar },
        { "1718373303122", "-5", ImportRejection.BadTime },
        { "1718373303122", "9223372036854775807", ImportRejection.BadTime },
        { "1718373303122", "5", ImportRejection.BadTime },
        { "1718373299396", "", ImportRejection.BadTime },
        { "41.71", "", ImportRejection.BadPrice },
        { "41.71", "0", ImportRejection.BadPrice },
        { "41.71", "41.71001", ImportRejection.BadPrice },
        { "42.09", "-1", ImportRejection.BadPrice },
        { "42.09", "NaN", ImportRejection.BadPrice },
        { ",10,", ",0,", ImportRejection.BadQuantity },
        { ",10,", ",-1,", ImportRejection.BadQuantity },
        { ",431,", ",1.5,", ImportRejection.BadQuantity },
        { ",130,", ",256,", ImportRejection.Malformed },
        { ",42.09", "", ImportRejection.Malformed },
        { ",42.09", ",42.09,1", ImportRejection.Malformed },
        { "SPY", "\"SPY", ImportRejection.Malformed },
    };

    [Theory, MemberData(nameof(BadFields))]
    public void A_bad_row_is_rejected_with_its_reason_and_reading_goes_on(string good, string bad, ImportRejection reason)
    {
        string row = GoodRow.Replace(good, bad, StringComparison.Ordinal);
        Assert.NotEqual(GoodRow, row);
        TickList list = TickList.OfText(TradeQuote + row + GoodRow, "a.csv", Format);
        Assert.Equal((2L, 1L, 1L), (list.Report.Rows, list.Report.Rejected(reason), list.Report.Taken));
        Assert.Equal(2, list.Report.Issues[0].Place);
    }

    [Fact]
    public void No_damage_of_a_byte_of_a_text_is_more_than_a_rejected_row_or_a_refusal() => TickList.TryEveryDamage(TradeQuote + GoodRow, Format);

    [Theory]
    [InlineData("")]
    [InlineData("symbol,expiration,strike,right\n")]
    [InlineData("symbol,symbol,expiration,strike,right,timestamp,bid,ask\n")]
    [InlineData("expiration,strike,right,timestamp,bid,ask\n")]
    public void A_text_of_other_columns_is_refused(string text) => Assert.Throws<InputFormatException>(() => TickList.OfText(text, "a.csv", Format));

    [Theory]
    [InlineData(new byte[] { 0x0A })]
    [InlineData(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    [InlineData(new byte[] { 0x0A, 0x00 })]
    [InlineData(new byte[] { 0x0A, 0x04, 0x28, 0xB5, 0x2F, 0xFD })]
    [InlineData(new byte[] { 0x0A, 0x02, 0x12, 0x00 })]
    [InlineData(new byte[] { 0x0A, 0x02, 0x0A, 0x7F })]
    [InlineData(new byte[] { 0x0A, 0x05, 0x0A, 0x03, 0x61, 0x2C, 0x62 })]
    [InlineData(new byte[] { 0x0A, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80 })]
    public void K1_an_answer_that_breaks_off_or_lies_about_lengths_is_refused(byte[] answer) =>
        Assert.Throws<InputFormatException>(() => TickList.OfBytes(answer, "a.pb", Format));

    // Every prefix and every byte changed of a real answer, its table unpacked: ticks, rejected rows or a refusal, nothing else.
    [Fact]
    public void No_damage_of_a_byte_of_an_answer_is_more_than_a_refusal()
    {
        using ImportFile file = ImportFile.Open(Data("captures/option_history_trade.pb.zst"));
        using var content = new MemoryStream();
        file.Content.CopyTo(content);
        byte[] good = content.ToArray();
        int refusals = 0;
        for (int i = 0; i < good.Length; i++)
        {
            byte[] changed = [.. good];
            changed[i] ^= 0xFF;
            foreach (byte[] bad in (byte[][])[good[..i], changed])
            {
                try
                {
                    _ = TickList.OfBytes(bad, "a.pb", Format);
                }
                catch (InputFormatException)
                {
                    refusals++;
                }
            }
        }
        Assert.True(refusals > good.Length);
    }
}
