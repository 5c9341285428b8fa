using System.Diagnostics;
using DealerFlow.Tests;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>A shell in a terminal of its own, which a test types into and looks at: a tmux server on a socket in the workspace.</summary>
internal sealed class TmuxPane : IDisposable
{
    private readonly Workspace _room;

    public TmuxPane(Workspace room, int width, int height)
    {
        _room = room;
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "tmux"))))
            Repository.SkipOrFail("There is no tmux on the path; install it to run this test (Debian: apt-get install tmux).");
        Tmux("new-session", "-d", "-x", $"{width}", "-y", $"{height}", "sh");
        Type("PS1='ready> '; clear");
        Eventually.True(() => Screen.StartsWith("ready>", StringComparison.Ordinal), "a shell");
    }

    /// <summary>What the pane shows, as text.</summary>
    public string Screen => Tmux("capture-pane", "-p");

    /// <summary>The same with the sequences that colour it.</summary>
    public string ColouredScreen => Tmux("capture-pane", "-e", "-p");

    /// <summary>Whether the other screen is up and the cursor hidden, as a full-screen program has it; null while it is neither that nor a shell's.</summary>
    public bool? IsTaken => Tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}").Trim() switch { "1 0" => true, "0 1" => false, _ => null };

    /// <summary>Types a command and Enter.</summary>
    public void Type(string command)
    {
        Tmux("send-keys", "-l", command);
        Press("Enter");
    }

    /// <summary>Presses keys by tmux's names for them.</summary>
    public void Press(params string[] keys) => Tmux(["send-keys", .. keys]);

    public void Resize(int width, int height) => Tmux("resize-window", "-x", $"{width}", "-y", $"{height}");

    /// <summary>Waits until the screen shows all of these.</summary>
    public void WaitFor(params string[] words) => Wait(screen => words.All(word => screen.Contains(word, StringComparison.Ordinal)), string.Join(" and ", words));

    /// <summary>Waits until one line of the screen is this and nothing else, which the command that prints it is not.</summary>
    public void WaitForLine(string line) => Wait(screen => screen.Split('\n').Contains(line), $"the line '{line}'");

    /// <summary>Waits until the screen is so.</summary>
    public void Wait(Func<string, bool> isSo, string what)
    {
        string screen = "";
        try
        {
            Eventually.True(() => isSo(screen = Screen), what);
        }
        catch (Xunit.Sdk.XunitException late)
        {
            Assert.Fail($"{late.Message}\n{screen}");
        }
    }

    public void Dispose() => Start("kill-server").WaitForEnd();

    private string Tmux(params string[] arguments)
    {
        Outcome outcome = Start(arguments).WaitForEnd();
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        return outcome.Output;
    }

    private RunningProgram Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("tmux", ["-u", "-f", "/dev/null", "-S", _room.Path("tmux"), .. arguments]);
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (string variable in (ReadOnlySpan<string>)["TMUX", "NO_COLOR", "ENV"]) start.Environment.Remove(variable);
        return _room.Start(start);
    }
}
