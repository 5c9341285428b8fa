using DealerFlow.Engine;
using DealerFlow.Import;
using DealerFlow.Kernels;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Every root that a full search finds against a scalar scan and bisection, and every root of those against the search.</summary>
public class ZeroGammaBisectionTests(ITestOutputHelper output)
{
    private const double Relative = 1e-9;

    [Theory, MemberData(nameof(LevelsOracleTests.Chains), MemberType = typeof(LevelsOracleTests))]
    public void Every_root_of_a_real_chain_is_one_of_bisection_and_none_is_missing(string file, string? asOf)
    {
        OptionChain chain = CboeQuotedataCsv.Read(Repository.RealData($"cboe_csv/{file}"));
        long asOfNanos = asOf is null ? chain.AsOfNanos!.Value : UnixNanos.FromUtc(DateTimeOffset.Parse(asOf).UtcDateTime);
        (Calculation calculation, byte[] section) = ChainRun.Levels(chain, asOfNanos, chain.Spot ?? 3990.0, ChainRun.Carry);
        Assert.True(MarketView.TryOpen(section, out MarketView market));
        NodeTable nodes = calculation.Nodes;
        var profile = new ProfileBook(nodes, nodes.Deviation, PositionColumn.OpenInterest, 1);
        profile.Refresh();
        var tally = new Tally();
        var complaints = new List<string>();
        int roots = 0, scanned = 0;
        double[] gross = new double[3];
        foreach (ExposureBucket bucket in ZeroGammaTable.Buckets) gross[(int)bucket] = ZeroGammaBook.Curve(nodes, nodes.Deviation, bucket).Gross(0);
        (ZeroGammaTable found, ZeroGammaTable plain) = Search(profile, calculation.MarkSpot, gross);
        foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
        {
            ZeroGammaCurve curve = ZeroGammaBook.Curve(nodes, nodes.Deviation, bucket);
            if (gross[(int)bucket] == 0) continue;
            ZeroGammaSection published = market.Head.Buckets[(int)bucket].ZeroGamma;
            List<ZeroGammaCrossing> expected = curve.Crossings(1e-9 * gross[(int)bucket]);
            string what = $"{file} {bucket}";
            Compare(what, curve, expected, found[0, bucket], calculation.MarkSpot, tally, complaints);
            AssertSame(what, found[0, bucket], plain[0, bucket], tally, complaints);
            Assert.Equal(found[0, bucket].Found, published.RootCount);
            Assert.Equal(published.RootCount == 0 ? ZeroGammaStatus.None : ZeroGammaStatus.Found, published.Status);
            Assert.Equal(Math.Sign(curve.Value(0)), published.Sign);
            if (published.RootCount > 0)
            {
                int nearest = found[0, bucket].Nearest(calculation.MarkSpot);
                Assert.Equal(found[0, bucket].Spot[nearest], published.Value, 1e-12 * published.Value);
            }
            roots += found[0, bucket].Found;
            scanned += curve.Scanned;
        }
        Assert.Empty(complaints);
        Assert.Equal(0, tally.Borderline);
        output.WriteLine($"{file}: {roots} roots in three buckets, {scanned} points scanned; {tally}");
    }

    [Fact]
    public void Every_root_of_ten_thousand_random_books_is_one_of_bisection_and_none_is_missing() => CompareRandom(1, 10_000);

    [Fact(Explicit = true)]
    public void Every_root_of_two_hundred_thousand_more_random_books_is_one_of_bisection_and_none_is_missing() => CompareRandom(1_000_000, 200_000);

    [Fact]
    public void A_book_without_a_root_says_none_with_the_sign_of_its_profile()
    {
        int tried = 0;
        for (int seed = 1; tried < 50; seed++)
        {
            ZeroGammaBook book = ZeroGammaBook.Random(seed);
            if (book.Kind is not (ZeroGammaBook.Shape.LongOnly or ZeroGammaBook.Shape.ShortOnly)) continue;
            double gross = ZeroGammaBook.Curve(book.Nodes, book.Nodes.Deviation, ExposureBucket.All).Gross(0);
            if (gross == 0) continue;
            (ZeroGammaTable found, _) = Search(book.Profile, ZeroGammaBook.Spot, [gross, 0, 0]);
            ZeroGammaSection section = default;
            BucketWriter.WriteRoots(ref section, found[0, ExposureBucket.All], ZeroGammaBook.Spot, isEmpty: false);
            Assert.Equal(ZeroGammaStatus.None, section.Status);
            Assert.Equal(book.Kind == ZeroGammaBook.Shape.LongOnly ? 1 : -1, section.Sign);
            Assert.Equal(0, section.Value);
            tried++;
        }
    }

    private void CompareRandom(int firstSeed, int books)
    {
        var tally = new Tally();
        var complaints = new List<string>();
        int roots = 0, withRoots = 0, exact = 0, differsFromPlain = 0;
        for (int seed = firstSeed; seed < firstSeed + books; seed++)
        {
            ZeroGammaBook book = ZeroGammaBook.Random(seed);
            double[] gross = new double[3];
            var curves = new ZeroGammaCurve[3];
            foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
            {
                curves[(int)bucket] = ZeroGammaBook.Curve(book.Nodes, book.Nodes.Deviation, bucket);
                gross[(int)bucket] = curves[(int)bucket].Gross(0);
            }
            var scan = new ZeroGammaScan(book.Profile.EmptyCopy(), LaneDispatch.Best);
            var found = new ZeroGammaTable(1);
            scan.Run(book.Profile, ZeroGammaBook.Spot, gross, ProfileSet.All, found);
            exact += scan.ExactValues;
            var plain = new ZeroGammaSearch(book.Profile, LaneDispatch.Best, isPlain: true);
            plain.Run(ZeroGammaBook.Spot, gross);
            foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
            {
                // Nothing, or nothing that has not underflowed at spot.
                if (gross[(int)bucket] < 1e-280) continue;
                ZeroGammaCurve curve = curves[(int)bucket];
                string what = $"seed {seed}, {book.Kind}, {bucket}";
                List<ZeroGammaCrossing> expected = curve.Crossings(1e-9 * gross[(int)bucket]);
                bool isBorderline = !Compare(what, curve, expected, found[0, bucket], ZeroGammaBook.Spot, tally, complaints);
                roots += found[0, bucket].Found;
                if (found[0, bucket].Found > 0) withRoots++;
                if (isBorderline) continue;
                // What rounding leaves of G at a root that is hardly one.
                tally.Rounding = 0;
                for (int i = 0; i < found[0, bucket].Count; i++)
                    tally.Rounding = Math.Max(tally.Rounding, 1e-13 * curve.Gross(Math.Log(found[0, bucket].Spot[i] / ZeroGammaBook.Spot)));
                if (plain.Roots[0, bucket].Found != found[0, bucket].Found) differsFromPlain++;
                else AssertSame(what, found[0, bucket], plain.Roots[0, bucket], tally, complaints);
            }
        }
        output.WriteLine($"{books} books: {roots} roots in {withRoots} profiles; {tally}; {exact} exact values; " +
            $"{differsFromPlain} profiles in which the plain search finds another number of roots");
        foreach (string complaint in complaints.Take(20)) output.WriteLine(complaint);
        Assert.True(complaints.Count == 0, $"{complaints.Count} complaints; the first: {complaints.FirstOrDefault()}");
    }

    private static (ZeroGammaTable Found, ZeroGammaTable Plain) Search(ProfileBook profile, double spot, double[] gross)
    {
        var search = new ZeroGammaSearch(profile, LaneDispatch.Best);
        var plain = new ZeroGammaSearch(profile, LaneDispatch.Best, isPlain: true);
        search.Run(spot, gross);
        plain.Run(spot, gross);
        return (search.Roots, plain.Roots);
    }

    /// <summary>False where rounding decides how many roots there are: then either answer is right.</summary>
    private static bool Compare(
        string what, ZeroGammaCurve curve, List<ZeroGammaCrossing> crossings, ZeroGammaRoots found, double spot, Tally tally, List<string> complaints)
    {
        List<ZeroGammaCrossing> counted = [.. crossings.Where(crossing => crossing.Lobe > 1)];
        tally.Profiles++;
        if (counted.Exists(crossing => curve.Gross(crossing.Shift) < 1e-290))
        {
            // Where both signs underflow on their way to each other, whether and where they meet is the exponential function's affair.
            tally.Vanishing++;
            return false;
        }
        if (counted.Count != found.Found)
        {
            if (!IsBorderline(curve, crossings, counted, [.. found.Spot.Take(found.Count).Select(root => Math.Log(root / spot))])) complaints.Add($"{what}: {counted.Count} roots by bisection, {found.Found} found. Lobes {string.Join(' ', crossings.Select(c => $"{c.Shift:R}:{c.Lobe:E2}"))}; found {string.Join(' ', found.Spot.Take(found.Count).Select(s => Math.Log(s / spot).ToString("R")))}");
            tally.Borderline++;
            return false;
        }
        int first = found.Found > found.Count ? counted.FindIndex(c => Math.Abs((spot * Math.Exp(c.Shift)) - found.Spot[0]) <= Relative * spot) : 0;
        for (int i = 0; i < found.Count; i++)
        {
            double expected = counted[first + i].Shift, actual = Math.Log(found.Spot[i] / spot);
            double error = Math.Abs(expected - actual);
            if (error <= Relative)
            {
                tally.Worst = Math.Max(tally.Worst, error);
                continue;
            }
            // Between the two G is nothing but rounding.
            if (Math.Abs(curve.Value(actual)) > 1e-13 * curve.Gross(actual)) complaints.Add($"{what}: root {i} is {expected:R} by bisection, {actual:R} found");
            else tally.IllConditioned++;
        }
        return true;
    }

    /// <summary>
    /// A lobe within a per cent of what is negligible; or every root that only one side has lies where G is nothing but rounding or underflow,
    /// or is one of several crossings in a row among negligible values.
    /// </summary>
    private static bool IsBorderline(
        ZeroGammaCurve curve, List<ZeroGammaCrossing> crossings, List<ZeroGammaCrossing> counted, List<double> found)
    {
        if (crossings.Exists(crossing => crossing.Lobe is > 0.99 and < 1.01)) return true;
        IEnumerable<double> missing = counted.Select(crossing => crossing.Shift).Where(root => !found.Exists(other => Math.Abs(other - root) <= Relative));
        IEnumerable<double> more = found.Where(root => !counted.Exists(other => Math.Abs(other.Shift - root) <= Relative));
        return missing.Concat(more).All(root => IsRounding(curve, root) || IsAmongNegligible(crossings, root));
    }

    private static bool IsRounding(ZeroGammaCurve curve, double root) =>
        curve.Gross(root) < 1e-290
        || Math.Abs(curve.Value(root - 1e-7)) <= 1e-13 * curve.Gross(root) || Math.Abs(curve.Value(root + 1e-7)) <= 1e-13 * curve.Gross(root);

    private static bool IsAmongNegligible(List<ZeroGammaCrossing> crossings, double root)
    {
        int at = crossings.FindIndex(crossing => Math.Abs(crossing.Shift - root) <= Relative);
        return at >= 0 && crossings[at].Lobe <= 1
            && ((at > 0 && crossings[at - 1].Lobe <= 1) || (at + 1 < crossings.Count && crossings[at + 1].Lobe <= 1));
    }

    private static void AssertSame(string what, ZeroGammaRoots found, ZeroGammaRoots plain, Tally tally, List<string> complaints)
    {
        if (plain.Found != found.Found) complaints.Add($"{what}: {plain.Found} roots by the plain search, {found.Found} found");
        if (plain.Sign != found.Sign) complaints.Add($"{what}: sign {plain.Sign} by the plain search, {found.Sign} found");
        for (int i = 0; i < Math.Min(plain.Count, found.Count); i++)
        {
            double apart = Math.Abs(plain.Spot[i] - found.Spot[i]) / found.Spot[i];
            if (apart <= 1e-12) tally.Apart = Math.Max(tally.Apart, apart);
            else if (Math.Abs(plain.Slope[i]) * apart * found.Spot[i] > tally.Rounding) complaints.Add($"{what}: root {i} is {plain.Spot[i]:R} by the plain search, {found.Spot[i]:R} found");
        }
    }

    private sealed class Tally
    {
        public int Profiles, Borderline, IllConditioned, Vanishing;
        public double Worst, Apart, Rounding;

        public override string ToString() => $"{Profiles} profiles, {Borderline} borderline, {Vanishing} with a root where everything underflows, {IllConditioned} roots ill-conditioned, worst root off by {Worst:E1}, from the plain search by {Apart:E1}";
    }
}
