using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>What a snapshot says about the run that made it; never part of a replay's hash.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct RuntimeSection
{
    /// <summary>Size of the section.</summary>
    public const int SizeInBytes = 64 + Ledger.SizeInBytes + IngestSection.SizeInBytes + LatencySection.SizeInBytes;

    /// <summary>Rises by one each time a writer takes over the feed.</summary>
    [FieldOffset(0)] public ulong Epoch;

    /// <summary>Rises by one with every snapshot and goes on across epochs, so that it never falls.</summary>
    [FieldOffset(8)] public ulong PublishNumber;

    /// <summary>CLOCK_MONOTONIC at publication: for ages on this machine.</summary>
    [FieldOffset(16)] public long PublishMonotonicNanos;

    /// <summary>UTC at publication: for display only.</summary>
    [FieldOffset(24)] public long PublishUtcNanos;

    /// <summary>Ticks per second since the start of the run, by the monotonic clock.</summary>
    [FieldOffset(32)] public double TicksPerSecond;

    /// <summary>Ticks on the tape that is recorded beside.</summary>
    [FieldOffset(40)] public ulong RecordedTicks;

    /// <summary>Ticks of the run that are on no tape although it is recorded, because the disk did not follow or failed.</summary>
    [FieldOffset(48)] public ulong UnrecordedTicks;

    /// <summary>Whether ticks reach the tape.</summary>
    [FieldOffset(56)] public RecordingState Recording;

    /// <summary>Where every message went.</summary>
    [FieldOffset(64)] public Ledger Ledger;

    /// <summary>How a live stream came in; zeros for a replay.</summary>
    [FieldOffset(64 + Ledger.SizeInBytes)] public IngestSection Ingest;

    /// <summary>How long messages took from the ring into the numbers.</summary>
    [FieldOffset(64 + Ledger.SizeInBytes + IngestSection.SizeInBytes)] public LatencySection Latency;
}

/// <summary>What became of a live stream before it reached the engine's ring, and how full that is; zeros for a replay.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct IngestSection
{
    /// <summary>Size of the section.</summary>
    public const int SizeInBytes = 64;

    /// <summary>Messages that came, from every line.</summary>
    [FieldOffset(0)] public ulong Received;

    /// <summary>Of those: the other line's copy, or a retransmission of what was there.</summary>
    [FieldOffset(8)] public ulong Duplicates;

    /// <summary>Of those: too late, or older than what its contract shows by now.</summary>
    [FieldOffset(16)] public ulong Late;

    /// <summary>Of those: of no known shape, or of a numbering that cannot be judged.</summary>
    [FieldOffset(24)] public ulong Refused;

    /// <summary>Of those: of underlyings that this run does not carry, or with nothing that it could use.</summary>
    [FieldOffset(32)] public ulong PassedOver;

    /// <summary>Messages that never came, by their numbers; each loss is followed by a gap.</summary>
    [FieldOffset(40)] public ulong Lost;

    /// <summary>The most messages that the ring has held.</summary>
    [FieldOffset(48)] public uint RingHighWater;

    /// <summary>What it can hold.</summary>
    [FieldOffset(52)] public uint RingCapacity;

    /// <summary>How far the stream is ahead of the calculation.</summary>
    [FieldOffset(56)] public OverloadState Overload;
}

/// <summary>How far a live stream is ahead of the calculation.</summary>
public enum OverloadState : byte
{
    /// <summary>It is not: every message finds room in the ring.</summary>
    None = 0,

    /// <summary>Of each contract the last quote waits for room; trades and notices wait each for themselves.</summary>
    Conflating = 1,

    /// <summary>And quotes far out of the money are left for later.</summary>
    Degraded = 2,

    /// <summary>And messages were lost, each followed by a gap.</summary>
    Dropping = 3,
}

/// <summary>Whether a run is recorded, and whether its ticks reach the tape.</summary>
public enum RecordingState : byte
{
    /// <summary>Nobody records.</summary>
    None = 0,

    /// <summary>Every tick is on its way to the tape.</summary>
    Recording = 1,

    /// <summary>The disk does not follow: ticks are dropped and counted.</summary>
    Behind = 2,

    /// <summary>The disk is full or failed; a new file is tried for.</summary>
    Stopped = 3,
}

/// <summary>
/// Conservation of messages: <c>In = Applied + Conflated + ΣRejected + Dropped + Queued + Pending</c>, exactly, at every publication.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct Ledger
{
    /// <summary>Size of the ledger.</summary>
    public const int SizeInBytes = 128 + (8 * RejectionCapacity);

    /// <summary>Room for reasons.</summary>
    public const int RejectionCapacity = 16;

    /// <summary>Messages that came to the ring.</summary>
    [FieldOffset(0)] public ulong In;

    /// <summary>Messages that took effect, or were understood to have none.</summary>
    [FieldOffset(8)] public ulong Applied;

    /// <summary>Messages replaced by a later one of the same contract before they were looked at, or without effect in the time that they waited.</summary>
    [FieldOffset(16)] public ulong Conflated;

    /// <summary>Messages lost, each covered by a gap notice.</summary>
    [FieldOffset(24)] public ulong Dropped;

    /// <summary>Messages in the ring, or waiting for room in it.</summary>
    [FieldOffset(32)] public ulong Queued;

    /// <summary>Of those applied: quotes that set a new national best.</summary>
    [FieldOffset(40)] public ulong BestQuotes;

    /// <summary>Of those applied: quotes that did not, told apart before any mathematics.</summary>
    [FieldOffset(48)] public ulong OtherQuotes;

    /// <summary>Of those applied: trades.</summary>
    [FieldOffset(56)] public ulong Trades;

    /// <summary>Of those applied: prices of the underlying.</summary>
    [FieldOffset(64)] public ulong Spots;

    /// <summary>Of those applied: open-interest records.</summary>
    [FieldOffset(72)] public ulong OpenInterests;

    /// <summary>Messages whose event time ran back; applied at the latest time seen.</summary>
    [FieldOffset(80)] public ulong TimeRegressions;

    /// <summary>Of those applied: quarters of definitions.</summary>
    [FieldOffset(88)] public ulong Definitions;

    /// <summary>Of those applied: gap and status notices.</summary>
    [FieldOffset(96)] public ulong Notices;

    /// <summary>Of those applied: cancels, each of which took one print back.</summary>
    [FieldOffset(104)] public ulong Cancels;

    /// <summary>Messages that wait for the definition of their contract.</summary>
    [FieldOffset(112)] public ulong Pending;

    /// <summary>Messages whose event time lay too far from the last to be believed; applied at the latest time seen.</summary>
    [FieldOffset(120)] public ulong SuspectTimes;

    /// <summary>Messages refused, by <see cref="Rejection"/>.</summary>
    [FieldOffset(128)] public RejectionCounts Rejected;

    /// <summary>Sum over all reasons.</summary>
    public readonly ulong RejectedTotal
    {
        get
        {
            ulong total = 0;
            foreach (ulong count in (ReadOnlySpan<ulong>)Rejected) total += count;
            return total;
        }
    }

    /// <summary>The ledger of two that share a stream.</summary>
    public static Ledger operator +(in Ledger left, in Ledger right)
    {
        Ledger sum = left;
        Span<ulong> words = MemoryMarshal.Cast<Ledger, ulong>(new Span<Ledger>(ref sum));
        ReadOnlySpan<ulong> others = MemoryMarshal.Cast<Ledger, ulong>(new ReadOnlySpan<Ledger>(in right));
        for (int i = 0; i < words.Length; i++) words[i] += others[i];
        return sum;
    }

    /// <summary>True when nothing is lost and nothing is counted twice.</summary>
    public readonly bool Balances => In == Applied + Conflated + RejectedTotal + Dropped + Queued + Pending;
}

/// <summary>Why a message was refused.</summary>
public enum Rejection : byte
{
    /// <summary>No definition with this instrument id.</summary>
    UnknownContract = 0,

    /// <summary>A kind that this version does not know.</summary>
    UnknownKind = 1,

    /// <summary>A negative price.</summary>
    BadPrice = 2,

    /// <summary>After the contract's settlement instant.</summary>
    PostExpiry = 3,

    /// <summary>A contract of an underlying that this engine does not carry.</summary>
    OtherUnderlying = 4,

    /// <summary>A kind that does not fit the instrument, such as a trade of an index.</summary>
    KindMismatch = 5,

    /// <summary>A cancel of a print that is not there, or too long ago.</summary>
    UnknownPrint = 6,

    /// <summary>A definition that contradicts itself, or quarters of one out of their order.</summary>
    BadDefinition = 7,

    /// <summary>A definition or a waiting message for which no room was reserved.</summary>
    NoRoom = 8,

    /// <summary>A position or volume beyond what the exact sums hold.</summary>
    BadQuantity = 9,
}

/// <summary>Counts by <see cref="Rejection"/>.</summary>
[InlineArray(Ledger.RejectionCapacity)]
public struct RejectionCounts
{
    private ulong _first;
}
