using System.Runtime.InteropServices;
using DealerFlow.Engine;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>An outlook that is made in steps, while the calculation goes on, is that of its mark.</summary>
public class StepwiseOutlookTests
{
    private const long Interval = 100 * UnixNanos.PerMillisecond;

    [Theory]
    [InlineData(81, 11, 1)]
    [InlineData(82, 13, 1)]
    [InlineData(83, 11, 7)]
    [InlineData(84, 15, 60)]
    public void It_has_the_bytes_of_one_that_is_made_at_once(int seed, int hour, int markMilliseconds)
    {
        List<byte[]> stepwise = Run(seed, hour, markMilliseconds, stepwiseNodes: 0), atOnce = Run(seed, hour, markMilliseconds, stepwiseNodes: int.MaxValue);
        Assert.Equal(atOnce.Count, stepwise.Count);
        var outlooks = new Dictionary<long, byte[]>();
        foreach (byte[] section in atOnce)
        {
            MarketSection head = Head(section);
            if (head.Outlook.MarkTimeNanos == head.MarkTimeNanos) outlooks.TryAdd(head.MarkTimeNanos, section);
        }
        int compared = 0, later = 0;
        long last = 0;
        for (int i = 0; i < stepwise.Count; i++)
        {
            MarketSection head = Head(stepwise[i]);
            Assert.True(head.Outlook.MarkTimeNanos <= head.MarkTimeNanos);
            Assert.Equal(head.Outlook.MarkTimeNanos, head.Profile.MarkTimeNanos);
            Assert.Equal(Rest(atOnce[i]), Rest(stepwise[i]));
            if (head.Outlook.MarkTimeNanos == last) continue;
            last = head.Outlook.MarkTimeNanos;
            if (last < head.MarkTimeNanos && i < stepwise.Count - 1)
            {
                later++;
                Assert.True(head.MarkTimeNanos - last >= Interval / 2, "it is taken over half an interval after its mark");
            }
            if (!outlooks.TryGetValue(last, out byte[]? expected)) continue;
            compared++;
            SameOutlook(expected, stepwise[i]);
        }
        Assert.True(compared > 10 && later >= 10, $"{compared} outlooks were compared, {later} of them were made in steps");
    }

    [Fact]
    public void What_settles_comes_or_gets_other_positions_is_looked_at_at_once()
    {
        // Through the close: an expiry settles while an outlook is under way.
        var market = new RandomMarket(85, time: new TimeOnly(15, 59, 58));
        Tick[] ticks = [.. market.Opening(), .. market.Next(4_000, 1e6)];
        List<byte[]> sections = Run(market, ticks, 1, stepwiseNodes: 0);
        int settled = sections.FindIndex(section => Head(section).Outlook.CloseNanos != Head(sections[0]).Outlook.CloseNanos);
        Assert.True(settled > 0, "the stream went through the close");
        MarketSection after = Head(sections[settled]);
        Assert.Equal(after.MarkTimeNanos, after.Outlook.MarkTimeNanos);
        Assert.All(sections[settled..], section => Assert.True(Head(section).Outlook.MarkTimeNanos >= after.MarkTimeNanos));
    }

    private static List<byte[]> Run(int seed, int hour, int markMilliseconds, int stepwiseNodes)
    {
        var market = new RandomMarket(seed, time: new TimeOnly(hour, 20));
        Tick[] ticks = [.. market.Opening(), .. market.Next(6_000, 1e6)];
        return Run(market, ticks, markMilliseconds, stepwiseNodes);
    }

    private static List<byte[]> Run(RandomMarket market, Tick[] ticks, int markMilliseconds, int stepwiseNodes)
    {
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions
        {
            MarkIntervalNanos = markMilliseconds * UnixNanos.PerMillisecond,
            PublishIntervalNanos = markMilliseconds * 10 * UnixNanos.PerMillisecond,
            OutlookIntervalNanos = Interval,
            StepwiseNodes = stepwiseNodes,
        });
        calculation.Apply(ticks, ref sink);
        calculation.Finish(ref sink);
        return recording.Sections;
    }

    private static void SameOutlook(byte[] expected, byte[] actual)
    {
        MarketSection one = Head(expected), other = Head(actual);
        Assert.Equal(Bytes(in one.Outlook.Flows), Bytes(in other.Outlook.Flows));
        Assert.Equal(Bytes(in one.Profile), Bytes(in other.Profile));
        Assert.Equal((one.Outlook.Spot, one.Outlook.EventSequence, one.Outlook.CloseNanos), (other.Outlook.Spot, other.Outlook.EventSequence, other.Outlook.CloseNanos));
        for (int row = 0; row < 3 * BandedLevels.Count; row++)
        {
            BandRow left = one.Outlook.QuoteBands.Rows[row], right = other.Outlook.QuoteBands.Rows[row];
            Assert.Equal((left.Present, left.Missing), (right.Present, right.Missing));
            // A root that is followed and one that is searched agree to less than this.
            Assert.Equal(left.Low, right.Low, 1e-9 * Math.Abs(left.Low));
            Assert.Equal(left.High, right.High, 1e-9 * Math.Abs(left.High));
        }
    }

    /// <summary>The section without what an outlook says.</summary>
    private static byte[] Rest(byte[] section)
    {
        byte[] copy = [.. section];
        ref MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(copy.AsSpan());
        (head.Outlook, head.Profile) = (default, default);
        for (int model = 0; model < PositionModels.Count; model++)
            for (int bucket = 0; bucket < 3; bucket++) head.Models[model].Buckets[bucket].CharmToClose = 0;
        for (int root = 0; root < MarketSection.RootCapacity; root++) head.Roots[root].CharmToClose = 0;
        int strikes = (int)head.StrikeCount, expiries = (int)head.ExpiryCount;
        foreach (ref StrikeRow row in MemoryMarshal.Cast<byte, StrikeRow>(copy.AsSpan(MarketSection.SizeInBytes, strikes * StrikeRow.SizeInBytes))) row.CharmToClose = 0;
        foreach (ref ExpiryRow row in MemoryMarshal.Cast<byte, ExpiryRow>(copy.AsSpan(MarketSection.SizeInBytes + (strikes * StrikeRow.SizeInBytes), expiries * ExpiryRow.SizeInBytes)))
            row.CharmToClose = 0;
        return copy;
    }

    private static byte[] Bytes<T>(in T value) where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();

    private static MarketSection Head(byte[] section)
    {
        Assert.True(MarketView.TryOpen(section, out MarketView view));
        return view.Head;
    }
}
