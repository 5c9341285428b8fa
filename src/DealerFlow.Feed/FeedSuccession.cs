using DealerFlow.Memory;
using DealerFlow.Wire;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Feed;

/// <summary>
/// How a writer that holds the lock comes by its file: it makes the first one, uses on what a predecessor of the same layout
/// left, or puts a new file in the place of one with another layout. A file is never shrunk, for somebody may have it mapped.
/// </summary>
internal static class FeedSuccession
{
    /// <summary>The file to write, signed, in state recovering.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">Name of the feed.</param>
    /// <param name="geometry">The geometry that the writer needs.</param>
    /// <param name="heartbeatLimitNanos">What the writer promises.</param>
    /// <param name="clock">Clocks of the signature.</param>
    /// <param name="published">Number of the last snapshot of the feed, so that numbers go on; 0 for a new feed.</param>
    public static MappedFile Take(
        PrivateDirectory directory, string name, FeedGeometry geometry, long heartbeatLimitNanos, FeedClock clock, out ulong published)
    {
        FeedHeader fresh = FeedFile.NewHeader(geometry, heartbeatLimitNanos);
        WriterIdentity writer = WriterIdentity.OfThisProcess(clock);
        MappedFile? old = OpenPredecessor(directory, name, out FeedGeometry oldGeometry);
        if (old is null)
        {
            published = 0;
            Sign(ref fresh, epoch: 1, writer, clock.MonotonicNanos);
            return BuildAndName(directory, name, geometry, in fresh);
        }

        ref FeedHeader oldHeader = ref old.Write<FeedHeader>(0);
        published = Volatile.Read(in oldHeader.Published);      // the writer is gone: nothing to order
        ulong epoch = oldHeader.Epoch + 1;
        if (oldGeometry == geometry && oldHeader.HeartbeatLimitNanos == heartbeatLimitNanos)
        {
            Sign(ref oldHeader, epoch, writer, clock.MonotonicNanos);
            return old;
        }
        using (old)
        {
            Sign(ref fresh, epoch, writer, clock.MonotonicNanos);
            MappedFile region = BuildAndName(directory, name, geometry, in fresh);
            MarkSuperseded(ref oldHeader);
            return region;
        }
    }

    /// <summary>Builds a file under a temporary name and gives it the feed's name.</summary>
    public static MappedFile BuildAndName(PrivateDirectory directory, string name, FeedGeometry geometry, in FeedHeader header)
    {
        string temporary = FeedDirectory.TemporaryFileName(name);
        MappedFile region = FeedFile.Build(directory, temporary, geometry, in header);
        try
        {
            directory.Rename(temporary, FeedDirectory.FeedFileName(name));
            return region;
        }
        catch
        {
            region.Dispose();
            directory.Remove(temporary);
            throw;
        }
    }

    /// <summary>Puts a writer's name and first sign of life into a header.</summary>
    public static void Sign(ref FeedHeader header, ulong epoch, WriterIdentity writer, long nowNanos)
    {
        writer.WriteTo(ref header);
        header.EventSequence = 0;
        header.EventTimeNanos = 0;
        header.ProgressNanos = nowNanos;
        Volatile.Write(ref header.HeartbeatNanos, nowNanos);                            // after the progress that it vouches for
        Volatile.Write(ref header.Epoch, epoch);                                        // after the identity that it counts
        Volatile.Write(ref header.State, (ulong)FeedWriterState.Recovering);    // after the heartbeat, or a reader would call us dead
    }

    /// <summary>Sends readers of an old file to the one that now has its name.</summary>
    public static void MarkSuperseded(ref FeedHeader header) =>
        Volatile.Write(ref header.State, (ulong)FeedWriterState.Superseded);            // after the rename and after the last snapshot

    // Null: there is none, or it is a feed of ours that this build cannot use on. Its readers see that its name is gone.
    private static MappedFile? OpenPredecessor(PrivateDirectory directory, string name, out FeedGeometry geometry)
    {
        geometry = default;
        string fileName = FeedDirectory.FeedFileName(name);
        SafeFileHandle? file = directory.OpenFile(fileName, writable: true);
        if (file is null) return null;

        MappedFile? region = null;
        try
        {
            bool whole = FeedFile.TryReadHeader(file, out FeedHeader header, out long fileSize);
            FeedException? reason = FeedFile.Diagnose(in header, fileSize, directory.FullName(fileName), out geometry);
            if (whole && reason is null) return region = MappedFile.MapReadWrite(file, fileSize);
            // Something that is no feed is somebody's work: never put aside silently.
            if (reason?.Error is FeedError.NotAFeed or FeedError.WrongEndianness) throw reason;
            return null;
        }
        finally
        {
            if (region is null) file.Dispose();
        }
    }
}
