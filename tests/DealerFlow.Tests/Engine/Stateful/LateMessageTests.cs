using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>What the random streams found, each by itself.</summary>
public class LateMessageTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);
    private static readonly double[] Strikes = [.. Enumerable.Range(0, 9).Select(i => 4960.0 + (10 * i))];
    private static readonly EngineOptions Carry = new() { ForwardMode = ForwardMode.Carry };

    [Fact]
    public void A_settlement_that_is_moved_during_the_pin_state_lets_quotes_move_w_again()
    {
        var market = new PlainMarket(Day, Strikes);
        long pinned = NewYorkTime.ToUnixNanos(Day, new TimeOnly(15, 59, 30));
        var calculation = new Calculation(market.Definitions, 0, Carry);
        var sink = new CountingSink();
        calculation.Apply(market.Opening(pinned - (31 * UnixNanos.PerSecond), 5000, 0.2).ToArray(), ref sink);
        calculation.Apply([PlainMarket.Spot(pinned, 5000), PlainMarket.Spot(pinned + UnixNanos.PerSecond, 5000)], ref sink);
        Assert.Equal(QuoteStatus.Pin, calculation.Nodes.Status[5]);

        InstrumentDefinition later = market.Definitions[PlainMarket.IdOf(0, isCall: true)];
        later.SettlementNanos += 900 * UnixNanos.PerSecond;
        Span<Tick> quarters = stackalloc Tick[DefinitionTicks.Count];
        DefinitionTicks.Write(in later, pinned + (2 * UnixNanos.PerSecond), quarters);
        calculation.Apply(quarters, ref sink);
        calculation.Apply([PlainMarket.Spot(pinned + (3 * UnixNanos.PerSecond), 5000)], ref sink);
        Tick quote = PlainMarket.Quote(pinned + (3 * UnixNanos.PerSecond), 5, isCall: true, 400, 420);
        calculation.Apply([quote], ref sink);
        calculation.Flush();
        Assert.Equal(QuoteStatus.Ok, calculation.Nodes.Status[5]);
        double h = Math.Log(Strikes[5] / 5000);
        Assert.Equal(BisectedDeviation.Solve(h, 4.1 / 5000), calculation.Nodes.Deviation[5], 1e-12);
    }

    [Fact]
    public void A_gap_of_one_contract_leaves_the_quote_of_the_other_side_alone()
    {
        var market = new PlainMarket(Day.AddDays(7), Strikes);
        long now = NewYorkTime.ToUnixNanos(Day, new TimeOnly(10, 0));
        var calculation = new Calculation(market.Definitions, 0, Carry);
        var sink = new CountingSink();
        calculation.Apply(market.Opening(now, 5000, 0.2).ToArray(), ref sink);
        calculation.Apply([PlainMarket.Spot(now + UnixNanos.PerSecond, 5000)], ref sink);
        calculation.Apply([new Tick { EventTimeNanos = now + UnixNanos.PerSecond, InstrumentId = PlainMarket.IdOf(6, isCall: false), Kind = TickKind.Gap }], ref sink);
        calculation.Flush();
        Assert.Equal(QuoteStatus.Ok, calculation.Nodes.Status[6]);
        Assert.Equal(NodeSideColumns.Stale, calculation.Nodes.Puts.Quote(6).Bid);
        Assert.True(calculation.Nodes.Calls.Quote(6).Bid > 0);
        calculation.Apply([new Tick { EventTimeNanos = now + UnixNanos.PerSecond, InstrumentId = PlainMarket.IdOf(6, isCall: true), Kind = TickKind.Gap }], ref sink);
        calculation.Flush();
        Assert.Equal(QuoteStatus.Stale, calculation.Nodes.Status[6]);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-8_000_000_000_000_000_000)]
    public void A_time_from_before_all_times_is_suspect_and_no_regression(long nanos)
    {
        var market = new PlainMarket(Day, Strikes);
        long now = NewYorkTime.ToUnixNanos(Day, new TimeOnly(10, 0));
        var calculation = new Calculation(market.Definitions, 0, Carry);
        var sink = new CountingSink();
        calculation.Apply([PlainMarket.Spot(now, 5000), PlainMarket.Spot(nanos, 5000)], ref sink);
        Assert.Equal((0ul, 1ul), (calculation.Ledger.TimeRegressions, calculation.Ledger.SuspectTimes));
        Assert.Equal(now, calculation.EventTimeNanos);
    }

    [Fact]
    public void More_prints_than_are_remembered_before_the_first_spot_are_unpriced_and_none_has_its_flow_twice()
    {
        const int Prints = (1 << 16) + 5_000;
        var market = new PlainMarket(Day.AddDays(7), Strikes);
        long now = NewYorkTime.ToUnixNanos(Day, new TimeOnly(10, 0));
        var calculation = new Calculation(market.Definitions, 0, Carry);
        var sink = new CountingSink();
        List<Tick> ticks = [.. market.Opening(now, 5000, 0.2).Skip(1)];
        uint call = PlainMarket.IdOf(6, isCall: true);
        int ask = ticks.Single(tick => tick.Kind == TickKind.Quote && tick.InstrumentId == call).Ask;
        for (int i = 0; i < Prints; i++) ticks.Add(Tick.Trade(now, call, ask, 1, 1, TickFlags.None));
        calculation.Apply(ticks.ToArray(), ref sink);
        calculation.Apply([PlainMarket.Spot(now, 5000), PlainMarket.Spot(now + UnixNanos.PerSecond, 5000)], ref sink);
        TradeFlowSection session = calculation.Underlyings[0].Trades.Session;
        int bucket = (int)TradeBucket.OtherCalls;
        Assert.Equal((Prints, 0), (session.Traded[bucket], session.Unclassified[bucket]));
        long priced = Prints - session.Unpriced[bucket];
        Assert.InRange(priced, 1, 1 << 16);
        Assert.Equal(0, session.Flow[bucket] % priced);
        Assert.InRange(MoneyGrid.ToUsd(session.Flow[bucket] / priced), 0.2 * 100 * 5000, 0.6 * 100 * 5000);
    }

    [Fact]
    public void A_print_at_nothing_is_no_price_that_a_later_one_is_compared_with()
    {
        var market = new PlainMarket(Day.AddDays(7), Strikes);
        long now = NewYorkTime.ToUnixNanos(Day, new TimeOnly(10, 0));
        var calculation = new Calculation(market.Definitions, 0, Carry);
        var sink = new CountingSink();
        Tick Trade(int price) => Tick.Trade(now, PlainMarket.IdOf(6, isCall: true), price, 10, 1, TickFlags.None);
        calculation.Apply([PlainMarket.Spot(now, 5000), PlainMarket.Quote(now, 6, isCall: true, 100, 120), Trade(105), Trade(0), Trade(110)], ref sink);
        // 105 was a seller's, 0 nobody's, and 110 at the middle is a buyer's because it is above 105.
        Assert.Equal(0, calculation.Nodes.Calls.Tape[6]);
        Assert.Equal(10, calculation.Underlyings[0].Trades.Session.Unclassified[(int)TradeBucket.OtherCalls]);
    }
}
