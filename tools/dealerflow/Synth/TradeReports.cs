using DealerFlow.Wire;

namespace DealerFlow.Cli.Synth;

/// <summary>
/// Deals as a consolidated tape reports them, some of them hard to sign: inside of the quote and at its middle, behind a quote that has
/// moved on meanwhile, as legs of complex orders, late, and taken back later. Who came to the market is hidden on every record.
/// </summary>
/// <remarks>
/// Shares, and where they come from. Complex legs 25 %: R. Savickas and A. Wilson, On inferring the direction of option trades, JFQA 38
/// (2003), count 15 % of index trades as such, which no rule signs better than a coin, and Cboe names spreads and condors the most popular
/// 0DTE strategies since. Of the other deals 60 % at the quote, 25 % inside and 15 % at the middle: what is paid is then about 70 % of the
/// quoted spread, as price-improvement auctions leave it. Their 13 % of plain trades that the quote rule gets wrong are here the deals
/// inside beyond the middle and those that a moving quote overtakes: an offer that is used up is replaced as fast as the deal is told,
/// on another line, so 15 % are told 50 to 600 microseconds after the quote that followed them. Late prints (1 %) come seconds after the
/// deal and cancels (0.5 %) seconds after the print: more of both, and sooner, than the 90 seconds of the exchanges' rule and the few
/// in ten thousand of a calm day, so that a short tape has some.
/// </remarks>
internal sealed class TradeReports(SyntheticChain chain, BestQuotes quotes, AliasTable venues, ulong seed)
{
    private const double BuyerShare = 0.52;
    private const double ComplexShare = 0.25;
    private const double LateShare = 0.01;
    private const double CancelShare = 0.005;
    private const double InsideShare = 0.25;
    private const double MiddleShare = 0.15;
    private const double BeyondMiddleShare = 0.10;      // of the deals inside
    private const double OvertakenShare = 0.15;         // of plain deals
    private const int LeastDelayNanos = 50_000, MostDelayNanos = 600_000;

    private static readonly LognormalSizes Sizes = new(median: 3, sigma: 1.2);
    private readonly PriorityQueue<Tick, (long Nanos, long Number)> _waiting = new();
    private SynthRandom _random = new(seed, RandomStream.TradeReports);
    private long _number;

    /// <summary>What was to be told later and is due before an instant.</summary>
    public bool TryTake(long beforeNanos, out Tick report)
    {
        report = default;
        if (!_waiting.TryPeek(out _, out (long Nanos, long Number) due) || due.Nanos >= beforeNanos) return false;
        report = _waiting.Dequeue();
        return true;
    }

    /// <summary>Makes a deal. What is told of it now, if anything: the print, or the quote that overtakes it.</summary>
    public bool TryDeal(int contract, long nanos, out Tick message)
    {
        (int bid, int ask) = quotes[contract];
        bool isBuyer = _random.NextUnit() < BuyerShare || bid == 0;
        double kind = _random.NextUnit();
        bool isComplex = kind < ComplexShare, isLate = !isComplex && kind < ComplexShare + LateShare;
        int price = isComplex ? Anywhere(bid, ask) : PriceOf(isBuyer, bid, ask);
        TickFlags flags = (isBuyer ? TickFlags.HiddenBuyer : TickFlags.HiddenSeller)
            | (isComplex ? TickFlags.Complex : 0) | (isLate ? TickFlags.Late : 0);
        Tick print = Tick.Trade(nanos, chain.FirstContractId + (uint)contract, price, Sizes.At(_random.Next()), (byte)(1 + venues.Draw(ref _random)), flags);
        bool isOvertaken = !isComplex && !isLate && _random.NextUnit() < OvertakenShare && bid > 0;
        if (isLate) print.EventTimeNanos += Seconds(least: 1, mean: 4);
        if (isOvertaken) print.EventTimeNanos += LeastDelayNanos + _random.NextBelow(MostDelayNanos - LeastDelayNanos);
        if (_random.NextUnit() < CancelShare)
            TellLater(print with { EventTimeNanos = print.EventTimeNanos + Seconds(least: 0.5, mean: 2), Flags = flags | TickFlags.Cancel });

        message = print;
        if (!isLate && !isOvertaken) return true;
        TellLater(in print);
        if (isOvertaken) message = quotes.MoveOn(contract, isBuyer, nanos, (byte)(1 + venues.Draw(ref _random)));
        return isOvertaken;
    }

    private long Seconds(double least, double mean) => (long)((least + (mean * _random.NextExponential())) * UnixNanos.PerSecond);

    private void TellLater(in Tick tick) => _waiting.Enqueue(tick, (tick.EventTimeNanos, _number++));

    private int PriceOf(bool isBuyer, int bid, int ask)
    {
        double where = _random.NextUnit();
        double beyond = _random.NextUnit();
        ulong bits = _random.Next();
        int quoted = isBuyer ? ask : bid;
        if (bid == 0 || where >= InsideShare + MiddleShare) return quoted;
        int steps = StepsBetween(bid, ask);
        if (steps < 2) return quoted;
        // Counted from the quote that a buyer or seller without patience would take; where no step lies at the middle, the one before it.
        int half = steps / 2;
        if (where < MiddleShare) return Inwards(isBuyer, quoted, half);
        int inside = (steps - 1) / 2;
        if (inside == 0) return quoted;
        int from = beyond < BeyondMiddleShare ? half + 1 : 1;
        return Inwards(isBuyer, quoted, Math.Min(from + (int)(bits % (uint)inside), steps - 1));
    }

    // The package has a price; what of it falls to a leg says little.
    private int Anywhere(int bid, int ask)
    {
        int steps = StepsBetween(bid, ask);
        return Inwards(isBuyer: true, chain.Grid.Above(ask), _random.NextBelow(steps + 3)) is int price and > 0 ? price : ask;
    }

    private int Inwards(bool isBuyer, int price, int steps)
    {
        for (; steps > 0; steps--) price = isBuyer ? chain.Grid.Below(price) : chain.Grid.Above(price);
        return price;
    }

    private int StepsBetween(int bid, int ask)
    {
        int steps = 0;
        for (int price = bid; price < ask; price = chain.Grid.Above(price)) steps++;
        return steps;
    }
}
