using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using DealerFlow.Memory;
using DealerFlow.Wire;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Feed;

/// <summary>
/// The one writer of a feed: puts whole snapshots into shared memory, where any number of readers take them without being
/// noticed. All calls come from one thread. Publishing allocates nothing.
/// </summary>
/// <remarks>
/// Snapshot n goes into slot n % N while readers look at slot (n − 1) % N; its number is published when it is whole.
/// The protocol is in docs/wire-format.md, its barriers in <see cref="SlotVersion"/>.
/// </remarks>
public sealed class FeedPublisher : IDisposable
{
    /// <summary>
    /// Without a heartbeat or a publication for so long, readers call the feed stalled or dead. Give a sign at least twice as
    /// often.
    /// </summary>
    public const long HeartbeatLimitNanos = 2 * UnixNanos.PerSecond;

    private const long NameCheckIntervalNanos = UnixNanos.PerSecond;

    private readonly string _name;
    private readonly FeedClock _clock;
    private readonly FeedGeometry _geometry;
    private readonly Crc32 _checksum = new();

    // What the constants and the identity in the header must read. The writer never believes shared memory.
    private readonly byte[] _firstLines = new byte[2 * CacheLine.Stride];

    private PrivateDirectory _directory;
    private WriterLock _lock;
    private MappedFile? _region;
    private ulong _published;
    private ulong _headlines;
    private ulong _changes;
    private readonly LevelWatch _watch = new();
    private ulong _eventSequence;
    private long _nextNameCheckNanos;

    private FeedPublisher(
        PrivateDirectory directory, WriterLock writerLock, MappedFile region, string name, FeedGeometry geometry, FeedClock clock,
        ulong published)
    {
        _directory = directory;
        _lock = writerLock;
        _region = region;
        _name = name;
        _geometry = geometry;
        _clock = clock;
        _published = published;
        _headlines = region.Read<FeedHeader>(0).HeadlinePublished;
        _changes = region.Read<FeedHeader>(0).ChangePublished;
        Path = directory.FullName(FeedDirectory.FeedFileName(name));
        Epoch = Header.Epoch;
        _eventSequence = Header.EventSequence;
        region.Read(0, _firstLines.Length).CopyTo(_firstLines);
        _nextNameCheckNanos = clock.MonotonicNanos + NameCheckIntervalNanos;
    }

    /// <summary>How often the feed has been taken by a writer, this time included.</summary>
    public ulong Epoch { get; }

    /// <summary>Number of the last snapshot published; goes on across epochs. 0 = none yet.</summary>
    public ulong PublishNumber => _published;

    /// <summary>The feed's file.</summary>
    public string Path { get; }

    /// <summary>Strike rows that a snapshot may have.</summary>
    public int StrikeCapacity => _geometry.StrikeCapacity;

    /// <summary>Expiry rows that a snapshot may have.</summary>
    public int ExpiryCapacity => _geometry.ExpiryCapacity;

    /// <summary>Called before each step of a publication; a test throws from it to stop the writer there.</summary>
    internal Action<PublishStep>? BeforeStep { get; set; }

    private ref FeedHeader Header => ref Region.Write<FeedHeader>(0);

    private MappedFile Region
    {
        get
        {
            if (_region is null) Throw.Closed();
            return _region;
        }
    }

    /// <summary>
    /// Takes the feed <paramref name="name"/>, or makes it. A file that a dead or closed writer of the same layout left is used
    /// on: its last snapshot stays readable until the first of this writer, and readers need not open it again. Otherwise a
    /// new file takes the name and the old one says that it is superseded.
    /// </summary>
    /// <param name="directory">Private directory, made when missing; see <see cref="FeedDirectory.Default"/>.</param>
    /// <param name="name">Name of the feed; see <see cref="FeedDirectory.IsValidName"/>.</param>
    /// <param name="strikeCapacity">Most strike rows of a snapshot.</param>
    /// <param name="expiryCapacity">Most expiry rows of a snapshot.</param>
    /// <param name="slots">Snapshots kept in turn, 4 or more.</param>
    /// <param name="clock">Clocks; the kernel's when null.</param>
    /// <exception cref="FeedInUseException">Another writer holds the feed.</exception>
    /// <exception cref="FeedException">The directory or the file is not ours to write, or there is no room.</exception>
    public static FeedPublisher Create(
        string directory, string name, int strikeCapacity, int expiryCapacity, int slots = FeedGeometry.MinSlots, FeedClock? clock = null)
    {
        Platform.Require();
        FeedDirectory.RequireValidName(name);
        var geometry = new FeedGeometry(strikeCapacity, expiryCapacity, slots);
        clock ??= FeedClock.System;

        PrivateDirectory opened = PrivateDirectory.OpenOrCreate(directory);
        WriterLock? writerLock = null;
        try
        {
            writerLock = WriterLock.TryAcquire(opened, name) ?? throw InUse(opened, name);
            MappedFile region = FeedSuccession.Take(opened, name, geometry, HeartbeatLimitNanos, clock, out ulong published);
            return new FeedPublisher(opened, writerLock, region, name, geometry, clock, published);
        }
        catch
        {
            writerLock?.Dispose();
            opened.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Publishes one snapshot: the market section as it is, and a runtime section with numbers and clocks of this moment.
    /// </summary>
    /// <param name="marketSection">The bytes of one whole market section.</param>
    /// <param name="ledger">Where every message went.</param>
    /// <param name="ticksPerSecond">Ticks per second since the start of the run, by the monotonic clock.</param>
    /// <param name="recording">Whether the run is recorded, and whether its ticks reach the tape.</param>
    /// <param name="recordedTicks">Ticks on the tape.</param>
    /// <param name="unrecordedTicks">Ticks that are on no tape although the run is recorded.</param>
    /// <param name="ingest">How a live stream came in; zeros for a replay.</param>
    /// <exception cref="ArgumentException">The bytes are no market section; nothing is written.</exception>
    /// <exception cref="FeedException">It has more rows than the feed has room for; nothing is written.</exception>
    /// <exception cref="FeedInUseException">The lock file was removed and another writer has the feed now; this one is closed.</exception>
    public void Publish(
        ReadOnlySpan<byte> marketSection, in Ledger ledger, double ticksPerSecond, RecordingState recording = RecordingState.None, ulong recordedTicks = 0,
        ulong unrecordedTicks = 0, in IngestSection ingest = default)
    {
        if (_region is null) Throw.Closed();
        if (!MarketView.TryOpen(marketSection, out MarketView market)) Throw.NotAMarketSection(marketSection);
        if (market.Head.StrikeCount > (uint)_geometry.StrikeCapacity || market.Head.ExpiryCount > (uint)_geometry.ExpiryCapacity)
            Throw.CapacityExceeded(Path, in market.Head, _geometry);

        long now = _clock.MonotonicNanos;
        KeepName(now);
        ulong number = _published + 1;
        var runtime = new RuntimeSection
        {
            Epoch = Epoch,
            PublishNumber = number,
            PublishMonotonicNanos = now,
            PublishUtcNanos = _clock.UtcNanos,
            TicksPerSecond = ticksPerSecond,
            RecordedTicks = recordedTicks,
            UnrecordedTicks = unrecordedTicks,
            Recording = recording,
            Ledger = ledger,
            Ingest = ingest,
        };
        ref FeedHeader header = ref Header;
        Write(_geometry.SlotOffset(number), ref header.Published, number, marketSection, in runtime);
        _published = number;
        BeforeStep?.Invoke(PublishStep.AfterPublished);
        // After the snapshot that shows them.
        Span<LevelChange> changes = stackalloc LevelChange[LevelWatch.MostChanges];
        PublishChanges(changes[.._watch.Look(in market.Head, changes)]);

        RestoreFirstLines();
        SignOfLife(ref header, now, market.Head.EventSequence, market.Head.EventTimeNanos);
        if (header.State != (ulong)FeedWriterState.Live)
            Volatile.Write(ref header.State, (ulong)FeedWriterState.Live);  // the first snapshot is there before the feed says so
    }

    /// <summary>
    /// Publishes one headline, between two snapshots or as often as there are events; like a heartbeat it is a sign of life.
    /// </summary>
    /// <param name="headline">The section.</param>
    /// <param name="ledger">Where every message went.</param>
    /// <param name="ingest">How a live stream came in; zeros for a replay.</param>
    /// <exception cref="FeedInUseException">The lock file was removed and another writer has the feed now; this one is closed.</exception>
    public void PublishHeadline(in HeadlineSection headline, in Ledger ledger, in IngestSection ingest = default)
    {
        if (_region is null) Throw.Closed();
        long now = _clock.MonotonicNanos;
        KeepName(now);
        ulong number = ++_headlines;
        var runtime = new RuntimeSection
        {
            Epoch = Epoch,
            PublishNumber = number,
            PublishMonotonicNanos = now,
            PublishUtcNanos = _clock.UtcNanos,
            Ledger = ledger,
            Ingest = ingest,
        };
        ref FeedHeader header = ref Header;
        Write(
            _geometry.HeadlineSlotOffset(number), ref header.HeadlinePublished, number, MemoryMarshal.AsBytes(new ReadOnlySpan<HeadlineSection>(in headline)), in runtime);
        Span<LevelChange> changes = stackalloc LevelChange[LevelWatch.MostChanges];
        PublishChanges(changes[.._watch.Look(in headline, changes)]);
        SignOfLife(ref header, now, headline.EventSequence, headline.EventTimeNanos);
    }

    /// <summary>
    /// Says that the pipeline is alive although there is nothing to publish. To be called by the thread that does the work, never
    /// by a timer of its own: a heart that beats over a stuck pipeline tells a lie.
    /// </summary>
    /// <param name="eventSequence">Sequence of the last event taken in.</param>
    /// <param name="eventTimeNanos">Event time of that event, UTC nanoseconds since the Unix epoch.</param>
    /// <exception cref="FeedInUseException">The lock file was removed and another writer has the feed now; this one is closed.</exception>
    public void Heartbeat(ulong eventSequence, long eventTimeNanos)
    {
        if (_region is null) Throw.Closed();
        long now = _clock.MonotonicNanos;
        KeepName(now);
        SignOfLife(ref Header, now, eventSequence, eventTimeNanos);
    }

    /// <summary>
    /// Ends in good order: the feed says closed, its last snapshot stays readable, the lock is free. A second call does
    /// nothing.
    /// </summary>
    public void Close()
    {
        if (_region is null) return;
        Volatile.Write(ref Header.State, (ulong)FeedWriterState.Closed);    // every snapshot is published before the feed says closed
        Release();
    }

    /// <summary>Closes the feed.</summary>
    public void Dispose() => Close();

    /// <summary>Leaves everything as it is and lets the lock go, as the kernel does for a process that dies.</summary>
    internal void Abandon() => Release();

    /// <summary>One slot, from its odd version to its published number.</summary>
    private void Write(long slotOffset, ref ulong published, ulong number, ReadOnlySpan<byte> section, in RuntimeSection runtime) =>
        Write(slotOffset, ref published, number, section, MemoryMarshal.AsBytes(new ReadOnlySpan<RuntimeSection>(in runtime)));

    private void PublishChanges(Span<LevelChange> changes)
    {
        foreach (ref LevelChange change in changes)
        {
            ulong number = ++_changes;
            (change.Number, change.SnapshotNumber, change.Epoch) = (number, _published, Epoch);
            Write(
                _geometry.ChangeSlotOffset(number), ref Header.ChangePublished, number,
                MemoryMarshal.AsBytes(new ReadOnlySpan<LevelChange>(in change)), default(ReadOnlySpan<byte>));
        }
    }

    private void Write(long slotOffset, ref ulong published, ulong number, ReadOnlySpan<byte> section, ReadOnlySpan<byte> runtimeBytes)
    {
        // Of the bytes as they should be, not as shared memory holds them: a foreign store into the slot cannot hide.
        _checksum.Append(section);
        _checksum.Append(runtimeBytes);
        uint checksum = _checksum.GetCurrentHashAsUInt32();
        _checksum.Reset();

        MappedFile region = Region;
        ref SlotHeader slot = ref region.Write<SlotHeader>(slotOffset);
        Span<byte> payload = region.Write(slotOffset + SlotHeader.SizeInBytes, section.Length + runtimeBytes.Length);

        BeforeStep?.Invoke(PublishStep.BeforeOdd);
        SlotVersion.BeginWrite(ref slot.Version, number);
        BeforeStep?.Invoke(PublishStep.AfterOdd);
        slot.MarketBytes = (ulong)section.Length;
        slot.PayloadCrc32 = checksum;
        section.CopyTo(payload);
        BeforeStep?.Invoke(PublishStep.MidPayload);
        runtimeBytes.CopyTo(payload[section.Length..]);
        BeforeStep?.Invoke(PublishStep.BeforeEven);
        SlotVersion.EndWrite(ref slot.Version, number);
        BeforeStep?.Invoke(PublishStep.BeforePublished);
        Volatile.Write(ref published, number);       // the slot is whole before its number is published
    }

    private void Release()
    {
        _region?.Dispose();
        _region = null;
        _lock.Dispose();
        _directory.Dispose();
    }

    // Event sequence and time first, heartbeat last: who sees a fresh heartbeat sees at least its progress.
    private void SignOfLife(ref FeedHeader header, long now, ulong eventSequence, long eventTimeNanos)
    {
        if (eventSequence != _eventSequence)
        {
            _eventSequence = eventSequence;
            Volatile.Write(ref header.EventSequence, eventSequence);
            Volatile.Write(ref header.EventTimeNanos, eventTimeNanos);
            Volatile.Write(ref header.ProgressNanos, now);
        }
        Volatile.Write(ref header.HeartbeatNanos, now);                     // after the progress that it vouches for
    }

    private void RestoreFirstLines()
    {
        Span<byte> inPlace = Region.Write(0, _firstLines.Length);
        if (!inPlace.SequenceEqual(_firstLines)) _firstLines.CopyTo(inPlace);
    }

    // Somebody may remove our file, lock or directory: an administrator, or systemd at logout. Once a second we look.
    private void KeepName(long now)
    {
        if (now < _nextNameCheckNanos) return;
        _nextNameCheckNanos = now + NameCheckIntervalNanos;
        bool fileIsGone = IsUnlinked(Region.File);
        if (fileIsGone || _lock.IsUnlinked) TakeNameAgain(now, fileIsGone);
    }

    private void TakeNameAgain(long now, bool fileIsGone)
    {
        PrivateDirectory directory = PrivateDirectory.OpenOrCreate(_directory.Path);
        try
        {
            if (_lock.IsUnlinked) TakeLockAgain(directory, fileIsGone);
            if (fileIsGone) MoveToNewFile(directory, now);
            (directory, _directory) = (_directory, directory);
        }
        finally
        {
            directory.Dispose();
        }
    }

    private void TakeLockAgain(PrivateDirectory directory, bool fileIsGone)
    {
        WriterLock? writerLock = WriterLock.TryAcquire(directory, _name);
        if (writerLock is null)
        {
            FeedInUseException reason = InUse(directory, _name);
            // A file that still has its name is the other writer's by now: not one word more.
            if (fileIsGone) FeedSuccession.MarkSuperseded(ref Header);
            Release();
            throw reason;
        }
        _lock.Dispose();
        _lock = writerLock;
    }

    // Epoch and numbers go on, for it is the same writer; readers of the old file learn that it is superseded.
    private void MoveToNewFile(PrivateDirectory directory, long now)
    {
        FeedHeader header = FeedFile.NewHeader(_geometry, HeartbeatLimitNanos);
        FeedSuccession.Sign(ref header, Epoch, WriterIdentity.From(in Header), now);
        header.EventSequence = Header.EventSequence;
        header.EventTimeNanos = Header.EventTimeNanos;
        MappedFile region = FeedSuccession.BuildAndName(directory, _name, _geometry, in header);
        FeedSuccession.MarkSuperseded(ref Header);
        Region.Dispose();
        _region = region;
        region.Read(0, _firstLines.Length).CopyTo(_firstLines);
    }

    private static bool IsUnlinked(SafeFileHandle file) => LibC.TryStat(file, out FileStatus status) && status.Links == 0;

    // What the holder has signed; zeros when it has only just taken the lock.
    internal static FeedInUseException InUse(PrivateDirectory directory, string name)
    {
        string fileName = FeedDirectory.FeedFileName(name);
        using SafeFileHandle? file = directory.OpenFile(fileName, writable: false);
        FeedHeader header = default;
        if (file is not null && FeedFile.TryReadHeader(file, out FeedHeader read, out long size)
            && FeedFile.Diagnose(in read, size, fileName, out _) is null) header = read;
        return new FeedInUseException(directory.FullName(fileName), WriterIdentity.From(in header));
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void Closed() => throw new ObjectDisposedException(nameof(FeedPublisher), "The feed is closed.");

        [DoesNotReturn]
        public static void NotAMarketSection(ReadOnlySpan<byte> marketSection) => throw new ArgumentException(
            $"{marketSection.Length} bytes are not one market section: the counts in its head do not fit its length.",
            nameof(marketSection));

        [DoesNotReturn]
        public static void CapacityExceeded(string path, in MarketSection head, FeedGeometry geometry) => throw new FeedException(
            FeedError.CapacityExceeded,
            $"The snapshot has {head.StrikeCount} strikes and {head.ExpiryCount} expiries, and {path} has room for "
            + $"{geometry.StrikeCapacity} and {geometry.ExpiryCapacity}: create the feed with more.");
    }
}
