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
    // Of a feed of the whole market nobody wants to see every underlying.
    private const int UnderlyingsShown = 20;

    public static Command CreateFeeds()
    {
        Option<bool> json = SharedOptions.Json();
        Option<bool> all = new("--all") { Description = $"Every underlying of every feed, not the first {UnderlyingsShown}." };
        var command = new Command("feeds",
            """
            List the feeds of this user and their underlyings: state, publications, age, size.

            Examples:
              dealerflow feeds
              dealerflow feeds --all --json
            """)
        { json, all };
        command.SetAction(parsed =>
        {
            List<ListedFeed> feeds = List(parsed.GetValue(all) ? int.MaxValue : UnderlyingsShown);
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
        string[] names = [.. List(1).Where(feed => feed.State == FeedState.Dead || (alsoClosed && feed.State == FeedState.Closed)).Select(feed => feed.Name)];
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

    private static List<ListedFeed> List(int underlyingsShown)
    {
        string directory = FeedDirectory.Default;
        try { return [.. FeedDirectory.Names(directory).Select(name => Look(directory, name, underlyingsShown))]; }
        catch (FeedException none) when (none.Error == FeedError.DirectoryNotFound) { return []; }
    }

    private static ListedFeed Look(string directory, string name, int underlyingsShown)
    {
        try
        {
            IReadOnlyList<FeedUnderlying> underlyings = FeedDirectory.Underlyings(directory, name);
            var shown = new List<ListedUnderlying>();
            foreach (FeedUnderlying underlying in underlyings.Take(underlyingsShown))
            {
                string? symbol = underlying.Symbol == default ? null : underlying.Symbol.ToString();
                using FeedSubscriber feed = FeedSubscriber.Open(directory, name, symbol);
                shown.Add(Look(feed, symbol));
            }
            return new ListedFeed(name, null, shown, underlyings.Count, new FileInfo(FeedDirectory.PathOf(directory, name)).Length);
        }
        catch (FeedException refused)
        {
            return new ListedFeed(name, refused.Error, [], 0, 0);
        }
    }

    private static ListedUnderlying Look(FeedSubscriber feed, string? symbol)
    {
        SnapshotBuffer snapshot = feed.CreateBuffer();
        FeedState state = feed.State();
        bool hasOne = feed.TryRead(snapshot) == SnapshotReadStatus.Ok;
        long? age = hasOne ? FeedClock.System.MonotonicNanos - snapshot.Runtime.PublishMonotonicNanos : null;
        return new ListedUnderlying(
            symbol ?? (hasOne ? snapshot.Market.Head.Underlying.ToString() : null), state, feed.Epoch, feed.PublishNumber, feed.HeadlineNumber, age is >= 0 ? age : null,
            feed.HeartbeatAgeNanos is >= 0 and long beat ? beat : null);
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
            for (int i = 0; i < feed.Shown.Count; i++)
            {
                ListedUnderlying one = feed.Shown[i];
                table.AddRow(
                    new Text(i == 0 ? feed.Name : ""), new Text(one.State.ToString()), new Text(one.Symbol ?? "-"), LevelsTable.Right($"{one.Epoch:#,0}"),
                    LevelsTable.Right($"{one.Snapshots:#,0}"), LevelsTable.Right($"{one.Headlines:#,0}"), Age(one.AgeNanos), Age(one.HeartbeatAgeNanos),
                    LevelsTable.Right(i == 0 ? $"{feed.Bytes / 1024:#,0}" : ""));
            }
            if (feed.Underlyings > feed.Shown.Count) table.AddRow(new Text(""), new Text(""), new Text($"and {feed.Underlyings - feed.Shown.Count:#,0} more; --all"));
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
                // Those of the first underlying go for a feed of one.
                WriteUnderlying(json, "underlying", feed.Shown[0]);
                json.WriteNumber("bytes", feed.Bytes);
                json.WriteNumber("underlyingCount", feed.Underlyings);
                json.WriteStartArray("underlyings");
                foreach (ListedUnderlying one in feed.Shown)
                {
                    json.WriteStartObject();
                    WriteUnderlying(json, "symbol", one);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteUnderlying(Utf8JsonWriter json, string symbol, ListedUnderlying one)
    {
        json.WriteString("state", one.State.ToString());
        json.WriteString(symbol, one.Symbol);
        json.WriteNumber("epoch", one.Epoch);
        json.WriteNumber("snapshots", one.Snapshots);
        json.WriteNumber("headlines", one.Headlines);
        WriteSeconds("ageSeconds", one.AgeNanos);
        WriteSeconds("heartbeatAgeSeconds", one.HeartbeatAgeNanos);

        void WriteSeconds(string name, long? nanos)
        {
            if (nanos is { } age) json.WriteNumber(name, age / 1e9);
            else json.WriteNull(name);
        }
    }

    /// <summary>A feed: so many of its underlyings as are shown, or the reason why it cannot be opened.</summary>
    private sealed record ListedFeed(string Name, FeedError? Error, IReadOnlyList<ListedUnderlying> Shown, int Underlyings, long Bytes)
    {
        /// <summary>That of the first underlying.</summary>
        public FeedState? State => Shown.Count > 0 ? Shown[0].State : null;
    }

    /// <summary>One line of the list.</summary>
    private sealed record ListedUnderlying(string? Symbol, FeedState State, ulong Epoch, ulong Snapshots, ulong Headlines, long? AgeNanos, long? HeartbeatAgeNanos);
}
