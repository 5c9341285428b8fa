using System.Runtime.InteropServices;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>
/// A private feed directory of one test, a clock that stands still, and market sections whose every byte follows from a
/// number.
/// </summary>
public abstract class FeedFixture : IDisposable
{
    protected const string Name = "spx";
    protected const int Strikes = 24;
    protected const int Expiries = 4;

    // Of a file with one entry: where the entry lies, the number in it that publishes, and its region.
    protected const int EntryAt = FeedHeader.SizeInBytes;
    protected const int PublishedAt = EntryAt + 256;
    protected const int RegionAt = 2 * 4096;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _parent;

    protected FeedFixture()
    {
        string memory = System.IO.Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        _parent = Path.Combine(memory, $"dealerflow-test-{Guid.NewGuid():N}");
        if (OperatingSystem.IsLinux()) System.IO.Directory.CreateDirectory(_parent, OwnerOnly);
        else Assert.Skip("The shared-memory feed needs Linux.");
        Directory = Path.Combine(_parent, "feeds");
    }

    protected string Directory { get; }

    protected string FeedPath => FeedDirectory.PathOf(Directory, Name);

    protected ManualClock Clock { get; } = new();

    public void Dispose()
    {
        System.IO.Directory.Delete(_parent, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected FeedPublisher Create(int strikes = Strikes, int expiries = Expiries, int slots = 4) =>
        FeedPublisher.Create(Directory, Name, strikes, expiries, slots, Clock);

    protected FeedSubscriber Open() => FeedSubscriber.Open(Directory, Name, clock: Clock);

    protected static void Publish(FeedPublisher publisher, ulong pattern) =>
        publisher.Publish(MarketOf(pattern), new RuntimeSection { Ledger = LedgerOf(pattern), TicksPerSecond = pattern });

    /// <summary>A market section with pattern % (Strikes + 1) strikes and pattern % (Expiries + 1) expiries.</summary>
    protected static byte[] MarketOf(ulong pattern)
    {
        var bytes = new byte[MarketView.SizeOf(Strikes, Expiries)];
        return bytes[..Fill(bytes, pattern)];
    }

    /// <summary>Fills every word of a market section from a number; returns its length.</summary>
    protected static int Fill(Span<byte> bytes, ulong pattern)
    {
        int strikes = (int)(pattern % (Strikes + 1));
        int expiries = (int)(pattern % (Expiries + 1));
        int length = MarketView.SizeOf(strikes, expiries);
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes[..length]);
        for (int i = 0; i < words.Length; i++) words[i] = Word(pattern, i);
        ref MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(bytes);
        head.EventSequence = pattern;
        head.EventTimeNanos = EventTimeOf(pattern);
        head.StrikeCount = (uint)strikes;
        head.ExpiryCount = (uint)expiries;
        return length;
    }

    protected static long EventTimeOf(ulong pattern) => 1_800_000_000_000_000_000 + (long)pattern;

    protected static Ledger LedgerOf(ulong pattern) => new() { In = pattern, Applied = pattern };

    /// <summary>Compares every word of a buffer with the pattern that its head names.</summary>
    protected static void AssertWhole(SnapshotBuffer buffer, byte[] scratch)
    {
        ulong pattern = buffer.Market.Head.EventSequence;
        int length = Fill(scratch, pattern);
        Assert.True(buffer.MarketBytes.SequenceEqual(scratch.AsSpan(0, length)), $"Snapshot {pattern} is torn.");
        Assert.Equal(pattern, buffer.Runtime.Ledger.In);
        Assert.Equal(pattern, buffer.Runtime.TicksPerSecond);
    }

    private static ulong Word(ulong pattern, int index) => unchecked((pattern + (ulong)index) * 0x9E37_79B9_7F4A_7C15);

    protected sealed class ManualClock : FeedClock
    {
        public long Monotonic { get; set; } = 1_000 * UnixNanos.PerSecond;

        public long Utc { get; set; } = 1_800_000_000 * UnixNanos.PerSecond;

        public override long MonotonicNanos => Monotonic;

        public override long UtcNanos => Utc;

        public void Advance(long nanos) => Monotonic += nanos;
    }
}
