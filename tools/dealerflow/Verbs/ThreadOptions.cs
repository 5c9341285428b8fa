using System.CommandLine;
using System.Globalization;
using DealerFlow.Memory;

namespace DealerFlow.Cli.Verbs;

/// <summary>How a run is spread over the machine; the numbers do not depend on it.</summary>
internal sealed class ThreadOptions
{
    private const int MostShards = 64;

    private readonly Option<int> _shards = new("--shards")
    {
        Description = "Calculate on so many threads, which share the underlyings; a core for each, beside one for the source, or it only costs.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string?> _cores = new("--cores")
    {
        Description = "Keep threads on these cores: first the one that takes ticks in, then one for each calculation; - for any.",
        HelpName = "CORE,CORE",
    };

    public IEnumerable<Option> All => [_shards, _cores];

    public void AddTo(Command command)
    {
        foreach (Option option in All) command.Add(option);
    }

    public Threading Read(ParseResult parsed)
    {
        int shards = parsed.GetValue(_shards);
        if (shards is < 1 or > MostShards) throw new CliException(ExitCode.Usage, $"--shards {shards} cannot be; give 1 to {MostShards}.");
        if (parsed.GetValue(_cores) is not { } text) return new Threading(shards, []);
        if (!OperatingSystem.IsLinux()) throw new CliException(ExitCode.Usage, "--cores needs Linux; leave it out.");
        string[] words = text.Split(',');
        if (words.Length > 1 + shards)
            throw new CliException(ExitCode.Usage, $"--cores names {words.Length} cores for {1 + shards} threads: one that takes ticks in and {shards} that calculate.");
        return new Threading(shards, [.. words.Select(Core)]);
    }

    private static int Core(string word)
    {
        if (word == "-") return -1;
        IReadOnlyList<int> usable = CoreAffinity.Usable;
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int core) && usable.Contains(core)) return core;
        throw new CliException(ExitCode.Usage, $"--cores {word} cannot be; this process may use {string.Join(", ", usable)}.");
    }
}

/// <summary>How a run is spread over the machine.</summary>
/// <param name="Shards">Threads that calculate.</param>
/// <param name="Cores">Where threads stay: that of ingest, then those that calculate; -1, or none, is anywhere.</param>
internal sealed record Threading(int Shards, int[] Cores)
{
    /// <summary>What to say when there was less to share than threads were asked for.</summary>
    public IEnumerable<string> Remarks(int made) => made == Shards
        ? []
        : [$"--shards {Shards}: there are underlyings for {made} only, and those that are combined stay together; {made} calculate."];
}
