using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
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
        Option<string?> underlying = SharedOptions.Underlying();
        Option<int> strikes = SharedOptions.Strikes(), expiries = SharedOptions.Expiries();
        Option<bool> json = SharedOptions.Json();
        Option<bool> watch = new("--watch") { Description = "Go on with a line, or with --json a document, for every further snapshot, until the feed is closed." };
        Option<double> every = new("--every") { Description = "With --watch: seconds between two lines at least.", HelpName = "SECONDS", DefaultValueFactory = _ => 1, CustomParser = ParseSeconds };
        var command = new Command("snapshot",
            """
            Print the latest snapshot of a feed, from a replay that is running or has finished. Of several underlyings it is the first,
            or the one that --underlying names; --feed NAME.SYMBOL says the same.

            Examples:
              dealerflow snapshot
              dealerflow snapshot --feed spx --strikes 80
              dealerflow snapshot --feed day --underlying NDX
              dealerflow snapshot --json
              dealerflow snapshot --watch --every 0.2
              dealerflow snapshot --rows expiries -o expiries.parquet
              dealerflow snapshot --format csv --rows levels

            Files hold the strikes unless --rows says otherwise; every column says its unit, and each file its instant, model and source.
            """)
        { feed, underlying, strikes, expiries, json, watch, every };
        var files = new SnapshotFiles();
        files.AddTo(command);
        command.SetAction(parsed =>
        {
            string name = parsed.GetValue(feed)!;
            string? symbol = parsed.GetValue(underlying);
            if (parsed.GetValue(watch))
            {
                files.RefuseToWatch(parsed);
                return FeedWatch.Run(name, symbol, TimeSpan.FromSeconds(parsed.GetValue(every)), parsed.GetValue(json));
            }
            return files.Read(parsed, parsed.GetValue(json)) is { } file
                ? file.Write(LastSnapshot.Of(name, symbol))
                : Run(name, symbol, new RowsShown(parsed.GetValue(strikes), parsed.GetValue(expiries)));
        });
        return command;
    }

    private static double ParseSeconds(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0.001 and <= 3600) return seconds;
        result.AddError($"'{text}' is no value for --every; give 0.001 to 3600 seconds.");
        return 0;
    }

    private static int Run(string name, string? symbol, RowsShown shown)
    {
        (SnapshotBuffer snapshot, FeedState state, long age) = LastSnapshot.Of(name, symbol);
        IAnsiConsole console = Terminal.Tables();
        ref readonly RuntimeSection runtime = ref snapshot.Runtime;
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
}
