using System.Globalization;
using DealerFlow.Engine;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>
/// A positions file on its way into the calculation: contracts by symbol become instrument ids, and what customers hold becomes the
/// opposite, which dealers hold.
/// </summary>
internal static class OutsidePositions
{
    /// <inheritdoc cref="Calculation.LoadPositions"/>
    public delegate int Taker(ReadOnlySpan<Engine.OutsidePosition> positions);

    /// <summary>Loads the positions before the first tick; a file none of whose contracts is defined is refused.</summary>
    /// <param name="take">Takes them, and says of how many there is no contract.</param>
    /// <param name="file">What customers hold.</param>
    /// <param name="definitions">Contracts of the tape or chain.</param>
    /// <param name="market">How messages name the tape or chain.</param>
    /// <returns>What was left out, a sentence each.</returns>
    public static IEnumerable<string> Load(Taker take, PositionsFile file, ReadOnlySpan<InstrumentDefinition> definitions, string market)
    {
        Dictionary<OsiContract, uint> ids = IdsOf(definitions);
        var positions = new List<Engine.OutsidePosition>(file.Positions.Count);
        OsiContract? firstUnknown = null;
        int unknown = 0;
        foreach (Import.OutsidePosition position in file.Positions)
        {
            if (ids.TryGetValue(position.Contract, out uint id))
            {
                positions.Add(new Engine.OutsidePosition(id, -position.Net));
                continue;
            }
            firstUnknown ??= position.Contract;
            unknown++;
        }
        if (positions.Count == 0)
            throw new CliException(ExitCode.Failure,
                $"{file.Source}: none of its {Contracts(file.Positions.Count)} is in {market}, the first of them {firstUnknown}; give positions of this market.");
        var told = new List<string>();
        int notTaken = take(positions.ToArray());
        if (unknown > 0) told.Add($"{file.Source}: {Contracts(unknown)} of {file.Positions.Count:#,0} not in {market} and left out, the first of them {firstUnknown}.");
        if (notTaken > 0) told.Add($"{file.Source}: {Contracts(notTaken)} with an adjusted deliverable or settled, and left out.");
        if (file.LastLineIsOpen) told.Add($"{file.Source}: the last line has no line end, so its number may be cut short; used as it stands.");
        return told;
    }

    private static Dictionary<OsiContract, uint> IdsOf(ReadOnlySpan<InstrumentDefinition> definitions)
    {
        var ids = new Dictionary<OsiContract, uint>(definitions.Length);
        foreach (ref readonly InstrumentDefinition definition in definitions)
        {
            if (definition.Kind == InstrumentKind.Underlying) continue;
            int date = definition.ExpiryDate;
            if (!DateOnly.TryParseExact($"{date:D8}", "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly expiry)) continue;
            ids.TryAdd(new OsiContract(definition.Root.ToString(), expiry, (OptionRight)definition.Kind, definition.StrikeMills), definition.InstrumentId);
        }
        return ids;
    }

    private static string Contracts(int count) => count == 1 ? "1 contract" : $"{count:#,0} contracts";
}
