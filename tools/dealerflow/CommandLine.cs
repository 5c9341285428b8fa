using System.CommandLine;
using System.CommandLine.Parsing;
using DealerFlow.Cli.Verbs;
using DealerFlow.Feed;
using DealerFlow.Market;
using DealerFlow.Tape;

namespace DealerFlow.Cli;

/// <summary>Exit codes of every verb.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;
    public const int Corrupt = 3;
}

/// <summary>Something the user can mend: one sentence for stderr and the exit code that goes with it.</summary>
internal sealed class CliException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}

/// <summary>The verbs, and the one place where a failure becomes a sentence and an exit code.</summary>
internal static class CommandLine
{
    public static int Run(string[] args)
    {
        var root = new RootCommand(
            """
            Live dealer-flow analytics: option ticks in, gamma exposure and levels out.

            Examples:
              dealerflow demo
              dealerflow replay data-samples/spx.dftape
              dealerflow live --listen unix:///tmp/ticks.sock --record day.dftape
              dealerflow snapshot
              dealerflow dashboard
              dealerflow top
              dealerflow levels spx_quotedata.csv --forward carry --rate 0.05 --dividend 0.015
              dealerflow plot strikes spx_quotedata.csv -o strikes.png
              dealerflow synth --seed 1 --minutes 1 --out day.dftape
              dealerflow greeks prices.csv greeks.csv

            Exit codes: 0 success, 1 failure, 2 usage, 3 corrupt input or gap, 130/143 a drain that a second signal cut short.
            """)
        {
            ReplayVerb.Create(),
            LiveVerb.Create(),
            SendVerb.Create(),
            SnapshotVerb.Create(),
            DashboardVerb.Create(),
            DemoVerb.Create(),
            TopVerb.Create(),
            FeedsVerb.CreateFeeds(),
            FeedsVerb.CreateClean(),
            LevelsVerb.Create(),
            PlotVerb.Create(),
            ReportVerb.Create(),
            SynthVerb.Create(),
            ImportVerb.Create(),
            ExportVerb.Create(),
            InspectVerb.CreateInspect(),
            InspectVerb.CreateVerify(),
            GreeksVerb.Create(),
            LayoutVerb.Create(),
            BenchVerb.Create(),
            BenchVerb.CreateWatch(),
            BenchVerb.CreateReader(),
        };
        root.SetAction(_ => Fail(ExitCode.Usage, "Say what to do: replay, live, send, snapshot, top, dashboard, demo, feeds, clean, levels, plot, report, synth, import, export, inspect, verify, greeks, layout or bench; 'dealerflow --help' shows examples."));
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && !parsed.Tokens.Any(token => token.Value is "--help" or "-h" or "-?" or "--version"))
        {
            string verb = parsed.CommandResult.Command == root ? "" : " " + parsed.CommandResult.Command.Name;
            return Fail(ExitCode.Usage, $"{Unknown(parsed) ?? Told(parsed.Errors[0])} ('dealerflow{verb} --help' shows examples.)");
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception exception) when (Explain(exception) is { } told)
        {
            return Fail(told.ExitCode, told.Message);
        }
    }

    /// <summary>An argument that looks like an option is a mistyped option, with the nearest real one if there is one.</summary>
    public static Argument<T> RefusingOptions<T>(this Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens)
            {
                if (!token.Value.StartsWith('-') || token.Value == "-") continue;
                result.AddError(UnknownOption(token.Value, result.Parent as CommandResult));
            }
        });
        return argument;
    }

    /// <summary>A parser's complaint about a number names .NET types; people are told what to give instead.</summary>
    private static string Told(ParseError error)
    {
        if (error.SymbolResult is not OptionResult { Tokens: [{ } token], Option: { } option } || !error.Message.Contains("expected type", StringComparison.Ordinal))
            return error.Message;
        Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        string wanted = type == typeof(double) ? "a number" : type == typeof(ulong) ? "a whole number from 0 up" : "a whole number";
        return $"'{token.Value}' is no value for {option.Name}; give {wanted}.";
    }

    private static string? Unknown(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.Count == 0) return null;
        string unmatched = parsed.UnmatchedTokens[0];
        if (unmatched.StartsWith('-')) return UnknownOption(unmatched, parsed.CommandResult);
        string? near = Nearest(unmatched, parsed.CommandResult.Command.Subcommands.Select(command => command.Name));
        return $"'{unmatched}' is not a verb or argument here{(near is null ? "." : $"; did you mean '{near}'?")}";
    }

    private static string UnknownOption(string token, CommandResult? result)
    {
        string name = token.Split('=', 2)[0];
        string? near = result is null ? null : Nearest(name, result.Command.Options.Select(option => option.Name));
        return $"Unknown option '{name}'{(near is null ? "." : $"; did you mean '{near}'?")}";
    }

    private static string? Nearest(string word, IEnumerable<string> candidates) => candidates
        .Select(candidate => (candidate, distance: EditDistance(word, candidate)))
        .Where(pair => pair.distance <= 3).OrderBy(pair => pair.distance).Select(pair => pair.candidate).FirstOrDefault();

    private static int EditDistance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int substitute = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitute, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }

    private static (int ExitCode, string Message)? Explain(Exception exception) => exception switch
    {
        CliException cli => (cli.ExitCode, cli.Message),
        TapeFormatException tape => (ExitCode.Corrupt, tape.Message),
        InputFormatException input => (ExitCode.Failure, input.Message),
        FeedException feed => (feed.Error == FeedError.InvalidName ? ExitCode.Usage : ExitCode.Failure, feed.Message),
        ArgumentOutOfRangeException range => (ExitCode.Usage, range.Message.Split(" (Parameter", 2)[0]),
        FileNotFoundException missing => (ExitCode.Failure, $"{missing.FileName} does not exist; check the name and the folder."),
        UnauthorizedAccessException or IOException or ArgumentException or PlatformNotSupportedException => (ExitCode.Failure, exception.Message),
        _ => null,
    };

    /// <summary>Remarks for stderr, a line each.</summary>
    public static void Tell(IEnumerable<string> remarks)
    {
        foreach (string remark in remarks) Console.Error.WriteLine("dealerflow: " + remark.ReplaceLineEndings(" "));
    }

    private static int Fail(int exitCode, string message)
    {
        Console.Error.WriteLine("dealerflow: " + message.ReplaceLineEndings(" "));
        return exitCode;
    }
}
