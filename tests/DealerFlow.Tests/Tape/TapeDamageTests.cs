using System.Runtime.InteropServices;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

// H7 and H8a of the reliability page: tapes that were cut, padded, shuffled or changed in one byte.
public class TapeDamageTests
{
    private const int TicksPerBlock = 64;

    private static readonly Tick[] Ticks = new OpraLikeMix(seed: 21, contracts: 12).Next((5 * TicksPerBlock) + 10);
    private static readonly byte[] Whole = Record(Ticks, "a");
    private static readonly (int Start, int Length, TapeBlockHeader Header)[] Blocks = TapeWalk.Blocks(Whole);
    private static readonly int IndexStart = Blocks[^1].Start;

    [Fact]
    public void The_tape_of_these_tests_has_packed_tick_blocks()
    {
        var tickBlocks = Blocks.Where(block => block.Header.Kind == TapeBlockKind.Ticks).ToArray();
        Assert.Equal(6, tickBlocks.Length);
        Assert.All(tickBlocks[..5], block => Assert.True(block.Length < TickBlockHead.MaxPayloadBytes(TicksPerBlock) / 2));
        Assert.InRange(Whole.Length, 3_000, 6_000);
    }

    // ---- H7

    [Fact]
    public void C2_a_tape_cut_at_any_byte_of_its_last_blocks_is_reported_and_its_prefix_recovered()
    {
        for (int length = Blocks[^3].Start; length < Whole.Length; length++)
        {
            byte[] cut = Whole[..length];
            TapeFormatException report = AssertDamaged(cut);
            AssertPrefix(cut, damageAt: SoundPrefix(length), lost: length - SoundPrefix(length));
            Assert.Equal(SoundPrefix(length), report.Offset);
            Assert.Contains($"{TicksBefore(SoundPrefix(length))} ticks", report.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_tape_cut_at_any_byte_before_its_ticks_cannot_be_recovered()
    {
        int firstTickBlock = Blocks.First(block => block.Header.Kind == TapeBlockKind.Ticks).Start;
        for (int length = 0; length < firstTickBlock; length++)
        {
            byte[] cut = Whole[..length];
            AssertDamaged(cut);
            Assert.Throws<TapeFormatException>(() => TapeReader.Open(cut, "cut", TapeRecovery.Prefix));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(71)]
    [InlineData(72)]
    [InlineData(73)]
    [InlineData(5_000)]
    public void C3_zeros_behind_the_last_block_are_its_end(int zeros)
    {
        byte[] tape = [.. Whole[..IndexStart], .. new byte[zeros]];
        TapeFormatException report = AssertDamaged(tape);
        Assert.Equal(IndexStart, report.Offset);
        // A header of zeros is where the tape ends: nothing is said against a block.
        if (zeros >= TapeBlockHeader.SizeInBytes) Assert.Contains($"sound up to byte {IndexStart} of {tape.Length}, which holds", report.Message, StringComparison.Ordinal);
        AssertPrefix(tape, damageAt: IndexStart, lost: zeros);
    }

    [Fact]
    public void C3_zeros_in_place_of_the_rest_of_a_block_end_the_prefix_before_it()
    {
        (int start, int length, _) = Blocks[^2];
        for (int from = start; from < start + length; from += 7)
        {
            byte[] tape = [.. Whole];
            tape.AsSpan(from).Clear();
            if (tape.AsSpan(0, start + length).SequenceEqual(Whole.AsSpan(0, start + length))) continue;
            Assert.Equal(start, AssertDamaged(tape).Offset);
            AssertPrefix(tape, damageAt: start, lost: tape.Length - start);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(500)]
    public void Bytes_added_behind_the_tape_are_reported(int bytes)
    {
        var random = new SplitMix(4);
        byte[] tape = [.. Whole, .. Enumerable.Range(0, bytes).Select(_ => (byte)random.NextBits())];
        AssertDamaged(tape);
        AssertPrefix(tape, damageAt: Whole.Length - TapeFooter.SizeInBytes, lost: bytes + TapeFooter.SizeInBytes);
    }

    [Fact]
    public void Garbage_in_place_of_the_end_is_reported()
    {
        var random = new SplitMix(5);
        byte[] tape = [.. Whole[..IndexStart], .. Enumerable.Range(0, 300).Select(_ => (byte)random.NextBits())];
        Assert.Equal(IndexStart, AssertDamaged(tape).Offset);
        AssertPrefix(tape, damageAt: IndexStart, lost: 300);
    }

    [Fact]
    public void C4_swapped_blocks_are_reported_where_they_begin()
    {
        (int a, int lengthA, _) = Blocks[^3];
        (int b, int lengthB, _) = Blocks[^2];
        byte[] tape = [.. Whole[..a], .. Whole.AsSpan(b, lengthB), .. Whole.AsSpan(a, lengthA), .. Whole[IndexStart..]];
        Assert.Equal(a, AssertDamaged(tape).Offset);
        AssertPrefix(tape, damageAt: a, lost: tape.Length - a);
    }

    [Fact]
    public void C4_a_repeated_block_is_reported()
    {
        (int start, int length, _) = Blocks[^2];
        byte[] tape = [.. Whole[..(start + length)], .. Whole.AsSpan(start, length), .. Whole[IndexStart..]];
        AssertDamaged(tape);
        AssertPrefix(tape, damageAt: IndexStart, lost: tape.Length - IndexStart);
    }

    [Fact]
    public void C4_a_missing_block_is_reported()
    {
        (int start, int length, _) = Blocks[^3];
        byte[] tape = [.. Whole[..start], .. Whole[(start + length)..]];
        AssertDamaged(tape);
        AssertPrefix(tape, damageAt: start, lost: tape.Length - start);
    }

    [Fact]
    public void C4_a_block_of_another_tape_is_reported()
    {
        byte[] other = Record(Ticks, "b");
        (int start, int length, _) = Blocks[^2];
        Assert.Equal(Whole.Length, other.Length);
        byte[] tape = [.. Whole];
        other.AsSpan(start, length).CopyTo(tape.AsSpan(start));
        Assert.Equal(start, AssertDamaged(tape).Offset);
        AssertPrefix(tape, damageAt: start, lost: tape.Length - start);
    }

    [Fact]
    public void C4_a_stale_block_of_an_older_tape_of_the_same_identity_is_reported()
    {
        // Same metadata and definitions, so the same id; one earlier tick differs, so the chain does too.
        Tick[] older = [.. Ticks];
        older[TicksPerBlock].BidSize ^= 1;
        byte[] other = Record(older, "a");
        (int start, int length, _) = Blocks[^2];
        (int otherStart, int otherLength, _) = TapeWalk.Blocks(other)[^2];
        Assert.Equal((start, length), (otherStart, otherLength));
        byte[] tape = [.. Whole];
        other.AsSpan(start, length).CopyTo(tape.AsSpan(start));
        Assert.Equal(start, AssertDamaged(tape).Offset);
    }

    // ---- C4: damage may be passed over

    [Fact]
    public void C4_damage_of_any_block_can_be_passed_over_and_is_told_as_a_gap()
    {
        (int Start, int Length, TapeBlockHeader Header)[] blocks = [.. Blocks.Where(block => block.Header.Kind == TapeBlockKind.Ticks)];
        for (int from = 0; from < blocks.Length; from++)
        {
            for (int until = from; until < Math.Min(from + 3, blocks.Length); until++)
            {
                byte[] tape = [.. Whole];
                for (int i = from; i <= until; i++) tape[blocks[i].Start + (i % blocks[i].Length)] ^= 0x40;
                using TapeReader reader = TapeReader.Open(tape, "damaged", TapeRecovery.Skip);
                int first = (int)blocks[from].Header.FirstTick, end = until + 1 < blocks.Length ? (int)blocks[until + 1].Header.FirstTick : Ticks.Length;
                Assert.Equal((blocks[from].Start, end - first, Ticks.Length - (end - first)), (reader.DamageOffset, reader.LostTicks, reader.TickCount));
                Tick[] read = TapeRoundTripTests.ReadAll(reader, 37);
                Tick[] gaps = [.. read.Where(tick => tick.Kind == TickKind.Gap)];
                TapeRoundTripTests.AssertSameTicks([.. Ticks[..first], .. gaps, .. Ticks[end..]], read);
                if (end == Ticks.Length) Assert.Empty(gaps);
                else Assert.NotEmpty(gaps);
                Assert.All(gaps, gap => Assert.Equal(blocks[Math.Min(until + 1, blocks.Length - 1)].Header.EarliestNanos, gap.EventTimeNanos));
                reader.Rewind();
                TapeRoundTripTests.AssertSameTicks(read, TapeRoundTripTests.ReadAll(reader, 1_000));
            }
        }
    }

    [Fact]
    public void A_sound_tape_that_may_pass_damage_over_loses_nothing()
    {
        using TapeReader reader = TapeReader.Open(Whole, "whole", TapeRecovery.Skip);
        Assert.Equal((0L, -1L), (reader.LostTicks, reader.DamageOffset));
        TapeRoundTripTests.AssertSameTicks(Ticks, TapeRoundTripTests.ReadAll(reader, 100));
    }

    // ---- H8a

    [Fact]
    public void C4_every_change_of_one_byte_is_reported_and_no_wrong_tick_is_read()
    {
        byte[][] tapes = new byte[Environment.ProcessorCount][];
        Parallel.For(0, tapes.Length, worker =>
        {
            byte[] tape = [.. Whole];
            var buffer = new Tick[Ticks.Length];
            for (int at = worker; at < tape.Length; at += tapes.Length)
                for (int change = 1; change <= 255; change++)
                {
                    tape[at] ^= (byte)change;
                    int read = ReadUntilReport(tape, buffer);
                    tape[at] ^= (byte)change;
                    Assert.True(read >= 0, $"byte {at} xor {change:X2} went unnoticed");
                    Assert.Equal(-1, TapeRoundTripTests.FirstDifference(Ticks.AsSpan(0, read), buffer.AsSpan(0, read)));
                    Assert.Equal(0, read % TicksPerBlock);
                }
        });
    }

    [Fact]
    public void Every_change_of_one_byte_of_a_tick_block_leaves_the_blocks_before_it_recoverable()
    {
        foreach ((int start, int length, TapeBlockHeader header) in Blocks.Where(block => block.Header.Kind == TapeBlockKind.Ticks))
            for (int at = start; at < start + length; at += 3)
            {
                byte[] tape = [.. Whole];
                tape[at] ^= 0x10;
                using var reader = TapeReader.Open(tape, "changed", TapeRecovery.Prefix);
                Assert.Equal(start, reader.DamageOffset);
                Assert.Equal(header.FirstTick, reader.TickCount);
                TapeRoundTripTests.AssertSameTicks(Ticks.AsSpan(0, (int)header.FirstTick), TapeRoundTripTests.ReadAll(reader, 100));
            }
    }

    // H8b: the checksums are made right again, so that the checks behind them are reached.
    [Fact]
    public void K1_a_hostile_tape_with_right_checksums_ends_in_a_format_exception_or_in_ticks()
    {
        var random = new SplitMix(17);
        var buffer = new Tick[256];
        int refused = 0;
        for (int round = 0; round < 4_000; round++)
        {
            byte[] tape = [.. Whole];
            int block = (int)(random.NextBits() % (ulong)(Blocks.Length + 1));
            if (block == Blocks.Length) HostileFile.ChangeFileHeaderOrFooter(tape, random);
            else HostileFile.ChangeBlock(tape, Blocks[block].Start, Blocks[block].Length, random);
            foreach (TapeRecovery recovery in Enum.GetValues<TapeRecovery>())
            {
                try
                {
                    using var reader = TapeReader.Open(tape, "hostile", recovery);
                    long read = 0;
                    for (int n; (n = reader.Read(buffer)) > 0;) read += n;
                    Assert.InRange(read, 0, 10 * Ticks.Length);
                    reader.SeekToTime(Ticks[200].EventTimeNanos);
                }
                catch (TapeFormatException)
                {
                    refused++;
                }
            }
        }
        Assert.InRange(refused, 4_000, 8_000);
    }

    [Fact]
    public void K1_claims_of_a_hostile_header_cost_no_memory()
    {
        byte[] tape = [.. Whole];
        TapeFileHeader header = MemoryMarshal.Read<TapeFileHeader>(tape);
        header.DefinitionCount = TapeFileHeader.MaxDefinitions;
        header.MaxTicksPerBlock = TickBlockHead.MaxTicks;
        header.Crc = new TapeChecksum().Of(in header, TapeFileHeader.CheckedBytes);
        MemoryMarshal.Write(tape, in header);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<TapeFormatException>(() => TapeReader.Open(tape, "claims"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void K1_a_block_may_not_claim_more_bytes_than_the_file_has()
    {
        byte[] tape = [.. Whole];
        TapeBlockHeader definitions = Blocks[1].Header;
        definitions.Count = TapeWriter.DefinitionsPerBlock;
        definitions.Compression = TapeCompression.None;
        definitions.PayloadCrc = 0;
        definitions.StoredBytes = definitions.PayloadBytes = definitions.Count * InstrumentDefinition.SizeInBytes;
        HostileFile.SealBlock(tape, Blocks[1].Start, definitions);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("it is cut off", AssertDamaged(tape).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    // Changes that leave every checksum of the stored bytes right: each of these fields has a check of its own.
    [Fact]
    public void C4_a_sealed_block_with_a_wrong_place_is_reported()
    {
        (int start, _, TapeBlockHeader header) = Blocks[^2];
        TapeBlockHeader[] wrong =
        [
            header with { BlockNumber = header.BlockNumber + 1 }, header with { FileId = header.FileId + 1 },
            header with { FirstTick = header.FirstTick + 1 }, header with { PreviousCrc = header.PreviousCrc + 1 },
        ];
        foreach (TapeBlockHeader changed in wrong)
        {
            byte[] tape = [.. Whole];
            HostileFile.SealBlock(tape, start, changed);
            TapeFormatException report = AssertDamaged(tape);
            Assert.Equal(start, report.Offset);
            Assert.Contains("it is not the block that belongs there", report.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void C4_a_compressed_block_that_becomes_other_bytes_is_reported()
    {
        (int start, _, TapeBlockHeader header) = Blocks[1];
        Assert.Equal(TapeCompression.Lz4, header.Compression);
        byte[] tape = [.. Whole];
        HostileFile.SealBlock(tape, start, header with { PayloadCrc = header.PayloadCrc + 1 });
        Assert.Contains("it does not decompress to what was stored", AssertDamaged(tape).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void K3_an_end_that_promises_other_ticks_than_the_blocks_hold_is_reported()
    {
        byte[] tape = [.. Whole];
        TapeFooter footer = MemoryMarshal.Read<TapeFooter>(tape.AsSpan(tape.Length - TapeFooter.SizeInBytes));
        HostileFile.SealBlock(tape, IndexStart, Blocks[^1].Header with { FirstTick = footer.TickCount + 5 });
        HostileFile.SealFooter(tape, footer with { TickCount = footer.TickCount + 5 });
        Assert.Equal(IndexStart, AssertDamaged(tape).Offset);
    }

    [Fact]
    public void After_a_report_the_reader_reports_again_and_never_goes_on()
    {
        byte[] tape = [.. Whole];
        tape[Blocks[^2].Start + 100] ^= 1;
        using var reader = TapeReader.Open(tape, "changed.dftape");
        var buffer = new Tick[1024];
        int read = 0;
        TapeFormatException first = Assert.Throws<TapeFormatException>(() =>
        {
            for (int n = 1; n > 0;) read += n = reader.Read(buffer.AsSpan(read));
        });
        Assert.Equal(5 * TicksPerBlock, read);
        Assert.Equal(Blocks[^2].Start, first.Offset);
        Assert.Equal(Blocks[^2].Header.BlockNumber, first.BlockNumber);
        Assert.Equal("changed.dftape", first.Path);
        Assert.Equal(
            $"changed.dftape: block {first.BlockNumber} at byte {first.Offset} is damaged (its checksum does not match). Recover the ticks before it, or fetch another copy of the tape.",
            first.Message);
        Assert.Throws<TapeFormatException>(() => reader.Read(buffer));
    }

    // ---- files that are no tapes

    [Theory]
    [InlineData(new byte[0], "empty, not a DealerFlow tape. Give a .dftape file.")]
    [InlineData(new byte[] { 0x1F, 0x8B, 8 }, "not a DealerFlow tape: it begins with 1F8B08, a tape with 4446544150450D0A. Give a .dftape file.")]
    public void A_foreign_file_is_named_and_refused(byte[] bytes, string sentence)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("quotes.csv.gz");
        File.WriteAllBytes(path, bytes);
        foreach (TapeRecovery recovery in Enum.GetValues<TapeRecovery>())
        {
            TapeFormatException report = Assert.Throws<TapeFormatException>(() => TapeReader.Open(path, recovery));
            Assert.Equal($"{path}: {sentence}", report.Message);
            Assert.Equal(path, report.Path);
            Assert.Equal(0, report.Offset);
        }
    }

    [Fact]
    public void C9_another_major_version_is_refused_by_its_number()
    {
        byte[] tape = [.. Whole];
        tape[8] = 2;
        TapeFormatException report = Assert.Throws<TapeFormatException>(() => TapeReader.Open(tape, "new.dftape"));
        Assert.Equal("new.dftape: the tape has format version 2.0; this program reads version 1. Use a program of the tape's version.", report.Message);
    }

    [Fact]
    public void C9_a_newer_minor_version_is_read()
    {
        byte[] tape = [.. Whole];
        TapeFileHeader header = MemoryMarshal.Read<TapeFileHeader>(tape);
        header.MinorVersion = 9;
        header.Crc = new TapeChecksum().Of(in header, TapeFileHeader.CheckedBytes);
        MemoryMarshal.Write(tape, in header);
        using var reader = TapeReader.Open(tape, "newer");
        TapeRoundTripTests.AssertSameTicks(Ticks, TapeRoundTripTests.ReadAll(reader, 100));
    }

    private static byte[] Record(Tick[] ticks, string seed)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.dftape");
        var definitions = new OpraLikeMix(seed: 21, contracts: 12).Definitions;
        using (var writer = TapeWriter.Create(path, definitions, new Dictionary<string, string> { ["seed"] = seed }, ticksPerBlock: TicksPerBlock))
        {
            writer.Append(ticks);
            writer.Complete();
        }
        return File.ReadAllBytes(path);
    }

    // The end of the last whole block in so many bytes, the index included.
    private static int SoundPrefix(int length) => Blocks.Where(block => block.Start + block.Length <= length).Max(block => block.Start + block.Length);

    private static long TicksBefore(int offset) =>
        Blocks.Where(block => block.Start + block.Length <= offset && block.Header.Kind == TapeBlockKind.Ticks).Sum(block => block.Header.Count);

    private static TapeFormatException AssertDamaged(byte[] tape)
    {
        var report = Assert.Throws<TapeFormatException>(() =>
        {
            using var reader = TapeReader.Open(tape, "damaged");
            TapeRoundTripTests.ReadAll(reader, 100);
        });
        Assert.StartsWith("damaged: ", report.Message, StringComparison.Ordinal);
        return report;
    }

    private static void AssertPrefix(byte[] tape, int damageAt, long lost)
    {
        using var reader = TapeReader.Open(tape, "damaged", TapeRecovery.Prefix);
        int expected = (int)TicksBefore(damageAt);
        Assert.Equal(damageAt, reader.DamageOffset);
        Assert.Equal(lost, reader.BytesLost);
        Assert.Equal(expected, reader.TickCount);
        TapeRoundTripTests.AssertSameTicks(Ticks.AsSpan(0, expected), TapeRoundTripTests.ReadAll(reader, 100));
        Assert.Equal(expected == 0 ? 0 : Ticks[..expected].Max(tick => tick.EventTimeNanos), reader.LastEventTimeNanos);
    }

    // Ticks read before the report; −1 when there was none.
    private static int ReadUntilReport(byte[] tape, Tick[] buffer)
    {
        int read = 0;
        try
        {
            using var reader = TapeReader.Open(tape, "changed");
            for (int n; (n = reader.Read(buffer.AsSpan(read))) > 0;) read += n;
            return -1;
        }
        catch (TapeFormatException)
        {
            return read;
        }
    }
}
