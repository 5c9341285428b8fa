using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace DealerFlow.Cli.Top;

/// <summary>What has happened beside keys since it was last asked.</summary>
[Flags]
internal enum TerminalEvents : byte
{
    None = 0,
    Stop = 1,
    Suspend = 2,
    Resized = 4,
    Continued = 8,
}

/// <summary>
/// The terminal of a full-screen program: other screen, no cursor, keys one by one; and all of it back as it was, however the program ends.
/// It speaks to the terminal itself. <see cref="Console"/> would not do: its ReadKey keeps keys from coming one by one while nobody waits,
/// it cannot wait for keys and signals at once, and its own handling of modes and of SIGCONT would undo ours.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class TopTerminal : IDisposable
{
    private const string EnterSequence = "\e[?1049h\e[?25l\e[2J";
    private const string LeaveSequence = "\e[?2026l\e[0m\e[?25h\e[?1049l";
    private const int PatienceMillis = 1_000;

    private readonly Lock _gate = new();
    private readonly FrameWriter _frames;
    private readonly TerminalMode _before;
    private readonly int _wake;
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly TopInput _input = new();
    private readonly byte[] _read = new byte[256];
    private readonly PollEntry[] _polled = new PollEntry[2];
    private PosixSignalRegistration? _suspends;
    private int _events;
    private bool _hasEntered;
    private bool _isLost;
    private volatile bool _stopAsked;

    private TopTerminal(FrameWriter frames, TerminalMode before)
    {
        _frames = frames;
        _before = before;
        _wake = LibC.Event(0, LibC.EventCloseOnExec | LibC.EventNonBlocking);
        if (_wake < 0) throw new IOException($"No event could be made to wait for signals: error {Marshal.GetLastPInvokeError()}.");
        // Before anything is changed, so that there is no moment at which a signal would leave the terminal changed.
        OnStop(PosixSignal.SIGINT, 130);
        OnStop(PosixSignal.SIGTERM, 143);
        OnStop(PosixSignal.SIGHUP, 129);
        OnStop(PosixSignal.SIGQUIT, 131);
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, context => On(context, TerminalEvents.Resized)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, context => On(context, TerminalEvents.Continued)));
        ListenForSuspend();
        // For ends that pass by every finally: a second signal, and an exception on another thread.
        AppDomain.CurrentDomain.ProcessExit += OnEnd;
        AppDomain.CurrentDomain.UnhandledException += OnEnd;
        Enter();
    }

    /// <summary>Columns and rows.</summary>
    public static (int Width, int Height) Size => LibC.TryWindowSize(out int width, out int height) ? (width, height) : (80, 24);

    /// <summary>Takes the terminal that this program runs in, or says why that cannot be.</summary>
    public static TopTerminal Open()
    {
        const string Instead = "'dealerflow snapshot --watch' prints lines instead.";
        if (LibC.IsTerminal(LibC.Input) == 0 || LibC.IsTerminal(LibC.Output) == 0)
            throw new CliException(ExitCode.Usage, $"'top' needs a terminal, and its input or output is none: run it in a window, without pipes; {Instead}");
        string? kind = Environment.GetEnvironmentVariable("TERM");
        if (string.IsNullOrEmpty(kind) || kind == "dumb")
            throw new CliException(ExitCode.Usage, $"'top' needs a terminal that can place a cursor, and TERM is '{kind}': run it in another window; {Instead}");
        if (LibC.GetMode(LibC.Input, out TerminalMode before) != 0)
            throw new CliException(ExitCode.Usage, $"The terminal does not tell its mode: error {Marshal.GetLastPInvokeError()}; {Instead}");
        bool inColor = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new TopTerminal(new FrameWriter(inColor, SpeaksUtf8(Environment.GetEnvironmentVariable)), before);
    }

    /// <summary>Whether the user's locale is one of UTF-8: the first of the three variables that is set decides, as in the C library.</summary>
    public static bool SpeaksUtf8(Func<string, string?> variable)
    {
        foreach (string name in (ReadOnlySpan<string>)["LC_ALL", "LC_CTYPE", "LANG"])
        {
            if (variable(name) is not { Length: > 0 } locale) continue;
            return locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("UTF8", StringComparison.OrdinalIgnoreCase);
        }
        return false;
    }

    /// <summary>Shows a screen: what differs from the last one, in one write.</summary>
    public void Show(Canvas canvas)
    {
        lock (_gate)
        {
            if (_hasEntered) Send(_frames.Frame(canvas));
        }
    }

    /// <summary>The next screen is sent whole.</summary>
    public void Forget() => _frames.Forget();

    /// <summary>Waits for keys, a signal or the end of a time, whichever comes first.</summary>
    public TerminalEvents Wait(TimeSpan patience, List<KeyPress> keys)
    {
        _polled[0] = new PollEntry { File = LibC.Input, Wanted = LibC.PollIn };
        _polled[1] = new PollEntry { File = _wake, Wanted = LibC.PollIn };
        int ready = LibC.Poll(_polled, 2, (int)Math.Clamp(Math.Ceiling(patience.TotalMilliseconds), 0, 60_000));
        if (ready == 0) _input.Pause(keys);
        if (ready > 0 && _polled[1].Returned != 0) _ = LibC.Read(_wake, _read, sizeof(ulong));
        if (ready > 0 && _polled[0].Returned != 0) ReadKeys(keys);
        return (TerminalEvents)Interlocked.Exchange(ref _events, 0) | (_isLost ? TerminalEvents.Stop : TerminalEvents.None);
    }

    /// <summary>Gives the terminal back, sleeps until the shell wakes the program again, and takes the terminal anew.</summary>
    public void Suspend()
    {
        Leave();
        // With nobody listening the kernel does what it always does; in a session without a shell that could wake us it does nothing.
        _suspends?.Dispose();
        _ = LibC.Raise(LibC.SignalStop);
        ListenForSuspend();
        Enter();
    }

    /// <summary>Somebody had the terminal meanwhile: sets our mode again and sends the next screen whole.</summary>
    public void Renew()
    {
        SetMode(_before.ByKey());
        Forget();
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnEnd;
        AppDomain.CurrentDomain.UnhandledException -= OnEnd;
        Leave();
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
        _suspends?.Dispose();
        _ = LibC.Close(_wake);
    }

    private static void SetMode(in TerminalMode mode)
    {
        while (LibC.SetMode(LibC.Input, LibC.Now, in mode) != 0 && Marshal.GetLastPInvokeError() == LibC.ErrorInterrupted) { }
    }

    private void Enter()
    {
        lock (_gate)
        {
            SetMode(_before.ByKey());
            Send(Encoding.ASCII.GetBytes(EnterSequence));
            _hasEntered = true;
            Forget();
        }
    }

    // A terminal that takes nothing any more must not keep the program from ending, so the gate is not waited for without limit.
    private void Leave()
    {
        bool isHeld = _gate.TryEnter(PatienceMillis);
        try
        {
            if (!_hasEntered) return;
            _hasEntered = false;
            if (isHeld) Send(Encoding.ASCII.GetBytes(LeaveSequence));
            SetMode(_before);
        }
        finally
        {
            if (isHeld) _gate.Exit();
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !_isLost)
        {
            nint written = LibC.Write(LibC.Output, in bytes[0], bytes.Length);
            if (written > 0)
            {
                bytes = bytes[(int)written..];
                continue;
            }
            switch (Marshal.GetLastPInvokeError())
            {
                case LibC.ErrorInterrupted:
                    break;
                case LibC.ErrorAgain:
                    // Somebody has made the terminal non-blocking, and it is slow.
                    PollEntry[] output = [new PollEntry { File = LibC.Output, Wanted = LibC.PollOut }];
                    if (LibC.Poll(output, 1, PatienceMillis) == 0) return;
                    break;
                default:
                    _isLost = true;
                    break;
            }
        }
    }

    private void ReadKeys(List<KeyPress> keys)
    {
        nint count = LibC.Read(LibC.Input, _read, _read.Length);
        if (count > 0) _input.Read(_read.AsSpan(0, (int)count), keys);
        else if (count == 0 || Marshal.GetLastPInvokeError() is not (LibC.ErrorInterrupted or LibC.ErrorAgain)) _isLost = true;
    }

    private void ListenForSuspend() => _suspends = PosixSignalRegistration.Create(PosixSignal.SIGTSTP, context => On(context, TerminalEvents.Suspend));

    private void OnStop(PosixSignal signal, int exitCode) => _signals.Add(PosixSignalRegistration.Create(signal, context =>
    {
        // As everywhere in this program the first one asks, and a second one leaves at once.
        context.Cancel = true;
        if (_stopAsked) Environment.Exit(exitCode);
        _stopAsked = true;
        On(context, TerminalEvents.Stop);
    }));

    private void On(PosixSignalContext context, TerminalEvents happened)
    {
        context.Cancel = true;
        Interlocked.Or(ref _events, (int)happened);
        Wake();
    }

    private void Wake()
    {
        Span<byte> one = stackalloc byte[sizeof(ulong)];
        one.Clear();
        one[0] = 1;
        _ = LibC.Write(_wake, in one[0], one.Length);
    }

    private void OnEnd(object? sender, EventArgs end) => Leave();
}
