using BenchmarkDotNet.Attributes;
using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Benchmarks;

/// <summary>
/// Zero gamma of a made-up SPX chain: about 14,300 nodes in 50 expiries, the nearest with one hour left, a quarter of the nodes without a
/// position. The full search runs every second beside the calculation; the baseline looks at the whole profile at every point. A tracked
/// root is paid for at every publish.
/// </summary>
[MemoryDiagnoser, SeveralProcesses]
public class ZeroGammaBench
{
    private const double Spot = 6000;
    private const double HoursPerYear = 8_760;
    private const int Columns = 3;

    private readonly NodeTable _nodes;
    private readonly double[] _gross = new double[3 * Columns];
    private readonly ZeroGammaSearch _plainOne, _plainThree, _one, _three;
    private readonly GammaSurface _surface;
    private readonly ZeroGammaTracker _tracker;
    private readonly double _root;

    public ZeroGammaBench()
    {
        _nodes = Chain();
        var one = new ProfileBook(_nodes, _nodes.Deviation, PositionColumn.OpenInterest, 1);
        var three = new ProfileBook(_nodes, _nodes.Deviation, PositionColumn.OpenInterest, Columns);
        one.Refresh();
        three.Refresh();
        FindGross(three);
        _plainOne = new ZeroGammaSearch(one, LaneDispatch.Best, isPlain: true);
        _plainThree = new ZeroGammaSearch(three, LaneDispatch.Best, isPlain: true);
        _one = new ZeroGammaSearch(one, LaneDispatch.Best);
        _three = new ZeroGammaSearch(three, LaneDispatch.Best);
        _surface = new GammaSurface(one, LaneDispatch.Best, GammaSurface.Felt);
        _tracker = new ZeroGammaTracker(one, new EngineOptions { ZeroGammaIntervalNanos = 1 });
        _three.Run(Spot, _gross);
        _plainThree.Run(Spot, _gross);
        _one.Run(Spot, _gross);
        for (int i = 0; i < 3 * Columns; i++)
        {
            ZeroGammaRoots found = _three.Roots[i / 3, (ExposureBucket)(i % 3)], plain = _plainThree.Roots[i / 3, (ExposureBucket)(i % 3)];
            Console.WriteLine($"// column {i / 3}, bucket {i % 3}: {found.Found} roots (plain {plain.Found}): {string.Join(' ', found.Spot.Take(found.Count).Select(s => s.ToString("F2")))}");
        }
        ZeroGammaRoots roots = _one.Roots[0, ExposureBucket.All];
        _root = Functions.Log(roots.Spot[roots.Nearest(Spot)] / Spot);
        _tracker.Update(0, Spot, _gross.AsSpan(0, 3));
    }

    [Benchmark(Baseline = true)]
    public int PlainSearchOfOneColumn() => Run(_plainOne);

    [Benchmark]
    public int PlainSearchOfThreeColumns() => Run(_plainThree);

    [Benchmark]
    public int FullSearchOfOneColumn() => Run(_one);

    [Benchmark]
    public int FullSearchOfThreeColumns() => Run(_three);

    /// <summary>One pass at a root: G and its slope, for one Newton step.</summary>
    [Benchmark]
    public double OneTrackedRoot() => _surface.At(Spot, _root, 0).Rest;

    /// <summary>All roots of one column in its three buckets, from a mark to the next with spot one tick away and back.</summary>
    [Benchmark(OperationsPerInvoke = 2)]
    public int FollowingOneColumn()
    {
        _tracker.Update(1, Spot + 0.01, _gross.AsSpan(0, 3));
        _tracker.Update(2, Spot, _gross.AsSpan(0, 3));
        return _tracker.Roots[0, ExposureBucket.All].Count;
    }

    private int Run(ZeroGammaSearch search)
    {
        search.Run(Spot, _gross);
        return search.Roots[0, ExposureBucket.All].Found;
    }

    private void FindGross(ProfileBook book)
    {
        foreach (ref readonly ProfileSegment segment in book.Segments)
        {
            for (int i = segment.Start; i < segment.Start + segment.Count; i++)
            {
                double w = _nodes.Deviation[i], d1 = ((segment.LogForward - _nodes.LogStrike[i]) / w) + (w / 2);
                double part = 0.01 * segment.Discount * segment.Forward * Math.Exp(-d1 * d1 / 2) * 0.3989422804014327 / w;
                for (int column = 0; column < Columns; column++)
                {
                    double size = Math.Abs(book.Weights(column)[i]) * part;
                    _gross[3 * column] += size;
                    _gross[(3 * column) + (int)(segment.IsZeroDte ? ExposureBucket.ZeroDte : ExposureBucket.ExZeroDte)] += size;
                }
            }
        }
    }

    private static NodeTable Chain()
    {
        // An hour, eleven more days, weeks to three months, months to five years.
        double[] hours =
        [
            1, .. Enumerable.Range(1, 11).Select(day => 1 + (24.0 * day)), .. Enumerable.Range(2, 11).Select(week => 1 + (168.0 * week)),
            .. Enumerable.Range(4, 15).Select(month => 730.0 * month), .. Enumerable.Range(7, 12).Select(quarter => 2_190.0 * quarter),
        ];
        var keys = new List<NodeKey>();
        var date = new DateOnly(2026, 1, 5);
        for (int expiry = 0; expiry < hours.Length; expiry++)
        {
            DateOnly day = date.AddDays(expiry);
            foreach (int strike in Strikes(hours[expiry]))
            {
                keys.Add(new NodeKey(
                    Ascii8.From("SPXW"), (day.Year * 10000) + (day.Month * 100) + day.Day, SettlementKind.PM, (long)(hours[expiry] * 3.6e12),
                    ExerciseKind.European, 1000L * strike));
            }
        }
        var nodes = new NodeTable([.. keys]);
        nodes.Weights.HasTape = true;
        var random = new Random(2026);
        for (int expiry = 0; expiry < hours.Length; expiry++)
        {
            ExpirySegment segment = nodes.Segments[expiry];
            double years = hours[expiry] / HoursPerYear, atTheMoney = 0.15 * Math.Sqrt(years);
            (segment.Years, segment.Forward, segment.Discount) = (years, Spot * Math.Exp(0.03 * years), Math.Exp(-0.04 * years));
            segment.LogForward = Functions.Log(segment.Forward);
            (segment.IsZeroDte, segment.ForwardSource, segment.Good) = (expiry == 0, ForwardSource.Carry, segment.Count);
            for (int i = segment.Start; i < segment.End; i++)
            {
                double h = nodes.LogStrike[i] - segment.LogForward, z = h / atTheMoney;
                double w = atTheMoney * Math.Sqrt(1 + (0.35 * z * z / (1 + Math.Abs(z)))) * (1 - (0.08 * Math.Clamp(z, -3, 3)));
                nodes.Deviation[i] = w;
                nodes.Source[i] = DeviationSource.Quoted;
                // Puts below, calls above, more at round strikes.
                double size = 100 * Math.Exp(-z * z / 18) * (nodes.Strike[i] % 100 == 0 ? 4_000 : nodes.Strike[i] % 25 == 0 ? 1_500 : 400);
                double net = random.Next(4) == 0 ? 0 : Math.Round(size * ((h > 0 ? 0.55 : -0.45) + (0.9 * (random.NextDouble() - 0.5))));
                double tape = net == 0 || random.Next(3) != 0 ? 0 : Math.Round(size * 0.1 * (random.NextDouble() - 0.5));
                (nodes.Weights.Net[i], nodes.Weights.Net[nodes.Length + i], nodes.Weights.Net[(2 * nodes.Length) + i]) = (net, tape, net + tape);
            }
        }
        Console.WriteLine($"// {keys.Count} nodes in {hours.Length} expiries");
        return nodes;
    }

    private static IEnumerable<int> Strikes(double hours)
    {
        // Every five points about the money, then every 20, then every hundred: more widely the longer the expiry.
        int near = hours < 300 ? 400 : 300, middle = hours < 300 ? 900 : 1_600, far = hours < 300 ? 1_600 : 3_600;
        for (int strike = 6000 - far; strike <= 6000 + far; strike += 5)
        {
            int distance = Math.Abs(strike - 6000);
            if (distance <= near || (distance <= middle && strike % 20 == 0) || strike % 100 == 0) yield return strike;
        }
    }
}
