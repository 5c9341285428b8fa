using System.Diagnostics;
using System.Runtime.Versioning;
using Xunit;

[assembly: UnsupportedOSPlatform("windows")]

namespace DealerFlow.Conformance;

/// <summary>
/// A private folder with a feed directory of its own, and every process that a test starts in it. Disposing kills what still runs
/// and removes the folder, so no test meets another.
/// </summary>
public sealed class Workspace : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dealerflow-conformance-");   // mode 0700
    private readonly List<RunningProgram> _programs = [];

    public Workspace()
    {
        FeedDirectory = System.IO.Path.Combine(_folder.FullName, "feeds");
        Directory.CreateDirectory(FeedDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>What DEALERFLOW_FEED_DIR is for every program here.</summary>
    public string FeedDirectory { get; }

    /// <summary>The folder itself.</summary>
    public string Folder => _folder.FullName;

    /// <summary>A path in the folder.</summary>
    public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    /// <summary>Writes a text file into the folder and gives its path.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(Path(name), text);
        return Path(name);
    }

    /// <summary>Runs <c>dealerflow</c> to its end.</summary>
    public Outcome Run(params string[] arguments) => Start(arguments).WaitForEnd();

    /// <summary>Runs <c>dealerflow</c> to its end with one more environment variable.</summary>
    public Outcome RunWith(string variable, string value, params string[] arguments) =>
        Start(DealerFlow(arguments, (variable, value))).WaitForEnd();

    /// <summary>Runs <c>dealerflow</c> to its end; a file that it writes may have so many blocks of 512 bytes, and a write beyond them fails.</summary>
    public Outcome RunWithFilesLimited(int blocks, params string[] arguments)
    {
        // The runtime keeps code in a file of its own, larger than any limit that is of use here, unless told not to.
        ProcessStartInfo program = DealerFlow(arguments, ("DOTNET_EnableWriteXorExecute", "0"));
        string[] command = ["-c", $"trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"", "sh", program.FileName, .. program.ArgumentList];
        program.FileName = "/bin/sh";
        program.ArgumentList.Clear();
        foreach (string word in command) program.ArgumentList.Add(word);
        return Start(program).WaitForEnd();
    }

    /// <summary>Runs another program that the build put beside this test to its end.</summary>
    public Outcome RunOther(string program, params string[] arguments) => Start(Beside(program, arguments)).WaitForEnd();

    /// <summary>Runs <c>dealerflow</c> to its end with a text on stdin.</summary>
    public Outcome RunReading(string input, params string[] arguments) => RunReading(System.Text.Encoding.UTF8.GetBytes(input), arguments);

    /// <summary>Runs <c>dealerflow</c> to its end with bytes on stdin.</summary>
    public Outcome RunReading(byte[] input, params string[] arguments) => Start(DealerFlow(arguments), input).WaitForEnd();

    /// <summary>Starts <c>dealerflow</c> and leaves it running.</summary>
    public RunningProgram Start(params string[] arguments) => Start(DealerFlow(arguments));

    /// <summary>Starts another program that the build put beside this test and leaves it running.</summary>
    public RunningProgram StartOther(string program, params string[] arguments) => Start(Beside(program, arguments));

    /// <summary>How a shell in this workspace starts <c>dealerflow</c>; no word of it may need more quoting than single quotes outside.</summary>
    public static string ShellCommand(params string[] arguments)
    {
        ProcessStartInfo program = DealerFlow(arguments);
        return string.Join(' ', (string[])[program.FileName, .. program.ArgumentList]);
    }

    /// <summary>Starts any program in this workspace.</summary>
    public RunningProgram Start(ProcessStartInfo start, byte[]? input = null)
    {
        start.WorkingDirectory = Folder;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["DEALERFLOW_FEED_DIR"] = FeedDirectory;
        var program = new RunningProgram(start, input);
        _programs.Add(program);
        return program;
    }

    public void Dispose()
    {
        foreach (RunningProgram program in _programs) program.Dispose();
        _folder.Delete(recursive: true);
    }

    // The copy that the build put beside this test: the same program, under the same runtime.
    private static ProcessStartInfo DealerFlow(string[] arguments, params (string Name, string Value)[] environment) =>
        Beside("dealerflow", arguments, environment);

    private static ProcessStartInfo Beside(string name, string[] arguments, params (string Name, string Value)[] environment)
    {
        string program = System.IO.Path.Combine(AppContext.BaseDirectory, name + ".dll");
        Assert.True(File.Exists(program), $"{program} is missing: build the solution first.");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet");
        start.ArgumentList.Add(program);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        start.Environment.Remove("DEALERFLOW_LANES");
        foreach ((string variable, string value) in environment) start.Environment[variable] = value;
        return start;
    }
}
