using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Feed;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>snapshot --watch</c>: a line for every snapshot, what becomes of the feed on stderr.</summary>
internal static class FeedWatch
{
    public static int Run(string name, string? symbol, TimeSpan every, bool asJson)
    {
        using var signals = new StopSignals();
        FeedSubscriber feed = NamedFeed.Open(name, symbol);
        try
        {
            SnapshotBuffer snapshot = feed.CreateBuffer();
            ulong shown = 0;
            FeedState told = FeedState.Live;
            while (true)
            {
                // The state first: what a closed feed holds after that is its last word.
                FeedState state = feed.State();
                if (feed.PublishNumber != shown && feed.TryRead(snapshot) == SnapshotReadStatus.Ok)
                {
                    shown = snapshot.Runtime.PublishNumber;
                    Show(snapshot, state, asJson);
                }
                if (state != told) Tell(name, told = state);
                switch (state)
                {
                    case FeedState.Closed: return ExitCode.Success;
                    case FeedState.NotFound: throw new CliException(ExitCode.Failure, $"Feed '{name}' has been deleted.");
                    case FeedState.Corrupt: throw new CliException(ExitCode.Corrupt, $"The header of feed '{name}' is damaged; restart its writer.");
                    case FeedState.Superseded:
                        feed.Dispose();
                        feed = NamedFeed.Open(name, symbol);
                        snapshot = feed.CreateBuffer();
                        continue;
                }
                if (signals.Token.WaitHandle.WaitOne(every)) return ExitCode.Success;
            }
        }
        finally
        {
            feed.Dispose();
        }
    }

    private static void Show(SnapshotBuffer snapshot, FeedState state, bool asJson)
    {
        if (asJson) Terminal.Json(json => SnapshotVerb.Write(json, snapshot, state));
        else Console.Out.WriteLine(ReplayProgress.Levels(in snapshot.Market.Head));
    }

    private static void Tell(string name, FeedState state) => CommandLine.Tell([$"Feed '{name}' is {state}."]);
}
