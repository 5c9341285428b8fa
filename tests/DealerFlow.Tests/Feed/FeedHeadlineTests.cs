using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class FeedHeadlineTests : FeedFixture
{
    [Fact]
    public void A_headline_is_read_as_it_was_published_beside_the_snapshots()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Assert.Equal(0ul, subscriber.HeadlineNumber);
        Assert.Equal(SnapshotReadStatus.NothingPublished, subscriber.TryReadHeadline(out _, out _));
        Publish(publisher, 3);
        for (ulong i = 1; i <= 100; i++)
        {
            publisher.PublishHeadline(HeadlineOf(i), new RuntimeSection { Ledger = new Ledger { In = i, Applied = i } });
            Assert.Equal(i, subscriber.HeadlineNumber);
            Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryReadHeadline(out HeadlineSection headline, out RuntimeSection runtime));
            Assert.Equal((i, (long)i, 5000.0 + i), (headline.EventSequence, headline.Buckets[2].Chex, headline.Spot));
            Assert.Equal((i, 1ul, i, true), (runtime.PublishNumber, runtime.Epoch, runtime.Ledger.In, runtime.Ledger.Balances));
            Assert.Equal(i, subscriber.EventSequence);
        }
        Assert.Equal(1ul, subscriber.PublishNumber);
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
    }

    [Fact]
    public void The_last_headline_survives_its_writer_and_numbers_go_on()
    {
        using (FeedPublisher first = Create())
        {
            Publish(first, 1);
            first.PublishHeadline(HeadlineOf(7), default);
            first.Abandon();
        }
        using FeedSubscriber subscriber = Open();
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryReadHeadline(out HeadlineSection headline, out _));
        Assert.Equal(7ul, headline.EventSequence);
        using FeedPublisher second = Create();
        second.PublishHeadline(HeadlineOf(8), default);
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryReadHeadline(out headline, out RuntimeSection runtime));
        Assert.Equal((8ul, 2ul, 2ul), (headline.EventSequence, runtime.PublishNumber, runtime.Epoch));
    }

    [Fact]
    public void A_writer_that_stops_between_any_two_steps_leaves_the_last_headline()
    {
        foreach (WriterStep step in Enum.GetValues<WriterStep>())
        {
            using FeedPublisher publisher = Create();
            Publish(publisher, 1);
            ulong before = 0;
            using FeedSubscriber subscriber = Open();
            publisher.PublishHeadline(HeadlineOf(41), default);
            before = subscriber.HeadlineNumber;
            publisher.BeforeStep = reached =>
            {
                if (reached == step) throw new InvalidOperationException("stopped");
            };
            try
            {
                publisher.PublishHeadline(HeadlineOf(42), default);
            }
            catch (InvalidOperationException)
            {
                // There is nothing to do: the writer is gone.
            }
            Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryReadHeadline(out HeadlineSection headline, out RuntimeSection runtime));
            bool isNew = runtime.PublishNumber > before;
            Assert.Equal(isNew ? 42ul : 41ul, headline.EventSequence);
            publisher.Abandon();
        }
    }

    [Fact]
    public void A_reader_that_is_overtaken_reads_again_and_gives_up_in_the_end()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        publisher.PublishHeadline(HeadlineOf(1), default);
        ulong next = 2;
        int overtakes = 3;
        subscriber.BeforeSecondLook = () =>
        {
            if (overtakes-- <= 0) return;
            for (int i = 0; i < FeedGeometry.HeadlineSlots; i++) publisher.PublishHeadline(HeadlineOf(next++), default);
        };
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryReadHeadline(out HeadlineSection headline, out _));
        Assert.Equal(next - 1, headline.EventSequence);
        Assert.Equal(3ul, subscriber.Retries);
        overtakes = int.MaxValue;
        Assert.Equal(SnapshotReadStatus.Busy, subscriber.TryReadHeadline(out _, out _));
    }

    [Fact]
    public void A_foreign_store_into_a_headline_is_seen()
    {
        string path;
        using (FeedPublisher publisher = Create())
        {
            publisher.PublishHeadline(HeadlineOf(1), default);
            path = publisher.Path;
        }
        using FeedSubscriber subscriber = Open();
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryReadHeadline(out _, out _));
        long offset = RegionAt + new FeedGeometry(Strikes, Expiries, FeedGeometry.MinSlots).HeadlineSlotOffset(1);
        foreach (int at in (ReadOnlySpan<int>)[8, 16, SlotHeader.SizeInBytes + 3, SlotHeader.SizeInBytes + HeadlineSection.SizeInBytes + 9])
        {
            using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            file.Position = offset + at;
            int old = file.ReadByte();
            file.Position = offset + at;
            file.WriteByte((byte)(old ^ 1));
            file.Flush();
            Assert.Equal(SnapshotReadStatus.Corrupt, subscriber.TryReadHeadline(out _, out _));
            file.Position = offset + at;
            file.WriteByte((byte)old);
        }
    }

    [Fact]
    public void A_headline_under_the_wrong_number_is_corrupt()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        publisher.PublishHeadline(HeadlineOf(1), default);
        const ulong Another = FeedGeometry.HeadlineSlots + 1;       // lives in the same slot
        using FileStream file = File.Open(FeedPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = RegionAt + new FeedGeometry(Strikes, Expiries, FeedGeometry.MinSlots).HeadlineSlotOffset(1);
        file.Write(BitConverter.GetBytes(2 * Another));
        file.Position = EntryAt + 384;
        file.Write(BitConverter.GetBytes(Another));
        file.Flush();
        Assert.Equal(SnapshotReadStatus.Corrupt, subscriber.TryReadHeadline(out _, out _));
    }

    private static HeadlineSection HeadlineOf(ulong pattern)
    {
        var headline = new HeadlineSection { EventSequence = pattern, EventTimeNanos = (long)pattern, Spot = 5000 + pattern };
        headline.Buckets[2].Chex = (long)pattern;
        return headline;
    }
}
