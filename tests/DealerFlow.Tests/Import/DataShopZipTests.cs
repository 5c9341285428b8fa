using System.IO.Compression;
using System.Runtime.InteropServices;
using DealerFlow.Import;
using DealerFlow.Market;
using Xunit;
using static DealerFlow.Tests.ZipFixture;

namespace DealerFlow.Tests;

/// <summary>Cboe DataShop's files as they are delivered: one CSV in a zip.</summary>
public class DataShopZipTests
{
    private const string Official = "cboe_datashop/OptionEODSummary_Sample_2016-06-01.zip";
    private const string LooseEod = "cboe_datashop/UnderlyingOptionsEODCalcs_2016-06-01.csv";

    private const string Intervals = "underlying_symbol,quote_datetime,root,expiration,strike,option_type,close,trade_volume,bid_size,bid,ask_size,ask,underlying_bid,underlying_ask,open_interest\n";
    private const string GoodInterval = "^VIX,2021-04-26 10:00:00,VIXW,2021-06-16,20.000,P,1.5000,12,157,1.4000,284,1.6000,17.0000,17.0100,77\n";

    private static readonly DataShopIntervalsFormat IntervalsFormat = new();

    private static byte[] BytesOf(TickList list) => MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(list.Ticks)).ToArray();

    private static ITickFormat FormatOf(byte[] content)
    {
        using ImportFile file = ImportFile.Open(new MemoryStream(content), "a.zip");
        return TickFormats.Of(file);
    }

    private static string RefusalOf(byte[] archive) => Assert.Throws<InputFormatException>(() => TickList.OfBytes(archive, "a.zip", IntervalsFormat)).Reason;

    // The archives that Cboe delivers lie in an archive of samples.
    [Theory]
    [InlineData("UnderlyingOptionsEODCalcs_2016-06-01.zip")]
    [InlineData("UnderlyingOptionsEODQuotes_2016-06-01.zip")]
    public void An_official_archive_gives_the_ticks_of_the_loose_text(string name)
    {
        using ZipArchive outer = ZipFile.OpenRead(Repository.RealData(Official));
        using var archive = new MemoryStream();
        using (Stream entry = outer.GetEntry(name)!.Open()) entry.CopyTo(archive);
        ITickFormat format = TickFormats.Named("datashop-eod")!;
        Assert.Equal(format.Name, FormatOf(archive.ToArray()).Name);
        TickList packed = TickList.OfBytes(archive.ToArray(), name, format);
        TickList loose = TickList.OfFile(Repository.RealData(LooseEod), format);
        Assert.Equal((725, 725), (packed.Report.Rows, packed.Report.Taken));       // the spot and 724 contracts
        Assert.Equal(BytesOf(loose), BytesOf(packed));
    }

    [Theory]
    [InlineData("cboe_datashop/UnderlyingOptionsIntervals_1800sec_calcs_oi_2021-04-26.csv", "datashop-intervals", 20_160)]
    [InlineData("dev_excerpts/cboe_UnderlyingOptionsTrades_2016-06-01_exp0608.csv", "datashop-trades", 107)]
    public void A_packed_text_gives_the_ticks_of_the_loose_one(string path, string name, int rows)
    {
        ITickFormat format = TickFormats.Named(name)!;
        TickList loose = TickList.OfFile(Repository.RealData(path), format);
        byte[] archive = Zip([(Path.GetFileName(path), File.ReadAllBytes(Repository.RealData(path)))]);
        Assert.Equal(name, FormatOf(archive).Name);
        TickList packed = TickList.OfBytes(archive, "a.zip", format);
        Assert.Equal((rows, loose.Report.Taken), (packed.Report.Rows, packed.Report.Taken));
        Assert.Equal(BytesOf(loose), BytesOf(packed));
    }

    [Fact]
    public void The_archive_of_samples_is_refused_with_what_to_do()
    {
        string path = Repository.RealData(Official);
        using ImportFile file = ImportFile.Open(path);
        Assert.Contains("unpack it", Assert.Throws<InputFormatException>(() => TickFormats.Of(file)).Reason, StringComparison.Ordinal);
        Assert.Contains("unpack it", Assert.Throws<ChainFormatException>(() => ChainFormats.Read(path)).Reason, StringComparison.Ordinal);
        string named = Assert.Throws<InputFormatException>(
            () => TickFormats.Named("datashop-eod")!.Read(file, new TickImport(new NoSink()))).Reason;
        Assert.Contains("UnderlyingOptionsEODCalcs_2016-06-01.zip", named, StringComparison.Ordinal);
        Assert.Contains("unpack it and give one", named, StringComparison.Ordinal);
    }

    [Fact]
    public void Volatility_indexes_are_refused_with_what_to_take_instead()
    {
        string path = Repository.RealData("cboe_datashop/UnderlyingIVIndexesEOD_2017-06-01.csv");
        using ImportFile file = ImportFile.Open(path);
        Assert.Contains("volatility indexes", Assert.Throws<InputFormatException>(() => TickFormats.Of(file)).Reason, StringComparison.Ordinal);
        Assert.Contains("volatility indexes", Assert.Throws<ChainFormatException>(() => ChainFormats.Read(path)).Reason, StringComparison.Ordinal);
        byte[] packed = Zip([("a.csv", File.ReadAllBytes(path))]);
        Assert.Contains("volatility indexes", Assert.Throws<InputFormatException>(() => FormatOf(packed)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void No_real_sample_is_left_out() => Assert.Equal(4, Directory.GetFiles(Repository.RealData("cboe_datashop")).Length);

    [Theory]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.NoCompression)]
    public void A_description_beside_the_text_is_left_alone(CompressionLevel level)
    {
        byte[] text = System.Text.Encoding.ASCII.GetBytes(Intervals + GoodInterval);
        byte[] archive = Zip([("x/Intervals.CSV", text), ("readme.txt", [1, 2, 3]), ("x/", [])], level);
        Assert.Equal(IntervalsFormat.Name, FormatOf(archive).Name);
        Assert.Equal(4, TickList.OfBytes(archive, "a.zip", IntervalsFormat).Ticks.Count);
    }

    [Fact]
    public void An_archive_of_several_texts_or_none_is_refused_by_their_names()
    {
        string several = RefusalOf(Zip(("a.csv", Intervals), ("b.csv", Intervals), ("c.csv", ""), ("d.csv", ""), ("e.csv", ""), ("f.txt", "")));
        Assert.Equal("the archive holds 5 texts (a.csv, b.csv, c.csv, d.csv, …); unpack it and give them one by one.", several);
        Assert.Equal(
            "the archive holds no text that ends in .csv (a.zip, b?.txt); unpack it and give one of the files in it.", RefusalOf(Zip(("a.zip", ""), ("b\n.txt", ""))));
    }

    [Fact]
    public void K1_an_archive_that_unpacks_to_a_multiple_of_its_size_is_refused()
    {
        byte[] bomb = Zip(("a.csv", Intervals + new string('\n', 100 << 20)));
        Assert.True(bomb.Length < 200_000);
        Assert.Equal(IntervalsFormat.Name, FormatOf(bomb).Name);
        Assert.Contains("unpacks to more", RefusalOf(bomb), StringComparison.Ordinal);
    }

    [Fact]
    public void K1_a_line_without_an_end_is_rejected_and_takes_no_memory() => Assert.Equal(
        1, TickList.OfBytes(Zip(("a.csv", Intervals + new string('1', 10 << 20))), "a.zip", IntervalsFormat).Report.Rejected(ImportRejection.Malformed));

    // Every prefix and many changed bytes: rows that are right or rejected, or a refusal; damage in the packed text names the entry.
    [Fact]
    public void No_damage_of_a_byte_is_more_than_a_rejected_row_or_a_refusal()
    {
        byte[] good = Zip(("a.csv", Intervals + string.Concat(Enumerable.Range(10, 40).Select(i => GoodInterval.Replace("10:00", $"10:{i}", StringComparison.Ordinal)))));
        (int refusals, int damaged) = (0, 0);
        for (int i = 0; i < good.Length; i++)
        {
            foreach (byte[] bad in (byte[][])[good[..i], With(good, i, 0), With(good, i, 0xFF), With(good, i, (byte)(good[i] ^ 0x10))])
            {
                try
                {
                    _ = FormatOf(bad);
                }
                catch (InputFormatException)
                {
                    // Not known any more.
                }
                try
                {
                    _ = TickList.OfBytes(bad, "a.zip", IntervalsFormat);
                }
                catch (InputFormatException refusal)
                {
                    refusals++;
                    if (refusal.Reason.StartsWith("the entry 'a.csv' is damaged", StringComparison.Ordinal)) damaged++;
                }
            }
        }
        Assert.True(refusals > good.Length / 2);
        Assert.True(damaged > 0);

        static byte[] With(byte[] bytes, int index, byte value)
        {
            byte[] copy = [.. bytes];
            copy[index] = value;
            return copy;
        }
    }
}
