using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>What can go wrong with time, sessions and contracts, rows D1 to D12 of the failure catalogue, at the level of the engine.</summary>
public class TimeFailureEngineTests
{
    private const long Second = UnixNanos.PerSecond, Millisecond = UnixNanos.PerMillisecond;

    private static readonly DateOnly Day = new(2026, 11, 20);
    private static readonly DateOnly Monthly = new(2026, 12, 18);
    private static readonly EngineOptions Carry = new() { ForwardMode = ForwardMode.Carry };
    private static readonly double[] Ladder = [.. Enumerable.Range(0, 21).Select(i => 4900.0 + (10 * i))];

    private static PlainMarket Today => new(Day, Ladder);

    private static LiveRun Start(PlainMarket market, long nanos, EngineOptions? options = null, double spot = 5000)
    {
        var run = new LiveRun(market.Definitions, options ?? Carry);
        run.Apply(market.Opening(nanos, spot, 0.15));
        // Fewer puts than calls, or call and put of a node would cancel out.
        for (int strike = 0; strike < market.Strikes.Length; strike++) run.Apply(PlainMarket.OpenInterest(nanos, strike, isCall: false, 400));
        return run;
    }

    private static long At(int hour, int minute, int second = 0) => LiveRun.At(Day, hour, minute, second);

    [Fact]
    public void D1_the_clock_and_the_zone_of_the_machine_change_no_byte()
    {
        var market = new RandomMarket(301);
        Tick[] ticks = [.. market.Opening(), .. market.Next(3_000, 5_000_000)];
        string? zone = Environment.GetEnvironmentVariable("TZ");
        var recordings = new List<Recording>();
        try
        {
            foreach (string place in (string[])["America/New_York", "Asia/Kathmandu"])
            {
                Environment.SetEnvironmentVariable("TZ", place);
                TimeZoneInfo.ClearCachedData();
                var run = new LiveRun(market.Definitions, new EngineOptions());
                run.Apply(ticks);
                run.Section();
                recordings.Add(run.Recording);
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable("TZ", zone);
            TimeZoneInfo.ClearCachedData();
        }
        Assert.True(recordings[0].Sections.Count > 20);
        Assert.True(recordings[0].SameBytesAs(recordings[1]));
    }

    [Theory]
    [InlineData(typeof(Calculation))]
    [InlineData(typeof(NewYorkTime))]
    [InlineData(typeof(Black76))]
    [InlineData(typeof(Tick))]
    public void D1_nothing_that_computes_can_ask_the_machine_for_the_time(Type inAssembly)
    {
        // What the compiled code calls, whatever the source looks like.
        using FileStream file = File.OpenRead(inAssembly.Assembly.Location);
        using var image = new PEReader(file);
        MetadataReader metadata = image.GetMetadataReader();
        var called = new HashSet<string>();
        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind != HandleKind.TypeReference) continue;
            TypeReference type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
            called.Add($"{metadata.GetString(type.Name)}.{metadata.GetString(member.Name)}");
        }
        Assert.Contains("Object..ctor", called);
        Assert.DoesNotContain(called, name => name.StartsWith("TimeZoneInfo.", StringComparison.Ordinal)
            || name.StartsWith("Stopwatch.", StringComparison.Ordinal)
            || name is "DateTime.get_Now" or "DateTime.get_UtcNow" or "DateTime.get_Today" or "DateTimeOffset.get_Now" or "DateTimeOffset.get_UtcNow"
                or "Environment.get_TickCount" or "Environment.get_TickCount64");
    }

    [Fact]
    public void D2_a_time_that_runs_back_is_clamped_and_counted_and_T_never_grows()
    {
        LiveRun run = Start(Today, At(10, 0));
        run.Apply(PlainMarket.Spot(At(10, 0, 1), 5000));
        double years = run.Calculation.Nodes.Segments[0].Years;
        for (int back = 1; back <= 20; back++)
        {
            run.Apply(PlainMarket.Spot(At(10, 0, 1) - (back * Second), 5000));
            Assert.Equal(years, run.Calculation.Nodes.Segments[0].Years);
        }
        MarketSection head = run.Head();
        Assert.Equal((20ul, 0ul), (run.Ledger.TimeRegressions, run.Ledger.SuspectTimes));
        Assert.Equal((At(10, 0, 1), QualityFlags.None), (head.EventTimeNanos, head.Quality));
        run.AssertSound();
    }

    [Fact]
    public void D2_a_far_time_is_held_until_sixty_four_messages_in_a_row_agree()
    {
        long far = LiveRun.At(Monthly, 10, 0);
        LiveRun run = Start(new PlainMarket(Monthly, Ladder), At(10, 0));
        run.Apply(PlainMarket.Spot(At(10, 0, 1), 5000));
        for (int i = 0; i < EventTime.Confirmations - 1; i++)
        {
            run.Apply(PlainMarket.Spot(far + (i * Millisecond), 5000 + i));
            MarketSection held = run.Head();
            Assert.Equal((At(10, 0, 1), QualityFlags.SuspectTime), (held.MarkTimeNanos, held.Quality));
        }
        Assert.Equal(63ul, run.Ledger.SuspectTimes);

        // One that disagrees, and the count begins again.
        run.Apply(PlainMarket.Spot(far + UnixNanos.PerDay, 5000));
        for (int i = 0; i < EventTime.Confirmations - 1; i++) run.Apply(PlainMarket.Spot(far + (i * Millisecond), 5000));
        Assert.Equal(At(10, 0, 1), run.Head().MarkTimeNanos);
        run.Apply(PlainMarket.Spot(far + Second, 5001), PlainMarket.Spot(far + Second + Millisecond, 5002));
        MarketSection believed = run.Head();
        Assert.Equal((far + Second + Millisecond, 5001.0), (believed.MarkTimeNanos, believed.Spot));
        Assert.False(believed.Quality.HasFlag(QualityFlags.SuspectTime));
        run.AssertSound();
    }

    [Fact]
    public void D2_a_sane_time_in_between_ends_the_suspicion()
    {
        LiveRun run = Start(new PlainMarket(Monthly, Ladder), At(10, 0));
        for (int i = 0; i < 200; i++)
        {
            run.Apply(PlainMarket.Spot(LiveRun.At(Monthly, 10, 0), 5000), PlainMarket.Spot(At(10, 0, 1) + (i * Millisecond), 5000));
            Assert.Equal(At(10, 0, 1) + (i * Millisecond), run.Calculation.EventTimeNanos);
        }
        Assert.Equal(200ul, run.Ledger.SuspectTimes);
        Assert.Equal(QualityFlags.None, run.Head().Quality);
    }

    [Fact]
    public void D2_however_far_the_messages_agree_on_the_engine_goes_on()
    {
        LiveRun run = Start(Today, At(10, 0));
        // The last hour that a time may lie in.
        for (int i = 0; i < 70; i++) run.Apply(PlainMarket.Spot(MarkClock.LatestNanos - (70 - i), 5000));
        Assert.Equal(0, run.Head().Buckets[0].GrossGex);
        Assert.Equal(MarkClock.LatestNanos - 1, run.Calculation.EventTimeNanos);
        run.AssertSound();
    }

    [Fact]
    public void D3_live_then_pinned_then_expired_and_every_sum_leaves_in_one_publish()
    {
        LiveRun run = Start(Today, At(15, 58, 58));
        run.Apply(Tick.Trade(At(15, 58, 58), PlainMarket.IdOf(10, true), 9_999, 7, 1, TickFlags.None));
        run.Calculation.LoadPositions([new OutsidePosition(PlainMarket.IdOf(10, true), 55)]);
        run.Apply(PlainMarket.Quote(At(15, 58, 58), 10, true, 100, 110), Tick.Trade(At(15, 58, 58), PlainMarket.IdOf(10, true), 110, 7, 1, TickFlags.None));
        var states = new List<(long Time, QuoteStatus Status)>();
        for (long t = At(15, 58, 59); t <= At(16, 0, 2); t += 100 * Millisecond)
        {
            run.Apply(PlainMarket.Spot(t, 5000));
            if (run.Calculation.ReadNodes().Count > 0) states.Add((t, run.Node(10).Status));
        }
        Assert.All(states, state => Assert.Equal(state.Time < At(15, 59) ? QuoteStatus.Ok : QuoteStatus.Pin, state.Status));
        Assert.Equal(At(16, 0) - (100 * Millisecond), states[^1].Time);

        byte[] last = run.Recording.Sections.Last(section => LiveRun.HeadOf(section).MarkTimeNanos < At(16, 0));
        byte[] first = run.Recording.Sections.First(section => LiveRun.HeadOf(section).MarkTimeNanos >= At(16, 0));
        Assert.Equal(At(16, 0), LiveRun.HeadOf(first).MarkTimeNanos);
        (MarketSection before, MarketSection after) = (LiveRun.HeadOf(last), LiveRun.HeadOf(first));
        for (int model = 0; model < PositionModels.Count; model++)
        {
            Assert.Equal(ModelStatus.Live, before.Models[model].Status);
            foreach (int bucket in (int[])[(int)ExposureBucket.All, (int)ExposureBucket.ZeroDte])
            {
                Assert.True(before.Models[model].Buckets[bucket].GrossGex > 0, $"model {model} has a position until the end");
                Assert.Equal((0, 0, 0, 0, 0, 0, 0), LiveRun.Sums(in after.Models[model].Buckets[bucket]));
                Assert.Equal((0, 0, GammaRegime.None), (after.Models[model].Buckets[bucket].OpenInterest, after.Models[model].Buckets[bucket].CharmToClose, after.Models[model].Buckets[bucket].Regime));
            }
        }
        Assert.Equal((21u, 1u, 0u, 0u, 0u), (before.StrikeCount, before.ExpiryCount, after.StrikeCount, after.ExpiryCount, after.Nodes));
        run.AssertSound();
    }

    // Source: at 60 s and at an hour, S = 6000 and 15 % volatility, RELIABILITY D4; 1/(S·w·√(2π)) times e^(-w²/8).
    [Theory]
    [InlineData(3_600, 0.0414)]
    [InlineData(60, 0.321)]
    [InlineData(1, 0.321)]
    [InlineData(0.001, 0.321)]
    public void D4_at_the_money_gamma_stops_growing_at_sixty_seconds(double secondsLeft, double gamma)
    {
        var market = new PlainMarket(Day, [.. Enumerable.Range(0, 9).Select(i => 5980.0 + (5 * i))], priceDecimals: 6);
        long now = At(16, 0) - (long)(secondsLeft * 1e9);
        long start = Math.Min(now, At(15, 58)) - Second;
        LiveRun run = Start(market, start, spot: 6000);
        run.Apply(PlainMarket.Spot(start + Millisecond, 6000));
        run.Pass(now, 6000);
        run.Apply(PlainMarket.Spot(now + 100_000, 6000));
        Assert.Equal(gamma, run.Node(4).Gamma, gamma * 0.005);
        Assert.Equal(0ul, run.Head().NonFiniteContributions);
        Assert.False(run.Calculation.HasOverflowed);
    }

    [Theory]
    [InlineData(2026, 3, 8, 5, 71)]
    [InlineData(2026, 11, 1, 4, 73)]
    public void D5_over_both_changes_of_the_clock_T_counts_real_hours_and_0dte_begins_at_midnight_new_york(
        int year, int month, int day, int hoursBehindBefore, int hoursFromCloseToClose)
    {
        var sunday = new DateOnly(year, month, day);
        DateOnly monday = sunday.AddDays(1);
        var market = new PlainMarket(monday, Ladder);
        var fridaysClose = new DateTimeOffset(sunday.AddDays(-2), new TimeOnly(16, 0), TimeSpan.FromHours(-hoursBehindBefore));
        long start = UnixNanos.FromUtc(fridaysClose.UtcDateTime);
        LiveRun run = Start(market, start);
        run.Apply(PlainMarket.Spot(start + 1, 5000));
        Assert.Equal(hoursFromCloseToClose / 8760.0, run.Calculation.Nodes.Segments[0].Years, 1e-15);

        int hoursBehindAfter = 9 - hoursBehindBefore;
        long midnight = UnixNanos.FromUtc(new DateTimeOffset(monday, TimeOnly.MinValue, TimeSpan.FromHours(-hoursBehindAfter)).UtcDateTime);
        foreach (long off in (long[])[-UnixNanos.PerDay, -3_600 * Second, -Millisecond, 0, Millisecond])
        {
            run.Apply(PlainMarket.Spot(midnight + off, 5000));
            Assert.Equal(off < 0 ? 0 : 1, Assert.Single(run.Expiries()).IsZeroDte);
            Assert.Equal((16.0 / 8760) - (off / (double)UnixNanos.PerYear), run.Calculation.Nodes.Segments[0].Years, 1e-15);
        }
        run.Apply(PlainMarket.Spot(midnight + (16 * 3_600 * Second), 5000));
        Assert.Empty(run.Expiries());
    }

    [Fact]
    public void D6_a_half_day_settles_at_one_and_charm_to_close_looks_there()
    {
        var halfDay = new DateOnly(2026, 11, 27);
        var market = new PlainMarket(halfDay, Ladder, settlesAt: new TimeOnly(13, 0));
        LiveRun run = Start(market, LiveRun.At(halfDay, 12, 58));
        run.Pass(LiveRun.At(halfDay, 12, 58, 1), 5010);
        run.Pass(LiveRun.At(halfDay, 12, 58, 3), 5010);
        Assert.Equal(LiveRun.At(halfDay, 13, 0), run.Head().Outlook.CloseNanos);
        Assert.NotEqual(0, run.Head().Buckets[0].CharmToClose);

        run.Pass(LiveRun.At(halfDay, 13, 0) - 1, 5000);
        Assert.True(run.Head().Buckets[0].GrossGex > 0);
        run.Apply(PlainMarket.Spot(LiveRun.At(halfDay, 13, 0), 5000));
        MarketSection after = run.Head();
        Assert.Equal((0, 0u), (after.Buckets[0].GrossGex, after.ExpiryCount));
        run.Apply(PlainMarket.Spot(LiveRun.At(halfDay, 13, 0) + Second, 5000));
        Assert.Equal(LiveRun.At(new DateOnly(2026, 11, 30), 16, 0), run.Head().Outlook.CloseNanos);
    }

    [Fact]
    public void D6_in_an_unknown_year_there_is_no_close_and_nothing_is_guessed()
    {
        var unknown = new DateOnly(2031, 3, 3);
        LiveRun run = Start(new PlainMarket(unknown, Ladder), LiveRun.At(unknown, 10, 0));
        run.Pass(LiveRun.At(unknown, 10, 0, 10), 5000);
        MarketSection head = run.Head();
        Assert.Equal(QualityFlags.NoCalendar, head.Quality);
        Assert.Equal((0L, 0), (head.Outlook.CloseNanos, head.OpenInterestDate));
        for (int bucket = 0; bucket < 3; bucket++)
        {
            Assert.Equal(0, head.Buckets[bucket].CharmToClose);
            Assert.Equal(0, head.Outlook.Flows[0][(ExposureBucket)bucket, HedgeScenario.Close].Flow);
        }
        // What the contracts say of themselves needs no calendar.
        Assert.True(head.Buckets[(int)ExposureBucket.ZeroDte].GrossGex > 0);
        Assert.All(run.Expiries(), expiry => Assert.Equal(0, expiry.IsMonthly));
    }

    // Cboe notice 16856 of 18 March 2020: SPX opens at 09:45, SPXW as always.
    [Fact]
    public void D7_a_delayed_open_reschedules_the_morning_contracts_of_the_named_root_alone()
    {
        var market = new TwoSettlements(Monthly, Ladder);
        var run = new LiveRun(market.Definitions, Carry);
        run.Apply(market.Opening(market.Open - (510 * Second), 5000, 0.15));
        run.Pass(market.Open - (500 * Second), 5000);
        double morning = run.Node(10).TotalDeviation, afternoon = run.Node(31).TotalDeviation;
        long delayed = market.Open + (900 * Second);
        InstrumentDefinition first = market.Definitions[1];
        first.SettlementNanos = delayed;
        run.Define(in first, market.Open - (500 * Second) + 1);
        run.Apply(PlainMarket.Spot(market.Open - (500 * Second) + (2 * Millisecond), 5000));

        Assert.Equal([delayed, market.Close], run.Expiries().Select(expiry => expiry.SettlementNanos));
        // The quotes are what they were, so w is; with T it would leap by two thirds, and that it decays more slowly from here is all.
        Assert.Equal(morning, run.Node(10).TotalDeviation, morning * 0.01);
        Assert.Equal(afternoon, run.Node(31).TotalDeviation, afternoon * 1e-4);
        run.AssertSound();

        run.Pass(market.Open + Second, 5000);
        Assert.Equal(2, run.Expiries().Length);
        Assert.Equal(QuoteStatus.Ok, run.Node(10).Status);
        run.Pass(delayed - Second, 5000);
        Assert.Equal(QuoteStatus.Pin, run.Node(10).Status);
        Assert.Equal(QuoteStatus.Ok, run.Node(31).Status);
        run.Apply(PlainMarket.Spot(delayed, 5000));
        Assert.Equal(["SPXW"], run.Expiries().Select(expiry => expiry.Root.ToString()));
        Assert.True(run.Recording.Sections.Exists(section => LiveRun.HeadOf(section).MarkTimeNanos == delayed));
        run.AssertSound();
    }

    [Fact]
    public void D7_a_delay_that_comes_in_the_last_minute_ends_the_pin_state_and_quotes_count_again()
    {
        var market = new TwoSettlements(Monthly, Ladder);
        var run = new LiveRun(market.Definitions, Carry);
        run.Apply(market.Opening(market.Open - (62 * Second), 5000, 0.15));
        run.Pass(market.Open - (40 * Second), 5000);
        Assert.Equal(QuoteStatus.Pin, run.Node(10).Status);
        InstrumentDefinition first = market.Definitions[1];
        first.SettlementNanos = market.Open + (900 * Second);
        run.Define(in first, market.Open - (39 * Second));
        long now = market.Open - (38 * Second);
        run.Apply(TwoSettlements.Quote(in first, now, 5000, 0.60), PlainMarket.Spot(now + Millisecond, 5000));
        foreach (InstrumentDefinition definition in market.Definitions.Skip(1).Take(42))
        {
            InstrumentDefinition moved = definition;
            moved.SettlementNanos = first.SettlementNanos;
            run.Apply(TwoSettlements.Quote(in moved, now, 5000, 0.60));
        }
        run.Apply(PlainMarket.Spot(now + (2 * Millisecond), 5000));
        Assert.Equal(QuoteStatus.Ok, run.Node(10).Status);
        double w = 0.60 * Math.Sqrt((first.SettlementNanos - now) / (double)UnixNanos.PerYear);
        Assert.Equal(w, run.Node(10).TotalDeviation, w * 0.02);
        run.AssertSound();
    }

    [Fact]
    public void D7_a_delay_that_comes_too_late_brings_the_contracts_back()
    {
        var market = new TwoSettlements(Monthly, Ladder);
        var run = new LiveRun(market.Definitions, Carry);
        run.Apply(market.Opening(market.Open - (62 * Second), 5000, 0.15));
        run.Pass(market.Open + Second, 5000);
        Assert.Single(run.Expiries());
        InstrumentDefinition first = market.Definitions[1];
        first.SettlementNanos = market.Open + (900 * Second);
        run.Define(in first, market.Open + (2 * Second));
        run.Apply(PlainMarket.Spot(market.Open + (3 * Second), 5000));
        Assert.Equal(2, run.Expiries().Length);
        Assert.Equal(QuoteStatus.Ok, run.Node(10).Status);
        run.AssertSound();
        run.Pass(market.Open + (900 * Second), 5000);
        Assert.Single(run.Expiries());
    }

    [Fact]
    public void D7_overrides_move_the_close_and_the_snapshot_names_them()
    {
        var calendar = new SessionCalendar(CalendarOverrides.Parse("2026-11-20 close 14:00", "overrides.txt"));
        long start = At(10, 0);
        MarketSection plain = HeadWith(SessionCalendar.Embedded), moved = HeadWith(calendar);
        Assert.Equal((At(16, 0), 0ul), (plain.Outlook.CloseNanos, plain.CalendarOverrides));
        Assert.Equal((At(14, 0), calendar.Overrides.Fingerprint), (moved.Outlook.CloseNanos, moved.CalendarOverrides));
        Assert.NotEqual(0ul, moved.CalendarOverrides);
        Assert.Equal((ushort)TradingCalendar.Version, moved.CalendarVersion);
        Assert.NotEqual(plain.Buckets[0].CharmToClose, moved.Buckets[0].CharmToClose);
        Assert.Equal(plain.Buckets[0].NetGex, moved.Buckets[0].NetGex);

        MarketSection HeadWith(SessionCalendar with)
        {
            LiveRun run = Start(new PlainMarket(Monthly, Ladder), start, Carry with { Calendar = with });
            run.Apply(PlainMarket.Spot(start + Second, 5000));
            return run.Head();
        }
    }

    [Fact]
    public void D7_a_halt_is_flagged_and_makes_quotes_stale_until_they_come_again_after_it()
    {
        PlainMarket market = Today;
        LiveRun run = Start(market, At(10, 0));
        run.Apply(PlainMarket.Spot(At(10, 0, 1), 5000), LiveRun.Status(At(10, 0, 1), isHalted: true), PlainMarket.Spot(At(10, 0, 2), 5000));
        Assert.Equal((QualityFlags.Halted, 21u), (run.Head().Quality, run.Head().Stale));
        Assert.All(run.Calculation.ReadNodes(), node => Assert.Equal(QuoteStatus.Stale, node.Status));
        run.Apply(LiveRun.Status(At(10, 0, 3), isHalted: false), PlainMarket.Spot(At(10, 0, 4), 5000));
        Assert.Equal((QualityFlags.None, 21u), (run.Head().Quality, run.Head().Stale));
        run.Apply(market.Opening(At(10, 0, 5), 5000, 0.15));
        run.Apply(PlainMarket.Spot(At(10, 0, 6), 5000));
        Assert.Equal(0u, run.Head().Stale);
        Assert.Equal(2ul, run.Ledger.Notices);
        run.AssertSound();
    }

    [Fact]
    public void D8_morning_and_afternoon_contracts_of_one_date_and_strike_stay_apart()
    {
        var market = new TwoSettlements(Monthly, Ladder);
        var run = new LiveRun(market.Definitions, Carry);
        run.Apply(market.Opening(market.Open - (100 * Second), 5000, 0.15));
        run.Pass(market.Open - (97 * Second), 5000);
        MarketSection early = run.Head();
        Assert.Equal((42u, 2u, 21u), (early.Nodes, early.ExpiryCount, early.StrikeCount));
        Assert.Equal((29_400L, 58_800L), (early.ZeroDteAmOpenInterest, early.Buckets[(int)ExposureBucket.ZeroDte].OpenInterest));
        ExpiryRow[] both = run.Expiries();
        Assert.Equal(both[0].NetGex, early.ZeroDteAmNetGex);
        Assert.NotEqual(both[0].NetGex, both[1].NetGex);
        Assert.Equal(2, early.RootCount);

        run.Pass(market.Open, 5000);
        MarketSection late = run.Head();
        Assert.Equal((0L, 0L, 29_400L), (late.ZeroDteAmOpenInterest, late.ZeroDteAmNetGex, late.Buckets[(int)ExposureBucket.ZeroDte].OpenInterest));
        ExpiryRow left = Assert.Single(run.Expiries());
        Assert.Equal(("SPXW", SettlementKind.PM, late.Buckets[0].NetGex), (left.Root.ToString(), left.Settlement, left.NetGex));
        run.AssertSound();
    }

    [Fact]
    public void D9_messages_after_the_settlement_are_counted_and_change_nothing()
    {
        PlainMarket market = Today;
        LiveRun run = Start(market, At(15, 58));
        run.Pass(At(16, 0), 5000);
        byte[] before = LiveRun.WithoutSequence(run.Section());
        run.Apply(market.Opening(At(16, 0), 5000, 0.15).Where(tick => tick.Kind != TickKind.Spot));
        run.Apply(Tick.Trade(At(16, 0), PlainMarket.IdOf(3, true), 500, 5, 1, TickFlags.None));
        Assert.Equal(85ul, run.Rejected(Rejection.PostExpiry));
        Assert.Equal(before, LiveRun.WithoutSequence(run.Section()));
        run.AssertSound();
    }

    [Fact]
    public void D10_a_quote_before_its_definition_waits_and_takes_effect_with_it()
    {
        PlainMarket market = Today;
        InstrumentDefinition late = market.Definitions[21];
        var run = new LiveRun([.. market.Definitions.Where(definition => definition.StrikeMills != late.StrikeMills)], Carry);
        List<Tick> opening = market.Opening(At(10, 0), 5000, 0.15);
        run.Apply(opening);
        // Once more: of each kind the last one waits.
        run.Apply(PlainMarket.Quote(At(10, 0), 10, isCall: true, 3_000, 3_200), PlainMarket.OpenInterest(At(10, 0), 10, isCall: true, 777));
        Assert.Equal((4ul, 2ul), (run.Ledger.Pending, run.Ledger.Conflated));
        run.Apply(PlainMarket.Spot(At(10, 0, 1), 5000));
        Assert.Equal(20u, run.Head().Nodes);

        run.Define(in late, At(10, 0, 2));
        run.Define(in market.Definitions[22], At(10, 0, 2));
        run.Apply(PlainMarket.Spot(At(10, 0, 3), 5000));
        Assert.Equal(0ul, run.Ledger.Pending);
        Assert.Equal((21u, 2u, 42_000L - 1000 + 777), (run.Head().Nodes, run.Head().LateDefinitions, run.Head().Buckets[0].OpenInterest));
        Assert.Equal((5000.0, QuoteStatus.Ok), (run.Node(10).Strike, run.Node(10).Status));

        // The same as if it had been there from the start, and its messages had come with the definition.
        var always = new LiveRun(market.Definitions, Carry);
        always.Apply(opening.Where(tick => tick.InstrumentId is not (21 or 22)));
        always.Apply(PlainMarket.Spot(At(10, 0, 1), 5000), opening[42] with { EventTimeNanos = At(10, 0, 2) }, opening[44] with { EventTimeNanos = At(10, 0, 2) });
        always.Apply(
            PlainMarket.Quote(At(10, 0, 2), 10, isCall: true, 3_000, 3_200), PlainMarket.OpenInterest(At(10, 0, 2), 10, isCall: true, 777),
            PlainMarket.OpenInterest(At(10, 0, 2), 10, isCall: false, 1_000), PlainMarket.Spot(At(10, 0, 3), 5000));
        Assert.Equal(always.Head().Buckets[0].NetGex, run.Head().Buckets[0].NetGex);
        run.AssertSound();
    }

    [Fact]
    public void D10_waiting_is_bounded_in_number_and_in_time()
    {
        LiveRun run = Start(Today, At(10, 0), Carry with { PendingCapacity = 8 });
        for (uint id = 1_000; id < 1_020; id++) run.Apply(Tick.Quote(At(10, 0), id, 100, 110, 1, 1, 1, TickFlags.NationalBest));
        Assert.Equal((8ul, 12ul, 0ul), (run.Ledger.Pending, run.Rejected(Rejection.NoRoom), run.Rejected(Rejection.UnknownContract)));
        run.Apply(PlainMarket.Spot(At(10, 1), 5000));
        Assert.Equal(8ul, run.Ledger.Pending);
        run.Apply(PlainMarket.Spot(At(10, 1) + Millisecond, 5000));
        Assert.Equal((0ul, 8ul), (run.Ledger.Pending, run.Rejected(Rejection.UnknownContract)));
        // There is room again; what does not wait is refused at once.
        run.Apply(
            Tick.Quote(At(10, 2), 1_000, 100, 110, 1, 1, 1, TickFlags.NationalBest), Tick.Quote(At(10, 2), 1_000, 100, 110, 1, 1, 1, TickFlags.None),
            Tick.Trade(At(10, 2), 1_000, 100, 1, 1, TickFlags.None));
        Assert.Equal((1ul, 10ul), (run.Ledger.Pending, run.Rejected(Rejection.UnknownContract)));
        run.AssertSound();
    }

    [Fact]
    public void D10_contracts_beyond_the_room_that_was_kept_are_refused_with_the_reason()
    {
        PlainMarket market = Today;
        LiveRun run = Start(market, At(10, 0), Carry with { Room = new RoomForLater(StrikesPerExpiry: 3, Expiries: 1, StrikesPerNewExpiry: 8, Strikes: 40) });
        run.Apply(PlainMarket.Spot(At(10, 0, 1), 5000));
        double net = run.Head().Buckets[0].NetGex;
        uint id = 500;
        // 21 strikes and 3 more are a whole number of eight: no hidden room.
        for (int i = 0; i < 5; i++, id++) run.Define(New(market, id, 5205 + (10 * i), market.Definitions[1].ExpiryDate), At(10, 0, 2));
        Assert.Equal(2ul, run.Rejected(Rejection.NoRoom));
        for (int i = 0; i < 10; i++, id++) run.Define(New(market, id, 5405 + (10 * i), 20261127), At(10, 0, 2));
        Assert.Equal(4ul, run.Rejected(Rejection.NoRoom));
        run.Define(New(market, id, 5005, 20261130), At(10, 0, 2));
        Assert.Equal(5ul, run.Rejected(Rejection.NoRoom));
        run.Apply(PlainMarket.Spot(At(10, 0, 2), 5000));
        Assert.Equal((11u, 2u), (run.Head().LateDefinitions, run.Head().ExpiryCount));
        Assert.Equal(net, run.Head().Buckets[0].NetGex, 1e-6 * Math.Abs(net));
        run.AssertSound();
    }

    [Fact]
    public void D11_an_adjusted_contract_enters_no_sum_and_is_reported_apart()
    {
        PlainMarket market = Today;
        InstrumentDefinition[] definitions = market.Definitions;
        for (int i = 21; i <= 22; i++) (definitions[i].Root, definitions[i].Flags) = (Ascii8.From("SPXW1"), InstrumentFlags.Adjusted);
        var run = new LiveRun(definitions, Carry);
        run.Apply(market.Opening(At(10, 0), 5000, 0.15));
        run.Apply(Tick.Trade(At(10, 0), PlainMarket.IdOf(10, true), 3_100, 5, 1, TickFlags.None), PlainMarket.Spot(At(10, 0, 1), 5000));
        MarketSection head = run.Head();
        Assert.Equal((2000L, 20u, 40_000L), (head.AdjustedOpenInterest, head.Nodes, head.Buckets[0].OpenInterest));
        Assert.Equal(0, head.Trades.Traded[0] + head.Trades.Traded[1]);
        run.AssertSound();
    }

    [Fact]
    public void D11_a_contract_that_becomes_adjusted_leaves_every_sum_at_once()
    {
        PlainMarket market = Today;
        LiveRun run = Start(market, At(10, 0));
        run.Apply(PlainMarket.Spot(At(10, 0, 1), 5000), Tick.Trade(At(10, 0, 1), PlainMarket.IdOf(10, true), 3_000, 5, 1, TickFlags.None));
        for (int i = 21; i <= 22; i++)
        {
            InstrumentDefinition adjusted = market.Definitions[i];
            (adjusted.Root, adjusted.Flags) = (Ascii8.From("SPXW1"), InstrumentFlags.Adjusted);
            run.Define(in adjusted, At(10, 0, 1) + 1);
        }
        run.AssertSound();
        Assert.Equal(0, run.Node(10).CallGex);
        Assert.Equal(0, run.Node(10).PutGex);
        // Within the same mark, and after the next.
        run.Apply(PlainMarket.Spot(At(10, 0, 2), 5000), PlainMarket.OpenInterest(At(10, 0, 2), 10, isCall: true, 1_234));
        Assert.Equal((28_000L, 1_234L), (run.Head().Buckets[0].OpenInterest, run.Head().AdjustedOpenInterest));
        run.AssertSound();

        // And back: it is ordinary again, with nothing of before.
        run.Define(in market.Definitions[21], At(10, 0, 3));
        run.Apply(PlainMarket.Spot(At(10, 0, 4), 5000));
        Assert.Equal((28_000L, 0L), (run.Head().Buckets[0].OpenInterest, run.Head().AdjustedOpenInterest));
        run.AssertSound();
    }

    [Fact]
    public void D11_an_id_that_is_used_again_is_another_contract()
    {
        PlainMarket market = Today;
        LiveRun run = Start(market, At(10, 0));
        run.Apply(PlainMarket.Quote(At(10, 0), 10, isCall: true, 3_000, 3_200));
        run.Apply(Tick.Trade(At(10, 0), PlainMarket.IdOf(10, true), 3_200, 5, 1, TickFlags.None), PlainMarket.Spot(At(10, 0, 1), 5000));
        Assert.NotEqual(0, run.Head().Models[(int)PositionModel.Tape].Buckets[0].NetGex);

        run.Define(New(market, PlainMarket.IdOf(10, true), 5005, market.Definitions[1].ExpiryDate), At(10, 0, 1) + 1);
        run.AssertSound();
        // What was said of the id before is said of nothing now: no open interest, no position, no print to cancel.
        run.Apply(Tick.Trade(At(10, 0, 2), PlainMarket.IdOf(10, true), 3_200, 5, 1, TickFlags.Cancel), PlainMarket.Spot(At(10, 0, 2), 5000));
        Assert.Equal(1ul, run.Rejected(Rejection.UnknownPrint));
        Assert.Equal(28_400L, run.Head().Buckets[0].OpenInterest);
        Assert.Equal(0, run.Head().Models[(int)PositionModel.Tape].Buckets[0].NetGex);
        Assert.Equal(0, run.Node(10).CallGex);
        run.AssertSound();

        run.Apply(PlainMarket.OpenInterest(At(10, 0, 3), 10, isCall: true, 300), PlainMarket.Spot(At(10, 0, 4), 5000));
        Assert.Equal((5005.0, 0.0), (run.Node(11).Strike, run.Node(11).PutGex));
        Assert.True(run.Node(11).CallGex > 0);
        run.AssertSound();
    }

    [Fact]
    public void D11_the_quote_of_a_contract_that_is_no_more_is_not_read_any_longer()
    {
        PlainMarket market = Today;
        LiveRun run = Start(market, At(10, 0));
        // The call of 5050 is the side that is read.
        run.Apply(market.Quote(At(10, 0), 15, isCall: true, 5000, 0.40), PlainMarket.Spot(At(10, 0, 1), 5000));
        double freak = run.Node(15).TotalDeviation, neighbour = run.Node(14).TotalDeviation;
        Assert.True(freak > 2 * neighbour);
        run.Define(New(market, PlainMarket.IdOf(15, true), 5405, market.Definitions[1].ExpiryDate), At(10, 0, 2));
        run.Apply(market.Quote(At(10, 0, 3), 0, isCall: true, 5000, 0.15), market.Quote(At(10, 0, 5), 0, isCall: true, 5001, 0.15), PlainMarket.Spot(At(10, 0, 8), 5000));
        Assert.Equal((QuoteStatus.Missing, true), (run.Node(15).Status, run.Node(15).IsInterpolated));
        Assert.InRange(run.Node(15).TotalDeviation, 0.9 * neighbour, 1.1 * neighbour);
        run.AssertSound();
    }

    [Fact]
    public void D11_new_terms_of_a_contract_are_another_version_of_it_and_its_old_prices_are_not_misread()
    {
        PlainMarket market = Today;
        LiveRun run = Start(market, At(10, 0));
        run.Apply(PlainMarket.Spot(At(10, 0, 1), 5000));
        double good = run.Node(15).TotalDeviation;
        InstrumentDefinition terms = market.Definitions[31];
        (terms.PriceDecimals, terms.Multiplier) = (3, 10);
        run.Define(in terms, At(10, 0, 2));
        run.Apply(PlainMarket.Spot(At(10, 0, 3), 5000));
        run.AssertSound();
        Assert.Equal(good, run.Node(15).TotalDeviation, good * 1e-3);
        Assert.Equal(28_400L, run.Head().Buckets[0].OpenInterest);
        run.Apply(PlainMarket.OpenInterest(At(10, 0, 3), 15, isCall: true, 400), PlainMarket.Spot(At(10, 0, 4), 5000));
        Assert.Equal(-run.Node(15).PutGex / 10, run.Node(15).CallGex, 1.0);
        run.AssertSound();
    }

    [Fact]
    public void D12_open_interest_that_comes_late_or_is_revised_moves_the_book_by_the_difference_and_is_counted()
    {
        PlainMarket market = Today;
        var run = new LiveRun(market.Definitions, Carry);
        run.Apply(market.Opening(At(10, 0), 5000, 0.15).Where(tick => tick.Kind != TickKind.OpenInterest));
        run.Apply(PlainMarket.Spot(At(10, 0, 1), 5000));
        Assert.Equal((0L, 0u, 0), (run.Head().Buckets[0].GrossGex, run.Head().OpenInterestRevisions, run.Head().OpenInterestDate));
        run.Apply(PlainMarket.OpenInterest(At(10, 0, 1), 10, isCall: true, 1000));
        long once = run.Head().Buckets[0].CallGex;
        Assert.Equal((0u, 20261119), (run.Head().OpenInterestRevisions, run.Head().OpenInterestDate));
        run.AssertSound();
        // The same number again is no revision; another one is, and takes the place of the first.
        run.Apply(PlainMarket.OpenInterest(At(10, 0, 1), 10, isCall: true, 1000));
        Assert.Equal((once, 0u), (run.Head().Buckets[0].CallGex, run.Head().OpenInterestRevisions));
        run.Apply(PlainMarket.OpenInterest(At(10, 0, 1), 10, isCall: true, 3000));
        Assert.Equal(3.0 * once, run.Head().Buckets[0].CallGex, 2.0);
        Assert.Equal(1u, run.Head().OpenInterestRevisions);
        run.AssertSound();
        run.Apply(PlainMarket.OpenInterest(At(10, 0, 1), 10, isCall: true, 0));
        Assert.Equal((0L, 0L, 2u), (run.Head().Buckets[0].CallGex, run.Head().Buckets[0].OpenInterest, run.Head().OpenInterestRevisions));
        run.AssertSound();
    }

    private static InstrumentDefinition New(PlainMarket market, uint id, double strike, int expiryDate)
    {
        InstrumentDefinition definition = market.Definitions[1];
        if (definition.ExpiryDate != expiryDate) definition.SettlementNanos += 7 * UnixNanos.PerDay;
        (definition.InstrumentId, definition.StrikeMills, definition.ExpiryDate) = (id, (long)(strike * 1000), expiryDate);
        return definition;
    }
}
