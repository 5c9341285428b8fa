using System.Runtime.CompilerServices;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Synth;

/// <summary>
/// The national best quote of every contract, and what the next message of a contract does to it: market makers follow the model
/// value on the exchange's grid, at a patience that keeps the share of best-price changes where real feeds have it.
/// </summary>
internal sealed class BestQuotes
{
    /// <summary>Share of messages that change a national best price, as OPRA has it.</summary>
    public const double ChangeShare = 0.22;

    private const double SharePatience = 200;       // messages of surplus or lack until the makers' manner changes fully
    private const double MostDebt = 3_000;          // a jump's changes are not paid back for ever
    private const double FollowChance = 0.65;
    private const double FlickerChance = 0.10;
    private const double SlackCentsPerHalfSpread = 25;  // a quarter of the half spread, in cents
    private const int AtTheBestPer256 = 150;

    private static readonly LognormalSizes Sizes = new(median: 8, sigma: 1.0);

    private readonly SyntheticChain _chain;
    private readonly ContractValues _values;
    private readonly AliasTable _venues;
    private readonly Quote[] _best;
    private SynthRandom _choices, _venueDraws, _sizeDraws;
    private double _lack;                           // best-price changes that the share still owes

    public BestQuotes(SyntheticChain chain, ContractValues values, AliasTable venues, ulong seed)
    {
        _chain = chain;
        _values = values;
        _venues = venues;
        _best = new Quote[chain.Contracts.Length];
        _choices = new SynthRandom(seed, RandomStream.Quotes);
        _venueDraws = new SynthRandom(seed, RandomStream.Venues);
        _sizeDraws = new SynthRandom(seed, RandomStream.Sizes);
    }

    /// <summary>Best bid and ask of a contract, cents.</summary>
    public (int Bid, int Ask) this[int contract] => (_best[contract].Bid, _best[contract].Ask);

    /// <summary>The first quote of a contract: the market makers' own, consolidated.</summary>
    public Tick Open(int contract, double spot, double level, double spreadFactor, long nanos)
    {
        _best[contract] = TargetAt(contract, spot, level, spreadFactor, nanos, out _, out _);
        return TickOf(contract, nanos, _best[contract], venue: 0, TickFlags.NationalBest);
    }

    /// <summary>The next message of a contract: a new national best, or one venue's quote that leaves it alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Tick Next(int contract, double spot, double level, double spreadFactor, long nanos)
    {
        Quote target = TargetAt(contract, spot, level, spreadFactor, nanos, out double value, out double halfSpread);
        ref Quote best = ref _best[contract];
        byte venue = (byte)(1 + _venues.Draw(ref _venueDraws));
        ulong bits = _choices.Next();
        double chance = (bits >> 40) * (1.0 / (1 << 24));

        int slack = Math.Max(_chain.Grid.StepAt(best.Bid), (int)(SlackCentsPerHalfSpread * halfSpread));
        double manner = Math.Clamp(_lack / SharePatience, -1, 1);
        bool isOff = Math.Abs(target.Bid - best.Bid) > slack || Math.Abs(target.Ask - best.Ask) > slack;
        double through = Math.Max(best.Bid - (value * 100), (value * 100) - best.Ask);
        bool changes;
        if (isOff || through > 0)
        {
            // The further the value has gone through a quote, the less its maker can wait.
            changes = chance < FollowChance + manner + (Math.Max(through, 0) / (100 * halfSpread));
        }
        else
        {
            changes = chance < FlickerChance + (0.6 * manner);
            if (changes) target = Flicker(best, target, value, bits);
        }

        _lack = Math.Clamp(_lack + ChangeShare - (changes ? 1 : 0), -MostDebt, MostDebt);
        if (!changes) return TickOf(contract, nanos, VenueQuote(best, bits), venue, TickFlags.None);
        best = target;
        return TickOf(contract, nanos, best, venue, TickFlags.NationalBest);
    }

    /// <summary>The market moves on with a trade: the side that was hit is used up, and the other side follows by a step where there is room.</summary>
    public Tick MoveOn(int contract, bool isUp, long nanos, byte venue)
    {
        ref Quote best = ref _best[contract];
        QuoteGrid grid = _chain.Grid;
        best = isUp ? new Quote(grid.Above(best.Bid), grid.Above(best.Ask)) : new Quote(grid.Below(best.Bid), grid.Below(best.Ask));
        _lack = Math.Max(_lack - 1, -MostDebt);
        return TickOf(contract, nanos, best, venue, TickFlags.NationalBest);
    }

    /// <summary>A message that is no quote counts for the share too.</summary>
    public void CountOtherMessage() => _lack = Math.Min(_lack + ChangeShare, MostDebt);

    private Quote TargetAt(int contract, double spot, double level, double spreadFactor, long nanos, out double value, out double halfSpread)
    {
        value = _values.ValueAt(contract, spot, level, nanos, out halfSpread);
        halfSpread *= spreadFactor;
        int bid = _chain.Grid.Floor(value - halfSpread), ask = _chain.Grid.Ceiling(value + halfSpread);
        return new Quote(bid, ask > bid ? ask : _chain.Grid.Above(bid));
    }

    // One side by one step: towards the target where it is not there yet; else a maker steps inside, or the best level is used up.
    private Quote Flicker(Quote best, Quote target, double value, ulong bits)
    {
        bool isBid = (bits & 1) == 0, inwards = (bits & 2) == 0;
        int from = isBid ? best.Bid : best.Ask, to = isBid ? target.Bid : target.Ask;
        bool up = from != to ? to > from : isBid == inwards;
        int price = up ? _chain.Grid.Above(from) : _chain.Grid.Below(from);
        bool crosses = isBid ? price >= best.Ask || price > value * 100 : price <= best.Bid || price < value * 100 || price == 0;
        if (crosses) price = isBid ? _chain.Grid.Below(from) : _chain.Grid.Above(from);
        // No bid to withdraw: the offer moves away instead.
        if (price == from) return new Quote(best.Bid, _chain.Grid.Above(best.Ask));
        return isBid ? new Quote(price, best.Ask) : new Quote(best.Bid, price);
    }

    // At the best with other sizes, or a few steps off on one or both sides; never inside.
    private Quote VenueQuote(Quote best, ulong bits)
    {
        if (((bits >> 8) & 0xFF) < AtTheBestPer256) return best;
        int off = (int)(bits >> 16) & 0xFF;
        (int below, int above) = off switch
        {
            < 80 => (1, 0),
            < 160 => (0, 1),
            < 200 => (1, 1),
            < 216 => (2, 0),
            < 232 => (0, 2),
            < 244 => (2, 2),
            _ => (3, 3),
        };
        int bid = best.Bid, ask = best.Ask;
        for (; below > 0; below--) bid = _chain.Grid.Below(bid);
        for (; above > 0; above--) ask = _chain.Grid.Above(ask);
        return new Quote(bid, ask);
    }

    private Tick TickOf(int contract, long nanos, Quote quote, byte venue, TickFlags flags)
    {
        ulong bits = _sizeDraws.Next();
        ushort bidSize = quote.Bid == 0 ? (ushort)0 : Sizes.At(bits);
        return Tick.Quote(nanos, _chain.FirstContractId + (uint)contract, quote.Bid, quote.Ask, bidSize, Sizes.At(bits >> 32), venue, flags);
    }

    private readonly record struct Quote(int Bid, int Ask);
}
