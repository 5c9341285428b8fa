using DealerFlow.Cli.Top;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>What a screen is fed with, over the whole life of a feed.</summary>
public sealed class TopFeedTests : FeedFixture
{
    private readonly TopState _state = new(Name);

    [Fact]
    public void A_feed_is_waited_for_read_and_opened_again_by_its_name()
    {
        using var feed = new TopFeed(Directory, _state, Clock);
        feed.Look();
        Assert.Equal((null, null, false), (_state.Feed, _state.Trouble, _state.HasNumbers));

        using (FeedPublisher first = FeedPublisher.Create(Directory, Name, TopMarket.Strikes, 3, clock: Clock))
        {
            Look(feed);
            Assert.Equal((FeedState.Recovering, false), (_state.Feed!.Value, _state.HasNumbers));
            Publish(first);
            Look(feed);
            Assert.Equal((FeedState.Live, true, TopMarket.Spot), (_state.Feed!.Value, _state.HasNumbers, _state.Spot));
        }

        // A writer with more rows needs another file under the same name.
        using (FeedPublisher second = FeedPublisher.Create(Directory, Name, 10 * TopMarket.Strikes, 3, clock: Clock))
        {
            Look(feed);
            Assert.True(_state.HasNumbers);
            byte[] section = TopMarket.Section();
            System.Runtime.InteropServices.MemoryMarshal.AsRef<MarketSection>(section.AsSpan()).Spot = 7_000;
            second.Publish(section, default);
            Look(feed);
            Assert.Equal((FeedState.Live, 7_000), (_state.Feed!.Value, _state.Spot));
            second.Abandon();
        }

        Assert.Equal(FeedState.Dead, StateAfterSilence(feed));
        FeedDirectory.Remove(Directory, Name);
        Look(feed);
        Assert.Equal((FeedState.NotFound, 7_000), (_state.Feed!.Value, _state.Spot));
        using FeedPublisher third = FeedPublisher.Create(Directory, Name, TopMarket.Strikes, 3, clock: Clock);
        Publish(third);
        Look(feed);
        Assert.Equal((FeedState.Live, TopMarket.Spot), (_state.Feed!.Value, _state.Spot));
    }

    [Fact]
    public void While_frozen_numbers_stand_still_and_the_state_goes_on()
    {
        using var feed = new TopFeed(Directory, _state, Clock);
        FeedPublisher publisher = FeedPublisher.Create(Directory, Name, TopMarket.Strikes, 3, clock: Clock);
        Publish(publisher);
        Look(feed);
        _state.Choices.Press(new KeyPress(Key.Character, ' '), _state);
        publisher.PublishHeadline(new HeadlineSection { EventSequence = 2_000, Spot = 7_000, Underlying = Ascii8.From("SPX") }, default);
        Look(feed);
        Assert.Equal(TopMarket.Spot, _state.Spot);
        publisher.Close();
        Look(feed);
        Assert.Equal((FeedState.Closed, TopMarket.Spot), (_state.Feed!.Value, _state.Spot));
        _state.Choices.Press(new KeyPress(Key.Character, ' '), _state);
        Look(feed);
        Assert.Equal(7_000, _state.Spot);
        publisher.Dispose();
    }

    [Fact]
    public void Changes_that_went_by_before_are_there_and_none_is_called_missed()
    {
        using FeedPublisher publisher = FeedPublisher.Create(Directory, Name, TopMarket.Strikes, 3, clock: Clock);
        for (int i = 0; i < 300; i++) Publish(publisher, i % 2 == 0 ? 6_900 : 6_905);
        using var feed = new TopFeed(Directory, _state, Clock);
        Look(feed);
        Assert.InRange(_state.Changes.Changes.Count, 100, FeedGeometry.ChangeSlots);
        Assert.Equal(0ul, _state.Changes.Missed);
        for (int i = 0; i < 300; i++) Publish(publisher, i % 2 == 0 ? 6_900 : 6_905);
        Look(feed);
        Assert.InRange(_state.Changes.Missed, 100ul, 300ul);
        Assert.Equal((LevelChangeKind.CallWall, 6_905), (_state.Changes.Changes[^1].Kind, _state.Changes.Changes[^1].After));
    }

    [Fact]
    public void Every_model_and_bucket_has_its_own_past_and_messages_are_counted_a_second()
    {
        TopState state = TopMarket.State();
        ulong messages = 100;
        for (int second = 0; second < 90; second++)
        {
            state.NowNanos += UnixNanos.PerSecond;
            messages += 1_500;
            byte[] section = TopMarket.Section();
            ref MarketSection head = ref System.Runtime.InteropServices.MemoryMarshal.AsRef<MarketSection>(section.AsSpan());
            for (int model = 0; model < PositionModels.Count; model++)
                for (int bucket = 0; bucket < 3; bucket++) head.Models[model].Buckets[bucket].Vex = (second * 100) + (model * 10) + bucket;
            state.Snapshot = TopMarket.Snapshot(section);
            TopMarket.Headline(state, second, -1e9, 1);
            state.SetHeadline(new HeadlineSection { EventSequence = 1_001, Spot = second, Underlying = Ascii8.From("SPX"), Model = PositionModel.Gross, Buckets = head.Models[5].Buckets },
                new RuntimeSection { Epoch = 1, PublishMonotonicNanos = state.NowNanos, Ledger = new Ledger { In = messages, Applied = messages } });
            state.History.Sample(state);
        }
        Assert.Equal(1_500, state.History.MessagesPerSecond!.Value, 6);
        double[] line = new double[60];
        for (int model = 0; model < PositionModels.Count; model++)
        {
            for (int bucket = 0; bucket < 3; bucket++)
            {
                state.History.Read((PositionModel)model, (ExposureBucket)bucket, Measure.Vex, line);
                Assert.Equal([.. Enumerable.Range(30, 60).Select(second => (double)((second * 100) + (model * 10) + bucket))], line);
            }
        }
        double[] few = new double[20];
        state.History.ReadSpot(few);
        Assert.Equal(3, TopHistory.SecondsPerColumn(20));
        for (int i = 1; i < few.Length; i++) Assert.InRange(few[i] - few[i - 1], 1, 3);
        Assert.Equal(89, few[^1]);
    }

    private static void Publish(FeedPublisher publisher, double callWall = 6_850)
    {
        byte[] section = TopMarket.Section();
        ref MarketSection head = ref System.Runtime.InteropServices.MemoryMarshal.AsRef<MarketSection>(section.AsSpan());
        head.Models[0].Buckets[0].Levels[(int)StrikeLevel.CallWall].Strike = callWall;
        publisher.Publish(section, default);
    }

    private FeedState StateAfterSilence(TopFeed feed)
    {
        Clock.Advance(10 * UnixNanos.PerSecond);
        Look(feed);
        return _state.Feed!.Value;
    }

    // Opening is tried five times a second.
    private void Look(TopFeed feed)
    {
        Clock.Advance(UnixNanos.PerSecond);
        feed.Look();
        Clock.Advance(UnixNanos.PerSecond / 2);
        feed.Look();
    }
}
