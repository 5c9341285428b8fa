using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Feed;

/// <summary>
/// The right to write a feed: the kernel's lock (flock) on <c>name.lock</c>. The kernel gives it up when the process ends,
/// however it ends; pids and times decide nothing.
/// </summary>
internal sealed class WriterLock : IDisposable
{
    // A reader that asks whether the lock is free holds it for a microsecond; a writer that meets it tries again.
    private const int Attempts = 20;

    private readonly SafeFileHandle _file;

    private WriterLock(SafeFileHandle file) => _file = file;

    /// <summary>True when the lock file has lost its name, so that another writer could make a new one.</summary>
    public bool IsUnlinked => LibC.TryStat(_file, out FileStatus status) && status.Links == 0;

    /// <summary>Takes the lock, or returns null within about 25 ms when another writer holds it.</summary>
    public static WriterLock? TryAcquire(PrivateDirectory directory, string name)
    {
        string lockName = FeedDirectory.LockFileName(name);
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            SafeFileHandle file = directory.OpenOrCreateFile(lockName);
            if (LibC.Lock(file, LibC.LockExclusive | LibC.LockNonBlocking) == 0)
            {
                var taken = new WriterLock(file);
                if (!taken.IsUnlinked) return taken;    // else: removed between opening and locking, the lock guards nothing
                taken.Dispose();
                continue;
            }
            int error = Marshal.GetLastPInvokeError();
            file.Dispose();
            if (error is not (LibC.ErrorWouldBlock or LibC.ErrorInterrupted))
                throw new FeedException(FeedError.SystemCall,
                    $"Locking {directory.FullName(lockName)} failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");
            if (attempt < Attempts) Thread.Sleep(1);
        }
        return null;
    }

    /// <summary>True when no writer holds the lock now. Holds a shared lock for the length of one system call.</summary>
    public static bool IsFree(PrivateDirectory directory, string name)
    {
        using SafeFileHandle? file = directory.OpenFile(FeedDirectory.LockFileName(name), writable: false);
        if (file is null) return true;
        if (LibC.Lock(file, LibC.LockShared | LibC.LockNonBlocking) != 0) return false;
        _ = LibC.Lock(file, LibC.LockRelease);
        return true;
    }

    /// <summary>Gives the lock up.</summary>
    public void Dispose() => _file.Dispose();
}
