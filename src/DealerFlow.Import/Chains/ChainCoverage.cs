using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// Whether a chain looks whole. The site also gives single months, single expiries and ten strikes about the spot: their total is not
/// the underlying's, and whoever prints it should say so.
/// </summary>
public static class ChainCoverage
{
    /// <summary>Where weekly options exist the first live expiry is within a week; a long weekend makes it longer.</summary>
    public const int MaxDaysToFirstExpiry = 10;

    /// <summary>The listing cycle of every class reaches at least a quarter ahead.</summary>
    public const int MinDaysToLastExpiry = 60;

    /// <summary>Strikes of the first live expiry that are narrower about the spot than this miss open interest that counts.</summary>
    public const double MinStrikeReach = 0.05;

    /// <summary>Why the chain may be only a part, as sentences; empty when nothing says so.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="asOfNanos">When it was taken, UTC nanoseconds since the Unix epoch.</param>
    /// <param name="spot">Price of the underlying, currency; null leaves the strikes unexamined.</param>
    public static IReadOnlyList<string> SignsOfAPart(OptionChain chain, long asOfNanos, double? spot)
    {
        ArgumentNullException.ThrowIfNull(chain);
        DateOnly today = NewYorkTime.DateOf(asOfNanos);
        DateOnly first = DateOnly.MaxValue;
        foreach (ChainContract contract in chain.Contracts)
            if (contract.SettlementNanos > asOfNanos && contract.Expiry < first) first = contract.Expiry;
        if (first == DateOnly.MaxValue) return ["every contract of the chain has settled."];

        var signs = new List<string>();
        int daysToFirst = first.DayNumber - today.DayNumber;
        if (daysToFirst > MaxDaysToFirstExpiry)
            signs.Add($"the first live expiry, {first:yyyy-MM-dd}, is {daysToFirst} days away: nearer ones may be missing.");
        int daysToLast = chain.LastExpiry.DayNumber - today.DayNumber;
        if (daysToLast < MinDaysToLastExpiry)
            signs.Add($"the last expiry, {chain.LastExpiry:yyyy-MM-dd}, is only {daysToLast} days away: later ones may be missing.");
        if (spot is double price) AddStrikeSign(chain, first, price, signs);
        return signs;
    }

    private static void AddStrikeSign(OptionChain chain, DateOnly first, double spot, List<string> signs)
    {
        double lowest = double.MaxValue, highest = 0;
        foreach (ChainContract contract in chain.Contracts)
        {
            if (contract.Expiry != first) continue;
            lowest = Math.Min(lowest, contract.Strike);
            highest = Math.Max(highest, contract.Strike);
        }
        if (lowest > spot * (1 - MinStrikeReach) || highest < spot * (1 + MinStrikeReach))
            signs.Add($"the strikes of {first:yyyy-MM-dd} reach from {lowest} to {highest}, less than 5 % either side of {spot}.");
    }
}
