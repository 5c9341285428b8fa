using DealerFlow.Engine;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>
/// The whole way of a message: numbered by its source, through the sequence gate, into the engine. What the gate gives up becomes a gap
/// notice for every contract that may have missed something.
/// </summary>
internal sealed class GatedRun(InstrumentDefinition[] definitions, EngineOptions options, SequenceGateOptions? gate = null)
{
    private const ushort Source = 7, Channel = 0;

    private readonly uint[] _instruments = [.. definitions.Select(definition => definition.InstrumentId)];
    private long _now;

    public LiveRun Engine { get; } = new(definitions, options);

    public SequenceGate Gate { get; } = new(gate ?? new SequenceGateOptions { Window = 1024, Channels = 4, GapPatience = 4, DenseInstruments = 256, SparseInstruments = 16 });

    /// <summary>Numbers ticks as their source does.</summary>
    public static (ulong Sequence, Tick Tick)[] Number(IEnumerable<Tick> ticks, ulong first = 1) =>
        [.. ticks.Select((tick, i) => (first + (ulong)i, tick))];

    public void Receive(byte line, params ReadOnlySpan<(ulong Sequence, Tick Tick)> messages)
    {
        foreach ((ulong sequence, Tick tick) in messages)
        {
            bool isState = tick.Kind is TickKind.Quote or TickKind.Spot;
            Arrival arrival = isState
                ? Arrival.State(Source, Channel, line, sequence, tick.InstrumentId)
                : Arrival.Event(Source, Channel, line, sequence);
            _now = Math.Max(_now, tick.EventTimeNanos);
            if (Gate.Admit(in arrival).Passes) Engine.Apply(tick);
            TellLosses();
        }
    }

    public void Reset(byte line, ulong sequence)
    {
        Gate.Admit(Arrival.Reset(Source, Channel, line, sequence));
        TellLosses();
    }

    public void TellLosses()
    {
        while (Gate.TryTakeNotice(out GapNotice notice))
            foreach (uint instrument in _instruments)
                if (instrument != 0 && Gate.MayHaveMissed(in notice, instrument)) Engine.Apply(LiveRun.Gap(_now, instrument));
    }
}
