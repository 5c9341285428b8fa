using DealerFlow.Engine;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Live;

/// <summary>Datagrams of ticks: numbered tick by tick, per channel, anew in each session of their sender.</summary>
internal sealed class TickDatagrams : DatagramReader
{
    private readonly Tick[] _read = new Tick[TickDatagramHeader.MaxTicks];
    private readonly Dictionary<uint, Channel> _channels = [];
    private readonly List<InstrumentDefinition> _definitions = [];
    private readonly Dictionary<uint, (InstrumentDefinition Definition, int Quarters)> _partial = [];
    private bool _hasTicks;          // of another kind than definitions
    private bool _areTaken;          // definitions from now on are those of the session
    private int _ended;

    public TickDatagrams(SequenceGate gate, TickQueue ticks, LiveContracts? contracts)
        : base(gate, ticks)
    {
        if (contracts is null) return;
        if (!contracts.IsOfTape)
            throw new CliException(ExitCode.Usage, $"{contracts.Path} gives contracts numbers of its own, and the datagrams of ticks have theirs; give the tape of their sender as --definitions.");
        _definitions.AddRange(contracts.Definitions);
        _hasTicks = true;
    }

    public override bool HasEnded => _channels.Count > 0 && _ended == _channels.Count;

    /// <summary>What is still missing of what was sent before the first tick may be definitions, and is waited for.</summary>
    public override bool HasDefinitions => _hasTicks && Gate.Counts.GapsOpen == 0;

    public static bool IsOne(ReadOnlySpan<byte> datagram) => TickDatagramHeader.IsOne(datagram);

    public override InstrumentDefinition[] Definitions()
    {
        _areTaken = true;
        _partial.Clear();
        return [.. _definitions];
    }

    public override bool TryTake(ReadOnlySpan<byte> datagram, ushort group, byte line, ref IngestSection figures, out string? trouble)
    {
        if (!TickDatagramHeader.TryRead(datagram, out TickDatagramHeader header, out trouble)) return false;
        figures.Received += header.Count;
        uint key = ((uint)group << 16) | header.Channel;
        if (!_channels.TryGetValue(key, out Channel channel)) channel = new Channel(header.Session, false);
        if (header.Session < channel.Session)
        {
            figures.Late += header.Count;
            return true;
        }
        if (header.Session > channel.Session)
        {
            channel = channel with { Session = header.Session };
            Gate.Admit(Arrival.Reset(group, header.Channel, line, header.Sequence - 1));
        }
        if ((header.Flags & TickDatagramFlags.End) != 0 && !channel.HasEnded)
        {
            channel = channel with { HasEnded = true };
            _ended++;
        }
        _channels[key] = channel;
        Span<Tick> ticks = _read.AsSpan(0, header.Count);
        TickDatagramHeader.CopyTicks(datagram, ticks);
        ulong number = header.Sequence;
        foreach (ref Tick tick in ticks)
        {
            Arrival arrival = IsState(in tick)
                ? Arrival.State(group, header.Channel, line, number, tick.InstrumentId)
                : Arrival.Event(group, header.Channel, line, number);
            number++;
            if (Count(Gate.Admit(in arrival), ref figures)) Take(ref tick);
        }
        return true;
    }

    private void Take(ref Tick tick)
    {
        LastNanos = Math.Max(LastNanos, tick.EventTimeNanos);
        if (tick.ReceiveDelayNanos == 0) tick.ReceiveDelayNanos = DelayNanos(tick.EventTimeNanos);
        if (tick.Kind == TickKind.Definition && !_areTaken)
        {
            Define(in tick);
            return;
        }
        _hasTicks = true;
        if (tick.Kind == TickKind.Definition) Later.Add(tick.InstrumentId);
        Ticks.Add(in tick);
    }

    // The engine would make the same of them, but its tables are made from these; and here their datagrams may change places.
    private void Define(in Tick tick)
    {
        const int All = (1 << DefinitionTicks.Count) - 1;
        (InstrumentDefinition definition, int quarters) = _partial.GetValueOrDefault(tick.InstrumentId);
        if (!DefinitionTicks.TryRead(in tick, ref definition)) return;
        quarters |= 1 << tick.Venue;
        if (quarters != All)
        {
            _partial[tick.InstrumentId] = (definition, quarters);
            return;
        }
        _partial.Remove(tick.InstrumentId);
        if (definition.InstrumentId == tick.InstrumentId) _definitions.Add(definition);
    }

    private readonly record struct Channel(ulong Session, bool HasEnded);
}
