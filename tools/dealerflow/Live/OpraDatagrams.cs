using DealerFlow.Engine;
using DealerFlow.Import;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Live;

/// <summary>
/// Blocks of OPRA. What their numbers count, blocks or messages, is learnt from the first of them; until then copies are told by their
/// content, and losses cannot be told.
/// </summary>
internal sealed class OpraDatagrams : DatagramReader, ITickSink
{
    private readonly LiveContracts _contracts;
    private readonly OpraPackets _packets;
    private readonly Dictionary<ushort, OpraNumbering> _numberings = [];
    private readonly bool[] _skips = new bool[byte.MaxValue];
    private readonly HashSet<uint> _carried = [];
    private readonly Tick[] _quarters = new Tick[DefinitionTicks.Count];
    private Admission _admission;           // of the block that is being read …
    private bool _isBlockNumbered;          // … where it has one number for all its messages
    private int _known;
    private long _number;
    private ulong _passedOver, _late;

    public OpraDatagrams(SequenceGate gate, TickQueue ticks, LiveContracts? contracts)
        : base(gate, ticks)
    {
        _contracts = contracts ?? throw new CliException(
            ExitCode.Usage, "OPRA packets name contracts and not what lies under them or how much of each is open; give the day's contracts as --definitions: a tape, or a file that 'dealerflow import' reads.");
        _contracts.Sink = this;
        _packets = new OpraPackets(contracts.Import);
        _known = contracts.Import.Definitions.Length;
        foreach (InstrumentDefinition definition in contracts.Import.Definitions)
            if (definition.Kind == InstrumentKind.Underlying) _carried.Add(definition.InstrumentId);
        foreach (Tick tick in contracts.Opening) ticks.Add(in tick);
    }

    public override bool KnowsNumbering => _numberings.Values.All(numbering => numbering.Unit != OpraUnit.NotKnown);

    public override bool HasDefinitions => true;

    public override InstrumentDefinition[] Definitions() => _contracts.Import.Definitions[.._known].ToArray();

    public override bool TryTake(ReadOnlySpan<byte> datagram, ushort group, byte line, ref IngestSection figures, out string? trouble)
    {
        if (!OpraBlockHeader.TryRead(datagram, out OpraBlockHeader header, out _, out trouble)) return false;
        figures.Received += (ulong)header.Count;
        LastNanos = Math.Max(LastNanos, header.Nanos);
        _number++;
        if (!_numberings.TryGetValue(group, out OpraNumbering? numbering)) _numberings.Add(group, numbering = new OpraNumbering());
        if (OpraPackets.IsReset(datagram, in header) && numbering.Unit != OpraUnit.NotKnown)
            Gate.Admit(Arrival.Reset(group, 0, line, header.Sequence, SequenceWidth.Bits32));
        OpraUnit unit = numbering.Learn(header, OpraBlockHeader.Identity(datagram), out bool isCopy);
        Span<bool> skips = _skips.AsSpan(0, header.Count);
        skips.Clear();
        _isBlockNumbered = unit == OpraUnit.Block;
        switch (unit)
        {
            case OpraUnit.NotKnown when isCopy:
                figures.Duplicates += (ulong)header.Count;
                return true;
            case OpraUnit.NotKnown:
                break;
            case OpraUnit.Block:
                _admission = Gate.Admit(Arrival.Event(group, 0, line, header.Sequence, SequenceWidth.Bits32));
                if (!_admission.Passes)
                {
                    for (int i = 0; i < header.Count; i++) Count(in _admission, ref figures);
                    return true;
                }
                break;
            default:
                for (int i = 0; i < header.Count; i++)
                    skips[i] = !Count(Gate.Admit(Arrival.Event(group, 0, line, header.Sequence + (uint)i, SequenceWidth.Bits32)), ref figures);
                break;
        }
        ImportReport report = _contracts.Import.Report;
        (_passedOver, _late) = (0, 0);
        long rejected = report.RejectedTotal, passed = report.PassedTotal;
        _packets.Read(datagram, in header, _number, DelayNanos(header.Nanos), skips);
        figures.Refused += (ulong)(report.RejectedTotal - rejected);
        figures.PassedOver += (ulong)(report.PassedTotal - passed) + _passedOver;
        figures.Late += _late;
        return true;
    }

    /// <summary>A tick of the block that is being read.</summary>
    public void Add(in Tick tick)
    {
        ReadOnlySpan<InstrumentDefinition> definitions = _contracts.Import.Definitions;
        if (!_carried.Contains(definitions[(int)tick.InstrumentId].UnderlyingId))
        {
            _passedOver++;
            return;
        }
        if (tick.InstrumentId >= _known) Define(definitions, in tick);
        if (_isBlockNumbered && IsState(in tick) && !Gate.AdmitState(in _admission, tick.InstrumentId))
        {
            _late++;
            return;
        }
        Ticks.Add(in tick);
    }

    /// <summary>Contracts that the file of the day does not have come into the stream before their first tick.</summary>
    private void Define(ReadOnlySpan<InstrumentDefinition> definitions, in Tick tick)
    {
        for (; _known < definitions.Length; _known++)
        {
            ref readonly InstrumentDefinition definition = ref definitions[_known];
            if (definition.Kind == InstrumentKind.Underlying || !_carried.Contains(definition.UnderlyingId)) continue;
            Later.Add(definition.InstrumentId);
            DefinitionTicks.Write(in definition, tick.EventTimeNanos, _quarters);
            foreach (ref readonly Tick quarter in _quarters.AsSpan()) Ticks.Add(in quarter);
        }
    }
}
