using DealerFlow.Memory;
using Xunit;

namespace DealerFlow.Tests;

public class TickRingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(24)]
    [InlineData(-8)]
    public void A_capacity_that_is_not_a_power_of_two_is_refused(int capacity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TickRing<long>(capacity));

    [Fact]
    public void A_full_ring_gives_no_room_until_the_consumer_releases()
    {
        using var ring = new TickRing<long>(8);
        Assert.Equal(8, ring.Claim(100).Length);
        ring.Publish(8);
        Assert.True(ring.Claim(1).IsEmpty);
        Assert.Equal(8, ring.Available().Length);
        ring.Release(3);
        Assert.Equal(3, ring.Claim(100).Length);
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(8, 5)]
    [InlineData(1024, 16)]
    [InlineData(1024, 300)]
    public void Every_record_crosses_once_whole_and_in_order(int capacity, int batch)
    {
        const long Records = 300_000;
        using var ring = new TickRing<Pair>(capacity);
        var producer = new Thread(() =>
        {
            long next = 0;
            while (next < Records)
            {
                Span<Pair> room = ring.Claim((int)Math.Min(batch, Records - next));
                for (int i = 0; i < room.Length; i++, next++) room[i] = new Pair(next, ~next);
                ring.Publish(room.Length);
                if (room.IsEmpty) Thread.Yield();
            }
            ring.Complete();
        });
        producer.Start();
        long expected = 0;
        while (true)
        {
            bool isLast = ring.IsCompleted;
            ReadOnlySpan<Pair> records = ring.Available();
            if (records.IsEmpty && isLast) break;
            foreach (ref readonly Pair record in records)
            {
                if (record.Value != expected || record.Complement != ~expected) Assert.Fail($"record {expected} arrived as {record}");
                expected++;
            }
            ring.Release(records.Length);
            if (records.IsEmpty) Thread.Yield();
        }
        producer.Join();
        Assert.Equal(Records, expected);
    }

    private readonly record struct Pair(long Value, long Complement);
}
