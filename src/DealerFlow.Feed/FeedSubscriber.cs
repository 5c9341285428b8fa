using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using DealerFlow.Memory;
using DealerFlow.Wire;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Feed;

/// <summary>
/// One reader of one underlying of a feed. It maps what it reads of the file, read-only, and registers nowhere: no reader can slow, block or
/// damage the writer or another reader. Reading allocates nothing. One subscriber serves one thread.
/// </summary>
public sealed class FeedSubscriber : IDisposable
{
    /// <summary>How often a read starts again when the writer overtakes it.</summary>
    public const int MaxAttempts = 64;

    // A feed without heartbeat is looked into with system calls; ten times a second is enough.
    private const long ProbeIntervalNanos = 100 * UnixNanos.PerMillisecond;

    private readonly PrivateDirectory _directory;
    private readonly MappedFile _header;
    private readonly MappedFile _entry;
    private readonly MappedFile _region;
    private readonly string _name;
    private readonly FeedGeometry _geometry;
    private readonly long _heartbeatLimitNanos;
    private readonly FeedClock _clock;

    // The constants as they were checked. Sizes come from here, never again from shared memory.
    private readonly byte[] _constants = new byte[FeedHeader.ConstantBytes + FeedEntry.ConstantBytes];

    private FeedState _probed;
    private ulong _probedWriterState;
    private long _probedHeartbeatNanos = long.MinValue;
    private long _nextProbeNanos;

    private FeedSubscriber(
        PrivateDirectory directory, MappedFile headerPage, MappedFile entryWindow, MappedFile region, string name, in FeedHeader header, in FeedEntry entry,
        FeedGeometry geometry, FeedClock clock)
    {
        (_directory, _header, _entry, _region) = (directory, headerPage, entryWindow, region);
        (_name, _geometry, _clock) = (name, geometry, clock);
        _heartbeatLimitNanos = header.HeartbeatLimitNanos;
        FeedPlan.ConstantsOf(in header).CopyTo(_constants);
        FeedPlan.ConstantsOf(in entry).CopyTo(_constants.AsSpan(FeedHeader.ConstantBytes));
        Path = directory.FullName(FeedDirectory.FeedFileName(name));
        (Symbol, Kind) = (entry.Symbol, entry.Kind);
    }

    /// <summary>The feed's file.</summary>
    public string Path { get; }

    /// <summary>The underlying that is read; zeros where a feed of one was made without a symbol.</summary>
    public Ascii8 Symbol { get; }

    /// <summary>Whether it is an underlying or several as one.</summary>
    public FeedEntryKind Kind { get; }

    /// <summary>Strike rows that a snapshot may have.</summary>
    public int StrikeCapacity => _geometry.StrikeCapacity;

    /// <summary>Expiry rows that a snapshot may have.</summary>
    public int ExpiryCapacity => _geometry.ExpiryCapacity;

    /// <summary>
    /// Number of the last whole snapshot; 0 = none in this file yet. When it differs from the last one read, there is news.
    /// </summary>
    public ulong PublishNumber => Volatile.Read(in Entry.Published);           // a single word: nothing else is read under it

    /// <summary>How often the feed has been taken by a writer.</summary>
    public ulong Epoch => Volatile.Read(in Header.Epoch);                       // a single word: nothing else is read under it

    /// <summary>Sequence of the last event that the writer's pipeline took in; 0 = none in this epoch.</summary>
    public ulong EventSequence => Volatile.Read(in Entry.EventSequence);       // a single word: nothing else is read under it

    /// <summary>Event time of that event, UTC nanoseconds since the Unix epoch.</summary>
    public long EventTimeNanos => Volatile.Read(in Entry.EventTimeNanos);      // a single word: nothing else is read under it

    /// <summary>Since the writer's last sign of life, ns, by the monotonic clock.</summary>
    public long HeartbeatAgeNanos
    {
        get
        {
            long heartbeat = Volatile.Read(in Entry.HeartbeatNanos);           // before the clock, so that no age is negative
            return _clock.MonotonicNanos - heartbeat;
        }
    }

    /// <summary>Attempts that the writer overtook, over all reads.</summary>
    public ulong Retries { get; private set; }

    /// <summary>Reads that gave up after <see cref="MaxAttempts"/>.</summary>
    public ulong BusyReads { get; private set; }

    /// <summary>Called between the copy and the second look at the version; a test lets the writer overtake there.</summary>
    internal Action? BeforeSecondLook { get; set; }

    private ref readonly FeedHeader Header => ref _header.Read<FeedHeader>(0);

    private ref readonly FeedEntry Entry => ref _entry.Read<FeedEntry>(0);

    /// <summary>Opens an underlying of a feed for reading. Everything that can be wrong with the file is found before it is mapped.</summary>
    /// <param name="directory">The directory of the feed; see <see cref="FeedDirectory.Default"/>.</param>
    /// <param name="name">Name of the feed.</param>
    /// <param name="symbol">The underlying; null takes the first, or only one. <see cref="FeedDirectory.Underlyings"/> lists them.</param>
    /// <param name="clock">Clocks; the kernel's when null.</param>
    /// <exception cref="FeedException">There is no such feed or underlying, or it is not one that this build may or can read.</exception>
    public static FeedSubscriber Open(string directory, string name, string? symbol = null, FeedClock? clock = null)
    {
        Platform.Require();
        FeedDirectory.RequireValidName(name);
        PrivateDirectory opened = PrivateDirectory.Open(directory);
        SafeFileHandle? file = null;
        MappedFile? headerPage = null, entryWindow = null;
        try
        {
            file = FeedFile.Open(opened, name, out FeedHeader header);
            FeedEntry entry = FeedFile.Find(file, in header, opened.FullName(FeedDirectory.FeedFileName(name)), symbol, out FeedGeometry geometry);
            headerPage = MappedFile.MapReadOnly(file, FeedHeader.SizeInBytes);
            entryWindow = headerPage.Window(FeedHeader.EntryOffset((int)entry.Index), FeedEntry.SizeInBytes);
            MappedFile region = headerPage.Window((long)entry.RegionOffset, (long)entry.RegionSize);
            return new FeedSubscriber(opened, headerPage, entryWindow, region, name, in header, in entry, geometry, clock ?? FeedClock.System);
        }
        catch
        {
            entryWindow?.Dispose();
            headerPage?.Dispose();
            file?.Dispose();
            opened.Dispose();
            throw;
        }
    }

    /// <summary>A buffer with room for every snapshot of this feed.</summary>
    public SnapshotBuffer CreateBuffer() => new(StrikeCapacity, ExpiryCapacity);

    /// <summary>Copies the latest snapshot into <paramref name="buffer"/>: always one whole snapshot, never a mix of two.</summary>
    /// <param name="buffer">From <see cref="CreateBuffer"/>; keeps its last good copy unless the result is Ok.</param>
    /// <exception cref="ArgumentException">The buffer is too small for this feed.</exception>
    public SnapshotReadStatus TryRead(SnapshotBuffer buffer)
    {
        if (buffer.Capacity < _geometry.PayloadCapacity) Throw.BufferTooSmall(buffer, _geometry);
        var slots = new Slots(0, (uint)_geometry.Slots, _geometry.SlotSize, MarketSection.SizeInBytes, _geometry.MarketCapacity, RuntimeSection.SizeInBytes);
        SnapshotReadStatus status = TryCopyLatest(in Entry.Published, in slots, buffer.Spare, out ulong number, out int marketBytes);
        if (status != SnapshotReadStatus.Ok) return status;
        ReadOnlySpan<byte> payload = buffer.Spare;
        if (MemoryMarshal.AsRef<RuntimeSection>(payload[marketBytes..]).PublishNumber != number) return SnapshotReadStatus.Corrupt;
        if (!MarketView.TryOpen(payload[..marketBytes], out _)) return SnapshotReadStatus.Corrupt;
        buffer.ShowSpare(marketBytes);
        return SnapshotReadStatus.Ok;
    }

    /// <summary>Number of the last whole headline; 0 = this writer makes none. When it differs from the last one read, there is news.</summary>
    public ulong HeadlineNumber => Volatile.Read(in Entry.HeadlinePublished);   // a single word: nothing else is read under it

    /// <summary>Copies the latest headline: always a whole one, never a mix of two.</summary>
    /// <param name="headline">Undefined unless the result is Ok.</param>
    /// <param name="runtime">When, where and by which run it was made.</param>
    public SnapshotReadStatus TryReadHeadline(out HeadlineSection headline, out RuntimeSection runtime)
    {
        Span<byte> copy = stackalloc byte[FeedGeometry.HeadlinePayload];
        var slots = new Slots(
            _geometry.HeadlineOffset, FeedGeometry.HeadlineSlots, FeedGeometry.HeadlineSlotSize, HeadlineSection.SizeInBytes, HeadlineSection.SizeInBytes,
            RuntimeSection.SizeInBytes);
        SnapshotReadStatus status = TryCopyLatest(in Entry.HeadlinePublished, in slots, copy, out ulong number, out _);
        if (status != SnapshotReadStatus.Ok)
        {
            (headline, runtime) = (default, default);
            return status;
        }
        headline = MemoryMarshal.Read<HeadlineSection>(copy);
        runtime = MemoryMarshal.Read<RuntimeSection>(copy[HeadlineSection.SizeInBytes..]);
        return runtime.PublishNumber == number ? SnapshotReadStatus.Ok : SnapshotReadStatus.Corrupt;
    }

    /// <summary>Number of the last notice of the change stream; 0 = none in this file yet.</summary>
    public ulong ChangeNumber => Volatile.Read(in Entry.ChangePublished);       // a single word: nothing else is read under it

    /// <summary>
    /// The next notice of the change stream. The writer waits for nobody: a reader that is more than the stream holds behind is told how many
    /// it has missed and goes on with the oldest that is still there.
    /// </summary>
    /// <param name="position">Number of the last notice that was read; begin with <see cref="ChangeNumber"/>, or with 0 for all that are there.</param>
    /// <param name="change">Undefined unless the result is Ok.</param>
    /// <param name="missed">Notices that were overwritten before they were read.</param>
    /// <returns>NothingPublished: there is none yet.</returns>
    public SnapshotReadStatus TryReadChange(ref ulong position, out LevelChange change, out ulong missed)
    {
        change = default;
        missed = 0;
        Span<byte> copy = stackalloc byte[LevelChange.SizeInBytes];
        ref readonly ulong published = ref Entry.ChangePublished;
        var slots = new Slots(
            _geometry.ChangeOffset, FeedGeometry.ChangeSlots, FeedGeometry.ChangeSlotSize, LevelChange.SizeInBytes, LevelChange.SizeInBytes, runtimeBytes: 0);
        // A word that a foreign hand keeps changing must not keep the reader for ever.
        for (int attempt = 0, empty = 0; attempt < MaxAttempts && empty <= FeedGeometry.ChangeSlots; attempt++)
        {
            ulong last = Volatile.Read(in published);                       // an acquire: the slot is looked at after its number
            // A number beyond the last is that of another file of this name.
            if (position > last) position = 0;
            if (position == last) return SnapshotReadStatus.NothingPublished;
            // The slot after the last may be in the writer's hands already.
            ulong oldest = last < FeedGeometry.ChangeSlots ? 1 : last - FeedGeometry.ChangeSlots + 2;
            if (position + 1 < oldest)
            {
                missed += oldest - 1 - position;
                position = oldest - 1;
            }
            ulong number = position + 1;
            if (Volatile.Read(in _region.Read<SlotHeader>(slots.Of(number)).Version) == 0)
            {
                // Numbers go on when the writer has to make a new file: this one was in the old.
                position = number;
                missed++;
                attempt--;
                empty++;
                continue;
            }
            SlotCopy outcome = TryCopy(number, in slots, copy, out _);
            if (outcome == SlotCopy.Whole)
            {
                position = number;
                change = MemoryMarshal.Read<LevelChange>(copy);
                return change.Number == number ? SnapshotReadStatus.Ok : SnapshotReadStatus.Corrupt;
            }
            if (outcome == SlotCopy.Damaged || (outcome == SlotCopy.Another && Volatile.Read(in published) == last))    // looked at after the version
            {
                position = number;
                return SnapshotReadStatus.Corrupt;
            }
            Retries++;
        }
        BusyReads++;
        return SnapshotReadStatus.Busy;
    }

    /// <summary>
    /// What the feed is doing now, by the writer's words, its heartbeat on the monotonic clock and, when that is stale, the kernel's
    /// lock. Cheap while the feed is alive; otherwise a few system calls, at most ten times a second.
    /// </summary>
    public FeedState State()
    {
        ref readonly FeedHeader header = ref Header;
        ref readonly FeedEntry entry = ref Entry;
        ReadOnlySpan<byte> constants = _constants;
        if (!FeedPlan.ConstantsOf(in header).SequenceEqual(constants[..FeedHeader.ConstantBytes])
            || !FeedPlan.ConstantsOf(in entry).SequenceEqual(constants[FeedHeader.ConstantBytes..])) return FeedState.Corrupt;

        ulong writerState = Volatile.Read(in header.State);         // before the heartbeat: a writer that starts beats first
        long heartbeat = Volatile.Read(in entry.HeartbeatNanos);    // before the progress that it vouches for, the epochs, and the clock
        long progress = Volatile.Read(in entry.ProgressNanos);      // before the clock, so that no age is negative
        ulong publishedEpoch = Volatile.Read(in entry.PublishedEpoch);  // before the other: a new writer's heartbeat never meets its predecessor's epoch
        bool hasPublished = publishedEpoch == Volatile.Read(in header.Epoch);
        long now = _clock.MonotonicNanos;
        long age = now - heartbeat;
        bool alive = age >= 0 && age <= _heartbeatLimitNanos;       // a heartbeat from the future is one of an earlier boot
        return (FeedWriterState)writerState switch
        {
            FeedWriterState.Superseded => FeedState.Superseded,
            FeedWriterState.Closed => Probe(writerState, heartbeat, now),
            FeedWriterState.Open when !alive => Probe(writerState, heartbeat, now),
            FeedWriterState.Open when !hasPublished => FeedState.Recovering,
            FeedWriterState.Open => now - progress <= _heartbeatLimitNanos ? FeedState.Live : FeedState.Idle,
            _ => FeedState.Corrupt,
        };
    }

    /// <summary>Unmaps the feed. A second call does nothing.</summary>
    public void Dispose()
    {
        _region.Dispose();
        _entry.Dispose();
        _header.Dispose();
        _directory.Dispose();
    }

    // The newest copy of a kind, however often the writer overtakes; bytes are those of its section.
    private SnapshotReadStatus TryCopyLatest(ref readonly ulong published, in Slots slots, Span<byte> copy, out ulong number, out int bytes)
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            number = Volatile.Read(in published);                   // an acquire: the slot is looked at after its number
            bytes = 0;
            if (number == 0) return SnapshotReadStatus.NothingPublished;
            SlotCopy outcome = TryCopy(number, in slots, copy, out bytes);
            if (outcome == SlotCopy.Whole) return SnapshotReadStatus.Ok;
            // The writer takes a slot again only after it has published newer numbers. If it has not, the word is damaged; the number is looked at
            // after the version, since IsWhole acquires.
            if (outcome == SlotCopy.Damaged || (outcome == SlotCopy.Another && Volatile.Read(in published) == number)) return SnapshotReadStatus.Corrupt;
            Retries++;
        }
        (number, bytes) = (0, 0);
        BusyReads++;
        return SnapshotReadStatus.Busy;
    }

    // One attempt at one slot: its payload, between two looks at its version.
    private SlotCopy TryCopy(ulong number, in Slots slots, Span<byte> copy, out int bytes)
    {
        long offset = slots.Of(number);
        bytes = 0;
        ref readonly SlotHeader slot = ref _region.Read<SlotHeader>(offset);
        if (!SlotVersion.IsWhole(in slot.Version, number)) return SlotCopy.Another;
        ulong sectionBytes = slot.MarketBytes;
        uint checksum = (uint)slot.PayloadCrc32;
        bool fits = sectionBytes >= (ulong)slots.LeastBytes && sectionBytes <= (ulong)slots.MostBytes;
        int length = fits ? (int)sectionBytes + slots.RuntimeBytes : 0;
        Span<byte> payload = copy[..length];
        _region.Read(offset + SlotHeader.SizeInBytes, length).CopyTo(payload);
        BeforeSecondLook?.Invoke();
        if (!SlotVersion.IsStillWhole(in slot.Version, number)) return SlotCopy.Overtaken;
        if (!fits || FoldedCrc32.HashToUInt32(payload) != checksum) return SlotCopy.Damaged;
        bytes = (int)sectionBytes;
        return SlotCopy.Whole;
    }

    private FeedState Probe(ulong writerState, long heartbeat, long now)
    {
        bool known = writerState == _probedWriterState && heartbeat == _probedHeartbeatNanos && now < _nextProbeNanos;
        if (known) return _probed;
        _probed = AskKernel((FeedWriterState)writerState);
        _probedWriterState = writerState;
        _probedHeartbeatNanos = heartbeat;
        _nextProbeNanos = now + ProbeIntervalNanos;
        return _probed;
    }

    private FeedState AskKernel(FeedWriterState writerState)
    {
        if (LibC.TryStat(_header.File, out FileStatus status) && status.Links == 0)
            return _directory.Holds(FeedDirectory.FeedFileName(_name)) ? FeedState.Superseded : FeedState.NotFound;
        if (writerState == FeedWriterState.Closed) return FeedState.Closed;
        try { return WriterLock.IsFree(_directory, _name) ? FeedState.Dead : FeedState.Stalled; }
        catch (FeedException) { return FeedState.Stalled; }     // no lock file that we may open: whether anybody holds it is unknown
    }

    /// <summary>What one attempt at a slot came to.</summary>
    private enum SlotCopy
    {
        Whole,
        Overtaken,
        Another,
        Damaged,
    }

    /// <summary>Where the copies of one kind lie in the region, and how long their sections may be.</summary>
    private readonly struct Slots(long first, uint count, int size, int leastBytes, int mostBytes, int runtimeBytes)
    {
        public int LeastBytes { get; } = leastBytes;

        public int MostBytes { get; } = mostBytes;

        public int RuntimeBytes { get; } = runtimeBytes;

        public long Of(ulong number) => first + ((long)(number % count) * size);
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void BufferTooSmall(SnapshotBuffer buffer, FeedGeometry geometry) => throw new ArgumentException(
            $"The buffer has room for {buffer.Capacity} bytes and a snapshot of this feed may have {geometry.PayloadCapacity}: "
            + "take one from CreateBuffer.",
            nameof(buffer));
    }
}
