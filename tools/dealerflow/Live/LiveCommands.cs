using System.Collections.Concurrent;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Engine;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Live;

/// <summary>What can be said to a running engine; carried out on the thread that calculates, between two ticks.</summary>
/// <param name="post">Hands a command to every such thread; false when too many wait.</param>
/// <param name="calculations">How many those are.</param>
/// <param name="definitions">Contracts of the day.</param>
/// <param name="market">How messages name them.</param>
/// <param name="stop">Ends the run.</param>
internal sealed class LiveCommands(Func<Action<Calculation>, bool> post, int calculations, InstrumentDefinition[] definitions, string market, Action stop)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Carries out one line.</summary>
    public string Answer(string line)
    {
        string[] words = line.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string argument = words.Length > 1 ? words[1] : "";
        switch (words.Length == 0 ? "" : words[0])
        {
            case "model":
                if (!argument.All(char.IsAsciiLetter) || !Enum.TryParse(argument, ignoreCase: true, out PositionModel model))
                    return $"no: '{argument}' is not a position model; use {string.Join(", ", Enum.GetNames<PositionModel>())}.";
                return Do(calculation =>
                {
                    calculation.UseModel(model);
                    return $"model {model} from the next snapshot on";
                });
            case "positions":
                PositionsFile positions = PositionsFile.Read(argument);
                return Do(calculation =>
                {
                    string told = string.Join(' ', OutsidePositions.Load(calculation.LoadPositions, positions, definitions, market));
                    return $"{positions.Positions.Count:#,0} positions taken over{(told.Length > 0 ? "; " + told : "")}";
                });
            case "calendar":
                var calendar = new SessionCalendar(CalendarOverrides.Read(argument));
                return Do(calculation => $"{calendar} in force; {calculation.UseCalendar(calendar).Count:#,0} expiries moved");
            case "stop":
                stop();
                return "ok: stopping";
            default:
                return "no: say 'model NAME', 'positions FILE', 'calendar FILE' or 'stop'.";
        }
    }

    private string Do(Func<Calculation, string> command)
    {
        var done = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var answers = new ConcurrentQueue<string>();
        bool isPosted = post(calculation =>
        {
            try
            {
                answers.Enqueue("ok: " + command(calculation));
            }
            catch (CliException refused)
            {
                answers.Enqueue("no: " + refused.Message);
            }
            if (answers.Count == calculations) done.TrySetResult(string.Join(' ', answers.Distinct().Order(StringComparer.Ordinal)));
        });
        if (!isPosted) return "no: too many commands wait; try again.";
        return done.Task.Wait(Patience) ? done.Task.Result : "no: the calculation has not come to it within ten seconds; it is carried out as soon as it does.";
    }
}
