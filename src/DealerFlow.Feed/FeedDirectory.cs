using DealerFlow.Wire;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Feed;

/// <summary>Where feeds live and what they may be called.</summary>
public static class FeedDirectory
{
    /// <summary>Longest name of a feed, characters.</summary>
    public const int MaxNameLength = 64;

    private const string FeedSuffix = ".feed";

    /// <summary>Environment variable that names another directory.</summary>
    public const string EnvironmentVariable = "DEALERFLOW_FEED_DIR";

    /// <summary>
    /// <c>DEALERFLOW_FEED_DIR</c> where it is set, else <c>/dev/shm/dealerflow-UID</c>: private to the user, in memory. The first
    /// writer makes it with mode 0700.
    /// </summary>
    public static string Default
    {
        get
        {
            string? chosen = Environment.GetEnvironmentVariable(EnvironmentVariable);
            if (!string.IsNullOrEmpty(chosen)) return chosen;
            Platform.Require();
            return $"/dev/shm/dealerflow-{LibC.EffectiveUserId()}";
        }
    }

    /// <summary>
    /// True for 1 to 64 of the characters A–Z a–z 0–9 . _ - with a letter or a digit first: no path, no option, no hidden file.
    /// </summary>
    public static bool IsValidName(string? name)
    {
        if (name is null || name.Length is 0 or > MaxNameLength || !char.IsAsciiLetterOrDigit(name[0])) return false;
        foreach (char c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')) return false;
        return true;
    }

    /// <summary>The file of a feed; beside it lies its lock, <c>name.lock</c>.</summary>
    public static string PathOf(string directory, string name) => Path.Combine(directory, FeedFileName(name));

    /// <summary>Names of all that stands in the place of a feed in a directory, in order; whether it is one, opening it tells.</summary>
    /// <param name="directory">The directory; see <see cref="Default"/>.</param>
    /// <exception cref="FeedException">The directory is not there or not private.</exception>
    public static IReadOnlyList<string> Names(string directory)
    {
        Platform.Require();
        using PrivateDirectory opened = PrivateDirectory.Open(directory);
        return [.. Directory.EnumerateFileSystemEntries(opened.Path, "*" + FeedSuffix).Select(Path.GetFileNameWithoutExtension).OfType<string>().Where(IsValidName)
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>The directory of a feed: every underlying of it, in order.</summary>
    /// <param name="directory">The directory of the feed; see <see cref="Default"/>.</param>
    /// <param name="name">Name of the feed.</param>
    /// <exception cref="FeedException">There is no such feed, or it is not one that this build may or can read.</exception>
    public static IReadOnlyList<FeedUnderlying> Underlyings(string directory, string name)
    {
        Platform.Require();
        RequireValidName(name);
        using PrivateDirectory opened = PrivateDirectory.Open(directory);
        using SafeFileHandle file = FeedFile.Open(opened, name, out FeedHeader header);
        return FeedFile.Underlyings(file, in header, opened.FullName(FeedFileName(name)));
    }

    /// <summary>
    /// What a person means by a name: the feed of this name, or where there is none, <c>NAME.SYMBOL</c> taken apart: an underlying of a feed.
    /// </summary>
    /// <param name="directory">The directory of the feed; see <see cref="Default"/>.</param>
    /// <param name="spelled">Name of a feed, or NAME.SYMBOL.</param>
    /// <returns>Name and symbol for <see cref="FeedSubscriber.Open"/>; the symbol is null for the first of a feed.</returns>
    public static (string Name, string? Symbol) Resolve(string directory, string spelled)
    {
        if (!IsValidName(spelled) || File.Exists(PathOf(directory, spelled))) return (spelled, null);
        // Both names and symbols may have dots in them.
        for (int dot = spelled.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = spelled.IndexOf('.', dot + 1))
            if (dot + 1 < spelled.Length && File.Exists(PathOf(directory, spelled[..dot]))) return (spelled[..dot], spelled[(dot + 1)..]);
        return (spelled, null);
    }

    /// <summary>
    /// Removes a feed that nobody writes, with its lock. It holds the writer's lock meanwhile, so no writer loses a feed that it has just
    /// taken; readers that have it open keep its last snapshot and are told that it is gone.
    /// </summary>
    /// <param name="directory">The directory; see <see cref="Default"/>.</param>
    /// <param name="name">Name of the feed.</param>
    /// <exception cref="FeedInUseException">A writer holds the feed.</exception>
    /// <exception cref="FeedException">There is no such feed, or it is not ours to remove.</exception>
    public static void Remove(string directory, string name)
    {
        Platform.Require();
        RequireValidName(name);
        using PrivateDirectory opened = PrivateDirectory.Open(directory);
        string fileName = FeedFileName(name);
        using (SafeFileHandle? file = opened.OpenFile(fileName, writable: false))
        {
            if (file is null)
                throw new FeedException(FeedError.NotFound, $"There is no feed {opened.FullName(fileName)}: check name and directory.");
        }
        using WriterLock writerLock = WriterLock.TryAcquire(opened, name) ?? throw FeedWriter.InUse(opened, name);
        opened.Remove(TemporaryFileName(name));
        opened.Remove(fileName);
        opened.Remove(LockFileName(name));      // last: whoever waits for it finds that it has lost its name, and makes a new one
    }

    internal static string FeedFileName(string name) => name + FeedSuffix;

    internal static string LockFileName(string name) => name + ".lock";

    // No feed can have this name, since it starts with a dot.
    internal static string TemporaryFileName(string name) => "." + name + ".new";

    internal static void RequireValidName(string? name)
    {
        if (!IsValidName(name))
            throw new FeedException(FeedError.InvalidName,
                $"'{name}' is no name for a feed: use 1 to {MaxNameLength} of A-Z a-z 0-9 . _ - and start with a letter or a digit.");
    }
}
