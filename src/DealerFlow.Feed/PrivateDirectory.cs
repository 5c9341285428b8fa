using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Feed;

/// <summary>
/// A directory in which only its owner can make or rename files, held open: every file is opened relative to it, so nobody
/// can swap the directory between the check and the use.
/// </summary>
internal sealed class PrivateDirectory : IDisposable
{
    private const uint OwnerOnlyDirectory = 0x1C0;      // 0700
    private const uint OwnerOnlyFile = 0x180;           // 0600

    // Two writers that come and go flat out are met twice in a row; so often, somebody else is at work.
    private const int Attempts = 100;

    private readonly uint _owner;

    private PrivateDirectory(SafeFileHandle handle, string path, uint owner)
    {
        Handle = handle;
        Path = path;
        _owner = owner;
    }

    /// <summary>The open directory.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>Opens an existing directory and checks that it is private to this user.</summary>
    public static PrivateDirectory Open(string path) => Open(path, LibC.EffectiveUserId());

    /// <summary>The same for a writer, who makes the directory (not its parents) when it is missing.</summary>
    public static PrivateDirectory OpenOrCreate(string path)
    {
        string full = Normalize(path);
        if (LibC.MakeDirectory(full, OwnerOnlyDirectory) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == LibC.ErrorNoEntry)
                throw new FeedException(FeedError.DirectoryNotFound,
                    $"The parent of the feed directory {full} does not exist: create it.");
            if (error != LibC.ErrorExists) Throw.SystemCall("Making the feed directory", full, error);
        }
        return Open(full);
    }

    /// <summary>The check with the owner to expect.</summary>
    internal static PrivateDirectory Open(string path, uint owner)
    {
        string full = Normalize(path);
        int flags = LibC.OpenReadOnly | LibC.OpenDirectory | LibC.OpenNoFollow | LibC.OpenCloseOnExec;
        SafeFileHandle handle = LibC.Open(full, flags);
        if (handle.IsInvalid) Throw.DirectoryNotOpened(full, Marshal.GetLastPInvokeError());
        if (!LibC.TryStat(handle, out FileStatus status))
        {
            int error = Marshal.GetLastPInvokeError();
            handle.Dispose();
            Throw.SystemCall("Looking at", full, error);
        }
        if (status.UserId != owner || status.OthersMayWrite)
        {
            handle.Dispose();
            Throw.DirectoryNotPrivate(full, status, owner);
        }
        return new PrivateDirectory(handle, full, owner);
    }

    /// <summary>Opens a file that must be a private regular file; null when there is none.</summary>
    public SafeFileHandle? OpenFile(string name, bool writable)
    {
        int access = writable ? LibC.OpenReadWrite : LibC.OpenReadOnly;
        return Take(LibC.OpenAt(Handle, name, access | LibC.OpenNoFollow | LibC.OpenNonBlocking | LibC.OpenCloseOnExec, 0), name);
    }

    /// <summary>Opens a file of mode 0600, and makes it when there is none.</summary>
    public SafeFileHandle OpenOrCreateFile(string name)
    {
        int flags = LibC.OpenReadWrite | LibC.OpenCreate | LibC.OpenNoFollow | LibC.OpenNonBlocking | LibC.OpenCloseOnExec;
        // Without O_EXCL the file may be removed right after it was opened; another attempt makes a new one.
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (Take(LibC.OpenAt(Handle, name, flags, OwnerOnlyFile), name) is { } file) return file;
        }
        throw new FeedException(FeedError.SystemCall, $"{FullName(name)} is removed as soon as it is made, {Attempts} times in a row: find out by whom.");
    }

    /// <summary>Makes a new file of mode 0600; whatever had the name is removed first.</summary>
    public SafeFileHandle CreateFile(string name)
    {
        Remove(name);
        int flags = LibC.OpenReadWrite | LibC.OpenCreate | LibC.OpenExclusive | LibC.OpenNoFollow | LibC.OpenCloseOnExec;
        SafeFileHandle file = LibC.OpenAt(Handle, name, flags, OwnerOnlyFile);
        if (file.IsInvalid) Throw.SystemCall("Creating", FullName(name), Marshal.GetLastPInvokeError());
        if (LibC.ChangeMode(file, OwnerOnlyFile) != 0)              // the umask cannot take our own rights away
        {
            int error = Marshal.GetLastPInvokeError();
            file.Dispose();
            Throw.SystemCall("Setting the mode of", FullName(name), error);
        }
        return file;
    }

    /// <summary>Gives a file its final name; what had that name keeps living without one.</summary>
    public void Rename(string from, string to)
    {
        if (LibC.RenameAt(Handle, from, Handle, to) != 0) Throw.SystemCall("Renaming", FullName(from), Marshal.GetLastPInvokeError());
    }

    /// <summary>Removes a name if it is there.</summary>
    public void Remove(string name)
    {
        if (LibC.UnlinkAt(Handle, name, 0) != 0 && Marshal.GetLastPInvokeError() is int error && error != LibC.ErrorNoEntry)
            Throw.SystemCall("Removing", FullName(name), error);
    }

    /// <summary>True when something has this name.</summary>
    public bool Holds(string name) => LibC.TryStat(Handle, name, out _);

    /// <summary>A name in this directory as a path, for messages.</summary>
    public string FullName(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Closes the directory.</summary>
    public void Dispose() => Handle.Dispose();

    /// <summary>
    /// What is wrong with a file in our place; null when it is a regular file of ours, with one name, that only we may write.
    /// </summary>
    internal static FeedException? Diagnose(in FileStatus status, uint owner, string path)
    {
        if (!status.IsRegular) return Fault.NotAFile(path);
        if (status.UserId != owner)
            return new FeedException(FeedError.WrongOwner,
                $"{path} belongs to user {status.UserId}, not {owner}: remove it or use another directory.");
        if (status.OthersMayWrite)
            return new FeedException(FeedError.NotPrivate,
                $"{path} may be written by group or others: remove it, or chmod go-w {path}.");
        if (status.Links > 1)
            return new FeedException(FeedError.NotPrivate, $"{path} has {status.Links} names (hard links): remove it.");
        return null;
    }

    // A trailing slash would make the kernel follow a link in the last place.
    private static string Normalize(string path) =>
        System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    private SafeFileHandle? Take(SafeFileHandle file, string name)
    {
        if (file.IsInvalid)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == LibC.ErrorNoEntry) return null;
            if (error is LibC.ErrorTooManyLinks or LibC.ErrorIsDirectory or LibC.ErrorNoDeviceOrAddress) throw Fault.NotAFile(FullName(name));
            // A file that we may not even open is somebody else's; its status says so without opening it.
            if (error == LibC.ErrorAccess && LibC.TryStat(Handle, name, out FileStatus hidden)
                && Diagnose(hidden, _owner, FullName(name)) is { } reason) throw reason;
            Throw.SystemCall("Opening", FullName(name), error);
        }
        if (!LibC.TryStat(file, out FileStatus status))
        {
            int error = Marshal.GetLastPInvokeError();
            file.Dispose();
            Throw.SystemCall("Looking at", FullName(name), error);
        }
        if (Diagnose(status, _owner, FullName(name)) is { } fault)
        {
            file.Dispose();
            throw fault;
        }
        if (status.Links == 0)                                      // removed or replaced since it was opened
        {
            file.Dispose();
            return null;
        }
        return file;
    }

    private static class Fault
    {
        public static FeedException NotAFile(string path) =>
            new(FeedError.NotAFile, $"{path} is no regular file but a link, FIFO, directory or device: remove it.");
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void DirectoryNotOpened(string path, int error)
        {
            if (error == LibC.ErrorNoEntry)
                throw new FeedException(FeedError.DirectoryNotFound,
                    $"The feed directory {path} does not exist: start a writer, or set {FeedDirectory.EnvironmentVariable}.");
            if (error is LibC.ErrorNotDirectory or LibC.ErrorTooManyLinks)
                throw new FeedException(FeedError.DirectoryNotPrivate,
                    $"{path} is no directory, or a symbolic link to one: remove it.");
            if (error == LibC.ErrorAccess)
                throw new FeedException(FeedError.DirectoryNotPrivate,
                    $"The feed directory {path} belongs to another user: set {FeedDirectory.EnvironmentVariable} to one of your own.");
            SystemCall("Opening the feed directory", path, error);
        }

        [DoesNotReturn]
        public static void DirectoryNotPrivate(string path, in FileStatus status, uint owner)
        {
            string reason = status.UserId != owner
                ? $"belongs to user {status.UserId}, not {owner}: set {FeedDirectory.EnvironmentVariable} to a directory of your own"
                : $"may be written by group or others: chmod 700 {path}";
            throw new FeedException(FeedError.DirectoryNotPrivate, $"The feed directory {path} {reason}.");
        }

        [DoesNotReturn]
        public static void SystemCall(string what, string path, int error) =>
            throw new FeedException(FeedError.SystemCall,
                $"{what} {path} failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");
    }
}
