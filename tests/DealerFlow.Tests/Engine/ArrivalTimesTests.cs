using DealerFlow.Engine;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class ArrivalTimesTests
{
    [Fact]
    public void Every_message_counts_with_the_time_since_its_batch_came()
    {
        long now = 1_000;
        using var arrivals = new ArrivalTimes(16, 2, () => now);
        arrivals.Note(10);
        now = 3_000;
        arrivals.Note(15);
        now = 11_000;
        LatencySection first = default, second = default;
        arrivals.Measure(0, 4, ref first);
        Assert.Equal((4ul, 10_000L), (first.Messages, first.MaxNanos));
        now = 21_000;
        arrivals.Measure(0, 15, ref first);
        // Four after 10 us, six after 20 and five after 18.
        Assert.Equal((15ul, 20_000L, 4ul, 11ul), (first.Messages, first.MaxNanos, first.Counts[5], first.Counts[6]));
        arrivals.Measure(1, 15, ref second);
        Assert.Equal((15ul, 15ul), (second.Messages, second.Counts[6]));
    }

    [Fact]
    public void However_full_the_ring_is_there_is_room_for_a_stamp_and_every_message_counts_once()
    {
        const int Capacity = 8;
        var random = new Random(5);
        long now = 0, published = 0, released = 0;
        using var arrivals = new ArrivalTimes(Capacity, 1, () => now);
        var came = new List<long>();
        LatencySection latency = default;
        long longest = 0;
        for (int round = 0; round < 20_000; round++)
        {
            now += random.Next(1, 1_000);
            int room = Capacity - (int)(published - released), queued = (int)(published - released);
            if (room > 0 && random.Next(2) == 0)
            {
                int count = random.Next(3) == 0 ? random.Next(1, room + 1) : 1;
                published += count;
                came.AddRange(Enumerable.Repeat(now, count));
                arrivals.Note(published);
            }
            else if (queued > 0)
            {
                int count = random.Next(1, queued + 1);
                longest = Math.Max(longest, now - came[(int)released]);
                released += count;
                arrivals.Measure(0, released, ref latency);
            }
            Assert.Equal((ulong)released, latency.Messages);
        }
        Assert.Equal(longest, latency.MaxNanos);
    }
}
