using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class FeedRaceTests : FeedFixture
{
    private const ulong Publications = 200_000;

    [Fact]
    public void Readers_that_race_a_writer_see_whole_snapshots_in_order()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber first = Open();
        using FeedSubscriber second = Open();
        Exception? failure = null;
        long reads = 0;
        Thread[] readers = [Reader(first), Reader(second)];
        foreach (Thread reader in readers) reader.Start();

        var market = new byte[MarketView.SizeOf(Strikes, Expiries)];
        for (ulong pattern = 1; pattern <= Publications; pattern++)
        {
            Ledger ledger = LedgerOf(pattern);
            publisher.Publish(market.AsSpan(0, Fill(market, pattern)), new RuntimeSection { Ledger = ledger, TicksPerSecond = pattern });
        }
        foreach (Thread reader in readers) reader.Join();

        Assert.Null(failure);
        Assert.True(reads >= 2, "Each reader has seen at least the last snapshot.");

        Thread Reader(FeedSubscriber subscriber) => new(() =>
        {
            try { Interlocked.Add(ref reads, ReadToTheLast(subscriber)); }
            catch (Exception error) { failure = error; }
        });
    }

    private static long ReadToTheLast(FeedSubscriber subscriber)
    {
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        var scratch = new byte[MarketView.SizeOf(Strikes, Expiries)];
        ulong last = 0;
        long reads = 0;
        while (last < Publications)
        {
            SnapshotReadStatus status = subscriber.TryRead(buffer);
            if (status is SnapshotReadStatus.Busy or SnapshotReadStatus.NothingPublished) continue;
            Assert.Equal(SnapshotReadStatus.Ok, status);
            reads++;
            ulong number = buffer.Runtime.PublishNumber;
            Assert.True(number >= last, $"Snapshot {number} came after {last}.");
            Assert.Equal(number, buffer.Market.Head.EventSequence);
            AssertWhole(buffer, scratch);
            last = number;
        }
        return reads;
    }
}
