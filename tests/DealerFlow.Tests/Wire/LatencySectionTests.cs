using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class LatencySectionTests
{
    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0, 0)]
    [InlineData(511, 0)]
    [InlineData(512, 1)]
    [InlineData(1023, 1)]
    [InlineData(1024, 2)]
    [InlineData((1L << 29) - 1, 20)]
    [InlineData(1L << 29, 21)]
    [InlineData(long.MaxValue, 21)]
    public void A_latency_counts_in_the_bucket_that_the_format_says(long nanos, int bucket)
    {
        LatencySection latency = default;
        latency.Add(nanos, 3);
        Assert.Equal((3ul, 3ul, Math.Max(nanos, 0)), (latency.Messages, latency.Counts[bucket], latency.MaxNanos));
    }

    [Fact]
    public void A_percentile_is_the_end_of_its_bucket_and_no_longer_than_the_longest()
    {
        LatencySection latency = default;
        Assert.Equal(0, latency.Percentile(0.5));
        latency.Add(700, 50);
        latency.Add(5_000, 49);
        latency.Add(1_000_000, 1);
        Assert.Equal((1_024L, 8_192L, 1_000_000L), (latency.Percentile(0.5), latency.Percentile(0.99), latency.Percentile(1)));
        latency.Add(2L << 30, 1_000);
        Assert.Equal(2L << 30, latency.Percentile(0.99));
    }
}
