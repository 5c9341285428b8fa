using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using DealerFlow.Cli.Output;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>snapshot</c>: attach to a running or finished feed, print levels and strikes.</summary>
internal static class SnapshotVerb
{
    public static Command Create()
    {
        Option<string> feed = SharedOptions.Feed();
        Option<int> strikes = SharedOptions.Strikes(), expiries = SharedOptions.Expiries();
        Option<bool> json = SharedOptions.Json();
        Option<bool> watch = new("--watch") { Description = "Go on with a line, or with --json a document, for every further snapshot, until the feed is closed." };
        Option<double> every = new("--every") { Description = "With --watch: seconds between two lines at least.", HelpName = "SECONDS", DefaultValueFactory = _ => 1, CustomParser = ParseSeconds };
        var command = new Command("snapshot",
            """
            Print the latest snapshot of a feed, from a replay that is running or has finished. A replay of several underlyings
            publishes each of them as NAME.SYMBOL.

            Examples:
              dealerflow snapshot
              dealerflow snapshot --feed spx --strikes 80
              dealerflow snapshot --feed day.NDX
              dealerflow snapshot --json
              dealerflow snapshot --watch --every 0.2
            """)
        { feed, strikes, expiries, json, watch, every };
        command.SetAction(parsed => parsed.GetValue(watch)
            ? FeedWatch.Run(parsed.GetValue(feed)!, TimeSpan.FromSeconds(parsed.GetValue(every)), parsed.GetValue(json))
            : Run(parsed.GetValue(feed)!, new RowsShown(parsed.GetValue(strikes), parsed.GetValue(expiries)), parsed.GetValue(json)));
        return command;
    }

    private static double ParseSeconds(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0.001 and <= 3600) return seconds;
        result.AddError($"'{text}' is no value for --every; give 0.001 to 3600 seconds.");
        return 0;
    }

    private static int Run(string name, RowsShown shown, bool asJson)
    {
        using FeedSubscriber feed = FeedSubscriber.Open(FeedDirectory.Default, name);
        SnapshotBuffer snapshot = feed.CreateBuffer();
        SnapshotReadStatus status = feed.TryRead(snapshot);
        if (status != SnapshotReadStatus.Ok)
            throw new CliException(status == SnapshotReadStatus.Corrupt ? ExitCode.Corrupt : ExitCode.Failure, Explain(name, status));
        FeedState state = feed.State();
        if (asJson)
        {
            Terminal.Json(json => Write(json, snapshot, state));
            return ExitCode.Success;
        }
        IAnsiConsole console = Terminal.Tables();
        ref readonly RuntimeSection runtime = ref snapshot.Runtime;
        long age = FeedClock.System.MonotonicNanos - runtime.PublishMonotonicNanos;
        console.WriteLine($"Feed {name}: {state}{(state == FeedState.Live ? $", {Names.Age(age)} old" : "")}, epoch {runtime.Epoch}, publish {runtime.PublishNumber:#,0}, " +
            $"{runtime.Ledger.In:#,0} messages in, {runtime.TicksPerSecond:#,0} ticks/s, published {UnixNanos.ToUtc(runtime.PublishUtcNanos):yyyy-MM-dd HH:mm:ss}Z");
        if (Recording(in runtime) is { } recording) console.WriteLine(recording);
        if (Words.Warning(in runtime.Ingest) is { } warning) console.WriteLine(warning);
        LevelsTable.Write(console, snapshot.Market, shown);
        return ExitCode.Success;
    }

    public static void Write(Utf8JsonWriter json, SnapshotBuffer snapshot, FeedState state) =>
        LevelsJson.Write(json, snapshot.Market, in snapshot.Runtime, state.ToString());

    private static string? Recording(ref readonly RuntimeSection runtime)
    {
        string lost = runtime.UnrecordedTicks == 0 ? "" : $", {runtime.UnrecordedTicks:#,0} are on no tape";
        return runtime.Recording switch
        {
            RecordingState.None => null,
            RecordingState.Recording => $"Recording: {runtime.RecordedTicks:#,0} ticks on the tape{lost}.",
            RecordingState.Behind => $"Recording cannot follow: {runtime.RecordedTicks:#,0} ticks on the tape{lost}.",
            _ => $"Recording has stopped: {runtime.RecordedTicks:#,0} ticks on the tape{lost}.",
        };
    }

    private static string Explain(string name, SnapshotReadStatus status) => status switch
    {
        SnapshotReadStatus.NothingPublished => $"Feed '{name}' has published nothing yet; try again in a moment.",
        SnapshotReadStatus.Corrupt => $"The last snapshot of feed '{name}' fails its checksum; restart its writer.",
        _ => $"Feed '{name}' is written faster than it could be read just now; try again.",
    };
}
