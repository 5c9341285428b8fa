using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Roots along a day of events, at every mark, against a search that remembers nothing.</summary>
public class ZeroGammaReplayTests(ITestOutputHelper output)
{
    private const double Relative = 1e-10;

    // Opening, midday, last hour, and through the close.
    private static readonly (int Seed, TimeOnly From)[] Stretches =
    [
        (51, new TimeOnly(9, 29, 55)), (52, new TimeOnly(12, 0)), (53, new TimeOnly(15, 10)), (54, new TimeOnly(15, 59, 52)),
    ];

    [Fact]
    public void Every_followed_root_of_every_model_is_a_searched_one_at_every_mark()
    {
        foreach ((int seed, TimeOnly from) in Stretches) Replay(seed, from, 6_000, 10 * UnixNanos.PerMillisecond);
    }

    [Fact(Explicit = true)]
    public void Every_followed_root_of_every_model_is_a_searched_one_at_every_mark_of_long_stretches()
    {
        for (int seed = 100; seed < 110; seed++)
            foreach ((int _, TimeOnly from) in Stretches) Replay(seed, from, 60_000, 10 * UnixNanos.PerMillisecond);
    }

    [Fact(Explicit = true)]
    public void Every_followed_root_of_every_model_is_a_searched_one_at_every_mark_of_a_whole_day()
    {
        // A mark every 200 ms from before the open through the close.
        Replay(seed: 55, new TimeOnly(9, 29, 0), 230_000, 200 * UnixNanos.PerMillisecond, meanStepNanos: 20e6, through: new TimeOnly(16, 0, 5));
    }

    [Theory]
    [InlineData(61, 15, 59)]
    [InlineData(62, 11, 30)]
    public void Searches_beside_give_the_bytes_of_searches_in_line(int seed, int hour, int minute)
    {
        var market = new RandomMarket(seed, time: new TimeOnly(hour, minute, 50));
        Tick[] ticks = [.. market.Opening(), .. market.Next(8_000, 2e6)];
        Recording beside = Run(searchesBeside: true), inLine = Run(searchesBeside: false);
        Assert.True(beside.Sections.Count > 100);
        Assert.True(beside.SameBytesAs(inLine));

        Recording Run(bool searchesBeside)
        {
            var recording = new Recording();
            var sink = new RecordingSink(recording);
            var calculation = new Calculation(market.Definitions, 0, new EngineOptions { SearchesBeside = searchesBeside, PublishIntervalNanos = 20 * UnixNanos.PerMillisecond });
            calculation.Apply(ticks, ref sink);
            calculation.Finish(ref sink);
            Assert.True(calculation.Work.FullSearches > 5);
            return recording;
        }
    }

    [Fact]
    public void A_snapshot_between_two_looks_has_the_roots_of_the_mark_that_it_names()
    {
        var market = new RandomMarket(63, time: new TimeOnly(11, 30));
        var options = new EngineOptions { PublishIntervalNanos = UnixNanos.PerMillisecond };
        long interval = options.ZeroGammaIntervalNanos;
        Tick[] ticks = [.. market.Opening(), .. market.Next(4_000, 3e5).Where(tick => tick.Kind != TickKind.OpenInterest)];
        long from = ticks[^1].EventTimeNanos - (600 * UnixNanos.PerMillisecond);
        InstrumentDefinition contract = market.Definitions.First(definition => definition.Kind != InstrumentKind.Underlying);
        // Not at a multiple of the interval, at which roots are looked at anyway.
        long revised = from - (from % interval) + (interval / 2);
        Tick revision = Tick.OpenInterest(revised, contract.InstrumentId, 12_345);
        int at = Array.FindIndex(ticks, tick => tick.EventTimeNanos > revised);
        ticks = [.. ticks[..at], revision, .. ticks[at..]];
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        var calculation = new Calculation(market.Definitions, 0, options);
        calculation.Apply(ticks, ref sink);
        calculation.Finish(ref sink);

        MarketSection[] heads = [.. recording.Sections.Select(HeadOf)];
        var looked = new Dictionary<long, MarketSection>();
        int young = 0;
        foreach (MarketSection head in heads)
        {
            if (head.ZeroGammaAgeNanos == 0) looked[head.MarkTimeNanos] = head;
            else young++;
            Assert.Equal(head.MarkTimeNanos / interval, (head.MarkTimeNanos - head.ZeroGammaAgeNanos) / interval);
            MarketSection source = looked[head.MarkTimeNanos - head.ZeroGammaAgeNanos];
            foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
            {
                ZeroGammaSection now = head.Buckets[(int)bucket].ZeroGamma, then = source.Buckets[(int)bucket].ZeroGamma;
                Assert.Equal((then.RootCount, then.Status, then.Sign), (now.RootCount, now.Status, now.Sign));
                for (int i = 0; i < Math.Min((int)now.RootCount, ZeroGammaSection.RootCapacity); i++) Assert.Equal(then.Roots[i], now.Roots[i]);
            }
        }
        Assert.True(young > heads.Length / 2, $"{young} of {heads.Length} snapshots lie between two looks");
        Assert.Equal(0, heads[^1].ZeroGammaAgeNanos);
        // The first snapshot that has the new open interest has roots that know of it.
        MarketSection first = heads.First(head => head.MarkTimeNanos >= revised);
        Assert.Equal(0, first.ZeroGammaAgeNanos);
    }

    private static MarketSection HeadOf(byte[] section)
    {
        Assert.True(MarketView.TryOpen(section, out MarketView view));
        return view.Head;
    }

    private void Replay(int seed, TimeOnly from, int count, long markNanos, double meanStepNanos = 2e6, TimeOnly through = default)
    {
        var market = new RandomMarket(seed, time: from);
        var random = new Random(seed);
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions { MarkIntervalNanos = markNanos, PublishIntervalNanos = markNanos, ZeroGammaIntervalNanos = markNanos });
        var figures = new Figures { MarkNanos = markNanos };
        var sink = new ComparingSink(calculation, figures);
        calculation.LoadPositions([.. market.Definitions.Skip(1).Select(definition => new OutsidePosition(definition.InstrumentId, random.Next(-3000, 3001)))]);
        // Revisions of open interest ask for a search at once; without them there is more to follow.
        Tick[] ticks = [.. market.Opening(), .. market.Next(count, meanStepNanos).Where(tick => tick.Kind != TickKind.OpenInterest)];
        if (through != default)
        {
            Assert.True(DealerFlow.Market.NewYorkTime.TimeOf(ticks[^1].EventTimeNanos) > through, "the stream is as long as the day");
            ticks = [.. ticks.Where(tick => DealerFlow.Market.NewYorkTime.TimeOf(tick.EventTimeNanos) <= through)];
        }
        calculation.Apply(ticks, ref sink);
        output.WriteLine($"seed {seed} from {from}: {figures.Marks} marks, {calculation.Work.FullSearches} full searches, {figures.Compared} roots compared, worst {figures.Worst:E1}, " +
            $"{figures.Missing} times a root not yet known ({figures.Births} births), {figures.Lapsed} times one that has ceased to count, the longest for {figures.LongestNanos / 1e6:F0} ms");
        Assert.True(figures.Compared > 1000, $"{figures.Compared} roots compared");
        Assert.True(calculation.Work.FullSearches < (ulong)figures.Marks, "most marks follow");
        Assert.True(
            figures.LongestNanos <= ZeroGammaTracker.SearchEveryNanos + ZeroGammaTracker.SearchTakesNanos + (2 * markNanos),
            $"a root stayed unknown for {figures.LongestNanos / 1e6} ms");
    }

    private sealed class Figures
    {
        public int Marks, Compared, Missing, Births, Lapsed;
        public long LongestNanos, MarkNanos;
        private long _lastNanos = long.MinValue, _activeNanos;

        // Without messages there are no marks, and nothing can become known: such time does not count.
        public long ActiveAt(long now)
        {
            if (_lastNanos != long.MinValue) _activeNanos += Math.Min(now - _lastNanos, MarkNanos);
            _lastNanos = now;
            return _activeNanos;
        }

        public double Worst;
        public readonly Dictionary<(PositionModel, ExposureBucket), List<(double Spot, long SinceNanos)>> Unknown = [];
    }

    private readonly struct ComparingSink(Calculation calculation, Figures figures) : ISnapshotSink
    {
        public void PublishHeadline(in HeadlineSection headline, in Ledger ledger) { }

        public void Heartbeat(ulong eventSequence, long eventTimeNanos) { }

        public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger)
        {
            Assert.True(MarketView.TryOpen(marketSection, out MarketView view));
            NodeTable nodes = calculation.Nodes;
            ZeroGammaTable fresh = FreshSearch.Of(calculation, out ProfileBook book);
            var surface = new GammaSurface(book, LaneDispatch.Best);
            figures.Marks++;
            long now = view.Head.MarkTimeNanos, active = figures.ActiveAt(now);
            foreach (PositionModel model in ModelView.Models)
            {
                ModelView of = nodes.Weights.View(model);
                if (of is not { CallSign: 1, PutSign: 1 } || !nodes.Weights.IsLive(of.Column)) continue;
                foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
                    Compare(model, bucket, view.Head.Models[(int)model].Buckets[(int)bucket].ZeroGamma, fresh[(int)of.Column, bucket], surface, now, active);
            }
        }

        private void Compare(PositionModel model, ExposureBucket bucket, in ZeroGammaSection published, ZeroGammaRoots fresh, GammaSurface surface, long now, long active)
        {
            string what = $"{model} {bucket} at {UnixNanos.ToIso(now)}";
            // A bucket in which everything has settled says None, with no sign.
            bool isOver = published is { Status: ZeroGammaStatus.None, Sign: 0 } && !fresh.IsPriced;
            Assert.True(isOver || fresh.IsPriced == (published.Status != ZeroGammaStatus.Unpriced), what);
            if (!figures.Unknown.TryGetValue((model, bucket), out List<(double Spot, long SinceNanos)>? unknown)) figures.Unknown[(model, bucket)] = unknown = [];
            if (!fresh.IsPriced)
            {
                unknown.Clear();
                return;
            }
            Assert.True(fresh.Sign == published.Sign, what);
            int count = Math.Min(published.RootCount, ZeroGammaSection.RootCapacity);
            for (int i = 0; i < count; i++)
            {
                double root = published.Roots[i], nearest = double.PositiveInfinity;
                for (int j = 0; j < fresh.Count; j++) nearest = Math.Min(nearest, Math.Abs(fresh.Spot[j] - root) / root);
                if (nearest > Relative)
                {
                    // G still crosses zero there; since the last search it has become negligible on one side.
                    ProfilePoint point = surface.At(calculation.MarkSpot, Math.Log(root / calculation.MarkSpot), (int)calculation.Nodes.Weights.View(model).Column);
                    double off = Math.Abs(point.Gamma(bucket) / point.Slope(bucket)) / root;
                    Assert.True(off <= Relative, $"{what}: {root:R} is no root; the nearest is {nearest:E1} away");
                    figures.Lapsed++;
                    continue;
                }
                figures.Worst = Math.Max(figures.Worst, nearest);
                figures.Compared++;
            }
            var stillUnknown = new List<(double Spot, long SinceNanos)>();
            for (int j = 0; j < fresh.Count && published.RootCount <= ZeroGammaSection.RootCapacity; j++)
            {
                bool isKnown = false;
                for (int i = 0; i < count; i++) isKnown |= Math.Abs(published.Roots[i] - fresh.Spot[j]) <= Relative * fresh.Spot[j];
                if (isKnown) continue;
                double root = fresh.Spot[j];
                // The same unknown root as at the mark before, moved a little.
                int same = unknown.FindIndex(other => Math.Abs(other.Spot - root) <= 3e-4 * root);
                stillUnknown.Add((root, same >= 0 ? unknown[same].SinceNanos : active));
                figures.Missing++;
                if (same < 0) figures.Births++;
                figures.LongestNanos = Math.Max(figures.LongestNanos, active - stillUnknown[^1].SinceNanos);
            }
            unknown.Clear();
            unknown.AddRange(stillUnknown);
        }
    }
}
