using DealerFlow.Wire;

namespace DealerFlow.Cli.Synth;

/// <summary>
/// Trades: a buyer lifts the best offer or a seller hits the best bid, sometimes between them. Who came to the market is written on
/// the record, hidden from engines, so that trade signing can be scored.
/// </summary>
internal sealed class TradePrints(SyntheticChain chain, AliasTable venues, ulong seed)
{
    private const double TradesPerMessage = 0.004;
    private const double BuyerShare = 0.52;
    private const double ImprovedShare = 0.2;

    private static readonly LognormalSizes Sizes = new(median: 3, sigma: 1.2);
    private SynthRandom _random = new(seed, RandomStream.Trades);

    /// <summary>Whether the next message is a trade.</summary>
    public bool IsNext() => _random.NextUnit() < TradesPerMessage;

    /// <summary>A trade on the best quote in force.</summary>
    public Tick Print(int contract, (int Bid, int Ask) best, long nanos)
    {
        bool isBuyer = _random.NextUnit() < BuyerShare || best.Bid == 0;
        int price = isBuyer ? best.Ask : best.Bid;
        int inside = isBuyer ? chain.Grid.Below(price) : chain.Grid.Above(price);
        bool isImproved = _random.NextUnit() < ImprovedShare && inside > best.Bid && inside < best.Ask;
        ulong bits = _random.Next();
        byte venue = (byte)(1 + venues.Draw(ref _random));
        return Tick.Trade(
            nanos, chain.FirstContractId + (uint)contract, isImproved ? inside : price, Sizes.At(bits), venue,
            isBuyer ? TickFlags.HiddenBuyer : TickFlags.HiddenSeller);
    }
}
