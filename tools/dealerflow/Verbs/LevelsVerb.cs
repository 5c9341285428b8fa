using System.CommandLine;
using System.Globalization;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Engine;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>levels</c>: everything at once from one option-chain file; the engine of <c>replay</c> with one quote per contract.</summary>
internal static class LevelsVerb
{
    private const int IssuesShown = 10;

    public static Command Create()
    {
        Argument<string> chain = new Argument<string>("CHAIN") { Description = $"Option chain: {string.Join(", ", ChainFormats.All.Select(each => each.Description))}." }
            .RefusingOptions();
        var spot = new Option<double?>("--spot") { Description = "Price of the underlying, instead of the file's." };
        Option<long?> asOf = SharedOptions.AsOf();
        var exercise = new Option<string>("--exercise")
        {
            Description = "auto takes the early-exercise premium off the prices of shares and ETFs first; european takes them as they are.",
            HelpName = "auto|european",
            DefaultValueFactory = _ => "auto",
        };
        exercise.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("auto" or "european") } token])
                result.AddError($"'{token.Value}' is not an exercise style of this version; use auto or european.");
        });
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
        { chain, spot, asOf, exercise, strikes, expiries, json };
        pricing.AddTo(command);
        command.SetAction(parsed =>
        {
            Pricing read = pricing.Read(parsed);
            ExerciseTreatment treatment = parsed.GetValue(exercise) == "auto" ? ExerciseTreatment.AsListed : ExerciseTreatment.European;
            return Run(
                parsed.GetValue(chain)!, parsed.GetValue(spot), parsed.GetValue(asOf),
                read with { Options = read.Options with { Exercise = treatment, OneShot = true } },
                new RowsShown(parsed.GetValue(strikes), parsed.GetValue(expiries)), parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(string path, double? spotGiven, long? asOfGiven, Pricing pricing, RowsShown shown, bool asJson)
    {
        EngineOptions options = pricing.Options;
        if (spotGiven is not null and not (> 0 and < double.PositiveInfinity))
            throw new CliException(ExitCode.Usage, $"A spot of {spotGiven} cannot be; give a positive price.");
        OptionChain chain = ChainFormats.Read(path, options.Calendar);
        // A question to the user stands alone; what was skipped is told once there is an answer to go with it.
        long asOf = asOfGiven ?? chain.AsOfNanos ?? throw new CliException(ExitCode.Usage, chain.DateText is null
            ? $"{path} does not say when its quotes are from; give --as-of, for example --as-of 2023-06-09T13:40-04:00."
            : $"{path}: the date '{chain.DateText}' cannot be read; give --as-of, for example --as-of 2023-06-09T13:40-04:00.");
        double? spot = spotGiven ?? chain.Spot;
        if (spot is null && options.ForwardMode == ForwardMode.Carry)
            throw new CliException(ExitCode.Usage, $"{path} has no spot, and --forward carry needs one; give --spot.");
        CheckDividends(path, chain, asOf, spot, options.Dividends);
        ChainTickSet ticks = ChainTicks.Build(chain, asOf, spot, options.Calendar);
        List<string> remarks = [.. pricing.MoveSettlements(ticks.Definitions)];
        var calculation = new Calculation(ticks.Definitions, 0, options);
        remarks.AddRange(pricing.LoadPositions(calculation.LoadPositions, ticks.Definitions, path));
        if (options.Model == PositionModel.Tape) remarks.Add($"{path}: a chain holds no trades, so model Tape has none to go by; replay a tape for that.");
        if (options.Model == PositionModel.OpenInterestPlusTape)
            remarks.Add($"{path}: a chain holds no trades, so model OpenInterestPlusTape is OpenInterest alone.");
        var collector = new SnapshotCollector(feeds: null, () => 0);
        CollectorSink sink = collector.SinkOf(calculation);
        calculation.Apply(ticks.Ticks, ref sink);
        calculation.Finish(ref sink);
        if (calculation.HasOverflowed)
            throw new CliException(ExitCode.Failure, $"{path}: an exposure left the exact grid of 1/1024 USD; check open interest and prices.");

        byte[] bytes = [];
        Ascii8 symbol = ticks.Definitions.First(definition => definition.Kind == InstrumentKind.Underlying).Root;
        if (!collector.TryCopyLast(symbol, ref bytes, out int length) || !MarketView.TryOpen(bytes.AsSpan(0, length), out MarketView market))
            throw new CliException(ExitCode.Usage, $"{path} has no spot and too few two-sided quotes to infer one by parity; give --spot.");
        TellIssues(path, chain, ticks.Issues);
        CommandLine.Tell(remarks);
        foreach (string sign in ChainCoverage.SignsOfAPart(chain, asOf, spot)) Console.Error.WriteLine($"dealerflow: {path}: {sign}");
        if (asJson)
        {
            Terminal.Json(json =>
            {
                if (!MarketView.TryOpen(bytes.AsSpan(0, length), out MarketView view)) return;
                LevelsJson.Begin(json, view);
                ExerciseJson.Write(json, options, calculation.Exercise);
                json.WriteEndObject();
            });
            return ExitCode.Success;
        }
        IAnsiConsole console = Terminal.Tables();
        LevelsTable.Write(console, market, shown, options, calculation.Exercise);
        return ExitCode.Success;
    }

    private static void CheckDividends(string path, OptionChain chain, long asOf, double? spot, IReadOnlyList<ScheduledDividend> dividends)
    {
        if (dividends.Count == 0) return;
        if (!chain.Contracts.Any(contract => contract.Exercise == ExerciseStyle.American))
        {
            throw new CliException(ExitCode.Usage,
                $"{path}: {chain.Underlying} has European options only; dividends in cash are for shares and ETFs. Give a yield to --dividend.");
        }
        foreach (ScheduledDividend dividend in dividends)
        {
            if (dividend.ExNanos > asOf) continue;
            throw new CliException(ExitCode.Usage,
                $"--dividend {NewYorkTime.DateOf(dividend.ExNanos):yyyy-MM-dd} is over: the quotes of {path} are from {UnixNanos.ToIso(asOf)}. Give dividends yet to come.");
        }
        double sum = dividends.Sum(dividend => dividend.Amount);
        if (spot is double price && sum >= price)
            throw new CliException(ExitCode.Usage, $"Dividends of {sum} together are not less than the spot of {price}; check the amounts.");
    }

    private static void TellIssues(string path, OptionChain chain, IReadOnlyList<ChainIssue> unscaled)
    {
        int count = chain.IssueCount + unscaled.Count;
        if (count == 0) return;
        foreach (ChainIssue issue in chain.Issues.Concat(unscaled).Take(IssuesShown))
            Console.Error.WriteLine($"dealerflow: {path}{(issue.Line > 0 ? $", line {issue.Line}" : "")}: {issue.Reason}");
        if (count > IssuesShown) Console.Error.WriteLine($"dealerflow: {path}: and {count - IssuesShown} more of this kind.");
        Console.Error.WriteLine($"dealerflow: {path}: {count} {(count == 1 ? "issue" : "issues")}, {chain.SkippedContracts} contracts left out.");
    }

}
