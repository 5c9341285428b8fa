using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>
/// What market data can be, rows E1 to E12 of the failure catalogue, at the level of the engine; E1 to E4 from the source's numbers to
/// the snapshot. At the gate alone they are in <see cref="SequenceGateTests"/>.
/// </summary>
public class MarketDataFailureTests
{
    private const byte A = 0, B = 1;
    private const long Second = UnixNanos.PerSecond, Millisecond = UnixNanos.PerMillisecond;

    // The strike 5050: its call is read.
    private const int Strike = 15;

    private static readonly DateOnly Expiry = new(2026, 12, 18);
    private static readonly long Start = LiveRun.At(new DateOnly(2026, 11, 20), 10, 0);
    private static readonly EngineOptions Carry = new() { ForwardMode = ForwardMode.Carry };
    private static readonly EngineOptions Parity = new();

    private static PlainMarket Market => new(Expiry, [.. Enumerable.Range(0, 21).Select(i => 4900.0 + (10 * i))]);

    private static Tick Bad(int bid, int ask, long nanos) => PlainMarket.Quote(nanos, Strike, isCall: true, bid, ask);

    private static LiveRun Open(EngineOptions options, PlainMarket? market = null)
    {
        market ??= Market;
        var run = new LiveRun(market.Definitions, options);
        run.Apply(market.Opening(Start, 5000, 0.15));
        run.Apply(PlainMarket.Spot(Start + Millisecond, 5000));
        return run;
    }

    /// <summary>A day's beginning, then quotes, trades and spots, each of a millisecond of its own: some change the same contract twice.</summary>
    private static List<Tick> Stream(PlainMarket market)
    {
        List<Tick> ticks = market.Opening(Start, 5000, 0.15);
        for (int i = 1; i <= 200; i++)
        {
            long now = Start + (i * Millisecond);
            ticks.Add(market.Quote(now, i * 7 % 21, i % 3 == 0, 5000 + (i % 5), 0.15 + (0.0001 * i)));
            ticks.Add(market.Quote(now, i * 7 % 21, i % 3 == 0, 5000 + (i % 5), 0.15 + (0.0002 * i)));
            ticks.Add(Tick.Trade(now, PlainMarket.IdOf(i % 21, i % 2 == 0), 3_000 + i, 1 + (uint)(i % 4), 2, TickFlags.None));
            ticks.Add(PlainMarket.Spot(now, 5000 + (i % 5)));
        }
        ticks.Add(PlainMarket.Spot(Start + (300 * Millisecond), 5000));
        return ticks;
    }

    private static byte[] SoundSection(GatedRun run)
    {
        run.Engine.AssertSound();
        Assert.True(run.Gate.Counts.Balances);
        return LiveRun.WithoutSequence(run.Engine.Section());
    }

    [Fact]
    public void E1_messages_that_overtake_each_other_leave_the_same_snapshot()
    {
        PlainMarket market = Market;
        (ulong Sequence, Tick Tick)[] messages = GatedRun.Number(Stream(market));
        var inOrder = new GatedRun(market.Definitions, Carry);
        inOrder.Receive(A, messages);
        var shuffled = new GatedRun(market.Definitions, Carry);
        // The four of a millisecond in another order: the later quote of a contract before the earlier, the spot before both.
        int opening = messages.Length - 801;
        shuffled.Receive(A, messages.AsSpan(0, opening));
        for (int i = opening; i + 4 <= messages.Length; i += 4)
            shuffled.Receive(A, messages[i + 3], messages[i + 1], messages[i], messages[i + 2]);
        shuffled.Receive(A, messages[^1]);

        Assert.Equal(200ul, shuffled.Gate.Counts.StaleStates);
        Assert.Equal(SoundSection(inOrder), SoundSection(shuffled));
        Assert.Equal(200ul, shuffled.Engine.Ledger.Trades);
    }

    [Fact]
    public void E1_without_the_gate_the_older_quote_would_win()
    {
        // What the row above guards against, so that it cannot pass by chance.
        PlainMarket market = Market;
        Tick[] ticks = [.. Stream(market)];
        var wrong = new LiveRun(market.Definitions, Carry);
        wrong.Apply(ticks.AsSpan(0, ticks.Length - 801));
        for (int i = ticks.Length - 801; i + 4 <= ticks.Length; i += 4) wrong.Apply(ticks[i + 1], ticks[i], ticks[i + 2], ticks[i + 3]);
        wrong.Apply(ticks[^1]);
        var right = new GatedRun(market.Definitions, Carry);
        right.Receive(A, GatedRun.Number(ticks));
        Assert.NotEqual(SoundSection(right), LiveRun.WithoutSequence(wrong.Section()));
    }

    [Fact]
    public void E2_both_lines_and_a_redelivery_give_the_snapshot_of_one()
    {
        PlainMarket market = Market;
        (ulong Sequence, Tick Tick)[] messages = GatedRun.Number(Stream(market));
        var once = new GatedRun(market.Definitions, Carry);
        once.Receive(A, messages);
        var twice = new GatedRun(market.Definitions, Carry);
        for (int i = 0; i < messages.Length; i++)
        {
            twice.Receive(i % 3 == 0 ? B : A, messages[i]);
            if (i >= 20) twice.Receive(i % 3 == 0 ? A : B, messages[i - 20]);
        }
        twice.Receive(A, messages.AsSpan(messages.Length - 500));

        Assert.Equal((ulong)messages.Length, twice.Gate.Counts.Passed);
        Assert.Equal((ulong)messages.Length + 480, twice.Gate.Counts.Duplicates);
        // Even the number of messages is the same.
        Assert.Equal(once.Engine.Section(), twice.Engine.Section());
        Assert.Equal(SoundSection(once), SoundSection(twice));
    }

    [Fact]
    public void E3_a_lost_range_makes_what_it_may_have_changed_stale_until_it_is_refreshed()
    {
        PlainMarket market = Market;
        (ulong Sequence, Tick Tick)[] opening = GatedRun.Number(market.Opening(Start, 5000, 0.15));
        var run = new GatedRun(market.Definitions, Carry);
        run.Receive(A, opening);
        ulong next = opening[^1].Sequence + 1;
        // Quotes of two contracts before the gap and after it: they cannot have missed what lies in between for good.
        Tick early = market.Quote(Start + Millisecond, 3, isCall: false, 5000, 0.151);
        run.Receive(A, (next, early));
        Tick fresh = market.Quote(Start + (2 * Millisecond), 4, isCall: false, 5000, 0.152);
        run.Receive(A, (next + 10, fresh));
        Assert.Equal(QualityFlags.None, run.Engine.Head().Quality);
        for (ulong i = 1; i <= 5; i++) run.Receive(A, (next + 10 + i, PlainMarket.Spot(Start + ((long)(2 + i) * Millisecond), 5000)));
        Assert.Equal((1ul, 9ul), (run.Gate.Counts.GapsLost, run.Gate.Counts.MessagesLost));

        MarketSection gapped = run.Engine.Head();
        Assert.Equal((QualityFlags.Gap, 20u), (gapped.Quality, gapped.Stale));
        Assert.Equal(QuoteStatus.Stale, run.Engine.Node(3).Status);
        Assert.Equal(QuoteStatus.Ok, run.Engine.Node(4).Status);
        Assert.Equal(20u, gapped.Held);
        run.Engine.AssertSound();

        // The same prices again are news: stale nodes come back one by one, and the flag goes with the last of them.
        ulong sequence = next + 16;
        for (int strike = 0; strike < 21; strike++)
        {
            foreach (bool isCall in (bool[])[true, false])
            {
                Assert.True(run.Engine.Head().Quality.HasFlag(QualityFlags.Gap) || (strike, isCall) == (20, false) || strike == 0 || run.Engine.Head().Stale == 0);
                run.Receive(A, (sequence++, market.Quote(Start + (10 * Millisecond), strike, isCall, 5000, 0.15)));
            }
        }
        MarketSection whole = run.Engine.Head();
        Assert.Equal((QualityFlags.None, 0u, 0u), (whole.Quality, whole.Stale, whole.Held));
        run.Engine.AssertSound();
    }

    [Fact]
    public void E3_the_gap_of_one_contract_leaves_its_partner_alone_and_lasts_until_that_contract_is_quoted()
    {
        PlainMarket market = Market;
        LiveRun run = Open(Parity);
        // The put of 5050 is in the money: nobody reads it for w, but parity does.
        run.Apply(LiveRun.Gap(Start + (2 * Millisecond), PlainMarket.IdOf(Strike, isCall: false)), PlainMarket.Spot(Start + (3 * Millisecond), 5000));
        Assert.Equal(QuoteStatus.Ok, run.Node(Strike).Status);
        Assert.Equal((QualityFlags.Gap, 0u), (run.Head().Quality, run.Head().Stale));
        run.Apply(market.Quote(Start + (4 * Millisecond), Strike, isCall: true, 5000, 0.151), PlainMarket.Spot(Start + (5 * Millisecond), 5000));
        Assert.Equal(QualityFlags.Gap, run.Head().Quality);
        run.Apply(market.Quote(Start + (6 * Millisecond), Strike, isCall: false, 5000, 0.15), PlainMarket.Spot(Start + (7 * Millisecond), 5000));
        Assert.Equal(QualityFlags.None, run.Head().Quality);

        run.Apply(LiveRun.Gap(Start + (8 * Millisecond), PlainMarket.IdOf(Strike, isCall: true)), PlainMarket.Spot(Start + (9 * Millisecond), 5000));
        Assert.Equal(QuoteStatus.Stale, run.Node(Strike).Status);
        Assert.Equal((QualityFlags.Gap, 1u), (run.Head().Quality, run.Head().Stale));
        run.AssertSound();
    }

    [Fact]
    public void E3_a_pair_with_a_gap_no_longer_serves_the_forward()
    {
        // Three pairs are the least that parity takes.
        var market = new PlainMarket(Expiry, [4990, 5000, 5010]);
        LiveRun run = Open(Parity, market);
        Assert.Equal(ForwardSource.Parity, Assert.Single(run.Expiries()).ForwardSource);
        run.Apply(LiveRun.Gap(Start + (200 * Millisecond), PlainMarket.IdOf(1, isCall: false)), PlainMarket.Spot(Start + (400 * Millisecond), 5000));
        Assert.Equal(ForwardSource.CarryFallback, Assert.Single(run.Expiries()).ForwardSource);
        run.AssertSound();
    }

    [Fact]
    public void E3_a_gap_of_the_underlying_makes_every_quote_stale()
    {
        PlainMarket market = Market;
        LiveRun run = Open(Carry);
        run.Apply(LiveRun.Gap(Start + (2 * Millisecond), 0), PlainMarket.Spot(Start + (3 * Millisecond), 5000));
        Assert.Equal((QualityFlags.Gap, 21u), (run.Head().Quality, run.Head().Stale));
        run.Apply(market.Opening(Start + (4 * Millisecond), 5000, 0.15));
        run.Apply(PlainMarket.Spot(Start + (5 * Millisecond), 5000));
        Assert.Equal((QualityFlags.None, 0u), (run.Head().Quality, run.Head().Stale));
        run.AssertSound();
    }

    [Fact]
    public void E4_after_a_reset_the_new_numbers_count_and_the_old_ones_do_not()
    {
        PlainMarket market = Market;
        (ulong Sequence, Tick Tick)[] old = GatedRun.Number(market.Opening(Start, 5000, 0.15), first: 500_000);
        (ulong Sequence, Tick Tick)[] anew = GatedRun.Number(Stream(market).Skip(85), first: 2);
        var run = new GatedRun(market.Definitions, Carry);
        run.Receive(A, old);
        run.Reset(A, 1);
        for (int i = 0; i < anew.Length; i++)
        {
            run.Receive(A, anew[i]);
            // Line B still carries the end of the old numbering: it is late and moves nothing.
            if (i < 40) run.Receive(B, (500_000 + (ulong)old.Length + (ulong)i, PlainMarket.Quote(anew[i].Tick.EventTimeNanos, Strike, true, 1, 90_000)));
        }
        var plain = new GatedRun(market.Definitions, Carry);
        plain.Receive(A, GatedRun.Number(Stream(market)));
        Assert.Equal((1ul, 40ul), (run.Gate.Counts.Resets, run.Gate.Counts.Late));
        Assert.Equal(SoundSection(plain), SoundSection(run));
    }

    [Fact]
    public void E5_a_locked_quote_is_used_and_flagged()
    {
        LiveRun run = Open(Carry);
        double before = run.Node(Strike).TotalDeviation;
        run.Apply(Bad(7_200, 7_200, Start + (2 * Millisecond)), PlainMarket.Spot(Start + (3 * Millisecond), 5000));
        Assert.Equal((QuoteStatus.Locked, false), (run.Node(Strike).Status, run.Node(Strike).IsInterpolated));
        Assert.NotEqual(before, run.Node(Strike).TotalDeviation, 1e-6);
        Assert.Equal(72.0, Black76.Price(5000, 5050, 1, run.Node(Strike).TotalDeviation, isCall: true), 1e-6);
        run.AssertSound();
    }

    [Theory]
    [InlineData(7_300, 7_200, QuoteStatus.Crossed)]         // E5
    [InlineData(0, 7_200, QuoteStatus.NoBid)]               // E6
    [InlineData(0, 0, QuoteStatus.Missing)]
    [InlineData(2_000, 12_000, QuoteStatus.Wide)]           // E8: w(ask) beyond twice w(bid)
    [InlineData(7_000, 600_000, QuoteStatus.Wide)]          // E8: the ask has no w at all
    [InlineData(520_000, 530_000, QuoteStatus.AboveMax)]    // E10: more than the forward
    [InlineData(7_200, 0, QuoteStatus.Crossed)]
    public void E5_E6_E8_E10_a_quote_without_a_w_has_a_status_and_the_last_good_w_is_held_five_seconds(int bid, int ask, QuoteStatus status)
    {
        LiveRun run = Open(Carry);
        double good = run.Node(Strike).TotalDeviation;
        run.Apply(Bad(bid, ask, Start + (2 * Millisecond)));
        for (int second = 0; second <= 4; second++)
        {
            run.Apply(PlainMarket.Spot(Start + (3 * Millisecond) + (second * Second), 5000));
            Assert.Equal((status, false), (run.Node(Strike).Status, run.Node(Strike).IsInterpolated));
            Assert.Equal(good, run.Node(Strike).TotalDeviation, good * 1e-5);
            Assert.Equal(1u, run.Head().Held);
            run.AssertSound();
        }
        run.Apply(PlainMarket.Spot(Start + (2 * Millisecond) + (5 * Second), 5000));
        Assert.Equal((status, true), (run.Node(Strike).Status, run.Node(Strike).IsInterpolated));
        Assert.Equal((0u, 1u), (run.Head().Held, run.Head().Interpolated));
        run.AssertSound();
    }

    [Theory]
    [InlineData(-1, 7_200)]
    [InlineData(7_200, -1)]
    [InlineData(int.MinValue, int.MinValue)]
    [InlineData(int.MinValue, int.MaxValue)]
    public void E7_a_negative_price_is_refused_with_its_reason_and_reaches_no_sum(int bid, int ask)
    {
        LiveRun run = Open(Carry);
        byte[] before = LiveRun.WithoutSequence(run.Section());
        run.Apply(
            Bad(bid, ask, Start + Millisecond), Tick.Spot(Start + Millisecond, 0, bid < 0 ? bid : ask), Tick.Spot(Start + Millisecond, 0, 0),
            Tick.Trade(Start + Millisecond, PlainMarket.IdOf(Strike, true), bid < 0 ? bid : ask, 5, 1, TickFlags.None));
        Assert.Equal(4ul, run.Rejected(Rejection.BadPrice));
        Assert.Equal(before, LiveRun.WithoutSequence(run.Section()));
        run.AssertSound();
    }

    [Fact]
    public void E7_the_largest_prices_that_a_message_can_carry_leave_every_number_finite()
    {
        LiveRun run = Open(Parity);
        int[] prices = [1, int.MaxValue - 1, int.MaxValue];
        long now = Start + Millisecond;
        foreach (int bid in prices)
        {
            foreach (int ask in prices)
            {
                for (int strike = 0; strike < 21; strike++)
                    foreach (bool isCall in (bool[])[true, false]) run.Apply(PlainMarket.Quote(now, strike, isCall, bid, ask));
                run.Apply(
                    Tick.Trade(now, PlainMarket.IdOf(3, true), bid, 1_000, 1, TickFlags.None), PlainMarket.Spot(now += 150 * Millisecond, 5000));
                AssertFinite(run);
            }
        }
        run.AssertSound();
    }

    [Fact]
    public void E9_a_price_below_intrinsic_has_no_w_and_hurts_nothing()
    {
        // A put in the money at less than its intrinsic value: the call of its strike is what is read.
        LiveRun run = Open(Parity);
        double[] before = [.. run.Calculation.ReadNodes().Select(node => node.TotalDeviation)];
        run.Apply(PlainMarket.Quote(Start + (2 * Millisecond), 20, isCall: false, 100, 110));
        run.Apply(PlainMarket.Spot(Start + (300 * Millisecond), 5000));
        Assert.All(run.Calculation.ReadNodes(), node => Assert.Equal(QuoteStatus.Ok, node.Status));
        for (int i = 0; i < before.Length; i++) Assert.Equal(before[i], run.Node(i).TotalDeviation, before[i] * 0.02);
        Assert.Equal(ForwardSource.Parity, Assert.Single(run.Expiries()).ForwardSource);
        Assert.Equal(5000, run.Expiries()[0].Forward, 5.0);

        // Alone with such a quote a solver says that there is no w, and gives no floor instead.
        Span<double> deviation = stackalloc double[8];
        Span<SolveStatus> status = stackalloc SolveStatus[8];
        double[] distance = [0, 0, 0, 0, 0.01, 0.01, 0.01, 0.01], price = [0, -1e-9, -5, double.NaN, 0, -1e-9, -5, double.NaN];
        ImpliedDeviation.Solve(LaneDispatch.Best, distance, price, deviation, status);
        Assert.DoesNotContain(SolveStatus.Ok, status.ToArray());
        run.AssertSound();
    }

    [Fact]
    public void E11_a_missing_underlying_is_inferred_and_its_age_is_shown()
    {
        PlainMarket market = Market;
        LiveRun run = Open(Parity);
        Assert.Equal((SpotSource.Quoted, 0L), (run.Head().SpotSource, run.Head().SpotAgeNanos));
        // Contracts go on being quoted about 5020; the index itself is silent.
        for (int i = 1; i <= 60; i++)
        {
            for (int strike = 0; strike < 21; strike++)
                foreach (bool isCall in (bool[])[true, false])
                    run.Apply(market.Quote(Start + (i * 100 * Millisecond), strike, isCall, 5000 + (20 * Math.Min(i / 40.0, 1)), 0.15));
            MarketSection head = run.Head();
            Assert.Equal(i * 100 <= 5_001 ? SpotSource.Quoted : SpotSource.Inferred, head.SpotSource);
            Assert.Equal(((i * 100) - 1) * Millisecond, head.SpotAgeNanos);
        }
        Assert.Equal(5020, run.Head().Spot, 1.0);
        Assert.Equal(QualityFlags.None, run.Head().Quality);
        run.AssertSound();
    }

    [Fact]
    public void E11_where_nothing_tells_of_the_underlying_exposures_stay_at_the_last_spot_and_say_so()
    {
        PlainMarket market = Market;
        LiveRun run = Open(Carry);
        for (int i = 1; i <= 60; i++) run.Apply(market.Quote(Start + (i * 100 * Millisecond), i % 3, isCall: false, 5000, 0.15 + (0.0001 * i)));
        MarketSection head = run.Head();
        Assert.Equal((SpotSource.NoUnderlying, QualityFlags.NoUnderlying, 5000.0), (head.SpotSource, head.Quality, head.Spot));
        Assert.Equal((6_000 - 1) * Millisecond, head.SpotAgeNanos);
        run.Apply(PlainMarket.Spot(Start + (6_001 * Millisecond), 5003), PlainMarket.Spot(Start + (6_002 * Millisecond), 5003));
        Assert.Equal((SpotSource.Quoted, QualityFlags.None, 5003.0), (run.Head().SpotSource, run.Head().Quality, run.Head().Spot));
        run.AssertSound();
    }

    [Fact]
    public void E12_a_kind_that_is_not_known_is_counted_and_changes_nothing()
    {
        LiveRun run = Open(Carry);
        byte[] before = LiveRun.WithoutSequence(run.Section());
        ulong applied = run.Ledger.Applied;
        int sent = 0;
        foreach (uint instrument in (uint[])[0, PlainMarket.IdOf(3, true), PlainMarket.IdOf(3, false)])
        {
            for (int kind = 0; kind <= byte.MaxValue; kind++)
            {
                if (kind is >= (int)TickKind.Quote and <= (int)TickKind.Status) continue;
                run.Apply(new Tick { EventTimeNanos = Start + Millisecond, InstrumentId = instrument, Kind = (TickKind)kind, Bid = 5, Ask = 6, Flags = (TickFlags)kind });
                sent++;
            }
        }
        Assert.Equal((ulong)sent, run.Rejected(Rejection.UnknownKind));
        Assert.Equal(applied, run.Ledger.Applied);
        Assert.Equal(before, LiveRun.WithoutSequence(run.Section()));
        run.AssertSound();
    }

    /// <summary>Every floating-point number of the snapshot is finite.</summary>
    internal static void AssertFinite(LiveRun run)
    {
        Assert.False(run.Calculation.HasOverflowed);
        Assert.True(MarketView.TryOpen(run.Section(), out MarketView view));
        MarketSection head = view.Head;
        Assert.Equal(0ul, head.NonFiniteContributions);
        Assert.True(double.IsFinite(head.Spot) && double.IsFinite(head.Outlook.Spot));
        for (int model = 0; model < PositionModels.Count; model++)
        {
            for (int bucket = 0; bucket < 3; bucket++)
            {
                ZeroGammaSection zero = head.Models[model].Buckets[bucket].ZeroGamma;
                Assert.All((double[])[zero.Value, zero.Slope, zero.Conditioning, zero.PerStickiness, head.Models[model].Buckets[bucket].SqueezeGain],
                    number => Assert.True(double.IsFinite(number)));
                for (int level = 0; level < 8; level++)
                    Assert.True(double.IsFinite(head.Models[model].Buckets[bucket].Levels[level].Margin));
            }
            PinSection pin = head.Models[model].Pin;
            Assert.True(double.IsFinite(pin.Strike) && double.IsFinite(pin.Share) && double.IsFinite(pin.Probability));
        }
        foreach (ExpiryRow expiry in view.Expiries)
            Assert.True(double.IsFinite(expiry.Forward) && double.IsFinite(expiry.Discount) && double.IsFinite(expiry.GrossShare));
    }
}
