using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Feed;

/// <summary>The calls of the C library that this project makes, with the numbers that Linux gives them on x64 and arm64.</summary>
internal static partial class LibC
{
    public const int CurrentDirectory = -100;                                    // AT_FDCWD
    public const int SymlinkNoFollow = 0x100;                                    // AT_SYMLINK_NOFOLLOW
    public const int EmptyPath = 0x1000;                                         // AT_EMPTY_PATH

    public const int OpenReadOnly = 0;
    public const int OpenReadWrite = 2;
    public const int OpenCreate = 0x40;
    public const int OpenExclusive = 0x80;
    public const int OpenNonBlocking = 0x800;                                    // a FIFO in our place must not hold us up
    public const int OpenCloseOnExec = 0x80000;

    public const int LockShared = 1;
    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;
    public const int LockRelease = 8;

    public const int ErrorNoEntry = 2;
    public const int ErrorInterrupted = 4;
    public const int ErrorNoDeviceOrAddress = 6;
    public const int ErrorWouldBlock = 11;
    public const int ErrorAccess = 13;
    public const int ErrorExists = 17;
    public const int ErrorNotDirectory = 20;
    public const int ErrorIsDirectory = 21;
    public const int ErrorNoSpace = 28;
    public const int ErrorTooManyLinks = 40;                                     // ELOOP: a symbolic link in our place

    public const int ClockRealtime = 0;
    public const int ClockMonotonic = 1;

    private const uint StatxBasic = 0x7FF;

    // The two flags whose bits x64 and arm64 swap.
    public static int OpenNoFollow { get; } = IsArm64 ? 0x8000 : 0x20000;

    public static int OpenDirectory { get; } = IsArm64 ? 0x4000 : 0x10000;

    private static bool IsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>Who and what an open file is; false with errno set on failure.</summary>
    public static bool TryStat(SafeFileHandle file, out FileStatus status) => Statx(file, "", EmptyPath, StatxBasic, out status) == 0;

    /// <summary>Who and what a name in a directory is, without following a link; false with errno set on failure.</summary>
    public static bool TryStat(SafeFileHandle directory, string name, out FileStatus status) =>
        Statx(directory, name, SymlinkNoFollow, StatxBasic, out status) == 0;

    /// <summary>A clock of the kernel in nanoseconds.</summary>
    public static long ReadClock(int clock)
    {
        _ = ClockGetTime(clock, out TimeSpec time);                              // cannot fail for the two clocks above
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle OpenAt(SafeFileHandle directory, string name, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeDirectory(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RenameAt(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int UnlinkAt(SafeFileHandle directory, string name, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);

    /// <summary>Reserves pages; returns the error number itself, 0 when done.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    public static partial int Allocate(SafeFileHandle file, nint offset, nint length);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(SafeFileHandle directory, string name, int flags, uint mask, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [SuppressGCTransition]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}

/// <summary>
/// The fields of <c>struct statx</c> that decide whether a file is ours; the kernel fixes its layout on every machine.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileStatus
{
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int DirectoryType = 0x4000;
    private const int GroupOrOtherWrite = 0x12;

    [FieldOffset(16)] public uint Links;
    [FieldOffset(20)] public uint UserId;
    [FieldOffset(28)] public ushort Mode;
    [FieldOffset(32)] public ulong Inode;
    [FieldOffset(40)] public ulong Size;

    public readonly bool IsRegular => (Mode & TypeMask) == RegularType;

    public readonly bool IsDirectory => (Mode & TypeMask) == DirectoryType;

    public readonly bool OthersMayWrite => (Mode & GroupOrOtherWrite) != 0;
}
