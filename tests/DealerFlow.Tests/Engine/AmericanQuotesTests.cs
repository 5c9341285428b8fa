using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>A chain of American options whose prices come from a plain tree: the engine finds the w and the forward that made them.</summary>
public class AmericanQuotesTests
{
    private const double Spot = 100, Rate = 0.06, Vol = 0.25, Years = 0.5;
    private const int DividendStep = 400;
    private const double Amount = 1.5;
    private const long Now = 1_700_000_000L * UnixNanos.PerSecond;
    private static readonly double[] Strikes = [70, 80, 90, 94, 96, 98, 100, 102, 104, 106, 110, 120, 130];
    private static readonly long Settlement = Now + (long)(Years * UnixNanos.PerYear);
    private static readonly long ExNanos = Now + (long)(Years * DividendStep / ScalarAmericanTree.Steps * UnixNanos.PerYear);

    [Fact]
    public void Forward_and_deviation_are_those_that_made_the_prices()
    {
        (Calculation calculation, ExpiryRow expiry) = Levels(ExerciseTreatment.AsListed, hasDividend: true);
        double forward = (Spot - (Amount * Math.Exp(-Rate * Years * DividendStep / ScalarAmericanTree.Steps))) * Math.Exp(Rate * Years);
        Assert.Equal(ForwardSource.Parity, expiry.ForwardSource);
        Assert.Equal(forward, expiry.Forward, 2e-3);
        foreach (NodeReading node in calculation.ReadNodes())
        {
            Assert.Equal(QuoteStatus.Ok, node.Status);
            Assert.Equal(Vol * Math.Sqrt(Years), node.TotalDeviation, 3e-4 * Vol);
        }
    }

    [Fact]
    public void Taken_as_European_the_same_prices_mislead()
    {
        (Calculation calculation, ExpiryRow expiry) = Levels(ExerciseTreatment.European, hasDividend: true);
        double w = Vol * Math.Sqrt(Years);
        NodeReading put = calculation.ReadNodes().Single(node => node.Strike == 90);
        Assert.True(put.TotalDeviation > w * 1.005, $"{put.TotalDeviation / w}");
        Assert.Equal(default, calculation.Exercise);
        Assert.All(calculation.ReadNodes(), node => Assert.Equal(ExerciseZone.None, node.Zone));
        Assert.NotEqual(Levels(ExerciseTreatment.AsListed, hasDividend: true).Expiry.Forward, expiry.Forward);
    }

    [Fact]
    public void Zones_follow_moneyness()
    {
        (Calculation calculation, _) = Levels(ExerciseTreatment.AsListed, hasDividend: false);
        var zones = calculation.ReadNodes().ToDictionary(node => node.Strike, node => node.Zone);
        Assert.Equal(ExerciseZone.None, zones[70]);       // a far put, and a call that no dividend is paid on
        Assert.Equal(ExerciseZone.Premium, zones[100]);
        Assert.Equal(ExerciseZone.Immediate, zones[130]); // the put
        Assert.Equal(zones.Count, calculation.Exercise.American);
        Assert.Equal(zones.Values.Count(zone => zone == ExerciseZone.Premium), calculation.Exercise.Premium);
        Assert.Equal(zones.Values.Count(zone => zone == ExerciseZone.Immediate), calculation.Exercise.Immediate);
    }

    [Fact]
    public void In_carry_mode_dividends_lower_the_forward()
    {
        (_, ExpiryRow expiry) = Levels(ExerciseTreatment.AsListed, hasDividend: true, ForwardMode.Carry);
        double forward = (Spot - (Amount * Math.Exp(-Rate * Years * DividendStep / ScalarAmericanTree.Steps))) * Math.Exp(Rate * Years);
        Assert.Equal(forward, expiry.Forward, 1e-9);
        Assert.Equal(Spot * Math.Exp(Rate * Years), Levels(ExerciseTreatment.AsListed, hasDividend: false, ForwardMode.Carry).Expiry.Forward, 1e-9);
    }

    [Fact]
    public void Quotes_that_are_none_keep_their_status()
    {
        (InstrumentDefinition[] definitions, List<Tick> ticks) = Chain(hasDividend: false);
        uint put = (uint)(2 + (2 * Array.IndexOf(Strikes, 90)));
        uint call = (uint)(1 + (2 * Array.IndexOf(Strikes, 120)));
        ticks.Add(Tick.Quote(Now, put, 0, 500, 1, 1, 1, TickFlags.NationalBest));
        ticks.Add(Tick.Quote(Now, call, 500, 400, 1, 1, 1, TickFlags.NationalBest));
        (Calculation calculation, _) = Run(definitions, ticks, new EngineOptions { Rate = Rate, Exercise = ExerciseTreatment.AsListed, OneShot = true });
        var nodes = calculation.ReadNodes().ToDictionary(node => node.Strike);
        Assert.Equal(QuoteStatus.NoBid, nodes[90].Status);
        Assert.Equal(QuoteStatus.Crossed, nodes[120].Status);
        Assert.True(nodes[90].IsInterpolated && double.IsFinite(nodes[90].Gamma));
    }

    [Fact]
    public void A_stream_leaves_premiums_where_they_are()
    {
        (InstrumentDefinition[] definitions, List<Tick> ticks) = Chain(hasDividend: false);
        ticks.Add(Tick.Spot(Now + UnixNanos.PerSecond, 0, (int)(Spot * 100)));
        (Calculation calculation, ExpiryRow expiry) = Run(definitions, ticks, new EngineOptions { Rate = Rate, Exercise = ExerciseTreatment.AsListed });
        (_, ExpiryRow european) = Run(definitions, ticks, new EngineOptions { Rate = Rate });
        Assert.Equal(BytesOf(european), BytesOf(expiry));
        Assert.Equal(default, calculation.Exercise);
    }

    private static byte[] BytesOf(ExpiryRow row) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<ExpiryRow>(in row)).ToArray();

    [Fact]
    public void Dividends_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EngineOptions { Dividends = [new ScheduledDividend(1, -1)] });
        Assert.Throws<ArgumentOutOfRangeException>(() => new EngineOptions { Dividends = [new ScheduledDividend(1, double.NaN)] });
        Assert.Throws<ArgumentOutOfRangeException>(() => new EngineOptions { Dividends = [new ScheduledDividend(2, 1), new ScheduledDividend(1, 1)] });
    }

    [Fact]
    public void Dividends_beyond_spot_leave_no_number()
    {
        (InstrumentDefinition[] definitions, List<Tick> ticks) = Chain(hasDividend: false);
        (Calculation calculation, ExpiryRow expiry) = Run(definitions, ticks, new EngineOptions
        {
            Rate = Rate,
            Exercise = ExerciseTreatment.AsListed,
            OneShot = true,
            Dividends = [new ScheduledDividend(ExNanos, 200)],
        });
        Assert.Equal(ExpiryStatus.Unpriced, expiry.Status);
        Assert.All(calculation.ReadNodes(), node => Assert.Equal(QuoteStatus.Invalid, node.Status));
    }

    [Fact]
    public void A_spot_that_is_inferred_holds_the_dividends_still_to_come()
    {
        (InstrumentDefinition[] definitions, List<Tick> ticks) = Chain(hasDividend: true);
        for (int i = 0; i < definitions.Length; i++) definitions[i].Exercise = ExerciseKind.European;
        ticks.RemoveAt(0);
        var without = new EngineOptions { Rate = Rate, OneShot = true };
        double carried = InferredSpot(without), whole = InferredSpot(without with { Dividends = [new ScheduledDividend(ExNanos, Amount)] });
        Assert.InRange(carried, 90, 110);
        Assert.Equal(Amount * Math.Exp(-Rate * Years * DividendStep / ScalarAmericanTree.Steps), whole - carried, 1e-7);

        double InferredSpot(EngineOptions options)
        {
            var calculation = new Calculation(definitions, 0, options);
            var recording = new Recording();
            var sink = new RecordingSink(recording);
            calculation.Apply(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ticks), ref sink);
            calculation.Finish(ref sink);
            Assert.True(MarketView.TryOpen(recording.Last, out MarketView market));
            return market.Head.Spot;
        }
    }

    private static (Calculation Calculation, ExpiryRow Expiry) Levels(ExerciseTreatment exercise, bool hasDividend, ForwardMode mode = ForwardMode.Parity)
    {
        (InstrumentDefinition[] definitions, List<Tick> ticks) = Chain(hasDividend);
        return Run(definitions, ticks, new EngineOptions
        {
            Rate = Rate,
            ForwardMode = mode,
            Exercise = exercise,
            OneShot = true,
            Dividends = hasDividend ? [new ScheduledDividend(ExNanos, Amount)] : [],
        });
    }

    private static (Calculation Calculation, ExpiryRow Expiry) Run(InstrumentDefinition[] definitions, List<Tick> ticks, EngineOptions options)
    {
        var calculation = new Calculation(definitions, 0, options);
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        calculation.Apply(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ticks), ref sink);
        calculation.Finish(ref sink);
        Assert.True(MarketView.TryOpen(recording.Last, out MarketView market));
        return (calculation, market.Expiries[0]);
    }

    /// <summary>Quotes of one per mille to either side of the tree's prices, to five decimals; id 1 + 2·i is the call of strike i, the next its put.</summary>
    private static (InstrumentDefinition[] Definitions, List<Tick> Ticks) Chain(bool hasDividend)
    {
        TreeDividend[] dividends = hasDividend ? [new TreeDividend(DividendStep, Amount)] : [];
        double moving = Spot - dividends.Sum(dividend => dividend.Amount * Math.Exp(-Rate * Years * dividend.Step / ScalarAmericanTree.Steps));
        double forward = moving * Math.Exp(Rate * Years), discount = Math.Exp(-Rate * Years);
        var definitions = new List<InstrumentDefinition>
        {
            new() { Root = Ascii8.From("SPY"), PriceDecimals = 2, Kind = InstrumentKind.Underlying, Multiplier = 1 },
        };
        var ticks = new List<Tick> { Tick.Spot(Now, 0, (int)(Spot * 100)) };
        foreach (double strike in Strikes)
        {
            foreach (bool isCall in (ReadOnlySpan<bool>)[true, false])
            {
                uint id = (uint)definitions.Count;
                definitions.Add(new InstrumentDefinition
                {
                    InstrumentId = id,
                    Root = Ascii8.From("SPY"),
                    StrikeMills = (long)(strike * 1000),
                    SettlementNanos = Settlement,
                    ExpiryDate = 20240515,
                    Multiplier = 100,
                    PriceDecimals = 5,
                    Kind = isCall ? InstrumentKind.Call : InstrumentKind.Put,
                    Settlement = SettlementKind.PM,
                    Exercise = ExerciseKind.American,
                    TickMills = 10,
                });
                double price = ScalarBlack.Price(isCall, forward, strike, discount, Vol * Math.Sqrt(Years))
                    + ScalarAmericanTree.Premium(isCall, Spot, Rate, 0, Years, Vol, strike, dividends);
                int middle = (int)Math.Round(price * 1e5), half = Math.Max(1, middle / 1000);
                ticks.Add(Tick.OpenInterest(Now, id, 1000));
                ticks.Add(Tick.Quote(Now, id, middle - half, middle + half, 1, 1, 1, TickFlags.NationalBest));
            }
        }
        return ([.. definitions], ticks);
    }
}
