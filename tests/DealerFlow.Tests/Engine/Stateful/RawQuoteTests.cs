using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class RawQuoteTests(ITestOutputHelper output)
{
    // A hundred thousand events together.
    [Theory]
    [InlineData(401, 60_000, ForwardMode.Carry, 1_000_000)]
    [InlineData(402, 20_000, ForwardMode.Carry, 1_000_000_000)]
    [InlineData(403, 20_000, ForwardMode.Parity, 100_000_000)]
    public void Every_w_is_the_one_that_bisection_finds_for_the_last_raw_quote(int seed, int events, ForwardMode mode, long markInterval)
    {
        StatefulSetting setting = new(seed, events, 20);
        setting = setting with
        {
            StrikesPerExpiry = 9,
            Start = new TimeOnly(15, 58, 30),
            Options = setting.Options with { ForwardMode = mode, MarkIntervalNanos = markInterval },
        };
        RawQuoteRun run = new RawQuoteRun(setting).Run();
        output.WriteLine($"{run.Compared} comparisons, {run.Solved} inversions by bisection, the worst at {run.Worst:0.00} of what is allowed");
        Assert.True(run.Compared > events / 4 && run.Solved > events / 20);
    }

    [Fact]
    public void The_price_by_quadrature_is_that_of_the_wide_numbers()
    {
        foreach (double w in (double[])[1e-4, 0.003, 0.02, 0.3, 2])
        {
            foreach (double z in (double[])[0, 0.01, 0.5, 2, 6])
            {
                double forward = 5000, strike = Math.Round(forward * Math.Exp(z * w), 3), h = Math.Log(strike / forward);
                double price = forward * BisectedDeviation.Price(h, w);
                // ln K/F of the doubles, so that only the quadrature is left; its rounding is worth 2e-16/w relative in h/w.
                double error = new WideBlack(forward, forward, strike, 1, 1, w, isCall: true).Error(0, price);
                Assert.True(error < 2e-14 + (4e-16 * (1 + z) / w), $"w {w}, z {z}: {error}");
            }
        }
    }
}
