using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DealerFlow.Cli.Top;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>top</c>: one feed on a whole terminal, as it moves.</summary>
internal static class TopVerb
{
    public static Command Create()
    {
        Option<string> feed = SharedOptions.Feed();
        Option<PositionModel?> model = new("--model")
        {
            Description = "Position model to look at first; all six are in every snapshot. The feed's own unless given.",
            HelpName = string.Join('|', Enum.GetNames<PositionModel>()),
            CustomParser = result => PricingOptions.ParseModel(result),
        };
        Option<ExposureBucket> bucket = new("--bucket")
        {
            Description = "Expiries to look at first: all, 0dte or ex-0dte.",
            HelpName = "all|0dte|ex-0dte",
            CustomParser = ParseBucket,
        };
        Option<double> rate = new("--hz") { Description = "Pictures a second at most, 1 to 60.", HelpName = "N", DefaultValueFactory = _ => 10, CustomParser = ParseRate };
        var command = new Command("top",
            """
            Show one feed on the whole terminal as it moves: spot, how hedging acts, levels, exposures with their last minute, the strike
            ladder, expiries, position models, changes of levels, and what the feed's writer does. It only reads: nothing reaches the feed.

            Keys: q quit, m or 1 to 6 another position model, b bucket, e expiries, arrows and PgUp, PgDn scroll, c centre, space freeze,
            ? explains every number.

            Examples:
              dealerflow top
              dealerflow top --feed day.NDX --bucket 0dte
              dealerflow top --model ShortBoth --hz 30
            """)
        { feed, model, bucket, rate };
        command.SetAction(parsed =>
        {
            if (OperatingSystem.IsWindows()) throw new CliException(ExitCode.Failure, "'top' reads the shared-memory feed, which needs Linux.");
            var state = new TopState(parsed.GetValue(feed)!) { Choices = { Model = parsed.GetValue(model), Bucket = parsed.GetValue(bucket) } };
            return TopLoop.Run(state, parsed.GetValue(rate));
        });
        return command;
    }

    private static double ParseRate(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && rate is >= 1 and <= 60) return rate;
        result.AddError($"'{text}' is no value for --hz; give 1 to 60 pictures a second.");
        return 0;
    }

    private static ExposureBucket ParseBucket(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        switch (text.ToLowerInvariant())
        {
            case "all": return ExposureBucket.All;
            case "0dte": return ExposureBucket.ZeroDte;
            case "ex-0dte": return ExposureBucket.ExZeroDte;
        }
        result.AddError($"'{text}' is no bucket; use all, 0dte or ex-0dte.");
        return ExposureBucket.All;
    }
}
