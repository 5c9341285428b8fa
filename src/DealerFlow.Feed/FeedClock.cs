namespace DealerFlow.Feed;

/// <summary>The two clocks of a feed. A test hands in its own; everyone else leaves <see cref="System"/>.</summary>
public abstract class FeedClock
{
    /// <summary>The kernel's clocks.</summary>
    public static FeedClock System { get; } = new KernelClock();

    /// <summary>CLOCK_MONOTONIC, ns: the same for all processes of a machine, never set back. Decides what is alive.</summary>
    public abstract long MonotonicNanos { get; }

    /// <summary>UTC, ns since the Unix epoch. For display only.</summary>
    public abstract long UtcNanos { get; }

    private sealed class KernelClock : FeedClock
    {
        public override long MonotonicNanos => LibC.ReadClock(LibC.ClockMonotonic);

        public override long UtcNanos => LibC.ReadClock(LibC.ClockRealtime);
    }
}
