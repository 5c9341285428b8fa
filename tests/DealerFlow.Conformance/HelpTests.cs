using Xunit;

namespace DealerFlow.Conformance;

/// <summary>What the program says about itself.</summary>
public sealed class HelpTests : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData("replay", "--speed", "--feed", "--model", "--forward", "--rate", "--dividend", "--liquidity", "--positions", "--stickiness", "--calendar", "--json")]
    [InlineData("live", "--listen", "--definitions", "--lossless", "--control", "--record", "--sync", "--feed", "--model", "--json")]
    [InlineData("send", "--to", "--speed", "--ticks")]
    [InlineData("dashboard", "--feed", "--port", "--control", "--open", "--listen", "--token-file", "--store")]
    [InlineData("demo", "--seed", "--speed", "--port", "--open")]
    [InlineData("top", "--feed", "--model", "--bucket", "--hz", "Keys:")]
    [InlineData("snapshot", "--feed", "--json", "--watch", "--every", "--format", "--rows", "--out")]
    [InlineData("feeds", "--json")]
    [InlineData("clean", "--yes", "--closed")]
    [InlineData("levels", "--spot", "--as-of", "--exercise", "--model", "--forward", "--rate", "--dividend", "--liquidity", "--positions", "--stickiness", "--calendar", "--json")]
    [InlineData("plot", "strikes", "heat", "--out", "--format", "--theme", "--size", "--range", "--bucket", "--feed", "--model")]
    [InlineData("report", "--out", "--force", "--symbol", "--model")]
    [InlineData("synth", "--seed", "--minutes", "--from-chain", "--out")]
    [InlineData("layout", "--lang", "--write")]
    [InlineData("greeks", "IN.csv", "OUT.csv")]
    public void Every_verb_explains_itself_with_examples(string verb, params string[] words)
    {
        string help = _room.Run(verb, "--help").Succeeded();
        Assert.Contains("Examples:", help);
        Assert.Contains($"dealerflow {verb}", help);
        foreach (string word in words) Assert.Contains(word, help);
        // Defaults in the words of the command line, not in those of its source.
        Assert.DoesNotContain("default: 0]", help);
        Assert.DoesNotContain("default: Parity]", help);
    }

    [Fact]
    public void The_program_lists_its_verbs_and_exit_codes()
    {
        string help = _room.Run("--help").Succeeded();
        foreach (string word in (ReadOnlySpan<string>)["replay", "live", "send", "snapshot", "top", "dashboard", "demo", "levels", "plot", "report", "synth", "greeks", "Examples:", "Exit codes:"])
            Assert.Contains(word, help);
        Assert.Matches(@"^\d+\.\d+\.\d+", _room.Run("--version").Succeeded());
    }
}
