using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class CombinedViewTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);
    private static readonly long Now = NewYorkTime.ToUnixNanos(Day, new TimeOnly(10, 0));
    private static readonly double[] IndexStrikes = [.. Enumerable.Range(-20, 41).Select(i => 6000.0 + (10 * i))];

    [Fact]
    public void Of_one_member_the_view_has_the_numbers_of_the_member()
    {
        TwoMarkets markets = new(fundBeta: 1);
        (List<byte[]> index, _, List<byte[]> combined) = markets.Run([new CombinedMember { UnderlyingId = 0 }]);
        MarketSection one = Head(index[^1]), sum = Head(combined[^1]);
        Assert.Equal(1u, sum.Members);
        for (int model = 0; model < PositionModels.Count; model++)
        {
            for (int bucket = 0; bucket < 3; bucket++)
            {
                BucketSection expected = one.Models[model].Buckets[bucket], actual = sum.Models[model].Buckets[bucket];
                Assert.Equal((expected.NetGex, expected.GrossGex, expected.Dex, expected.Vex, expected.Chex), (actual.NetGex, actual.GrossGex, actual.Dex, actual.Vex, actual.Chex));
                Assert.Equal(expected.ZeroGamma.Status, actual.ZeroGamma.Status);
                Assert.Equal(expected.ZeroGamma.RootCount, actual.ZeroGamma.RootCount);
                Assert.Equal(expected.ZeroGamma.Value, actual.ZeroGamma.Value, 1e-9 * one.Spot);
                for (int level = 0; level < 6; level++) Assert.Equal(expected.Levels[level].Strike, actual.Levels[level].Strike);
            }
        }
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.25)]
    public void Gamma_counts_with_the_square_of_beta_and_delta_with_beta(double beta)
    {
        TwoMarkets markets = new(beta);
        (List<byte[]> index, List<byte[]> fund, List<byte[]> combined) = markets.Run(markets.Both);
        MarketSection one = Head(index[^1]), other = Head(fund[^1]), sum = Head(combined[^1]);
        // One cut: the same mark, the same last event.
        Assert.Equal((one.MarkTimeNanos, one.EventSequence), (other.MarkTimeNanos, other.EventSequence));
        Assert.Equal((one.MarkTimeNanos, one.EventSequence, one.Spot), (sum.MarkTimeNanos, sum.EventSequence, sum.Spot));
        Assert.Equal(2u, sum.Members);
        for (int bucket = 0; bucket < 3; bucket++)
        {
            BucketSection a = one.Buckets[bucket], b = other.Buckets[bucket], c = sum.Buckets[bucket];
            Assert.Equal(a.NetGex + (beta * beta * b.NetGex), c.NetGex, 1.0 + 1);
            Assert.Equal(a.GrossGex + (beta * beta * b.GrossGex), c.GrossGex, 1.0 + 1);
            Assert.Equal(a.Dex + (beta * b.Dex), c.Dex, 1.0 + 1);
            Assert.Equal(a.Vex + (beta * b.Vex), c.Vex, 1.0 + 1);
        }
        Assert.True(MarketView.TryOpen(combined[^1], out MarketView view));
        long overStrikes = 0, overExpiries = 0;
        foreach (StrikeRow row in view.Strikes) overStrikes += row.CallGex + row.PutGex;
        foreach (ExpiryRow row in view.Expiries) overExpiries += row.NetGex;
        Assert.Equal(sum.Buckets[0].NetGex, overExpiries, 4.0);
        Assert.Equal(sum.Buckets[0].NetGex, overStrikes, 200.0);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.25)]
    public void Its_zero_gamma_is_where_the_repriced_members_cancel(double beta)
    {
        TwoMarkets markets = new(beta);
        (_, _, List<byte[]> combined) = markets.Run(markets.Both);
        MarketSection sum = Head(combined[^1]);
        ZeroGammaSection zero = sum.Buckets[0].ZeroGamma;
        Assert.Equal(ZeroGammaStatus.Found, zero.Status);
        double shift = Math.Log(zero.Value / sum.Spot);
        UnderlyingCalculation index = markets.Calculation!.Underlyings[0], fund = markets.Calculation.Underlyings[1];
        double parts = Gamma(index, shift) + (beta * beta * Gamma(fund, beta * shift));
        double gross = sum.Buckets[0].GrossGex / 1024.0;
        Assert.Equal(0, parts / gross, 1e-8);
        Assert.True(Math.Abs(Gamma(index, shift)) > 1e-4 * gross, "neither member is at its own root there");
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.25)]
    public void Its_profile_is_that_of_the_members_where_they_are_then(double beta)
    {
        TwoMarkets markets = new(beta);
        (_, _, List<byte[]> combined) = markets.Run(markets.Both);
        MarketSection sum = Head(combined[^1]);
        double gross = sum.Buckets[0].GrossGex / 1024.0;
        for (int point = 0; point < ProfileSection.Points; point++)
        {
            double shift = ProfileSection.ShiftOf(point);
            double parts = Gamma(markets.Calculation!.Underlyings[0], shift) + (beta * beta * Gamma(markets.Calculation.Underlyings[1], beta * shift));
            Assert.Equal(parts, sum.Profile.Rows[point].NetGex(PositionModel.OpenInterest, ExposureBucket.All), 1e-10 * gross);
        }
    }

    [Fact]
    public void A_basis_that_is_no_member_is_refused()
    {
        TwoMarkets markets = new(1);
        Assert.Throws<ArgumentException>(() => markets.Run([new CombinedMember { UnderlyingId = 1000 }]));
        Assert.Throws<ArgumentException>(() => markets.Run([new CombinedMember { UnderlyingId = 0, Beta = 2 }]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CombinedMember { UnderlyingId = 0, Beta = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new CombinedBasis { BasisId = 0, Members = [new CombinedMember { UnderlyingId = 0 }, new CombinedMember { UnderlyingId = 0 }] });
    }

    private static MarketSection Head(byte[] section)
    {
        Assert.True(MarketView.TryOpen(section, out MarketView view));
        return view.Head;
    }

    /// <summary>G of one member at a shift of its own, by the plain formula.</summary>
    private static double Gamma(UnderlyingCalculation member, double shift)
    {
        double total = 0;
        foreach (ExpirySegment segment in member.Nodes.Segments)
        {
            for (int i = segment.Start; i < segment.End; i++)
            {
                double forward = segment.Forward * Math.Exp(shift), w = member.Nodes.Deviation[i];
                double d1 = (Math.Log(forward / member.Nodes.Strike[i]) / w) + (w / 2);
                double net = member.Nodes.Weights.NetOf(PositionColumn.OpenInterest)[i];
                total += 0.01 * segment.Discount * forward * Math.Exp(-d1 * d1 / 2) / Math.Sqrt(2 * Math.PI) / w * net;
            }
        }
        return total;
    }

    /// <summary>An index and a fund on a tenth of it, with other positions.</summary>
    private sealed class TwoMarkets
    {
        private readonly List<InstrumentDefinition> _definitions = [];
        private readonly List<Tick> _ticks = [];

        public TwoMarkets(double fundBeta)
        {
            Add(0, "SPX", "SPXW", 6000, IndexStrikes, strike => strike > 6050 ? (900u, 100u) : (150u, 700u));
            Add(1000, "SPY", "SPY", 600, [.. IndexStrikes.Select(strike => strike / 10)], strike => strike > 590 ? (4000u, 500u) : (800u, 6000u));
            Both = [new CombinedMember { UnderlyingId = 0 }, new CombinedMember { UnderlyingId = 1000, Beta = fundBeta }];
        }

        public CombinedMember[] Both { get; }

        public Calculation? Calculation { get; private set; }

        public (List<byte[]> Index, List<byte[]> Fund, List<byte[]> Combined) Run(CombinedMember[] members)
        {
            var recording = new Recording();
            var sink = new RecordingSink(recording);
            Calculation = new Calculation(
                _definitions.ToArray(), [0, 1000],
                new EngineOptions { ForwardMode = ForwardMode.Carry, Combined = new CombinedBasis { BasisId = 0, Members = members } });
            Calculation.Apply(_ticks.ToArray(), ref sink);
            Calculation.Apply([Tick.Spot(Now + UnixNanos.PerSecond, 0, 600_000), Tick.Spot(Now + (2 * UnixNanos.PerSecond), 1000, 60_000)], ref sink);
            var sorted = (Index: new List<byte[]>(), Fund: new List<byte[]>(), Combined: new List<byte[]>());
            // Of one mark the members come first, and then their sum.
            int within = 0;
            long mark = 0;
            foreach (byte[] section in recording.Sections)
            {
                MarketSection head = Head(section);
                within = head.MarkTimeNanos == mark ? within + 1 : 0;
                mark = head.MarkTimeNanos;
                (within == 0 ? sorted.Index : within == 1 ? sorted.Fund : sorted.Combined).Add(section);
            }
            return (sorted.Index, sorted.Fund, sorted.Combined);
        }

        private void Add(uint first, string underlying, string root, double spot, double[] strikes, Func<double, (uint Calls, uint Puts)> open)
        {
            _definitions.Add(new InstrumentDefinition
            {
                InstrumentId = first,
                UnderlyingId = first,
                Root = Ascii8.From(underlying),
                PriceDecimals = 2,
                Kind = InstrumentKind.Underlying,
                Multiplier = 1,
            });
            _ticks.Add(Tick.Spot(Now, first, (int)(spot * 100)));
            uint id = first;
            foreach (DateOnly date in (DateOnly[])[Day, Day.AddDays(28)])
            {
                long settlement = NewYorkTime.ToUnixNanos(date, new TimeOnly(16, 0));
                double w = 0.15 * Math.Sqrt((settlement - Now) / (double)UnixNanos.PerYear);
                foreach (double strike in strikes)
                {
                    foreach (InstrumentKind kind in (InstrumentKind[])[InstrumentKind.Call, InstrumentKind.Put])
                    {
                        _definitions.Add(new InstrumentDefinition
                        {
                            InstrumentId = ++id,
                            UnderlyingId = first,
                            Root = Ascii8.From(root),
                            StrikeMills = (long)Math.Round(strike * 1000),
                            SettlementNanos = settlement,
                            ExpiryDate = (date.Year * 10000) + (date.Month * 100) + date.Day,
                            Multiplier = 100,
                            PriceDecimals = 6,
                            Kind = kind,
                            Settlement = SettlementKind.PM,
                        });
                        (uint calls, uint puts) = open(strike);
                        _ticks.Add(Tick.OpenInterest(Now, id, kind == InstrumentKind.Call ? calls : puts));
                        double price = Black76.Price(spot, strike, 1, w, kind == InstrumentKind.Call) * 1e6;
                        if (price >= 100) _ticks.Add(Tick.Quote(Now, id, (int)(price * 0.99), (int)(price * 1.01), 1, 1, 1, TickFlags.NationalBest));
                    }
                }
            }
        }
    }
}
