using DealerFlow.Tape;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Tests;

/// <summary>
/// A real disk of which some calls fail, counted from 0. Remembers what was done to each file, and what it had at its last sync.
/// </summary>
internal sealed class FailingDisk(DiskFault fault, params int[] failing) : TapeDisk
{
    private readonly Dictionary<SafeFileHandle, Entry> _open = [];

    /// <summary>Calls so far.</summary>
    public int Calls { get; private set; }

    /// <summary>The calls that failed, and the files that they were made for.</summary>
    public List<(string Call, string Path)> Failed { get; } = [];

    /// <summary>Every file that was begun, in order.</summary>
    public List<Entry> Files { get; } = [];

    public override SafeFileHandle Create(string path, bool overwrite)
    {
        string name = path[..^TapeWriter.PartialSuffix.Length];
        if (IsTurn()) throw Failure("create", new Entry(name));
        SafeFileHandle file = base.Create(path, overwrite);
        var entry = new Entry(name);
        _open.Add(file, entry);
        Files.Add(entry);
        return file;
    }

    public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        Entry entry = Use(file);
        if (IsTurn())
        {
            if (fault == DiskFault.NoSpaceAfterHalf) base.Write(file, bytes[..(bytes.Length / 2)], offset);
            throw Failure("write", entry);
        }
        base.Write(file, bytes, offset);
        entry.Written.Position = offset;
        entry.Written.Write(bytes);
    }

    public override void Sync(SafeFileHandle file)
    {
        Entry entry = Use(file);
        if (IsTurn()) throw Failure("sync", entry);
        base.Sync(file);
        entry.Synced = entry.Written.ToArray();
    }

    public override void Rename(string from, string to, bool overwrite)
    {
        Entry entry = Files.Single(file => file.Path == to);
        entry.Use();
        if (IsTurn()) throw Failure("rename", entry);
        base.Rename(from, to, overwrite);
        entry.IsNamed = true;
    }

    private bool IsTurn() => failing.Contains(Calls++);

    private Entry Use(SafeFileHandle file)
    {
        _open[file].Use();
        return _open[file];
    }

    private Exception Failure(string call, Entry entry)
    {
        Failed.Add((call, entry.Path));
        entry.HasFailed = true;
        return fault == DiskFault.NotAllowed ? new UnauthorizedAccessException("Permission denied") : new IOException("No space left on device");
    }

    /// <summary>One file, by the name that it is to have.</summary>
    internal sealed class Entry(string path)
    {
        public string Path { get; } = path;

        public MemoryStream Written { get; } = new();

        /// <summary>What a power loss leaves at least.</summary>
        public byte[] Synced { get; set; } = [];

        public bool IsNamed { get; set; }

        public bool HasFailed { get; set; }

        /// <summary>Something was written, synced or named after a call for this file had failed.</summary>
        public bool WasUsedAfterFailure { get; private set; }

        public void Use() => WasUsedAfterFailure |= HasFailed;
    }
}

/// <summary>How a call of a <see cref="FailingDisk"/> fails.</summary>
public enum DiskFault
{
    /// <summary>No byte is written.</summary>
    NoSpace,

    /// <summary>Half of the bytes are written.</summary>
    NoSpaceAfterHalf,

    /// <summary>The other type of exception by which a file system refuses.</summary>
    NotAllowed,
}
