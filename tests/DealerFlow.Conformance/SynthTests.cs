using System.Text.Json;
using DealerFlow.Tests;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary><c>synth</c>: tapes of a market that never was.</summary>
public sealed class SynthTests(SyntheticTape tape) : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        _room.Run("synth", "--seed", "7", "--minutes", "0.02", "--out", "again.dftape").Succeeded();
        _room.Run("synth", "--seed", "8", "--minutes", "0.02", "--out", "other.dftape").Succeeded();
        byte[] bytes = File.ReadAllBytes(tape.Path);
        Assert.Equal(bytes, File.ReadAllBytes(_room.Path("again.dftape")));
        Assert.NotEqual(bytes, File.ReadAllBytes(_room.Path("other.dftape")));
    }

    [Fact]
    public void A_chain_gives_strikes_and_spot_to_the_tape()
    {
        string chain = _room.Write("chain.csv", new ChainText().ToString());
        JsonElement synth = _room.Run("synth", "--minutes", "0.01", "--from-chain", chain, "--out", "spx.dftape", "--json").Json();
        Assert.Equal(ChainText.Nodes, synth.GetProperty("mix").GetProperty("nodes").GetInt32());
        JsonElement levels = _room.Run("replay", "spx.dftape", "--json").Json().GetProperty("levels");
        LevelsContract.Check(levels);
        Assert.Equal(ChainText.Nodes, levels.GetProperty("nodes").GetInt32());
        Assert.Equal(ChainText.Spot, levels.GetProperty("spot").GetDouble(), 10.0);
    }

    [Fact]
    public void A_real_chain_can_be_brought_to_life()
    {
        string chain = Repository.RealData("cboe_csv/spx_20250106_2057ET_tiny.csv");
        _room.Run("synth", "--minutes", "0.01", "--from-chain", chain, "--out", "tiny.dftape").Succeeded();
        LevelsContract.Check(_room.Run("replay", "tiny.dftape", "--json").Json().GetProperty("levels"));
    }

    [Fact]
    public void A_chain_that_cannot_be_read_leaves_no_tape()
    {
        string sentence = _room.Run("synth", "--from-chain", _room.Write("chain.csv", "nothing\n"), "--out", "x.dftape").Refused(1);
        Assert.Contains("chain.csv, line 1", sentence);
        Assert.Empty(Directory.GetFiles(_room.Folder, "x*"));
    }
}
