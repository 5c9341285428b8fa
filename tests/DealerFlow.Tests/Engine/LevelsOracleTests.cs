using DealerFlow.Engine;
using DealerFlow.Import;
using DealerFlow.Kernels;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>
/// The engine on real chains against a plain scalar transcription of the methodology that shares no code with it.
/// </summary>
public class LevelsOracleTests(ITestOutputHelper output)
{
    private static readonly ScalarOptions OracleCarry = new(ScalarForwardMode.Carry, 0.05, 0.015);

    // Every chain whose date can be read, and the two odd ones with an instant given by hand.
    public static TheoryData<string, string?> Chains => new()
    {
        { "amd_20230820_2235ET.csv", null },
        { "ndx_20230526_1718ET.csv", null },
        { "qqq_20230612_1635ET.csv", null },
        { "qqq_20230924_1346ET.csv", null },
        { "spx_20220205_2009ET.csv", null },
        { "spx_20220611_2047ET.csv", null },
        { "spx_20220913_noheader_resaved.csv", "2022-09-13T11:00:00-04:00" },
        { "spx_20230203_2324ET.csv", null },
        { "spx_20230609_1340ET_edited-date.csv", null },
        { "spx_20230609_2218ET_part.csv", null },
        { "spx_20230904_1456ET.csv", null },
        { "spx_20240107_1052ET.csv", null },
        { "spx_20250106_2048ET_feb.csv", null },
        { "spx_20250106_2057ET_tiny.csv", null },
        { "spx_20251001_1801ET_exp01.csv", null },
        { "spx_20251001_180xET_exp03.csv", null },
        { "spx_20251001_180xET_exp05.csv", null },
        { "spx_20251001_180xET_exp07.csv", null },
        { "spx_20251001_180xET_exp09.csv", null },
        { "spy_20220709_1728ET.csv", null },
        { "spy_202306xx_1515ET_bad-date.csv", "2023-06-05T15:15:00-04:00" },
    };

    [Theory, MemberData(nameof(Chains))]
    public void Carry_mode_agrees_with_the_scalar_transcription(string file, string? asOf)
    {
        string path = Repository.RealData($"cboe_csv/{file}");
        OptionChain chain = CboeQuotedataCsv.Read(path);
        long asOfNanos = asOf is null ? chain.AsOfNanos!.Value : UnixNanos.FromUtc(DateTimeOffset.Parse(asOf).UtcDateTime);
        double spot = chain.Spot ?? 3990.0;

        (Calculation calculation, byte[] section) = ChainRun.Levels(chain, asOfNanos, spot, ChainRun.Carry);
        ScalarSnapshot oracle = ScalarLevels.Compute(path, new DateTimeOffset(UnixNanos.ToUtc(asOfNanos), TimeSpan.Zero), spot, OracleCarry);

        Assert.True(MarketView.TryOpen(section, out MarketView market));
        AssertNodes(oracle, calculation.ReadNodes());
        Assert.Equal(oracle.InterpolatedNodes, (int)market.Head.Interpolated);
        Assert.Equal(oracle.UnpricedOpenInterest, market.Head.UnpricedOpenInterest);
        Assert.Equal(oracle.AdjustedOpenInterest, market.Head.AdjustedOpenInterest);
        AssertBucket(oracle.All, in market.Head.Buckets[(int)ExposureBucket.All]);
        AssertBucket(oracle.ZeroDte, in market.Head.Buckets[(int)ExposureBucket.ZeroDte]);
        AssertBucket(oracle.ExZeroDte, in market.Head.Buckets[(int)ExposureBucket.ExZeroDte]);
        AssertExpiries(oracle, market.Expiries);
        output.WriteLine($"{file}: {market.Head.Nodes} nodes, net {MoneyGrid.ToUsd(market.Head.Buckets[0].NetGex) / 1e9:0.000} bn, " +
            $"zero gamma {market.Head.Buckets[0].ZeroGamma.Value:0.0000}");
    }

    private static void AssertNodes(ScalarSnapshot oracle, IReadOnlyList<NodeReading> nodes)
    {
        var byKey = nodes.ToDictionary(node => (node.Root, node.ExpiryDate, node.Strike));
        Assert.Equal(oracle.Nodes.Count(), byKey.Count);
        foreach (ScalarNode expected in oracle.Nodes)
        {
            string what = $"{expected.Root} {expected.Expiry:yyyy-MM-dd} {expected.Strike}";
            NodeReading actual = byKey[(expected.Root, (expected.Expiry.Year * 10000) + (expected.Expiry.Month * 100) + expected.Expiry.Day, expected.Strike)];
            Assert.True(expected.Status.ToString() == actual.Status.ToString(), $"{what}: {expected.Status} expected, {actual.Status} found.");
            Assert.True(expected.W is not null == actual.IsPriced, what);
            if (!actual.IsPriced) continue;
            Assert.True(expected.IsInterpolated == actual.IsInterpolated, what);
            AssertClose(expected.W!.Value, actual.TotalDeviation, 1e-10, what + " w");
            // Gammas below 1e-290 are within reach of underflow in the scalar transcription's own factors.
            if (expected.Gamma!.Value > 1e-290) AssertClose(expected.Gamma.Value, actual.Gamma, 1e-9, what + " gamma");
        }
    }

    private static void AssertBucket(ScalarBucket expected, in BucketSection actual)
    {
        double gross = expected.GrossGex;
        // 1e-9 of gross, and half a grid step per node and side.
        double tolerance = (1e-9 * gross) + (20_000 / MoneyGrid.UnitsPerUsd);
        Assert.Equal(expected.NetGex, MoneyGrid.ToUsd(actual.NetGex), tolerance);
        Assert.Equal(expected.CallGex, MoneyGrid.ToUsd(actual.CallGex), tolerance);
        Assert.Equal(expected.PutGex, MoneyGrid.ToUsd(actual.PutGex), tolerance);
        Assert.Equal(gross, MoneyGrid.ToUsd(actual.GrossGex), tolerance);
        AssertClose(expected.Dex, MoneyGrid.ToUsd(actual.Dex), 1e-9, "DEX", floor: 1e3);
        AssertClose(expected.Vex, MoneyGrid.ToUsd(actual.Vex), 1e-7, "VEX", floor: 1e3);
        AssertClose(expected.Chex, MoneyGrid.ToUsd(actual.Chex), 1e-7, "CHEX", floor: 1e3);
        Assert.Equal(expected.Regime.ToString().Replace("Undefined", "None"), actual.Regime.ToString());
        AssertLevel(expected.Walls.CallWall, in actual, StrikeLevel.CallWall);
        AssertLevel(expected.Walls.PutWall, in actual, StrikeLevel.PutWall);
        AssertLevel(expected.Walls.MaxGamma, in actual, StrikeLevel.MaxGamma);
        AssertLevel(expected.Walls.AbsoluteGamma, in actual, StrikeLevel.AbsoluteGamma);
        AssertLevel(expected.Walls.CallWallOneSided, in actual, StrikeLevel.CallWallOneSided);
        AssertLevel(expected.Walls.PutWallOneSided, in actual, StrikeLevel.PutWallOneSided);
        AssertLevel(expected.Walls.CallWallOpenInterest, in actual, StrikeLevel.CallWallOpenInterest);
        AssertLevel(expected.Walls.PutWallOpenInterest, in actual, StrikeLevel.PutWallOpenInterest);
        AssertZeroGamma(expected.ZeroGamma, in actual.ZeroGamma);
    }

    private static void AssertLevel(ScalarLevel? expected, in BucketSection bucket, StrikeLevel level)
    {
        LevelRow actual = bucket.Levels[(int)level];
        Assert.True(expected is not null == (actual.Present == 1), $"{level}: {expected} expected.");
        if (expected is null) return;
        Assert.True(expected.Strike == actual.Strike, $"{level}: strike {expected.Strike} expected, {actual.Strike} found.");
        Assert.True((expected.RunnerUp ?? 0) == actual.RunnerUp, $"{level}: runner-up {expected.RunnerUp} expected, {actual.RunnerUp} found.");
        bool isOpenInterest = level is StrikeLevel.CallWallOpenInterest or StrikeLevel.PutWallOpenInterest;
        AssertClose(expected.Size, isOpenInterest ? actual.Size : MoneyGrid.ToUsd(actual.Size), 1e-9, level + " size", floor: 1e3);
        Assert.Equal(expected.Margin, actual.Margin, 1e-6);
    }

    private static void AssertZeroGamma(ScalarZeroGamma expected, in ZeroGammaSection actual)
    {
        Assert.Equal(expected.Status.ToString(), actual.Status.ToString());
        Assert.Equal(expected.SignAtSpot, actual.Sign);
        Assert.Equal(expected.Roots.Count, actual.RootCount);
        if (expected.Chosen is null) return;
        AssertClose(expected.Chosen.Spot, actual.Value, 1e-8, "zero gamma");
        AssertClose(expected.Chosen.Slope, actual.Slope, 1e-6, "slope at zero gamma");
        for (int i = 0; i < Math.Min(actual.RootCount, ZeroGammaSection.RootCapacity); i++)
            AssertClose(expected.Roots[i].Spot, actual.Roots[i], 1e-8, $"root {i}");
    }

    private static void AssertExpiries(ScalarSnapshot oracle, ReadOnlySpan<ExpiryRow> expiries)
    {
        Assert.Equal(oracle.Expiries.Count, expiries.Length);
        foreach (ExpiryRow actual in expiries)
        {
            ScalarExpiry expected = oracle.Expiries.Single(expiry => expiry.Root == actual.Root.ToString()
                && (expiry.Expiry.Year * 10000) + (expiry.Expiry.Month * 100) + expiry.Expiry.Day == actual.ExpiryDate);
            Assert.Equal(expected.Settlement.UtcDateTime, UnixNanos.ToUtc(actual.SettlementNanos));
            Assert.Equal(expected.IsZeroDte, actual.IsZeroDte == 1);
            AssertClose(expected.Forward, actual.Forward, 1e-13, "forward");
            AssertClose(expected.Discount, actual.Discount, 1e-13, "discount");
            Assert.Equal(expected.OpenInterest, actual.OpenInterest);
            Assert.Equal(expected.IsUnpriced, actual.Status == ExpiryStatus.Unpriced);
            if (!expected.IsUnpriced) AssertClose(expected.NetGex!.Value, MoneyGrid.ToUsd(actual.NetGex), 1e-9, "net of expiry", floor: 1e3 + expected.GrossGex!.Value);
        }
    }

    private static void AssertClose(double expected, double actual, double relative, string what, double floor = 0) => Assert.True(
        Math.Abs(actual - expected) <= relative * Math.Max(Math.Abs(expected), floor) + (floor > 0 ? 20 : 0),
        $"{what}: {expected:R} expected, {actual:R} found.");
}
