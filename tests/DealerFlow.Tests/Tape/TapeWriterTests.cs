using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class TapeWriterTests
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    [Fact]
    public void The_same_recording_has_the_same_bytes_however_it_was_appended()
    {
        using var folder = new TemporaryFolder();
        var mix = new OpraLikeMix(seed: 31, contracts: 40);
        Tick[] ticks = mix.Next(1_000);
        byte[] Record(string name, int portion, params (string, string)[] metadata)
        {
            string path = folder.File(name);
            using var writer = TapeWriter.Create(path, mix.Definitions, metadata.ToDictionary(m => m.Item1, m => m.Item2), ticksPerBlock: 128);
            foreach (Tick[] some in ticks.Chunk(portion)) writer.Append(some);
            writer.Complete();
            return File.ReadAllBytes(path);
        }
        byte[] first = Record("a", 1_000, ("x", "1"), ("y", "2"));
        Assert.Equal(first, Record("b", 1, ("y", "2"), ("x", "1")));
        Assert.Equal(first, Record("c", 100, ("x", "1"), ("y", "2")));
        Assert.NotEqual(first, Record("d", 100, ("x", "1"), ("y", "3")));
    }

    [Fact]
    public void A_file_that_is_there_is_overwritten_only_when_told_so()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.dftape");
        File.WriteAllText(path, "precious");
        IOException refusal = Assert.Throws<IOException>(() => TapeWriter.Create(path, [], NoMetadata));
        Assert.Equal($"{path} exists already: choose another name or allow it to be overwritten.", refusal.Message);
        using (var writer = TapeWriter.Create(path, [], NoMetadata, overwrite: true))
        {
            writer.Append([Tick.Spot(5, 1, 600_000)]);
            Assert.Equal("precious", File.ReadAllText(path));       // until the new tape is whole
            writer.Complete();
        }
        using var reader = TapeReader.Open(path);
        Assert.Equal(1, reader.TickCount);
    }

    [Fact]
    public void A_file_that_appears_while_recording_is_not_overwritten()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.dftape");
        using (var writer = TapeWriter.Create(path, [], NoMetadata))
        {
            File.WriteAllText(path, "precious");
            Assert.Throws<IOException>(writer.Complete);
        }
        Assert.Equal("precious", File.ReadAllText(path));
        Assert.False(File.Exists(path + TapeWriter.PartialSuffix));
    }

    [Fact]
    public void A_tape_that_is_not_completed_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.dftape");
        using (var writer = TapeWriter.Create(path, [], NoMetadata, ticksPerBlock: 4))
        {
            writer.Append(new OpraLikeMix(contracts: 5).Next(10));
            Assert.True(File.Exists(path + TapeWriter.PartialSuffix));
        }
        Assert.False(File.Exists(path));
        Assert.False(File.Exists(path + TapeWriter.PartialSuffix));
    }

    [Fact]
    public void C2_the_partial_file_of_a_crash_holds_every_block_that_was_written()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.dftape"), crashed = folder.File("crashed");
        Tick[] ticks = new OpraLikeMix(contracts: 5).Next(10);
        using (var writer = TapeWriter.Create(path, [], NoMetadata, ticksPerBlock: 4))
        {
            writer.Append(ticks);
            Assert.Equal(10, writer.TickCount);
            using var copy = System.Diagnostics.Process.Start("cp", [path + TapeWriter.PartialSuffix, crashed]);      // File.Copy would respect the writer's lock
            copy.WaitForExit();
        }
        using var reader = TapeReader.Open(crashed, TapeRecovery.Prefix);
        TapeRoundTripTests.AssertSameTicks(ticks.AsSpan(0, 8), TapeRoundTripTests.ReadAll(reader, 100));
        Assert.Equal(reader.SizeInBytes, reader.DamageOffset);
        Assert.Equal(0, reader.BytesLost);
    }

    [Fact]
    public void C2_a_partial_file_that_is_there_is_kept_for_its_owner()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.dftape");
        File.WriteAllText(path + TapeWriter.PartialSuffix, "interrupted");
        IOException refusal = Assert.Throws<IOException>(() => TapeWriter.Create(path, [], NoMetadata));
        Assert.Contains("was interrupted. Recover its ticks or delete it", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("interrupted", File.ReadAllText(path + TapeWriter.PartialSuffix));
    }

    [Fact]
    public void C2_a_tape_is_never_appended_to_after_it_was_completed()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.dftape");
        using var writer = TapeWriter.Create(path, [], NoMetadata);
        writer.Complete();
        byte[] bytes = File.ReadAllBytes(path);
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => writer.Append([Tick.Spot(5, 1, 600_000)]));
        Assert.Equal($"{path} is complete: a tape is never appended to. Record into a new file.", refusal.Message);
        Assert.Throws<InvalidOperationException>(writer.Complete);
        writer.Dispose();
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public void Options_out_of_range_are_refused_before_a_file_is_made()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.dftape");
        Assert.Throws<ArgumentOutOfRangeException>(() => TapeWriter.Create(path, [], NoMetadata, ticksPerBlock: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TapeWriter.Create(path, [], NoMetadata, ticksPerBlock: TickBlockHead.MaxTicks + 1));
        Assert.Throws<ArgumentException>(() => TapeWriter.Create(path, [], new Dictionary<string, string> { [""] = "x" }));
        Assert.Throws<ArgumentException>(() => TapeWriter.Create(path, [], new Dictionary<string, string> { ["x"] = new('x', 1 << 20) }));
        Assert.Throws<DirectoryNotFoundException>(() => TapeWriter.Create(folder.File("none/a.dftape"), [], NoMetadata));
        Assert.False(File.Exists(path));
        Assert.False(File.Exists(path + TapeWriter.PartialSuffix));
    }

    [Fact]
    public void A_disk_that_is_full_ends_the_recording_and_leaves_no_file()
    {
        if (!File.Exists("/dev/full")) Repository.SkipOrFail("There is no /dev/full.");
        using var folder = new TemporaryFolder();
        string path = folder.File("a.dftape");
        File.CreateSymbolicLink(path + TapeWriter.PartialSuffix, "/dev/full");
        Assert.Throws<IOException>(() => TapeWriter.Create(path, [], NoMetadata, overwrite: true));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_block_is_compressed_only_where_that_saves_15_percent()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.dftape");
        var mix = new OpraLikeMix(seed: 33, contracts: 2_000);
        using (var writer = TapeWriter.Create(path, mix.Definitions, NoMetadata, ticksPerBlock: 4096))
        {
            writer.Append(mix.Next(4096));
            writer.Append([.. Enumerable.Range(0, 4096).Select(i => new Tick { EventTimeNanos = i, Kind = (TickKind)77, Bid = i % 3 })]);
            writer.Complete();
        }
        TapeBlockHeader[] blocks = TapeWalk.Headers(File.ReadAllBytes(path));
        Assert.Equal([TapeBlockKind.Metadata, TapeBlockKind.Definitions, TapeBlockKind.Ticks, TapeBlockKind.Ticks, TapeBlockKind.Index], blocks.Select(b => b.Kind));
        Assert.Equal([TapeCompression.None, TapeCompression.Lz4, TapeCompression.None, TapeCompression.Lz4], blocks[..4].Select(b => b.Compression));
        Assert.All(blocks.Where(b => b.Compression == TapeCompression.Lz4), b => Assert.True(b.StoredBytes <= b.PayloadBytes * 0.85));
    }

    [Fact]
    public void Appending_allocates_nothing()
    {
        using var folder = new TemporaryFolder();
        var mix = new OpraLikeMix(seed: 34, contracts: 300);
        Tick[] ticks = mix.Next(10_000);
        using var writer = TapeWriter.Create(folder.File("a.dftape"), mix.Definitions, NoMetadata, ticksPerBlock: 1000);
        writer.Append(ticks);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 5; round++) writer.Append(ticks.AsSpan(round * 37));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
