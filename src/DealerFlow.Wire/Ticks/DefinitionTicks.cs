using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>
/// A definition on its way through the ring: four consecutive ticks of kind <see cref="TickKind.Definition"/>, each with twelve of its
/// 48 bytes at offset 16 and the number of the quarter, 0 to 3, as <see cref="Tick.Venue"/>.
/// </summary>
public static class DefinitionTicks
{
    /// <summary>Ticks of one definition.</summary>
    public const int Count = 4;

    private const int PayloadOffset = 16;
    private const int QuarterBytes = InstrumentDefinition.SizeInBytes / Count;

    /// <summary>Writes the four ticks of a definition.</summary>
    public static void Write(in InstrumentDefinition definition, long eventTimeNanos, Span<Tick> ticks)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<InstrumentDefinition>(in definition));
        for (int quarter = 0; quarter < Count; quarter++)
        {
            ticks[quarter] = new Tick
            {
                EventTimeNanos = eventTimeNanos,
                InstrumentId = definition.InstrumentId,
                Kind = TickKind.Definition,
                Venue = (byte)quarter,
            };
            bytes.Slice(quarter * QuarterBytes, QuarterBytes)
                .CopyTo(MemoryMarshal.AsBytes(ticks.Slice(quarter, 1)).Slice(PayloadOffset, QuarterBytes));
        }
    }

    /// <summary>Copies the quarter that a tick carries into a definition; false when the quarter is none of the four.</summary>
    public static bool TryRead(in Tick tick, ref InstrumentDefinition definition)
    {
        if (tick.Venue >= Count) return false;
        MemoryMarshal.AsBytes(new ReadOnlySpan<Tick>(in tick)).Slice(PayloadOffset, QuarterBytes)
            .CopyTo(MemoryMarshal.AsBytes(new Span<InstrumentDefinition>(ref definition)).Slice(tick.Venue * QuarterBytes, QuarterBytes));
        return true;
    }
}
