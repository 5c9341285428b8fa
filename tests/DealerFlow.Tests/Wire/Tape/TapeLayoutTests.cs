using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

// Offsets as docs/wire-format.md prints them.
public class TapeLayoutTests
{
    [Fact]
    public void The_file_header_has_the_documented_offsets()
    {
        Assert.Equal(40, Unsafe.SizeOf<TapeFileHeader>());
        Assert.Equal(TapeFileHeader.CheckedBytes, Offset<TapeFileHeader>(nameof(TapeFileHeader.Crc)));
        Assert.Equal(
            [0, 8, 10, 12, 16, 24, 28, 32, 36],
            Offsets<TapeFileHeader>("Magic", "MajorVersion", "MinorVersion", "MaxTicksPerBlock", "FileId", "MetadataCount", "DefinitionCount", "Reserved", "Crc"));
    }

    [Fact]
    public void The_block_header_has_the_documented_offsets()
    {
        Assert.Equal(72, Unsafe.SizeOf<TapeBlockHeader>());
        Assert.Equal(TapeBlockHeader.CheckedBytes, Offset<TapeBlockHeader>(nameof(TapeBlockHeader.StoredCrc)));
        Assert.Equal(
            [0, 4, 8, 16, 24, 32, 40, 41, 42, 44, 48, 52, 56, 60, 64, 68],
            Offsets<TapeBlockHeader>(
                "Marker", "BlockNumber", "FileId", "FirstTick", "EarliestNanos", "LatestNanos", "Kind", "Compression", "TickKinds", "Count",
                "StoredBytes", "PayloadBytes", "PreviousCrc", "PayloadCrc", "Reserved2", "StoredCrc"));
    }

    [Fact]
    public void The_index_entry_and_the_footer_have_the_documented_offsets()
    {
        Assert.Equal(48, Unsafe.SizeOf<TapeIndexEntry>());
        Assert.Equal(
            [0, 8, 16, 24, 32, 36, 40],
            Offsets<TapeIndexEntry>("Offset", "FirstTick", "EarliestNanos", "LatestNanos", "BlockNumber", "StoredCrc", "TickKinds"));
        Assert.Equal(64, Unsafe.SizeOf<TapeFooter>());
        Assert.Equal(TapeFooter.CheckedBytes, Offset<TapeFooter>(nameof(TapeFooter.Crc)));
        Assert.Equal(
            [0, 8, 16, 24, 32, 40, 44, 48, 52, 56],
            Offsets<TapeFooter>("FileId", "IndexOffset", "TickCount", "EarliestNanos", "LatestNanos", "BlockCount", "IndexStride", "Reserved", "Crc", "Magic"));
    }

    [Fact]
    public void The_tick_block_head_has_the_documented_offsets()
    {
        Assert.Equal(136, Unsafe.SizeOf<TickBlockHead>());
        Assert.Equal(8, Unsafe.SizeOf<TickMove>());
        Assert.Equal(32, Unsafe.SizeOf<PriceSteps>());
        Assert.Equal(60, Unsafe.SizeOf<ColumnSizes>());
        Assert.Equal(ColumnSizes.Length, Enum.GetValues<TapeColumn>().Length);
        Assert.Equal(
            [0, 4, 8, 16, 24, 28, 32, 34, 36, 40, 72, 132],
            Offsets<TickBlockHead>(
                "Coding", "Flags", "BaseTimeNanos", "TimeUnitNanos", "InstrumentCount", "EscapeCount", "MoveCount", "VenueCount", "Reserved",
                "Steps", "ColumnBytes", "Reserved2"));
        Assert.Equal([0, 1, 2, 4, 6], Offsets<TickMove>("Kind", "Reserved", "Flags", "BidSteps", "AskSteps"));
    }

    [Fact]
    public void Magic_words_read_as_text_in_a_hex_dump()
    {
        Assert.Equal("DFTAPE\r\n", Encoding.ASCII.GetString(BitConverter.GetBytes(TapeFileHeader.ExpectedMagic)));
        Assert.Equal("DFBK", Encoding.ASCII.GetString(BitConverter.GetBytes(TapeBlockHeader.ExpectedMarker)));
        Assert.Equal("DFTAPEND", Encoding.ASCII.GetString(BitConverter.GetBytes(TapeFooter.ExpectedMagic)));
    }

    private static int[] Offsets<T>(params string[] fields)
    {
        Assert.Equal(fields.Length, typeof(T).GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance).Length);
        return [.. fields.Select(Offset<T>)];
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
