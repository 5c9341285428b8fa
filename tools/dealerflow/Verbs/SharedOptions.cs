using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Cli.Synth;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Verbs;

/// <summary>Options that several verbs take; they read alike everywhere.</summary>
internal static class SharedOptions
{
    public static Option<bool> Json() => new("--json") { Description = "One JSON document on stdout instead of tables." };

    public static Option<string> Feed() => new("--feed")
    {
        Description = "Name of the shared-memory feed.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "default",
    };

    public static Option<string?> Underlying() => new("--underlying") { Description = "Which underlying of the feed; the first unless given, 'combined' for their combined view.", HelpName = "SYMBOL" };

    public static Option<string?> From() => new("--from")
    {
        Description = "Begin at this time: 14:30 or 14:30:15 New York on the day of the tape, or an instant with its date. Quotes of before are not known.",
        HelpName = "TIME",
    };

    public static Option<string?> To(string name = "--to") => new(name) { Description = "End after this time.", HelpName = "TIME" };

    /// <summary>Event seconds per second; 0 = flat out.</summary>
    public static Option<double?> Speed(string description) => new("--speed") { Description = description, HelpName = "max|1x|10x", CustomParser = ParseSpeed };

    public static Option<bool> SkipBad() => new("--skip-bad") { Description = "Pass damaged blocks of a tape over instead of refusing it; what is lost is told, and a gap." };

    /// <summary>How often headlines are made: nanoseconds of event time, 0 for none, -1 for one after every span of the ring.</summary>
    public static Option<long?> Headline(string standard) => new("--headline")
    {
        Description = $"Milliseconds of event time between two headlines, which are totals as they stand between two snapshots; none; or span: after whatever the ring holds, as soon as can be and not reproducible. {standard}",
        HelpName = "MS|none|span",
        CustomParser = ParseHeadline,
    };

    /// <summary>What <see cref="Headline"/> means for the engine.</summary>
    public static Engine.EngineOptions WithHeadline(this Engine.EngineOptions options, long headline) =>
        options with { HeadlineIntervalNanos = Math.Max(headline, 0), HeadlinePerSpan = headline < 0 };

    public static Option<long?> AsOf() => new("--as-of")
    {
        Description = "Instant of the quotes, instead of the file's: 2023-06-09T13:40-04:00; without an offset it is New York time.",
        HelpName = "ISO",
        CustomParser = ParseInstant,
    };

    public static Option<int> Strikes()
    {
        var strikes = new Option<int>("--strikes") { Description = "Strikes to print, those nearest to spot; 0 for none.", DefaultValueFactory = _ => 40 };
        strikes.Validators.Add(result =>
        {
            if (result.Tokens is [{ } token] && token.Value.StartsWith('-')) result.AddError($"--strikes {token.Value} cannot be; give 0 or more.");
        });
        return strikes;
    }

    public static Option<int> Expiries()
    {
        var expiries = new Option<int>("--expiries") { Description = "Expiries to print, the nearest and the largest; 0 for none.", DefaultValueFactory = _ => 10 };
        expiries.Validators.Add(result =>
        {
            if (result.Tokens is [{ } token] && token.Value.StartsWith('-')) result.AddError($"--expiries {token.Value} cannot be; give 0 or more.");
        });
        return expiries;
    }

    public static DateOnly? ParseDate(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)) return date;
        result.AddError($"'{text}' is not a date; write it like 2026-11-16.");
        return null;
    }

    /// <summary>Refuses a rate of messages that a synthetic market cannot have.</summary>
    public static int CheckRate(int rate) => rate is >= SynthOptions.MinRate and <= SynthOptions.MaxRate ? rate : throw new CliException(
        ExitCode.Usage, $"--rate {rate} cannot be; give {SynthOptions.MinRate:#,0} to {SynthOptions.MaxRate:#,0} messages per second.");

    /// <summary>Refuses a number of contracts that a synthetic market cannot have.</summary>
    public static int CheckContracts(int contracts) => contracts is >= 0 and <= SynthOptions.MaxContracts ? contracts : throw new CliException(
        ExitCode.Usage, $"--contracts {contracts} cannot be; give at most {SynthOptions.MaxContracts:#,0}.");

    private static long? ParseHeadline(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text is "none" or "span") return text == "none" ? 0 : -1;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double given) && given is >= 0.001 and <= 60_000)
            return (long)(given * UnixNanos.PerMillisecond);
        result.AddError($"'{text}' is no value for --headline; give milliseconds from 0.001 to 60000, none or span.");
        return null;
    }

    private static double? ParseSpeed(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text == "max") return 0;
        if (text.EndsWith('x') && double.TryParse(text[..^1], out double factor) && factor > 0 && double.IsFinite(factor)) return factor;
        result.AddError($"'{text}' is not a speed; use max, or a multiple such as 1x or 10x.");
        return 0;
    }

    private static long? ParseInstant(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (NewYorkInstant.TryParse(text, out long nanos)) return nanos;
        result.AddError($"'{text}' is not an instant; write it like 2023-06-09T13:40-04:00, or without the offset for New York time.");
        return null;
    }
}
