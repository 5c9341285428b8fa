using DealerFlow.Engine;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Live;

/// <summary>Reads datagrams of one kind into ticks, after the gate has said which of their messages are new.</summary>
internal abstract class DatagramReader(SequenceGate gate, TickQueue ticks)
{
    protected SequenceGate Gate => gate;

    protected TickQueue Ticks => ticks;

    /// <summary>The latest event time that was read.</summary>
    public long LastNanos { get; protected set; }

    /// <summary>The sender has said that nothing follows.</summary>
    public virtual bool HasEnded => false;

    /// <summary>What the numbers count is known, so that losses can be told.</summary>
    public virtual bool KnowsNumbering => true;

    /// <summary>Contracts that were defined after those of the day.</summary>
    public HashSet<uint> Later { get; } = [];

    /// <summary>The contracts of the day are known.</summary>
    public abstract bool HasDefinitions { get; }

    /// <summary>The contracts of the day.</summary>
    public abstract InstrumentDefinition[] Definitions();

    /// <summary>Reads a datagram; false, and why, when it is none of its kind.</summary>
    /// <param name="datagram">The bytes.</param>
    /// <param name="group">Which of the streams that are listened to.</param>
    /// <param name="line">Which of its redundant lines.</param>
    /// <param name="figures">Counts what becomes of it.</param>
    /// <param name="trouble">What is wrong with it.</param>
    public abstract bool TryTake(ReadOnlySpan<byte> datagram, ushort group, byte line, ref IngestSection figures, out string? trouble);

    /// <summary>A message that replaces what its instrument showed before; every other counts for itself.</summary>
    protected static bool IsState(in Tick tick) =>
        tick.Kind == TickKind.Spot || (tick.Kind == TickKind.Quote && (tick.Flags & TickFlags.NationalBest) != 0);

    /// <summary>Counts what the gate said of a message that came; true when it is to be taken.</summary>
    protected static bool Count(in Admission admission, ref IngestSection figures)
    {
        switch (admission.Verdict)
        {
            case Verdict.Pass: return true;
            case Verdict.Duplicate: figures.Duplicates++; return false;
            case Verdict.Refused: figures.Refused++; return false;
            default: figures.Late++; return false;
        }
    }

    /// <summary>How much later than it happened something was received just now, where the clocks agree so far; otherwise 0.</summary>
    protected static uint DelayNanos(long eventNanos)
    {
        long now = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100;
        return now > eventNanos && now - eventNanos < uint.MaxValue ? (uint)(now - eventNanos) : 0;
    }
}
