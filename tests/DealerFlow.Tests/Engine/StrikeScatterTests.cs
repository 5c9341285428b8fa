using DealerFlow.Engine;
using Xunit;

namespace DealerFlow.Tests;

public class StrikeScatterTests
{
    [Fact]
    public void Runs_of_strikes_and_gaps_between_them_add_what_one_by_one_adds()
    {
        var random = new Random(7);
        for (int round = 0; round < 500; round++)
        {
            int[] strike = [.. Enumerable.Range(0, 60).Where(_ => random.NextDouble() < 0.02 * round % 1.2)];
            long[] values = [.. strike.Select(_ => random.NextInt64(-1L << 60, 1L << 60)), 99, 99, 99, 99];
            uint[] counts = [.. strike.Select(_ => (uint)random.NextInt64(1L << 32)), 99, 99, 99, 99];
            long[] sums = [.. Enumerable.Range(0, 60).Select(i => (long)i)], counted = [.. sums], expected = [.. sums], expectedCounts = [.. sums];
            for (int i = 0; i < strike.Length; i++)
            {
                expected[strike[i]] += values[i];
                expectedCounts[strike[i]] += counts[i];
            }
            StrikeScatter.Add(strike, values, sums);
            StrikeScatter.Add(strike, counts, counted);
            Assert.Equal(expected, sums);
            Assert.Equal(expectedCounts, counted);
            Assert.Equal(values.Aggregate(0L, (sum, value) => unchecked(sum + value)), ExposureColumns.Sum(values));
        }
    }
}
