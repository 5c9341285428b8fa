using System.IO.Hashing;
using System.Runtime.InteropServices;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class FeedDamageTests : FeedFixture
{
    private static readonly FeedGeometry Geometry = new(Strikes, Expiries, 4);

    public static TheoryData<string> StepsOfPublication => [
        .. Enum.GetValues<WriterStep>().Where(step => step is >= WriterStep.BeforeOdd and <= WriterStep.BeforeHeartbeat).Select(step => step.ToString()),
    ];

    [Fact]
    public void A_writer_stopped_in_the_next_slot_leaves_the_last_snapshot_readable()
    {
        using FeedPublisher publisher = Create();
        for (ulong pattern = 1; pattern <= 6; pattern++) Publish(publisher, pattern);
        Overwrite(RegionAt + Geometry.SlotOffset(7), BitConverter.GetBytes((2UL * 7) - 1));
        Overwrite(RegionAt + Geometry.PayloadOffset(7), new byte[512]);
        using FeedSubscriber subscriber = Open();
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
        Assert.Equal(6UL, buffer.Runtime.PublishNumber);
        AssertWhole(buffer, new byte[MarketView.SizeOf(Strikes, Expiries)]);
    }

    [Theory, MemberData(nameof(StepsOfPublication))]
    public void B1_a_writer_may_die_at_every_step_and_its_successor_goes_on(string step)
    {
        WriterStep fatal = Enum.Parse<WriterStep>(step);
        ulong last = fatal >= WriterStep.AfterPublished ? 6UL : 5UL;
        FeedPublisher dying = Create();
        using FeedSubscriber subscriber = Open();
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        var scratch = new byte[MarketView.SizeOf(Strikes, Expiries)];
        for (ulong pattern = 1; pattern <= 5; pattern++) Publish(dying, pattern);
        dying.BeforeStep = reached => { if (reached == fatal) throw new OperationCanceledException(); };
        Assert.Throws<OperationCanceledException>(() => Publish(dying, 6));
        dying.Abandon();

        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
        Assert.Equal(last, buffer.Runtime.PublishNumber);
        AssertWhole(buffer, scratch);

        using FeedPublisher successor = Create();
        Assert.Equal(2UL, successor.Epoch);
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
        Assert.Equal(last, buffer.Runtime.PublishNumber);
        Assert.Equal(1UL, buffer.Runtime.Epoch);
        for (ulong pattern = last + 1; pattern <= 20; pattern++)
        {
            Publish(successor, pattern);
            Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
            Assert.Equal(pattern, buffer.Runtime.PublishNumber);
            Assert.Equal(2UL, buffer.Runtime.Epoch);
            AssertWhole(buffer, scratch);
        }
    }

    [Theory, MemberData(nameof(StepsOfPublication))]
    public void B3_a_writer_paused_at_any_step_lets_readers_read(string step)
    {
        WriterStep pause = Enum.Parse<WriterStep>(step);
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        var scratch = new byte[MarketView.SizeOf(Strikes, Expiries)];
        Publish(publisher, 1);
        var reads = new List<(SnapshotReadStatus Status, ulong Number)>();
        publisher.BeforeStep = reached =>
        {
            if (reached != pause) return;
            SnapshotReadStatus status = subscriber.TryRead(buffer);
            AssertWhole(buffer, scratch);
            reads.Add((status, buffer.Runtime.PublishNumber));
        };
        for (ulong pattern = 2; pattern <= 10; pattern++) Publish(publisher, pattern);
        Assert.Equal(9, reads.Count);
        Assert.All(reads, read => Assert.Equal(SnapshotReadStatus.Ok, read.Status));
        ulong first = pause >= WriterStep.AfterPublished ? 2UL : 1UL;
        Assert.Equal(Enumerable.Range(0, 9).Select(i => first + (ulong)i), reads.Select(read => read.Number));
        Assert.Equal(0UL, subscriber.Retries);
    }

    [Fact]
    public void Version_and_published_number_change_in_the_documented_order()
    {
        using FeedPublisher publisher = Create();
        for (ulong pattern = 1; pattern <= 5; pattern++) Publish(publisher, pattern);
        var seen = new List<(WriterStep Step, ulong Version, ulong Published)>();
        publisher.BeforeStep = step => seen.Add((step, WordAt(RegionAt + Geometry.SlotOffset(6)), WordAt(PublishedAt)));
        Publish(publisher, 6);
        Assert.Equal(
            [
                (WriterStep.BeforeOdd, 4, 5),          // slot 6 % 4 still holds snapshot 2
                (WriterStep.AfterOdd, 11, 5),
                (WriterStep.MidPayload, 11, 5),
                (WriterStep.BeforeEven, 11, 5),
                (WriterStep.BeforePublished, 12, 5),
                (WriterStep.AfterPublished, 12, 6),
                (WriterStep.BeforeHeartbeat, 12, 6),
            ],
            seen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(FeedSubscriber.MaxAttempts - 1)]
    public void A_reader_that_is_overtaken_starts_again_and_gets_the_newer_snapshot(int times)
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        Publish(publisher, 1);
        int left = times;
        subscriber.BeforeSecondLook = () => { if (left-- > 0) Overtake(publisher); };
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
        Assert.Equal(publisher.PublishNumber, buffer.Runtime.PublishNumber);
        AssertWhole(buffer, new byte[MarketView.SizeOf(Strikes, Expiries)]);
        Assert.Equal(((ulong)times, 0UL), (subscriber.Retries, subscriber.BusyReads));
    }

    [Fact]
    public void A_reader_that_is_always_overtaken_gives_up_and_keeps_its_last_good_copy()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        Publish(publisher, 1);
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
        subscriber.BeforeSecondLook = () => Overtake(publisher);
        Assert.Equal(SnapshotReadStatus.Busy, subscriber.TryRead(buffer));
        Assert.Equal(1UL, buffer.Runtime.PublishNumber);
        Assert.Equal(MarketOf(1), buffer.MarketBytes);
        Assert.Equal(((ulong)FeedSubscriber.MaxAttempts, 1UL), (subscriber.Retries, subscriber.BusyReads));
    }

    [Fact]
    public void A_reader_survives_as_many_publications_during_its_copy_as_there_are_slots_but_one()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        Publish(publisher, 1);
        subscriber.BeforeSecondLook = () =>
        {
            for (ulong pattern = 2; pattern <= 4; pattern++) Publish(publisher, pattern);
        };
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
        Assert.Equal(1UL, buffer.Runtime.PublishNumber);
        Assert.Equal(0UL, subscriber.Retries);
    }

    [Fact]
    public void B15_a_flipped_bit_anywhere_in_the_payload_is_found()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        Publish(publisher, 23);
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
        byte[] file = File.ReadAllBytes(FeedPath);
        long start = RegionAt + Geometry.PayloadOffset(1);
        int length = MarketOf(23).Length + RuntimeSection.SizeInBytes;
        for (int i = 0; i < length; i++)
        {
            byte whole = file[start + i];
            Overwrite(start + i, [(byte)(whole ^ (1 << (i % 8)))]);
            Assert.Equal(SnapshotReadStatus.Corrupt, subscriber.TryRead(buffer));
            Overwrite(start + i, [whole]);
        }
        Assert.Equal(23UL, buffer.Market.Head.EventSequence);       // the last good copy is still there
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
    }

    [Theory]
    [InlineData(0, 0UL)]                                            // version: never written
    [InlineData(0, 1UL)]                                            // version: being written
    [InlineData(0, 4UL)]                                            // version: of another snapshot
    [InlineData(0, ulong.MaxValue)]
    [InlineData(8, 0UL)]                                            // market bytes
    [InlineData(8, 8UL)]
    [InlineData(8, 1UL << 20)]
    [InlineData(8, ulong.MaxValue)]
    [InlineData(16, 0UL)]                                           // checksum
    public void B15_a_damaged_slot_header_is_corrupt_and_never_read_beyond_the_slot(int field, ulong value)
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        Publish(publisher, 1);
        Overwrite(RegionAt + Geometry.SlotOffset(1) + field, BitConverter.GetBytes(value));
        Assert.Equal(SnapshotReadStatus.Corrupt, subscriber.TryRead(buffer));
        Assert.Equal(0UL, subscriber.Retries);
        Assert.False(buffer.HasSnapshot);
    }

    [Theory]
    [InlineData(2UL)]
    [InlineData(1UL << 63)]
    [InlineData(ulong.MaxValue)]
    public void B15_a_damaged_published_number_is_corrupt_until_the_next_snapshot(ulong value)
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        Publish(publisher, 1);
        Overwrite(PublishedAt, BitConverter.GetBytes(value));
        Assert.Equal(SnapshotReadStatus.Corrupt, subscriber.TryRead(buffer));
        Publish(publisher, 2);
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
        Assert.Equal(2UL, buffer.Runtime.PublishNumber);
    }

    [Fact]
    public void A_snapshot_under_the_wrong_number_is_corrupt()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Publish(publisher, 1);
        // Slot and header agree on 5, which lives in the same slot; the runtime section knows better.
        Overwrite(RegionAt + Geometry.SlotOffset(5), BitConverter.GetBytes(10UL));
        Overwrite(PublishedAt, BitConverter.GetBytes(5UL));
        Assert.Equal(SnapshotReadStatus.Corrupt, subscriber.TryRead(subscriber.CreateBuffer()));
    }

    [Fact]
    public void The_payload_of_a_slot_changes_only_while_its_version_is_odd()
    {
        using FeedPublisher publisher = Create();
        for (ulong pattern = 1; pattern <= 5; pattern++) Publish(publisher, pattern);
        byte[] before = Payload();
        var steps = new List<(ulong Version, bool IsAsBefore)>();
        publisher.BeforeStep = step =>
        {
            if (step is WriterStep.BeforeOdd or WriterStep.AfterOdd or WriterStep.MidPayload) steps.Add((WordAt(RegionAt + Geometry.SlotOffset(6)), Payload().SequenceEqual(before)));
        };
        Publish(publisher, 6);
        Assert.Equal([(4, true), (11, true), (11, false)], steps);

        byte[] Payload() => File.ReadAllBytes(FeedPath).AsSpan((int)(RegionAt + Geometry.PayloadOffset(6)), Geometry.PayloadCapacity).ToArray();
    }

    // Offset in the head of the section, the count to put there; the checksum is made to fit.
    [Theory]
    [InlineData(nameof(MarketSection.StrikeCount), 1U)]
    [InlineData(nameof(MarketSection.ExpiryCount), 1U)]
    [InlineData(nameof(MarketSection.StrikeCount), 1U << 28)]       // times 144 it is a multiple of 2^32
    [InlineData(nameof(MarketSection.StrikeCount), uint.MaxValue)]
    public void A_snapshot_whose_counts_do_not_fit_its_length_is_corrupt(string field, uint count)
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        publisher.Publish(new byte[MarketView.SizeOf(0, 0)], default);
        Overwrite(RegionAt + Geometry.PayloadOffset(1) + (int)Marshal.OffsetOf<MarketSection>(field), BitConverter.GetBytes(count));
        MendChecksum(1, MarketView.SizeOf(0, 0));
        Assert.Equal(SnapshotReadStatus.Corrupt, subscriber.TryRead(subscriber.CreateBuffer()));
        var market = new byte[MarketView.SizeOf(0, 0)];
        BitConverter.TryWriteBytes(market.AsSpan((int)Marshal.OffsetOf<MarketSection>(field)), count);
        Assert.Throws<ArgumentException>(() => publisher.Publish(market, default));
    }

    // The checksum of no bytes at all is 0.
    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL << 20)]
    [InlineData(ulong.MaxValue)]
    public void A_length_that_does_not_fit_is_corrupt_whatever_the_checksum(ulong marketBytes)
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Publish(publisher, 1);
        Overwrite(RegionAt + Geometry.SlotOffset(1) + 8, BitConverter.GetBytes(marketBytes));
        Overwrite(RegionAt + Geometry.SlotOffset(1) + 16, BitConverter.GetBytes(0UL));
        Assert.Equal(SnapshotReadStatus.Corrupt, subscriber.TryRead(subscriber.CreateBuffer()));
    }

    // The next snapshot in the slot that the reader is copying.
    private static void Overtake(FeedPublisher publisher)
    {
        for (int i = 0; i < Geometry.Slots; i++) Publish(publisher, publisher.PublishNumber + 1);
    }

    private void MendChecksum(ulong number, int marketBytes)
    {
        ReadOnlySpan<byte> payload = File.ReadAllBytes(FeedPath).AsSpan((int)(RegionAt + Geometry.PayloadOffset(number)), marketBytes + RuntimeSection.SizeInBytes);
        Overwrite(RegionAt + Geometry.SlotOffset(number) + 16, BitConverter.GetBytes((ulong)Crc32.HashToUInt32(payload)));
    }

    private ulong WordAt(long offset) => BitConverter.ToUInt64(File.ReadAllBytes(FeedPath), (int)offset);

    private void Overwrite(long offset, byte[] bytes)
    {
        using FileStream file = new(FeedPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = offset;
        file.Write(bytes);
    }
}
