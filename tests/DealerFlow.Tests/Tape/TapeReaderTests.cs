using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class TapeReaderTests
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public void The_ticks_do_not_depend_on_the_span_they_are_read_into(int span)
    {
        Tick[] ticks = new OpraLikeMix(seed: 41, contracts: 30).Next(3_000);
        using var reader = TapeReader.Open(Record(ticks, 700), "a");
        TapeRoundTripTests.AssertSameTicks(ticks, TapeRoundTripTests.ReadAll(reader, span));
        Assert.Equal(0, reader.Read(new Tick[span]));
        reader.Rewind();
        TapeRoundTripTests.AssertSameTicks(ticks, TapeRoundTripTests.ReadAll(reader, span));
    }

    [Fact]
    public void Progress_runs_from_the_first_block_to_the_index()
    {
        Tick[] ticks = new OpraLikeMix(seed: 42, contracts: 30).Next(1_000);
        byte[] tape = Record(ticks, 100);
        using var reader = TapeReader.Open(tape, "a");
        var blocks = TapeWalk.Blocks(tape).Where(block => block.Header.Kind == TapeBlockKind.Ticks).ToArray();
        Assert.Equal(blocks[0].Start, reader.BytesRead);
        var buffer = new Tick[100];
        foreach ((int start, int length, _) in blocks)
        {
            Assert.Equal(100, reader.Read(buffer));
            Assert.Equal(start + length, reader.BytesRead);
        }
    }

    [Fact]
    public void Seeking_finds_the_first_tick_that_is_not_earlier()
    {
        Tick[] ticks = new OpraLikeMix(seed: 43, contracts: 30).Next(2_000);
        for (int i = 5; i < ticks.Length; i += 40) ticks[i].EventTimeNanos -= 30_000;      // some arrive late
        using var reader = TapeReader.Open(Record(ticks, 130), "a");
        var buffer = new Tick[10];
        long first = reader.FirstEventTimeNanos, last = reader.LastEventTimeNanos;
        for (long time = first - 1; time <= last + 1; time += (last - first) / 200)
            AssertSeeks(reader, ticks, time, buffer);
        foreach (long time in (long[])[long.MinValue, first, last, last + 1, long.MaxValue]) AssertSeeks(reader, ticks, time, buffer);
    }

    [Fact]
    public void Seeking_in_a_damaged_tape_reports_the_block_that_it_meets()
    {
        Tick[] ticks = new OpraLikeMix(seed: 44, contracts: 30).Next(500);
        byte[] tape = Record(ticks, 100);
        int damaged = TapeWalk.Blocks(tape).Where(block => block.Header.Kind == TapeBlockKind.Ticks).ElementAt(3).Start;
        tape[damaged + 90] ^= 4;
        using var reader = TapeReader.Open(tape, "a");
        TapeFormatException report = Assert.Throws<TapeFormatException>(() => reader.SeekToTime(ticks[350].EventTimeNanos));
        Assert.Equal(damaged, report.Offset);
    }

    [Fact]
    public void The_index_of_a_long_tape_gets_coarser_and_still_covers_all()
    {
        const int Blocks = (2 * TapeIndexEntry.Capacity) + 77;
        var index = new TapeIndex();
        for (int block = 0; block < Blocks; block++)
        {
            index.Add(block * 100L, new TapeBlockHeader { BlockNumber = (uint)block, FirstTick = block, EarliestNanos = block - 3, LatestNanos = block + 5 });
        }
        Assert.Equal(4u, index.Stride);
        Assert.Equal((Blocks + 3) / 4, index.Entries.Length);
        Assert.Equal((-3, Blocks + 4), (index.EarliestNanos, index.LatestNanos));
        for (int i = 0; i < index.Entries.Length; i++)
        {
            TapeIndexEntry entry = index.Entries[i];
            int lastOfRun = Math.Min((4 * i) + 3, Blocks - 1);
            Assert.Equal((400L * i, 4L * i, (4L * i) - 3, lastOfRun + 5L), (entry.Offset, entry.FirstTick, entry.EarliestNanos, entry.LatestNanos));
        }
    }

    [Fact]
    public void Definitions_beyond_one_block_are_all_there()
    {
        using var folder = new TemporaryFolder();
        var definitions = new InstrumentDefinition[TapeWriter.DefinitionsPerBlock + 5];
        for (int i = 0; i < definitions.Length; i++) definitions[i].InstrumentId = (uint)i;
        string path = folder.File("a.dftape");
        using (var writer = TapeWriter.Create(path, definitions, NoMetadata)) writer.Complete();
        using var reader = TapeReader.Open(path);
        Assert.True(reader.Definitions.SequenceEqual(definitions));
    }

    [Fact]
    public void Ticks_of_instruments_without_a_definition_are_not_judged()
    {
        Tick[] ticks = [Tick.Spot(1, 77, 5), Tick.Quote(2, uint.MaxValue, -5, 5, 1, 2, 3, TickFlags.NationalBest), new Tick { Kind = (TickKind)200, Bid = -1, Ask = 1 }];
        using var reader = TapeReader.Open(Record(ticks, 10), "a");
        TapeRoundTripTests.AssertSameTicks(ticks, TapeRoundTripTests.ReadAll(reader, 10));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        // The third kind of block (unknown kinds, one price) is compressed, so LZ4 is on the path too.
        Tick[] ticks = [.. new OpraLikeMix(seed: 45, contracts: 300).Next(20_000), .. Enumerable.Range(0, 5_000).Select(i => new Tick { EventTimeNanos = i, Kind = (TickKind)77, Bid = i % 3 })];
        using var folder = new TemporaryFolder();
        string path = folder.File("a.dftape");
        File.WriteAllBytes(path, Record(ticks, 1_000));
        using var reader = TapeReader.Open(path);
        var buffer = new Tick[300];
        while (reader.Read(buffer) > 0) { }
        long before = GC.GetAllocatedBytesForCurrentThread();
        long read = 0;
        reader.Rewind();
        for (int n; (n = reader.Read(buffer)) > 0;) read += n;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(ticks.Length, read);
    }

    private static void AssertSeeks(TapeReader reader, Tick[] ticks, long time, Tick[] buffer)
    {
        reader.SeekToTime(time);
        int expected = Array.FindIndex(ticks, tick => tick.EventTimeNanos >= time);
        int read = reader.Read(buffer);
        if (expected < 0) Assert.Equal(0, read);
        else TapeRoundTripTests.AssertSameTicks(ticks.AsSpan(expected, Math.Min(read, ticks.Length - expected)), buffer.AsSpan(0, read));
        Assert.Equal(expected < 0, read == 0);
    }

    private static byte[] Record(Tick[] ticks, int ticksPerBlock)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.dftape");
        using (var writer = TapeWriter.Create(path, [], NoMetadata, ticksPerBlock: ticksPerBlock))
        {
            writer.Append(ticks);
            writer.Complete();
        }
        return File.ReadAllBytes(path);
    }
}
