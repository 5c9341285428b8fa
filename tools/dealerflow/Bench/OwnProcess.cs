using System.ComponentModel;
using System.Diagnostics;

namespace DealerFlow.Cli.Bench;

/// <summary>This program once more, as a second process that reads what the first publishes.</summary>
internal static class OwnProcess
{
    /// <summary>Starts it with stdin and stdout as pipes.</summary>
    /// <param name="arguments">Of its command line.</param>
    /// <param name="takesErrors">Whether stderr is a pipe too, instead of this process's own.</param>
    /// <exception cref="CliException">It cannot be started.</exception>
    public static Process Start(ReadOnlySpan<string> arguments, bool takesErrors = false)
    {
        string self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(self) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = takesErrors };
        // Started by the runtime's host, the program is the host's first argument.
        if (Path.GetFileNameWithoutExtension(self) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (string word in arguments) start.ArgumentList.Add(word);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception refused)
        {
            throw new CliException(ExitCode.Failure, $"The reading process cannot be started ({refused.Message}); nothing was measured.");
        }
    }
}
