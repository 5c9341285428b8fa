using Xunit;

namespace DealerFlow.Tests;

/// <summary>
/// What each barrier of the slot protocol is for: without it some order of stores and loads tears a copy, or makes a reader call a sound feed
/// damaged. x86-64 runs hardly any of these orders, so no test of the running code could show it there.
/// </summary>
public class SlotProtocolModelTests
{
    [Fact]
    public void With_all_barriers_no_order_tears_a_copy_or_accuses_a_sound_slot()
    {
        SlotProtocolModel model = new SlotProtocolModel(SlotBarriers.All).Explore();
        Assert.True(model.CanRead);
        Assert.False(model.CanBeTorn);
        Assert.False(model.CanAccuse);
        Assert.True(model.States > 1_000, $"only {model.States} states");
    }

    [Theory]
    [InlineData(SlotBarriers.OddReleases, false, true)]
    [InlineData(SlotBarriers.FenceAfterOdd, true, false)]
    [InlineData(SlotBarriers.PublishedReleases, false, true)]
    [InlineData(SlotBarriers.NumberAcquires, false, true)]
    [InlineData(SlotBarriers.VersionAcquires, false, true)]
    [InlineData(SlotBarriers.FenceBeforeSecondLook, true, false)]
    internal void Without_one_barrier_some_order_does(SlotBarriers without, bool tears, bool accuses)
    {
        SlotProtocolModel model = new SlotProtocolModel(SlotBarriers.All & ~without).Explore();
        Assert.Equal((tears, accuses), (model.CanBeTorn, model.CanAccuse));
    }

    // With every barrier in its place: who called every slot of another number damaged would accuse sound ones.
    [Fact]
    public void A_sound_slot_is_found_gone_so_the_number_is_looked_at_again()
    {
        SlotProtocolModel model = new SlotProtocolModel(SlotBarriers.All).Explore();
        Assert.True(model.CanBeGone);
        Assert.False(model.CanAccuse);
    }

    // A reader that begins with the number needs one of the two; who looks at a slot by itself needs the even version's.
    [Fact]
    public void The_release_of_the_even_version_backs_that_of_the_number_up()
    {
        SlotProtocolModel one = new SlotProtocolModel(SlotBarriers.All & ~SlotBarriers.EvenReleases).Explore();
        Assert.Equal((false, false), (one.CanBeTorn, one.CanAccuse));
        SlotProtocolModel neither = new SlotProtocolModel(SlotBarriers.All & ~SlotBarriers.EvenReleases & ~SlotBarriers.PublishedReleases).Explore();
        Assert.Equal((true, true), (neither.CanBeTorn, neither.CanAccuse));
    }
}
