using System.CommandLine;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Import;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>levels</c>: everything at once from one option-chain file; the engine of <c>replay</c> with one quote per contract.</summary>
internal static class LevelsVerb
{
    public static Command Create()
    {
        Argument<string> chain = new Argument<string>("CHAIN") { Description = $"Option chain: {string.Join(", ", ChainFormats.All.Select(each => each.Description))}." }
            .RefusingOptions();
        var terms = new ChainOptions();
        Option<int> strikes = SharedOptions.Strikes(), expiries = SharedOptions.Expiries();
        Option<bool> json = SharedOptions.Json();
        var pricing = new PricingOptions(takesCash: true);
        var command = new Command("levels",
            """
            Exposures and levels from one option-chain file.

            Examples:
              dealerflow levels spx_quotedata.csv
              dealerflow levels spx_quotedata.csv --forward carry --rate 0.05 --dividend 0.015 --json
              dealerflow levels spy_quotedata.csv --rate 0.05 --dividend 2023-09-15:1.58 --dividend 2023-12-15:1.91
              dealerflow levels resaved.csv --as-of 2022-09-13T13:00-04:00 --spot 3933
              dealerflow levels spx_quotedata.csv --model OpenClose --positions customers.csv

            A broken row is skipped and named on stderr. A file without a spot gets it by put-call parity, marked Inferred.
            """)
        { chain, strikes, expiries, json };
        terms.AddTo(command);
        pricing.AddTo(command);
        command.SetAction(parsed => Run(
            ChainRun.Of(parsed.GetValue(chain)!, terms.Read(parsed), pricing.Read(parsed)),
            new RowsShown(parsed.GetValue(strikes), parsed.GetValue(expiries)), parsed.GetValue(json)));
        return command;
    }

    private static int Run(ChainRun run, RowsShown shown, bool asJson)
    {
        run.Tell();
        if (asJson)
        {
            Terminal.Json(json =>
            {
                if (!MarketView.TryOpen(run.Market, out MarketView view)) return;
                LevelsJson.Begin(json, view);
                ExerciseJson.Write(json, run.Options, run.Exercise);
                json.WriteEndObject();
            });
            return ExitCode.Success;
        }
        if (MarketView.TryOpen(run.Market, out MarketView market)) LevelsTable.Write(Terminal.Tables(), market, shown, run.Options, run.Exercise);
        return ExitCode.Success;
    }
}
