using System.CommandLine;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Tape;

namespace DealerFlow.Cli.Verbs;

/// <summary>The options of recording beside a run; they read alike for replay and live.</summary>
internal sealed class RecordOptions
{
    private readonly Option<string?> _record = new("--record") { Description = "Record what the engine is given onto a new tape.", HelpName = "TAPE" };

    private readonly Option<bool> _force = new("--force") { Description = "Overwrite the tape of --record." };

    private readonly Option<RecorderSync> _sync = new("--sync")
    {
        Description = "When --record waits for the disk, and so what a power loss may cost: none, which is the default; interval, the last second; block, the open block.",
        HelpName = "none|interval|block",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (text.All(char.IsAsciiLetter) && Enum.TryParse(text, ignoreCase: true, out RecorderSync sync)) return sync;
            result.AddError($"'{text}' is no level of --sync; use none, interval or block.");
            return default;
        },
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_record);
        command.Options.Add(_force);
        command.Options.Add(_sync);
    }

    /// <summary>Where the stream is recorded; null = nowhere. Refuses what cannot be made.</summary>
    public Recording? Read(ParseResult parsed, bool isLossless)
    {
        if (parsed.GetValue(_record) is not { } path) return null;
        bool overwrite = parsed.GetValue(_force);
        OutputFile.Check(path, overwrite);
        return new Recording(path, new RecorderOptions { Overwrite = overwrite, Sync = parsed.GetValue(_sync), IsLossless = isLossless });
    }
}

/// <summary>Where and how a stream is recorded.</summary>
/// <param name="Path">The tape to make.</param>
/// <param name="Options">How it is written.</param>
internal sealed record Recording(string Path, RecorderOptions Options);
