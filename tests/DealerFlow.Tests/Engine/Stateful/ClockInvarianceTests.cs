using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Only w = σ√T enters gamma: with one clock for inversion and evaluation, how long its year is makes no difference.</summary>
public class ClockInvarianceTests
{
    private const int Rows = 512;

    [Theory]
    [InlineData(601)]
    [InlineData(602)]
    public void Gamma_does_not_depend_on_the_clock_that_inversion_and_evaluation_share(int seed)
    {
        var random = new Random(seed);
        double[] spot = new double[Rows], forward = new double[Rows], strike = new double[Rows], discount = new double[Rows], price = new double[Rows];
        double[] years = new double[Rows], otherYears = new double[Rows];
        bool[] isCall = new bool[Rows];
        for (int i = 0; i < Rows; i++)
        {
            spot[i] = 10 + (6000 * random.NextDouble());
            forward[i] = spot[i] * (0.98 + (0.04 * random.NextDouble()));
            discount[i] = 0.9 + (0.1 * random.NextDouble());
            double w = Math.Exp(-7 + (7 * random.NextDouble()));
            strike[i] = forward[i] * Math.Exp(w * ((6 * random.NextDouble()) - 3));
            isCall[i] = strike[i] >= forward[i];
            price[i] = Black76.Price(forward[i], strike[i], discount[i], w, isCall[i]);
            years[i] = Math.Exp(-12 + (13 * random.NextDouble()));
            // 252 days, hours of trading alone, or anything.
            otherYears[i] = years[i] * (random.Next(3) switch { 0 => 365.0 / 252, 1 => 24 / 6.5, _ => Math.Exp(6 - (12 * random.NextDouble())) });
        }
        Greeks here = Invert(spot, forward, strike, discount, price, isCall, years), there = Invert(spot, forward, strike, discount, price, isCall, otherYears);
        for (int i = 0; i < Rows; i++)
        {
            Assert.True(here.Status[i] == QuoteStatus.Ok && there.Status[i] == QuoteStatus.Ok, $"seed {seed}, row {i}");
            Near(here.Deviation[i], there.Deviation[i], seed, i);
            Near(here.Gamma[i], there.Gamma[i], seed, i);
            Near(here.Vol[i] * Math.Sqrt(years[i]), there.Vol[i] * Math.Sqrt(otherYears[i]), seed, i);
            Assert.True(years[i] == otherYears[i] || Math.Abs((here.Vol[i] / there.Vol[i]) - 1) > 1e-9, $"seed {seed}, row {i}: σ is that of its clock");
            // Evaluated later, both clocks running alike: w shrinks by the same factor.
            double left = 0.1 + (0.9 * random.NextDouble());
            Near(
                GammaAt(spot[i], forward[i], strike[i], discount[i], there.Vol[i], otherYears[i] * left),
                GammaAt(spot[i], forward[i], strike[i], discount[i], here.Vol[i], years[i] * left), seed, i);
        }
    }

    // The engine's year is 365 days, so another year is another settlement instant: without rates nothing else enters.
    [Theory]
    [InlineData(365.0 / 252)]
    [InlineData(2)]
    [InlineData(17)]
    public void Gamma_exposure_of_a_chain_does_not_depend_on_the_length_of_the_year(double stretch)
    {
        long now = NewYorkTime.ToUnixNanos(new DateOnly(2026, 11, 20), new TimeOnly(10, 0));
        long toSettlement = 10 * UnixNanos.PerDay;
        BucketSection plain = Chain(now, toSettlement), stretched = Chain(now, (long)(toSettlement * stretch));
        Assert.NotEqual(0, plain.NetGex);
        Assert.Equal((plain.NetGex, plain.CallGex, plain.PutGex, plain.GrossGex, plain.Dex), (stretched.NetGex, stretched.CallGex, stretched.PutGex, stretched.GrossGex, stretched.Dex));
        SameBits.Assert<LevelRow>(plain.Levels, stretched.Levels, "levels");
        Assert.Equal(plain.ZeroGamma.Value, stretched.ZeroGamma.Value);
        // Per unit of volatility and per day they are the clock's: 1/√c and c.
        Assert.Equal(plain.Vex * Math.Sqrt(stretch), stretched.Vex, Math.Abs(plain.Vex * 1e-6));
        Assert.Equal(plain.Chex / stretch, stretched.Chex, Math.Abs(plain.Chex * 1e-6));
    }

    private static BucketSection Chain(long now, long toSettlement)
    {
        double[] strikes = [.. Enumerable.Range(0, 21).Select(i => 4800.0 + (20 * i))];
        var market = new PlainMarket(new DateOnly(2026, 11, 30), strikes);
        InstrumentDefinition[] definitions = [.. market.Definitions];
        for (int i = 1; i < definitions.Length; i++) definitions[i].SettlementNanos = now + toSettlement;
        var ticks = new List<Tick> { PlainMarket.Spot(now, 5003) };
        for (int i = 0; i < strikes.Length; i++)
        {
            foreach (bool isCall in (bool[])[true, false])
            {
                double price = 100 * Black76.Price(5003, strikes[i], 1, 0.02 + (0.1 * Math.Abs(Math.Log(strikes[i] / 5003))), isCall);
                ticks.Add(PlainMarket.OpenInterest(now, i, isCall, (uint)(100 + (37 * i) + (isCall ? 500 * (i / 12) : 500 * (1 - (i / 12))))));
                ticks.Add(PlainMarket.Quote(now, i, isCall, (int)(price * 0.99), (int)Math.Ceiling(price * 1.01)));
            }
        }
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        var calculation = new Calculation(definitions, 0, new EngineOptions { OneShot = true, ForwardMode = ForwardMode.Carry });
        calculation.Apply(ticks.ToArray(), ref sink);
        calculation.Finish(ref sink);
        Assert.True(MarketView.TryOpen(recording.Last, out MarketView view));
        return view.Head.Buckets[(int)ExposureBucket.All];
    }

    private static Greeks Invert(double[] spot, double[] forward, double[] strike, double[] discount, double[] price, bool[] isCall, double[] years)
    {
        var greeks = new Greeks();
        double[] Unused() => new double[Rows];
        Black76.FromPrices(
            LaneWidth.One,
            new PricedRows { Spot = spot, Forward = forward, Strike = strike, Years = years, Discount = discount, Price = price, IsCall = isCall },
            new GreekRows
            {
                Status = greeks.Status,
                TotalDeviation = greeks.Deviation,
                ImpliedVol = greeks.Vol,
                Gamma = greeks.Gamma,
                Delta = Unused(),
                Vega = Unused(),
                Theta = Unused(),
                Vanna = Unused(),
                Charm = Unused(),
                Vomma = Unused(),
                Speed = Unused(),
                Zomma = Unused(),
                Color = Unused(),
            });
        return greeks;
    }

    private static double GammaAt(double spot, double forward, double strike, double discount, double vol, double years)
    {
        var scratch = new GreekScratch(8);
        double[] logStrike = [.. Enumerable.Repeat(Math.Log(strike), 8)], deviation = [.. Enumerable.Repeat(vol * Math.Sqrt(years), 8)];
        GreekKernel.Evaluate(LaneWidth.One, new ExpiryTerms(spot, forward, discount, years), logStrike, deviation, scratch.Columns(8));
        return scratch.Gamma[0];
    }

    private static void Near(double expected, double found, int seed, int row) =>
        Assert.True(Math.Abs(found - expected) <= 1e-12 * Math.Abs(expected), $"seed {seed}, row {row}: {found:R}, expected {expected:R}");

    private sealed class Greeks
    {
        public readonly QuoteStatus[] Status = new QuoteStatus[Rows];
        public readonly double[] Deviation = new double[Rows], Vol = new double[Rows], Gamma = new double[Rows];
    }
}
