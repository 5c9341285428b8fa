using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Cli.Top;

/// <summary>The calls of the C library that a full-screen program needs, with the numbers that Linux gives them on x64 and arm64.</summary>
internal static class LibC
{
    public const int Input = 0;
    public const int Output = 1;

    public const short PollIn = 1;
    public const short PollOut = 4;

    public const int ErrorInterrupted = 4;
    public const int ErrorAgain = 11;

    public const int SignalStop = 20;                                             // SIGTSTP, what Ctrl-Z sends

    public const int Now = 0;                                                    // TCSANOW
    public const int EventCloseOnExec = 0x80000;
    public const int EventNonBlocking = 0x800;

    private const nuint GetWindowSize = 0x5413;                                  // TIOCGWINSZ

    /// <summary>Rows and columns of the terminal; false when it does not know them.</summary>
    public static bool TryWindowSize(out int width, out int height)
    {
        bool known = Control(Output, GetWindowSize, out WindowSize size) == 0 && size is { Columns: > 0, Rows: > 0 };
        (width, height) = (size.Columns, size.Rows);
        return known;
    }

    [DllImport("libc", EntryPoint = "isatty")]
    public static extern int IsTerminal(int file);

    [DllImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static extern int GetMode(int file, out TerminalMode mode);

    [DllImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static extern int SetMode(int file, int when, in TerminalMode mode);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static extern int Poll([In, Out] PollEntry[] entries, nuint count, int timeoutMillis);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    public static extern nint Read(int file, [Out] byte[] bytes, nint count);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    public static extern nint Write(int file, in byte bytes, nint count);

    [DllImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static extern int Event(uint count, int flags);

    [DllImport("libc", EntryPoint = "close")]
    public static extern int Close(int file);

    /// <summary>Sends a signal to the calling thread; it has arrived when this returns.</summary>
    [DllImport("libc", EntryPoint = "raise")]
    public static extern int Raise(int signal);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Control(int file, nuint request, out WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort PixelWidth;
        public ushort PixelHeight;
    }
}

/// <summary><c>struct termios</c> of glibc and musl on Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TerminalMode
{
    private const uint StopAndGoByKey = 0x400;                                   // IXON
    private const uint ByLine = 0x2;                                             // ICANON
    private const uint Echo = 0x8;
    private const uint EchoNewLine = 0x40;
    private const uint Extended = 0x8000;                                        // IEXTEN: Ctrl-V, Ctrl-O
    private const int Time = 5;                                                  // VTIME
    private const int Least = 6;                                                 // VMIN

    public uint InputFlags;
    public uint OutputFlags;
    public uint ControlFlags;
    public uint LocalFlags;
    public byte Line;
    public ControlCharacters Characters;
    public uint InputSpeed;
    public uint OutputSpeed;

    /// <summary>
    /// The same terminal with keys one by one and not echoed. Ctrl-C, Ctrl-Z and Ctrl-\ still send their signals. Ctrl-S does not hold the
    /// screen: one that says LIVE and stands still would be a lie.
    /// </summary>
    public readonly TerminalMode ByKey()
    {
        TerminalMode mode = this;
        mode.InputFlags &= ~StopAndGoByKey;
        mode.LocalFlags &= ~(ByLine | Echo | EchoNewLine | Extended);
        mode.Characters[Least] = 1;
        mode.Characters[Time] = 0;
        return mode;
    }

    [InlineArray(32)]
    public struct ControlCharacters
    {
        private byte _first;
    }
}

/// <summary><c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public int File;
    public short Wanted;
    public short Returned;
}
