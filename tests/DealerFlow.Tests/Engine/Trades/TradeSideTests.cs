using DealerFlow.Engine;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class TradeSideTests
{
    // METHODOLOGY, section 5: "quote rule on the national best quote prevailing before the trade (above mid = buy, below = sell; at mid =
    // tick test against the latest earlier trade of the same series at another price, none: unclassified). Trades outside a valid
    // two-sided quote, late or complex-order prints are unclassified."
    //                                                                price  bid  ask  flags                 last prior side
    public static TheoryData<int, int, int, TickFlags, int, int, int> Rule => new()
    {
        { 110, 100, 110, TickFlags.None, 0, 0, +1 },                       // at the ask: above the middle
        { 106, 100, 110, TickFlags.None, 0, 0, +1 },                       // above the middle
        { 104, 100, 110, TickFlags.None, 0, 0, -1 },                       // below the middle
        { 100, 100, 110, TickFlags.None, 0, 0, -1 },                       // at the bid: below the middle
        { 105, 100, 111, TickFlags.None, 0, 0, -1 },                       // half a unit below a middle between two prices
        { 106, 100, 111, TickFlags.None, 0, 0, +1 },                       // half a unit above it
        { 106, 100, 110, TickFlags.None, 120, 90, +1 },                    // the quote rule decides before the tick test is asked
        { 105, 100, 110, TickFlags.None, 104, 0, +1 },                     // at the middle: up from the latest trade
        { 105, 100, 110, TickFlags.None, 106, 0, -1 },                     // at the middle: down from it
        { 105, 100, 110, TickFlags.None, 105, 104, +1 },                   // the latest trade at another price, not the latest trade
        { 105, 100, 110, TickFlags.None, 105, 106, -1 },
        { 105, 100, 110, TickFlags.None, 105, 0, 0 },                      // none at another price: unclassified
        { 105, 100, 110, TickFlags.None, 0, 0, 0 },                        // none at all: unclassified
        { 111, 100, 110, TickFlags.None, 105, 104, 0 },                    // outside, above
        { 99, 100, 110, TickFlags.None, 105, 104, 0 },                     // outside, below
        { 105, 0, 110, TickFlags.None, 104, 0, 0 },                        // no bid: not two-sided
        { 105, 100, 0, TickFlags.None, 104, 0, 0 },                        // no ask: not two-sided
        { 105, 0, 0, TickFlags.None, 104, 0, 0 },                          // no quote
        { 105, 110, 100, TickFlags.None, 104, 0, 0 },                      // crossed: not valid
        { 105, NodeSideColumns.Stale, NodeSideColumns.Stale, TickFlags.None, 104, 0, 0 },   // from before a gap or a silence
        { 105, 105, 105, TickFlags.None, 104, 0, +1 },                     // locked: it is the middle
        { 105, 105, 105, TickFlags.None, 0, 0, 0 },
        { 110, 100, 110, TickFlags.Late, 0, 0, 0 },                        // late
        { 110, 100, 110, TickFlags.Complex, 0, 0, 0 },                     // leg of a complex order
        { 110, 100, 110, TickFlags.Late | TickFlags.Complex, 0, 0, 0 },
        { 110, 100, 110, TickFlags.HiddenSeller, 0, 0, +1 },               // what only a synthetic market knows is not looked at
        { 100, 100, 110, TickFlags.HiddenBuyer, 0, 0, -1 },
        { int.MaxValue, 1, int.MaxValue, TickFlags.None, 0, 0, +1 },       // twice a price needs more than 32 bits
        { int.MaxValue - 1, int.MaxValue - 2, int.MaxValue, TickFlags.None, 1, 0, +1 },
        { 0, 0, 110, TickFlags.None, 5, 0, 0 },                            // a price of zero is no bid's
    };

    [Theory, MemberData(nameof(Rule))]
    public void A_side_is_what_the_rule_says(int price, int bid, int ask, TickFlags flags, int last, int prior, int side) =>
        Assert.Equal(side, TradeSide.Of(price, bid, ask, flags, last, prior));

    [Fact]
    public void Seen_in_a_mirror_every_side_is_the_other_one()
    {
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++)
        {
            (int bid, int ask) = (random.Next(1, 50), random.Next(1, 50));
            (int price, int last, int prior) = (random.Next(1, 50), random.Next(1, 50), random.Next(1, 50));
            int side = TradeSide.Of(price, bid, ask, TickFlags.None, last, prior);
            Assert.Equal(-side, TradeSide.Of(50 - price, 50 - ask, 50 - bid, TickFlags.None, 50 - last, 50 - prior));
        }
    }
}
