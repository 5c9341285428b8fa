using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using DealerFlow.Memory;
using DealerFlow.Wire;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Feed;

/// <summary>
/// One reader of a feed. It maps the file read-only and registers nowhere: no reader can slow, block or damage the writer or
/// another reader. Reading allocates nothing. One subscriber serves one thread.
/// </summary>
public sealed class FeedSubscriber : IDisposable
{
    /// <summary>How often a read starts again when the writer overtakes it.</summary>
    public const int MaxAttempts = 64;

    // A feed without heartbeat is looked into with system calls; ten times a second is enough.
    private const long ProbeIntervalNanos = 100 * UnixNanos.PerMillisecond;

    private readonly PrivateDirectory _directory;
    private readonly MappedFile _region;
    private readonly string _name;
    private readonly FeedGeometry _geometry;
    private readonly long _heartbeatLimitNanos;
    private readonly FeedClock _clock;

    // The constants as they were checked. Sizes come from here, never again from shared memory.
    private readonly byte[] _constants = new byte[FeedHeader.ConstantBytes];

    private FeedState _probed;
    private ulong _probedWriterState;
    private long _probedHeartbeatNanos = long.MinValue;
    private long _nextProbeNanos;

    private FeedSubscriber(
        PrivateDirectory directory, MappedFile region, string name, in FeedHeader header, FeedGeometry geometry, FeedClock clock)
    {
        _directory = directory;
        _region = region;
        _name = name;
        _geometry = geometry;
        _heartbeatLimitNanos = header.HeartbeatLimitNanos;
        _clock = clock;
        MemoryMarshal.AsBytes(new ReadOnlySpan<FeedHeader>(in header))[..FeedHeader.ConstantBytes].CopyTo(_constants);
        Path = directory.FullName(FeedDirectory.FeedFileName(name));
    }

    /// <summary>The feed's file.</summary>
    public string Path { get; }

    /// <summary>Strike rows that a snapshot may have.</summary>
    public int StrikeCapacity => _geometry.StrikeCapacity;

    /// <summary>Expiry rows that a snapshot may have.</summary>
    public int ExpiryCapacity => _geometry.ExpiryCapacity;

    /// <summary>
    /// Number of the last whole snapshot; 0 = none in this file yet. When it differs from the last one read, there is news.
    /// </summary>
    public ulong PublishNumber => Volatile.Read(in Header.Published);           // a single word: nothing else is read under it

    /// <summary>How often the feed has been taken by a writer.</summary>
    public ulong Epoch => Volatile.Read(in Header.Epoch);                       // a single word: nothing else is read under it

    /// <summary>Sequence of the last event that the writer's pipeline took in; 0 = none in this epoch.</summary>
    public ulong EventSequence => Volatile.Read(in Header.EventSequence);       // a single word: nothing else is read under it

    /// <summary>Event time of that event, UTC nanoseconds since the Unix epoch.</summary>
    public long EventTimeNanos => Volatile.Read(in Header.EventTimeNanos);      // a single word: nothing else is read under it

    /// <summary>Since the writer's last sign of life, ns, by the monotonic clock.</summary>
    public long HeartbeatAgeNanos
    {
        get
        {
            long heartbeat = Volatile.Read(in Header.HeartbeatNanos);           // before the clock, so that no age is negative
            return _clock.MonotonicNanos - heartbeat;
        }
    }

    /// <summary>Attempts that the writer overtook, over all reads.</summary>
    public ulong Retries { get; private set; }

    /// <summary>Reads that gave up after <see cref="MaxAttempts"/>.</summary>
    public ulong BusyReads { get; private set; }

    /// <summary>Called between the copy and the second look at the version; a test lets the writer overtake there.</summary>
    internal Action? BeforeSecondLook { get; set; }

    private ref readonly FeedHeader Header => ref _region.Read<FeedHeader>(0);

    /// <summary>Opens a feed for reading. Everything that can be wrong with the file is found before it is mapped.</summary>
    /// <param name="directory">The directory of the feed; see <see cref="FeedDirectory.Default"/>.</param>
    /// <param name="name">Name of the feed.</param>
    /// <param name="clock">Clocks; the kernel's when null.</param>
    /// <exception cref="FeedException">There is no such feed, or it is not one that this build may or can read.</exception>
    public static FeedSubscriber Open(string directory, string name, FeedClock? clock = null)
    {
        Platform.Require();
        FeedDirectory.RequireValidName(name);
        string fileName = FeedDirectory.FeedFileName(name);
        PrivateDirectory opened = PrivateDirectory.Open(directory);
        SafeFileHandle? file = null;
        try
        {
            string path = opened.FullName(fileName);
            file = opened.OpenFile(fileName, writable: false)
                ?? throw new FeedException(FeedError.NotFound,
                    $"There is no feed {path}: start its writer, or check name and directory.");
            bool whole = FeedFile.TryReadHeader(file, out FeedHeader header, out long fileSize);
            FeedException? reason = FeedFile.Diagnose(in header, fileSize, path, out FeedGeometry geometry);
            if (reason is { Error: FeedError.NotAFeed } || (whole && reason is not null)) throw reason;
            if (!whole) throw FeedFile.HeaderCutShort(path, fileSize);
            MappedFile region = MappedFile.MapReadOnly(file, fileSize);
            return new FeedSubscriber(opened, region, name, in header, geometry, clock ?? FeedClock.System);
        }
        catch
        {
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
        ref readonly FeedHeader header = ref Header;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            ulong number = Volatile.Read(in header.Published);      // an acquire: the slot is looked at after its number
            if (number == 0) return SnapshotReadStatus.NothingPublished;

            ref readonly SlotHeader slot = ref _region.Read<SlotHeader>(_geometry.SlotOffset(number));
            if (SlotVersion.IsWhole(in slot.Version, number))
            {
                ulong marketBytes = slot.MarketBytes;
                uint checksum = (uint)slot.PayloadCrc32;
                bool fits = marketBytes is >= MarketSection.SizeInBytes && marketBytes <= (ulong)_geometry.MarketCapacity;
                int length = fits ? (int)marketBytes + RuntimeSection.SizeInBytes : 0;
                _region.Read(_geometry.PayloadOffset(number), length).CopyTo(buffer.Spare);
                BeforeSecondLook?.Invoke();
                if (SlotVersion.IsStillWhole(in slot.Version, number))
                    return fits ? Accept(buffer, length, number, checksum) : SnapshotReadStatus.Corrupt;
            }
            else if (Volatile.Read(in header.Published) == number)  // looked at after the version, since IsWhole acquires
            {
                // The writer takes a slot again only after it has published newer numbers. It has not: the word is damaged.
                return SnapshotReadStatus.Corrupt;
            }
            Retries++;
        }
        BusyReads++;
        return SnapshotReadStatus.Busy;
    }

    /// <summary>Number of the last whole headline; 0 = this writer makes none. When it differs from the last one read, there is news.</summary>
    public ulong HeadlineNumber => Volatile.Read(in Header.HeadlinePublished);  // a single word: nothing else is read under it

    /// <summary>Copies the latest headline: always a whole one, never a mix of two.</summary>
    /// <param name="headline">Undefined unless the result is Ok.</param>
    /// <param name="runtime">When, where and by which run it was made.</param>
    public SnapshotReadStatus TryReadHeadline(out HeadlineSection headline, out RuntimeSection runtime)
    {
        (headline, runtime) = (default, default);
        Span<byte> copy = stackalloc byte[FeedGeometry.HeadlinePayload];
        ref readonly FeedHeader header = ref Header;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            ulong number = Volatile.Read(in header.HeadlinePublished);      // an acquire: the slot is looked at after its number
            if (number == 0) return SnapshotReadStatus.NothingPublished;
            long offset = _geometry.HeadlineSlotOffset(number);
            ref readonly SlotHeader slot = ref _region.Read<SlotHeader>(offset);
            if (SlotVersion.IsWhole(in slot.Version, number))
            {
                ulong bytes = slot.MarketBytes;
                uint checksum = (uint)slot.PayloadCrc32;
                _region.Read(offset + SlotHeader.SizeInBytes, copy.Length).CopyTo(copy);
                BeforeSecondLook?.Invoke();
                if (SlotVersion.IsStillWhole(in slot.Version, number))
                {
                    if (bytes != HeadlineSection.SizeInBytes || Crc32.HashToUInt32(copy) != checksum) return SnapshotReadStatus.Corrupt;
                    headline = MemoryMarshal.Read<HeadlineSection>(copy);
                    runtime = MemoryMarshal.Read<RuntimeSection>(copy[HeadlineSection.SizeInBytes..]);
                    return runtime.PublishNumber == number ? SnapshotReadStatus.Ok : SnapshotReadStatus.Corrupt;
                }
            }
            else if (Volatile.Read(in header.HeadlinePublished) == number)  // looked at after the version, since IsWhole acquires
            {
                return SnapshotReadStatus.Corrupt;
            }
            Retries++;
        }
        BusyReads++;
        return SnapshotReadStatus.Busy;
    }

    /// <summary>Number of the last notice of the change stream; 0 = none in this file yet.</summary>
    public ulong ChangeNumber => Volatile.Read(in Header.ChangePublished);      // a single word: nothing else is read under it

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
        ref readonly FeedHeader header = ref Header;
        // A word that a foreign hand keeps changing must not keep the reader for ever.
        for (int attempt = 0, empty = 0; attempt < MaxAttempts && empty <= FeedGeometry.ChangeSlots; attempt++)
        {
            ulong last = Volatile.Read(in header.ChangePublished);          // an acquire: the slot is looked at after its number
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
            long offset = _geometry.ChangeSlotOffset(number);
            ref readonly SlotHeader slot = ref _region.Read<SlotHeader>(offset);
            if (Volatile.Read(in slot.Version) == 0)
            {
                // Numbers go on when the writer has to make a new file: this one was in the old.
                position = number;
                missed++;
                attempt--;
                empty++;
                continue;
            }
            if (SlotVersion.IsWhole(in slot.Version, number))
            {
                ulong bytes = slot.MarketBytes;
                uint checksum = (uint)slot.PayloadCrc32;
                _region.Read(offset + SlotHeader.SizeInBytes, copy.Length).CopyTo(copy);
                BeforeSecondLook?.Invoke();
                if (SlotVersion.IsStillWhole(in slot.Version, number))
                {
                    position = number;
                    change = MemoryMarshal.Read<LevelChange>(copy);
                    bool isSound = bytes == LevelChange.SizeInBytes && Crc32.HashToUInt32(copy) == checksum && change.Number == number;
                    return isSound ? SnapshotReadStatus.Ok : SnapshotReadStatus.Corrupt;
                }
            }
            else if (Volatile.Read(in header.ChangePublished) == last)      // looked at after the version, since IsWhole acquires
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
        if (!_region.Read(0, FeedHeader.ConstantBytes).SequenceEqual(_constants)) return FeedState.Corrupt;

        ulong writerState = Volatile.Read(in header.State);         // before the heartbeat: a writer that starts beats first
        long heartbeat = Volatile.Read(in header.HeartbeatNanos);   // before the progress that it vouches for, and before the clock
        long progress = Volatile.Read(in header.ProgressNanos);     // before the clock, so that no age is negative
        long now = _clock.MonotonicNanos;
        long age = now - heartbeat;
        bool alive = age >= 0 && age <= _heartbeatLimitNanos;       // a heartbeat from the future is one of an earlier boot
        return (FeedWriterState)writerState switch
        {
            FeedWriterState.Superseded => FeedState.Superseded,
            FeedWriterState.Closed => Probe(writerState, heartbeat, now),
            FeedWriterState.Recovering => alive ? FeedState.Recovering : Probe(writerState, heartbeat, now),
            FeedWriterState.Live when !alive => Probe(writerState, heartbeat, now),
            FeedWriterState.Live => now - progress <= _heartbeatLimitNanos ? FeedState.Live : FeedState.Idle,
            _ => FeedState.Corrupt,
        };
    }

    /// <summary>Unmaps the feed. A second call does nothing.</summary>
    public void Dispose()
    {
        _region.Dispose();
        _directory.Dispose();
    }

    private static SnapshotReadStatus Accept(SnapshotBuffer buffer, int length, ulong number, uint checksum)
    {
        ReadOnlySpan<byte> payload = buffer.Spare[..length];
        int marketBytes = length - RuntimeSection.SizeInBytes;
        if (Crc32.HashToUInt32(payload) != checksum) return SnapshotReadStatus.Corrupt;
        if (MemoryMarshal.AsRef<RuntimeSection>(payload[marketBytes..]).PublishNumber != number) return SnapshotReadStatus.Corrupt;
        if (!MarketView.TryOpen(payload[..marketBytes], out _)) return SnapshotReadStatus.Corrupt;
        buffer.ShowSpare(marketBytes);
        return SnapshotReadStatus.Ok;
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
        if (LibC.TryStat(_region.File, out FileStatus status) && status.Links == 0)
            return _directory.Holds(FeedDirectory.FeedFileName(_name)) ? FeedState.Superseded : FeedState.NotFound;
        if (writerState == FeedWriterState.Closed) return FeedState.Closed;
        try { return WriterLock.IsFree(_directory, _name) ? FeedState.Dead : FeedState.Stalled; }
        catch (FeedException) { return FeedState.Stalled; }     // no lock file that we may open: whether anybody holds it is unknown
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
