using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class TapeReplayerTests
{
    private const long Second = UnixNanos.PerSecond;

    private static readonly Dictionary<string, string> NoMetadata = new() { ["a"] = "b" };

    private readonly OpraLikeMix _mix = new(seed: 72, contracts: 100);

    [Fact]
    public void Tapes_of_the_same_contracts_are_merged_by_time_and_ties_by_their_order()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(5);
        Tick[] all = [.. Enumerable.Range(0, 20_000).Select(i => Tick.Quote(i / 3, (uint)i, i, i + 1, 1, 1, 0, TickFlags.None))];
        List<Tick>[] parts = [[], [], []];
        // Of one time the first tape's come first.
        foreach (IGrouping<long, Tick> instant in all.GroupBy(tick => tick.EventTimeNanos))
        {
            int part = 0;
            foreach (Tick tick in instant)
            {
                part = random.Next(part, 3);
                parts[part].Add(tick);
            }
        }
        string[] paths = [.. parts.Select((part, i) => Record(folder.File($"{i}.dftape"), [], [.. part]))];
        using TapeReplayer replayer = TapeReplayer.Open(paths);
        TapeRoundTripTests.AssertSameTicks(all, ReadAll(replayer, 777));
        Assert.Equal((all.Length, 0L, all[^1].EventTimeNanos), (replayer.TickCount, replayer.FirstEventTimeNanos, replayer.LastEventTimeNanos));
    }

    [Fact]
    public void The_underlying_and_its_options_may_lie_in_different_files_with_ids_of_their_own()
    {
        using var folder = new TemporaryFolder();
        InstrumentDefinition index = Underlying(0, "SPX");
        InstrumentDefinition call = Contract(0, 5, 6_800_000, InstrumentKind.Call), put = Contract(1, 5, 6_800_000, InstrumentKind.Put);
        string spot = Record(folder.File("spot.dftape"), [index], [Tick.Spot(10, 0, 100), Tick.Spot(30, 0, 101)]);
        string options = Record(folder.File("options.dftape"), [call, put, Underlying(5, "SPX")],
            [Tick.OpenInterest(5, 0, 7), Tick.Quote(20, 1, 1, 2, 3, 4, 0, TickFlags.NationalBest), Tick.Quote(40, 99, 1, 2, 3, 4, 0, TickFlags.None)]);
        using TapeReplayer replayer = TapeReplayer.Open([spot, options]);
        InstrumentDefinition[] definitions = replayer.Definitions.ToArray();
        Assert.Equal(3, definitions.Length);
        Assert.Equal(0u, definitions[0].InstrumentId);
        uint callId = definitions.Single(each => each.Kind == InstrumentKind.Call).InstrumentId, putId = definitions.Single(each => each.Kind == InstrumentKind.Put).InstrumentId;
        Assert.All(definitions, each => Assert.Equal(0u, each.UnderlyingId));
        Assert.Equal(3, new HashSet<uint> { 0, callId, putId }.Count);
        Assert.Equal([(5, callId), (10, 0), (20, putId), (30, 0), (40, 99)], ReadAll(replayer, 2).Select(tick => (tick.EventTimeNanos, tick.InstrumentId)));
    }

    [Fact]
    public void An_id_that_no_head_names_is_never_taken_for_another_tape_s()
    {
        using var folder = new TemporaryFolder();
        string one = Record(folder.File("1.dftape"), [Underlying(0, "SPX"), Contract(1, 0, 5_000_000, InstrumentKind.Call)], [Tick.Quote(1, 1, 1, 2, 3, 4, 0, 0)]);
        InstrumentDefinition late = Contract(1, 0, 7_000_000, InstrumentKind.Put);
        var quarters = new Tick[DefinitionTicks.Count];
        DefinitionTicks.Write(in late, 2, quarters);
        string two = Record(folder.File("2.dftape"), [Underlying(0, "QQQ")], [.. quarters, Tick.Quote(3, 1, 1, 2, 3, 4, 0, 0)]);
        using TapeReplayer replayer = TapeReplayer.Open([one, two]);
        Tick[] ticks = ReadAll(replayer, 100);
        uint qqq = replayer.Definitions.ToArray().Single(each => each.Root.ToString() == "QQQ").InstrumentId;
        uint lateId = ticks[^1].InstrumentId;
        Assert.NotEqual(1u, lateId);
        Assert.NotEqual(0u, qqq);
        InstrumentDefinition read = default;
        for (int i = 1; i <= DefinitionTicks.Count; i++)
        {
            Assert.Equal(lateId, ticks[i].InstrumentId);
            Assert.True(DefinitionTicks.TryRead(in ticks[i], ref read));
        }
        Assert.Equal(late with { InstrumentId = lateId, UnderlyingId = qqq }, read);
    }

    [Fact]
    public void Tapes_that_say_different_things_of_one_contract_are_refused()
    {
        using var folder = new TemporaryFolder();
        InstrumentDefinition call = Contract(1, 0, 5_000_000, InstrumentKind.Call);
        string one = Record(folder.File("1.dftape"), [Underlying(0, "SPX"), call], []);
        string two = Record(folder.File("2.dftape"), [Underlying(0, "SPX"), call with { Multiplier = 10 }], []);
        ArgumentException failure = Assert.Throws<ArgumentException>(() => TapeReplayer.Open([one, two]));
        Assert.Contains("2.dftape", failure.Message, StringComparison.Ordinal);
        Assert.Contains("multiplier", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 100_000)]
    [InlineData(1, 100_000)]
    [InlineData(41, 60)]
    [InlineData(50, 50)]
    [InlineData(99, 100)]
    [InlineData(77, 78)]
    public void A_part_begins_with_what_was_defined_and_open_before(long from, long to)
    {
        using var folder = new TemporaryFolder();
        var ticks = new List<Tick>();
        for (int i = 0; i < 5_000; i++)
        {
            long nanos = i / 50 * Second;
            ticks.Add(i % 50 == 0 && i / 50 % 10 == 0 ? Tick.OpenInterest(nanos, (uint)(i % 7), (uint)i) : Tick.Quote(nanos, (uint)(i % 7), i, i, 1, 1, 0, 0));
        }
        string path = Record(folder.File("a.dftape"), [], [.. ticks], ticksPerBlock: 64);
        using TapeReplayer replayer = TapeReplayer.Open([path], new ReplayerOptions { FromNanos = from * Second, ToNanos = to * Second });
        Tick[] before = [.. ticks.Where(tick => tick.EventTimeNanos < from * Second && tick.Kind == TickKind.OpenInterest).Select(tick => tick with { EventTimeNanos = from * Second })];
        Tick[] part = [.. ticks.Where(tick => tick.EventTimeNanos >= from * Second && tick.EventTimeNanos <= to * Second)];
        TapeRoundTripTests.AssertSameTicks([.. before, .. part], ReadAll(replayer, 333));
    }

    [Fact]
    public void Seeking_reads_only_the_blocks_that_it_needs()
    {
        using var folder = new TemporaryFolder();
        Tick[] ticks = [Tick.OpenInterest(0, 1, 5), .. Enumerable.Range(1, 9_999).Select(i => Tick.Quote(i, 1, i, i, 1, 1, 0, 0))];
        string path = Record(folder.File("a.dftape"), [], ticks, ticksPerBlock: 100);
        byte[] bytes = File.ReadAllBytes(path);
        // Every tick block but the first and those from the place on is damaged: whoever reads one is told so.
        (int Start, int Length, TapeBlockHeader Header)[] blocks = [.. TapeWalk.Blocks(bytes).Where(block => block.Header.Kind == TapeBlockKind.Ticks)];
        for (int i = 1; i < 80; i++) bytes[blocks[i].Start + 80] ^= 1;
        using TapeReader reader = TapeReader.Open(bytes, "damaged");
        Assert.Equal([Tick.OpenInterest(8_000, 1, 5)], reader.SeekToTime(8_000, TickKinds.Of(TickKind.OpenInterest)));
        TapeRoundTripTests.AssertSameTicks(ticks.AsSpan(8_000), TapeRoundTripTests.ReadAll(reader, 50));
    }

    [Fact]
    public async Task Pausing_and_stepping_change_no_tick()
    {
        using var folder = new TemporaryFolder();
        Tick[] ticks = _mix.Next(5_000);
        string path = Record(folder.File("a.dftape"), _mix.Definitions, ticks);
        using TapeReplayer replayer = TapeReplayer.Open([path]);
        var read = new List<Tick>();
        var buffer = new Tick[300];
        void Take(int count)
        {
            int until = read.Count + count;
            while (read.Count < until) read.AddRange(buffer[..replayer.Read(buffer)]);
            Assert.Equal(until, read.Count);
        }
        replayer.Pause();
        replayer.Step(1);
        Take(1);
        Assert.True(replayer.IsPaused);
        replayer.Step(700);
        replayer.Step(300);
        Take(1_000);
        // Nobody allowed more: the next call waits until somebody does.
        Task<int> waiting = Task.Run(() => replayer.Read(buffer), TestContext.Current.CancellationToken);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        replayer.Resume();
        read.AddRange(buffer[..await waiting]);
        for (int count = replayer.Read(buffer); count > 0; count = replayer.Read(buffer)) read.AddRange(buffer[..count]);
        TapeRoundTripTests.AssertSameTicks(ticks, [.. read]);
    }

    [Fact]
    public async Task Skipping_ahead_changes_no_tick_and_a_pause_is_one_again_there()
    {
        using var folder = new TemporaryFolder();
        Tick[] ticks = [.. Enumerable.Range(0, 101).Select(i => Tick.Quote(i * Second, 1, i, i, 1, 1, 0, 0))];
        using TapeReplayer replayer = TapeReplayer.Open([Record(folder.File("a.dftape"), [], ticks)], new ReplayerOptions { Speed = 1 });
        Assert.Equal((0, 100 * Second), (replayer.FromNanos, replayer.ToNanos));
        var read = new List<Tick>();
        var buffer = new Tick[7];
        replayer.Pause();
        replayer.SkipTo(40 * Second);
        // Forty seconds of event time at once, though it was paced and paused.
        while (read.Count < 40) read.AddRange(buffer[..replayer.Read(buffer)]);
        Assert.Equal(40, read.Count);
        Assert.Equal(39 * Second, replayer.PositionNanos);
        Task<int> waiting = Task.Run(() => replayer.Read(buffer), TestContext.Current.CancellationToken);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        Assert.True(replayer.IsPaused);
        Assert.False(replayer.IsSkipping);
        replayer.Speed = 0;
        replayer.Resume();
        read.AddRange(buffer[..await waiting]);
        // What has passed is no place to skip to.
        replayer.SkipTo(10 * Second);
        for (int count = replayer.Read(buffer); count > 0; count = replayer.Read(buffer)) read.AddRange(buffer[..count]);
        TapeRoundTripTests.AssertSameTicks(ticks, [.. read]);
    }

    [Fact]
    public void The_end_of_stepping_lets_the_rest_go()
    {
        using var folder = new TemporaryFolder();
        Tick[] ticks = _mix.Next(2_000);
        using TapeReplayer replayer = TapeReplayer.Open([Record(folder.File("a.dftape"), _mix.Definitions, ticks)]);
        replayer.Pause();
        replayer.Step(10);
        replayer.Resume();
        TapeRoundTripTests.AssertSameTicks(ticks, ReadAll(replayer, 64));
    }

    [Fact]
    public void A_pace_is_kept_and_may_change_on_the_way()
    {
        using var folder = new TemporaryFolder();
        Tick[] ticks = [.. Enumerable.Range(0, 101).Select(i => Tick.Quote(i * Second / 100, 1, i, i, 1, 1, 0, 0))];
        using TapeReplayer replayer = TapeReplayer.Open([Record(folder.File("a.dftape"), [], ticks)], new ReplayerOptions { Speed = 10 });
        long start = Environment.TickCount64;
        var buffer = new Tick[1];
        for (int i = 0; i < 51; i++) Assert.Equal(1, replayer.Read(buffer));
        // Half a second of event time at ten times its speed; a busy machine may take longer, never less.
        Assert.True(Environment.TickCount64 - start >= 45);
        replayer.Speed = 0;
        Assert.Equal(50, ReadAll(replayer, 7).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => replayer.Speed = double.NaN);
        Assert.Throws<ArgumentOutOfRangeException>(() => replayer.Step(0));
    }

    [Fact]
    public async Task A_stop_ends_all_waiting()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        using TapeReplayer replayer = TapeReplayer.Open([Record(folder.File("a.dftape"), [], [Tick.Spot(1, 1, 1)])], new ReplayerOptions { Stop = stop.Token });
        replayer.Pause();
        Task<int> waiting = Task.Run(() => replayer.Read(new Tick[1]), TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        Assert.Equal(0, await waiting);
    }

    private static InstrumentDefinition Underlying(uint id, string symbol) =>
        new() { InstrumentId = id, UnderlyingId = id, Root = Ascii8.From(symbol), Multiplier = 1, PriceDecimals = 2 };

    private static InstrumentDefinition Contract(uint id, uint underlying, long strikeMills, InstrumentKind kind) => new()
    {
        InstrumentId = id,
        UnderlyingId = underlying,
        Root = Ascii8.From("SPXW"),
        StrikeMills = strikeMills,
        ExpiryDate = 20_261_116,
        SettlementNanos = 1_795_000_000_000_000_000,
        Multiplier = 100,
        PriceDecimals = 2,
        Kind = kind,
        Settlement = SettlementKind.PM,
    };

    private static string Record(string path, InstrumentDefinition[] definitions, Tick[] ticks, int ticksPerBlock = 512)
    {
        using TapeWriter writer = TapeWriter.Create(path, definitions, NoMetadata, ticksPerBlock: ticksPerBlock);
        writer.Append(ticks);
        writer.Complete();
        return path;
    }

    private static Tick[] ReadAll(TapeReplayer replayer, int batch)
    {
        var all = new List<Tick>();
        var buffer = new Tick[batch];
        for (int count = replayer.Read(buffer); count > 0; count = replayer.Read(buffer)) all.AddRange(buffer[..count]);
        return [.. all];
    }
}
