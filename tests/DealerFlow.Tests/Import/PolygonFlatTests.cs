using System.IO.Compression;
using System.Text;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class PolygonFlatTests
{
    private const string Quotes = "ticker,ask_exchange,ask_price,ask_size,bid_exchange,bid_price,bid_size,sequence_number,sip_timestamp\n";
    private const string Trades = "ticker,conditions,correction,exchange,price,sip_timestamp,size\n";
    private const string GoodQuote = "O:SPY240209C00490000,312,10.25,110,302,10.2,172,1234,1707494399000000001\n";
    private const string GoodTrade = "O:SPY240209C00490000,209,0,312,10.21,1707494399000000002,7\n";

    private static readonly PolygonFlatFormat Format = new();

    [Fact]
    public void Quotes_are_national_bests_with_a_side_of_zero_empty()
    {
        TickList list = TickList.OfText(Quotes + GoodQuote + GoodQuote.Replace("10.2,", "0,", StringComparison.Ordinal), "2024-02-09.csv", Format);
        Assert.Equal((2L, 2L), (list.Report.Rows, list.Report.Taken));
        Tick quote = list.Ticks[0];
        Assert.Equal((1_707_494_399_000_000_001L, 102_000, 102_500, 172, 110, TickFlags.NationalBest),
            (quote.EventTimeNanos, quote.Bid, quote.Ask, (int)quote.BidSize, (int)quote.AskSize, quote.Flags));
        Assert.Equal((0, 102_500), (list.Ticks[1].Bid, list.Ticks[1].Ask));
    }

    [Theory]
    [InlineData("209", "0", TickFlags.None)]
    [InlineData("", "", TickFlags.None)]
    [InlineData("219", "0", TickFlags.None)]
    [InlineData("231", "0", TickFlags.None)]
    [InlineData("232", "0", TickFlags.Complex)]
    [InlineData("246", "0", TickFlags.Complex)]
    [InlineData("201", "0", TickFlags.Cancel)]
    [InlineData("207", "0", TickFlags.Cancel)]
    [InlineData("202", "0", TickFlags.Late)]
    [InlineData("\"209,232\"", "0", TickFlags.Complex)]
    [InlineData("[204 232]", "0", TickFlags.Late)]
    [InlineData("209", "1", TickFlags.Late)]
    public void Conditions_of_a_print_say_what_can_be_told_of_its_side(string conditions, string correction, TickFlags flags)
    {
        Tick trade = Assert.Single(TickList.OfText(
            Trades + GoodTrade.Replace("209,0", $"{conditions},{correction}", StringComparison.Ordinal), "a.csv", Format).Ticks);
        Assert.Equal((TickKind.Trade, 102_100, 7u, flags), (trade.Kind, trade.Price, trade.Quantity, trade.Flags));
        Assert.Equal(312 - 256, trade.Venue);
    }

    [Fact]
    public void A_flat_file_comes_as_gzip_and_is_recognized()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true)) gzip.Write(Encoding.ASCII.GetBytes(Quotes + GoodQuote));
        using ImportFile file = ImportFile.Open(new MemoryStream(packed.ToArray()), "2024-02-09.csv.gz");
        Assert.IsType<PolygonFlatFormat>(TickFormats.Of(file));
    }

    [Fact]
    public void Other_tickers_and_bars_are_passed_over()
    {
        Assert.Equal(1, TickList.OfText(Trades + GoodTrade.Replace("O:SPY240209C00490000", "SPY", StringComparison.Ordinal), "a.csv", Format)
            .Report.Passed(ImportPass.OtherInstrument));
        Assert.Equal(1, TickList.OfText("ticker,volume,open,close,high,low,window_start,transactions\nO:SPY240209C00490000,1,2,2,2,2,5,1\n", "a.csv", Format)
            .Report.Passed(ImportPass.OtherKind));
    }

    public static TheoryData<string, string, string, ImportRejection> BadFields => new()
    {
        { GoodQuote, "SPY240209C", "SPY240230C", ImportRejection.UnknownContract },
        { GoodQuote, "SPY240209C", "SPY440209C", ImportRejection.NoCalendar },
        { GoodQuote, "1707494399000000001", "", ImportRejection.BadTime },
        { GoodQuote, "1707494399000000001", "17074943990000000019", ImportRejection.BadTime },
        { GoodQuote, "1707494399000000001", "5", ImportRejection.BadTime },
        { GoodQuote, "10.25", "-1", ImportRejection.BadPrice },
        { GoodQuote, "10.25", "x", ImportRejection.BadPrice },
        { GoodQuote, "10.25", "10.25001", ImportRejection.BadPrice },
        { GoodQuote, "172", "-172", ImportRejection.BadQuantity },
        { GoodQuote, ",1234", "", ImportRejection.Malformed },
        { GoodTrade, "10.21", "", ImportRejection.BadPrice },
        { GoodTrade, "10.21", "0", ImportRejection.BadPrice },
        { GoodTrade, "10.21", "10.21\0", ImportRejection.Malformed },
        { GoodTrade, ",209,", ",x,", ImportRejection.Malformed },
        { GoodTrade, ",7\n", ",0\n", ImportRejection.BadQuantity },
        { GoodTrade, ",7\n", ",7.5\n", ImportRejection.BadQuantity },
        { GoodTrade, ",7\n", ",7,8\n", ImportRejection.Malformed },
    };

    [Theory, MemberData(nameof(BadFields))]
    public void A_bad_row_is_rejected_with_its_reason_and_reading_goes_on(string row, string good, string bad, ImportRejection reason)
    {
        string broken = row.Replace(good, bad, StringComparison.Ordinal);
        Assert.NotEqual(row, broken);
        TickList list = TickList.OfText((row == GoodQuote ? Quotes : Trades) + broken + row, "a.csv", Format);
        Assert.Equal((2L, 1L, 1L), (list.Report.Rows, list.Report.Rejected(reason), list.Report.Taken));
    }

    [Fact]
    public void No_damage_of_a_byte_is_more_than_a_rejected_row_or_a_refusal()
    {
        TickList.TryEveryDamage(Quotes + GoodQuote, Format);
        TickList.TryEveryDamage(Trades + GoodTrade, Format);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ticker\n")]
    [InlineData("ticker,ticker,conditions,price,size,sip_timestamp\n")]
    public void A_text_of_other_columns_is_refused(string text) => Assert.Throws<InputFormatException>(() => TickList.OfText(text, "a.csv", Format));
}
