using System.ComponentModel;
using System.Diagnostics;

namespace DealerFlow.Cli.Pipeline;

/// <summary>The user's browser.</summary>
internal static class Browser
{
    /// <summary>Opens an address; where there is no browser the address that was printed has to do.</summary>
    public static void Open(string address)
    {
        try
        {
            using Process? opened = Process.Start(new ProcessStartInfo("xdg-open", address) { RedirectStandardOutput = true, RedirectStandardError = true });
        }
        catch (Win32Exception)
        {
            CommandLine.Tell([$"No browser could be opened here; open {address} yourself."]);
        }
    }
}
