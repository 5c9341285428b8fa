namespace DealerFlow.Feed;

/// <summary>Where feeds live and what they may be called.</summary>
public static class FeedDirectory
{
    /// <summary>Longest name of a feed, characters.</summary>
    public const int MaxNameLength = 64;

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

    internal static string FeedFileName(string name) => name + ".feed";

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
