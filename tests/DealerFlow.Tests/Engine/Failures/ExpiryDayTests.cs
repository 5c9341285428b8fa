using System.Runtime.InteropServices;
using DealerFlow.Cli.Synth;
using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>A tape that runs through the close of an expiry day, from the file to the snapshots: row D3 as a whole.</summary>
public class ExpiryDayTests(ExpiryDayTests.ClosingMinutes closing, ITestOutputHelper output) : IClassFixture<ExpiryDayTests.ClosingMinutes>
{
    private static readonly DateOnly Day = SynthOptions.DefaultDate;

    /// <summary>15:55 to 16:01 New York with what settles that day and the next, on a tape, replayed through the whole engine.</summary>
    public sealed class ClosingMinutes
    {
        internal static long Pin { get; } = LiveRun.At(Day, 15, 59);

        internal static long Close { get; } = LiveRun.At(Day, 16, 0);

        internal List<Moment> Moments { get; } = [];

        internal Ledger Ledger { get; }

        internal long TickCount { get; }

        public ClosingMinutes()
        {
            var options = new SynthOptions { Seed = 31, Minutes = 6, Rate = 1_000, Start = new TimeOnly(15, 55), RealisticTrades = true };
            using var folder = new TemporaryFolder();
            SyntheticTape.Write(folder.File("close"), overwrite: false, options, [TwoDays(CalendarChain.Build(options))], chainFile: null, CancellationToken.None);
            using TapeReader tape = TapeReader.Open(folder.File("close"));
            TickCount = tape.TickCount;
            var calculation = new Calculation(
                tape.Definitions, underlyingId: 0, new EngineOptions { MarkIntervalNanos = 100 * UnixNanos.PerMillisecond, PublishIntervalNanos = UnixNanos.PerSecond });
            OutsidePosition[] positions = new OutsidePosition[tape.Definitions.Length - 1];
            for (int i = 0; i < positions.Length; i++) positions[i] = new OutsidePosition((uint)i + 1, 100 - (i % 7 * 30));
            Assert.Equal(0, calculation.LoadPositions(positions));
            using var engine = new StreamEngine<WholeTape, Witness>(calculation, new WholeTape(tape), new Witness(calculation, Moments), 1 << 12);
            engine.Run(CancellationToken.None);
            Ledger = engine.Ledger;
        }

        // The rest of the calendar would only cost time.
        private static SyntheticChain TwoDays(SyntheticChain chain) => new()
        {
            Underlying = chain.Underlying,
            Spot = chain.Spot,
            Grid = chain.Grid,
            Expiries = chain.Expiries[..2],
            Contracts = [.. chain.Contracts.Where(contract => contract.Expiry < 2)],
        };
    }

    /// <summary>A snapshot, and the 0DTE expiry behind it as the engine holds it.</summary>
    internal sealed record Moment(
        long MarkNanos, MarketSection Head, int Expiries, double Years, bool IsPinned, double Forward, double[] Strike, double[] Deviation, double[] Reference,
        double[] ReferenceYears, DeviationSource[] Source, QuoteStatus[] Status)
    {
        public BucketSection ZeroDte(PositionModel model) => Head.Models[(int)model].Buckets[(int)ExposureBucket.ZeroDte];

        /// <summary>w of the node nearest to the forward.</summary>
        public double AtTheMoney => Deviation[Array.IndexOf(Strike, Strike.MinBy(strike => Math.Abs(strike - Forward)))];
    }

    private readonly struct WholeTape(TapeReader tape) : ITickSource
    {
        public int Read(Span<Tick> ticks) => tape.Read(ticks);
    }

    private readonly struct Witness(Calculation calculation, List<Moment> moments) : ISnapshotSink
    {
        public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger)
        {
            Assert.True(ledger.Balances);
            Assert.True(MarketView.TryOpen(marketSection, out MarketView view));
            NodeTable nodes = calculation.Nodes;
            ExpirySegment today = nodes.BySettlement[0];
            moments.Add(new Moment(
                view.Head.MarkTimeNanos, MemoryMarshal.Read<MarketSection>(marketSection), view.Expiries.Length, today.Years, today.IsPinned, today.Forward,
                Of(nodes.Strike), Of(nodes.Deviation), Of(nodes.ReferenceDeviation), Of(nodes.ReferenceYears), Of(nodes.Source), Of(nodes.Status)));

            T[] Of<T>(T[] column) => column[today.Start..today.End];
        }

        public void PublishHeadline(in HeadlineSection headline, in Ledger ledger) { }

        public void Heartbeat(ulong eventSequence, long eventTimeNanos) { }
    }

    [Fact]
    public void At_four_o_clock_one_publish_drops_everything_that_settles_and_exactly()
    {
        Moment before = closing.Moments.Last(moment => moment.MarkNanos < ClosingMinutes.Close);
        Moment after = closing.Moments.First(moment => moment.MarkNanos >= ClosingMinutes.Close);
        Assert.Equal(ClosingMinutes.Close, after.MarkNanos);
        Assert.Equal(ClosingMinutes.Close - UnixNanos.PerSecond, before.MarkNanos);
        Assert.Equal((2, 1), (before.Expiries, after.Expiries));
        foreach (PositionModel model in Enum.GetValues<PositionModel>())
        {
            Assert.Equal(ModelStatus.Live, before.Head.Models[(int)model].Status);
            Assert.True(before.ZeroDte(model).GrossGex > 0, $"{model} before");
            Assert.NotEqual(0, before.ZeroDte(model).Dex);
            Assert.True(after.Head.Models[(int)model].Buckets[(int)ExposureBucket.All].GrossGex > 0, $"{model} keeps tomorrow's");
            Assert.Equal(after.Head.Models[(int)model].Buckets[(int)ExposureBucket.All].NetGex, after.Head.Models[(int)model].Buckets[(int)ExposureBucket.ExZeroDte].NetGex);
        }
        Assert.Contains(closing.Moments, moment => moment.MarkNanos > ClosingMinutes.Close + (50 * UnixNanos.PerSecond));
        output.WriteLine($"0DTE net {MoneyGrid.ToUsd(before.ZeroDte(0).NetGex):#,0}, gross {MoneyGrid.ToUsd(before.ZeroDte(0).GrossGex):#,0} USD per 1 % a second before");
    }

    [Fact]
    public void From_then_on_0dte_sums_are_exactly_zero_in_all_six_models_and_there_are_no_levels()
    {
        Moment[] over = [.. closing.Moments.Where(moment => moment.MarkNanos >= ClosingMinutes.Close)];
        Assert.True(over.Length >= 60);
        foreach (Moment moment in over)
        {
            foreach (PositionModel model in Enum.GetValues<PositionModel>())
            {
                BucketSection zeroDte = moment.ZeroDte(model);
                Assert.Equal((0, 0, 0, 0, 0, 0, 0), LiveRun.Sums(in zeroDte));
                Assert.Equal((0, 0, 0.0, GammaRegime.None), (zeroDte.OpenInterest, zeroDte.CharmToClose, zeroDte.SqueezeGain, zeroDte.Regime));
                for (int level = 0; level < 8; level++) Assert.Equal(0, zeroDte.Levels[level].Present);
                // Unsigned open interest has no zero gamma, whatever is listed.
                Assert.Equal(
                    (model == PositionModel.Gross ? ZeroGammaStatus.Unpriced : ZeroGammaStatus.None, 0, 0, 0.0, 0.0),
                    (zeroDte.ZeroGamma.Status, zeroDte.ZeroGamma.Sign, zeroDte.ZeroGamma.RootCount, zeroDte.ZeroGamma.Value, zeroDte.ZeroGamma.Slope));
                Assert.Equal((0, 0L), (moment.Head.Models[(int)model].Pin.Present, moment.Head.Models[(int)model].Pin.SettlementNanos));
                for (int scenario = 0; scenario < HedgeScenarios.Count; scenario++)
                {
                    FlowRow flow = moment.Head.Outlook.Flows[(int)model][ExposureBucket.ZeroDte, (HedgeScenario)scenario];
                    Assert.Equal((0, 0, 0, 0, 0), (flow.Flow, flow.Gamma, flow.Vanna, flow.Charm, flow.Residual));
                }
            }
        }
    }

    [Fact]
    public void Between_quotes_w_decays_with_the_root_of_time_always_from_its_stored_pair()
    {
        int compared = 0;
        Moment? earlier = null;
        foreach (Moment moment in closing.Moments.Where(moment => moment.MarkNanos < ClosingMinutes.Pin))
        {
            for (int i = 0; i < moment.Strike.Length; i++)
            {
                if (moment.Source[i] is not (DeviationSource.Quoted or DeviationSource.Held)) continue;
                // Quotes since the last mark stand as they were read.
                double decayed = moment.Reference[i] * Math.Sqrt(moment.Years / moment.ReferenceYears[i]);
                Assert.Equal(decayed, moment.Deviation[i]);
                if (earlier is null || (earlier.Reference[i], earlier.ReferenceYears[i]) != (moment.Reference[i], moment.ReferenceYears[i])) continue;
                Assert.True(moment.Deviation[i] < earlier.Deviation[i]);
                compared++;
            }
            earlier = moment;
        }
        // So near to the close a dozen strikes are worth a bid; all others lie between them.
        Assert.True(compared > 100, $"{compared} times a node had no news for a second");
    }

    [Fact]
    public void In_the_last_minute_the_expiry_is_pinned_and_its_w_stands_still_whatever_is_quoted()
    {
        Moment[] pinned = [.. closing.Moments.Where(moment => moment.MarkNanos >= ClosingMinutes.Pin && moment.MarkNanos < ClosingMinutes.Close)];
        Assert.Equal(60, pinned.Length);
        foreach (Moment moment in pinned)
        {
            Assert.True(moment.IsPinned);
            Assert.Equal(60.0 / (365 * 86_400), moment.Years);
            Assert.All(moment.Status, status => Assert.Equal(QuoteStatus.Pin, status));
            Assert.Equal(pinned[0].Deviation, moment.Deviation);
        }
        Assert.All(closing.Moments.Where(moment => moment.MarkNanos < ClosingMinutes.Pin), moment => Assert.False(moment.IsPinned));
        Assert.True(pinned.Select(moment => moment.ZeroDte(PositionModel.OpenInterest).NetGex).Distinct().Count() > 30, "spot moves on, and gamma with it");
    }

    [Fact]
    public void At_the_money_w_shrinks_from_minute_to_minute_and_gamma_grows_until_the_pin()
    {
        double before = 0;
        foreach (int minute in (int[])[55, 56, 57, 58, 59])
        {
            Moment moment = closing.Moments.First(one => one.MarkNanos >= LiveRun.At(Day, 15, minute, 1) - (minute == 59 ? UnixNanos.PerSecond : 0));
            double gamma = Functions.NormalDensity(moment.AtTheMoney / 2) / (moment.Head.Spot * moment.AtTheMoney);
            output.WriteLine($"15:{minute}  w at the money {moment.AtTheMoney:0.000000}, gamma {gamma:0.0000}");
            Assert.True(gamma > before);
            before = gamma;
        }
    }

    [Fact]
    public void Nothing_of_the_tape_is_lost_and_what_comes_after_the_settlement_is_counted()
    {
        Assert.True(closing.Ledger.Balances);
        Assert.Equal((ulong)closing.TickCount, closing.Ledger.In);
        // Only prints that were dealt before four and told after it: the market itself has stopped quoting.
        Assert.Equal(closing.Ledger.RejectedTotal, closing.Ledger.Rejected[(int)Rejection.PostExpiry]);
        Assert.InRange(closing.Ledger.RejectedTotal, 0ul, 20ul);
    }

    // At the money and one unit beside it, spot unmoved and no quote since an hour before: the same contract, evaluated again and again.
    [Fact]
    public void Gamma_and_charm_of_one_contract_grow_into_the_close_until_the_pin()
    {
        var market = new PlainMarket(Day, [5960, 5980, 6000, 6001, 6020, 6040], priceDecimals: 6);
        var run = new LiveRun(market.Definitions, new EngineOptions { ForwardMode = ForwardMode.Carry });
        run.Apply(market.Opening(LiveRun.At(Day, 15, 30), 6000, 0.15));
        (long gamma, long charm) last = (0, 0);
        for (long now = LiveRun.At(Day, 15, 31); now <= ClosingMinutes.Close; now += 60 * UnixNanos.PerSecond)
        {
            run.Pass(now, 6000);
            (long gamma, long charm) here = Here(run.Calculation);
            if (now < ClosingMinutes.Close) Assert.True(here.gamma > last.gamma && here.charm > last.charm, UnixNanos.ToIso(now));
            else Assert.Equal((0, 0), here);
            last = here;
            if (now != ClosingMinutes.Pin) continue;
            run.Pass(ClosingMinutes.Close - UnixNanos.PerMillisecond, 6000);
            Assert.Equal(here, Here(run.Calculation));
        }
    }

    private static (long Gamma, long Charm) Here(Calculation calculation)
    {
        if (!calculation.Nodes.Segments[0].IsPriced) return default;
        ExposureColumns nodes = calculation.Underlyings[0].Read(PositionColumn.OpenInterest, calculation.Nodes.Segments[0]);
        return (nodes.CallGex[2], Math.Abs(nodes.CallChex[3]));
    }

    [Fact]
    public void Nothing_left_is_none_and_nothing_priced_is_unpriced()
    {
        var market = new PlainMarket(Day, [5980, 6000, 6020], priceDecimals: 6);
        var run = new LiveRun(market.Definitions, new EngineOptions { ForwardMode = ForwardMode.Carry });
        List<Tick> opening = market.Opening(LiveRun.At(Day, 15, 59), 6000, 0.15);
        run.Apply(opening.Where(tick => tick.Kind != TickKind.Quote));
        run.Pass(LiveRun.At(Day, 15, 59, 30), 6000);
        MarketSection unpriced = run.Head();
        foreach (PositionModel model in Enum.GetValues<PositionModel>())
            Assert.Equal(ZeroGammaStatus.Unpriced, unpriced.Models[(int)model].Buckets[(int)ExposureBucket.ZeroDte].ZeroGamma.Status);
        Assert.Equal(6_000, unpriced.UnpricedOpenInterest);
        // Nothing of another day is listed: that bucket is as empty as this one will be.
        Assert.Equal(ZeroGammaStatus.None, unpriced.Buckets[(int)ExposureBucket.ExZeroDte].ZeroGamma.Status);

        run.Pass(ClosingMinutes.Close, 6000);
        MarketSection over = run.Head();
        Assert.Equal(0, over.UnpricedOpenInterest);
        foreach (PositionModel model in Enum.GetValues<PositionModel>())
        {
            ZeroGammaSection zero = over.Models[(int)model].Buckets[(int)ExposureBucket.ZeroDte].ZeroGamma;
            Assert.Equal((model == PositionModel.Gross ? ZeroGammaStatus.Unpriced : ZeroGammaStatus.None, 0), (zero.Status, zero.Sign));
        }
    }
}
