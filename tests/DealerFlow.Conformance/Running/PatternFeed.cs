using DealerFlow.Feed;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>The feed that <c>DealerFlow.PatternWriter</c> writes as a process of its own.</summary>
internal static class PatternFeed
{
    /// <summary>Starts a writer; the last words are those behind the sizes in its usage.</summary>
    public static RunningProgram Start(Workspace room, string name, int strikes, int expiries, params string[] how) =>
        room.StartOther("DealerFlow.PatternWriter", [room.FeedDirectory, name, $"{strikes}", $"{expiries}", .. how]);

    /// <summary>Starts the readers in C, mapped and by pread, and in Python; what each has to say is one JSON document.</summary>
    /// <param name="room">Where.</param>
    /// <param name="name">The feed.</param>
    /// <param name="counts">Headlines and snapshots to read, by the reader's name; none reads until it is told to end.</param>
    public static Dictionary<string, RunningProgram> StartReaders(Workspace room, string name, Func<string, string[]> counts)
    {
        string program = ReaderPrograms.Compile(room, ReaderPrograms.OfTests("torture.c"), "gcc", "-std=gnu11", "-O2");
        return new()
        {
            ["C"] = ReaderPrograms.Start(room, program, ["mapped", room.FeedDirectory, name, .. counts("C")]),
            ["C, pread"] = ReaderPrograms.Start(room, program, ["unmapped", room.FeedDirectory, name, .. counts("C, pread")]),
            ["Python"] = ReaderPrograms.StartPython(room, ReaderPrograms.OfTests("torture.py"), ["mapped", room.FeedDirectory, name, .. counts("Python")]),
        };
    }

    /// <summary>Opens the feed once its writer has published.</summary>
    public static FeedSubscriber Open(Workspace room, string name, RunningProgram writer)
    {
        Eventually.True(() => File.Exists(FeedDirectory.PathOf(room.FeedDirectory, name)), "a feed", writer);
        FeedSubscriber feed = FeedSubscriber.Open(room.FeedDirectory, name);
        Eventually.True(() => feed.HeadlineNumber > 0, "a headline", writer);
        return feed;
    }
}
