using System.IO.Hashing;
using System.Runtime.InteropServices;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class FeedRoundTripTests : FeedFixture
{
    [Fact]
    public void A_snapshot_is_read_as_it_was_published()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        byte[] market = MarketOf(37);
        var ledger = new Ledger { In = 10, Applied = 6, Conflated = 1, Dropped = 1, Queued = 1 };
        ledger.Rejected[(int)Rejection.BadPrice] = 1;

        publisher.Publish(market, new RuntimeSection { Ledger = ledger, TicksPerSecond = 1.5e6 });

        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
        Assert.Equal(market, buffer.MarketBytes);
        Assert.Equal(37UL, buffer.Market.Head.EventSequence);
        Assert.Equal(37 % (Strikes + 1), buffer.Market.Strikes.Length);
        Assert.Equal(37 % (Expiries + 1), buffer.Market.Expiries.Length);
        RuntimeSection runtime = buffer.Runtime;
        Assert.Equal(1UL, runtime.Epoch);
        Assert.Equal(1UL, runtime.PublishNumber);
        Assert.Equal(Clock.Monotonic, runtime.PublishMonotonicNanos);
        Assert.Equal(Clock.Utc, runtime.PublishUtcNanos);
        Assert.Equal(1.5e6, runtime.TicksPerSecond);
        Assert.True(BytesOf(in ledger).SequenceEqual(BytesOf(in runtime.Ledger)));
        Assert.True(runtime.Ledger.Balances);
    }

    [Fact]
    public void Every_size_up_to_the_capacity_goes_through()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        var scratch = new byte[MarketView.SizeOf(Strikes, Expiries)];
        for (ulong pattern = 1; pattern <= (Strikes + 1) * (Expiries + 1); pattern++)
        {
            Publish(publisher, pattern);
            Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
            Assert.Equal(pattern, buffer.Runtime.PublishNumber);
            Assert.Equal(pattern, subscriber.PublishNumber);
            AssertWhole(buffer, scratch);
        }
    }

    [Fact]
    public void The_file_can_be_read_by_its_documented_offsets_alone()
    {
        using FeedPublisher publisher = Create();
        for (ulong pattern = 1; pattern <= 7; pattern++) Publish(publisher, pattern);

        byte[] file = File.ReadAllBytes(FeedPath);
        ulong At(int offset) => BitConverter.ToUInt64(file, offset);
        int entry = (int)At(40);
        int slot = (int)(At(entry + 16) + (At(entry + 256) % At(entry + 32) * At(entry + 40)));
        int marketBytes = (int)At(slot + 8);
        ReadOnlySpan<byte> payload = file.AsSpan(slot + 128, marketBytes + RuntimeSection.SizeInBytes);
        Assert.Equal((1UL, 512UL, 7UL), (At(56), At(48), At(entry + 256)));
        Assert.Equal(14UL, At(slot));
        Assert.Equal((ulong)file.Length, At(32));
        Assert.Equal(MarketOf(7), payload[..marketBytes]);
        Assert.Equal(Crc32.HashToUInt32(payload), At(slot + 16));
        Assert.Equal(7UL, BitConverter.ToUInt64(payload[(marketBytes + 8)..]));
    }

    [Fact]
    public void A_reader_of_an_empty_feed_is_told_so()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.NothingPublished, subscriber.TryRead(buffer));
        Assert.False(buffer.HasSnapshot);
        Assert.True(buffer.MarketBytes.IsEmpty);
        Assert.Throws<InvalidOperationException>(() => buffer.Market.Head.Spot);
        Assert.Throws<InvalidOperationException>(() => buffer.Runtime.Epoch);
    }

    [Theory]
    [InlineData(Strikes + 1, Expiries)]
    [InlineData(Strikes, Expiries + 1)]
    public void A_snapshot_with_too_many_rows_is_refused_and_nothing_is_written(int strikes, int expiries)
    {
        using FeedPublisher publisher = Create();
        Publish(publisher, 1);
        byte[] before = File.ReadAllBytes(FeedPath);

        var market = new byte[MarketView.SizeOf(strikes, expiries)];
        ref MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(market.AsSpan());
        head.StrikeCount = (uint)strikes;
        head.ExpiryCount = (uint)expiries;
        FeedException error = Assert.Throws<FeedException>(() => publisher.Publish(market, default));

        Assert.Equal(FeedError.CapacityExceeded, error.Error);
        Assert.Contains($"{strikes} strikes and {expiries} expiries", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(FeedPath));
        Assert.Equal(1UL, publisher.PublishNumber);
    }

    [Fact]
    public void Bytes_that_are_no_market_section_are_refused_and_nothing_is_written()
    {
        using FeedPublisher publisher = Create();
        byte[] before = File.ReadAllBytes(FeedPath);
        Assert.Throws<ArgumentException>(() => publisher.Publish(MarketOf(5).AsSpan()[..^8], default));
        Assert.Equal(before, File.ReadAllBytes(FeedPath));
    }

    [Fact]
    public void A_buffer_of_a_smaller_feed_is_refused()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Assert.Throws<ArgumentException>(() => subscriber.TryRead(new SnapshotBuffer(1, 1)));
    }

    [Fact]
    public void Publishing_and_reading_allocate_nothing()
    {
        using FeedPublisher publisher = FeedPublisher.Create(Directory, Name, Strikes, Expiries);    // with the kernel's clocks
        using FeedSubscriber subscriber = FeedSubscriber.Open(Directory, Name);
        AssertNoAllocation(publisher, subscriber, nanosPerRound: 0);
    }

    [Fact]
    public void Looking_after_the_name_once_a_second_allocates_nothing()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        AssertNoAllocation(publisher, subscriber, nanosPerRound: UnixNanos.PerSecond);
    }

    [Fact]
    public void A_closed_publisher_publishes_nothing_more()
    {
        FeedPublisher publisher = Create();
        publisher.Close();
        publisher.Close();
        Assert.Throws<ObjectDisposedException>(() => Publish(publisher, 1));
        Assert.Throws<ObjectDisposedException>(() => publisher.Heartbeat(1, 1));
        Clock.Advance(UnixNanos.PerSecond);                         // when it would look after its name
        Assert.Throws<ObjectDisposedException>(() => publisher.Heartbeat(1, 1));
    }

    private void AssertNoAllocation(FeedPublisher publisher, FeedSubscriber subscriber, long nanosPerRound)
    {
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        byte[] market = MarketOf(24);
        Ledger ledger = LedgerOf(24);
        int failures = 0;
        Cycle(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Cycle(10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, failures);

        void Cycle(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                Clock.Advance(nanosPerRound);
                publisher.Publish(market, new RuntimeSection { Ledger = ledger });
                publisher.Heartbeat(24, 0);
                if (subscriber.TryRead(buffer) != SnapshotReadStatus.Ok) failures++;
                if (subscriber.State() is not (FeedState.Live or FeedState.Idle)) failures++;
                if (buffer.Market.Strikes.Length != 24 || buffer.Runtime.PublishNumber != publisher.PublishNumber) failures++;
            }
        }
    }

    private static ReadOnlySpan<byte> BytesOf(in Ledger ledger) => MemoryMarshal.AsBytes(new ReadOnlySpan<Ledger>(in ledger));
}
