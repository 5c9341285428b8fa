using DealerFlow.Engine;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>The curve of a snapshot against the plain formula over the nodes, and against the snapshot's own totals and roots.</summary>
public class ProfileCurveTests
{
    [Theory]
    [InlineData(71, 11)]
    [InlineData(72, 15)]
    public void At_spot_the_curve_is_the_net_gex_of_every_model_and_bucket(int seed, int hour)
    {
        (MarketSection head, _) = Run(seed, hour);
        Assert.Equal(head.MarkTimeNanos, head.Profile.MarkTimeNanos);
        ProfileRow here = head.Profile.Rows[ProfileSection.Points / 2];
        Assert.Equal(head.Spot, here.Spot, 1e-9);
        foreach (PositionModel model in Enum.GetValues<PositionModel>())
        {
            foreach (ExposureBucket bucket in Enum.GetValues<ExposureBucket>())
            {
                ref readonly BucketSection totals = ref head.Models[(int)model].Buckets[(int)bucket];
                double gross = MoneyGrid.ToUsd(totals.GrossGex);
                // The totals are rounded to 1/1024 USD per node and side, the curve is not.
                Assert.Equal(MoneyGrid.ToUsd(totals.NetGex), here.NetGex(model, bucket), 1 + (1e-11 * gross));
            }
        }
    }

    [Fact]
    public void Elsewhere_it_is_the_plain_formula_over_the_nodes()
    {
        (MarketSection head, UnderlyingCalculation underlying) = Run(73, 11);
        for (int point = 0; point < ProfileSection.Points; point++)
        {
            ProfileRow row = head.Profile.Rows[point];
            double shift = ProfileSection.ShiftOf(point);
            Assert.Equal(head.Spot * Math.Exp(shift), row.Spot, 1e-9 * head.Spot);
            foreach (PositionModel model in (PositionModel[])[PositionModel.OpenInterest, PositionModel.ShortBoth, PositionModel.Gross, PositionModel.OpenInterestPlusTape])
            {
                foreach (ExposureBucket bucket in (ExposureBucket[])[ExposureBucket.ZeroDte, ExposureBucket.ExZeroDte])
                {
                    (double net, double size) = Plain(underlying, shift, model, bucket);
                    Assert.Equal(net, row.NetGex(model, bucket), 1e-6 + (1e-10 * size));
                }
            }
        }
    }

    [Fact]
    public void Every_root_within_reach_lies_where_the_curve_changes_its_sign()
    {
        int roots = 0;
        for (int seed = 74; seed < 80; seed++)
        {
            (MarketSection head, _) = Run(seed, 12);
            ref readonly ZeroGammaSection zero = ref head.Models[(int)PositionModel.OpenInterest].Buckets[(int)ExposureBucket.All].ZeroGamma;
            for (int i = 0; i < zero.RootCount; i++)
            {
                for (int point = 1; point < ProfileSection.Points; point++)
                {
                    ProfileRow left = head.Profile.Rows[point - 1], right = head.Profile.Rows[point];
                    if (zero.Roots[i] <= left.Spot || zero.Roots[i] >= right.Spot) continue;
                    int between = 0;
                    for (int other = 0; other < zero.RootCount; other++) if (zero.Roots[other] > left.Spot && zero.Roots[other] < right.Spot) between++;
                    if (between % 2 == 0) continue;
                    Assert.NotEqual(
                        Math.Sign(left.NetGex(PositionModel.OpenInterest, ExposureBucket.All)), Math.Sign(right.NetGex(PositionModel.OpenInterest, ExposureBucket.All)));
                    roots++;
                }
            }
        }
        Assert.True(roots >= 3, $"{roots} roots were looked at");
    }

    private static (MarketSection Head, UnderlyingCalculation Underlying) Run(int seed, int hour)
    {
        var market = new RandomMarket(seed, time: new TimeOnly(hour, 20));
        Tick[] ticks = [.. market.Opening(), .. market.Next(4_000, 1e6)];
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        const long Interval = UnixNanos.PerMillisecond;
        var calculation = new Calculation(market.Definitions, 0, new EngineOptions { OutlookIntervalNanos = Interval, PublishIntervalNanos = Interval, ZeroGammaIntervalNanos = Interval });
        calculation.Apply(ticks, ref sink);
        // One more event makes the mark before it, whose curve includes all that came until then.
        calculation.Apply([Tick.Spot(market.Now + (2 * UnixNanos.PerMillisecond), 0, 500_000)], ref sink);
        Assert.True(MarketView.TryOpen(recording.Last, out MarketView view));
        return (view.Head, calculation.Underlyings[0]);
    }

    /// <summary>Σ 0.01·D·F·φ(d1)/w·N, with the C runtime's functions, and the sum of the sizes.</summary>
    private static (double Net, double Size) Plain(UnderlyingCalculation underlying, double shift, PositionModel model, ExposureBucket bucket)
    {
        double net = 0, size = 0;
        NodeTable nodes = underlying.Nodes;
        ModelView view = nodes.Weights.View(model);
        foreach (ExpirySegment segment in nodes.Segments)
        {
            if (!segment.IsPriced || segment.IsZeroDte != (bucket == ExposureBucket.ZeroDte)) continue;
            for (int i = segment.Start; i < segment.End; i++)
            {
                double forward = segment.Forward * Math.Exp(shift), w = nodes.Deviation[i];
                double d1 = (Math.Log(forward / nodes.Strike[i]) / w) + (w / 2);
                double position = (view.CallSign * nodes.Weights.Call[(int)view.Column][i]) + (view.PutSign * nodes.Weights.Put[(int)view.Column][i]);
                double gamma = 0.01 * segment.Discount * forward * Math.Exp(-d1 * d1 / 2) / Math.Sqrt(2 * Math.PI) / w;
                net += gamma * position;
                size += gamma * Math.Abs(position);
            }
        }
        return (net, size);
    }
}
