using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Memory;

/// <summary>
/// The calls of the C library that this project makes; values are those of Linux on x64 and arm64, which agree here.
/// </summary>
internal static unsafe partial class LibC
{
    public const int ProtectionRead = 1;
    public const int ProtectionWrite = 2;
    public const int MapShared = 1;
    public const int MapPopulate = 0x8000;

    /// <summary>What <see cref="MapMemory"/> returns when it fails.</summary>
    public static readonly void* MapFailed = (void*)-1;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial void* MapMemory(void* address, nuint length, int protection, int flags, SafeFileHandle file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int UnmapMemory(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    public static partial int GetAffinity(int thread, nuint length, ulong* cores);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static partial int SetAffinity(int thread, nuint length, ulong* cores);
}
