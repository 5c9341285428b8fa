using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>What prints and cancels do to dealers' position, volumes, flow, and to the memory of the tick test.</summary>
public class TradeTapeTests
{
    private const long Millisecond = UnixNanos.PerMillisecond;
    private const int Strike = 12;

    private static readonly DateOnly Day = new(2026, 11, 20);
    private static readonly long Start = LiveRun.At(Day, 10, 0);
    private static readonly uint Call = PlainMarket.IdOf(Strike, isCall: true);

    private static PlainMarket Market => new(Day, [.. Enumerable.Range(0, 21).Select(i => 4900.0 + (10 * i))]);

    /// <summary>Everybody quoted; the call of 5020 at 100 to 110, so that 105 is the middle.</summary>
    private static LiveRun Open(long? start = null)
    {
        long now = start ?? Start;
        var run = new LiveRun(Market.Definitions, new EngineOptions { ForwardMode = ForwardMode.Carry });
        run.Apply(Market.Opening(now, 5000, 0.15));
        run.Apply(PlainMarket.Quote(now, Strike, isCall: true, 100, 110), PlainMarket.Spot(now + Millisecond, 5000));
        return run;
    }

    private static Tick Trade(int price, uint quantity, TickFlags flags = TickFlags.None, long? at = null) =>
        Tick.Trade(at ?? (Start + Millisecond), Call, price, quantity, 1, flags);

    private static long Position(LiveRun run) => run.Calculation.Nodes.Calls.Tape[Strike];

    private static TradeFlowSection Session(LiveRun run) => run.Head().Trades;

    /// <summary>The delta of the call at the mark in force, from its own w.</summary>
    private static double Delta(LiveRun run)
    {
        double w = run.Node(Strike).TotalDeviation;
        return Functions.NormalCdf((Functions.Log(5000.0 / 5020) / w) + (w / 2));
    }

    [Fact]
    public void A_trade_moves_the_dealers_to_the_other_side_and_its_flow_is_what_hedges_it()
    {
        LiveRun run = Open();
        run.Apply(Trade(110, 7), Trade(100, 3), Trade(105, 2, TickFlags.Late));
        TradeFlowSection session = Session(run);
        Assert.Equal(-4, Position(run));
        Assert.Equal((12L, 2L, 0L), (session.Traded[0], session.Unclassified[0], session.Unpriced[0]));
        // Σ side·size·m·Δ·S.
        Assert.Equal(4 * 100 * Delta(run) * 5000, MoneyGrid.ToUsd(session.Flow[0]), 0.01);
        Assert.Equal(0, session.Traded[1] + session.Traded[2] + session.Traded[3]);
        run.AssertSound();
    }

    [Fact]
    public void A_cancel_takes_position_volume_flow_and_the_memory_of_the_tick_test_back()
    {
        LiveRun run = Open();
        run.Apply(Trade(104, 1));
        byte[] before = run.Section();
        MarketSection headBefore = LiveRun.HeadOf(before);
        run.Apply(Trade(106, 50), Trade(106, 50, TickFlags.Cancel));
        // The tick test of a trade at the middle: up from 104. Had 106 been kept it were down.
        MarketSection head = run.Head();
        Assert.Equal(1, Position(run));
        Assert.Equal(headBefore.Trades.Flow[0], head.Trades.Flow[0]);
        Assert.Equal((1L, 0L), (head.Trades.Traded[0], head.Trades.Unclassified[0]));
        Assert.Equal(LiveRun.Sums(in headBefore.Models[(int)PositionModel.Tape].Buckets[0]), LiveRun.Sums(in head.Models[(int)PositionModel.Tape].Buckets[0]));
        Assert.Equal(LiveRun.WithoutSequence(before), LiveRun.WithoutSequence(run.Section()));
        run.Apply(Trade(105, 10));
        Assert.Equal(1 - 10, Position(run));
        Assert.Equal((3ul, 1ul), (run.Ledger.Trades, run.Ledger.Cancels));
        run.AssertSound();
    }

    [Fact]
    public void Without_the_cancel_the_tick_test_says_the_opposite()
    {
        LiveRun run = Open();
        run.Apply(Trade(104, 1), Trade(106, 50), Trade(105, 10));
        Assert.Equal(1 - 50 + 10, Position(run));
    }

    [Fact]
    public void A_cancel_within_the_same_flush_and_one_after_it_end_alike()
    {
        LiveRun within = Open(), after = Open();
        within.Apply(Trade(110, 9), Trade(110, 9, TickFlags.Cancel));
        after.Apply(Trade(110, 9));
        after.Calculation.Flush();
        after.Section();
        after.Apply(Trade(110, 9, TickFlags.Cancel));
        // Two seconds on both have an outlook of their own again.
        foreach (LiveRun run in (LiveRun[])[within, after]) run.Pass(run.Calculation.EventTimeNanos + (2 * UnixNanos.PerSecond), 5000);
        Assert.Equal(LiveRun.WithoutSequence(within.Section()), LiveRun.WithoutSequence(after.Section()));
        Assert.Equal((0L, 0L), (Session(after).Flow[0], Session(after).Traded[0]));
    }

    [Fact]
    public void An_unclassified_or_unpriced_print_is_cancelled_with_its_share()
    {
        var run = new LiveRun(Market.Definitions, new EngineOptions { ForwardMode = ForwardMode.Carry });
        // One quoted contract of which nothing can be inverted: signed, but without a delta.
        run.Apply(PlainMarket.Spot(Start, 5000), PlainMarket.Quote(Start, Strike, isCall: true, 100, 90_000), PlainMarket.Spot(Start + Millisecond, 5000));
        run.Apply(Trade(100, 4), Trade(90_001, 5));
        Assert.Equal((9L, 5L, 4L, 0L), (Session(run).Traded[0], Session(run).Unclassified[0], Session(run).Unpriced[0], Session(run).Flow[0]));
        run.Apply(Trade(100, 4, TickFlags.Cancel), Trade(90_001, 5, TickFlags.Cancel));
        Assert.Equal((0L, 0L, 0L, 0L), (Session(run).Traded[0], Session(run).Unclassified[0], Session(run).Unpriced[0], Session(run).Flow[0]));
        Assert.Equal(0, Position(run));
        run.AssertSound();
    }

    [Fact]
    public void A_cancel_of_a_print_that_is_not_there_is_refused_and_changes_nothing()
    {
        LiveRun run = Open();
        run.Apply(Trade(110, 7));
        byte[] before = LiveRun.WithoutSequence(run.Section());
        run.Apply(
            Trade(110, 8, TickFlags.Cancel), Trade(109, 7, TickFlags.Cancel),
            Tick.Trade(Start + Millisecond, PlainMarket.IdOf(Strike, isCall: false), 110, 7, 1, TickFlags.Cancel));
        Assert.Equal(3ul, run.Rejected(Rejection.UnknownPrint));
        Assert.Equal(before, LiveRun.WithoutSequence(run.Section()));
        // Twice the same cancel: the second has nothing left to take back.
        run.Apply(Trade(110, 7, TickFlags.Cancel), Trade(110, 7, TickFlags.Cancel));
        Assert.Equal((4ul, 1ul), (run.Rejected(Rejection.UnknownPrint), run.Ledger.Cancels));
        Assert.Equal(0, Position(run));
        run.AssertSound();
    }

    [Fact]
    public void A_late_or_complex_print_is_no_witness_for_the_tick_test()
    {
        LiveRun run = Open();
        run.Apply(Trade(104, 1), Trade(106, 1, TickFlags.Late), Trade(106, 1, TickFlags.Complex), Trade(105, 10));
        Assert.Equal(1 - 10, Position(run));
        Assert.Equal(2, Session(run).Unclassified[0]);
    }

    [Fact]
    public void The_quote_that_counts_is_the_one_before_the_print()
    {
        LiveRun run = Open();
        // The price was the ask; a moment later it is the bid. A venue's quote that is not the national best moves nothing.
        run.Apply(
            Tick.Quote(Start + Millisecond, Call, 110, 120, 1, 1, 1, TickFlags.None), Trade(110, 5),
            PlainMarket.Quote(Start + Millisecond, Strike, isCall: true, 110, 120), Trade(110, 3));
        Assert.Equal(-5 + 3, Position(run));
    }

    [Fact]
    public void At_six_in_the_evening_new_york_a_new_session_begins_with_nothing_of_the_old_one()
    {
        var expiry = new DateOnly(2026, 12, 18);
        var market = new PlainMarket(expiry, [.. Enumerable.Range(0, 21).Select(i => 4900.0 + (10 * i))]);
        var run = new LiveRun(market.Definitions, new EngineOptions { ForwardMode = ForwardMode.Carry });
        long end = LiveRun.At(Day, 18, 0), now = end - UnixNanos.PerSecond;
        run.Apply(market.Opening(now, 5000, 0.15));
        run.Apply(
            PlainMarket.Quote(now, Strike, isCall: true, 100, 110), PlainMarket.Spot(now + Millisecond, 5000), Trade(104, 1, at: now + Millisecond),
            Trade(110, 7, at: now + Millisecond), PlainMarket.Spot(end - 1, 5000));
        MarketSection before = run.Head();
        Assert.Equal((20261120, 8L, ModelStatus.Live), (before.SessionDate, before.Trades.Traded[2], before.Models[(int)PositionModel.Tape].Status));
        Assert.NotEqual(before.Models[(int)PositionModel.OpenInterest].Buckets[0].NetGex, before.Models[(int)PositionModel.OpenInterestPlusTape].Buckets[0].NetGex);

        run.Apply(Trade(105, 3, at: end));
        MarketSection after = run.Head();
        Assert.Equal(20261121, after.SessionDate);
        // No earlier trade of this session at another price: the middle is unclassified, where yesterday's would have signed it.
        Assert.Equal((3L, 3L, 0L), (after.Trades.Traded[2], after.Trades.Unclassified[2], after.Trades.Flow[2]));
        Assert.Equal(0, Position(run));
        Assert.Equal(ModelStatus.NoTrades, after.Models[(int)PositionModel.Tape].Status);
        Assert.Equal(after.Models[(int)PositionModel.OpenInterest].Buckets[0].NetGex, after.Models[(int)PositionModel.OpenInterestPlusTape].Buckets[0].NetGex);
        run.AssertSound();

        // Yesterday's prints cannot be taken back any more.
        run.Apply(Trade(110, 7, TickFlags.Cancel, at: end + Millisecond));
        Assert.Equal(1ul, run.Rejected(Rejection.UnknownPrint));
        Assert.Equal(0, Position(run));
        run.AssertSound();
    }

    [Fact]
    public void A_position_beyond_what_sums_hold_is_refused()
    {
        LiveRun run = Open();
        int taken = 0;
        while (run.Rejected(Rejection.BadQuantity) == 0 && taken++ < 1_000) run.Apply(Trade(110, uint.MaxValue));
        Assert.Equal(1ul, run.Rejected(Rejection.BadQuantity));
        Assert.InRange(-Position(run), 0, 1L << 40);
        Assert.True(-Position(run) + uint.MaxValue > 1L << 40);
    }
}
