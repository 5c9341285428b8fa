using DealerFlow.Memory;
using DealerFlow.Wire;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Feed;

/// <summary>
/// How a writer that holds the lock comes by its file: it makes the first one, uses on what a predecessor of the same plan
/// left, or puts a new file in the place of one with another. A file is never shrunk, for somebody may have it mapped.
/// </summary>
internal static class FeedSuccession
{
    /// <summary>The file to write, signed, every underlying of it recovering.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">Name of the feed.</param>
    /// <param name="plan">What the writer needs.</param>
    /// <param name="clock">Clocks of the signature.</param>
    /// <param name="atStep">Called at each step; null = nobody looks.</param>
    /// <param name="published">Number of the last snapshot of each entry, so that numbers go on; 0 where there was none.</param>
    public static MappedFile Take(PrivateDirectory directory, string name, FeedPlan plan, FeedClock clock, Action<WriterStep>? atStep, out ulong[] published)
    {
        WriterIdentity writer = WriterIdentity.OfThisProcess(clock);
        published = new ulong[plan.Entries.Length];
        MappedFile? old = OpenPredecessor(directory, name);
        if (old is null) return BuildAndName(directory, name, plan, file => SignNow(file, 1), atStep);

        ulong epoch = old.Read<FeedHeader>(0).Epoch + 1;        // the writer is gone: nothing to order
        if (plan.IsThatOf(old))
        {
            MappedFile whole;
            try { whole = MappedFile.MapReadWrite(old.File, plan.FileSize); }
            catch
            {
                old.Dispose();
                throw;
            }
            old.Unmap();                                        // the file is the whole mapping's from here on
            for (int i = 0; i < published.Length; i++) published[i] = NumberOf(in whole.Read<FeedEntry>(FeedHeader.EntryOffset(i)));
            SignNow(whole, epoch);
            return whole;
        }
        using (old)
        {
            NumbersOf(old, plan.Entries, published);
            ulong[] before = published;
            MappedFile file = BuildAndName(directory, name, plan, file =>
            {
                WriteNumbers(file, before);
                SignNow(file, epoch);
            }, atStep);
            MarkSuperseded(ref old.Write<FeedHeader>(0));
            return file;
        }

        void SignNow(MappedFile file, ulong asEpoch) => Sign(file, plan.Entries.Length, asEpoch, writer, clock.MonotonicNanos, atStep);
    }

    /// <summary>Builds a file under a temporary name, has it signed and gives it the feed's name.</summary>
    public static MappedFile BuildAndName(PrivateDirectory directory, string name, FeedPlan plan, Action<MappedFile> sign, Action<WriterStep>? atStep)
    {
        string temporary = FeedDirectory.TemporaryFileName(name);
        MappedFile file = FeedFile.Build(directory, temporary, plan, atStep);
        try
        {
            sign(file);
            atStep?.Invoke(WriterStep.BeforeRename);
            directory.Rename(temporary, FeedDirectory.FeedFileName(name));
            atStep?.Invoke(WriterStep.AfterRename);
            return file;
        }
        catch
        {
            file.Dispose();
            directory.Remove(temporary);
            throw;
        }
    }

    /// <summary>Puts a writer's name into the header and a first sign of life into every entry.</summary>
    public static void Sign(MappedFile file, int entries, ulong epoch, WriterIdentity writer, long nowNanos, Action<WriterStep>? atStep)
    {
        ref FeedHeader header = ref file.Write<FeedHeader>(0);
        writer.WriteTo(ref header);
        atStep?.Invoke(WriterStep.IdentityWritten);
        // After the identity that it counts, and before any sign of life: no entry has published in this epoch, so all are recovering.
        Volatile.Write(ref header.Epoch, epoch);
        atStep?.Invoke(WriterStep.EpochWritten);
        for (int i = 0; i < entries; i++)
        {
            ref FeedEntry entry = ref file.Write<FeedEntry>(FeedHeader.EntryOffset(i));
            Volatile.Write(ref entry.EventSequence, 0);
            Volatile.Write(ref entry.EventTimeNanos, 0);
            Volatile.Write(ref entry.ProgressNanos, nowNanos);
            Volatile.Write(ref entry.HeartbeatNanos, nowNanos);                         // after the epoch, and after the progress that it vouches for
        }
        atStep?.Invoke(WriterStep.HeartbeatsWritten);
        Volatile.Write(ref header.State, (ulong)FeedWriterState.Open);                  // after the heartbeats, or a reader would call us dead
    }

    /// <summary>Has numbers go on in a new file, even if its writer dies before its first snapshot.</summary>
    public static void WriteNumbers(MappedFile file, ReadOnlySpan<ulong> published)
    {
        for (int i = 0; i < published.Length; i++) file.Write<FeedEntry>(FeedHeader.EntryOffset(i)).PublishedBefore = published[i];
    }

    /// <summary>Number of the last snapshot of an underlying, in this file or before it.</summary>
    public static ulong NumberOf(ref readonly FeedEntry entry) => Math.Max(Volatile.Read(in entry.Published), entry.PublishedBefore);   // a single word

    /// <summary>Sends readers of an old file to the one that now has its name.</summary>
    public static void MarkSuperseded(ref FeedHeader header) =>
        Volatile.Write(ref header.State, (ulong)FeedWriterState.Superseded);            // after the rename and after the last snapshot

    // Header and directory, mapped for writing. Null: there is none, or it is a feed of ours that this build cannot use on. Its readers see
    // that its name is gone.
    private static MappedFile? OpenPredecessor(PrivateDirectory directory, string name)
    {
        string fileName = FeedDirectory.FeedFileName(name);
        SafeFileHandle? file = directory.OpenFile(fileName, writable: true);
        if (file is null) return null;

        MappedFile? mapped = null;
        try
        {
            FeedException? reason = FeedFile.ReadHeader(file, directory.FullName(fileName), out FeedHeader header);
            if (reason is null) return mapped = MappedFile.MapReadWrite(file, FeedHeader.RegionsOffset((int)header.EntryCount));
            // Something that is no feed is somebody's work: never put aside silently.
            if (reason.Error is FeedError.NotAFeed or FeedError.WrongEndianness) throw reason;
            return null;
        }
        finally
        {
            if (mapped is null) file.Dispose();
        }
    }

    // Of entries that are called the same; one that is damaged begins again.
    private static void NumbersOf(MappedFile old, FeedEntry[] entries, ulong[] published)
    {
        var numbers = new Dictionary<(Ascii8, FeedEntryKind), ulong>();
        int count = (int)((old.Length - FeedHeader.SizeInBytes) / FeedEntry.SizeInBytes);
        for (int i = 0; i < count; i++)
        {
            FeedEntry entry = old.Read<FeedEntry>(FeedHeader.EntryOffset(i));
            if (entry.Kind != FeedEntryKind.None && entry.ConstantsCrc32 == FeedPlan.ChecksumOf(in entry)) numbers.TryAdd((entry.Symbol, entry.Kind), NumberOf(in entry));
        }
        for (int i = 0; i < entries.Length; i++) published[i] = numbers.GetValueOrDefault((entries[i].Symbol, entries[i].Kind));
    }
}
