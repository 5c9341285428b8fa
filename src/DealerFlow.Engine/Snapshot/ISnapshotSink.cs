using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>Where snapshots go. A struct type argument of <see cref="StreamEngine{TSource, TSink}"/>; the host supplies it.</summary>
public interface ISnapshotSink
{
    /// <summary>
    /// Takes one whole market section and the ledger at that moment. The bytes are the engine's and change after the call.
    /// Called on the calculation thread only.
    /// </summary>
    void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger);

    /// <summary>
    /// Takes one headline and the ledger at that moment, where the options ask for any. Called on the calculation thread only, and often.
    /// </summary>
    void PublishHeadline(in HeadlineSection headline, in Ledger ledger);

    /// <summary>
    /// A sign of life between snapshots, with how far the calculation has come: after every span of ticks, and while it waits
    /// for more. Called often, so it must cost next to nothing.
    /// </summary>
    void Heartbeat(ulong eventSequence, long eventTimeNanos);
}
