using DealerFlow.Engine;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>What a run carries, and what of it is also published as one.</summary>
internal static class Underlyings
{
    /// <summary>The underlyings among definitions, in their order, each with a symbol of its own.</summary>
    public static InstrumentDefinition[] Of(ReadOnlySpan<InstrumentDefinition> definitions, string path)
    {
        var found = new List<InstrumentDefinition>();
        foreach (ref readonly InstrumentDefinition definition in definitions)
        {
            if (definition.Kind != InstrumentKind.Underlying) continue;
            Ascii8 symbol = definition.Root;
            if (found.Exists(other => other.Root == symbol))
                throw new CliException(ExitCode.Corrupt, $"{path} defines two underlyings {symbol}, so their results could not be told apart.");
            found.Add(definition);
        }
        if (found.Count == 0) throw new CliException(ExitCode.Corrupt, $"{path} defines no underlying, so its options cannot be priced.");
        return [.. found];
    }

    /// <summary>Members of a combined view by their symbols, the first of them its basis; null without a text.</summary>
    public static CombinedBasis? Combine(string? text, InstrumentDefinition[] underlyings, string path)
    {
        if (text is null) return null;
        var members = new List<CombinedMember>();
        foreach (string word in text.Split(','))
        {
            string[] parts = word.Split('=');
            double beta = 1;
            if (parts.Length > 2 || (parts.Length == 2 && !(double.TryParse(parts[1], out beta) && beta is > 0 and <= 10)))
                throw new CliException(ExitCode.Usage, $"'{word}' is no member of --combine; write SYMBOL, or SYMBOL=BETA with a beta above 0 and at most 10.");
            int index = Array.FindIndex(underlyings, underlying => underlying.Root.ToString() == parts[0]);
            if (index < 0)
                throw new CliException(ExitCode.Usage, $"--combine names {parts[0]}, which {path} does not hold; it has {string.Join(", ", underlyings.Select(underlying => underlying.Root))}.");
            if (members.Exists(member => member.UnderlyingId == underlyings[index].InstrumentId))
                throw new CliException(ExitCode.Usage, $"--combine names {parts[0]} twice.");
            members.Add(new CombinedMember { UnderlyingId = underlyings[index].InstrumentId, Beta = beta });
        }
        if (members[0].Beta != 1) throw new CliException(ExitCode.Usage, "The first member of --combine is what the others are measured by; its beta is 1.");
        return new CombinedBasis { BasisId = members[0].UnderlyingId, Members = members };
    }
}
