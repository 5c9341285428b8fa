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
}
