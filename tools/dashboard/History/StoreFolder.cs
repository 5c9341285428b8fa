namespace DealerFlow.Dashboard;

/// <summary>Where histories lie unless the command line says otherwise.</summary>
internal static class StoreFolder
{
    /// <summary><c>$XDG_STATE_HOME/dealerflow</c>, or <c>~/.local/state/dealerflow</c>.</summary>
    public static string Standard
    {
        get
        {
            string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            string root = !string.IsNullOrEmpty(state) && Path.IsPathRooted(state) ? state : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
            return Path.Combine(root, "dealerflow");
        }
    }
}
