using Xunit;

namespace DealerFlow.Conformance;

/// <summary>The example of a replay harness, <c>tools/harness</c>, as a program.</summary>
public sealed class HarnessTests(SyntheticTape tape) : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void The_example_of_a_harness_runs_and_counts_every_tick()
    {
        string[] lines = _room.RunOther("harness", tape.Path).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length >= 2);
        Assert.All(lines[..^1], line => Assert.Matches(@"^2026-11-16T\S+Z SPX [0-9.]+ net GEX -?[0-9]+ zero gamma [0-9.]+$", line));
        long ticks = _room.Run("replay", tape.Path, "--json").Json().GetProperty("ticks").GetInt64();
        Assert.Equal($"{ticks} ticks, {ticks} applied, 0 rejected", lines[^1]);
    }
}
