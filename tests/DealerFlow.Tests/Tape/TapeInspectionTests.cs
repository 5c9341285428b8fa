using System.Runtime.InteropServices;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class TapeInspectionTests
{
    private static readonly OpraLikeMix Mix = new(seed: 73, contracts: 120);
    private static readonly Tick[] Ticks = Mix.Next(2_000);

    [Fact]
    public void A_sound_tape_is_counted_and_nothing_is_found()
    {
        using var folder = new TemporaryFolder();
        TapeInspection tape = TapeInspection.Of(Record(folder, Mix.Definitions, Ticks), TestContext.Current.CancellationToken);
        Assert.Empty(tape.Findings);
        Assert.Equal((Ticks.Length, 8, 0L), (tape.Ticks, tape.Blocks, tape.UnknownTicks));
        foreach (TickKind kind in Enum.GetValues<TickKind>()) Assert.Equal(Ticks.Count(tick => tick.Kind == kind), tape.CountOf(kind));
        Assert.Equal(Ticks.Zip(Ticks.Skip(1)).Count(pair => pair.Second.EventTimeNanos < pair.First.EventTimeNanos), tape.TimeRegressions);
        Assert.Equal((Ticks.Min(tick => tick.EventTimeNanos), Ticks.Max(tick => tick.EventTimeNanos)), (tape.EarliestNanos, tape.LatestNanos));
    }

    // An index with a right checksum that is not the blocks': nothing else would notice before somebody seeks.
    [Theory]
    [InlineData(nameof(TapeIndexEntry.EarliestNanos))]
    [InlineData(nameof(TapeIndexEntry.LatestNanos))]
    [InlineData(nameof(TapeIndexEntry.FirstTick))]
    [InlineData(nameof(TapeIndexEntry.TickKinds))]
    [InlineData(nameof(TapeIndexEntry.StoredCrc))]
    public void An_index_that_says_other_things_than_the_blocks_is_found(string field)
    {
        using var folder = new TemporaryFolder();
        string path = Record(folder, Mix.Definitions, Ticks);
        byte[] bytes = File.ReadAllBytes(path);
        (int start, int length, TapeBlockHeader header) = TapeWalk.Blocks(bytes)[^1];
        // As it is, so that an entry can be changed in place.
        byte[] payload = new byte[header.PayloadBytes];
        ReadOnlySpan<byte> stored = bytes.AsSpan(start + TapeBlockHeader.SizeInBytes, (int)header.StoredBytes);
        if (header.Compression == TapeCompression.Lz4) K4os.Compression.LZ4.LZ4Codec.Decode(stored, payload);
        else stored.CopyTo(payload);
        payload[(3 * TapeIndexEntry.SizeInBytes) + (int)Marshal.OffsetOf<TapeIndexEntry>(field)] ^= 1;
        byte[] changed = [.. bytes.AsSpan(0, start), .. new byte[TapeBlockHeader.SizeInBytes], .. payload, .. bytes.AsSpan(start + length)];
        header.Compression = TapeCompression.None;
        header.StoredBytes = header.PayloadBytes;
        header.PayloadCrc = 0;
        HostileFile.SealBlock(changed, start, header);
        File.WriteAllBytes(path, changed);
        Assert.Contains(TapeInspection.Of(path, TestContext.Current.CancellationToken).Findings, finding => finding.Contains("index", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_definitions_of_one_id_and_ticks_of_none_are_found()
    {
        using var folder = new TemporaryFolder();
        InstrumentDefinition[] twice = [Mix.Definitions[0], Mix.Definitions[0]];
        TapeInspection tape = TapeInspection.Of(Record(folder, twice, [Tick.Spot(5, 77, 1), Tick.Spot(6, 78, 1), Tick.Spot(9, 77, 1)]), TestContext.Current.CancellationToken);
        Assert.Contains("two definitions", Assert.Single(tape.Findings), StringComparison.Ordinal);
        Assert.Equal((3L, 2, (3L, 6L)), (tape.UnknownTicks, tape.UnknownInstruments, tape.LongestSilence));
    }

    private static string Record(TemporaryFolder folder, ReadOnlySpan<InstrumentDefinition> definitions, ReadOnlySpan<Tick> ticks)
    {
        string path = folder.File("a.dftape");
        using TapeWriter writer = TapeWriter.Create(path, definitions, new Dictionary<string, string>(), ticksPerBlock: 250);
        writer.Append(ticks);
        writer.Complete();
        return path;
    }
}
