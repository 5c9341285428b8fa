using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>Quiet is not dead: a writer that waits for the next tick of its tape says so.</summary>
public sealed class QuietMarketTests : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void B17_a_writer_that_waits_for_its_clock_is_idle_and_not_stalled()
    {
        Tick[] ticks = [.. LittleMarket.Ticks(0.5), .. LittleMarket.Ticks(0.5, startSeconds: 120)];
        RunningProgram replay = _room.Start("replay", LittleMarket.WriteTape(_room.Path("gap.dftape"), ticks), "--speed", "1x");
        using FeedSubscriber feed = OpenFeeds.Open(_room, replay);
        Eventually.True(() => feed.State() is FeedState.Idle or FeedState.Stalled, "the end of the first half second", replay);
        Assert.Equal(FeedState.Idle, feed.State());
    }
}
