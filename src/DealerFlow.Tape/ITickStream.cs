using DealerFlow.Wire;

namespace DealerFlow.Tape;

/// <summary>Ticks in order of time with what their ids mean: tapes, or whatever else is to be replayed as if it were one.</summary>
public interface ITickStream : IDisposable
{
    /// <summary>What the ids mean.</summary>
    ReadOnlySpan<InstrumentDefinition> Definitions { get; }

    /// <summary>Where it comes from.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Ticks of the whole stream; 0 = not known beforehand.</summary>
    long TickCount { get; }

    /// <summary>Ticks that cannot be read because of damage that was passed over.</summary>
    long LostTicks { get; }

    /// <summary>Earliest event time.</summary>
    long FirstEventTimeNanos { get; }

    /// <summary>Latest event time.</summary>
    long LastEventTimeNanos { get; }

    /// <summary>Fills a prefix with the next ticks; 0 = the end.</summary>
    int Read(Span<Tick> ticks);
}
