using DealerFlow.Engine;
using DealerFlow.Import;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>What the options of a command line come to.</summary>
/// <param name="Options">What the engine computes.</param>
/// <param name="Positions">What customers hold; null = not given.</param>
/// <param name="CalendarSource">How messages name the calendar overrides; null = none were given.</param>
internal sealed record Pricing(EngineOptions Options, PositionsFile? Positions, string? CalendarSource)
{
    /// <summary>Lays the overrides on definitions that carry their own settlement instants; what was done is told.</summary>
    public IEnumerable<string> MoveSettlements(Span<InstrumentDefinition> definitions) =>
        CalendarSource is null ? [] : CalendarMoves.Apply(definitions, Options.Calendar, CalendarSource);

    /// <summary>The same for definitions that come during the session; null without overrides.</summary>
    public LateDefinitionMoves? LateMoves() => Options.Calendar.Overrides.Rows.Count == 0 ? null : new LateDefinitionMoves(Options.Calendar);

    /// <summary>Loads the positions, if there are any; what was left out is told.</summary>
    public IEnumerable<string> LoadPositions(OutsidePositions.Taker take, ReadOnlySpan<InstrumentDefinition> definitions, string market) =>
        Positions is null ? [] : OutsidePositions.Load(take, Positions, definitions, market);
}
