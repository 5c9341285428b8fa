using System.Globalization;
using CsCheck;
using DealerFlow.Import;
using Xunit;

namespace DealerFlow.Tests;

public class ChainNumberTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("4697.2402", 4697.2402)]
    [InlineData(".5", 0.5)]
    [InlineData("1e-4", 1e-4)]
    [InlineData("1,234", 1234)]
    [InlineData("12,345,678.25", 12345678.25)]
    [InlineData("-0", 0)]
    public void A_price_is_the_nearest_double_to_its_text(string text, double expected)
    {
        Assert.True(ChainNumber.TryPrice(text, out double value));
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("NaN")]
    [InlineData("-NaN")]
    [InlineData("Infinity")]
    [InlineData("∞")]
    [InlineData("1e999")]
    [InlineData("-0.01")]
    [InlineData("1,23")]
    [InlineData("1234,567")]
    [InlineData(",123")]
    [InlineData("1,234,")]
    [InlineData("1,,234")]
    [InlineData("1,2345")]
    [InlineData("1.234,56")]
    [InlineData("-1,234")]
    [InlineData("1,234e5")]
    [InlineData("1 234")]
    [InlineData("$5")]
    [InlineData("(5)")]
    [InlineData("1.2.3")]
    public void A_text_that_is_no_price_is_refused(string text) => Assert.False(ChainNumber.TryPrice(text, out _));

    [Theory]
    [InlineData("18", 18)]
    [InlineData("18.0", 18)]
    [InlineData("1,234,567", 1234567)]
    [InlineData("4294967295", 4294967295)]
    public void A_count_is_whole(string text, long expected)
    {
        Assert.True(ChainNumber.TryCount(text, uint.MaxValue, out long value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("4294967296")]
    [InlineData("18.5")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    [InlineData("")]
    [InlineData("NaN")]
    public void A_text_that_is_no_count_is_refused(string text) => Assert.False(ChainNumber.TryCount(text, uint.MaxValue, out _));

    [Fact]
    public void Grouped_and_plain_spelling_are_one_number() => Gen.Decimal[0, 1_000_000_000_000m].Sample(number =>
        ChainNumber.TryPrice(number.ToString("#,##0.00", CultureInfo.InvariantCulture), out double grouped)
        && ChainNumber.TryPrice(number.ToString("0.00", CultureInfo.InvariantCulture), out double plain)
        && grouped.Equals(plain));
}
