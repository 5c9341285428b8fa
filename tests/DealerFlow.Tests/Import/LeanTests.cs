using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;
using static DealerFlow.Tests.ZipFixture;

namespace DealerFlow.Tests;

public class LeanTests
{
    private const string Quotes = "20210104_spxw_minute_quote_european_call_37000000_20210108.csv";
    private const string Trades = "20210104_spxw_minute_trade_european_call_37000000_20210108.csv";
    private const string OpenInterest = "20210104_spxw_minute_openinterest_european_put_37000000_20210108.csv";

    private static readonly LeanFormat Format = new();

    private static TickList Read(string name, string text, string path = "a.zip") => TickList.OfBytes(Zip((name, text)), path, Format);

    private static string TimeOf(Tick tick) => UnixNanos.ToIso(tick.EventTimeNanos)[..23];

    // file, rows, without bid, without ask, crossed, volume, rows of contracts that expire before the calendar begins: counted by another program.
    public static TheoryData<string, int, int, int, int, long, int> Files => new()
    {
        { "indexoption/usa/minute/spx/20210104_openinterest_european.zip", 6, 0, 0, 0, 0, 0 },
        { "indexoption/usa/minute/spx/20210104_quote_european.zip", 2_428, 403, 0, 0, 0, 0 },
        { "indexoption/usa/minute/spx/20210104_trade_european.zip", 348, 0, 0, 0, 1_923_542, 0 },
        { "indexoption/usa/minute/spxw/20210104_openinterest_european.zip.zip", 12, 0, 0, 0, 0, 0 },
        { "indexoption/usa/minute/spxw/20210104_quote_european.zip", 4_565, 0, 0, 0, 0, 0 },
        { "indexoption/usa/minute/spxw/20210104_trade_european.zip.zip", 1_918, 0, 0, 0, 64_585, 0 },
        { "indexoption/usa/minute/spxw/20210105_quote_european.zip", 3_239, 0, 0, 0, 0, 0 },
        { "indexoption/usa/minute/spxw/20210105_trade_european.zip", 1_096, 0, 0, 0, 23_987, 0 },
        { "indexoption/usa/minute/spxw/20210107_quote_european.zip", 1_618, 0, 0, 1, 0, 0 },
        { "indexoption/usa/minute/spxw/20210107_trade_european.zip", 920, 0, 0, 0, 18_447, 0 },
        { "indexoption/usa/minute/spxw/20230626_openinterest_european.zip", 4, 0, 0, 0, 0, 0 },
        { "indexoption/usa/minute/spxw/20230626_quote_european.zip", 1_501, 0, 0, 0, 0, 0 },
        { "indexoption/usa/minute/spxw/20230626_trade_european.zip", 100, 0, 0, 0, 814, 0 },
        { "option/usa/minute/aapl/20140606_openinterest_american.zip", 2_322, 0, 0, 0, 0, 1_652 },
        { "option/usa/minute/aapl/20140606_trade_american.zip", 22_067, 0, 0, 0, 347_952, 19_953 },
        { "option/usa/minute/aapl/20140609_openinterest_american.zip", 2_337, 0, 0, 0, 0, 1_667 },
        { "option/usa/minute/aapl/20140609_trade_american.zip", 21_617, 0, 0, 0, 639_055, 18_595 },
        { "option/usa/minute/foxa/20130702_quote_american.zip", 16_335, 6_086, 3_818, 0, 0, 15_285 },
        { "option/usa/minute/foxa/20130702_trade_american.zip", 5, 0, 0, 0, 49, 5 },
        { "option/usa/minute/goog/20151223_openinterest_american.zip", 118, 0, 0, 0, 0, 0 },
        { "option/usa/minute/goog/20151223_quote_american.zip", 28_932, 8_749, 2_970, 0, 0, 0 },
        { "option/usa/minute/goog/20151223_trade_american.zip", 581, 0, 0, 0, 3_861, 0 },
        { "option/usa/minute/goog/20151228_quote_american.zip", 240, 0, 0, 0, 0, 0 },
        { "option/usa/minute/goog/20151228_trade_american.zip", 2, 0, 0, 0, 2, 0 },
        { "option/usa/minute/nwsa/20130628_quote_american.zip", 43_003, 8_984, 7_173, 0, 0, 40_138 },
        { "option/usa/minute/nwsa/20130628_trade_american.zip", 48, 0, 0, 0, 24_445, 44 },
        { "option/usa/minute/twx/20140605_openinterest_american.zip", 184, 0, 0, 0, 0, 88 },
        { "option/usa/minute/twx/20140605_quote_american.zip", 30_468, 6_564, 6_375, 0, 0, 17_305 },
        { "option/usa/minute/twx/20140605_trade_american.zip", 79, 0, 0, 0, 5_250, 72 },
    };

    [Theory, MemberData(nameof(Files))]
    public void Every_row_of_a_real_archive_of_options_is_a_tick(string path, int rows, int noBid, int noAsk, int crossed, long volume, int old)
    {
        TickList list = TickList.OfFile(Repository.RealData($"lean/{path}"), Format);
        Assert.Equal((rows, old, old), (list.Report.Rows, list.Report.Rejected(ImportRejection.NoCalendar), list.Report.RejectedTotal));
        Assert.Equal((rows - old, 0), (list.Ticks.Count, list.Report.PassedTotal));
        if (old > 0) return;
        Assert.Equal(noBid, list.Of(TickKind.Quote).Count(quote => quote.Bid == 0));
        Assert.Equal(noAsk, list.Of(TickKind.Quote).Count(quote => quote.Ask == 0));
        Assert.Equal(crossed, list.Of(TickKind.Quote).Count(quote => quote.Ask > 0 && quote.Bid > quote.Ask));
        Assert.Equal(volume, list.Of(TickKind.Trade).Sum(trade => trade.Quantity));
        Assert.All(list.Of(TickKind.Trade), trade => Assert.Equal(TickFlags.Late, trade.Flags));
    }

    [Theory]
    [InlineData("20200105_quote_american.zip", 5_244)]
    [InlineData("20200105_trade_american.zip", 62)]
    [InlineData("20200106_quote_american.zip", 111_789)]
    [InlineData("20200106_trade_american.zip", 572)]
    public void Options_on_futures_are_passed_over(string name, int rows)
    {
        TickList list = TickList.OfFile(Repository.RealData($"lean/futureoption/cme/minute/es/202003/{name}"), Format);
        Assert.Equal((rows, rows, 0), (list.Report.Rows, list.Report.Passed(ImportPass.OtherInstrument), list.Ticks.Count));
    }

    [Fact]
    public void Options_on_futures_are_passed_over_wherever_the_file_lies()
    {
        byte[] archive = File.ReadAllBytes(Repository.RealData("lean/futureoption/cme/minute/es/202003/20200105_trade_american.zip"));
        TickList list = TickList.OfBytes(archive, "a.zip", Format);
        Assert.Equal((62, 62, 0), (list.Report.Rows, list.Report.Passed(ImportPass.OtherInstrument), list.Ticks.Count));
    }

    [Fact]
    public void One_price_with_a_point_among_many_is_a_bad_row_and_no_archive_of_futures()
    {
        string rows = string.Concat(Enumerable.Range(0, 30).Select(i => $"{34_200_000 + (i * 60_000)},1,1,1,{(i == 7 ? "1.5" : "1")},5\n"));
        TickList list = Read(Trades, rows);
        Assert.Equal((30L, 29L, 1L), (list.Report.Rows, list.Report.Taken, list.Report.Rejected(ImportRejection.BadPrice)));
    }

    private sealed class FullDisk : ITickSink
    {
        public void Add(in Tick tick) => throw new IOException("the disk is full");
    }

    [Fact]
    public void A_failure_of_the_tape_is_not_taken_for_a_damaged_entry()
    {
        using ImportFile file = ImportFile.Open(new MemoryStream(Zip((OpenInterest, "23400000,5"))), "a.zip");
        Assert.Throws<IOException>(() => Format.Read(file, new TickImport(new FullDisk())));
    }

    [Fact]
    public void Minute_archives_are_all_in_the_tables() => Assert.Equal(
        Files.Count + 4 + 1, Directory.GetFiles(Repository.RealData("lean"), "*.zip*", SearchOption.AllDirectories)
            .Count(path => path.Contains($"{Path.DirectorySeparatorChar}minute{Path.DirectorySeparatorChar}", StringComparison.Ordinal)));

    // The index opens at 9:30 in New York, which its file calls 8:30; first row 30600000,3764.61,3769.99,3764.61,3766.63,59.
    [Fact]
    public void The_real_index_runs_on_the_clock_of_chicago()
    {
        TickList list = TickList.OfFile(Repository.RealData("lean/index/usa/minute/spx/20210104_trade.zip"), Format);
        Assert.Equal((411, 411), (list.Report.Rows, list.Of(TickKind.Spot).Count()));
        Assert.Equal(("2021-01-04T14:31:00.000", 37_666_300), (TimeOf(list.Ticks[0]), list.Ticks[0].Price));
        Assert.Equal("SPX", list.Root(0));
    }

    [Fact]
    public void A_row_is_known_at_the_end_of_its_minute_and_open_interest_at_its_own_time()
    {
        TickList list = TickList.OfBytes(Zip(
            (Quotes, "34200000,83000,84000,82000,83500,7,86000,87000,85000,86500,9\n34260000,,,,,0,86000,87000,85000,86500,9\r\n34320000,,,,,,,,,,\n"),
            (Trades, "34200000,83000,84000,82000,83500,12\n"), (OpenInterest, "23400000,1732")), "a.zip", Format);
        Assert.Equal((5L, 5L), (list.Report.Rows, list.Report.Taken));
        Assert.Equal(["2021-01-04T14:31:00.000", "2021-01-04T14:32:00.000", "2021-01-04T14:33:00.000", "2021-01-04T14:31:00.000", "2021-01-04T11:30:00.000"],
            list.Ticks.Select(TimeOf));
        Assert.Equal([(83_500, 86_500, 7, 9), (0, 86_500, 0, 9), (0, 0, 0, 0)],
            list.Of(TickKind.Quote).Select(quote => (quote.Bid, quote.Ask, (int)quote.BidSize, (int)quote.AskSize)));
        Assert.All(list.Of(TickKind.Quote), quote => Assert.Equal(TickFlags.NationalBest, quote.Flags));
        Tick trade = Assert.Single(list.Of(TickKind.Trade));
        Assert.Equal((83_500, 12u, TickFlags.Late), (trade.Price, trade.Quantity, trade.Flags));
        Assert.Equal(1_732u, Assert.Single(list.Of(TickKind.OpenInterest)).Quantity);
        InstrumentDefinition call = list.Definitions[trade.InstrumentId];
        Assert.Equal(("SPXW", 3_700_000L, 20210108, InstrumentKind.Call, ExerciseKind.European),
            (call.Root.ToString(), call.StrikeMills, call.ExpiryDate, call.Kind, call.Exercise));
    }

    [Theory]
    [InlineData("20210104_aapl_minute_trade.csv", "a.zip", "34200000,1,1,1,1294100,5", 1_294_100, "14:31")]
    [InlineData("20210104_spx_minute_trade.csv", "a.zip", "30600000,1,1,1,3766.63,5", 37_666_300, "14:31")]
    [InlineData("20210104_xyz_minute_trade.csv", "index/usa/minute/xyz/a.zip", "30600000,1,1,1,3766.63,5", 37_666_300, "14:31")]
    [InlineData("20210104_spx_minute_trade.csv", "equity/usa/minute/spx/a.zip", "34200000,1,1,1,37666300,5", 37_666_300, "14:31")]
    public void Trades_of_a_share_or_an_index_are_the_spot(string name, string path, string row, int price, string time)
    {
        Tick spot = Assert.Single(Read(name, row, path).Of(TickKind.Spot));
        Assert.Equal((price, time), (spot.Price, TimeOf(spot)[11..16]));
    }

    [Theory]
    [InlineData(Quotes, "34200000,1,1,1,1,1,1,1,1,1", ImportRejection.Malformed)]
    [InlineData(Quotes, "34200000,1,1,1,1,1,1,1,1,1,1,1", ImportRejection.Malformed)]
    [InlineData(Quotes, "\"34200000,1,1,1,1,1,1,1,1,1,1", ImportRejection.Malformed)]
    [InlineData(Quotes, "34200000,1,1,1,1\0,1,1,1,1,1,1", ImportRejection.Malformed)]
    [InlineData(Quotes, "86400000,1,1,1,1,1,1,1,1,1,1", ImportRejection.BadTime)]
    [InlineData(Quotes, "-1,1,1,1,1,1,1,1,1,1,1", ImportRejection.BadTime)]
    [InlineData(Quotes, ",1,1,1,1,1,1,1,1,1,1", ImportRejection.BadTime)]
    [InlineData(Quotes, "34200000,1,1,1,-1,1,1,1,1,1,1", ImportRejection.BadPrice)]
    [InlineData(Quotes, "34200000,1,1,1,1e-1,1,1,1,1,1,1", ImportRejection.BadPrice)]
    [InlineData(Quotes, "34200000,1,1,1,NaN,1,1,1,1,1,1", ImportRejection.BadPrice)]
    [InlineData(Quotes, "34200000,1,1,1,99999999999999999999,1,1,1,1,1,1", ImportRejection.BadPrice)]
    [InlineData(Quotes, "34200000,1,1,1,1,-5,1,1,1,1,1", ImportRejection.BadQuantity)]
    [InlineData(Trades, "34200000,1,1,1,,5", ImportRejection.BadPrice)]
    [InlineData(Trades, "34200000,1,1,1,0,5", ImportRejection.BadPrice)]
    [InlineData(Trades, "34200000,1,1,1,1,0.5", ImportRejection.BadQuantity)]
    [InlineData(OpenInterest, "23400000,4294967296", ImportRejection.BadQuantity)]
    [InlineData("20210104_spx_minute_trade.csv", "30600000,1,1,1,,5", ImportRejection.BadPrice)]
    [InlineData("20210104_toolongname_minute_trade.csv", "30600000,1,1,1,10000,5", ImportRejection.UnknownContract)]
    [InlineData("20210104_spxw_minute_quote_european_call_37000000_20400106.csv", "34200000,1,1,1,1,1,1,1,1,1,1", ImportRejection.NoCalendar)]
    public void A_bad_row_is_rejected_with_its_reason(string name, string row, ImportRejection reason)
    {
        TickList list = Read(name, row);
        Assert.Equal((1L, 1L, 0), (list.Report.Rows, list.Report.Rejected(reason), list.Ticks.Count));
    }

    [Theory]
    [InlineData("readme.txt")]
    [InlineData("20210104_spxw_minute_quote_european_call_37000001_20210108.csv")]
    [InlineData("20210104_spxw_minute_quote_european_call_0_20210108.csv")]
    [InlineData("20210104_spxw_minute_quote_bermudan_call_37000000_20210108.csv")]
    [InlineData("20210104_spxw_minute_quote_european_both_37000000_20210108.csv")]
    [InlineData("20211304_spxw_minute_quote_european_call_37000000_20210108.csv")]
    [InlineData("20210104_sp.w_minute_quote_european_call_37000000_20210108.csv")]
    [InlineData("20210104_spxw_minute_depth_european_call_37000000_20210108.csv")]
    [InlineData("../../etc/passwd")]
    public void An_entry_of_another_name_is_one_rejected_row(string name)
    {
        TickList list = TickList.OfBytes(Zip((name, "1,2\n3,4\n"), (OpenInterest, "23400000,5")), "a.zip", Format);
        Assert.Equal((2L, 1L, 1L), (list.Report.Rows, list.Report.Rejected(ImportRejection.UnknownContract), list.Report.Taken));
    }

    [Fact]
    public void K6_a_folder_in_an_entry_name_is_no_part_of_it() => Assert.Single(Read($"/../x\\{OpenInterest}", "23400000,5").Ticks);

    [Fact]
    public void A_volume_of_zero_is_an_empty_minute() =>
        Assert.Equal(1, Read(Trades, "34200000,1,1,1,1,0").Report.Passed(ImportPass.Empty));

    [Fact]
    public void A_day_of_summer_is_on_the_summer_clock() => Assert.Equal("2021-07-06T13:31:00.000", TimeOf(Assert.Single(
        Read(Trades.Replace("20210104", "20210706", StringComparison.Ordinal).Replace("20210108", "20210709", StringComparison.Ordinal), "34200000,1,1,1,1,1").Ticks)));

    [Fact]
    public void K1_an_archive_that_unpacks_to_a_multiple_of_its_size_is_refused()
    {
        byte[] bomb = Zip((Quotes, new string('\n', 100 << 20)));
        Assert.True(bomb.Length < 200_000);
        Assert.Contains("unpacks to more", Assert.Throws<InputFormatException>(() => TickList.OfBytes(bomb, "a.zip", Format)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_an_end_is_rejected_and_takes_no_memory() => Assert.Equal(
        1, Read(Quotes, new string('1', 10 << 20)).Report.Rejected(ImportRejection.Malformed));

    [Fact]
    public void K1_an_archive_of_too_many_entries_is_refused_before_its_directory_is_read()
    {
        byte[] marks = new byte[4 * (BoundedZip.MaxEntries + 1)];
        for (int i = 0; i < marks.Length; i += 4) "PK\x01\x02"u8.CopyTo(marks.AsSpan(i));
        Assert.Contains("entries", Assert.Throws<InputFormatException>(() => TickList.OfBytes(marks, "a.zip", Format)).Reason, StringComparison.Ordinal);
    }

    // Every prefix and many changed bytes: ticks, rejected rows or a refusal, nothing else.
    [Fact]
    public void No_damage_of_a_byte_is_more_than_a_refusal()
    {
        byte[] good = Zip((Quotes, string.Concat(Enumerable.Range(0, 40).Select(i => $"{34_200_000 + (i * 60_000)},1,1,1,{i},1,1,1,1,{i * 7},1\n"))), (OpenInterest, "23400000,5"));
        int refusals = 0;
        for (int i = 0; i < good.Length; i++)
        {
            foreach (byte[] bad in (byte[][])[good[..i], With(good, i, 0), With(good, i, 0xFF), With(good, i, (byte)(good[i] ^ 0x10))])
            {
                try
                {
                    _ = TickList.OfBytes(bad, "a.zip", Format);
                }
                catch (InputFormatException)
                {
                    refusals++;
                }
            }
        }
        Assert.True(refusals > good.Length / 2);

        static byte[] With(byte[] bytes, int index, byte value)
        {
            byte[] copy = [.. bytes];
            copy[index] = value;
            return copy;
        }
    }
}
