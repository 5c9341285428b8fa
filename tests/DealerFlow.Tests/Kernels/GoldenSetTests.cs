using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>
/// The kernels against true values of 50 digits. Each test prints its table, docs/numerics.md shows them; the largest error counts, never
/// the mean. DEALERFLOW_GOLDEN=folder runs the same tests on a larger set.
/// </summary>
public class GoldenSetTests(ITestOutputHelper output)
{
    private const double Epsilon = 2.220446049250313e-16;

    // What the documentation promises, in ulp; the inverse distribution has a promise of its own.
    private static readonly Dictionary<string, (Func<double, double> Function, double Promised)> FunctionsByName = new()
    {
        ["exp"] = (Functions.Exp, 1),
        ["log"] = (Functions.Log, 1),
        ["normal density"] = (Functions.NormalDensity, 2),
        ["mills ratio"] = (Functions.MillsRatio, 4),
        ["normal cdf"] = (Functions.NormalCdf, 4),
        ["inverse normal cdf"] = (Functions.InverseNormalCdf, double.PositiveInfinity),
    };

    private static readonly Lazy<IReadOnlyList<ImpliedRegime>> Implied = new(GoldenSet.Implied);

    [Fact]
    public void The_files_are_those_that_the_generator_wrote() => Assert.Empty(GoldenSet.Damaged());

    [Fact]
    public void Every_regime_is_there_in_its_thousands()
    {
        Assert.Equal(18, Implied.Value.Count);
        Assert.All(Implied.Value, regime => Assert.True(regime.Rows.Length >= 2_000, $"{regime.Name}: {regime.Rows.Length} rows"));
        Assert.True(Implied.Value.Sum(regime => regime.Rows.Length) >= 200_000);
    }

    [Fact]
    public void Implied_deviations_are_within_twice_the_attainable_error_in_every_regime()
    {
        const double Limit = 2;
        output.WriteLine(
            $"{"regime",-28}{"rows",11}{"answers",11}{"max ulp",10}{"error/attainable",18}{$"above {Limit}",9}{"one by one",12}  worst h, c");
        int rows = 0, answers = 0, oneByOne = 0, aboveOfAll = 0;
        double worstOfAll = 0;
        var missed = new List<string>();
        foreach (ImpliedRegime regime in Implied.Value)
        {
            (double[] w, SolveStatus[] status, int slow) = Solve(regime);
            double worst = 0, worstUlps = 0;
            int answered = 0, above = 0;
            ImpliedRow at = regime.Rows[0];
            for (int i = 0; i < regime.Rows.Length; i++)
            {
                if (status[i] != SolveStatus.Ok)
                {
                    SameBits.Assert<double>([0.0], [w[i]], $"w of a row that is {status[i]}");
                    continue;
                }
                ImpliedRow row = regime.Rows[i];
                answered++;
                worstUlps = Math.Max(worstUlps, Math.Abs(row.Deviation.Ulps(w[i])));
                double error = Math.Abs(row.Deviation.RelativeError(w[i])) / AttainableError(row);
                if (!(error <= Limit))
                {
                    above++;
                    missed.Add($"{error:F3} at h {row.H:R} c {row.C:R} w {row.Deviation.Head:R}");
                }
                // Not "error > worst": a NaN is the worst of all.
                if (!(error <= worst)) (worst, at) = (error, row);
            }
            output.WriteLine(
                $"{regime.Name,-28}{regime.Rows.Length,11:#,0}{answered,11:#,0}{worstUlps,10:G4}{worst,18:F3}{above,9:#,0}{slow,12:#,0}"
                + $"  {at.H:R}, {at.C:R}");
            rows += regime.Rows.Length;
            answers += answered;
            oneByOne += slow;
            aboveOfAll += above;
            if (!(worst <= worstOfAll)) worstOfAll = worst;
        }
        output.WriteLine($"{"all",-28}{rows,11:#,0}{answers,11:#,0}{"",10}{worstOfAll,18:F3}{aboveOfAll,9:#,0}{oneByOne,12:#,0}");
        foreach (string row in missed.Take(20)) output.WriteLine(row);
        Assert.True(worstOfAll <= Limit, $"error/attainable {worstOfAll:F3}");
        Assert.True(worstOfAll > 0.3, "an oracle that agrees this well is not independent");
    }

    /// <summary>Seeds half a percent off: the rows that the warm path answers itself, and not by way of the cold one.</summary>
    [Fact]
    public void Warm_deviations_are_within_1e_12_or_twice_the_attainable_error_in_every_regime()
    {
        output.WriteLine($"{"regime",-28}{"answers",11}{"warm",11}{"max relative",14}{"error/allowed",15}  worst h, c");
        double worstOfAll = 0;
        int warmOfAll = 0;
        foreach (ImpliedRegime regime in Implied.Value)
        {
            int length = Columns.PaddedLength(regime.Rows.Length);
            double[] h = new double[length], c = new double[length], seed = new double[length], w = new double[length];
            var status = new SolveStatus[length];
            for (int i = 0; i < regime.Rows.Length; i++)
                (h[i], c[i], seed[i]) = (regime.Rows[i].H, regime.Rows[i].C, regime.Rows[i].Deviation.Head * (i % 2 == 0 ? 1.005 : 0.995));
            (_, SolveStatus[] coldStatus, _) = Solve(regime);
            WarmMisses misses = ImpliedDeviation.SolveWarm(LaneDispatch.Best, h, c, seed, w, status);
            Assert.Equal(coldStatus[..regime.Rows.Length], status[..regime.Rows.Length]);
            double worst = 0, worstRelative = 0;
            int answers = 0;
            ImpliedRow at = regime.Rows[0];
            for (int i = 0; i < regime.Rows.Length; i++)
            {
                if (status[i] != SolveStatus.Ok) continue;
                ImpliedRow row = regime.Rows[i];
                answers++;
                double relative = Math.Abs(row.Deviation.RelativeError(w[i]));
                // Not a Max: a NaN must show.
                if (!(relative <= worstRelative)) worstRelative = relative;
                double error = relative / Math.Max(1e-12, 2 * AttainableError(row));
                if (!(error <= worst)) (worst, at) = (error, row);
            }
            int warm = length - misses.Cold;
            output.WriteLine($"{regime.Name,-28}{answers,11:#,0}{warm,11:#,0}{worstRelative,14:E2}{worst,15:F3}  {at.H:R}, {at.C:R}");
            if (!(worst <= worstOfAll)) worstOfAll = worst;
            warmOfAll += warm;
        }
        Assert.True(worstOfAll <= 1, $"error/allowed {worstOfAll:F3}");
        Assert.True(warmOfAll > 10_000, $"only {warmOfAll} rows were solved warm");
    }

    [Fact]
    public void Statuses_are_those_of_the_oracle_unless_the_price_is_within_two_ulp_of_a_boundary()
    {
        int kinds = Enum.GetValues<SolveStatus>().Length;
        int[,] counts = new int[kinds, kinds];
        int excused = 0;
        var wrong = new List<string>();
        foreach (ImpliedRegime regime in Implied.Value)
        {
            SolveStatus[] status = Solve(regime).Status;
            for (int i = 0; i < regime.Rows.Length; i++)
            {
                ImpliedRow row = regime.Rows[i];
                counts[(int)row.Allowed[0], (int)status[i]]++;
                if (status[i] == row.Allowed[0]) continue;
                if (row.Allowed.Contains(status[i])) excused++;
                else wrong.Add($"{regime.Name}: h {row.H:R} c {row.C:R} is {row.Allowed[0]}, not {status[i]}");
            }
        }
        output.WriteLine($"{"oracle \\ kernel",-16}{string.Concat(Enum.GetNames<SolveStatus>().Select(name => $"{name,16}"))}");
        foreach (SolveStatus oracle in Enum.GetValues<SolveStatus>())
            output.WriteLine($"{oracle,-16}{string.Concat(Enumerable.Range(0, kinds).Select(i => $"{counts[(int)oracle, i],16:#,0}"))}");
        output.WriteLine($"{excused} differ within two ulp of a boundary, {wrong.Count} elsewhere");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(10)));
        Assert.All(Enumerable.Range(0, kinds), i => Assert.True(counts[i, i] > 500, $"{(SolveStatus)i} is hardly tested"));
    }

    [Fact]
    public void The_attainable_error_is_that_of_its_definition_in_every_regime()
    {
        double worst = 0;
        foreach (ImpliedRow row in Implied.Value.SelectMany(regime => regime.Rows).Where(row => row.Deviation.Head > 0))
        {
            double expected = AttainableError(row), actual = ImpliedDeviation.AttainableError(row.H, row.Deviation.Head);
            // Both run out of digits for the vega of a price of one.
            if (!(expected < 1e6)) Assert.True(actual > 1e5, $"h {row.H:R} w {row.Deviation.Head:R}: {actual:R}, not {expected:R}");
            else
            {
                double error = Math.Abs(actual / expected - 1);
                if (!(error <= worst)) worst = error;
            }
        }
        output.WriteLine($"largest relative error of the attainable error {worst:E2}");
        Assert.True(worst <= 1e-11, $"relative error {worst:E2}");
    }

    [Fact]
    public void Normalised_prices_are_within_1e_13_in_every_regime()
    {
        output.WriteLine($"{"regime",-28}{"rows",9}{"max relative",14}{"subnormal: rows",17}{"max units",11}  worst h, w");
        double worstOfAll = 0, worstUnitsOfAll = 0;
        foreach (ImpliedRegime regime in Implied.Value)
        {
            double worst = 0, worstUnits = 0;
            int rows = 0, subnormal = 0;
            ImpliedRow? at = null;
            foreach (ImpliedRow row in regime.Rows)
            {
                double w = row.Deviation.Head;
                if (w == 0) continue;
                // c belongs to the true deviation; at its head the price is smaller by rest·∂c/∂w.
                double slope = 1 / (AttainableError(row) / Epsilon - 1);
                double moved = row.Deviation.Rest * (GoldenSet.Ulp(w) / w) * slope;
                double difference = ImpliedDeviation.NormalisedPrice(row.H, w) - row.C;
                if (double.IsNormal(row.C))
                {
                    rows++;
                    double error = Math.Abs(difference / row.C + moved);
                    if (!(error <= worst)) (worst, at) = (error, row);
                }
                else
                {
                    subnormal++;
                    worstUnits = Math.Max(worstUnits, Math.Abs(difference / double.Epsilon + moved * (row.C / double.Epsilon)));
                }
            }
            if (rows + subnormal == 0) continue;
            output.WriteLine(
                $"{regime.Name,-28}{rows,9:#,0}{worst,14:E2}{subnormal,17:#,0}{worstUnits,11:F2}  {at?.H:R}, {at?.Deviation.Head:R}");
            if (!(worst <= worstOfAll)) worstOfAll = worst;
            worstUnitsOfAll = Math.Max(worstUnitsOfAll, worstUnits);
        }
        Assert.True(worstOfAll <= 1e-13, $"relative error {worstOfAll:E2}");
        Assert.True(worstUnitsOfAll <= 4, $"{worstUnitsOfAll:F2} units of the smallest double");
    }

    [Fact]
    public void Functions_keep_their_promised_ulps_in_every_interval()
    {
        output.WriteLine($"{"function",-20}{"interval",-38}{"rows",7}{"max ulp",12}  worst x");
        var broken = new List<string>();
        foreach (var interval in GoldenSet.Functions().GroupBy(row => (row.Function, row.Interval)))
        {
            (Func<double, double> function, double promised) = FunctionsByName[interval.Key.Function];
            double worst = 0, at = 0;
            foreach (FunctionRow row in interval)
            {
                double actual = function(row.X);
                double ulps = Math.Abs(row.Value.Ulps(actual));
                if (!(ulps <= worst)) (worst, at) = (ulps, row.X);
                if (interval.Key.Function == "inverse normal cdf" && !(ulps * GoldenSet.Ulp(row.Value.Head) <= Promise(row.Value.Head)))
                    broken.Add($"{interval.Key}: {row.X:R} gives {actual:R}, not {row.Value.Head:R}");
            }
            output.WriteLine($"{interval.Key.Function,-20}{interval.Key.Interval,-38}{interval.Count(),7:#,0}{worst,12:F3}  {at:R}");
            if (!(worst <= promised)) broken.Add($"{interval.Key}: {worst:F3} ulp at {at:R}");
        }
        Assert.True(broken.Count == 0, string.Join('\n', broken.Take(20)));

        // One ulp of p moves x by p/φ(x) = M(|x|) ulps of one.
        static double Promise(double x) => 2e-15 * (Math.Abs(x) + Functions.MillsRatio(Math.Abs(x)));
    }

    [Fact]
    public void Prices_are_within_1e_13_or_what_one_ulp_of_the_log_moneyness_leaves_of_that()
    {
        output.WriteLine(
            $"{"regime",-10}{"out of the money",18}{"max relative",14}{"beyond 1e-13",14}{"max/allowed",13}"
            + $"{"in the money",14}{"max relative",14}  worst F, K, D, w");
        double worstOfAll = 0;
        foreach (IGrouping<string, GreekRow> regime in GoldenSet.Greeks().GroupBy(row => row.Regime))
        {
            double worst = 0, worstShare = 0, worstInside = 0;
            int rows = 0, beyond = 0, inside = 0;
            GreekRow at = regime.First();
            foreach (GreekRow row in regime)
            {
                double expected = row.Greeks["price"].Value;
                if (expected < 1e-300) continue;
                double actual = Black76.Price(row.Terms.Forward, row.Strike, row.Terms.Discount, row.Deviation, row.IsCall);
                double error = Math.Abs(actual / expected - 1);
                if (row.IsCall == row.Terms.Forward > row.Strike)
                {
                    inside++;
                    if (!(error <= worstInside)) worstInside = error;
                    Assert.True(error <= 1e-13, $"{actual:R}, not {expected:R}");
                    continue;
                }
                rows++;
                if (!(error <= 1e-13)) beyond++;
                if (!(error <= worst)) (worst, at) = (error, row);
                double share = error / Math.Max(1e-13, Epsilon * SensitivityToLogMoneyness(row));
                if (!(share <= worstShare)) worstShare = share;
            }
            output.WriteLine(
                $"{regime.Key,-10}{rows,18:#,0}{worst,14:E2}{beyond,14:#,0}{worstShare,13:F3}{inside,14:#,0}{worstInside,14:E2}"
                + $"  {at.Terms.Forward:R}, {at.Strike:R}, {at.Terms.Discount:R}, {at.Deviation:R}");
            if (!(worstShare <= worstOfAll)) worstOfAll = worstShare;
        }
        Assert.True(worstOfAll <= 1, $"error/allowed {worstOfAll:F3}");

        // |∂ln c/∂ln h|: c = Φ(d1) − e^h·Φ(d2), so ∂c/∂h = −e^h·Φ(d2) = −φ(d1)·M(−d2).
        static double SensitivityToLogMoneyness(GreekRow row)
        {
            double h = Math.Abs(Math.Log(row.Strike / row.Terms.Forward)), w = row.Deviation;
            double pricePerVegaAndDeviation = ImpliedDeviation.AttainableError(h, w) / Epsilon - 1;
            return h / w * Functions.MillsRatio(h / w + 0.5 * w) / pricePerVegaAndDeviation;
        }
    }

    [Fact]
    public void Prices_and_all_greeks_of_rows_are_within_1e_12_of_their_terms_in_every_regime()
    {
        GreekRow[] rows = [.. GoldenSet.Greeks()];
        int length = Columns.PaddedLength(rows.Length);
        double[] Column(Func<GreekRow, double> value) => [.. rows.Select(value), .. new double[length - rows.Length]];
        var status = new QuoteStatus[length];
        double[] price = new double[length], vol = new double[length], w = new double[length];
        Dictionary<string, double[]> results = rows[0].Greeks.Keys.ToDictionary(name => name, _ => new double[length]);
        Black76.FromDeviations(
            LaneDispatch.Best,
            new DeviationRows
            {
                Spot = Column(row => row.Terms.Spot),
                Forward = Column(row => row.Terms.Forward),
                Strike = Column(row => row.Strike),
                Years = Column(row => row.Terms.Years),
                Discount = Column(row => row.Terms.Discount),
                TotalDeviation = Column(row => row.Deviation),
                IsCall = [.. rows.Select(row => row.IsCall), .. new bool[length - rows.Length]],
            },
            results["price"],
            new GreekRows
            {
                Status = status,
                TotalDeviation = w,
                ImpliedVol = vol,
                Delta = results["delta"],
                Gamma = results["gamma"],
                Vega = results["vega"],
                Theta = results["theta"],
                Vanna = results["vanna"],
                Charm = results["charm"],
                Vomma = results["vomma"],
                Speed = results["speed"],
                Zomma = results["zomma"],
                Color = results["color"],
            });
        double worstOfAll = 0;
        output.WriteLine($"{"regime",-10}{"Greek",-8}{"rows",7}{"max of terms",14}  worst F, K, D, T, w, right");
        foreach (IGrouping<string, int> regime in Enumerable.Range(0, rows.Length).GroupBy(i => rows[i].Regime))
        {
            foreach (string greek in results.Keys)
            {
                double worst = 0;
                int counted = 0, at = regime.First();
                foreach (int i in regime)
                {
                    Assert.Equal(QuoteStatus.Ok, status[i]);
                    ScaledValue truth = rows[i].Greeks[greek];
                    if (Math.Abs(truth.Value) < 1e-300) continue;
                    counted++;
                    double error = Math.Abs(results[greek][i] - truth.Value) / truth.Scale;
                    if (!(error <= worst)) (worst, at) = (error, i);
                }
                GreekRow row = rows[at];
                output.WriteLine(
                    $"{regime.Key,-10}{greek,-8}{counted,7:#,0}{worst,14:E2}  {row.Terms.Forward:R}, {row.Strike:R}, "
                    + $"{row.Terms.Discount:R}, {row.Terms.Years:R}, {row.Deviation:R}, {(row.IsCall ? "call" : "put")}");
                if (!(worst <= worstOfAll)) worstOfAll = worst;
            }
        }
        Assert.True(worstOfAll <= 1e-12, $"{worstOfAll:E2} of the terms");
    }

    [Fact]
    public void Greeks_of_the_node_kernel_are_within_1e_12_of_their_terms_beyond_what_the_inputs_leave_open()
    {
        output.WriteLine(
            $"{"regime",-10}{"Greek",-8}{"rows",7}{"max of terms",14}{"beyond 1e-12",14}{"max/allowed",13}  worst F, K, D, T, w");
        double worstOfAll = 0;
        foreach (IGrouping<string, GreekRow> regime in GoldenSet.Greeks().GroupBy(row => row.Regime))
        {
            foreach (IGrouping<string, GreekError> greek in regime.SelectMany(NodeErrors).GroupBy(error => error.Greek))
            {
                GreekError worst = greek.MaxBy(error => error.OfTerms), worstShare = greek.MaxBy(error => error.Share);
                GreekRow at = worstShare.Row;
                int beyond = greek.Count(error => !(error.OfTerms <= 1e-12));
                output.WriteLine(
                    $"{regime.Key,-10}{greek.Key,-8}{greek.Count(),7:#,0}{worst.OfTerms,14:E2}{beyond,14:#,0}{worstShare.Share,13:F3}"
                    + $"  {at.Terms.Forward:R}, {at.Strike:R}, {at.Terms.Discount:R}, {at.Terms.Years:R}, {at.Deviation:R}");
                Assert.All(greek, error => Assert.True(error.Share <= 1, $"{error}"));
                worstOfAll = Math.Max(worstOfAll, worstShare.Share);
            }
        }
        Assert.True(worstOfAll > 0.001, "an oracle that agrees this well is not independent");
    }

    /// <summary>
    /// Gamma, delta, vanna and charm of one node. The kernel gets ln K rounded and takes ln F itself, so ln(F/K) is open by an ulp of
    /// each, and q = −ln(D·F/S)/T by three roundings of D·F/S: what these move is allowed on top of 1e-12 of the terms.
    /// The further columns of the file are those of Black76.
    /// </summary>
    private static IEnumerable<GreekError> NodeErrors(GreekRow row)
    {
        (double spot, double forward, double discount, double years) = row.Terms;
        double w = row.Deviation, logForward = Functions.Log(forward), logStrike = Functions.Log(row.Strike);
        double[] gamma = new double[Columns.Padding], callDelta = new double[Columns.Padding], putDelta = new double[Columns.Padding];
        double[] vanna = new double[Columns.Padding], callCharm = new double[Columns.Padding], putCharm = new double[Columns.Padding];
        GreekKernel.Evaluate(LaneDispatch.Best, row.Terms, Column(logStrike), Column(w), new GreekColumns
        {
            Gamma = gamma,
            CallDelta = callDelta,
            PutDelta = putDelta,
            Vanna = vanna,
            CallCharm = callCharm,
            PutCharm = putCharm,
        });

        double x = Math.Log(forward / row.Strike), d1 = x / w + 0.5 * w, d2 = d1 - w;
        double carry = discount * forward / spot, density = Functions.NormalDensity(d1), drift = Math.Log(forward / spot) / years;
        double yield = -Math.Log(carry) / years, delta = row.Greeks["delta"].Value;
        double openX = GoldenSet.Ulp(logForward) + GoldenSet.Ulp(logStrike), openYield = 1.5 * Epsilon / years;
        double deltaByX = carry * density / w;
        double decayByX = deltaByX * (-d1 * (drift / w - d2 / (2 * years)) - 1 / (2 * years));
        return new[]
        {
            Error("gamma", gamma[0], openX * Math.Abs(row.Greeks["gamma"].Value * d1 / w)),
            Error("delta", row.IsCall ? callDelta[0] : putDelta[0], openX * deltaByX),
            Error("vanna", vanna[0], openX * carry * Math.Sqrt(years) * density * Math.Abs(1 - d1 * d2) / (w * w)),
            Error("charm", row.IsCall ? callCharm[0] : putCharm[0],
                openX * (Math.Abs(yield) * deltaByX + Math.Abs(decayByX)) + openYield * (Math.Abs(delta) + deltaByX)),
        }.Where(error => Math.Abs(row.Greeks[error.Greek].Value) > 1e-300);

        GreekError Error(string greek, double actual, double open)
        {
            (double value, double scale) = row.Greeks[greek];
            double error = Math.Abs(actual - value);
            return new GreekError(row, greek, error / scale, error / (1e-12 * scale + open));
        }
    }

    private readonly record struct GreekError(GreekRow Row, string Greek, double OfTerms, double Share);

    [Fact]
    public void Known_failures_of_other_solvers_have_the_right_answer()
    {
        foreach (KnownFailure row in GoldenSet.KnownFailures())
        {
            (QuoteStatus status, double vol, double vega) = Invert(row);
            output.WriteLine($"{status,-16}{vol,22:R}  {row.Source}");
            Assert.Equal(row.Status, status);
            double attainable = vol == 0 ? 0 : (1 + row.Price / (vol * vega)) * Epsilon;
            Assert.Equal(row.ImpliedVol, vol, 4 * attainable * row.ImpliedVol);
        }
    }

    /// <summary>(1 + c/(w·φ(d1)))·2⁻⁵² of the true w, by logarithms: c and φ may be subnormal, but nothing cancels.</summary>
    private static double AttainableError(ImpliedRow row)
    {
        const double HalfLogTwoPi = 0.9189385332046727;
        double w = row.Deviation.Head, d1 = 0.5 * w - row.H / w;
        return (1 + Math.Exp(Math.Log(row.C) - Math.Log(w) + 0.5 * d1 * d1 + HalfLogTwoPi)) * Epsilon;
    }

    private static (double[] W, SolveStatus[] Status, int OneByOne) Solve(ImpliedRegime regime)
    {
        int length = Columns.PaddedLength(regime.Rows.Length);
        double[] h = new double[length], c = new double[length], w = new double[length];
        var status = new SolveStatus[length];
        h.AsSpan().Fill(0.25);
        c.AsSpan().Fill(0.05);
        for (int i = 0; i < regime.Rows.Length; i++) (h[i], c[i]) = (regime.Rows[i].H, regime.Rows[i].C);
        return (w, status, ImpliedDeviation.Solve(LaneDispatch.Best, h, c, w, status));
    }

    private static (QuoteStatus Status, double ImpliedVol, double Vega) Invert(KnownFailure row)
    {
        const int Length = Columns.Padding;
        var status = new QuoteStatus[Length];
        double[] vol = new double[Length], vega = new double[Length], unused = new double[Length];
        Black76.FromPrices(
            LaneDispatch.Best,
            new PricedRows
            {
                Spot = Column(row.Terms.Spot),
                Forward = Column(row.Terms.Forward),
                Strike = Column(row.Strike),
                Years = Column(row.Terms.Years),
                Discount = Column(row.Terms.Discount),
                Price = Column(row.Price),
                IsCall = Enumerable.Repeat(row.IsCall, Length).ToArray(),
            },
            new GreekRows
            {
                Status = status,
                TotalDeviation = new double[Length],
                ImpliedVol = vol,
                Delta = unused,
                Gamma = unused,
                Vega = vega,
                Theta = unused,
                Vanna = unused,
                Charm = unused,
                Vomma = unused,
                Speed = unused,
                Zomma = unused,
                Color = unused,
            });
        return (status[0], vol[0], vega[0]);
    }

    private static double[] Column(double value)
    {
        double[] column = new double[Columns.Padding];
        column.AsSpan().Fill(value);
        return column;
    }
}
