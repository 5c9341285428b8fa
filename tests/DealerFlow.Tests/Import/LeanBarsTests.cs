using System.IO.Compression;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;
using static DealerFlow.Tests.ZipFixture;

namespace DealerFlow.Tests;

/// <summary>LEAN's bars of hours and days, and of shares and indexes.</summary>
public class LeanBarsTests
{
    private const string OptionQuotes = "spxw_quote_european_call_37000000_20210108.csv";
    private const string OptionTrades = "spxw_trade_european_call_37000000_20210108.csv";

    private static readonly LeanFormat Format = new();

    private static string Lean(string path) => Repository.RealData($"lean/{path}");

    private static TickList Read(string name, string text, string path = "a.zip") => TickList.OfBytes(Zip((name, text)), path, Format);

    private static string TimeOf(Tick tick) => UnixNanos.ToIso(tick.EventTimeNanos)[..19];

    // file, rows, quotes without bid, crossed quotes, volume, open interest of all rows: counted by another program.
    public static TheoryData<string, int, int, int, long, long> Options => new()
    {
        { "daily/spx_2021_openinterest_european.zip", 12, 0, 0, 0, 258_765 },
        { "daily/spx_2021_quote_european.zip", 12, 2, 1, 0, 0 },
        { "daily/spx_2021_trade_european.zip", 8, 0, 0, 7_580_288, 0 },
        { "hour/nqx_2021_openinterest_european.zip", 107, 0, 0, 0, 161 },
        { "hour/nqx_2021_quote_european.zip", 742, 0, 0, 0, 0 },
        { "hour/nqx_2021_trade_european.zip", 5, 0, 0, 117, 0 },
        { "hour/spx_2021_openinterest_european.zip", 12, 0, 0, 0, 258_765 },
        { "hour/spx_2021_quote_european.zip", 79, 14, 2, 0, 0 },
        { "hour/spx_2021_trade_european.zip", 46, 0, 0, 7_580_288, 0 },
    };

    [Theory, MemberData(nameof(Options))]
    public void Every_hour_and_day_of_a_real_archive_of_options_is_a_tick(string path, int rows, int noBid, int crossed, long volume, long openInterest)
    {
        TickList list = TickList.OfFile(Lean($"indexoption/usa/{path}"), Format);
        Assert.Equal((rows, rows, rows), (list.Report.Rows, list.Report.Taken, list.Ticks.Count));
        Assert.Equal(noBid, list.Of(TickKind.Quote).Count(quote => quote.Bid == 0));
        Assert.Equal(crossed, list.Of(TickKind.Quote).Count(quote => quote.Ask > 0 && quote.Bid > quote.Ask));
        Assert.Equal(volume, list.Of(TickKind.Trade).Sum(trade => trade.Quantity));
        Assert.Equal(openInterest, list.Of(TickKind.OpenInterest).Sum(tick => tick.Quantity));
        Assert.All(list.Of(TickKind.Trade), trade => Assert.Equal(TickFlags.Late, trade.Flags));
    }

    // Of hours the first row is 20210104 09:00, of days 20210104 00:00; options on SPX trade until 16:15 in New York.
    [Theory]
    [InlineData("hour/spx_2021_quote_european.zip", "2021-01-04T15:00:00", 5_473_000, 5_517_000, 100, 215)]
    [InlineData("daily/spx_2021_quote_european.zip", "2021-01-04T21:15:00", 4_882_000, 4_928_000, 260, 216)]
    public void A_quote_stands_where_its_hour_or_day_is_over(string path, string time, int bid, int ask, int bidSize, int askSize)
    {
        TickList list = TickList.OfFile(Lean($"indexoption/usa/{path}"), Format);
        Tick first = list.Ticks[0];
        Assert.Equal((time, bid, ask, bidSize, askSize), (TimeOf(first), first.Bid, first.Ask, first.BidSize, first.AskSize));
        InstrumentDefinition call = list.Definitions[first.InstrumentId];
        Assert.Equal(("SPX", 3_200_000L, 20210115, ExerciseKind.European, SettlementKind.AM),
            (call.Root.ToString(), call.StrikeMills, call.ExpiryDate, call.Exercise, call.Settlement));
    }

    // The vendor's hour from 14:00 ends as its minute from 14:59 does; the last hour was cut at 15:20 when the sample was made.
    [Fact]
    public void An_hour_ends_with_the_quotes_of_its_last_minute()
    {
        TickList hours = TickList.OfFile(Lean("indexoption/usa/hour/spx_2021_quote_european.zip"), Format);
        TickList minutes = TickList.OfFile(Lean("indexoption/usa/minute/spx/20210104_quote_european.zip"), Format);
        foreach (string time in (string[])["2021-01-04T15:00:00", "2021-01-04T17:00:00", "2021-01-04T20:00:00"])
        {
            Assert.Equal(PricesAt(minutes, time), PricesAt(hours, time));
            Assert.Equal(6, PricesAt(hours, time).Length);
        }

        static (long, InstrumentKind, int, int)[] PricesAt(TickList list, string time) =>
        [
            .. list.Ticks.Where(quote => TimeOf(quote) == time)
                .Select(quote => (list.Definitions[quote.InstrumentId].StrikeMills, list.Definitions[quote.InstrumentId].Kind, quote.Bid, quote.Ask)).Order(),
        ];
    }

    [Theory]
    [InlineData("index/usa/hour/spx.zip", 16, "2021-01-04T15:00:00", 37_479_000)]
    [InlineData("index/usa/hour/ndx.zip", 36, "2021-03-17T14:00:00", 130_509_556)]
    [InlineData("index/usa/daily/spx.zip", 2, "2021-01-04T21:15:00", 37_006_500)]
    public void The_real_indexes_of_hours_run_on_the_clock_of_chicago_and_of_days_to_the_end_of_trading(string path, int rows, string time, int price)
    {
        TickList list = TickList.OfFile(Lean(path), Format);
        Assert.Equal((rows, rows, rows), (list.Report.Rows, list.Report.Taken, list.Of(TickKind.Spot).Count()));
        Assert.Equal((time, price), (TimeOf(list.Ticks[0]), list.Ticks[0].Price));
        Assert.Equal(path[^7..^4].ToUpperInvariant(), list.Root(0));
    }

    [Fact]
    public void An_hour_of_the_real_index_ends_with_the_price_of_its_last_minute()
    {
        TickList minutes = TickList.OfFile(Lean("index/usa/minute/spx/20210104_trade.zip"), Format);
        Tick[] hours = [.. TickList.OfFile(Lean("index/usa/hour/spx.zip"), Format).Ticks.Take(7)];
        Assert.Equal(hours.Select(hour => hour.Price), hours.Select(hour => minutes.Ticks.Single(minute => minute.EventTimeNanos == hour.EventTimeNanos).Price));
    }

    // Four of the five rows of this archive of hours are stamped 00:00: they are of whole days, and NQX closes with the shares.
    [Fact]
    public void A_row_of_midnight_among_hours_is_a_day() => Assert.Equal(
        ["2021-02-02T21:00:00", "2021-02-04T21:00:00", "2021-03-04T21:00:00", "2021-03-05T21:00:00", "2021-01-27T21:00:00"],
        TickList.OfFile(Lean("indexoption/usa/hour/nqx_2021_trade_european.zip"), Format).Ticks.Select(TimeOf));

    [Fact]
    public void Archives_of_hours_and_days_are_all_in_the_tables() => Assert.Equal(
        Options.Count + 3, Directory.GetFiles(Lean(""), "*.zip*", SearchOption.AllDirectories)
            .Count(path => !path.Contains($"{Path.DirectorySeparatorChar}minute{Path.DirectorySeparatorChar}", StringComparison.Ordinal)));

    [Theory]
    [InlineData(OptionTrades, "20210107 00:00", "2021-01-07T21:15:00")]
    [InlineData(OptionTrades, "20210108 00:00", "2021-01-08T21:00:00")]          // expires, so it stops with the close
    [InlineData(OptionTrades, "20201127 00:00", "2020-11-27T18:15:00")]          // the day after Thanksgiving
    [InlineData(OptionTrades, "20210102 00:00", "2021-01-02T21:00:00")]          // a Saturday
    [InlineData(OptionTrades, "20210107 09:00", "2021-01-07T15:00:00")]
    [InlineData("aapl.csv", "20201127 00:00", "2020-11-27T18:00:00")]
    [InlineData("aapl.csv", "20140605 00:00", "2014-06-05T20:00:00")]            // before the calendar begins
    [InlineData("aapl.csv", "20140605 09:00", "2014-06-05T14:00:00")]
    [InlineData("ndx.csv", "20201127 00:00", "2020-11-27T18:15:00")]
    [InlineData("ndx.csv", "20201127 08:00", "2020-11-27T15:00:00")]
    public void A_day_is_known_when_its_trading_ends(string name, string stamp, string time) =>
        Assert.Equal(time, TimeOf(Assert.Single(Read(name, $"{stamp},10000,10000,10000,10000,5").Ticks)));

    [Fact]
    public void Open_interest_of_a_day_stands_at_its_own_time() => Assert.Equal(
        "2021-01-04T05:00:00", TimeOf(TickList.OfFile(Lean("indexoption/usa/daily/spx_2021_openinterest_european.zip"), Format).Ticks[0]));

    // The rows are those of the vendor's description of its share files.
    [Theory]
    [InlineData("20140605_aapl_minute_trade.csv", "15300000,6448000,6448000,6448000,6448000,90", "2014-06-05T08:16:00", 6_448_000)]
    [InlineData("20140605_aapl_minute_quote.csv", "15300000,6448000,6448000,6448000,6448000,90,6500000,6500000,6500000,6500000,100", "2014-06-05T08:16:00", 6_474_000)]
    [InlineData("20140605_aapl_second_trade.csv", "15300000,6448000,6448000,6448000,6448000,90", "2014-06-05T08:15:01", 6_448_000)]
    [InlineData("20140605_aapl_second_quote.csv", "15300000,1,1,1,6448000,90,1,1,1,6448001,100", "2014-06-05T08:15:01", 6_448_001)]
    [InlineData("aapl.csv", "20131001 09:00,6448000,6448000,6448000,6448000,90", "2013-10-01T14:00:00", 6_448_000)]
    public void Bars_of_a_share_give_the_spot_when_they_are_over(string name, string row, string time, int price)
    {
        TickList list = Read(name, row, "equity/usa/a.zip");
        Tick spot = Assert.Single(list.Of(TickKind.Spot));
        Assert.Equal((time, price, "AAPL"), (TimeOf(spot), spot.Price, list.Root(spot.InstrumentId)));
    }

    [Theory]
    [InlineData("15300000,1,1,1,6448000,90,,,,,")]
    [InlineData("15300000,,,,,,1,1,1,6448000,90")]
    [InlineData("15300000,1,1,1,0,0,1,1,1,6448000,90")]
    [InlineData("15300000,,,,,,,,,,")]
    public void A_share_that_is_quoted_on_one_side_has_no_middle(string row) =>
        Assert.Equal((1L, 1L), (Read("20140605_aapl_minute_quote.csv", row).Report.Rows, Read("20140605_aapl_minute_quote.csv", row).Report.Passed(ImportPass.Empty)));

    [Fact]
    public void Open_interest_of_a_share_is_of_another_kind() =>
        Assert.Equal(1, Read("20140605_aapl_minute_openinterest.csv", "15300000,5").Report.Passed(ImportPass.OtherKind));

    [Theory]
    [InlineData("crypto/gdax/minute/btcusd/a.zip", "20181001_btcusd_minute_trade.csv", "0,6370.01,6370.01,6370.01,6370.01,5")]
    [InlineData("forex/oanda/hour/a.zip", "eurusd.csv", "20140501 00:00,1.38,1.38,1.38,1.38,0")]
    public void Coins_and_currencies_are_passed_over(string path, string name, string row) =>
        Assert.Equal(1, Read(name, row, path).Report.Passed(ImportPass.OtherInstrument));

    [Theory]
    [InlineData("aapl.csv", "20210104 9:00,1,1,1,1,5", ImportRejection.BadTime)]
    [InlineData("aapl.csv", "20211304 09:00,1,1,1,1,5", ImportRejection.BadTime)]
    [InlineData("aapl.csv", "20210104 24:00,1,1,1,1,5", ImportRejection.BadTime)]
    [InlineData("aapl.csv", "19991231 09:00,1,1,1,1,5", ImportRejection.BadTime)]
    [InlineData("aapl.csv", "34200000,1,1,1,1,5", ImportRejection.BadTime)]
    [InlineData("aapl.csv", ",1,1,1,1,5", ImportRejection.BadTime)]
    [InlineData("aapl.csv", "20210104 09:00,1,1,1,1", ImportRejection.Malformed)]
    [InlineData("aapl.csv", "20210104 09:00,1,1,1,,5", ImportRejection.BadPrice)]
    [InlineData("aapl.csv", "20210104 09:00,1,1,1,129.41,5", ImportRejection.BadPrice)]
    [InlineData("aapl.csv", "20210104 09:00,1,1,1,99999999999999,5", ImportRejection.BadPrice)]
    [InlineData("20140605_aapl_minute_quote.csv", "15300000,1,1,1,-1,1,1,1,1,1,1", ImportRejection.BadPrice)]
    [InlineData("20140605_aapl_minute_quote.csv", "15300000,1,1,1,1,1,1,1,1,x,1", ImportRejection.BadPrice)]
    [InlineData("20140605_aapl_minute_quote.csv", "86400000,1,1,1,1,1,1,1,1,1,1", ImportRejection.BadTime)]
    [InlineData(OptionQuotes, "20210107 09:00,1,1,1,1,-1,1,1,1,1,1", ImportRejection.BadQuantity)]
    [InlineData(OptionTrades, "20210107,1,1,1,1,1", ImportRejection.BadTime)]
    public void A_bad_bar_is_rejected_with_its_reason(string name, string row, ImportRejection reason)
    {
        TickList list = Read(name, row);
        Assert.Equal((1L, 1L, 0), (list.Report.Rows, list.Report.Rejected(reason), list.Ticks.Count));
    }

    [Theory]
    [InlineData("20131008_bac_Trade_Tick.csv")]
    [InlineData("20131008_bac_tick_quote.csv")]
    public void Ticks_are_refused_with_what_to_take_instead(string name)
    {
        using ImportFile file = ImportFile.Open(new MemoryStream(Zip((name, "14400009.367,137450,100,D,1,0\n"))), "a.zip");
        Assert.IsType<LeanFormat>(TickFormats.Of(file));
        Assert.Contains("second or minute files", Assert.Throws<InputFormatException>(
            () => Format.Read(file, new TickImport(new NoSink()))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Universes_are_refused_with_what_to_take_instead()
    {
        string[] universes = Directory.GetFiles(Lean(""), "*.csv", SearchOption.AllDirectories);
        Assert.Equal(49, universes.Length);
        foreach (string universe in universes)
        {
            using ImportFile file = ImportFile.Open(universe);
            Assert.Contains("openinterest archives", Assert.Throws<InputFormatException>(() => TickFormats.Of(file)).Reason, StringComparison.Ordinal);
            Assert.Contains("openinterest archives", Assert.Throws<ChainFormatException>(() => ChainFormats.Read(universe)).Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("spx.csv", "20210104 00:00,1,1,1,1,5", true)]
    [InlineData("x/SPX.csv", "20210104 00:00,1,1,1,1,5", true)]
    [InlineData("spx.csv", "20210104 00:00,1,1,1,1", false)]
    [InlineData("spx.csv", "ticker,volume,open,close,window_start,x", false)]
    [InlineData("spx.csv", "", false)]
    [InlineData("averylongname.csv", "20210104 00:00,1,1,1,1,5", false)]
    [InlineData("s-x.csv", "20210104 00:00,1,1,1,1,5", false)]
    [InlineData("spx.txt", "20210104 00:00,1,1,1,1,5", false)]
    public void An_archive_of_one_symbol_is_known_by_its_first_row(string name, string text, bool isBars)
    {
        foreach (CompressionLevel level in (CompressionLevel[])[CompressionLevel.Optimal, CompressionLevel.NoCompression])
            Assert.Equal(isBars, Format.Recognizes(Zip([(name, System.Text.Encoding.ASCII.GetBytes(text))], level), "a.zip"));
    }

    [Fact]
    public void No_damage_of_a_byte_disturbs_the_look_at_an_archive()
    {
        byte[] good = Zip(("spx.csv", "20210104 00:00,1,1,1,1,5\n20210105 00:00,1,1,1,1,5\n"));
        int known = 0;
        for (int i = 0; i < good.Length; i++)
        {
            if (Format.Recognizes(good.AsSpan(0, i), "a.zip")) known++;
            foreach (byte value in (byte[])[0, 0xFF, (byte)(good[i] ^ 0x10)])
            {
                byte[] bad = [.. good];
                bad[i] = value;
                if (Format.Recognizes(bad, "a.zip")) known++;
            }
        }
        Assert.InRange(known, 1, 4 * good.Length);
    }
}
