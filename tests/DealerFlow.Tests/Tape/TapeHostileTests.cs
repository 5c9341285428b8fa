using System.Runtime.InteropServices;
using DealerFlow.Tape;
using DealerFlow.Wire;
using K4os.Compression.LZ4;
using Xunit;

namespace DealerFlow.Tests;

// LZ4 made by hand and every field of the footer, with checksums that are right.
public class TapeHostileTests
{
    private const int Length = 100;

    // One letter, a match that repeats it, five letters: a hundred times 'a'. Bytes 2 and 3 are the offset of the match.
    private static readonly byte[] Letters = [0x1F, (byte)'a', 1, 0, 75, 0x50, .. "aaaaa"u8];

    private static readonly byte[] Unpacked = [.. Enumerable.Repeat((byte)'a', Length)];

    [Fact]
    public void K2_an_offset_of_zero_is_refused_although_the_decoder_takes_it()
    {
        byte[] hostile = [.. Letters], unpacked = new byte[Length];
        hostile[2] = 0;
        // Whoever makes such a block knows the decoder, and so the checksum of what it will give.
        Assert.Equal(Length, LZ4Codec.Decode(hostile, unpacked));
        (TapeFault sound, TapeFault refused) = Read(Block(Letters, Unpacked), Block(hostile, unpacked));
        Assert.Equal(TapeFault.None, sound);
        Assert.Equal(TapeFault.BadCompression, refused);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0xFF, 0xFF)]
    public void K2_an_offset_before_the_first_byte_is_refused(byte low, byte high)
    {
        byte[] hostile = [.. Letters];
        (hostile[2], hostile[3]) = (low, high);
        Assert.Equal(TapeFault.BadCompression, Read(Block(Letters, Unpacked), Block(hostile, Unpacked)).Second);
    }

    [Theory]
    [InlineData(Length - 1)]
    [InlineData(Length + 1)]
    [InlineData(Length + 1_000)]
    public void K2_a_block_becomes_exactly_as_many_bytes_as_it_says(int length)
    {
        byte[] other = [.. Enumerable.Repeat((byte)'a', length)];
        Assert.Equal(TapeFault.BadCompression, Read(Block(Letters, Unpacked), Block(Letters, other)).Second);
    }

    // A length of literals or of a match goes on while bytes are 255. The largest block of a tape is too small for 32 bits to wrap.
    [Theory]
    [InlineData(0xF0)]
    [InlineData(0x1F)]
    public void K2_the_longest_run_of_the_largest_block_is_refused_and_does_not_wrap(byte token)
    {
        int payload = TickBlockHead.MaxPayloadBytes(TickBlockHead.MaxTicks);
        byte[] hostile = [token, .. token == 0x1F ? Letters.AsSpan(1, 3) : default, .. Enumerable.Repeat((byte)0xFF, payload - 10)];
        Assert.InRange((255L * payload) + 15, 2_000_000_000, int.MaxValue);
        TapeBlockHeader header = Head(hostile, (uint)payload, 0) with { Kind = TapeBlockKind.Ticks, Count = TickBlockHead.MaxTicks };
        Assert.Equal(TapeFault.BadCompression, Read(Block(Letters, Unpacked), Sealed(header, hostile)).Second);
    }

    [Fact]
    public void K2_every_byte_of_a_compressed_block_may_be_any_other()
    {
        byte[] changed = [.. Letters];
        int sound = 0;
        for (int at = 0; at < changed.Length; at++)
        {
            for (int value = 0; value < 256; value++)
            {
                changed[at] = (byte)value;
                TapeFault fault = Read(Block(Letters, Unpacked), Block(changed, Unpacked)).Second;
                if (fault == TapeFault.None) sound++;
                else Assert.Equal(TapeFault.BadCompression, fault);
            }
            changed[at] = Letters[at];
        }
        // Each byte as it was, and the half of the last token that would be the length of a match.
        Assert.Equal(Letters.Length + 15, sound);
    }

    // Small blocks that claim much: nothing is made room for that the stored bytes could not become.
    [Fact]
    public void K1_a_block_may_not_claim_more_than_255_times_its_bytes()
    {
        byte[] few = [.. Letters];
        TapeBlockHeader header = Head(few, (uint)(255 * few.Length) + 1, 0) with { Kind = TapeBlockKind.Ticks, Count = TickBlockHead.MaxTicks };
        Assert.Equal(TapeFault.BadLengths, Read(Block(Letters, Unpacked), Sealed(header, few)).Second);
        long before = GC.GetAllocatedBytesForCurrentThread();
        header.PayloadBytes = (uint)TickBlockHead.MaxPayloadBytes(TickBlockHead.MaxTicks);
        Assert.Equal(TapeFault.BadLengths, Read(Block(Letters, Unpacked), Sealed(header, few)).Second);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 16);
    }

    // Every field takes every value that has hurt a reader; the checksum is right each time.
    [Fact]
    public void K3_every_field_of_the_footer_is_held_against_the_file()
    {
        var mix = new OpraLikeMix(seed: 22, contracts: 12);
        Tick[] ticks = mix.Next(500);
        byte[] whole = Record(mix, ticks);
        TapeFooter footer = MemoryMarshal.Read<TapeFooter>(whole.AsSpan(whole.Length - TapeFooter.SizeInBytes));
        Func<TapeFooter, long, TapeFooter>[] changes =
        [
            (end, value) => end with { IndexOffset = value }, (end, value) => end with { TickCount = value },
            (end, value) => end with { BlockCount = (uint)value }, (end, value) => end with { IndexStride = (uint)value },
            (end, value) => end with { EarliestNanos = value }, (end, value) => end with { LatestNanos = value },
        ];
        // The first three say how much there is and where: nothing but the truth is taken.
        const int aboutSize = 3;
        for (int field = 0; field < changes.Length; field++)
        {
            long[] values =
            [
                0, 1, -1, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue,
                footer.IndexOffset - 1, footer.IndexOffset + 1, footer.TickCount - 1, footer.TickCount + 1, whole.Length, footer.BlockCount - 1, footer.BlockCount + 1,
            ];
            foreach (long value in values)
            {
                byte[] tape = [.. whole];
                TapeFooter changed = changes[field](footer, value);
                if (changed.Equals(footer)) continue;
                HostileFile.SealFooter(tape, changed);
                long before = GC.GetAllocatedBytesForCurrentThread();
                Exception? failure = Xunit.Record.Exception(() => AssertReads(tape, ticks));
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
                if (failure is not null || field < aboutSize) Assert.IsType<TapeFormatException>(failure);
                // Who reads the blocks themselves needs no footer.
                using TapeReader recovered = TapeReader.Open(tape, "hostile", TapeRecovery.Prefix);
                Assert.Equal(ticks.Length, recovered.TickCount);
            }
        }
    }

    // A file header that is right, and a few bytes of anything behind it.
    [Fact]
    public void K8_a_tape_of_a_few_bytes_is_refused_and_costs_little()
    {
        var random = new SplitMix(98);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] tape = [.. new byte[TapeFileHeader.SizeInBytes], .. new byte[random.NextBits() % 120]];
            for (int at = 0; at < tape.Length; at++) tape[at] = (byte)random.NextBits();
            TapeFileHeader header = new()
            {
                Magic = TapeFileHeader.ExpectedMagic,
                MajorVersion = TapeFileHeader.CurrentMajorVersion,
                MaxTicksPerBlock = TickBlockHead.MaxTicks,
                FileId = 5,
                MetadataCount = (uint)random.NextBits(),
                DefinitionCount = (uint)random.NextBits() % (TapeFileHeader.MaxDefinitions + 1),
            };
            header.Crc = new TapeChecksum().Of(in header, TapeFileHeader.CheckedBytes);
            MemoryMarshal.Write(tape, in header);
            if (tape.Length >= TapeFileHeader.SizeInBytes + TapeBlockHeader.SizeInBytes)
            {
                TapeBlockHeader block = MemoryMarshal.Read<TapeBlockHeader>(tape.AsSpan(TapeFileHeader.SizeInBytes));
                HostileFile.SealBlock(tape, TapeFileHeader.SizeInBytes, block with
                {
                    Marker = TapeBlockHeader.ExpectedMarker,
                    FileId = 5,
                    BlockNumber = 0,
                    FirstTick = 0,
                    PreviousCrc = 0,
                    Kind = (TapeBlockKind)(random.NextBits() % 5),
                    Compression = (TapeCompression)(random.NextBits() % 2),
                    StoredBytes = (uint)(tape.Length - TapeFileHeader.SizeInBytes - TapeBlockHeader.SizeInBytes),
                    PayloadBytes = block.PayloadBytes >> (int)(random.NextBits() % 32),
                });
            }
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (TapeRecovery recovery in Enum.GetValues<TapeRecovery>())
                Assert.Throws<TapeFormatException>(() => TapeReader.Open(tape, "small", recovery));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
    }

    private static void AssertReads(byte[] tape, Tick[] ticks)
    {
        using TapeReader reader = TapeReader.Open(tape, "hostile");
        reader.SeekToTime(ticks[200].EventTimeNanos);
        reader.Rewind();
        TapeRoundTripTests.AssertSameTicks(ticks, TapeRoundTripTests.ReadAll(reader, 100));
    }

    private static byte[] Record(OpraLikeMix mix, Tick[] ticks)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.dftape");
        using (TapeWriter writer = TapeWriter.Create(path, mix.Definitions, new Dictionary<string, string>(), ticksPerBlock: 64))
        {
            writer.Append(ticks);
            writer.Complete();
        }
        return File.ReadAllBytes(path);
    }

    private static (TapeFault First, TapeFault Second) Read(byte[] first, byte[] second)
    {
        // The second block is the first's successor: its number is 1 and it names the first's checksum.
        TapeBlockHeader after = MemoryMarshal.Read<TapeBlockHeader>(second) with
        {
            BlockNumber = 1,
            PreviousCrc = MemoryMarshal.Read<TapeBlockHeader>(first).StoredCrc,
        };
        HostileFile.SealBlock(second, 0, after);
        var blocks = new TapeBlockReader(TapeSource.OfMemory((byte[])[.. first, .. second], "hostile")) { MaxTicksPerBlock = TickBlockHead.MaxTicks };
        blocks.MoveTo(0, 0, 0, previousCrc: 0);
        TapeFault fault = blocks.ReadNext();
        if (fault == TapeFault.None) Assert.Equal(Unpacked, blocks.Payload);
        return (fault, blocks.ReadNext());
    }

    private static byte[] Block(byte[] stored, byte[] unpacked) => Sealed(Head(stored, (uint)unpacked.Length, new TapeChecksum().Of(unpacked)), stored);

    private static TapeBlockHeader Head(byte[] stored, uint payloadBytes, uint payloadCrc) => new()
    {
        Marker = TapeBlockHeader.ExpectedMarker,
        Kind = TapeBlockKind.Metadata,
        Compression = TapeCompression.Lz4,
        StoredBytes = (uint)stored.Length,
        PayloadBytes = payloadBytes,
        PayloadCrc = payloadCrc,
    };

    private static byte[] Sealed(TapeBlockHeader header, byte[] stored)
    {
        byte[] block = [.. new byte[TapeBlockHeader.SizeInBytes], .. stored];
        HostileFile.SealBlock(block, 0, header);
        return block;
    }
}
