using DealerFlow.Feed;

namespace DealerFlow.Conformance;

/// <summary>Attaching to the feed of a program that is only just starting.</summary>
internal static class OpenFeeds
{
    /// <summary>Waits until the feed is there and has a first snapshot.</summary>
    public static FeedSubscriber Open(Workspace room, RunningProgram writer, string name = "default")
    {
        FeedSubscriber? feed = null;
        Eventually.True(() => File.Exists(Path.Combine(room.FeedDirectory, name + ".feed")), "a feed", writer);
        feed = FeedSubscriber.Open(room.FeedDirectory, name);
        Eventually.True(() => feed.PublishNumber > 0, "a first snapshot", writer);
        return feed;
    }
}
