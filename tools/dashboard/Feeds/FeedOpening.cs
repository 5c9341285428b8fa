using DealerFlow.Feed;

namespace DealerFlow.Dashboard;

/// <summary>The one place that knows how a feed is opened and listed.</summary>
internal static class FeedOpening
{
    public static FeedSubscriber Open(string directory, string feed) => FeedSubscriber.Open(directory, feed);

    public static bool IsValidName(string? feed) => FeedDirectory.IsValidName(feed);

    /// <summary>Names of all feeds of a directory; none where there is no directory yet.</summary>
    public static IReadOnlyList<string> Names(string directory)
    {
        try { return FeedDirectory.Names(directory); }
        catch (FeedException none) when (none.Error == FeedError.DirectoryNotFound) { return []; }
    }
}
