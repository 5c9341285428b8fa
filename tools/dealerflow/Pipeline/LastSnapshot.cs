using DealerFlow.Feed;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>The last snapshot of a feed, with its state when it was read.</summary>
/// <param name="Buffer">The snapshot.</param>
/// <param name="State">Whether its writer lives.</param>
/// <param name="AgeNanos">Since it was published.</param>
internal sealed record LastSnapshot(SnapshotBuffer Buffer, FeedState State, long AgeNanos)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="CliException">There is none, or it is damaged.</exception>
    public static LastSnapshot Of(string name, string? symbol = null)
    {
        using FeedSubscriber feed = NamedFeed.Open(name, symbol);
        SnapshotBuffer snapshot = feed.CreateBuffer();
        SnapshotReadStatus status = feed.TryRead(snapshot);
        if (status != SnapshotReadStatus.Ok)
            throw new CliException(status == SnapshotReadStatus.Corrupt ? ExitCode.Corrupt : ExitCode.Failure, Explain(name, status));
        return new LastSnapshot(snapshot, feed.State(), FeedClock.System.MonotonicNanos - snapshot.Runtime.PublishMonotonicNanos);
    }

    private static string Explain(string name, SnapshotReadStatus status) => status switch
    {
        SnapshotReadStatus.NothingPublished => $"Feed '{name}' has published nothing yet; try again in a moment.",
        SnapshotReadStatus.Corrupt => $"The last snapshot of feed '{name}' fails its checksum; restart its writer.",
        _ => $"Feed '{name}' is written faster than it could be read just now; try again.",
    };
}
