using DealerFlow.Cli.Synth;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>The trades of a realistic tape: how many are of which kind, and that whoever asks for none gets the tape of before.</summary>
public sealed class TradeReportsTests(TradeReportsTests.RealisticMinute minute) : IClassFixture<TradeReportsTests.RealisticMinute>
{
    /// <summary>Twenty seconds with many trades.</summary>
    public sealed class RealisticMinute
    {
        internal SynthOptions Options { get; } = new() { Seed = 11, Minutes = 1.0 / 3, RealisticTrades = true };

        internal SyntheticChain Chain { get; }

        public Tick[] Ticks { get; }

        public RealisticMinute()
        {
            Chain = CalendarChain.Build(Options);
            Ticks = SyntheticDay.Read(new SyntheticMarket(Options, Chain));
        }
    }

    private Tick[] Prints => [.. minute.Ticks.Where(tick => tick.Kind == TickKind.Trade && (tick.Flags & TickFlags.Cancel) == 0)];

    [Fact]
    public void The_kinds_have_their_shares()
    {
        Tick[] prints = Prints;
        Assert.InRange(prints.Length, 1_200, 2_000);
        AssertShare(0.25, 0.04, tick => (tick.Flags & TickFlags.Complex) != 0);
        AssertShare(0.01, 0.01, tick => (tick.Flags & TickFlags.Late) != 0);
        AssertShare(0.52, 0.05, tick => (tick.Flags & TickFlags.HiddenBuyer) != 0);
        Assert.All(prints, tick => Assert.True((tick.Flags & TickFlags.HiddenBuyer) != 0 ^ (tick.Flags & TickFlags.HiddenSeller) != 0));

        void AssertShare(double expected, double within, Func<Tick, bool> isOne) =>
            Assert.Equal(expected, prints.Count(isOne) / (double)prints.Length, within);
    }

    [Fact]
    public void Against_the_book_in_force_plain_prints_lie_at_the_quote_inside_at_the_middle_and_beyond()
    {
        var best = new (int Bid, int Ask)[minute.Chain.Contracts.Length + 1];
        int quoted = 0, inside = 0, middle = 0, wrongSide = 0, plain = 0;
        foreach (Tick tick in minute.Ticks)
        {
            if (tick.Kind == TickKind.Quote && (tick.Flags & TickFlags.NationalBest) != 0) best[tick.InstrumentId] = (tick.Bid, tick.Ask);
            if (tick.Kind != TickKind.Trade || (tick.Flags & (TickFlags.Cancel | TickFlags.Late | TickFlags.Complex)) != 0) continue;
            (int bid, int ask) = best[tick.InstrumentId];
            bool isBuyer = (tick.Flags & TickFlags.HiddenBuyer) != 0;
            int fromMiddle = ((2 * tick.Price) - bid - ask) * (isBuyer ? 1 : -1);
            plain++;
            if (tick.Price == (isBuyer ? ask : bid)) quoted++;
            else if (fromMiddle == 0) middle++;
            else if (fromMiddle > 0) inside++;
            else wrongSide++;
        }
        Assert.InRange(quoted / (double)plain, 0.50, 0.75);
        Assert.InRange(inside / (double)plain, 0.15, 0.40);
        Assert.InRange(middle / (double)plain, 0.02, 0.15);
        Assert.InRange(wrongSide / (double)plain, 0.02, 0.15);
    }

    [Fact]
    public void Every_cancel_takes_back_a_print_that_was_told_before_it()
    {
        var told = new Dictionary<(uint, int, uint), int>();
        int cancels = 0;
        foreach (Tick tick in minute.Ticks.Where(tick => tick.Kind == TickKind.Trade))
        {
            (uint, int, uint) key = (tick.InstrumentId, tick.Price, tick.Quantity);
            bool isCancel = (tick.Flags & TickFlags.Cancel) != 0;
            told[key] = told.GetValueOrDefault(key) + (isCancel ? -1 : 1);
            Assert.True(told[key] >= 0);
            if (isCancel) cancels++;
        }
        Assert.InRange(cancels, 2, 30);
    }

    [Fact]
    public void Times_never_run_back_prices_are_on_the_grid_and_quotes_are_not_crossed()
    {
        for (int i = 1; i < minute.Ticks.Length; i++) Assert.True(minute.Ticks[i].EventTimeNanos >= minute.Ticks[i - 1].EventTimeNanos);
        Assert.Equal(minute.Options.EndNanos, minute.Ticks[^1].EventTimeNanos);
        foreach (Tick tick in minute.Ticks)
        {
            if (tick.Kind is not (TickKind.Quote or TickKind.Trade)) continue;
            Assert.True(minute.Chain.Grid.Contains(tick.Bid));
            if (tick.Kind == TickKind.Quote) Assert.True(tick.Bid < tick.Ask && minute.Chain.Grid.Contains(tick.Ask));
            else Assert.True(tick.Price > 0 && tick.Quantity > 0);
            if (tick.EventTimeNanos > minute.Options.StartNanos) Assert.InRange(tick.Venue, 1, SyntheticMarket.Venues);
        }
    }

    [Fact]
    public void The_same_options_give_the_same_ticks_and_the_mix_counts_them()
    {
        Tick[] again = SyntheticDay.Read(new SyntheticMarket(minute.Options, minute.Chain));
        Assert.Equal(minute.Ticks, again);
        var mix = new MarketMix(minute.Chain.Definitions(), minute.Options.StartNanos);
        mix.Observe(minute.Ticks);
        Assert.Equal(Prints.Length, mix.Trades);
        Assert.Equal(Prints.Count(tick => (tick.Flags & TickFlags.Complex) != 0), mix.ComplexTrades);
        Assert.Equal(Prints.Count(tick => (tick.Flags & TickFlags.Late) != 0), mix.LateTrades);
        Assert.Equal(minute.Ticks.Count(tick => (tick.Flags & TickFlags.Cancel) != 0), mix.Cancels);
    }
}
