using System.Text.Json;
using DealerFlow.Tests;

namespace DealerFlow.Conformance;

/// <summary>
/// The commands that the pages of docs/dealer-flow show, each run once: on the sample tape of the repository, and on the chains of a day
/// of the market where there are any.
/// </summary>
public sealed class TopicRuns : IDisposable
{
    private const string Tape = "data-samples/spx.dftape";
    private static readonly string[] Replay = ["replay", Tape];

    // What the pages call the downloads, which the repository does not hold.
    private static readonly Dictionary<string, string> Chains = new()
    {
        ["spx_quotedata.csv"] = "cboe_csv/spx_20230609_1340ET_edited-date.csv",
        ["spx_evening.csv"] = "cboe_csv/spx_20230609_2218ET_part.csv",
    };

    private readonly Workspace _afterReplay = new();
    private readonly Workspace _other = new();
    private readonly Dictionary<string, Outcome> _outcomes = [];

    /// <summary>The chain of the pages, as JSON.</summary>
    public JsonElement Chain =>
        Run("levels", "spx_quotedata.csv", "--forward", "carry", "--rate", "0.05", "--dividend", "0.015", "--json").Json();

    /// <summary>What the replayed sample tape leaves on its feed, as JSON.</summary>
    public JsonElement Snapshot => Run("snapshot", "--json").Json();

    public void Dispose()
    {
        _afterReplay.Dispose();
        _other.Dispose();
    }

    /// <summary>What the program prints for these words; a snapshot is one of the sample tape.</summary>
    public Outcome Run(params string[] words)
    {
        string key = string.Join(' ', words);
        if (_outcomes.TryGetValue(key, out Outcome? known)) return known;
        if (words[0] == "snapshot") Run(Replay);
        Workspace room = words[0] == "snapshot" || words.SequenceEqual(Replay) ? _afterReplay : _other;
        return _outcomes[key] = room.Run([.. words.Select(Where)]);
    }

    private static string Where(string word) =>
        word == Tape ? Path.Combine(Repository.Root, Tape)
        : Chains.TryGetValue(word, out string? chain) ? Repository.RealData(chain)
        : word;
}
