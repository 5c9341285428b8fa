using System.ComponentModel;
using System.Diagnostics;

namespace DealerFlow.Cli.Pipeline;

/// <summary>The dashboard as a child process: a program of its own, for it brings a web server that no other verb needs.</summary>
internal sealed class DashboardProcess : IDisposable
{
    private const string Name = "dealerflow-dashboard";

    private readonly Process _process;

    private DashboardProcess(Process process) => _process = process;

    public int ExitCode => _process.ExitCode;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts it; where it serves is the first line that it writes.</summary>
    /// <param name="arguments">Of its command line.</param>
    /// <exception cref="CliException">It is not there, or cannot be started.</exception>
    public static DashboardProcess Start(IEnumerable<string> arguments)
    {
        // In a folder of its own, so that none of its libraries meets one of ours; a test has both side by side.
        string program = Path.Combine(AppContext.BaseDirectory, "dashboard", Name + ".dll");
        if (!File.Exists(program)) program = Path.Combine(AppContext.BaseDirectory, Name + ".dll");
        if (!File.Exists(program))
            throw new CliException(Cli.ExitCode.Failure, $"{program} is missing, so there is no dashboard to start; build tools/dealerflow again, or unpack the whole release.");
        var start = new ProcessStartInfo(Host()) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.ArgumentList.Add(program);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        // The child leaves when its input ends, which the kernel sees to whatever becomes of this process.
        start.ArgumentList.Add("--until-input-ends");
        try
        {
            return new DashboardProcess(Process.Start(start)!);
        }
        catch (Win32Exception refused)
        {
            throw new CliException(Cli.ExitCode.Failure, $"{start.FileName} cannot be started ({refused.Message}), so there is no dashboard; install the .NET runtime, or put dotnet into PATH.");
        }
    }

    /// <summary>The address that it serves at; null when it could not, and has said why.</summary>
    public string? ReadAddress() => _process.StandardOutput.ReadLine();

    /// <summary>Waits until it leaves, or is to leave.</summary>
    public void Wait(CancellationToken stop)
    {
        try { _process.WaitForExitAsync(stop).GetAwaiter().GetResult(); }
        catch (OperationCanceledException) { }
    }

    /// <summary>Asks it to leave, waits a little, and ends it otherwise.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(3000)) _process.Kill();
        }
        catch (Exception gone) when (gone is InvalidOperationException or IOException) { }
        _process.Dispose();
    }

    // The runtime that runs this program, where that can be told; a program that starts itself does not say.
    private static string Host()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host) return host;
        return Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";
    }
}
