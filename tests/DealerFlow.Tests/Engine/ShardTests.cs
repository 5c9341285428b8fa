using System.Runtime.InteropServices;
using DealerFlow.Cli.Synth;
using DealerFlow.Engine;
using DealerFlow.Memory;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>
/// Calculations that share a stream: the same bytes as one alone, and ledgers that add up to the stream, whatever it brings.
/// </summary>
public class ShardTests
{
    private const long MarkNanos = 10 * UnixNanos.PerMillisecond;

    private static readonly EngineOptions Options = new()
    {
        MarkIntervalNanos = MarkNanos,
        PublishIntervalNanos = 5 * MarkNanos,
        HeadlineIntervalNanos = MarkNanos / 4,
        PendingCapacity = 64,
    };

    [Theory]
    [InlineData(2, 11, int.MaxValue)]
    [InlineData(3, 12, int.MaxValue)]
    [InlineData(3, 13, 1)]          // the way of large markets
    [InlineData(9, 14, int.MaxValue)]
    public void Shards_publish_what_one_calculation_publishes_and_their_ledgers_add_up(int count, int seed, int nearInstruments)
    {
        (InstrumentDefinition[] definitions, uint[] underlyings, Tick[] ticks) = Market(seed);
        EngineOptions options = Options with { NearInstruments = nearInstruments };
        (Recording[] alone, Ledger whole) = Run(definitions, underlyings, ticks, options, 1);
        (Recording[] shared, Ledger sum) = Run(definitions, underlyings, ticks, options, count);

        Assert.Equal(Math.Min(count, underlyings.Length), shared.Length);
        AssertSamePublications(alone, shared);
        // Every message once: what was looked at by all is entered by one.
        Assert.Equal((ulong)ticks.Length, sum.In);
        Assert.True(sum.Balances);
        Assert.Equal(WordsOf(whole), WordsOf(sum));
        Assert.All(shared.SelectMany(recording => recording.Ledgers), ledger => Assert.True(ledger.Balances));
        Assert.True(whole.RejectedTotal > 100 && whole.Definitions > 100 && whole.Notices > 100 && whole.SuspectTimes > 100, "the stream is tame");
    }

    [Fact]
    public void What_is_combined_stays_together()
    {
        (InstrumentDefinition[] definitions, uint[] underlyings, Tick[] ticks) = Market(15);
        EngineOptions options = Options with
        {
            Combined = new CombinedBasis
            {
                BasisId = underlyings[0],
                Members = [new CombinedMember { UnderlyingId = underlyings[0] }, new CombinedMember { UnderlyingId = underlyings[2], Beta = 1.5 }],
            },
        };
        (Recording[] alone, Ledger whole) = Run(definitions, underlyings, ticks, options, 1);
        (Recording[] shared, Ledger sum) = Run(definitions, underlyings, ticks, options, 3);
        Assert.Equal(underlyings.Length - 1, shared.Length);
        AssertSamePublications(alone, shared);
        Assert.Equal(WordsOf(whole), WordsOf(sum));
        Assert.Contains(alone[0].Sections, section => HeadOf(section).Members > 1);
    }

    [Fact]
    public void A_command_reaches_every_shard_and_positions_are_counted_once()
    {
        (InstrumentDefinition[] definitions, uint[] underlyings, Tick[] ticks) = Market(16);
        Shards shards = Shards.Of(definitions, underlyings, Options, 3);
        uint[] contracts = [.. underlyings.Select(id => definitions.First(definition => definition.UnderlyingId == id && DefinitionRules.IsNode(in definition)).InstrumentId)];
        // One contract of each underlying, an underlying, and an id that nobody knows.
        OutsidePosition[] positions = [.. contracts.Select(id => new OutsidePosition(id, 10)), new(underlyings[1], 1), new(4_000_000, 1)];
        Assert.Equal(2, shards.LoadPositions(positions));

        Recording[] recordings = [.. shards.Calculations.Select(_ => new Recording())];
        using var engine = new StreamEngine<ArraySource, RecordingSink>(
            shards, new ArraySource(ticks, [0]), recordings.Select(recording => new RecordingSink(recording)).ToArray(), 4_096);
        Assert.True(engine.TryControl(calculation => calculation.UseModel(PositionModel.ShortBoth)));
        engine.Run(CancellationToken.None);
        Assert.All(recordings, recording => Assert.Equal(PositionModel.ShortBoth, HeadOf(recording.Last).Model));
    }

    [Fact]
    public void The_failure_of_one_shard_ends_the_run_of_all()
    {
        (InstrumentDefinition[] definitions, uint[] underlyings, Tick[] ticks) = Market(17);
        Shards shards = Shards.Of(definitions, underlyings, Options, 3);
        for (int failing = 0; failing < 3; failing++)
        {
            int bad = failing;
            shards = Shards.Of(definitions, underlyings, Options, 3);
            using var engine = new StreamEngine<ArraySource, FailingSink>(
                shards, new ArraySource(ticks, [0]), Enumerable.Range(0, 3).Select(shard => new FailingSink(shard == bad)).ToArray(), 1_024);
            InvalidOperationException failure = Assert.Throws<InvalidOperationException>(() => engine.Run(CancellationToken.None));
            Assert.Equal("no room in the feed", failure.Message);
        }
    }

    [Fact]
    public void Threads_keep_to_the_cores_they_are_given_and_a_core_that_is_not_there_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "threads are kept on a core on Linux only");
        int core = CoreAffinity.Usable[^1];
        (InstrumentDefinition[] definitions, uint[] underlyings, Tick[] ticks) = Market(18);
        Shards shards = Shards.Of(definitions, underlyings, Options, 2);
        var seen = new System.Collections.Concurrent.ConcurrentBag<int>();
        CoreSink[] sinks = [new(seen), new(seen)];
        using var engine = new StreamEngine<ArraySource, CoreSink>(shards, new ArraySource(ticks, [0]), sinks, 4_096) { Cores = [-1, core, core] };
        engine.Run(CancellationToken.None);
        Assert.Equal([core], seen.Distinct());
        Assert.True(CoreAffinity.Usable.Count >= 1, "the caller's thread is where it was");
        Assert.Equal(CoreAffinity.Usable, Usable());

        using var nowhere = new StreamEngine<ArraySource, CoreSink>(
            Shards.Of(definitions, underlyings, Options, 2), new ArraySource(ticks, [0]), sinks, 4_096)
        { Cores = [-1, -1, 1_000] };
        Assert.Contains("Core 1000", Assert.Throws<System.ComponentModel.Win32Exception>(() => nowhere.Run(CancellationToken.None)).Message);

        static IReadOnlyList<int> Usable()
        {
            IReadOnlyList<int> usable = [];
            var other = new Thread(() => usable = CoreAffinity.Usable);
            other.Start();
            other.Join();
            return usable;
        }
    }

    [Fact]
    public void Quotes_are_counted_by_venue_whoever_carries_them()
    {
        (InstrumentDefinition[] definitions, uint[] underlyings, Tick[] ticks) = Market(19);
        Shards shards = Shards.Of(definitions, underlyings, Options, 2);
        CountingSink[] sinks = [default, default];
        using var engine = new StreamEngine<ArraySource, CountingSink>(shards, new ArraySource(ticks, [0]), sinks, 4_096);
        engine.Run(CancellationToken.None);
        var expected = ticks.Where(tick => tick.Kind == TickKind.Quote).GroupBy(tick => tick.Venue).OrderBy(own => own.Key).Select(own => new VenueQuotes(
            own.Key, (ulong)own.Count(), (ulong)own.Count(tick => (tick.Flags & TickFlags.NationalBest) != 0), own.Last().EventTimeNanos));
        Assert.Equal(expected, engine.Venues);
        Assert.True(engine.Venues.Count > 10);
    }

    private static (Recording[] Recordings, Ledger Ledger) Run(
        InstrumentDefinition[] definitions, uint[] underlyings, Tick[] ticks, EngineOptions options, int count)
    {
        Shards shards = Shards.Of(definitions, underlyings, options, count);
        Recording[] recordings = [.. shards.Calculations.Select(_ => new Recording())];
        using var engine = new StreamEngine<ArraySource, RecordingSink>(
            shards, new ArraySource(ticks, [0]), recordings.Select(recording => new RecordingSink(recording)).ToArray(), 1_024);
        engine.Run(CancellationToken.None);
        return (recordings, engine.Ledger);
    }

    private static void AssertSamePublications(Recording[] alone, Recording[] shared)
    {
        var sections = shared.SelectMany(recording => recording.Sections).ToLookup(KeyOf);
        var expected = alone.SelectMany(recording => recording.Sections).ToLookup(KeyOf);
        Assert.True(expected.Count >= 3);
        Assert.Equal(expected.Select(own => own.Key).Order(), sections.Select(own => own.Key).Order());
        foreach (IGrouping<(string, bool), byte[]> own in expected)
        {
            byte[][] others = [.. sections[own.Key]];
            Assert.Equal(own.Count(), others.Length);
            Assert.All(own.Zip(others), pair => Assert.Equal(pair.First, pair.Second));
        }
        var headlines = shared.SelectMany(recording => recording.Headlines).ToLookup(headline => headline.Underlying);
        foreach (IGrouping<Ascii8, HeadlineSection> own in alone.SelectMany(recording => recording.Headlines).GroupBy(headline => headline.Underlying))
            Assert.Equal(own.Select(BytesOf), headlines[own.Key].Select(BytesOf));
    }

    private static byte[] BytesOf(HeadlineSection headline) => MemoryMarshal.AsBytes(new ReadOnlySpan<HeadlineSection>(in headline)).ToArray();

    private static ulong[] WordsOf(Ledger ledger) => MemoryMarshal.Cast<Ledger, ulong>(new ReadOnlySpan<Ledger>(in ledger)).ToArray();

    private static (string, bool) KeyOf(byte[] section) => (HeadOf(section).Underlying.ToString(), HeadOf(section).Members > 1);

    private static MarketSection HeadOf(byte[] section) => MemoryMarshal.Read<MarketSection>(section);

    /// <summary>Some underlyings, some of whose contracts are defined late, between messages of every kind that can go wrong.</summary>
    private static (InstrumentDefinition[] Definitions, uint[] Underlyings, Tick[] Ticks) Market(int seed)
    {
        var options = new SynthOptions { Seed = (ulong)seed, Minutes = 0.5 / 60, Rate = 100_000, Contracts = 26_000 };
        SyntheticChain[] chains = MarketChains.Build(options);
        InstrumentDefinition[] all = [.. chains.SelectMany(chain => chain.Definitions())];
        var random = new Random(seed);
        HashSet<uint> late = [.. all.Where(definition => definition.Kind != InstrumentKind.Underlying && random.Next(12) == 0).Select(definition => definition.InstrumentId)];
        InstrumentDefinition[] definitions = [.. all.Where(definition => !late.Contains(definition.InstrumentId))];
        uint[] underlyings = [.. all.Where(definition => definition.Kind == InstrumentKind.Underlying).Select(definition => definition.InstrumentId)];
        Queue<InstrumentDefinition> toDefine = new(all.Where(definition => late.Contains(definition.InstrumentId)).OrderBy(_ => random.Next()).Take(200));
        var market = new SyntheticMarket(options, chains);
        var ticks = new List<Tick>();
        var batch = new Tick[4_096];
        var quarters = new Tick[DefinitionTicks.Count];
        for (int read = market.Read(batch); read > 0; read = market.Read(batch))
        {
            foreach (Tick tick in batch.AsSpan(0, read))
            {
                ticks.Add(tick);
                switch (random.Next(150))
                {
                    case 0 when toDefine.TryDequeue(out InstrumentDefinition definition):
                        // Some are damaged, some belong to nobody or to what is no underlying, some would take another's id.
                        switch (random.Next(8))
                        {
                            case 0: definition.Multiplier = 0; break;
                            case 1: definition.UnderlyingId = 3_999_999; break;
                            case 2: definition.InstrumentId = definitions[random.Next(definitions.Length)].InstrumentId; break;
                            case 3: definition.Kind = InstrumentKind.Underlying; break;
                            default: break;
                        }
                        DefinitionTicks.Write(in definition, tick.EventTimeNanos, quarters);
                        ticks.AddRange(quarters.AsSpan(random.Next(10) == 0 ? 1 : 0));
                        break;
                    case 1: ticks.Add(new Tick { EventTimeNanos = tick.EventTimeNanos, InstrumentId = AnyId(), Kind = TickKind.Gap }); break;
                    case 2: ticks.Add(new Tick { EventTimeNanos = tick.EventTimeNanos, InstrumentId = AnyId(), Kind = TickKind.Status, Flags = random.Next(2) == 0 ? TickFlags.Halted : TickFlags.None }); break;
                    case 3: ticks.Add(tick with { EventTimeNanos = tick.EventTimeNanos + (random.Next(-1, 2) * 300 * UnixNanos.PerDay), InstrumentId = AnyId() }); break;
                    case 4: ticks.Add(tick with { InstrumentId = 3_900_000 + (uint)random.Next(100) }); break;
                    case 5: ticks.Add(tick with { Kind = (TickKind)random.Next(256) }); break;
                    case 6: ticks.Add(tick with { EventTimeNanos = tick.EventTimeNanos - random.Next(1_000_000) }); break;
                    case 7: ticks.Add(tick with { InstrumentId = AnyId() }); break;
                    default: break;
                }
            }
        }
        return (definitions, underlyings, [.. ticks]);

        uint AnyId() => random.Next(10) == 0 ? underlyings[random.Next(underlyings.Length)] : all[random.Next(all.Length)].InstrumentId;
    }

    private readonly struct FailingSink(bool fails) : ISnapshotSink
    {
        public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger)
        {
            if (fails) throw new InvalidOperationException("no room in the feed");
        }

        public void PublishHeadline(in HeadlineSection headline, in Ledger ledger) { }

        public void Heartbeat(ulong eventSequence, long eventTimeNanos) { }
    }

    private readonly struct CoreSink(System.Collections.Concurrent.ConcurrentBag<int> seen) : ISnapshotSink
    {
        public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger) => seen.Add(Thread.GetCurrentProcessorId());

        public void PublishHeadline(in HeadlineSection headline, in Ledger ledger) { }

        public void Heartbeat(ulong eventSequence, long eventTimeNanos) { }
    }
}
