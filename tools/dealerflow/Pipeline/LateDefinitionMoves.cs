using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>
/// Calendar overrides on definitions that come as ticks. A definition is four ticks, which may arrive in several pieces; its settlement
/// instant is in the third and its kind of settlement in the fourth, so the kind is told from the instant that the embedded table gives.
/// </summary>
internal sealed class LateDefinitionMoves(SessionCalendar calendar)
{
    private const int QuarterWithSettlement = 2;

    private InstrumentDefinition _definition;

    /// <summary>Moves settlement instants in place.</summary>
    public void Apply(Span<Tick> ticks)
    {
        for (int i = 0; i < ticks.Length; i++)
        {
            if (ticks[i].Kind != TickKind.Definition || !DefinitionTicks.TryRead(in ticks[i], ref _definition)) continue;
            if (ticks[i].Venue != QuarterWithSettlement) continue;
            Tick tick = ticks[i];
            _definition.InstrumentId = tick.InstrumentId;
            if (Move()) Replace(ref ticks[i]);
        }
    }

    private bool Move()
    {
        // An underlying has no settlement; every other definition is looked at as a contract of either kind.
        if (_definition.SettlementNanos == 0) return false;
        InstrumentDefinition asked = _definition;
        asked.Kind = InstrumentKind.Call;
        foreach (SettlementKind kind in (ReadOnlySpan<SettlementKind>)[SettlementKind.AM, SettlementKind.PM])
        {
            asked.Settlement = kind;
            if (!CalendarMoves.TryMove(in asked, calendar, out long settlement, out long embedded) || embedded != asked.SettlementNanos) continue;
            _definition.SettlementNanos = settlement;
            return true;
        }
        return false;
    }

    private void Replace(ref Tick tick)
    {
        Span<Tick> quarters = stackalloc Tick[DefinitionTicks.Count];
        DefinitionTicks.Write(in _definition, tick.EventTimeNanos, quarters);
        quarters[QuarterWithSettlement].ReceiveDelayNanos = tick.ReceiveDelayNanos;
        quarters[QuarterWithSettlement].Flags = tick.Flags;
        tick = quarters[QuarterWithSettlement];
    }
}
