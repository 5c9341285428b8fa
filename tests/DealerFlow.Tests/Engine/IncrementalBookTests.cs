using System.Numerics;
using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class IncrementalBookTests
{
    // Marks a second apart leave most of the work to differences; marks a millisecond apart leave most to sweeps.
    [Theory]
    [InlineData(1, 1, 1_500, 100_000_000)]
    [InlineData(2, 7, 6_000, 1_000_000_000)]
    [InlineData(3, 7, 6_000, 1_000_000)]
    [InlineData(4, 1000, 60_000, 1_000_000)]
    [InlineData(5, 1000, 60_000, 1_000_000_000)]
    public void The_book_equals_a_full_recompute_bit_for_bit_after_every_K_events(int seed, int every, int events, long markInterval)
    {
        var market = new RandomMarket(seed);
        var options = new EngineOptions { MarkIntervalNanos = markInterval, Rate = 0.04, Dividend = 0.01 };
        var calculation = new Calculation(market.Definitions, 0, options);
        var sink = new CountingSink();
        calculation.Apply(market.Opening().ToArray(), ref sink);
        for (int done = 0; done < events; done += every)
        {
            calculation.Apply(market.Next(every, 2_000_000).ToArray(), ref sink);
            calculation.Flush();
            AssertEqual(calculation);
        }
        Assert.True(calculation.Work.Inversions > 100);
    }

    [Theory]
    [InlineData(PositionModel.ShortBoth)]
    [InlineData(PositionModel.Gross)]
    public void Every_position_model_is_exact(PositionModel model)
    {
        var market = new RandomMarket(11);
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions { Model = model, ForwardMode = ForwardMode.Carry });
        var sink = new CountingSink();
        calculation.Apply(market.Opening().ToArray(), ref sink);
        for (int i = 0; i < 50; i++)
        {
            calculation.Apply(market.Next(100, 500_000).ToArray(), ref sink);
            calculation.Flush();
            AssertEqual(calculation);
        }
    }

    internal static void AssertEqual(Calculation calculation)
    {
        FullRecompute recompute = calculation.Recompute();
        ExposureBook book = calculation.Book;
        NodeTable nodes = calculation.Nodes;
        long[] call = new long[nodes.StrikeCapacity], put = new long[nodes.StrikeCapacity];
        foreach (PositionModel model in Enum.GetValues<PositionModel>())
        {
            ModelRecompute full = recompute[model];
            ModelView view = nodes.Weights.View(model);
            foreach (ExpirySegment segment in nodes.Segments)
            {
                ExposureTotals totals = book.Expiry(view.Column, segment.Index).Of(view);
                Assert.Equal(
                    full.Expiry[segment.Index],
                    new BigTotals((BigInteger)totals.CallGex, (BigInteger)totals.PutGex, (BigInteger)totals.GrossGex, (BigInteger)totals.Dex, (BigInteger)totals.Vex, (BigInteger)totals.Chex));
            }
            calculation.Underlyings[0].SumStrikes();
            book.Strikes.Read(model, ExposureBucket.All, call, put);
            for (int i = 0; i < nodes.Strikes.Length; i++) Assert.Equal((full.StrikeCallGex[i], full.StrikePutGex[i]), (call[i], put[i]));
            book.Strikes.Read(model, ExposureBucket.ZeroDte, call, put);
            for (int i = 0; i < nodes.Strikes.Length; i++) Assert.Equal((full.ZeroDteCallGex[i], full.ZeroDtePutGex[i]), (call[i], put[i]));
        }
    }
}
