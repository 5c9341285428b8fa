using DealerFlow.Feed;
using DealerFlow.Wire;

namespace DealerFlow.Conformance;

/// <summary>What the three readers say of feeds, as lines that can be compared: NAME, then the error, or Opened, state, snapshot, headline, notice.</summary>
internal static class ReaderProbe
{
    /// <summary>The answers of C, Python and C#, in this order, each with a line for every name, which may be NAME:SYMBOL.</summary>
    public static string[] InEveryLanguage(Workspace room, string how, params string[] names) => InEveryLanguage(room, how, room.FeedDirectory, names);

    /// <summary>The same of feeds in another directory.</summary>
    public static string[] InEveryLanguage(Workspace room, string how, string directory, string[] names)
    {
        string program = ReaderPrograms.CompileChecked(room, ReaderPrograms.OfTests("probe.c"));
        string[] arguments = [how, directory, .. names];
        return
        [
            ReaderPrograms.Start(room, program, arguments).WaitForEnd().Succeeded().TrimEnd(),
            ReaderPrograms.StartPython(room, ReaderPrograms.OfTests("probe.py"), arguments).WaitForEnd().Succeeded().TrimEnd(),
            string.Join('\n', names.Select(name => InCSharp(directory, name))),
        ];
    }

    /// <summary>The answer of the C# reader.</summary>
    public static string InCSharp(string directory, string name)
    {
        string[] parts = name.Split(':', 2);
        name = parts[0];
        try
        {
            using FeedSubscriber feed = FeedSubscriber.Open(directory, name, parts.Length > 1 ? parts[1] : null);
            FeedState state = feed.State();
            SnapshotReadStatus snapshot = feed.TryRead(feed.CreateBuffer()), headline = feed.TryReadHeadline(out HeadlineSection _, out RuntimeSection _);
            ulong position = 0;
            return $"{name} Opened {state} {snapshot} {headline} {feed.TryReadChange(ref position, out LevelChange _, out _)}";
        }
        catch (FeedException refused)
        {
            return $"{name} {refused.Error}";
        }
    }
}
