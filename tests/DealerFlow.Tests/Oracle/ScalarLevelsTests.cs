using System.Globalization;
using System.Text;
using Xunit;

namespace DealerFlow.Tests;

public class ScalarLevelsTests
{
    private static readonly DateTimeOffset AsOf = new(2024, 1, 8, 12, 0, 0, TimeSpan.FromHours(-5)); // a Monday
    private static readonly ScalarOptions NoCarry = new(ScalarForwardMode.Carry);

    // At the money c = 2Φ(w/2) − 1; Φ(0.1) = 0.539827837277029, so with F = 100 and D = 1 this price has w = 0.2.
    private const double PriceOfW02 = 7.9655674554058;
    private const double Density01 = 0.396952547477012; // φ(0.1)

    // One expiry, F = S = 100, D = 1, only K = 100 is quoted, with w = 0.2: flat interpolation gives w = 0.2 to all strikes.
    //   gex per contract of K = 100: 0.01·100·(φ(0.1)/0.2)·100 = 198.476273738506
    [Fact]
    public void One_strike_has_the_exposure_worked_by_hand()
    {
        ScalarSnapshot snapshot = Compute(Row("XYZ", "240119", 100, At(PriceOfW02), At(PriceOfW02), calls: 10, puts: 4));
        ScalarNode node = Assert.Single(snapshot.Nodes);
        Assert.Equal(ScalarStatus.Ok, node.Status);
        Assert.Equal('C', node.Side); // K >= F is the call's side
        Assert.Equal(0.2, node.W!.Value, 1e-12);
        Assert.Equal(Density01 / (100 * 0.2), node.Gamma!.Value, 1e-12); // F·φ/(S²·w)
        Assert.Equal(1984.76273738506, snapshot.All.CallGex, 1e-8);
        Assert.Equal(-793.905094954024, snapshot.All.PutGex, 1e-8);
        Assert.Equal(1190.85764243104, snapshot.All.NetGex, 1e-8);
        Assert.Equal(1190.85764243104, snapshot.All.GrossGex, 1e-8);
        // Δ of the call is Φ(0.1), of the put −Φ(−0.1): (1000·0.539827837277 + 400·0.460172162723)·100
        Assert.Equal(72389.6702366, snapshot.All.Dex, 1e-6);
        // r = q = 0: vanna = −φ·d2/σ = φ·0.1/σ, σ = 0.2/√T; times 600 shares net, 0.01·S = 1
        double years = (11 * 86_400 + 4 * 3_600) / (365 * 86_400.0); // 8 January 12:00 to 19 January 16:00
        Assert.Equal(600 * Density01 * 0.1 / (0.2 / Math.Sqrt(years)), snapshot.All.Vex, 1e-8);
        // charm of call and put = φ·d2·w/(2Tw) = −φ·0.1/(2T) per year
        Assert.Equal(-600 * Density01 * 0.1 / (2 * years) * 100 / 365, snapshot.All.Chex, 1e-8);
        Assert.Equal(ScalarRegime.Positive, snapshot.All.Regime);
        Assert.Equal(ScalarZeroGammaStatus.None, snapshot.All.ZeroGamma.Status);
        Assert.Equal(1, snapshot.All.ZeroGamma.SignAtSpot);
    }

    // Puts at 80 and calls at 125, equal in number, w = 0.2 everywhere: G = 0 where |d1(80)| = |d1(125)|, that is
    // ln(S/80)/w + w/2 = −(ln(S/125)/w + w/2), so ln S = (ln 80 + ln 125)/2 − w²/2 = ln 100 − 0.02.
    // With a times as many puts: φ(d1(125))/φ(d1(80)) = a, (d1(80) − d1(125))·(d1(80) + d1(125))/2 = ln a with
    // d1(80) − d1(125) = ln(125/80)/w, so ln(S/100) = −0.02 + w²·ln a / ln(125/80).
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Zero_gamma_is_the_one_worked_by_hand(int a)
    {
        ScalarSnapshot snapshot = Compute(
            Row("XYZ", "240119", 80, "0,0", "0,0.05", calls: 0, puts: 50 * a),
            Row("XYZ", "240119", 100, At(PriceOfW02), At(PriceOfW02), calls: 0, puts: 0),
            Row("XYZ", "240119", 125, "0,0.05", "0,0", calls: 50, puts: 0));
        Assert.Equal([ScalarStatus.NoBid, ScalarStatus.Ok, ScalarStatus.NoBid], snapshot.Nodes.Select(node => node.Status));
        Assert.Equal(2, snapshot.InterpolatedNodes);
        ScalarRoot root = Assert.Single(snapshot.All.ZeroGamma.Roots);
        Assert.Same(root, snapshot.All.ZeroGamma.Chosen);
        Assert.Equal(-0.02 + 0.04 * Math.Log(a) / Math.Log(125 / 80.0), root.LogOffset, 1e-12);
        Assert.Equal(100 * Math.Exp(root.LogOffset), root.Spot, 1e-10);
        Assert.True(root.Slope > 0); // puts below, calls above
        // At the root both terms have the size g = 0.01·S·φ(d)/w·5000; the slope is g/S·[(1 − d1(125)/w) − (1 − d1(80)/w)].
        double d80 = Math.Log(root.Spot / 80) / 0.2 + 0.1, d125 = Math.Log(root.Spot / 125) / 0.2 + 0.1;
        double size = 0.01 * root.Spot * Math.Exp(-d125 * d125 / 2) / Math.Sqrt(2 * Math.PI) / 0.2 * 5000;
        Assert.Equal(size / root.Spot * (d80 - d125) / 0.2, root.Slope, 1e-8);
    }

    // Puts at 100, calls at 60 and 160 in great number: G > 0 on both sides, G < 0 in the middle, two roots.
    [Fact]
    public void All_roots_are_found_and_the_nearest_is_chosen()
    {
        ScalarZeroGamma zero = Compute(
            Row("XYZ", "240119", 60, "0,0", "0,0.05", calls: 500, puts: 0),
            Row("XYZ", "240119", 100, At(PriceOfW02), At(PriceOfW02), calls: 0, puts: 50),
            Row("XYZ", "240119", 160, "0,0.05", "0,0", calls: 5, puts: 0)).All.ZeroGamma;
        // By the rule above: between 60 (10 times) and 100: ln S = mean − 0.02 + 0.04·ln(10)/ln(100/60); between 100 and 160, 1/10.
        Assert.Equal(2, zero.Roots.Count);
        double lower = Math.Log(60 / 100.0) / 2 - 0.02 + 0.04 * Math.Log(10) / Math.Log(100 / 60.0);
        double upper = Math.Log(160 / 100.0) / 2 - 0.02 + 0.04 * Math.Log(10) / Math.Log(160 / 100.0);
        Assert.Equal(lower, zero.Roots[0].LogOffset, 1e-3); // the third strike shifts it a little
        Assert.Equal(upper, zero.Roots[1].LogOffset, 1e-3);
        Assert.Same(zero.Roots[0], zero.Chosen);
        Assert.True(zero.Roots[0].Slope < 0 && zero.Roots[1].Slope > 0);
        Assert.Equal(-1, zero.SignAtSpot);
    }

    // w = 0.05: calls at 100, one put at 61. At x = −0.5 the calls have d1 = −0.5/0.05 + 0.025 ≈ −10 and φ(−10)/φ(0) = 2e-22, so the
    // put rules there, with a lobe of about 0.6 of one contract: 0.6e-8 of gross for 1e8 calls, 0.6e-10 for 1e10 calls.
    [Theory]
    [InlineData(100_000_000, 1)]
    [InlineData(10_000_000_000, 0)]
    public void A_root_with_a_lobe_below_a_billionth_of_gross_does_not_count(long calls, int roots)
    {
        string price = At(ScalarBlack.Price(true, 100, 100, 1, 0.05));
        ScalarZeroGamma zero = Compute(
            Row("XYZ", "240119", 61, "0,0", "0,0.05", calls: 0, puts: 1),
            Row("XYZ", "240119", 100, price, price, calls, puts: 0)).All.ZeroGamma;
        Assert.Equal(roots, zero.Roots.Count);
        Assert.Equal(1 - roots, zero.Rejected.Count);
        Assert.Equal(roots == 1 ? ScalarZeroGammaStatus.Found : ScalarZeroGammaStatus.None, zero.Status);
        Assert.Equal(0.6 / calls, zero.Roots.Concat(zero.Rejected).Single().Lobe, 0.05 / calls);
        Assert.Equal(1, zero.SignAtSpot);
    }

    [Fact]
    public void Between_good_nodes_w_is_linear_in_the_logarithm_of_strike()
    {
        // 110 lies half way between 100 and 121 in logarithm; 50 and 200 lie beyond the ends.
        double price121 = ScalarBlack.Price(true, 100, 121, 1, 0.3);
        ScalarSnapshot snapshot = Compute(
            Row("XYZ", "240119", 50, "0,0", "0,0.05", calls: 1, puts: 0),
            Row("XYZ", "240119", 100, At(PriceOfW02), At(PriceOfW02), calls: 1, puts: 0),
            Row("XYZ", "240119", 110, "0,0.05", "0,0", calls: 1, puts: 0),
            Row("XYZ", "240119", 121, At(price121), "0,0", calls: 1, puts: 0),
            Row("XYZ", "240119", 200, "0,0.05", "0,0", calls: 1, puts: 0));
        Assert.Equal([0.2, 0.2, 0.25, 0.3, 0.3], snapshot.Nodes.Select(node => Math.Round(node.W!.Value, 11)));
        Assert.Equal([true, false, true, false, true], snapshot.Nodes.Select(node => node.IsInterpolated));
    }

    //                      bid, ask of a call at K = 105, F = 100
    [Theory]
    [InlineData("0,0", ScalarStatus.Missing)]
    [InlineData("0,0.5", ScalarStatus.NoBid)]
    [InlineData("1,0.5", ScalarStatus.Crossed)]
    [InlineData("1,0", ScalarStatus.Crossed)]
    [InlineData("1,1", ScalarStatus.Locked)]
    [InlineData("1,1.1", ScalarStatus.Ok)]
    [InlineData("1,150", ScalarStatus.Wide)]    // the middle 75.5 is below F = 100, the ask is not
    [InlineData("100,101", ScalarStatus.AboveMax)]
    [InlineData("-1,1", ScalarStatus.Invalid)]
    public void A_quote_has_the_status_of_the_table(string bidAsk, ScalarStatus expected)
    {
        ScalarSnapshot snapshot = Compute(Row("XYZ", "240119", 105, bidAsk, "0,0", calls: 1, puts: 1));
        Assert.Equal(expected, Assert.Single(snapshot.Nodes).Status);
        bool isGood = expected is ScalarStatus.Ok or ScalarStatus.Locked;
        Assert.Equal(isGood ? 0 : 2, snapshot.UnpricedOpenInterest);
        Assert.Equal(isGood ? ScalarZeroGammaStatus.None : ScalarZeroGammaStatus.Unpriced, snapshot.All.ZeroGamma.Status);
    }

    // At the money c = erf(w/√8) is nearly linear, w ≈ c·√(2π)·(1 + π·c²/12): twice the price is a little more than twice w.
    [Theory]
    [InlineData("1,1.99", ScalarStatus.Ok)]
    [InlineData("1,2", ScalarStatus.Wide)]
    public void Wide_means_that_the_ask_has_more_than_twice_the_deviation_of_the_bid(string bidAsk, ScalarStatus expected) =>
        Assert.Equal(expected, Assert.Single(Compute(Row("XYZ", "240119", 100, bidAsk, "0,0", calls: 1, puts: 1)).Nodes).Status);

    [Fact]
    public void Expired_and_adjusted_series_enter_no_sum_and_morning_roots_settle_in_the_morning()
    {
        ScalarSnapshot snapshot = Compute(
            Row("SPX", "240108", 100, At(PriceOfW02), At(PriceOfW02), calls: 1, puts: 0),   // 09:30 has passed at 12:00
            Row("SPXW", "240108", 100, At(PriceOfW02), At(PriceOfW02), calls: 2, puts: 0),  // 16:00 has not
            Row("SPX", "240109", 100, At(PriceOfW02), At(PriceOfW02), calls: 4, puts: 0),
            Row("SPX1", "240109", 100, At(PriceOfW02), At(PriceOfW02), calls: 8, puts: 16));
        Assert.Equal([("SPX", 9), ("SPXW", 8)], snapshot.Expiries.Select(expiry => (expiry.Root, expiry.Expiry.Day)));
        Assert.Equal(24, snapshot.AdjustedOpenInterest);
        Assert.Equal(6, Assert.Single(snapshot.All.Strikes).CallOpenInterest);
        Assert.Equal(2, Assert.Single(snapshot.ZeroDte.Strikes).CallOpenInterest);
        Assert.Equal(4, Assert.Single(snapshot.ExZeroDte.Strikes).CallOpenInterest);
        Assert.Equal(2 * 198.476273738506, snapshot.ZeroDte.NetGex, 1e-8);
        Assert.Equal(6 * 198.476273738506, snapshot.All.NetGex, 1e-8);
    }

    // Net gex of the three strikes by w = 0.2 and φ(d1); sizes in multiples of φ: ties and signs are visible by eye.
    [Fact]
    public void Walls_are_the_largest_strikes_of_their_sign()
    {
        ScalarWalls walls = Compute(
            Row("XYZ", "240119", 90, "0,0", "0,0.05", calls: 10, puts: 100),
            Row("XYZ", "240119", 100, At(PriceOfW02), At(PriceOfW02), calls: 40, puts: 40),
            Row("XYZ", "240119", 110, "0,0.05", "0,0", calls: 60, puts: 10)).All.Walls;
        Assert.Equal((110.0, null, 1.0), (walls.CallWall!.Strike, walls.CallWall.RunnerUp, walls.CallWall.Margin));
        Assert.Equal((90.0, null, 1.0), (walls.PutWall!.Strike, walls.PutWall.RunnerUp, walls.PutWall.Margin));
        Assert.True(walls.PutWall.Size < 0);
        Assert.Equal((110.0, 100.0), (walls.CallWallOneSided!.Strike, walls.CallWallOneSided.RunnerUp));
        Assert.Equal((90.0, 100.0), (walls.PutWallOneSided!.Strike, walls.PutWallOneSided.RunnerUp));
        Assert.Equal(new ScalarLevel(110, 60, 100, 1 - 40 / 60.0), walls.CallWallOpenInterest);
        Assert.Equal(new ScalarLevel(90, 100, 100, 1 - 40 / 100.0), walls.PutWallOpenInterest);
        Assert.Equal((90.0, 110.0), (walls.MaxGamma!.Strike, walls.MaxGamma.RunnerUp));
        // 110 contracts at 90, where d1 = ln(100/90)/0.2 + 0.1 = 0.62680; 80 at 100, where d1 = 0.1; 70 at 110
        Assert.Equal((90.0, 100.0), (walls.AbsoluteGamma!.Strike, walls.AbsoluteGamma.RunnerUp));
        double d1 = Math.Log(100 / 90.0) / 0.2 + 0.1;
        Assert.Equal(110 * 100 / 0.2 * Math.Exp(-d1 * d1 / 2) / Math.Sqrt(2 * Math.PI), walls.AbsoluteGamma.Size, 1e-6);
    }

    [Fact]
    public void Equal_walls_go_to_the_strike_nearer_to_spot_and_then_to_the_lower()
    {
        ScalarWalls walls = Compute(
            Row("XYZ", "240119", 80, "0,0", "0,0.05", calls: 7, puts: 0),
            Row("XYZ", "240119", 90, "0,0", "0,0.05", calls: 7, puts: 0),
            Row("XYZ", "240119", 110, "0,0.05", "0,0", calls: 7, puts: 0)).All.Walls;
        Assert.Equal(new ScalarLevel(90, 7, 110, 0), walls.CallWallOpenInterest);
        Assert.Null(walls.PutWallOpenInterest);
        Assert.Null(walls.CallWall); // no node is good, so nothing has an exposure
    }

    // Forwards 100.5, 100.1 and 100.3; spreads of call and put together 0.2, 0.4 and 0.4, weights 25, 6.25 and 6.25 of 37.5.
    // Ascending 100.1 (6.25), 100.3 (12.5), 100.5 (37.5): half, 18.75, is reached at 100.5.
    [Fact]
    public void Parity_takes_the_weighted_median()
    {
        var options = new ScalarOptions(ScalarForwardMode.Parity);
        ScalarRow[] rows =
        [
            Row("XYZ", "240119", 99, "3.4,3.5", "1.9,2.0", 0, 0),
            Row("XYZ", "240119", 100, "2.0,2.2", "1.9,2.1", 0, 0),
            Row("XYZ", "240119", 101, "1.2,1.4", "1.9,2.1", 0, 0),
            Row("XYZ", "240119", 106, "0.1,0.2", "1.0,1.1", 0, 0),     // beyond 5 %
            Row("XYZ", "240119", 102, "0,0.2", "2.0,2.1", 0, 0),       // no bid
        ];
        ScalarExpiry expiry = Assert.Single(ScalarLevels.Compute(new ScalarChain(null, rows), AsOf, 100, options).Expiries);
        Assert.Equal((ScalarForwardMode.Parity, 3), (expiry.ForwardMode, expiry.ParityPairs));
        Assert.Equal(100.5, expiry.Forward, 1e-12);

        // Two pairs within 5 %: with the third within 10 % the lone far strike counts too; without it carry is used.
        ScalarRow[] wider = [rows[0], rows[1], rows[3]];
        Assert.Equal(3, Assert.Single(ScalarLevels.Compute(new ScalarChain(null, wider), AsOf, 100, options).Expiries).ParityPairs);
        ScalarExpiry fallback = Assert.Single(ScalarLevels.Compute(new ScalarChain(null, rows[..2]), AsOf, 100, options).Expiries);
        Assert.Equal((ScalarForwardMode.Carry, 100.0), (fallback.ForwardMode, fallback.Forward));
    }

    [Fact]
    public void Settlement_knows_daylight_saving_and_early_closes()
    {
        Assert.Equal("2024-01-19T14:30", Utc("SPX", 2024, 1, 19));
        Assert.Equal("2024-01-19T21:00", Utc("SPXW", 2024, 1, 19));
        Assert.Equal("2023-06-16T13:30", Utc("SPX", 2023, 6, 16));
        Assert.Equal("2023-07-03T17:00", Utc("SPXW", 2023, 7, 3));
        Assert.Equal("2023-11-24T18:00", Utc("SPY", 2023, 11, 24));
        Assert.Equal("2024-12-24T18:00", Utc("QQQ", 2024, 12, 24));
        Assert.Equal("2024-11-22T21:00", Utc("QQQ", 2024, 11, 22));

        static string Utc(string root, int year, int month, int day) =>
            ScalarCalendar.SettlementInstant(root, new DateOnly(year, month, day)).UtcDateTime
                .ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_file_of_the_exchange_is_read_as_printed()
    {
        string path = Path.Combine(Path.GetTempPath(), $"scalar-chain-{Guid.NewGuid():N}.csv");
        var text = new StringBuilder("\nS&P 500 INDEX,Last: 4697.2402,Change:  8.5602\n")
            .Append("\"Date: January 7, 2024 at 10:52 AM EST\",Bid: 4645.23\n")
            .Append("Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,Strike,")
            .Append("Puts,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest\n")
            .Append("Fri Jan 05 2024,SPXW240105C01202500,3499.25,-1.1,3492.4,3501.3,1,0,0,0.0012,24,1202.50,")
            .Append("SPXW240105P01202500,0.05,0.025,0,0.05,2,0,0,0.0034,7\n");
        try
        {
            File.WriteAllText(path, text.ToString());
            ScalarChain chain = ScalarChain.Read(path);
            Assert.Equal(4697.2402, chain.Last);
            Assert.Equal(
                new ScalarRow("SPXW", new DateOnly(2024, 1, 5), 1202.5m,
                    new ScalarQuote(3492.4m, 3501.3m, 0.0012, 24), new ScalarQuote(0, 0.05m, 0.0034, 7)),
                Assert.Single(chain.Rows));
        }
        finally
        {
            File.Delete(path);
        }
    }

    // The methodology's sanity page: about +62.4 bn net, calls +157, puts −95; the exchange's own gamma column +64.2 bn.
    [Fact]
    public void The_ninth_of_June_2023_has_the_known_exposure()
    {
        ScalarChain chain = ScalarChain.Read(Repository.RealData("cboe_csv/spx_20230609_1340ET_edited-date.csv"));
        Assert.Equal(4300.0098, chain.Last);
        Assert.Equal(64.2e9, PrintedGammaExposure(chain), 0.05e9);

        var asOf = new DateTimeOffset(2023, 6, 9, 13, 40, 0, TimeSpan.FromHours(-4));
        ScalarSnapshot snapshot = ScalarLevels.Compute(chain, asOf, 4300.0098, new ScalarOptions(ScalarForwardMode.Carry, 0.05, 0.015));
        Assert.Equal(62.4e9, snapshot.All.NetGex, 0.05e9);
        Assert.Equal(157e9, snapshot.All.CallGex, 0.5e9);
        Assert.Equal(-95e9, snapshot.All.PutGex, 0.5e9);
        Assert.Equal(snapshot.All.NetGex, snapshot.ZeroDte.NetGex + snapshot.ExZeroDte.NetGex, 1);
        Assert.Equal(snapshot.All.NetGex, snapshot.All.Strikes.Sum(strike => strike.NetGex), 1);
    }

    // A published plot of this file says "Total Gamma: $-11.00 Bn per 1% SPX Move".
    [Fact]
    public void The_printed_gamma_of_the_seventh_of_January_2024_sums_to_the_published_total() =>
        Assert.Equal(-10.9987e9, PrintedGammaExposure(ScalarChain.Read(Repository.RealData("cboe_csv/spx_20240107_1052ET.csv"))), 0.0001e9);

    private static double PrintedGammaExposure(ScalarChain chain) => chain.Rows.Sum(row =>
        0.01 * chain.Last!.Value * chain.Last.Value * 100
        * (row.Call.PrintedGamma * row.Call.OpenInterest - row.Put.PrintedGamma * row.Put.OpenInterest));

    private static ScalarSnapshot Compute(params ScalarRow[] rows) => ScalarLevels.Compute(new ScalarChain(null, rows), AsOf, 100, NoCarry);

    private static ScalarRow Row(
        string root, string yymmdd, decimal strike, string callBidAsk, string putBidAsk, long calls, long puts) => new(
        root, DateOnly.ParseExact("20" + yymmdd, "yyyyMMdd", CultureInfo.InvariantCulture), strike,
        Quote(callBidAsk, calls), Quote(putBidAsk, puts));

    private static ScalarQuote Quote(string bidAsk, long openInterest)
    {
        decimal[] values = [.. bidAsk.Split(',').Select(text => decimal.Parse(text, CultureInfo.InvariantCulture))];
        return new ScalarQuote(values[0], values[1], double.NaN, openInterest);
    }

    // A narrow market whose middle is the price.
    private static string At(double price) => FormattableString.Invariant($"{(decimal)price - 0.01m},{(decimal)price + 0.01m}");
}
