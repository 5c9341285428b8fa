using CsCheck;
using DealerFlow.Cli.Synth;
using Xunit;

namespace DealerFlow.Tests;

public sealed class QuoteGridTests
{
    private static readonly int[] AllowedSpxPrices = [.. Enumerable.Range(0, 60).Select(i => 5 * i), .. Enumerable.Range(30, 1_000).Select(i => 10 * i)];

    [Theory]
    [InlineData(0.04, 0, 5)]
    [InlineData(0.05, 5, 5)]
    [InlineData(0.051, 5, 10)]
    [InlineData(2.96, 295, 300)]
    [InlineData(3.00, 300, 300)]
    [InlineData(3.01, 300, 310)]
    [InlineData(-0.5, 0, 5)]
    public void A_price_lies_between_its_neighbours_on_the_grid(double price, int below, int above)
    {
        Assert.Equal(below, QuoteGrid.Spx.Floor(price));
        Assert.Equal(above, QuoteGrid.Spx.Ceiling(price));
    }

    [Fact]
    public void Floor_and_ceiling_are_the_nearest_allowed_prices() => Gen.Double[0, 99].Sample(price =>
    {
        int below = AllowedSpxPrices.Last(cents => cents <= (price * 100) + 1e-6);
        int above = AllowedSpxPrices.First(cents => cents > 0 && cents >= (price * 100) - 1e-6);
        Assert.Equal((below, above), (QuoteGrid.Spx.Floor(price), QuoteGrid.Spx.Ceiling(price)));
    });

    [Fact]
    public void Steps_walk_through_every_allowed_price_and_back()
    {
        for (int i = 1; i < AllowedSpxPrices.Length; i++)
        {
            Assert.Equal(AllowedSpxPrices[i], QuoteGrid.Spx.Above(AllowedSpxPrices[i - 1]));
            Assert.Equal(AllowedSpxPrices[i - 1], QuoteGrid.Spx.Below(AllowedSpxPrices[i]));
            Assert.True(QuoteGrid.Spx.Contains(AllowedSpxPrices[i]));
        }
        Assert.Equal(0, QuoteGrid.Spx.Below(0));
        Assert.False(QuoteGrid.Spx.Contains(305));
        Assert.False(QuoteGrid.Spx.Contains(-5));
    }
}
