using DealerFlow.Cli.Synth;
using Xunit;

namespace DealerFlow.Tests;

public sealed class SpotPathTests
{
    private const int Minute = 60_000;

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public void Jumps_make_the_tails_of_returns_heavy(ulong seed)
    {
        double[] returns = Returns(seed, 5 * Minute);
        double variance = returns.Average(value => value * value);
        double kurtosis = returns.Average(value => value * value * value * value) / (variance * variance);

        // A diffusion of constant volatility has 3 and, in 300,000 steps, nothing beyond 6 deviations.
        Assert.True(kurtosis > 50, $"kurtosis {kurtosis}");
        Assert.True(returns.Max(Math.Abs) > 15 * Math.Sqrt(variance));
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public void Volatility_comes_in_bursts(ulong seed)
    {
        double[] perSecond = [.. Returns(seed, 5 * Minute).Chunk(1000).Select(RobustVolatility)];
        double median = perSecond.Order().ElementAt(perSecond.Length / 2);

        Assert.True(perSecond.Max() > 2.5 * median, $"{perSecond.Max()} against {median}");

        // A loud second is followed by a loud second.
        double mean = perSecond.Average();
        double covariance = perSecond.Skip(1).Zip(perSecond, (later, earlier) => (later - mean) * (earlier - mean)).Average();
        Assert.True(covariance > 0.3 * perSecond.Average(value => (value - mean) * (value - mean)));
    }

    [Fact]
    public void A_day_stays_within_what_days_do()
    {
        double[] ends = [.. Enumerable.Range(1, 8).Select(seed => Returns((ulong)seed, 10 * Minute).Sum())];

        Assert.All(ends, end => Assert.InRange(end, -0.02, 0.02));
        Assert.True(ends.Max(Math.Abs) > 2e-4);
    }

    [Fact]
    public void Implied_volatility_rises_when_spot_falls_and_spreads_widen_in_bursts()
    {
        var path = new SpotPath(1, 6800);
        double widest = 1;
        for (int step = 0; step < 5 * Minute; step++)
        {
            path.Step();
            widest = Math.Max(widest, path.SpreadFactor);
            if (path.SpreadFactor < 1.02 && Math.Abs(path.Spot / 6800 - 1) > 1e-3) Assert.Equal(path.Spot < 6800, path.Level > 0);
        }
        Assert.InRange(widest, 1.3, 6);
    }

    // Median size of the moves: one jump does not count.
    private static double RobustVolatility(double[] returns) => returns.Select(Math.Abs).Order().ElementAt(returns.Length / 2);

    private static double[] Returns(ulong seed, int steps)
    {
        var path = new SpotPath(seed, 6800);
        var returns = new double[steps];
        double last = path.Spot;
        for (int step = 0; step < steps; step++)
        {
            path.Step();
            returns[step] = Math.Log(path.Spot / last);
            last = path.Spot;
        }
        return returns;
    }
}
