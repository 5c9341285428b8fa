using System.Runtime.InteropServices;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class TapeRoundTripTests
{
    private static readonly Dictionary<string, string> Metadata = new() { ["seed"] = "7", ["mix"] = "opra-like", ["größe"] = "ß∂ε\n" };

    [Theory]
    [InlineData(0, 64)]
    [InlineData(1, 64)]
    [InlineData(64, 64)]
    [InlineData(1_000, 64)]
    [InlineData(70_000, 65_536)]
    [InlineData(140_000, 65_536)]
    public void What_was_written_is_read(int count, int ticksPerBlock)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.dftape");
        var mix = new OpraLikeMix(seed: 11, contracts: 500);
        Tick[] ticks = mix.Next(count);
        using (var writer = TapeWriter.Create(path, mix.Definitions, Metadata, ticksPerBlock: ticksPerBlock))
        {
            writer.Append(ticks);
            writer.Complete();
        }
        using var reader = TapeReader.Open(path);
        Assert.Equal(Metadata, reader.Metadata);
        Assert.True(MemoryMarshal.AsBytes(reader.Definitions).SequenceEqual(MemoryMarshal.AsBytes(mix.Definitions.AsSpan())));
        Assert.Equal(count, reader.TickCount);
        Assert.Equal(count == 0 ? 0 : ticks.Min(t => t.EventTimeNanos), reader.FirstEventTimeNanos);
        Assert.Equal(count == 0 ? 0 : ticks.Max(t => t.EventTimeNanos), reader.LastEventTimeNanos);
        Assert.Equal(new FileInfo(path).Length, reader.SizeInBytes);
        AssertSameTicks(ticks, ReadAll(reader, 300));
        Assert.True(reader.BytesRead < reader.SizeInBytes);
        Assert.False(File.Exists(path + TapeWriter.PartialSuffix));
    }

    internal static Tick[] ReadAll(TapeReader reader, int span)
    {
        var ticks = new List<Tick>();
        var buffer = new Tick[span];
        for (int read; (read = reader.Read(buffer)) > 0;) ticks.AddRange(buffer.AsSpan(0, read));
        return [.. ticks];
    }

    internal static void AssertSameTicks(ReadOnlySpan<Tick> expected, ReadOnlySpan<Tick> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.Equal(-1, FirstDifference(expected, actual));
    }

    internal static int FirstDifference(ReadOnlySpan<Tick> expected, ReadOnlySpan<Tick> actual)
    {
        ReadOnlySpan<byte> left = MemoryMarshal.AsBytes(expected), right = MemoryMarshal.AsBytes(actual);
        int common = left.CommonPrefixLength(right);
        return common == left.Length && common == right.Length ? -1 : common / Tick.SizeInBytes;
    }
}
