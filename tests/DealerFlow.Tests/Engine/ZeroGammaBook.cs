using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>A small made-up book for searches of zero gamma: positions of any kind at any strikes, as the engine's table and as scalar curves.</summary>
internal sealed class ZeroGammaBook
{
    public const double Spot = 5000;
    private static readonly DateOnly Day = new(2026, 11, 20);

    private readonly List<Expiry> _expiries = [];

    public enum Shape { Signed, LongOnly, ShortOnly, Cancelling, Touching, AtTheEnd, Empty }

    public Shape Kind { get; private init; }

    public NodeTable Nodes { get; private set; } = null!;

    public ProfileBook Profile { get; private set; } = null!;

    /// <summary>Everything about a book follows from its seed.</summary>
    public static ZeroGammaBook Random(int seed)
    {
        var random = new Random(seed);
        var book = new ZeroGammaBook
        {
            Kind = random.Next(20) switch { 0 => Shape.LongOnly, 1 => Shape.ShortOnly, 2 or 3 or 4 => Shape.Cancelling, < 9 => Shape.Touching, < 12 => Shape.AtTheEnd, 12 when random.Next(4) == 0 => Shape.Empty, _ => Shape.Signed },
        };
        int expiries = book.Kind == Shape.Empty ? 1 : random.Next(1, 5);
        for (int i = 0; i < expiries; i++)
        {
            var expiry = new Expiry(Spot * Math.Exp(0.04 * (random.NextDouble() - 0.5)), 0.9 + (0.1 * random.NextDouble()), random.Next(3) == 0);
            double w = Math.Pow(10, -4 * random.NextDouble());
            double width = random.Next(3) switch { 0 => 3 * w, 1 => 12 * w, _ => 0.6 };
            bool isUneven = random.Next(4) == 0;
            for (int node = random.Next(1, 9); node > 0; node--)
            {
                double strike = Math.Round(expiry.Forward * Math.Exp(Math.Clamp(width * ((2 * random.NextDouble()) - 1), -0.7, 0.7)), 3);
                if (expiry.Nodes.Exists(other => other.Strike == strike)) continue;
                double own = isUneven ? Math.Pow(10, -4 * random.NextDouble()) : w * (0.7 + (0.6 * random.NextDouble()));
                expiry.Nodes.Add(new Node { Strike = strike, W = own, Weight = random.Next(-5000, 5001) });
            }
            expiry.Nodes.Sort((left, right) => left.Strike.CompareTo(right.Strike));
            book._expiries.Add(expiry);
        }
        book.Weigh(random);
        book.Build();
        return book;
    }

    /// <summary>
    /// Expiries whose w is a straight line over ln K, so that its slope at the money is its slope everywhere: with R = 0 the smile then moves
    /// along with spot.
    /// </summary>
    public static ZeroGammaBook StraightSmiles(int seed)
    {
        var random = new Random(seed);
        var book = new ZeroGammaBook { Kind = Shape.Signed };
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            var expiry = new Expiry(Spot * Math.Exp(0.02 * (random.NextDouble() - 0.5)), 0.9 + (0.1 * random.NextDouble()), random.Next(3) == 0);
            double w = 0.01 + (0.1 * random.NextDouble()), skew = -0.3 * random.NextDouble();
            for (int node = -12; node <= 12; node++)
            {
                double strike = Math.Round(expiry.Forward * Math.Exp(0.7 * node * w), 3), own = w + (skew * Math.Log(strike / expiry.Forward));
                if (own > 0.1 * w) expiry.Nodes.Add(new Node { Strike = strike, W = own, Weight = random.Next(-5000, 5001) + (300 * node) });
            }
            book._expiries.Add(expiry);
        }
        book.Build();
        return book;
    }

    /// <summary>The same book with another skew-stickiness.</summary>
    public ProfileBook WithStickiness(double stickiness)
    {
        var profile = new ProfileBook(Nodes, Nodes.Deviation, PositionColumn.OpenInterest, 1, stickiness);
        profile.Refresh();
        return profile;
    }

    /// <summary>The curve of a bucket, terms from the node table's own forwards, strikes and w.</summary>
    public static ZeroGammaCurve Curve(NodeTable nodes, ReadOnlySpan<double> deviation, ExposureBucket bucket, PositionColumn column = PositionColumn.OpenInterest)
    {
        var curve = new ZeroGammaCurve();
        foreach (ExpirySegment segment in nodes.Segments)
        {
            if (!segment.IsPriced || (bucket != ExposureBucket.All && segment.IsZeroDte != (bucket == ExposureBucket.ZeroDte))) continue;
            for (int i = segment.Start; i < segment.End; i++)
            {
                curve.Add(
                    0.01 * segment.Discount * segment.Forward * nodes.Weights.NetOf(column)[i], Math.Log(segment.Forward / nodes.Strike[i]), deviation[i]);
            }
        }
        return curve;
    }

    private void Weigh(Random random)
    {
        List<(Expiry Expiry, Node Node)> all = [.. _expiries.SelectMany(expiry => expiry.Nodes.Select(node => (expiry, node)))];
        switch (Kind)
        {
            case Shape.Empty:
                foreach ((_, Node node) in all) node.Weight = 0;
                break;
            case Shape.LongOnly or Shape.ShortOnly:
                foreach ((_, Node node) in all) node.Weight = (Kind == Shape.LongOnly ? 1 : -1) * (Math.Abs(node.Weight) + 1);
                break;
            case Shape.Cancelling:
                // Every position again with the other sign, all but a little of it, in an expiry that is the same but for its name.
                Expiry first = _expiries[0];
                double part = random.Next(3) switch { 0 => 1, 1 => 1 - Math.Pow(10, -15 * random.NextDouble()), _ => random.NextDouble() };
                var mirror = new Expiry(first.Forward * (random.Next(2) == 0 ? 1 : 1 + (1e-6 * random.NextDouble())), first.Discount, first.IsZeroDte);
                mirror.Nodes.AddRange(first.Nodes.Select(node => new Node { Strike = node.Strike, W = node.W, Weight = -part * node.Weight }));
                _expiries.Add(mirror);
                break;
            case Shape.AtTheEnd:
                // One position such that G = 0 next to an end of the interval.
                double x = (random.Next(2) == 0 ? -1 : 1) * (0.5 + ((random.Next(4) == 0 ? 1 : -1) * Math.Pow(10, -2 - (8 * random.NextDouble()))));
                Solve(all, [x], random, [0]);
                break;
            case Shape.Touching:
                // Two positions such that G and its slope are zero somewhere, or nearly so.
                double at = 0.8 * (random.NextDouble() - 0.5);
                if (all.Count > 0)
                {
                    (Expiry expiry, Node node) = all[random.Next(all.Count)];
                    at = Math.Log(node.Strike / expiry.Forward) + (2 * node.W * ((2 * random.NextDouble()) - 1));
                }
                double lift = (random.Next(2) == 0 ? -1 : 1) * Math.Pow(10, -3 - (9 * random.NextDouble()));
                Solve(all, [at, at], random, [lift, 0]);
                break;
            default:
                break;
        }
    }

    /// <summary>Changes one or two weights so that G is a little of gross at the first point, and the slope zero at the second.</summary>
    private static void Solve(List<(Expiry Expiry, Node Node)> all, double[] at, Random random, double[] lift)
    {
        if (all.Count <= at.Length || Math.Abs(at[0]) > 0.6) return;
        int[] free = [.. Enumerable.Range(0, all.Count).OrderBy(_ => random.Next()).Take(at.Length)];
        double value = 0, slope = 0, gross = 0;
        for (int i = 0; i < all.Count; i++)
        {
            (double g, double s) = Unit(all[i].Expiry, all[i].Node, at[0]);
            gross += Math.Abs(g * all[i].Node.Weight);
            if (free.Contains(i)) continue;
            value += g * all[i].Node.Weight;
            slope += s * all[i].Node.Weight;
        }
        value -= lift[0] * gross;
        (double g0, double s0) = Unit(all[free[0]].Expiry, all[free[0]].Node, at[0]);
        if (at.Length == 1)
        {
            if (Math.Abs(g0) > 1e-200 && Math.Abs(value / g0) < 1e12) all[free[0]].Node.Weight = -value / g0;
            return;
        }
        (double g1, double s1) = Unit(all[free[1]].Expiry, all[free[1]].Node, at[0]);
        double determinant = (g0 * s1) - (g1 * s0);
        double a = ((-value * s1) + (slope * g1)) / determinant, b = ((-slope * g0) + (value * s0)) / determinant;
        if (Math.Abs(a) < 1e12 && Math.Abs(b) < 1e12) (all[free[0]].Node.Weight, all[free[1]].Node.Weight) = (a, b);
    }

    private static (double Value, double Slope) Unit(Expiry expiry, Node node, double x)
    {
        double d1 = ((Math.Log(expiry.Forward / node.Strike) + x) / node.W) + (node.W / 2);
        double value = 0.01 * expiry.Discount * expiry.Forward * Math.Exp(x - (d1 * d1 / 2)) * 0.3989422804014327 / node.W;
        return (value, value * (1 - (d1 / node.W)));
    }

    private void Build()
    {
        var keys = new List<NodeKey>();
        for (int i = 0; i < _expiries.Count; i++)
        {
            DateOnly date = Day.AddDays(i);
            foreach (Node node in _expiries[i].Nodes)
            {
                keys.Add(new NodeKey(
                    Ascii8.From("SPXW"), (date.Year * 10000) + (date.Month * 100) + date.Day, SettlementKind.PM,
                    NewYorkTime.ToUnixNanos(date, new TimeOnly(16, 0)), ExerciseKind.European, (long)Math.Round(node.Strike * 1000)));
            }
        }
        Nodes = new NodeTable([.. keys]);
        int next = 0;
        foreach (ExpirySegment segment in Nodes.Segments)
        {
            while (_expiries[next].Nodes.Count == 0) next++;
            Expiry expiry = _expiries[next++];
            (segment.Forward, segment.LogForward, segment.Discount) = (expiry.Forward, Functions.Log(expiry.Forward), expiry.Discount);
            (segment.IsZeroDte, segment.ForwardSource, segment.Good) = (expiry.IsZeroDte, ForwardSource.Carry, segment.Count);
            for (int i = 0; i < segment.Count; i++)
            {
                Nodes.Deviation[segment.Start + i] = expiry.Nodes[i].W;
                Nodes.Source[segment.Start + i] = DeviationSource.Quoted;
                Nodes.Weights.Net[segment.Start + i] = expiry.Nodes[i].Weight;
            }
        }
        Profile = new ProfileBook(Nodes, Nodes.Deviation, PositionColumn.OpenInterest, 1);
        Profile.Refresh();
    }

    private sealed record Expiry(double Forward, double Discount, bool IsZeroDte)
    {
        public List<Node> Nodes { get; } = [];
    }

    private sealed class Node
    {
        public double Strike { get; init; }

        public double W { get; init; }

        public double Weight { get; set; }
    }
}
