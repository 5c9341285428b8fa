using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DealerFlow.Cli.Synth;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public sealed class SyntheticMarketTests(SyntheticDay day) : IClassFixture<SyntheticDay>
{
    private const int NanosPerWindow = 10_000_000;

    [Fact]
    public void The_mix_of_messages_is_that_of_a_real_feed()
    {
        double messages = day.Messages.Length;
        int changes = day.Messages.Count(IsBest);
        int trades = day.Messages.Count(tick => tick.Kind == TickKind.Trade);
        int zeroDte = day.Messages.Count(tick => day.Definitions[tick.InstrumentId].ExpiryDate == 20261116);

        Assert.InRange(changes / messages, 0.20, 0.24);
        Assert.InRange((messages - changes - trades) / messages, 0.73, 0.80);
        Assert.InRange(trades / messages, 0.002, 0.005);
        Assert.InRange(zeroDte / messages, 0.40, 0.60);
        Assert.InRange(messages / 6, 0.8 * day.Options.Rate, 1.2 * day.Options.Rate);
    }

    [Fact]
    public void The_tape_opens_with_a_whole_chain_at_one_instant()
    {
        int contracts = day.Definitions.Length - 1;
        Tick[] opening = [.. day.Ticks.TakeWhile(tick => tick.EventTimeNanos == day.Options.StartNanos)];

        Assert.InRange(contracts, 8_000, 10_000);
        Assert.Equal(1 + (2 * contracts), opening.Length);
        Assert.Equal(TickKind.Spot, opening[0].Kind);
        for (uint id = 1; id <= contracts; id++)
        {
            Tick openInterest = opening[id], quote = opening[contracts + id];
            Assert.Equal((id, TickKind.OpenInterest), (openInterest.InstrumentId, openInterest.Kind));
            Assert.Equal((id, TickKind.Quote, TickFlags.NationalBest), (quote.InstrumentId, quote.Kind, quote.Flags));
        }
    }

    [Fact]
    public void Times_never_run_back_and_span_the_minutes_asked_for()
    {
        Assert.Equal(day.Options.StartNanos, day.Ticks[0].EventTimeNanos);
        Assert.Equal(day.Options.StartNanos + (6 * UnixNanos.PerSecond), day.Ticks[^1].EventTimeNanos);
        for (int i = 1; i < day.Ticks.Length; i++) Assert.True(day.Ticks[i].EventTimeNanos >= day.Ticks[i - 1].EventTimeNanos);
    }

    [Fact]
    public void The_underlying_ticks_a_thousand_times_a_second()
    {
        Tick[] spots = [.. day.Ticks.Where(tick => tick.Kind == TickKind.Spot)];

        Assert.Equal(6_001, spots.Length);
        Assert.Equal(4, day.Definitions[0].PriceDecimals);
        Assert.Equal(68_000_000, spots[0].Price);
        Assert.All(spots, spot => Assert.Equal(0u, spot.InstrumentId));
    }

    [Fact]
    public void Every_tick_is_of_a_defined_contract_and_a_known_venue()
    {
        foreach (Tick tick in day.Messages)
        {
            Assert.InRange(tick.InstrumentId, 1u, (uint)day.Definitions.Length - 1);
            Assert.InRange(tick.Venue, 1, SyntheticMarket.Venues);
        }
        Assert.Equal(18, day.Messages.Select(tick => tick.Venue).Distinct().Count());
        for (int id = 0; id < day.Definitions.Length; id++) Assert.Equal((uint)id, day.Definitions[id].InstrumentId);
    }

    [Fact]
    public void A_quote_is_marked_best_exactly_when_it_changes_a_national_best_price()
    {
        var best = new (int Bid, int Ask)[day.Definitions.Length];
        foreach (Tick tick in day.Ticks.Where(tick => tick.Kind == TickKind.Quote))
        {
            ref (int Bid, int Ask) known = ref best[tick.InstrumentId];
            if (IsBest(tick))
            {
                Assert.NotEqual(known, (tick.Bid, tick.Ask));
                Assert.True(tick.Bid < tick.Ask, $"best quote crossed: {tick.Bid} against {tick.Ask}");
                known = (tick.Bid, tick.Ask);
            }
            else
            {
                Assert.True(tick.Bid <= known.Bid && tick.Ask >= known.Ask, "a venue's quote inside of the best would be the best");
            }
        }
    }

    [Fact]
    public void Every_price_is_on_the_exchange_grid()
    {
        foreach (Tick tick in day.Ticks)
        {
            if (tick.Kind is not (TickKind.Quote or TickKind.Trade)) continue;
            AssertOnGrid(tick.Bid);
            if (tick.Kind == TickKind.Quote) AssertOnGrid(tick.Ask);
        }
        Assert.All(day.Definitions.Skip(1), definition => Assert.Equal((2, 50), (definition.PriceDecimals, definition.TickMills)));

        static void AssertOnGrid(int cents) => Assert.True(cents >= 0 && cents % (cents < 300 ? 5 : 10) == 0, $"{cents} cents");
    }

    [Fact]
    public void A_trade_happens_at_or_inside_the_best_quote_and_hides_its_true_side()
    {
        var best = new (int Bid, int Ask)[day.Definitions.Length];
        int buyers = 0, trades = 0;
        foreach (Tick tick in day.Ticks)
        {
            if (tick.Kind == TickKind.Quote && IsBest(tick)) best[tick.InstrumentId] = (tick.Bid, tick.Ask);
            if (tick.Kind != TickKind.Trade) continue;
            trades++;
            Assert.InRange(tick.Price, Math.Max(best[tick.InstrumentId].Bid, 1), best[tick.InstrumentId].Ask);
            Assert.True(tick.Quantity > 0);
            Assert.True(tick.Flags is TickFlags.HiddenBuyer or TickFlags.HiddenSeller);
            if (tick.Flags == TickFlags.HiddenBuyer) buyers++;
        }
        Assert.InRange(buyers, 0.3 * trades, 0.8 * trades);
    }

    [Fact]
    public void Some_windows_of_ten_milliseconds_carry_three_to_seven_times_the_mean()
    {
        int[] perWindow = new int[600];
        foreach (Tick tick in day.Messages)
            perWindow[Math.Min((tick.EventTimeNanos - day.Options.StartNanos) / NanosPerWindow, 599)]++;
        double mean = perWindow.Average();

        Assert.InRange(perWindow.Count(count => count >= 3 * mean), 4, 30);
        Assert.InRange(perWindow.Max() / mean, 3, 7.5);
    }

    [Fact]
    public void Messages_come_in_packets()
    {
        long[] gaps = [.. day.Messages.Skip(1).Zip(day.Messages, (later, earlier) => later.EventTimeNanos - earlier.EventTimeNanos)];
        double withinPackets = gaps.Count(gap => gap <= 2_100) / (double)gaps.Length;

        // Without packets one gap in twenty-five is that short: 1 − exp(−2.1 µs · 20,000/s).
        Assert.InRange(withinPackets, 0.85, 0.97);
        Assert.InRange(gaps.Max(), 1_000_000, 100_000_000);
    }

    [Fact]
    public void Activity_falls_with_rank_as_one_over_rank()
    {
        int[] counts = [.. day.Messages.CountBy(tick => tick.InstrumentId).Select(pair => pair.Value).OrderDescending()];
        double harmonic = Enumerable.Range(1, day.Definitions.Length - 1).Sum(rank => 1.0 / rank);

        foreach (int rank in (ReadOnlySpan<int>)[1, 2, 5, 10, 50])
        {
            double expected = day.Messages.Length / (rank * harmonic);
            Assert.InRange(counts[rank - 1], 0.8 * expected, 1.25 * expected);
        }
    }

    [Fact]
    public void Sizes_are_lognormal()
    {
        double[] logs = [.. day.Messages.Where(tick => tick.Kind == TickKind.Quote).Select(tick => Math.Log(tick.AskSize))];
        double mean = logs.Average(), deviation = Math.Sqrt(logs.Average(log => (log - mean) * (log - mean)));

        Assert.InRange(mean, Math.Log(7.5), Math.Log(8.5));
        Assert.InRange(deviation, 0.9, 1.05);
        Assert.All(day.Messages.Where(tick => tick.Kind == TickKind.Quote), tick => Assert.Equal(tick.Bid == 0, tick.BidSize == 0));
    }

    [Fact]
    public void Quotes_follow_the_underlying_so_that_parity_holds_at_the_end()
    {
        var best = new (int Bid, int Ask)[day.Definitions.Length];
        foreach (Tick tick in day.Ticks)
            if (tick.Kind == TickKind.Quote && IsBest(tick)) best[tick.InstrumentId] = (tick.Bid, tick.Ask);
        double spot = day.Ticks[^1].Price / 10_000.0;
        int pairs = 0;
        for (int id = 1; id + 1 < day.Definitions.Length; id += 2)
        {
            InstrumentDefinition call = day.Definitions[id], put = day.Definitions[id + 1];
            Assert.Equal((InstrumentKind.Call, InstrumentKind.Put, call.StrikeMills), (call.Kind, put.Kind, put.StrikeMills));
            if (call.ExpiryDate != 20261116 || Math.Abs(call.Strike - spot) > 25) continue;
            pairs++;
            double forward = call.Strike + (Middle(best[id]) - Middle(best[id + 1]));
            Assert.InRange(forward, spot - 0.6, spot + 0.6);
        }
        Assert.InRange(pairs, 8, 12);

        static double Middle((int Bid, int Ask) quote) => (quote.Bid + quote.Ask) / 200.0;
    }

    [Fact]
    public void Quotes_follow_the_model_so_that_implied_volatilities_stay_sensible_to_the_end()
    {
        var best = new (int Bid, int Ask)[day.Definitions.Length];
        foreach (Tick tick in day.Ticks)
            if (tick.Kind == TickKind.Quote && IsBest(tick)) best[tick.InstrumentId] = (tick.Bid, tick.Ask);
        double spot = day.Ticks[^1].Price / 10_000.0;
        var overModel = new List<double>();
        for (int contract = 0; contract < day.Chain.Contracts.Length; contract += 5)
        {
            ListedContract terms = day.Chain.Contracts[contract];
            ListedExpiry expiry = day.Chain.Expiries[terms.Expiry];
            double years = expiry.YearsAt(day.Options.EndNanos), forward = spot * expiry.ForwardRatioAt(years);
            double h = Math.Log(terms.Strike / forward) * (terms.Right == OptionRight.Call ? 1 : -1);
            if (h < 0 || h > expiry.Smile.Deviation(0, years, level: 0)) continue;

            double middle = (best[contract + 1].Bid + best[contract + 1].Ask) / 200.0;
            double w = ScalarBlack.TotalDeviation(h, middle / expiry.DiscountAt(years) / Math.Min(forward, terms.Strike))!.Value;
            double model = expiry.Smile.Deviation(h * (terms.Right == OptionRight.Call ? 1 : -1), years, level: 0);
            overModel.Add(w / model);
        }
        Assert.True(overModel.Count > 150, $"{overModel.Count} contracts");
        Assert.All(overModel, ratio => Assert.InRange(ratio, 0.85, 1.15));
        Assert.InRange(overModel.Count(ratio => ratio is > 0.95 and < 1.05), 0.9 * overModel.Count, overModel.Count);
    }

    [Fact]
    public void Opening_prices_leave_no_arbitrage_between_strikes_beyond_their_spreads()
    {
        int contracts = day.Definitions.Length - 1, checkedPairs = 0;
        for (int id = 1; id + 2 <= contracts; id++)
        {
            InstrumentDefinition lower = day.Definitions[id], upper = day.Definitions[id + 2];
            if (lower.SettlementNanos != upper.SettlementNanos || lower.Root != upper.Root) continue;
            Tick low = day.Ticks[contracts + id], high = day.Ticks[contracts + id + 2];
            checkedPairs++;
            if (lower.Kind == InstrumentKind.Call) Assert.True(high.Bid < low.Ask, $"call {upper.Strike} bid above call {lower.Strike} ask");
            else Assert.True(low.Bid < high.Ask, $"put {lower.Strike} bid above put {upper.Strike} ask");
        }
        Assert.True(checkedPairs > 8_000);
    }

    [Fact]
    public void Spreads_widen_with_premium_and_deep_wings_have_no_bid()
    {
        int contracts = day.Definitions.Length - 1;
        Tick[] quotes = day.Ticks[(contracts + 1)..((2 * contracts) + 1)];
        double narrow = quotes.Where(quote => quote.Ask is >= 100 and < 300).Average(quote => quote.Ask - quote.Bid);
        double wide = quotes.Where(quote => quote.Ask is >= 10_000 and < 30_000).Average(quote => quote.Ask - quote.Bid);

        Assert.InRange(narrow, 5, 20);
        Assert.InRange(wide, 60, 500);
        Assert.InRange(quotes.Count(quote => quote.Bid == 0), 300, 3_000);
    }

    [Fact]
    public void Both_morning_and_afternoon_contracts_settle_on_the_third_Friday()
    {
        InstrumentDefinition[] thirdFriday = [.. day.Definitions.Where(definition => definition.ExpiryDate == 20261120)];

        Assert.Contains(thirdFriday, definition => definition.Root == Ascii8.From("SPX") && definition.Settlement == SettlementKind.AM);
        Assert.Contains(thirdFriday, definition => definition.Root == Ascii8.From("SPXW") && definition.Settlement == SettlementKind.PM);
        Assert.InRange(day.Chain.Expiries.Length, 22, 30);
        Assert.InRange(day.Definitions.Skip(1).Select(definition => (definition.Root, definition.SettlementNanos, definition.StrikeMills)).Distinct().Count(), 4_000, 5_000);
    }

    [Fact]
    public void Open_interest_crowds_on_round_strikes_near_the_money_with_puts_below_and_calls_above()
    {
        (InstrumentDefinition Definition, uint Open)[] open =
            [.. day.Ticks.Where(tick => tick.Kind == TickKind.OpenInterest).Select(tick => (day.Definitions[tick.InstrumentId], tick.Quantity))];
        double Sum(Func<InstrumentDefinition, bool> filter) => open.Where(row => filter(row.Definition)).Sum(row => (double)row.Open);
        double Mean(Func<InstrumentDefinition, bool> filter) => open.Where(row => filter(row.Definition)).Average(row => (double)row.Open);

        Assert.True(Sum(d => d.Kind == InstrumentKind.Put && d.Strike < 6800) > 1.5 * Sum(d => d.Kind == InstrumentKind.Put && d.Strike > 6800));
        Assert.True(Sum(d => d.Kind == InstrumentKind.Call && d.Strike > 6800) > 1.5 * Sum(d => d.Kind == InstrumentKind.Call && d.Strike < 6800));
        Assert.True(Mean(d => IsNear(d) && d.StrikeMills % 100_000 == 0) > 3 * Mean(d => IsNear(d) && d.StrikeMills % 25_000 != 0));
        Assert.True(Mean(d => IsNear(d) && d.StrikeMills % 100_000 == 0) > 3 * Mean(d => Math.Abs(d.Strike - 6800) > 1000 && d.StrikeMills % 100_000 == 0));

        static bool IsNear(InstrumentDefinition definition) => Math.Abs(definition.Strike - 6800) < 200;
    }

    [Fact]
    public void After_settlement_a_contract_is_quoted_no_more()
    {
        SynthOptions close = new() { Seed = 3, Minutes = 2.0 / 60, Start = new TimeOnly(15, 59, 59), Rate = 5_000 };
        SyntheticChain chain = CalendarChain.Build(close);
        InstrumentDefinition[] definitions = chain.Definitions();
        Tick[] ticks = SyntheticDay.Read(new SyntheticMarket(close, chain));

        Assert.All(ticks.Where(tick => tick.Kind != TickKind.Spot), tick => Assert.True(tick.EventTimeNanos < definitions[tick.InstrumentId].SettlementNanos));
        Assert.Contains(ticks, tick => tick.Kind == TickKind.Quote && tick.EventTimeNanos > close.StartNanos && definitions[tick.InstrumentId].ExpiryDate == 20261116);
        Assert.Contains(ticks, tick => tick.Kind == TickKind.Quote && tick.EventTimeNanos > close.StartNanos + UnixNanos.PerSecond);
    }

    [Fact]
    public void Reading_in_other_portions_gives_the_same_ticks()
    {
        SynthOptions options = day.Options with { Minutes = 0.005 };
        Tick[] whole = SyntheticDay.Read(new SyntheticMarket(options, day.Chain));
        var market = new SyntheticMarket(options, day.Chain);
        var portion = new Tick[7];
        int at = 0;
        for (int count = market.Read(portion); count > 0; count = market.Read(portion))
        {
            Assert.True(MemoryMarshal.AsBytes(portion.AsSpan(0, count)).SequenceEqual(MemoryMarshal.AsBytes(whole.AsSpan(at, count))));
            at += count;
        }
        Assert.Equal(whole.Length, at);
    }

    [Fact]
    public void Making_ticks_allocates_nothing()
    {
        var market = new SyntheticMarket(day.Options, day.Chain);
        var ticks = new Tick[4096];
        for (int warmUp = 0; warmUp < 8; warmUp++) market.Read(ticks);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int made = 0;
        for (int batch = 0; batch < 16; batch++) made += market.Read(ticks);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(16 * ticks.Length, made);
    }

    [Fact]
    public void The_ticks_of_a_version_never_change()
    {
        // Another hash means another generator: raise SyntheticTape.Version and make the shipped tape again.
        SynthOptions options = day.Options with { Minutes = 0.005 };
        Tick[] ticks = SyntheticDay.Read(new SyntheticMarket(options, day.Chain));
        string hash = Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(ticks.AsSpan())))[..32];

        Assert.Equal(3, SyntheticTape.Version);
        Assert.Equal("5E8990F79F39B368CC5E1FC9D7EA5A38", hash);
    }

    private static bool IsBest(Tick tick) => (tick.Flags & TickFlags.NationalBest) != 0;
}
