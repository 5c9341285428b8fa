using System.Runtime.InteropServices;
using DealerFlow.Feed;
using DealerFlow.Memory;
using DealerFlow.Wire;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>The change stream of a feed: what is noticed, and that a reader who is too slow is told so.</summary>
public class FeedChangeTests : FeedFixture
{
    private const int ChangePublishedAt = EntryAt + 272;

    [Fact]
    public void Regime_walls_pin_and_zero_gamma_are_noticed_when_they_change_and_not_otherwise()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Market market = new();
        publisher.Publish(market.Section(), default);
        market.Change(spot: 5001, zeroGamma: 4991);      // values that move without a consequence
        publisher.Publish(market.Section(), default);
        Assert.Equal(0ul, subscriber.ChangeNumber);

        market.Change(spot: 4980);
        publisher.Publish(market.Section(), default);
        market.Change(regime: GammaRegime.Negative, callWall: 5150, putWall: null, pin: 5005);
        publisher.Publish(market.Section(), default);
        market.Change(zeroGamma: null);
        publisher.Publish(market.Section(), default);

        List<LevelChange> changes = ReadAll(subscriber, out ulong missed);
        Assert.Equal(0ul, missed);
        Assert.Equal(
            [
                (LevelChangeKind.ZeroGammaCrossed, (double?)4991, (double?)4991, 5001, 4980),
                (LevelChangeKind.Regime, (double)GammaRegime.Positive, (double)GammaRegime.Negative, 4980, 4980),
                (LevelChangeKind.CallWall, 5100, 5150, 4980, 4980),
                (LevelChangeKind.PutWall, 4900, null, 4980, 4980),
                (LevelChangeKind.Pin, 5000, 5005, 4980, 4980),
                (LevelChangeKind.ZeroGammaFound, 4991, null, 4980, 4980),
            ],
            changes.Select(change => (
                change.Kind, change.HasBefore != 0 ? (double?)change.Before : null, change.HasAfter != 0 ? (double?)change.After : null, change.SpotBefore, change.Spot)));
        Assert.All(changes, change => Assert.Equal((ExposureBucket.All, PositionModel.OpenInterest, 1ul), (change.Kind == LevelChangeKind.Pin ? ExposureBucket.All : change.Bucket, change.Model, change.Epoch)));
        Assert.Equal([3, 4, 4, 4, 4, 5], changes.Select(change => (int)change.SnapshotNumber));
    }

    [Fact]
    public void Another_model_is_one_notice_and_its_levels_are_compared_from_there()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Market market = new();
        publisher.Publish(market.Section(), default);
        market.Change(model: PositionModel.Gross, callWall: 6000, regime: GammaRegime.Negative);
        publisher.Publish(market.Section(), default);
        market.Change(callWall: 6010);
        publisher.Publish(market.Section(), default);
        Assert.Equal(
            [(LevelChangeKind.Model, 0, 5), (LevelChangeKind.CallWall, 6000, 6010)],
            ReadAll(subscriber, out _).Select(change => (change.Kind, change.Before, change.After)));
    }

    [Fact]
    public void Headlines_bring_notices_between_two_snapshots()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Market market = new();
        publisher.Publish(market.Section(), default);
        publisher.PublishHeadline(market.Headline(), default);
        market.Change(regime: GammaRegime.Transition, spot: 4950);
        publisher.PublishHeadline(market.Headline(), default);
        publisher.Publish(market.Section(), default);
        Assert.Equal([LevelChangeKind.Regime, LevelChangeKind.ZeroGammaCrossed], ReadAll(subscriber, out _).Select(change => change.Kind));
    }

    [Theory]
    [InlineData(126, 0)]
    [InlineData(127, 0)]
    [InlineData(128, 1)]
    [InlineData(1_000, 873)]
    public void A_reader_that_is_lapped_is_told_what_it_missed(int notices, int missed)
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        PublishWalls(publisher, notices + 1);
        List<LevelChange> changes = ReadAll(subscriber, out ulong told);
        Assert.Equal((ulong)missed, told);
        Assert.Equal(Enumerable.Range(missed + 1, notices - missed).Select(number => 5000.0 + number), changes.Select(change => change.After));
    }

    [Fact]
    public void A_reader_that_is_overtaken_while_it_copies_misses_notices_and_sees_no_torn_one()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Market market = new();
        int wall = 5000;
        void More(int count)
        {
            for (int i = 0; i < count; i++)
            {
                market.Change(callWall: ++wall);
                publisher.Publish(market.Section(), default);
            }
        }
        More(10);
        bool isFirst = true;
        subscriber.BeforeSecondLook = () =>
        {
            if (!isFirst) return;
            isFirst = false;
            More(500);
        };
        ulong position = 0;
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryReadChange(ref position, out LevelChange change, out ulong missed));
        // The first publication has nothing to compare with.
        Assert.Equal(509ul, subscriber.ChangeNumber);
        Assert.Equal((509ul - 126, 509ul - 127), (position, missed));
        Assert.Equal(5001.0 + position, change.After);
    }

    [Fact]
    public void Numbers_go_on_with_the_next_writer_and_in_a_new_file()
    {
        using (FeedPublisher first = Create())
        {
            PublishWalls(first, 6);
            first.Abandon();
        }
        using FeedPublisher second = Create();
        using FeedSubscriber subscriber = Open();
        ulong position = subscriber.ChangeNumber;
        Assert.Equal(5ul, position);
        PublishWalls(second, 3);
        File.Delete(FeedPath);
        Clock.Advance(2 * UnixNanos.PerSecond);
        Market market = new();
        market.Change(callWall: 7000);
        second.Publish(market.Section(), default);
        using FeedSubscriber reopened = Open();
        Assert.Equal(SnapshotReadStatus.Ok, reopened.TryReadChange(ref position, out LevelChange change, out ulong missed));
        // Two were in the old file.
        Assert.Equal((8ul, 2ul, 7000.0, 2ul), (position, missed, change.After, change.Epoch));
    }

    [Fact]
    public void A_foreign_store_into_a_notice_is_seen_and_the_next_is_read()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        PublishWalls(publisher, 4);
        long offset = RegionAt + new FeedGeometry(Strikes, Expiries, FeedGeometry.MinSlots).ChangeSlotOffset(2);
        foreach (int at in (ReadOnlySpan<int>)[1, 8, 16, SlotHeader.SizeInBytes + 24])
        {
            using FileStream file = File.Open(FeedPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            file.Position = offset + at;
            int old = file.ReadByte();
            file.Position = offset + at;
            file.WriteByte((byte)(old ^ 1));
            file.Flush();
            ulong position = 1;
            Assert.Equal(SnapshotReadStatus.Corrupt, subscriber.TryReadChange(ref position, out _, out _));
            Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryReadChange(ref position, out LevelChange next, out _));
            Assert.Equal((3ul, 5003.0), (position, next.After));
            file.Position = offset + at;
            file.WriteByte((byte)old);
        }
    }

    [Fact]
    public void A_notice_under_the_wrong_number_is_corrupt()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        PublishWalls(publisher, 3);
        const ulong Another = FeedGeometry.ChangeSlots + 1;         // lives in the slot of notice 1
        Overwrite(RegionAt + new FeedGeometry(Strikes, Expiries, FeedGeometry.MinSlots).ChangeSlotOffset(1), 2 * Another);
        Overwrite(ChangePublishedAt, Another);
        ulong position = Another - 1;
        Assert.Equal(SnapshotReadStatus.Corrupt, subscriber.TryReadChange(ref position, out _, out _));
        Assert.Equal(Another, position);
    }

    [Fact]
    public void A_position_beyond_the_last_notice_is_of_another_file_and_begins_anew()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        PublishWalls(publisher, 4);
        ulong position = 1_000;
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryReadChange(ref position, out LevelChange change, out ulong missed));
        Assert.Equal((1UL, 5001.0, 0UL), (position, change.After, missed));
    }

    [Fact]
    public void Slots_that_were_never_written_are_missed_however_many_there_are()
    {
        using FeedPublisher publisher = Create();
        PublishWalls(publisher, 121);
        File.Delete(FeedPath);
        Clock.Advance(2 * UnixNanos.PerSecond);
        Market market = new();
        market.Change(callWall: 7000);
        publisher.Publish(market.Section(), default);
        using FeedSubscriber subscriber = Open();
        ulong position = 0;
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryReadChange(ref position, out LevelChange change, out ulong missed));
        Assert.Equal((121UL, 7000.0, 120UL), (position, change.After, missed));
    }

    [Fact]
    public void A_reader_that_is_always_overtaken_gives_up_and_may_ask_again()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Market market = new();
        int wall = 5000;
        subscriber.BeforeSecondLook = () =>
        {
            for (int i = 0; i < FeedGeometry.ChangeSlots; i++)
            {
                market.Change(callWall: ++wall);
                publisher.Publish(market.Section(), default);
            }
        };
        subscriber.BeforeSecondLook();
        ulong position = 0;
        Assert.Equal(SnapshotReadStatus.Busy, subscriber.TryReadChange(ref position, out _, out ulong missed));
        Assert.Equal(((ulong)FeedSubscriber.MaxAttempts, 1UL, position), (subscriber.Retries, subscriber.BusyReads, missed));
        subscriber.BeforeSecondLook = null;
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryReadChange(ref position, out LevelChange change, out _));
        Assert.Equal(5001.0 + position, change.After);
    }

    // Of a file in which nobody publishes; a reader that never came back would be one that hangs.
    [Fact]
    public void A_number_that_a_foreign_hand_keeps_raising_does_not_keep_the_reader()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        using SafeFileHandle file = File.OpenHandle(FeedPath, access: FileAccess.ReadWrite, share: FileShare.ReadWrite);
        using MappedFile foreign = MappedFile.MapReadWrite(file, RegionAt);
        bool isBack = false;
        var hand = new Thread(() =>
        {
            while (!Volatile.Read(in isBack)) Volatile.Write(ref foreign.Write<ulong>(ChangePublishedAt), foreign.Read<ulong>(ChangePublishedAt) + FeedGeometry.ChangeSlots);
        })
        {
            IsBackground = true,
        };
        hand.Start();
        ulong position = 0;
        SnapshotReadStatus status;
        do status = subscriber.TryReadChange(ref position, out _, out _);
        while (status == SnapshotReadStatus.NothingPublished);
        Assert.Equal(SnapshotReadStatus.Busy, status);
        Volatile.Write(ref isBack, true);
        hand.Join();
        Assert.Equal(1UL, subscriber.BusyReads);
    }

    [Fact]
    public async Task A_reader_beside_a_writer_sees_every_notice_once_in_order_or_is_told()
    {
        const int Total = 200_000;
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Task writer = Task.Run(() => PublishWalls(publisher, Total + 1), TestContext.Current.CancellationToken);
        ulong position = 0, missed = 0, read = 0;
        while (position < Total)
        {
            switch (subscriber.TryReadChange(ref position, out LevelChange change, out ulong lost))
            {
                case SnapshotReadStatus.Ok:
                    Assert.Equal(5000.0 + position, change.After);
                    Assert.Equal(4999.0 + position, change.Before);
                    read++;
                    break;
                case SnapshotReadStatus.NothingPublished or SnapshotReadStatus.Busy:
                    break;
                default:
                    Assert.Fail("a notice was torn");
                    break;
            }
            missed += lost;
        }
        await writer;
        Assert.Equal((ulong)Total, read + missed);
        Assert.True(read > 100);
    }

    private void Overwrite(long offset, ulong word)
    {
        using FileStream file = new(FeedPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = offset;
        file.Write(BitConverter.GetBytes(word));
    }

    private static void PublishWalls(FeedPublisher publisher, int snapshots)
    {
        Market market = new();
        for (int i = 0; i < snapshots; i++)
        {
            market.Change(callWall: 5000 + i);
            publisher.Publish(market.Section(), default);
        }
    }

    private static List<LevelChange> ReadAll(FeedSubscriber subscriber, out ulong missed)
    {
        var changes = new List<LevelChange>();
        ulong position = 0;
        missed = 0;
        while (subscriber.TryReadChange(ref position, out LevelChange change, out ulong lost) == SnapshotReadStatus.Ok)
        {
            changes.Add(change);
            missed += lost;
        }
        return changes;
    }

    /// <summary>A section without rows, whose bucket of all expiries has a level of each kind.</summary>
    private sealed class Market
    {
        private readonly byte[] _bytes = new byte[MarketView.SizeOf(0, 0)];
        private double? _zeroGamma = 4990, _putWall = 4900;
        private double _spot = 5000, _callWall = 5100, _pin = 5000;
        private GammaRegime _regime = GammaRegime.Positive;
        private PositionModel _model;

        /// <summary>Whatever is not named stays; null is no level.</summary>
        public void Change(Level spot = default, Level zeroGamma = default, Level callWall = default, Level putWall = default, Level pin = default,
            GammaRegime? regime = null, PositionModel? model = null)
        {
            if (spot.IsGiven) _spot = spot.Value!.Value;
            if (zeroGamma.IsGiven) _zeroGamma = zeroGamma.Value;
            if (callWall.IsGiven) _callWall = callWall.Value!.Value;
            if (putWall.IsGiven) _putWall = putWall.Value;
            if (pin.IsGiven) _pin = pin.Value!.Value;
            _regime = regime ?? _regime;
            _model = model ?? _model;
        }

        public byte[] Section()
        {
            Array.Clear(_bytes);
            ref MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(_bytes.AsSpan());
            (head.Spot, head.Model) = (_spot, _model);
            ref ModelSection model = ref head.Models[(int)_model];
            Fill(ref model.Buckets[0]);
            (model.Pin.Present, model.Pin.Strike) = (1, _pin);
            return _bytes;
        }

        public HeadlineSection Headline()
        {
            var headline = new HeadlineSection { Spot = _spot, Model = _model };
            Fill(ref headline.Buckets[0]);
            return headline;
        }

        private void Fill(ref BucketSection bucket)
        {
            bucket.Regime = _regime;
            bucket.ZeroGamma.Status = _zeroGamma is null ? ZeroGammaStatus.None : ZeroGammaStatus.Found;
            bucket.ZeroGamma.Value = _zeroGamma ?? 0;
            bucket.Levels[(int)StrikeLevel.CallWall] = new LevelRow { Present = 1, Strike = _callWall };
            bucket.Levels[(int)StrikeLevel.PutWall] = new LevelRow { Present = _putWall is null ? (byte)0 : (byte)1, Strike = _putWall ?? 0 };
        }
    }

    private readonly record struct Level(bool IsGiven, double? Value)
    {
        public static implicit operator Level(double value) => new(true, value);

        public static implicit operator Level(double? value) => new(true, value);

        public static implicit operator Level(int value) => new(true, value);
    }
}
