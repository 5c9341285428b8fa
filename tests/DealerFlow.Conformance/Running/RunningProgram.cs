using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>A started process. Its pipes are read all the time, and it never outlives its workspace.</summary>
public sealed class RunningProgram : IDisposable
{
    // Without vector instructions, on a machine that does other work beside, a replay of a second takes more than one minute.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Process _process;
    private readonly string _commandLine;
    private readonly StringBuilder _outputSoFar = new();
    private readonly Task _output;
    private readonly StringBuilder _errorSoFar = new();
    private readonly Task _error;
    private bool _isDisposed;

    internal RunningProgram(ProcessStartInfo start, byte[]? input)
    {
        _commandLine = string.Join(' ', start.ArgumentList.Select(Path.GetFileName));
        _process = Process.Start(start)!;
        _output = ReadAsync(_process.StandardOutput, _outputSoFar);
        _error = ReadAsync(_process.StandardError, _errorSoFar);
        try
        {
            if (input is not null) _process.StandardInput.BaseStream.Write(input);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has read enough, or has ended: what it says tells why.
        }
    }

    /// <summary>What it has written to stderr so far.</summary>
    public string ErrorSoFar
    {
        get
        {
            lock (_errorSoFar) return _errorSoFar.ToString();
        }
    }

    /// <summary>What it has written to stdout so far.</summary>
    public string OutputSoFar
    {
        get
        {
            lock (_outputSoFar) return _outputSoFar.ToString();
        }
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>Waits for the end; a program that does not come to one is killed and fails the test.</summary>
    public Outcome WaitForEnd()
    {
        if (!_process.WaitForExit(Patience))
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"{_commandLine} did not end within {Patience.TotalSeconds} s.\n{ErrorSoFar}");
        }
        _output.Wait();
        _error.Wait();
        return new Outcome(_commandLine, _process.ExitCode, OutputSoFar, ErrorSoFar);
    }

    /// <summary>Waits until it has said something on stderr.</summary>
    public void WaitForError(string words) => Eventually.True(() => ErrorSoFar.Contains(words, StringComparison.Ordinal), $"'{words}' on stderr", this);

    /// <summary>Asks it politely to stop.</summary>
    public void Terminate() => Signal(15);

    /// <summary>As Ctrl-C does.</summary>
    public void Interrupt() => Signal(2);

    /// <summary>Ends it between any two instructions.</summary>
    public void Kill() => Signal(9);

    /// <summary>Freezes it; signals sent meanwhile arrive together when it goes on.</summary>
    public void Freeze() => Signal(OperatingSystem.IsMacOS() ? 17 : 19);

    /// <summary>Lets a frozen one go on.</summary>
    public void Thaw() => Signal(OperatingSystem.IsMacOS() ? 19 : 18);

    /// <summary>Ends it, if it still runs. A second call does nothing.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit(Patience);
        _process.Dispose();
    }

    private static async Task ReadAsync(StreamReader pipe, StringBuilder soFar)
    {
        char[] some = new char[4_096];
        for (int read = await pipe.ReadAsync(some).ConfigureAwait(false); read > 0; read = await pipe.ReadAsync(some).ConfigureAwait(false))
            lock (soFar) soFar.Append(some, 0, read);
    }

    private void Signal(int signal) => Assert.True(SendSignal(_process.Id, signal) == 0, $"signal {signal} could not be sent to {_commandLine}");

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int pid, int signal);
}

/// <summary>Waiting for something that another process does.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    /// <summary>Looks again and again until it is so; fails the test when it never is.</summary>
    public static void True(Func<bool> isSo, string what, RunningProgram? meanwhileRunning = null)
    {
        var waited = Stopwatch.StartNew();
        while (!isSo())
        {
            if (meanwhileRunning is { HasEnded: true }) Assert.Fail($"{what} did not happen before this ended:\n{meanwhileRunning.WaitForEnd()}");
            Assert.True(waited.Elapsed < Patience, $"{what} did not happen within {Patience.TotalSeconds} s.");
            Thread.Sleep(5);
        }
    }
}
