using System.Buffers.Binary;
using DealerFlow.Import;
using DealerFlow.Market;
using Xunit;
using ZstdSharp;
using static DealerFlow.Tests.DbnFixture;

namespace DealerFlow.Tests;

/// <summary>Damaged and hostile files are refused, in bounded memory, and never otherwise than by the one exception.</summary>
public class DbnHostileTests
{
    private const long BoundedBytes = 64L << 20;

    // One of each kind, so that every reader of a kind meets every damage.
    private static byte[] Zoo(int version) => File(
        Metadata(version),
        Definition(version, Symbol, 'C'),
        SymbolMapping(version, "SPY.OPT", "SPY   250221P00600000", id: 9),
        Statistic(version, 9, 100),
        Quote(0xC2, 1_000_000_000, 1_100_000_000, price: 1_000_000_000, size: 1),
        Quote(0xC0, 1_000_000_000, 1_100_000_000),
        Trade(1_000_000_000, 1, id: 9));

    private static string Refusal(byte[] file, string name = "hand.dbn")
    {
        string message = "";
        long before = GC.GetAllocatedBytesForCurrentThread();
        message = Assert.Throws<InputFormatException>(() => Read(file, name)).Message;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < BoundedBytes, $"{allocated:N0} bytes for: {message}");
        return message;
    }

    private static byte[] With(byte[] file, int at, params byte[] bytes)
    {
        byte[] changed = [.. file];
        bytes.CopyTo(changed, at);
        return changed;
    }

    [Theory]
    [InlineData(0xFFFF_FFFFu, "4,294,967,295 bytes")]
    [InlineData(0x2000_0001u, "which cannot be")]
    [InlineData(0u, "0 bytes, which cannot be")]
    [InlineData(119u, "119 bytes, which cannot be")]
    [InlineData(0x2000_0000u, "ends within its metadata")]
    [InlineData(1_000u, "ends within its metadata")]
    [InlineData(150u, "announce 1 mappings")]
    public void K1_a_length_of_metadata_that_cannot_be_is_refused(uint length, string reason) =>
        Assert.Contains(reason, Refusal(With(Metadata(), 4, U32(length))), StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    [InlineData(65_535)]
    public void A_length_of_symbols_that_cannot_be_is_refused(int length)
    {
        byte[] file = With(Metadata(mappings: []), 8 + 45, (byte)length, (byte)(length >> 8));
        Assert.Contains($"a symbol has {length:#,0} bytes", Refusal(With(file, 8 + 104, U32(uint.MaxValue))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, "bytes of a schema's definition", 1)]
    [InlineData(104, "symbols", 71)]
    [InlineData(108, "partial symbols", 71)]
    [InlineData(112, "symbols not found", 71)]
    [InlineData(116, "mappings", 75)]
    [InlineData(191, "days of a mapping", 79)]
    public void K1_a_count_beyond_the_metadata_is_refused(int at, string what, uint bytesOfOne)
    {
        // The last of them, times the bytes of one, is a small number in 32 bits.
        uint wrapping = (uint.MaxValue / bytesOfOne) + (bytesOfOne > 1 ? 1u : 0u);
        foreach (uint count in (ReadOnlySpan<uint>)[uint.MaxValue, 0x8000_0000, 1_000, wrapping])
        {
            Assert.Contains($"announce {count:#,0} {what}", Refusal(With(Metadata(), 8 + at, U32(count))), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(20251332u)]
    [InlineData(20250230u)]
    [InlineData(uint.MaxValue)]
    public void A_date_that_is_none_is_refused(uint date) =>
        Assert.Contains($"say {date}, which is no date", Refusal(With(Metadata(), 8 + 195, U32(date))), StringComparison.Ordinal);

    [Theory]
    [InlineData(0, "version 0, which never was")]
    [InlineData(4, "version 4, newer than 3")]
    [InlineData(255, "version 255, newer than 3")]
    public void Another_version_is_refused(byte version, string reason) =>
        Assert.Contains(reason, Refusal(With(Metadata(), 3, version)), StringComparison.Ordinal);

    [Fact]
    public void An_empty_file_is_refused() => Assert.Contains("does not begin with DBN", Refusal([]), StringComparison.Ordinal);

    [Fact]
    public void A_record_without_a_length_is_refused_at_its_byte_and_those_before_it_are_told()
    {
        byte[] metadata = Metadata();
        foreach (byte words in (ReadOnlySpan<byte>)[0, 1, 3])
        {
            var reading = new DbnReading();
            byte[] file = File(metadata, Trade(1_000_000_000, 1), [words, .. new byte[100]]);
            string message = Assert.Throws<InputFormatException>(() => reading.Read(file, "hand.dbn")).Message;
            Assert.Contains($"at byte {metadata.Length + 48:#,0} a record says it has {words * 4} bytes", message, StringComparison.Ordinal);
            Assert.Equal((1, 1L, true), (reading.Ticks.Count, reading.Report.Rows, reading.Report.AddsUp));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_file_that_is_cut_off_anywhere_is_refused_after_its_whole_records(int version)
    {
        byte[] file = Zoo(version);
        var ends = new List<int>();
        int start = 8 + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4));
        for (int at = start; at <= file.Length; at += at < file.Length ? 4 * file[at] : 1) ends.Add(at);
        Assert.Equal(7, ends.Count);
        for (int length = 0; length <= file.Length; length++)
        {
            var reading = new DbnReading();
            Exception? failure = Xunit.Record.Exception(() => reading.Read(file[..length], "hand.dbn"));
            if (ends.Contains(length)) Assert.Null(failure);
            else Assert.IsType<InputFormatException>(failure);
            int whole = Math.Max(0, ends.Count(end => end <= length) - 1);
            Assert.Equal((length, whole, true), (length, (int)reading.Report.Rows, reading.Report.AddsUp));
        }
    }

    [Theory]
    [InlineData("dbn/test_data.trades.dbn")]
    [InlineData("databento-python/OPRA.PILLAR/test_data.tbbo.dbn.zst")]
    public void A_real_file_that_is_cut_off_anywhere_is_read_or_refused(string name)
    {
        byte[] file = System.IO.File.ReadAllBytes(Path.Combine(Repository.RealData("dbn"), name));
        int refused = 0;
        for (int length = 0; length < file.Length; length++)
        {
            Exception? failure = Xunit.Record.Exception(() => Read(file[..length], name));
            if (failure is null) continue;
            Assert.IsType<InputFormatException>(failure);
            refused++;
        }
        Assert.InRange(refused, file.Length - 3, file.Length);   // the two ends of records in front of the last
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_byte_may_be_any_other_and_nothing_else_is_thrown(int version)
    {
        byte[] file = Zoo(version);
        int read = 0;
        foreach (byte value in (ReadOnlySpan<byte>)[0x00, 0x01, 0x04, 0x13, 0x20, 0x30, 0x7F, 0x80, 0xB1, 0xC2, 0xFE, 0xFF])
        {
            for (int at = 0; at < file.Length; at++)
            {
                if (file[at] == value) continue;
                byte[] changed = With(file, at, value);
                var reading = new DbnReading();
                Exception? failure = Xunit.Record.Exception(() => reading.Read(changed, "hand.dbn"));
                Assert.True(failure is null or InputFormatException, $"byte {at} = {value}: {failure}");
                Assert.True(reading.Report.AddsUp, $"byte {at} = {value}");
                if (failure is null) read++;
            }
        }
        Assert.True(read > file.Length, "most bytes may be changed without a refusal of the whole file");
    }

    [Fact]
    public void Frames_one_after_the_other_are_read_to_the_end()
    {
        byte[] file = Zoo(3);
        using var zstd = new Compressor();
        byte[] frames = [];
        for (int at = 0; at < file.Length; at += 101) frames = [.. frames, .. zstd.Wrap(file.AsSpan(at, Math.Min(101, file.Length - at)))];
        DbnReading whole = Read(file);
        DbnReading pieces = Read(frames, "hand.dbn.zst");
        Assert.Equal((6L, 6L), (whole.Report.Rows, pieces.Report.Rows));
        Assert.Equal(whole.Ticks.Count, pieces.Ticks.Count);
    }

    [Fact]
    public void A_compressed_file_that_is_cut_off_or_damaged_is_refused()
    {
        using var zstd = new Compressor();
        byte[] packed = [.. zstd.Wrap(Zoo(3))];
        for (int length = 5; length < packed.Length; length++) Refusal(packed[..length], "hand.dbn.zst");
    }

    [Fact]
    public void K4_a_frame_that_asks_for_a_window_of_two_gigabytes_is_refused()
    {
        const byte twoGigabytes = 21 << 3;
        byte[] content = Metadata();
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0, twoGigabytes, .. Block(content.Length, kind: 0, isLast: true), .. content];
        Assert.Contains("compressed file is damaged", Refusal(frame, "hand.dbn.zst"), StringComparison.Ordinal);
        frame[5] = 10 << 3;
        Assert.Equal(0, Read(frame, "hand.dbn.zst").Report.Rows);   // the same with a window of a megabyte
    }

    // Blocks of one byte each that stand for 128 KiB: of zeros behind metadata that claim them, of fours, which are records without end.
    [Theory]
    [InlineData(true, 4_000)]
    [InlineData(false, 4_000)]
    [InlineData(false, 40_000)]
    public void K4_a_few_bytes_that_become_gigabytes_are_refused(bool inMetadata, int blocks)
    {
        const int blockLength = 128 << 10;
        byte[] content = inMetadata ? With(Metadata(), 4, U32(500_000_000)) : Metadata();
        var frame = new List<byte> { 0x28, 0xB5, 0x2F, 0xFD, 0, 7 << 3 };
        frame.AddRange([.. Block(content.Length, kind: 0, isLast: false), .. content]);
        for (int i = 0; i < blocks; i++) frame.AddRange([.. Block(blockLength, kind: 1, isLast: i == blocks - 1), (byte)(inMetadata ? 0 : 4)]);
        Assert.Contains("become more than", Refusal([.. frame], "hand.dbn.zst"), StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_of_a_whole_underlying_are_kept_compactly()
    {
        const int symbols = 13_492;
        var mappings = new (string, (uint, uint, string)[])[symbols];
        for (uint i = 0; i < symbols; i++) mappings[i] = ($"SPY   250321C{600_000 + i:D8}", [(20250220, 20250221, $"{1_000_000 - i}")]);
        byte[] file = Metadata(mappings: mappings);
        long before = GC.GetAllocatedBytesForCurrentThread();
        DbnMetadata metadata = DbnMetadata.Read(new DbnBytes(new MemoryStream(file)), "hand.dbn", symbols);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 4 << 20, $"{allocated:N0} bytes");
        int day = new DateOnly(2025, 2, 20).DayNumber - DbnMappings.EpochDay;
        for (uint i = 0; i < symbols; i++) Assert.Equal($"SPY   250321C{600_000 + i:D8}", DbnText.Of(metadata.Mappings.SymbolOf(1_000_000 - i, day)));
        Assert.Equal(symbols, metadata.Mappings.Count);
    }

    private static byte[] Block(int length, int kind, bool isLast)
    {
        int header = (length << 3) | (kind << 1) | (isLast ? 1 : 0);
        return [(byte)header, (byte)(header >> 8), (byte)(header >> 16)];
    }
}
