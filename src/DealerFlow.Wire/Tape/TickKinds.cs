namespace DealerFlow.Wire;

/// <summary>Which kinds of ticks a block holds, a bit for each: what came before a place in the tape is found without reading the rest.</summary>
public static class TickKinds
{
    private const int LastBit = 15;

    /// <summary>The bit of a kind; kinds beyond 14 share one.</summary>
    public static ushort Of(TickKind kind) => (ushort)(1 << Math.Min((int)kind, LastBit));

    /// <summary>The bits of some ticks.</summary>
    public static ushort Of(ReadOnlySpan<Tick> ticks)
    {
        uint kinds = 0;
        foreach (ref readonly Tick tick in ticks) kinds |= Of(tick.Kind);
        return (ushort)kinds;
    }
}
