using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Feed;

/// <summary>
/// The one writer of an underlying in a feed: puts whole snapshots into shared memory, where any number of readers take them without being
/// noticed. All calls come from one thread. Publishing allocates nothing.
/// </summary>
/// <remarks>
/// Snapshot n goes into slot n % N while readers look at slot (n − 1) % N; its number is published when it is whole.
/// The protocol is in docs/wire-format.md, its barriers in <see cref="SlotVersion"/>.
/// </remarks>
public sealed class FeedPublisher : IDisposable
{
    /// <summary>
    /// Without a heartbeat or a publication for so long, readers call the underlying stalled or dead. Give a sign at least twice as
    /// often.
    /// </summary>
    public const long HeartbeatLimitNanos = 2 * UnixNanos.PerSecond;

    private readonly FeedWriter _writer;
    private readonly FeedClock _clock;
    private readonly FeedGeometry _geometry;
    private readonly long _entryOffset;
    private readonly long _regionOffset;
    private readonly FoldedCrc32 _checksum = new();
    private readonly LevelWatch _watch = new();

    // What the constants of the entry must read. The writer never believes shared memory.
    private readonly byte[] _constants = new byte[FeedEntry.ConstantBytes];

    private SharedMapping? _mapping;
    private MappedFile _file;
    private bool _ownsWriter;
    private ulong _published;
    private ulong _headlines;
    private ulong _changes;
    private ulong _eventSequence;
    private long _eventTimeNanos;

    internal FeedPublisher(FeedWriter writer, int index, in FeedEntry entry, FeedGeometry geometry, FeedClock clock, ulong published)
    {
        (_writer, _clock, _geometry, _published) = (writer, clock, geometry, published);
        Symbol = entry.Symbol;
        _entryOffset = FeedHeader.EntryOffset(index);
        _regionOffset = (long)entry.RegionOffset;
        FeedPlan.ConstantsOf(in entry).CopyTo(_constants);
        BeforeStep = writer.AtStep;
        _mapping = writer.Hold(tellsReason: true);
        _file = _mapping.File;
        _headlines = Entry.HeadlinePublished;
        _changes = Entry.ChangePublished;
    }

    /// <summary>What the underlying is called; zeros in a feed of one that was made without a symbol.</summary>
    public Ascii8 Symbol { get; }

    /// <summary>How often the feed has been taken by a writer, this time included.</summary>
    public ulong Epoch => _writer.Epoch;

    /// <summary>Number of the last snapshot published; goes on across epochs. 0 = none yet.</summary>
    public ulong PublishNumber => _published;

    /// <summary>Number of the last headline published; goes on while the file is the same. 0 = none in it yet.</summary>
    public ulong HeadlineNumber => _headlines;

    /// <summary>The feed's file.</summary>
    public string Path => _writer.Path;

    /// <summary>Strike rows that a snapshot may have.</summary>
    public int StrikeCapacity => _geometry.StrikeCapacity;

    /// <summary>Expiry rows that a snapshot may have.</summary>
    public int ExpiryCapacity => _geometry.ExpiryCapacity;

    /// <summary>Called before each step of a publication; a test throws from it to stop the writer there.</summary>
    internal Action<WriterStep>? BeforeStep { get; set; }

    private ref FeedEntry Entry => ref _file.Write<FeedEntry>(_entryOffset);

    /// <summary>Takes or makes a feed of one underlying; closing the publisher closes the feed. See <see cref="FeedWriter.Create"/>.</summary>
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
        var underlying = new FeedUnderlying(default, strikeCapacity, expiryCapacity, FeedEntryKind.Underlying, slots);
        FeedPublisher only = FeedWriter.Create(directory, name, [underlying], clock).Publishers[0];
        only._ownsWriter = true;
        return only;
    }

    /// <summary>
    /// Publishes one snapshot: the market section as it is, and a runtime section with numbers and clocks of this moment.
    /// </summary>
    /// <param name="marketSection">The bytes of one whole market section.</param>
    /// <param name="run">How the run is; epoch, number and clocks are the publisher's, whatever stands there.</param>
    /// <exception cref="ArgumentException">The bytes are no market section; nothing is written.</exception>
    /// <exception cref="FeedException">It has more rows than the feed has room for; nothing is written.</exception>
    /// <exception cref="FeedInUseException">The lock file was removed and another writer has the feed now; this one is closed.</exception>
    public void Publish(ReadOnlySpan<byte> marketSection, in RuntimeSection run)
    {
        if (!MarketView.TryOpen(marketSection, out MarketView market)) Throw.NotAMarketSection(marketSection);
        if (market.Head.StrikeCount > (uint)_geometry.StrikeCapacity || market.Head.ExpiryCount > (uint)_geometry.ExpiryCapacity)
            Throw.CapacityExceeded(Path, in market.Head, _geometry);

        long now = Begin();
        ulong number = _published + 1;
        RuntimeSection runtime = run;
        Sign(ref runtime, number, now);
        ref FeedEntry entry = ref Entry;
        Write(_geometry.SlotOffset(number), ref entry.Published, number, marketSection, BytesOf(in runtime));
        _published = number;
        BeforeStep?.Invoke(WriterStep.AfterPublished);
        // After the snapshot that shows them.
        Span<LevelChange> changes = stackalloc LevelChange[LevelWatch.MostChanges];
        PublishChanges(ref entry, changes[.._watch.Look(in market.Head, changes)]);

        Restore();
        SignOfLife(ref entry, now, market.Head.EventSequence, market.Head.EventTimeNanos);
        if (entry.PublishedEpoch == Epoch) return;
        BeforeStep?.Invoke(WriterStep.BeforePublishedEpoch);
        Volatile.Write(ref entry.PublishedEpoch, Epoch);     // the first snapshot is there before the entry says so
    }

    /// <summary>
    /// Publishes one headline, between two snapshots or as often as there are events; like a heartbeat it is a sign of life.
    /// </summary>
    /// <param name="headline">The section.</param>
    /// <param name="run">How the run is; epoch, number and clocks are the publisher's, whatever stands there.</param>
    /// <exception cref="FeedInUseException">The lock file was removed and another writer has the feed now; this one is closed.</exception>
    public void PublishHeadline(in HeadlineSection headline, in RuntimeSection run)
    {
        long now = Begin();
        ulong number = ++_headlines;
        RuntimeSection runtime = run;
        Sign(ref runtime, number, now);
        ref FeedEntry entry = ref Entry;
        Write(_geometry.HeadlineSlotOffset(number), ref entry.HeadlinePublished, number, BytesOf(in headline), BytesOf(in runtime));
        Span<LevelChange> changes = stackalloc LevelChange[LevelWatch.MostChanges];
        PublishChanges(ref entry, changes[.._watch.Look(in headline, changes)]);
        SignOfLife(ref entry, now, headline.EventSequence, headline.EventTimeNanos);
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
        long now = Begin();
        SignOfLife(ref Entry, now, eventSequence, eventTimeNanos);
    }

    /// <summary>
    /// Ends a feed that was made with <see cref="Create"/> in good order; one of several is closed by its <see cref="FeedWriter"/>. A second call
    /// does nothing.
    /// </summary>
    public void Close()
    {
        if (_ownsWriter) _writer.Close();
    }

    /// <summary>The same as <see cref="Close"/>.</summary>
    public void Dispose() => Close();

    /// <summary>Leaves everything as it is and lets the lock go, as the kernel does for a process that dies.</summary>
    internal void Abandon() => _writer.Abandon();

    // The time of this call. The file may have lost its name, and then this goes on in another, or not at all.
    private long Begin()
    {
        long now = _clock.MonotonicNanos;
        _writer.KeepName(now);
        if (_mapping is null || _mapping != _writer.Current) Move();
        return now;
    }

    private void Move()
    {
        SharedMapping? left = _mapping;
        _mapping = null;
        left?.Release();
        _mapping = _writer.Hold(tellsReason: left is not null);
        _file = _mapping.File;
        ref FeedEntry entry = ref Entry;
        Volatile.Write(ref entry.EventSequence, _eventSequence);
        Volatile.Write(ref entry.EventTimeNanos, _eventTimeNanos);
    }

    private void Sign(ref RuntimeSection runtime, ulong number, long now)
    {
        (runtime.Epoch, runtime.PublishNumber) = (Epoch, number);
        (runtime.PublishMonotonicNanos, runtime.PublishUtcNanos) = (now, _clock.UtcNanos);
    }

    private void PublishChanges(ref FeedEntry entry, Span<LevelChange> changes)
    {
        foreach (ref LevelChange change in changes)
        {
            ulong number = ++_changes;
            (change.Number, change.SnapshotNumber, change.Epoch) = (number, _published, Epoch);
            Write(_geometry.ChangeSlotOffset(number), ref entry.ChangePublished, number, BytesOf(in change), default);
        }
    }

    /// <summary>One slot, from its odd version to its published number.</summary>
    private void Write(long slotOffset, ref ulong published, ulong number, ReadOnlySpan<byte> section, ReadOnlySpan<byte> runtimeBytes)
    {
        // Of the bytes as they should be, not as shared memory holds them: a foreign store into the slot cannot hide.
        _checksum.Append(section);
        _checksum.Append(runtimeBytes);
        uint checksum = _checksum.GetCurrentHashAsUInt32();
        _checksum.Reset();

        ref SlotHeader slot = ref _file.Write<SlotHeader>(_regionOffset + slotOffset);
        Span<byte> payload = _file.Write(_regionOffset + slotOffset + SlotHeader.SizeInBytes, section.Length + runtimeBytes.Length);

        BeforeStep?.Invoke(WriterStep.BeforeOdd);
        SlotVersion.BeginWrite(ref slot.Version, number);
        BeforeStep?.Invoke(WriterStep.AfterOdd);
        slot.MarketBytes = (ulong)section.Length;
        slot.PayloadCrc32 = checksum;
        section.CopyTo(payload);
        BeforeStep?.Invoke(WriterStep.MidPayload);
        runtimeBytes.CopyTo(payload[section.Length..]);
        BeforeStep?.Invoke(WriterStep.BeforeEven);
        SlotVersion.EndWrite(ref slot.Version, number);
        BeforeStep?.Invoke(WriterStep.BeforePublished);
        Volatile.Write(ref published, number);       // the slot is whole before its number is published
    }

    // Event sequence and time first, heartbeat last: who sees a fresh heartbeat sees at least its progress.
    private void SignOfLife(ref FeedEntry entry, long now, ulong eventSequence, long eventTimeNanos)
    {
        if (eventSequence != _eventSequence)
        {
            (_eventSequence, _eventTimeNanos) = (eventSequence, eventTimeNanos);
            Volatile.Write(ref entry.EventSequence, eventSequence);
            Volatile.Write(ref entry.EventTimeNanos, eventTimeNanos);
            Volatile.Write(ref entry.ProgressNanos, now);
        }
        BeforeStep?.Invoke(WriterStep.BeforeHeartbeat);
        Volatile.Write(ref entry.HeartbeatNanos, now);                      // after the progress that it vouches for
    }

    private void Restore()
    {
        _writer.Restore(_file);
        Span<byte> inPlace = _file.Write(_entryOffset, _constants.Length);
        if (!inPlace.SequenceEqual(_constants)) _constants.CopyTo(inPlace);
    }

    private static ReadOnlySpan<byte> BytesOf<T>(ref readonly T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));

    private static class Throw
    {
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
