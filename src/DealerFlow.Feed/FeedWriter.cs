using DealerFlow.Memory;
using DealerFlow.Wire;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Feed;

/// <summary>
/// The one writer of a feed file: holds its lock, comes by the file, looks after its name, and has a <see cref="FeedPublisher"/> for each
/// underlying. Publishers may work on several threads, each on one.
/// </summary>
public sealed class FeedWriter : IDisposable
{
    private const long NameCheckIntervalNanos = UnixNanos.PerSecond;

    private readonly Lock _gate = new();
    private readonly string _name;
    private readonly FeedClock _clock;
    private readonly FeedPlan _plan;
    private readonly FeedPublisher[] _publishers;

    // What the constants and the identity in the header must read. The writer never believes shared memory.
    private readonly byte[] _firstLines = new byte[2 * CacheLine.Stride];

    private PrivateDirectory _directory;
    private WriterLock _lock;
    private SharedMapping? _current;
    private WriterIdentity? _lostTo;
    private long _nextNameCheckNanos;

    private FeedWriter(
        PrivateDirectory directory, WriterLock writerLock, MappedFile file, string name, FeedPlan plan, FeedClock clock, ulong[] published,
        Action<WriterStep>? atStep)
    {
        AtStep = atStep;
        (_directory, _lock, _name, _plan, _clock) = (directory, writerLock, name, plan, clock);
        _current = new SharedMapping(file);
        Path = directory.FullName(FeedDirectory.FeedFileName(name));
        Epoch = file.Read<FeedHeader>(0).Epoch;
        file.Read(0, _firstLines.Length).CopyTo(_firstLines);
        _nextNameCheckNanos = clock.MonotonicNanos + NameCheckIntervalNanos;
        _publishers = new FeedPublisher[published.Length];
        for (int i = 0; i < published.Length; i++) _publishers[i] = new FeedPublisher(this, i, in plan.Entries[i], plan.Geometries[i], clock, published[i]);
    }

    /// <summary>How often the feed has been taken by a writer, this time included.</summary>
    public ulong Epoch { get; }

    /// <summary>The feed's file.</summary>
    public string Path { get; }

    /// <summary>One publisher for each underlying, in the order in which they were given.</summary>
    public IReadOnlyList<FeedPublisher> Publishers => _publishers;

    /// <summary>Called at each step of this writer; a test stops or kills it there.</summary>
    internal Action<WriterStep>? AtStep { get; }

    /// <summary>The file that is written now; null when the feed is closed. A publisher that holds another goes on with this one.</summary>
    internal SharedMapping? Current => Volatile.Read(in _current);          // an acquire: the file is looked at after it was built

    /// <summary>
    /// Takes the feed <paramref name="name"/>, or makes it. A file that a dead or closed writer of the same underlyings and sizes left is used
    /// on: its last snapshots stay readable until the first of this writer, and readers need not open it again. Otherwise a
    /// new file takes the name and the old one says that it is superseded.
    /// </summary>
    /// <param name="directory">Private directory, made when missing; see <see cref="FeedDirectory.Default"/>.</param>
    /// <param name="name">Name of the feed; see <see cref="FeedDirectory.IsValidName"/>.</param>
    /// <param name="underlyings">What there is to be room for, each symbol once.</param>
    /// <param name="clock">Clocks; the kernel's when null.</param>
    /// <exception cref="FeedInUseException">Another writer holds the feed.</exception>
    /// <exception cref="FeedException">The directory or the file is not ours to write, or there is no room.</exception>
    public static FeedWriter Create(string directory, string name, ReadOnlySpan<FeedUnderlying> underlyings, FeedClock? clock = null) =>
        CreateStopping(directory, name, underlyings, clock, atStep: null);

    /// <summary>The same for a test that stops or kills the writer at a step.</summary>
    internal static FeedWriter CreateStopping(
        string directory, string name, ReadOnlySpan<FeedUnderlying> underlyings, FeedClock? clock, Action<WriterStep>? atStep)
    {
        Platform.Require();
        FeedDirectory.RequireValidName(name);
        FeedPlan plan = FeedPlan.Of(underlyings, FeedPublisher.HeartbeatLimitNanos);
        clock ??= FeedClock.System;

        PrivateDirectory opened = PrivateDirectory.OpenOrCreate(directory);
        WriterLock? writerLock = null;
        try
        {
            writerLock = WriterLock.TryAcquire(opened, name) ?? throw InUse(opened, name);
            atStep?.Invoke(WriterStep.LockTaken);
            MappedFile file = FeedSuccession.Take(opened, name, plan, clock, atStep, out ulong[] published);
            return new FeedWriter(opened, writerLock, file, name, plan, clock, published, atStep);
        }
        catch
        {
            writerLock?.Dispose();
            opened.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Ends in good order: the feed says closed, its last snapshots stay readable, the lock is free. To be called when no publisher is at work;
    /// each of them refuses from then on. A second call does nothing.
    /// </summary>
    public void Close() => End(isClosed: true);

    /// <summary>Closes the feed.</summary>
    public void Dispose() => Close();

    /// <summary>Leaves everything as it is and lets the lock go, as the kernel does for a process that dies.</summary>
    internal void Abandon() => End(isClosed: false);

    /// <summary>The file to go on with, held for a publisher; throws when there is none any more.</summary>
    /// <param name="tellsReason">Whether the caller has not been told yet why the feed was lost.</param>
    internal SharedMapping Hold(bool tellsReason)
    {
        lock (_gate)
        {
            if (_current is { } current)
            {
                current.Hold();
                return current;
            }
        }
        if (tellsReason && _lostTo is { } holder) throw new FeedInUseException(Path, holder);
        throw new ObjectDisposedException(nameof(FeedPublisher), "The feed is closed.");
    }

    /// <summary>Puts back what a foreign hand has changed in the words of the whole file.</summary>
    internal void Restore(MappedFile file)
    {
        Span<byte> inPlace = file.Write(0, _firstLines.Length);
        if (!inPlace.SequenceEqual(_firstLines)) _firstLines.CopyTo(inPlace);
        ref ulong state = ref file.Write<FeedHeader>(0).State;
        ulong seen = Volatile.Read(in state);
        // Compared and exchanged: another thread may be telling readers that there is a new file.
        if (seen is not ((ulong)FeedWriterState.Open or (ulong)FeedWriterState.Superseded))
            Interlocked.CompareExchange(ref state, (ulong)FeedWriterState.Open, seen);
    }

    /// <summary>
    /// Somebody may remove our file, lock or directory: an administrator, or systemd at logout. Once a second the first publisher that comes
    /// along looks.
    /// </summary>
    internal void KeepName(long now)
    {
        if (now >= Volatile.Read(in _nextNameCheckNanos)) CheckName(now);
    }

    // What the holder has signed; zeros when it has only just taken the lock.
    internal static FeedInUseException InUse(PrivateDirectory directory, string name) =>
        new(directory.FullName(FeedDirectory.FeedFileName(name)), HolderOf(directory, name));

    private static WriterIdentity HolderOf(PrivateDirectory directory, string name)
    {
        string fileName = FeedDirectory.FeedFileName(name);
        using SafeFileHandle? file = directory.OpenFile(fileName, writable: false);
        return file is not null && FeedFile.ReadHeader(file, fileName, out FeedHeader header) is null ? WriterIdentity.From(in header) : default;
    }

    private void CheckName(long now)
    {
        lock (_gate)
        {
            if (now < _nextNameCheckNanos || _current is null) return;
            Volatile.Write(ref _nextNameCheckNanos, now + NameCheckIntervalNanos);   // nothing to order: who still sees the old one waits at the gate
            bool fileIsGone = IsUnlinked(_current.File.File);
            if (fileIsGone || _lock.IsUnlinked) TakeNameAgain(_current, now, fileIsGone);
        }
    }

    private void TakeNameAgain(SharedMapping current, long now, bool fileIsGone)
    {
        PrivateDirectory directory = PrivateDirectory.OpenOrCreate(_directory.Path);
        try
        {
            if (_lock.IsUnlinked && !TryTakeLockAgain(directory, current, fileIsGone)) return;
            if (fileIsGone) MoveToNewFile(directory, current, now);
            (directory, _directory) = (_directory, directory);
        }
        finally
        {
            directory.Dispose();
        }
    }

    private bool TryTakeLockAgain(PrivateDirectory directory, SharedMapping current, bool fileIsGone)
    {
        WriterLock? writerLock = WriterLock.TryAcquire(directory, _name);
        if (writerLock is not null)
        {
            _lock.Dispose();
            _lock = writerLock;
            return true;
        }
        _lostTo = HolderOf(directory, _name);
        // A file that still has its name is the other writer's by now: not one word more.
        if (fileIsGone) FeedSuccession.MarkSuperseded(ref current.File.Write<FeedHeader>(0));
        Volatile.Write(ref _current, null);                                 // after the reason, which whoever finds none asks for
        current.Release();                                                  // unmapped once the last publisher has left it
        _lock.Dispose();
        _directory.Dispose();
        return false;
    }

    // Epoch and numbers go on, for it is the same writer; readers of the old file learn that it is superseded.
    private void MoveToNewFile(PrivateDirectory directory, SharedMapping current, long now)
    {
        MappedFile old = current.File;
        WriterIdentity identity = WriterIdentity.From(in old.Read<FeedHeader>(0));
        // Other threads may publish on in the old file until they see the new one: what they add is numbered by them.
        var numbers = new ulong[_publishers.Length];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = FeedSuccession.NumberOf(in old.Read<FeedEntry>(FeedHeader.EntryOffset(i)));
        MappedFile file = FeedSuccession.BuildAndName(directory, _name, _plan, file =>
        {
            FeedSuccession.WriteNumbers(file, numbers);
            FeedSuccession.Sign(file, _publishers.Length, Epoch, identity, now, AtStep);
        }, AtStep);
        file.Read(0, _firstLines.Length).CopyTo(_firstLines);
        Volatile.Write(ref _current, new SharedMapping(file));              // after the file is whole
        FeedSuccession.MarkSuperseded(ref old.Write<FeedHeader>(0));
        current.Release();
    }

    private void End(bool isClosed)
    {
        lock (_gate)
        {
            if (_current is not { } current) return;
            if (isClosed)
            {
                AtStep?.Invoke(WriterStep.BeforeClosed);
                Volatile.Write(ref current.File.Write<FeedHeader>(0).State, (ulong)FeedWriterState.Closed);   // every snapshot is published before
                AtStep?.Invoke(WriterStep.AfterClosed);
            }
            Volatile.Write(ref _current, null);                             // nothing to order: nobody is at work
            current.File.Dispose();
            _lock.Dispose();
            _directory.Dispose();
        }
    }

    private static bool IsUnlinked(SafeFileHandle file) => LibC.TryStat(file, out FileStatus status) && status.Links == 0;
}

/// <summary>A mapped file that several publishers write to: unmapped when the last of them has left it.</summary>
internal sealed class SharedMapping(MappedFile file)
{
    private int _holders = 1;

    public MappedFile File => file;

    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0) file.Dispose();
    }
}
