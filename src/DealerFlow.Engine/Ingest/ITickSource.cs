using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>Where ticks come from. A struct type argument of <see cref="StreamEngine{TSource, TSink}"/>; the host supplies it.</summary>
public interface ITickSource
{
    /// <summary>
    /// Fills a prefix of <paramref name="ticks"/>, in event order, and returns its length; 0 = the stream has ended,
    /// -1 = there is nothing for the moment, ask again.
    /// May wait for a clock or a wire, but not for ever: a run that ends early waits for this call to return, and so does what waits for
    /// room in the ring of a live stream.
    /// Called on the ingest thread only.
    /// </summary>
    int Read(Span<Tick> ticks);
}
