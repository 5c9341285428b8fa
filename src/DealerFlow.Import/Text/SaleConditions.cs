using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>
/// What the condition of a print says of its side, in the two numberings that vendors use: that of NxCore (ThetaData, Cboe DataShop) and
/// that of Polygon. Both stand for the letters of the options tape.
/// </summary>
internal static class SaleConditions
{
    /// <summary>
    /// NxCore's numbers. 40 to 44 take a print back; 2 out of sequence, 5 to 7 late reports of the opening, 13 sold last: late; 35 to 38
    /// spread, straddle, buy-write and combination, 130 to 143 legs of a package of options or of options and stock.
    /// </summary>
    public static TickFlags OfNxCore(long condition) => condition switch
    {
        >= 40 and <= 44 => TickFlags.Cancel,
        2 or (>= 5 and <= 7) or 13 => TickFlags.Late,
        (>= 35 and <= 38) or (>= 130 and <= 143) => TickFlags.Complex,
        _ => TickFlags.None,
    };

    /// <summary>
    /// Polygon's numbers. 201, 203, 205 and 207 take a print back; 202, 204, 206 and 208 are late; 232 to 246 are legs of a package of
    /// options or of options and stock.
    /// </summary>
    public static TickFlags OfPolygon(long condition) => condition switch
    {
        201 or 203 or 205 or 207 => TickFlags.Cancel,
        202 or 204 or 206 or 208 => TickFlags.Late,
        >= 232 and <= 246 => TickFlags.Complex,
        _ => TickFlags.None,
    };
}
