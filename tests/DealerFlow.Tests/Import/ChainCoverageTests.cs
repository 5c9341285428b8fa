using DealerFlow.Import;
using DealerFlow.Wire;
using Xunit;
using static DealerFlow.Tests.QuotedataFixture;

namespace DealerFlow.Tests;

public class ChainCoverageTests
{
    // What each real file is: whole, one month, one expiry, ten strikes about the spot.
    [Theory]
    [InlineData("spx_20240107_1052ET.csv")]
    [InlineData("spx_20230904_1456ET.csv")]
    [InlineData("ndx_20230526_1718ET.csv")]
    [InlineData("amd_20230820_2235ET.csv")]
    [InlineData("spy_20220709_1728ET.csv")]
    [InlineData("spx_20230203_2324ET.csv", "last expiry, 2023-02-28")]
    [InlineData("spx_20250106_2048ET_feb.csv", "first live expiry, 2025-02-03, is 28 days away", "last expiry, 2025-02-28")]
    [InlineData("spx_20250106_2057ET_tiny.csv", "last expiry, 2025-01-07", "reach from 5930 to 6025")]
    [InlineData("spx_20251001_1801ET_exp01.csv", "first live expiry, 2026-04-17, is 198 days away")]
    public void A_partial_download_shows_its_signs(string file, params string[] signs)
    {
        OptionChain chain = CboeQuotedataCsv.Read(Path.Combine(Repository.RealData("cboe_csv"), file));
        IReadOnlyList<string> found = ChainCoverage.SignsOfAPart(chain, chain.AsOfNanos!.Value, chain.Spot);
        Assert.Equal(signs.Length, found.Count);
        Assert.All(signs.Zip(found), pair => Assert.Contains(pair.First, pair.Second));
    }

    [Fact]
    public void A_chain_that_has_settled_says_so()
    {
        OptionChain chain = CboeQuotedataCsv.Read(new StringReader(Text), "chain.csv");
        long monday = UnixNanos.FromUtc(new DateTime(2024, 1, 22, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(["every contract of the chain has settled."], ChainCoverage.SignsOfAPart(chain, monday, chain.Spot));
    }
}
