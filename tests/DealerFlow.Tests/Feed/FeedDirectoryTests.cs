using System.Diagnostics;
using CsCheck;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class FeedDirectoryTests
{
    [Theory]
    [InlineData("spx")]
    [InlineData("0")]
    [InlineData("SPX-0dte_v1.2")]
    [InlineData("a..b")]
    [InlineData("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg")]
    public void Names_of_letters_digits_and_three_marks_are_valid(string name) => Assert.True(FeedDirectory.IsValidName(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("-rf")]
    [InlineData("_x")]
    [InlineData("a/b")]
    [InlineData("a\0")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("é")]
    [InlineData("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg")]
    public void K6_other_names_are_refused_everywhere(string? name)
    {
        Assert.False(FeedDirectory.IsValidName(name));
        if (!OperatingSystem.IsLinux()) return;
        Assert.Equal(FeedError.InvalidName, Assert.Throws<FeedException>(() => FeedSubscriber.Open("/nowhere", name!)).Error);
        Assert.Equal(FeedError.InvalidName, Assert.Throws<FeedException>(() => FeedPublisher.Create("/nowhere", name!, 1, 1)).Error);
    }

    [Fact]
    public void K6_a_valid_name_never_leaves_the_directory() => Gen.String[Gen.Char["abZ09._-/\\ \0~"], 0, 70].Sample(name =>
        !FeedDirectory.IsValidName(name) || Path.GetFullPath(FeedDirectory.PathOf("/feeds", name)) == $"/feeds/{name}.feed");

    [Fact]
    public void The_kernels_clocks_are_the_ones_that_the_framework_reads()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("The shared-memory feed needs Linux.");
        long before = Stopwatch.GetTimestamp();                     // CLOCK_MONOTONIC, ns, on Linux
        long between = FeedClock.System.MonotonicNanos;
        Assert.InRange(between, before, Stopwatch.GetTimestamp());

        long earlier = UnixNanos.FromUtc(DateTime.UtcNow);
        long utc = FeedClock.System.UtcNanos;
        Assert.InRange(utc, earlier, UnixNanos.FromUtc(DateTime.UtcNow) + 100);
    }
}
