using System.CommandLine;
using System.Text.Json;
using DealerFlow.Cli.Output;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>feeds</c>: what is in the feed directory; <c>clean</c>: takes away what nobody writes any more.</summary>
internal static class FeedsVerb
{
    public static Command CreateFeeds()
    {
        Option<bool> json = SharedOptions.Json();
        var command = new Command("feeds",
            """
            List the feeds of this user: state, underlying, publications, age, size.

            Examples:
              dealerflow feeds
              dealerflow feeds --json
            """)
        { json };
        command.SetAction(parsed =>
        {
            List<ListedFeed> feeds = List();
            if (parsed.GetValue(json)) Terminal.Json(writer => Write(writer, feeds));
            else Write(Terminal.Tables(), feeds);
            return ExitCode.Success;
        });
        return command;
    }

    public static Command CreateClean()
    {
        Option<bool> yes = new("--yes") { Description = "Do not ask." };
        Option<bool> closed = new("--closed") { Description = "Also feeds whose writer has ended in good order." };
        var command = new Command("clean",
            """
            Remove feeds whose writer has died, after asking. A feed that has a writer is never removed.

            Examples:
              dealerflow clean
              dealerflow clean --closed --yes
            """)
        { yes, closed };
        command.SetAction(parsed => Clean(parsed.GetValue(yes), parsed.GetValue(closed)));
        return command;
    }

    private static int Clean(bool withoutAsking, bool alsoClosed)
    {
        string[] names = [.. List().Where(feed => feed.State == FeedState.Dead || (alsoClosed && feed.State == FeedState.Closed)).Select(feed => feed.Name)];
        if (names.Length == 0)
        {
            Console.Error.WriteLine("Nothing to remove.");
            return ExitCode.Success;
        }
        if (!withoutAsking)
        {
            Console.Error.Write($"Remove {string.Join(", ", names)}? [y/N] ");
            if (Console.In.ReadLine()?.Trim() is not ("y" or "Y" or "yes")) throw new CliException(ExitCode.Failure, "Nothing was removed.");
        }
        foreach (string name in names)
        {
            FeedDirectory.Remove(FeedDirectory.Default, name);
            Console.Out.WriteLine(name);
        }
        return ExitCode.Success;
    }

    private static List<ListedFeed> List()
    {
        string directory = FeedDirectory.Default;
        try { return [.. FeedDirectory.Names(directory).Select(name => Look(directory, name))]; }
        catch (FeedException none) when (none.Error == FeedError.DirectoryNotFound) { return []; }
    }

    private static ListedFeed Look(string directory, string name)
    {
        try
        {
            using FeedSubscriber feed = FeedSubscriber.Open(directory, name);
            SnapshotBuffer snapshot = feed.CreateBuffer();
            FeedState state = feed.State();
            bool hasOne = feed.TryRead(snapshot) == SnapshotReadStatus.Ok;
            long? age = hasOne ? FeedClock.System.MonotonicNanos - snapshot.Runtime.PublishMonotonicNanos : null;
            return new ListedFeed(
                name, state, null, hasOne ? snapshot.Market.Head.Underlying.ToString() : null, feed.Epoch, feed.PublishNumber, feed.HeadlineNumber, age is >= 0 ? age : null,
                feed.HeartbeatAgeNanos is >= 0 and long beat ? beat : null, new FileInfo(feed.Path).Length);
        }
        catch (FeedException refused)
        {
            return new ListedFeed(name, null, refused.Error, null, 0, 0, 0, null, null, 0);
        }
    }

    private static void Write(IAnsiConsole console, List<ListedFeed> feeds)
    {
        if (feeds.Count == 0)
        {
            console.WriteLine($"No feeds in {FeedDirectory.Default}.");
            return;
        }
        Table table = LevelsTable.NewTable("feed", "state", "underlying", ">epoch", ">snapshots", ">headlines", ">age", ">heartbeat", ">KiB");
        foreach (ListedFeed feed in feeds)
        {
            if (feed.Error is { } error) table.AddRow(new Text(feed.Name), new Text(error.ToString()));
            else
                table.AddRow(
                    new Text(feed.Name), new Text(feed.State.ToString()!), new Text(feed.Underlying ?? "-"), LevelsTable.Right($"{feed.Epoch:#,0}"),
                    LevelsTable.Right($"{feed.Snapshots:#,0}"), LevelsTable.Right($"{feed.Headlines:#,0}"), Age(feed.AgeNanos), Age(feed.HeartbeatAgeNanos),
                    LevelsTable.Right($"{feed.Bytes / 1024:#,0}"));
        }
        console.Write(table);

        static Text Age(long? nanos) => LevelsTable.Right(nanos is { } age ? Names.Age(age) : "-");
    }

    private static void Write(Utf8JsonWriter json, List<ListedFeed> feeds)
    {
        json.WriteStartObject();
        json.WriteString("directory", FeedDirectory.Default);
        json.WriteStartArray("feeds");
        foreach (ListedFeed feed in feeds)
        {
            json.WriteStartObject();
            json.WriteString("name", feed.Name);
            if (feed.Error is { } error) json.WriteString("error", error.ToString());
            else
            {
                json.WriteString("state", feed.State.ToString());
                json.WriteString("underlying", feed.Underlying);
                json.WriteNumber("epoch", feed.Epoch);
                json.WriteNumber("snapshots", feed.Snapshots);
                json.WriteNumber("headlines", feed.Headlines);
                WriteSeconds("ageSeconds", feed.AgeNanos);
                WriteSeconds("heartbeatAgeSeconds", feed.HeartbeatAgeNanos);
                json.WriteNumber("bytes", feed.Bytes);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();

        void WriteSeconds(string name, long? nanos)
        {
            if (nanos is { } age) json.WriteNumber(name, age / 1e9);
            else json.WriteNull(name);
        }
    }

    /// <summary>One line of the list: a state and what goes with it, or the reason why it cannot be opened.</summary>
    private sealed record ListedFeed(
        string Name, FeedState? State, FeedError? Error, string? Underlying, ulong Epoch, ulong Snapshots, ulong Headlines, long? AgeNanos, long? HeartbeatAgeNanos, long Bytes);
}
