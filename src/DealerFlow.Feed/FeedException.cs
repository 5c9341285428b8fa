namespace DealerFlow.Feed;

/// <summary>Why a feed could not be created, opened or written.</summary>
public enum FeedError
{
    /// <summary>The name is not of the form that <see cref="FeedDirectory.IsValidName"/> asks for.</summary>
    InvalidName,

    /// <summary>The directory does not exist, and for a writer cannot be made.</summary>
    DirectoryNotFound,

    /// <summary>The directory is a link, belongs to somebody else, or others may write in it.</summary>
    DirectoryNotPrivate,

    /// <summary>There is no feed of this name.</summary>
    NotFound,

    /// <summary>A symbolic link, FIFO, directory or device stands in the place of a file.</summary>
    NotAFile,

    /// <summary>The file belongs to another user.</summary>
    WrongOwner,

    /// <summary>Others may write to the file, or it has a second name.</summary>
    NotPrivate,

    /// <summary>The file does not start with the magic word: it is something else.</summary>
    NotAFeed,

    /// <summary>The file was written on a machine of the other byte order.</summary>
    WrongEndianness,

    /// <summary>The file follows another version of the protocol.</summary>
    WrongVersion,

    /// <summary>The file's structs are not the ones that this build reads.</summary>
    WrongLayout,

    /// <summary>The constants of the header, or of an entry of the directory, fail their checksum or contradict each other.</summary>
    DamagedHeader,

    /// <summary>The file is shorter or longer than its header says.</summary>
    Truncated,

    /// <summary>The file system has no room for the feed.</summary>
    NoSpace,

    /// <summary>The snapshot has more rows than a slot has room for.</summary>
    CapacityExceeded,

    /// <summary>Another writer holds the feed.</summary>
    InUse,

    /// <summary>The kernel refused a call that should work.</summary>
    SystemCall,

    /// <summary>The feed has no underlying of this symbol.</summary>
    UnknownUnderlying,
}

/// <summary>A feed could not be created, opened or written; the message says what, where, and what to do.</summary>
public class FeedException : Exception
{
    /// <summary>An error of one kind with its sentence.</summary>
    public FeedException(FeedError error, string message)
        : base(message) => Error = error;

    /// <summary>What went wrong.</summary>
    public FeedError Error { get; }
}

/// <summary>Another writer holds the feed. The kernel's lock decides; what is known of the holder is information only.</summary>
public sealed class FeedInUseException : FeedException
{
    internal FeedInUseException(string path, WriterIdentity holder)
        : base(FeedError.InUse, $"Feed {path} already has a writer ({holder}): stop it, or publish under another name.")
    {
        Pid = holder.Pid;
        SinceUtcNanos = holder.StartUtcNanos;
        BootId = holder.BootId;
    }

    /// <summary>Process id of the holder in its own pid namespace; 0 when the holder has not signed yet.</summary>
    public long Pid { get; }

    /// <summary>When the holder took the feed, UTC nanoseconds since the Unix epoch; 0 when unknown.</summary>
    public long SinceUtcNanos { get; }

    /// <summary>Boot id of the kernel that the holder runs on; empty when unknown.</summary>
    public Guid BootId { get; }
}
