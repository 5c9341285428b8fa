using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

public class LaneDispatchTests
{
    [Theory]
    [InlineData("1", LaneWidth.One)]
    [InlineData("2", LaneWidth.Two)]
    [InlineData(" 4 ", LaneWidth.Four)]
    [InlineData("8", LaneWidth.Eight)]
    public void The_environment_can_force_a_width(string value, LaneWidth width) => Assert.Equal(width, LaneDispatch.Choose(value));

    [Theory]
    [InlineData("3")]
    [InlineData("16")]
    [InlineData("wide")]
    public void Any_other_value_is_an_error_that_says_what_to_do(string value)
    {
        var error = Assert.Throws<InvalidOperationException>(() => LaneDispatch.Choose(value));
        Assert.Contains(LaneDispatch.OverrideVariable, error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_choice_is_never_wider_than_the_hardware()
    {
        LaneWidth chosen = LaneDispatch.Choose(null);
        if (!Vector512.IsHardwareAccelerated) Assert.True(chosen < LaneWidth.Eight);
        if (!Vector256.IsHardwareAccelerated || !Fma.IsSupported) Assert.True(chosen < LaneWidth.Four);
        Assert.Equal(chosen, LaneDispatch.Choose(""));
    }

    [Fact]
    public void A_width_that_does_not_exist_is_refused_by_name()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => GammaProfile.Sum((LaneWidth)3, 0, new double[8], new double[8], new double[8]));
        Assert.Contains("Lane width 3", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 8)]
    [InlineData(8, 8)]
    [InlineData(9, 16)]
    public void Columns_are_padded_to_the_widest_lane(int count, int length) => Assert.Equal(length, Columns.PaddedLength(count));

    [Fact]
    public void An_unpadded_column_is_refused_with_its_name()
    {
        var error = Assert.Throws<ArgumentException>(() => GammaProfile.Sum(LaneWidth.One, 0, new double[8], new double[8], new double[16]));
        Assert.Contains("'weight' has 16 rows", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => GammaProfile.Sum(LaneWidth.One, 0, new double[4], new double[4], new double[4]));
    }
}
