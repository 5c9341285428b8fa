namespace DealerFlow.Wire;

/// <summary>The session's trades of one bucket, or of all four together.</summary>
/// <param name="Flow">Hedging flow on the money grid, + = dealers must buy.</param>
/// <param name="Traded">Contracts.</param>
/// <param name="Unclassified">Of those, contracts whose side could not be told: in no flow.</param>
/// <param name="Unpriced">Contracts that were signed but had no delta: in no flow.</param>
public readonly record struct TradeSums(long Flow, long Traded, long Unclassified, long Unpriced)
{
    /// <summary>All four buckets together.</summary>
    public static TradeSums Of(in TradeFlowSection trades)
    {
        TradeSums total = default;
        foreach (TradeBucket bucket in Enum.GetValues<TradeBucket>())
        {
            TradeSums sums = Of(in trades, bucket);
            total = new TradeSums(
                total.Flow + sums.Flow, total.Traded + sums.Traded, total.Unclassified + sums.Unclassified, total.Unpriced + sums.Unpriced);
        }
        return total;
    }

    /// <summary>One bucket.</summary>
    public static TradeSums Of(in TradeFlowSection trades, TradeBucket bucket) => new(
        trades.Flow[(int)bucket], trades.Traded[(int)bucket], trades.Unclassified[(int)bucket], trades.Unpriced[(int)bucket]);
}
