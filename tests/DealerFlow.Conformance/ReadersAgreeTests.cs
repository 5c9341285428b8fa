using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using DealerFlow.Feed;
using DealerFlow.Tests;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>C, Python and C# read the same numbers from a feed that the program made.</summary>
public sealed class ReadersAgreeTests : IDisposable
{
    private readonly Workspace _room = new();

    public ReadersAgreeTests()
    {
        string tape = Path.Combine(Repository.Root, "data-samples/spx.dftape");
        Assert.Equal(0, _room.Run("replay", tape, "--to", "10:00:01", "--headline", "1", "--json").ExitCode);
    }

    public void Dispose() => _room.Dispose();

    [Fact]
    public void The_C_reader_reads_every_field_as_the_C_sharp_structs_have_it()
    {
        string source = _room.Write("every_field.c", EveryField.CProgram());
        Same(ReaderPrograms.Start(_room, ReaderPrograms.Compile(_room, source, "gcc", "-std=c11"), _room.FeedDirectory, "default"));
    }

    [Fact]
    public void The_Python_reader_reads_every_field_as_the_C_sharp_structs_have_it() =>
        Same(ReaderPrograms.StartPython(_room, ReaderPrograms.OfTests("every_field.py"), "records", _room.FeedDirectory, "default"));

    [Fact]
    public void NumPy_views_show_every_field_as_the_C_sharp_structs_have_it() =>
        Same(ReaderPrograms.StartPython(_room, ReaderPrograms.PythonWithNumPy(_room), ReaderPrograms.OfTests("every_field.py"), ["numpy", _room.FeedDirectory, "default"]));

    [Fact]
    public void Examples_print_the_same_levels_in_every_language()
    {
        string c = ReaderPrograms.Start(_room, ReaderPrograms.Compile(_room, ReaderPrograms.C("levels.c"), "gcc", "-std=c11")).WaitForEnd().Succeeded();
        string python = ReaderPrograms.StartPython(_room, ReaderPrograms.Python("levels.py")).WaitForEnd().Succeeded();
        using var written = new StringWriter();
        LevelsExample.Print(_room.FeedDirectory, "default", written);
        Assert.Equal(WithoutAge(c), WithoutAge(python));
        Assert.Equal(WithoutAge(c), WithoutAge(written.ToString()));
        Assert.Matches(@"state +Closed\n", c);

        using FeedSubscriber feed = FeedSubscriber.Open(_room.FeedDirectory, "default");
        SnapshotBuffer snapshot = feed.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(snapshot));
        Assert.Equal(SnapshotReadStatus.Ok, feed.TryReadHeadline(out HeadlineSection headline, out _));
        ref readonly BucketSection all = ref snapshot.Market.Head.Buckets[(int)ExposureBucket.All];
        long net = headline.EventSequence > snapshot.Market.Head.EventSequence ? headline.Buckets[(int)ExposureBucket.All].NetGex : all.NetGex;
        Assert.Contains($"net GEX     {MoneyGrid.ToUsd(net):F0} USD per 1 %\n", c);
        Assert.Contains($"call wall   {all.Levels[(int)StrikeLevel.CallWall].Strike}\n", c);
        Assert.Contains($"put wall    {all.Levels[(int)StrikeLevel.PutWall].Strike}\n", c);

        static string WithoutAge(string printed) => Regex.Replace(printed, @"age +[0-9.]+ s\n", "");
    }

    [Fact]
    public void The_readme_of_the_package_shows_the_example_that_is_compiled()
    {
        string[] lines = File.ReadAllLines(ReaderPrograms.OfTests("LevelsExample.cs"));
        int begin = Array.FindIndex(lines, line => line.Contains("// <example>", StringComparison.Ordinal)), end = Array.FindIndex(lines, line => line.Contains("// </example>", StringComparison.Ordinal));
        string code = string.Join('\n', lines[(begin + 1)..end].Select(line => line.Length > 8 ? line[8..] : ""));
        Assert.Contains($"```csharp\n{code}\n```", File.ReadAllText(Path.Combine(Repository.Root, "src/DealerFlow.Feed/README.md")));
    }

    [Fact]
    public void The_waiting_examples_print_the_next_snapshot()
    {
        RunningProgram replay = _room.Start("replay", LittleMarket.WriteTape(_room.Path("long.dftape"), LittleMarket.Ticks(120)), "--speed", "1x", "--feed", "paced");
        using FeedSubscriber feed = OpenFeeds.Open(_room, replay, "paced");
        ulong before = feed.PublishNumber;
        string c = ReaderPrograms.Start(_room, ReaderPrograms.Compile(_room, ReaderPrograms.C("wait.c"), "gcc", "-std=c11"), "paced", "20").WaitForEnd().Succeeded();
        string python = ReaderPrograms.StartPython(_room, ReaderPrograms.Python("wait.py"), "paced", "20").WaitForEnd().Succeeded();
        foreach (string printed in (string[])[c, python])
        {
            Assert.Matches(@"^\d+ SPX [0-9.]+, [0-9.]+ s old\n$", printed);
            ulong number = ulong.Parse(printed.Split(' ')[0]);
            Assert.InRange(number, before + 1, feed.PublishNumber);
        }
    }

    private void Same(RunningProgram reader)
    {
        using FeedSubscriber feed = FeedSubscriber.Open(_room.FeedDirectory, "default");
        SnapshotBuffer snapshot = feed.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(snapshot));
        Assert.Equal(SnapshotReadStatus.Ok, feed.TryReadHeadline(out HeadlineSection headline, out RuntimeSection headlineRuntime));
        var lines = new StringBuilder();
        EveryField.Append(lines, "market", typeof(MarketSection), snapshot.MarketBytes);
        EveryField.Append(lines, "runtime", typeof(RuntimeSection), BytesOf(in snapshot.Runtime));
        EveryField.Append(lines, "headline", typeof(HeadlineSection), BytesOf(in headline));
        EveryField.Append(lines, "headline_runtime", typeof(RuntimeSection), BytesOf(in headlineRuntime));
        for (int i = 0; i < snapshot.Market.Strikes.Length; i++) EveryField.Append(lines, $"strikes.{i}", typeof(StrikeRow), BytesOf(in snapshot.Market.Strikes[i]));
        for (int i = 0; i < snapshot.Market.Expiries.Length; i++) EveryField.Append(lines, $"expiries.{i}", typeof(ExpiryRow), BytesOf(in snapshot.Market.Expiries[i]));
        ulong position = 0;
        int changes = 0;
        while (feed.TryReadChange(ref position, out LevelChange change, out _) == SnapshotReadStatus.Ok)
            EveryField.Append(lines, $"changes.{changes++}", typeof(LevelChange), BytesOf(in change));
        Assert.True(changes > 0, "a change of a level");
        string[] expected = lines.ToString().Split('\n'), read = reader.WaitForEnd().Succeeded().Split('\n');
        Assert.True(expected.Length > 5_000, $"{expected.Length} lines are no whole chain");
        Assert.Equal(expected.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
    }

    private static ReadOnlySpan<byte> BytesOf<T>(ref readonly T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));
}
