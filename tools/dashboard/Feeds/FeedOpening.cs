using DealerFlow.Feed;

namespace DealerFlow.Dashboard;

/// <summary>The one place that knows how a feed is opened and listed.</summary>
internal static class FeedOpening
{
    // Of a whole market's feed the page lists no more; any other is reached by its name.
    private const int MostListed = 256;

    /// <summary>Opens the feed of a name, or an underlying of one as NAME.SYMBOL.</summary>
    public static FeedSubscriber Open(string directory, string feed)
    {
        (string name, string? symbol) = FeedDirectory.Resolve(directory, feed);
        return FeedSubscriber.Open(directory, name, symbol);
    }

    public static bool IsValidName(string? feed) => FeedDirectory.IsValidName(feed);

    /// <summary>Names of all feeds of a directory, of several underlyings as NAME.SYMBOL each; none where there is no directory yet.</summary>
    public static IReadOnlyList<string> Names(string directory)
    {
        try { return [.. FeedDirectory.Names(directory).SelectMany(name => NamesIn(directory, name))]; }
        catch (FeedException none) when (none.Error == FeedError.DirectoryNotFound) { return []; }
    }

    /// <summary>Whether there is something of this name to open.</summary>
    public static bool Exists(string directory, string feed)
    {
        try
        {
            (string name, string? symbol) = FeedDirectory.Resolve(directory, feed);
            return symbol is null ? FeedDirectory.Names(directory).Contains(name) : FeedDirectory.Underlyings(directory, name).Any(underlying => underlying.Symbol.ToString() == symbol);
        }
        catch (FeedException)
        {
            return false;
        }
    }

    private static IEnumerable<string> NamesIn(string directory, string name)
    {
        try
        {
            IReadOnlyList<FeedUnderlying> underlyings = FeedDirectory.Underlyings(directory, name);
            // The first is what the name alone opens.
            return underlyings.Take(MostListed).Select((underlying, i) => i == 0 ? name : $"{name}.{underlying.Symbol}").Where(FeedDirectory.IsValidName);
        }
        catch (FeedException)
        {
            // Listed all the same: whoever opens it is told what is wrong.
            return [name];
        }
    }
}
