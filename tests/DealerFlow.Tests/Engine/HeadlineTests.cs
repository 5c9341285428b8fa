using System.Numerics;
using DealerFlow.Engine;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Headlines: totals as they stand between two snapshots, exact, by a cadence of event time and messages.</summary>
public class HeadlineTests
{
    private static readonly EngineOptions Options = new()
    {
        MarkIntervalNanos = UnixNanos.PerMillisecond,
        PublishIntervalNanos = 50 * UnixNanos.PerMillisecond,
        HeadlineIntervalNanos = 100 * UnixNanos.PerMicrosecond,
        LiquidityUsd = 1e9,
    };

    [Theory]
    [InlineData(61, PositionModel.OpenInterest)]
    [InlineData(62, PositionModel.ShortBoth)]
    [InlineData(63, PositionModel.Gross)]
    [InlineData(64, PositionModel.OpenInterestPlusTape)]
    public void Totals_of_every_headline_equal_a_full_recompute_bit_for_bit(int seed, PositionModel model)
    {
        var market = new RandomMarket(seed);
        var calculation = new Calculation(market.Definitions, 0, Options with { Model = model });
        var checks = new Checks();
        var sink = new CheckingSink(calculation, checks, model);
        calculation.Apply(market.Opening().ToArray(), ref sink);
        for (int i = 0; i < 40; i++) calculation.Apply(market.Next(100, 20_000).ToArray(), ref sink);
        Assert.True(checks.Count > 100, $"only {checks.Count} headlines");
    }

    [Fact]
    public void How_the_stream_is_cut_makes_no_difference()
    {
        List<HeadlineSection>? expected = null;
        foreach (int span in (ReadOnlySpan<int>)[1, 7, 1_000, 100_000])
        {
            var market = new RandomMarket(65);
            Tick[] ticks = [.. market.Opening(), .. market.Next(20_000, 20_000)];
            var calculation = new Calculation(market.Definitions, 0, Options);
            var recording = new Recording();
            var sink = new RecordingSink(recording);
            foreach (Tick[] some in ticks.Chunk(span)) calculation.Apply(some, ref sink);
            calculation.Finish(ref sink);
            expected ??= recording.Headlines;
            Assert.Equal(expected.Count, recording.Headlines.Count);
            Assert.True(expected.Zip(recording.Headlines).All(pair => BytesOf(pair.First).SequenceEqual(BytesOf(pair.Second))));
        }
        Assert.True(expected!.Count > 1_000);
    }

    [Fact]
    public void No_more_than_the_interval_or_the_messages_lie_between_two_headlines_while_anything_moves()
    {
        var market = new RandomMarket(66);
        Tick[] ticks = [.. market.Opening(), .. market.Next(30_000, 5_000)];
        var calculation = new Calculation(market.Definitions, 0, Options with { HeadlineMessages = 15 });
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        calculation.Apply(ticks, ref sink);
        List<HeadlineSection> headlines = recording.Headlines;
        Assert.True(headlines.Count > 1_900);
        for (int i = 1; i < headlines.Count; i++)
        {
            // A span in which nothing moved leaves its headline out.
            Assert.True(headlines[i].EventSequence - headlines[i - 1].EventSequence <= 4 * 15, $"{headlines[i].EventSequence} after {headlines[i - 1].EventSequence}");
            Assert.True(headlines[i].EventSequence > headlines[i - 1].EventSequence || headlines[i].MarkTimeNanos > headlines[i - 1].MarkTimeNanos);
        }
    }

    [Fact]
    public void Levels_of_a_headline_are_those_of_the_last_snapshot_and_totals_move_on()
    {
        var market = new RandomMarket(67);
        Tick[] ticks = [.. market.Opening(), .. market.Next(30_000, 20_000)];
        var calculation = new Calculation(market.Definitions, 0, Options);
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        calculation.Apply(ticks, ref sink);
        var byMark = recording.Sections.Select(section =>
        {
            Assert.True(MarketView.TryOpen(section, out MarketView view));
            return view.Head;
        }).GroupBy(head => head.MarkTimeNanos).ToDictionary(group => group.Key, group => group.Last());
        int moved = 0;
        foreach (HeadlineSection headline in recording.Headlines)
        {
            if (headline.LevelsMarkTimeNanos == 0) continue;
            MarketSection head = byMark[headline.LevelsMarkTimeNanos];
            for (int bucket = 0; bucket < 3; bucket++)
            {
                ref readonly BucketSection levels = ref head.Models[(int)head.Model].Buckets[bucket];
                Assert.Equal(levels.ZeroGamma.Value, headline.Buckets[bucket].ZeroGamma.Value);
                for (int level = 0; level < 8; level++) Assert.Equal(levels.Levels[level].Strike, headline.Buckets[bucket].Levels[level].Strike);
                if (levels.NetGex != headline.Buckets[bucket].NetGex) moved++;
            }
        }
        Assert.True(moved > 100);
    }

    [Fact]
    public void Without_a_cadence_there_are_none_and_snapshots_are_the_same()
    {
        var market = new RandomMarket(68);
        Tick[] ticks = [.. market.Opening(), .. market.Next(5_000, 20_000)];
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        new Calculation(market.Definitions, 0, Options with { HeadlineIntervalNanos = 0 }).Apply(ticks, ref sink);
        Assert.Empty(recording.Headlines);
        Assert.NotEmpty(recording.Sections);
    }

    private static ReadOnlySpan<byte> BytesOf(in HeadlineSection headline) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<HeadlineSection>(in headline));

    private sealed class Checks
    {
        public int Count { get; set; }
    }

    private readonly struct CheckingSink(Calculation calculation, Checks checks, PositionModel model) : ISnapshotSink
    {
        public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger) { }

        public void PublishHeadline(in HeadlineSection headline, in Ledger ledger)
        {
            checks.Count++;
            ModelRecompute full = calculation.Recompute()[model];
            BigInteger zero = default;
            var all = new BigTotals(zero, zero, zero, zero, zero, zero);
            foreach (BigTotals expiry in full.Expiry)
                all = new BigTotals(all.CallGex + expiry.CallGex, all.PutGex + expiry.PutGex, all.GrossGex + expiry.GrossGex, all.Dex + expiry.Dex, all.Vex + expiry.Vex, all.Chex + expiry.Chex);
            BucketSection bucket = headline.Buckets[0];
            Assert.Equal(all, new BigTotals(bucket.CallGex, bucket.PutGex, bucket.GrossGex, bucket.Dex, bucket.Vex, bucket.Chex));
            Assert.Equal(bucket.CallGex + bucket.PutGex, bucket.NetGex);
            Assert.True(ledger.In == 0 || ledger.Balances);
            Assert.Equal(calculation.Sequence, headline.EventSequence);
        }

        public void Heartbeat(ulong eventSequence, long eventTimeNanos) { }
    }
}
