using DealerFlow.Feed;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>The feed that <c>DealerFlow.PatternWriter</c> writes as a process of its own.</summary>
internal static class PatternFeed
{
    /// <summary>Starts a writer; the last words are those behind the sizes in its usage.</summary>
    public static RunningProgram Start(Workspace room, string name, int strikes, int expiries, params string[] how) =>
        room.StartOther("DealerFlow.PatternWriter", [room.FeedDirectory, name, $"{strikes}", $"{expiries}", .. how]);

    /// <summary>Opens the feed once its writer has published.</summary>
    public static FeedSubscriber Open(Workspace room, string name, RunningProgram writer)
    {
        Eventually.True(() => File.Exists(FeedDirectory.PathOf(room.FeedDirectory, name)), "a feed", writer);
        FeedSubscriber feed = FeedSubscriber.Open(room.FeedDirectory, name);
        Eventually.True(() => feed.HeadlineNumber > 0, "a headline", writer);
        return feed;
    }
}
