using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>Who came to the market: told from the national best quote that prevailed before the print (METHODOLOGY: trade side).</summary>
internal static class TradeSide
{
    /// <summary>
    /// +1 when a buyer lifted, −1 when a seller hit, 0 when it cannot be told: no valid two-sided quote, a price outside of it, a late or
    /// complex-order print, or a price at the middle that no earlier trade compares with.
    /// </summary>
    /// <param name="price">Of the print, in the price scale of bid and ask.</param>
    /// <param name="bid">National best bid before the print.</param>
    /// <param name="ask">National best ask before the print.</param>
    /// <param name="flags">What the print says of itself.</param>
    /// <param name="last">Price of the latest earlier trade of the series; 0 = none.</param>
    /// <param name="prior">Price of the latest earlier trade at another price than <paramref name="last"/>; 0 = none.</param>
    public static int Of(int price, int bid, int ask, TickFlags flags, int last, int prior)
    {
        if ((flags & (TickFlags.Late | TickFlags.Complex)) != 0) return 0;
        if (bid <= 0 || ask < bid || price < bid || price > ask) return 0;
        long fromMiddle = (2L * price) - bid - ask;
        if (fromMiddle != 0) return Math.Sign(fromMiddle);
        int compared = last != price ? last : prior;
        return compared == 0 ? 0 : Math.Sign(price.CompareTo(compared));
    }
}
