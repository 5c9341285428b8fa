using DealerFlow.Feed;

namespace DealerFlow.Cli.Pipeline;

/// <summary>Opening a feed by what the command line says.</summary>
internal static class NamedFeed
{
    /// <summary>An underlying of a feed. Where there is no feed of this name, <c>NAME.SYMBOL</c> is taken apart.</summary>
    /// <param name="name">Name of the feed, or NAME.SYMBOL.</param>
    /// <param name="symbol">The underlying; null takes the first.</param>
    public static FeedSubscriber Open(string name, string? symbol)
    {
        string directory = FeedDirectory.Default;
        (string feed, string? spelled) = FeedDirectory.Resolve(directory, name);
        return FeedSubscriber.Open(directory, feed, symbol ?? spelled);
    }
}
