using System.Buffers.Binary;
using System.Text;
using DealerFlow.Import;
using DealerFlow.Market;
using Xunit;
using ZstdSharp;

namespace DealerFlow.Tests;

/// <summary>Zstandard files of several frames, some of which are to be skipped.</summary>
public class ZstdFramesTests
{
    private const string Content = "ts_ns,kind,symbol,bid,ask,bid_size,ask_size,price,size\n1795532400000000000,S,SPX,,,,,6800.25,\n";

    // RFC 8878, section 3.1.2: magic number, length, as many bytes of the user's.
    private static byte[] Skippable(int kind, int length, int? said = null)
    {
        byte[] frame = new byte[8 + length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, 0x184D2A50u + (uint)kind);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), (uint)(said ?? length));
        return frame;
    }

    private static byte[] Frame(string text)
    {
        using var zstd = new Compressor();
        return [.. zstd.Wrap(Encoding.ASCII.GetBytes(text))];
    }

    private static string Read(byte[] file)
    {
        using ImportFile opened = ImportFile.Open(new MemoryStream(file), "a.csv.zst");
        using var text = new StreamReader(opened.Content);
        string content = text.ReadToEnd();
        Assert.Equal("a.csv", opened.FileName);
        Assert.Equal(file.Length, opened.Consumed());
        return content;
    }

    private static string RefusalOf(byte[] file) => Assert.Throws<InputFormatException>(() => Read(file)).Reason;

    [Fact]
    public void Each_of_the_sixteen_skippable_frames_is_passed_over()
    {
        for (int kind = 0; kind < 16; kind++) Assert.Equal(Content, Read([.. Skippable(kind, 4), .. Frame(Content)]));
    }

    // Parallel compressors put the length of each frame before it.
    [Fact]
    public void Skippable_frames_between_and_behind_are_passed_over() => Assert.Equal(
        Content + Content, Read([.. Skippable(0, 4), .. Frame(Content), .. Skippable(0, 4), .. Frame(Content), .. Skippable(14, 17), .. Skippable(15, 0)]));

    [Fact]
    public void A_file_behind_a_skippable_frame_is_recognized()
    {
        using ImportFile file = ImportFile.Open(new MemoryStream([.. Skippable(0, 4), .. Frame(Content)]), "a.csv.zst");
        Assert.Equal("csv", TickFormats.Of(file).Name);
    }

    [Theory]
    [InlineData("crypto_options/cryptofeed/DERIBIT_20210722.jsonl.zst")]
    [InlineData("dbn/databento-python/OPRA.PILLAR/test_data.tbbo.dbn.zst")]
    public void A_real_file_behind_a_skippable_frame_has_the_same_content(string path)
    {
        byte[] packed = File.ReadAllBytes(Repository.RealData(path));
        using ImportFile plain = ImportFile.Open(new MemoryStream(packed), "a.zst");
        using ImportFile behind = ImportFile.Open(new MemoryStream([.. Skippable(0, 4), .. packed]), "a.zst");
        using var expected = new MemoryStream();
        using var actual = new MemoryStream();
        plain.Content.CopyTo(expected);
        behind.Content.CopyTo(actual);
        Assert.True(expected.Length > 0);
        Assert.Equal(expected.ToArray(), actual.ToArray());
    }

    // Databento's old format is a skippable frame of its own and a frame of records.
    [Fact]
    public void A_legacy_file_is_not_taken_for_a_compressed_one()
    {
        string[] files = Directory.GetFiles(Repository.RealData("dbn"), "*.dbz", SearchOption.AllDirectories);
        Assert.Equal(6, files.Length);
        foreach (string path in files)
        {
            using ImportFile file = ImportFile.Open(path);
            Assert.Equal("DBZ"u8, file.Head.Span[8..11]);
            ITickFormat format = TickFormats.Of(file);
            Assert.Contains("legacy DBZ", Assert.Throws<InputFormatException>(
                () => format.Read(file, new TickImport(new NoSink()))).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_of_skippable_frames_alone_is_empty() => Assert.Equal("", Read([.. Skippable(3, 100), .. Skippable(4, 0)]));

    [Fact]
    public void K1_a_skippable_frame_is_passed_over_and_takes_no_memory()
    {
        byte[] file = [.. Skippable(0, 64 << 20), .. Frame(Content)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(Content, Read(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Theory]
    [InlineData(-1)]                // 4 GiB
    [InlineData(int.MaxValue)]
    [InlineData(1_000)]
    public void K1_a_skippable_frame_that_says_more_than_there_is_is_damage_and_takes_no_memory(int said)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("compressed file is damaged", RefusalOf([.. Skippable(0, 100, said), .. Frame(Content)]), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void A_file_that_stops_in_a_skippable_frame_is_damage()
    {
        byte[] whole = [.. Skippable(0, 40), .. Frame(Content)];
        for (int length = 4; length < whole.Length; length++)
        {
            if (length == 48) continue;     // between the frames it is an empty file
            Assert.Contains("compressed file is damaged", RefusalOf(whole[..length]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_follows_a_skippable_frame_must_be_a_frame() => Assert.Contains(
        "compressed file is damaged", RefusalOf([.. Skippable(0, 4), .. Encoding.ASCII.GetBytes(Content)]), StringComparison.Ordinal);

    [Theory]
    [InlineData(0x184D2A4Fu)]
    [InlineData(0x184D2A60u)]
    [InlineData(0x194D2A50u)]
    public void A_number_beside_them_is_no_frame(uint number)
    {
        byte[] file = [.. Skippable(0, 4), .. Frame(Content)];
        BinaryPrimitives.WriteUInt32LittleEndian(file, number);
        using ImportFile opened = ImportFile.Open(new MemoryStream(file), "a.csv.zst");
        Assert.Equal(file.AsSpan(0, 8), opened.Head.Span[..8]);
    }
}
