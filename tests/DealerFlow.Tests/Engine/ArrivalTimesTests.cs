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
        using var arrivals = new ArrivalTimes(2, () => now);
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
    public void Messages_that_find_no_room_for_a_stamp_are_told_with_the_time_of_the_first_of_them()
    {
        long now = 0;
        using var arrivals = new ArrivalTimes(1, () => now);
        LatencySection latency = default;
        const int Stamps = 4_096;
        for (int i = 1; i <= Stamps + 10; i++)
        {
            now = i * 1_000;
            arrivals.Note(i);
        }
        arrivals.Measure(0, Stamps + 10, ref latency);
        Assert.Equal((ulong)Stamps, latency.Messages);
        // The first that went without came at 4,097 us, the next stamp is made and looked at ten later.
        now += 1_000;
        arrivals.Note(Stamps + 11);
        LatencySection late = default;
        arrivals.Measure(0, Stamps + 11, ref late);
        Assert.Equal((11ul, 10_000L), (late.Messages, late.MaxNanos));
    }
}
