using Xunit;

namespace DealerFlow.Tests;

/// <summary>
/// What each barrier around epoch, heartbeat, progress and state is for. x86-64 keeps stores among stores and loads among loads in their order,
/// so no test of the running code could show it there.
/// </summary>
public class FeedLifeModelTests
{
    [Fact]
    public void With_all_barriers_no_order_tells_a_state_that_is_not()
    {
        FeedLifeModel model = new FeedLifeModel(LifeBarriers.All).Explore();
        Assert.True(model.CanBeLive);
        Assert.Equal(WrongTales.None, model.Wrong);
    }

    [Theory]
    [InlineData(LifeBarriers.HeartbeatReleases, WrongTales.LiveBeforePublished | WrongTales.Idle)]
    [InlineData(LifeBarriers.StateReleases, WrongTales.Stalled)]
    [InlineData(LifeBarriers.PublishedEpochReleases, WrongTales.LiveWithoutSnapshot)]
    [InlineData(LifeBarriers.ClosedReleases, WrongTales.ClosedWithoutSnapshot)]
    [InlineData(LifeBarriers.StateAcquires, WrongTales.Stalled | WrongTales.ClosedWithoutSnapshot)]
    [InlineData(LifeBarriers.HeartbeatAcquires, WrongTales.LiveBeforePublished | WrongTales.Idle)]
    [InlineData(LifeBarriers.PublishedEpochAcquires, WrongTales.LiveWithoutSnapshot)]
    internal void Without_one_barrier_some_order_tells_a_state_that_is_not(LifeBarriers without, WrongTales tales)
    {
        FeedLifeModel model = new FeedLifeModel(LifeBarriers.All & ~without).Explore();
        Assert.Equal(tales, model.Wrong);
    }
}
