using System.Text.Json;
using DealerFlow.Market;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary><c>--positions</c>: what customers hold becomes the opposite, which dealers hold.</summary>
public sealed class PositionsTests : IDisposable
{
    private readonly Workspace _room = new();
    private readonly string _tape;

    public PositionsTests() => _tape = LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(0.2));

    public void Dispose() => _room.Dispose();

    [Fact]
    public void Customers_short_every_call_and_long_every_put_are_the_model_of_open_interest()
    {
        string positions = _room.Write("customers.csv", "symbol,net\n" + Rows(contract => contract.Right == OptionRight.Call ? -1 : 1));
        Outcome outcome = _room.Run("replay", _tape, "--model", "open-close", "--positions", positions, "--json");
        Assert.Empty(outcome.Messages);
        JsonElement levels = outcome.Json().GetProperty("levels");
        LevelsContract.Check(levels);
        Assert.Equal("OpenClose", levels.GetProperty("model").GetString());
        JsonElement models = levels.GetProperty("models");
        Assert.Equal("Live", models.GetProperty("OpenClose").GetProperty("status").GetString());
        foreach (string name in (ReadOnlySpan<string>)["netGex", "grossGex", "dex", "callWall", "putWall", "regime"])
        {
            JsonElement all = levels.GetProperty("buckets").GetProperty("all");
            JsonElement byOpenInterest = models.GetProperty("OpenInterest").GetProperty("buckets").GetProperty("all");
            Assert.True(JsonElement.DeepEquals(byOpenInterest.GetProperty(name), all.GetProperty(name)), name);
        }
    }

    [Fact]
    public void Customers_long_everything_leave_the_dealers_short_gamma()
    {
        string positions = _room.Write("customers.csv", Rows(_ => 1));
        JsonElement levels = _room.Run("replay", _tape, "--model", "OpenClose", "--positions", positions, "--json").Json().GetProperty("levels");
        JsonElement all = levels.GetProperty("buckets").GetProperty("all");
        Assert.Equal("Negative", all.GetProperty("regime").GetString());
        Assert.Equal(-LevelsContract.Number(all, "grossGex"), LevelsContract.Number(all, "netGex"));
        string tables = _room.Run("replay", _tape, "--model", "OpenClose", "--positions", positions).Succeeded();
        Assert.Contains("Dealers short gamma", tables);
        Assert.Contains("inferred, never reported", tables);
    }

    [Fact]
    public void Positions_are_shown_beside_any_model_that_is_chosen()
    {
        string positions = _room.Write("customers.csv", Rows(_ => 1));
        JsonElement levels = _room.Run("replay", _tape, "--positions", positions, "--json").Json().GetProperty("levels");
        Assert.Equal("OpenInterest", levels.GetProperty("model").GetString());
        Assert.Equal("Live", levels.GetProperty("models").GetProperty("OpenClose").GetProperty("status").GetString());
        JsonElement without = _room.Run("replay", _tape, "--json").Json().GetProperty("levels");
        Assert.Equal("NoPositions", without.GetProperty("models").GetProperty("OpenClose").GetProperty("status").GetString());
    }

    [Fact]
    public void Contracts_that_the_tape_does_not_have_are_counted_and_told()
    {
        string positions = _room.Write("customers.csv", Rows(_ => 1) + "SPXW261218C06000000,5\nSPXW261218P06000000,5\n");
        Outcome outcome = _room.Run("replay", _tape, "--positions", positions, "--json");
        LevelsContract.Check(outcome.Json().GetProperty("levels"));
        string told = Assert.Single(outcome.Messages);
        Assert.Contains("customers.csv: 2 contracts of 38", told);
        Assert.Contains("SPXW261218C06000000", told);
    }

    [Fact]
    public void Positions_of_another_market_are_refused() => Assert.Contains(
        "none of its 1 contract", _room.Run("replay", _tape, "--positions", _room.Write("other.csv", "AMD240119C00100000,5\n")).Refused(1));

    [Theory]
    [InlineData("SPXW261116C06000000\n", "line 1")]
    [InlineData("symbol,net\nSPXW261116C06000000,half\n", "line 2")]
    [InlineData("symbol,net\nSPXW261116C06000000,1\nSPXW261116C06000000,2\n", "line 3")]
    [InlineData("", "empty")]
    public void A_positions_file_that_cannot_be_read_is_refused_with_its_line(string text, string told)
    {
        string positions = _room.Write("customers.csv", text);
        string sentence = _room.Run("replay", _tape, "--model", "OpenClose", "--positions", positions).Refused(1);
        Assert.Contains("customers.csv", sentence);
        Assert.Contains(told, sentence);
        Assert.Contains("no such file", _room.Run("levels", "chain.csv", "--positions", "missing.csv").Refused(1));
    }

    [Fact]
    public void A_chain_takes_positions_too()
    {
        string chain = _room.Write("chain.csv", new ChainText().ToString());
        string positions = _room.Write("customers.csv", "SPXW240104C04700000,100\nSPXW240119P04660000,-20\n");
        JsonElement levels = _room.Run("levels", chain, "--model", "OpenClose", "--positions", positions, "--json").Json();
        LevelsContract.Check(levels);
        JsonElement all = levels.GetProperty("buckets").GetProperty("all");
        Assert.True(LevelsContract.Number(all, "callGex") < 0);
        Assert.True(LevelsContract.Number(all, "putGex") > 0);
    }

    private static string Rows(Func<OsiContract, int> sign) => string.Concat(
        LittleMarket.OpenContracts().Select(open => $"{open.Contract},{sign(open.Contract) * open.OpenInterest}\n"));
}
