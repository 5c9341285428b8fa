using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DealerFlow.Market;
using DealerFlow.Tests;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>Every real chain through <c>levels</c>, the odd ones too.</summary>
public sealed partial class RealChainTests : IDisposable
{
    private const string NoDate = "spx_20220913_noheader_resaved.csv";
    private const string BadDate = "spy_202306xx_1515ET_bad-date.csv";
    private const string EditedDate = "spx_20230609_1340ET_edited-date.csv";

    private static readonly string[] WithDate =
    [
        "amd_20230820_2235ET.csv", "ndx_20230526_1718ET.csv", "qqq_20230612_1635ET.csv", "qqq_20230924_1346ET.csv", "spx_20220205_2009ET.csv",
        "spx_20220611_2047ET.csv", "spx_20230203_2324ET.csv", EditedDate, "spx_20230609_2218ET_part.csv", "spx_20230904_1456ET.csv",
        "spx_20240107_1052ET.csv", "spx_20250106_2048ET_feb.csv", "spx_20250106_2057ET_tiny.csv", "spx_20251001_1801ET_exp01.csv",
        "spx_20251001_180xET_exp03.csv", "spx_20251001_180xET_exp05.csv", "spx_20251001_180xET_exp07.csv", "spx_20251001_180xET_exp09.csv",
        "spy_20220709_1728ET.csv",
    ];

    private readonly Workspace _room = new();

    public static TheoryData<string> ChainsWithDate => [.. WithDate];

    public void Dispose() => _room.Dispose();

    private static readonly string[] PartsOfAChain = ["_exp", "_part", "_tiny", "_feb", "20230203"];

    [Fact]
    public void No_chain_is_left_out() => Assert.Equal(
        WithDate.Append(NoDate).Append(BadDate).Order(),
        Directory.GetFiles(Repository.RealData("cboe_csv"), "*.csv").Select(Path.GetFileName).Order());

    [Theory, MemberData(nameof(ChainsWithDate))]
    public void A_real_chain_gives_levels_at_its_own_time_and_spot(string file)
    {
        string path = Chain(file);
        Outcome outcome = _room.Run("levels", path, "--json");
        JsonElement levels = outcome.Json();
        // Nothing is skipped; a file that holds only part of the chain says so.
        bool isPart = PartsOfAChain.Any(part => file.Contains(part, StringComparison.Ordinal));
        Assert.Equal(isPart, outcome.Messages.Count > 0);
        Assert.All(outcome.Messages, message => Assert.Matches("may be missing|less than 5 %", message));
        LevelsContract.Check(levels);
        Assert.Equal(double.Parse(Last().Match(File.ReadAllText(path)).Groups[1].Value, CultureInfo.InvariantCulture), levels.GetProperty("spot").GetDouble());
        // The file is called by date and time of its download; an x stands for a digit that is not known.
        string called = NameTime().Match(file).Groups[1].Value;
        Assert.StartsWith(called, NewYork(levels.GetProperty("asOf").GetString()!));
        Assert.True(levels.GetProperty("nodes").GetInt32() > 0);
        Assert.Equal(0, levels.GetProperty("unpricedOpenInterest").GetInt64());
        Assert.NotEqual(0, levels.GetProperty("buckets").GetProperty("all").GetProperty("grossGex").GetDouble());
    }

    [Fact]
    public void A_chain_without_header_asks_for_its_time_and_infers_its_spot()
    {
        string path = Chain(NoDate);
        Assert.Contains("--as-of", _room.Run("levels", path).Refused(2));
        JsonElement levels = _room.Run("levels", path, "--as-of", "2022-09-13T13:00-04:00", "--json").Json();
        LevelsContract.Check(levels);
        Assert.Equal("Inferred", levels.GetProperty("spotSource").GetString());
        Assert.InRange(levels.GetProperty("spot").GetDouble(), 3900, 3980);     // the index traded there that day
        Assert.Contains("--spot", _room.Run("levels", path, "--as-of", "2022-09-13T13:00", "--forward", "carry").Refused(2));
    }

    [Fact]
    public void A_chain_whose_year_is_lost_asks_for_its_time()
    {
        string path = Chain(BadDate);
        string sentence = _room.Run("levels", path).Refused(2);
        Assert.Contains("4 June 4, 3:15 PM EDT", sentence);
        Assert.Contains("--as-of", sentence);
        LevelsContract.Check(_room.Run("levels", path, "--as-of", "2023-06-04T15:15", "--json").Json());
    }

    [Fact]
    public void The_index_of_9_June_2023_has_the_gamma_of_the_methodology()
    {
        // METHODOLOGY 9: about +62.4 bn net, calls +157, puts -95, with r = 5 % and q = 1.5 %.
        JsonElement all = _room.Run("levels", Chain(EditedDate), "--forward", "carry", "--rate", "0.05", "--dividend", "0.015", "--json")
            .Json().GetProperty("buckets").GetProperty("all");
        Assert.Equal(62.4e9, all.GetProperty("netGex").GetDouble(), 0.3e9);
        Assert.Equal(157e9, all.GetProperty("callGex").GetDouble(), 1e9);
        Assert.Equal(-95e9, all.GetProperty("putGex").GetDouble(), 1e9);
    }

    private static string Chain(string file) => Path.Combine(Repository.RealData("cboe_csv"), file);

    private static string NewYork(string iso)
    {
        long nanos = UnixNanos.FromUtc(DateTimeOffset.Parse(iso, CultureInfo.InvariantCulture).UtcDateTime);
        return string.Create(CultureInfo.InvariantCulture, $"{NewYorkTime.DateOf(nanos):yyyyMMdd}_{NewYorkTime.TimeOf(nanos):HHmm}");
    }

    [GeneratedRegex(@"Last: ([0-9.]+)")]
    private static partial Regex Last();

    [GeneratedRegex(@"_(\d{8}_\d+)")]
    private static partial Regex NameTime();
}
