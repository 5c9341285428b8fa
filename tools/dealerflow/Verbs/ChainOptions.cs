using System.CommandLine;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Engine;

namespace DealerFlow.Cli.Verbs;

/// <summary>The options of a chain file: what it does not say itself, or says wrongly.</summary>
internal sealed class ChainOptions
{
    private readonly Option<double?> _spot = new("--spot") { Description = "Price of the underlying, instead of the file's." };
    private readonly Option<long?> _asOf = SharedOptions.AsOf();
    private readonly Option<string> _exercise = new("--exercise")
    {
        Description = "auto takes the early-exercise premium off the prices of shares and ETFs first; european takes them as they are.",
        HelpName = "auto|european",
        DefaultValueFactory = _ => "auto",
    };

    public ChainOptions() => _exercise.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: not ("auto" or "european") } token])
            result.AddError($"'{token.Value}' is not an exercise style of this version; use auto or european.");
    });

    public void AddTo(Command command)
    {
        command.Options.Add(_spot);
        command.Options.Add(_asOf);
        command.Options.Add(_exercise);
    }

    public ChainTerms Read(ParseResult parsed) => new(
        parsed.GetValue(_spot), parsed.GetValue(_asOf),
        parsed.GetValue(_exercise) == "auto" ? ExerciseTreatment.AsListed : ExerciseTreatment.European);

    /// <summary>The first option of a chain that was given; null = none.</summary>
    public string? FirstGiven(ParseResult parsed) => new Option[] { _spot, _asOf, _exercise }
        .FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;
}
