using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// A second consumer of the engine's ring: it sees every tick, in order, before or after the calculation does. It gates the producer, so
/// one that must not hold the stream back copies what it takes and leaves the rest to another thread.
/// </summary>
public interface ITickTap
{
    /// <summary>Takes ticks; the span is valid during the call. Called on the thread "tap" only.</summary>
    void Take(ReadOnlySpan<Tick> ticks);
}
