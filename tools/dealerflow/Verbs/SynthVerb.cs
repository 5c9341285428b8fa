using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Cli.Synth;
using DealerFlow.Import;
using DealerFlow.Market;
using Spectre.Console;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>synth</c>: a market that never was, on a tape; the same options give the same bytes on every machine.</summary>
internal static class SynthVerb
{
    private const double LowestSpot = 10;
    private const double HighestSpot = 1_000_000;

    private static readonly Option<ulong> Seed = new("--seed")
    {
        Description = "Where the random numbers begin; another seed is another day.",
        HelpName = "n",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<double> Minutes = new("--minutes")
    {
        Description = "Length of the tape in event time, up to 600; may be fractional.",
        HelpName = "m",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<string?> FromChain = new("--from-chain")
    {
        Description = "A real chain (a file that levels takes) that gives strikes, expiries, open interest, smiles, spot and date.",
        HelpName = "CHAIN",
    };

    private static readonly Option<string> Out = new("--out") { Description = "The tape to write.", HelpName = "TAPE", Required = true };

    private static readonly Option<int> Rate = new("--rate")
    {
        Description = "Quotes and trades per second on average; a thousand ticks of the underlying come on top.",
        HelpName = "MESSAGES",
        DefaultValueFactory = _ => SynthOptions.DefaultRate,
    };

    private static readonly Option<DateOnly?> Date = new("--date")
    {
        Description = "Trading day in New York; default 2026-11-16, or the chain's.",
        HelpName = "yyyy-mm-dd",
        CustomParser = SharedOptions.ParseDate,
    };

    private static readonly Option<TimeOnly?> Start = new("--start")
    {
        Description = "New York time of the first tick; default 10:00, or the chain's.",
        HelpName = "hh:mm",
        CustomParser = ParseTime,
    };

    private static readonly Option<double?> Spot = new("--spot") { Description = "First price of the underlying; default 6800, or the chain's." };

    private static readonly Option<int> Contracts = new("--contracts")
    {
        Description = "A whole market: the index, and shares until there are so many contracts; 1500000 is all of the US exchanges. Without it the index alone.",
        HelpName = "N",
    };

    private static readonly Option<bool> RealisticTrades = new("--realistic-trades")
    {
        Description = "Trades as hard to sign as real ones: at the middle, late, legs of complex orders, cancelled, behind a moving quote.",
    };

    private static readonly Option<bool> Force = new("--force") { Description = "Overwrite TAPE." };

    public static Command Create()
    {
        Option<bool> json = SharedOptions.Json();
        var command = new Command("synth",
            """
            Write a synthetic market to a tape: quotes of 18 venues, trades, and an underlying with jumps and bursts.

            Examples:
              dealerflow synth --seed 1 --minutes 1 --out day.dftape
              dealerflow synth --seed 7 --minutes 0.5 --rate 1000000 --out busy.dftape
              dealerflow synth --seed 1 --minutes 5 --from-chain spx_quotedata.csv --out spx.dftape
              dealerflow synth --seed 1 --minutes 2 --start 15:59 --out close.dftape

            The same options give the same bytes on every machine. The realised mix is printed; inspect counts it again.
            """)
        { Seed, Minutes, FromChain, Out, Rate, Contracts, Date, Start, Spot, RealisticTrades, Force, json };
        command.SetAction(parsed => Run(parsed, parsed.GetValue(json)));
        return command;
    }

    private static int Run(ParseResult parsed, bool asJson)
    {
        string path = parsed.GetValue(Out)!;
        OutputFile.Check(path, parsed.GetValue(Force));
        string? chainPath = parsed.GetValue(FromChain);
        OptionChain? quoted = chainPath is null ? null : ChainFormats.Read(chainPath);
        SynthOptions options = OptionsOf(parsed, quoted);
        SyntheticChain[] chains = quoted is null ? MarketChains.Build(options) : [QuotedChain.Build(quoted, options)];
        if (quoted is not null) TellChain(quoted, chains[0]);

        using var signals = new StopSignals();
        long started = Stopwatch.GetTimestamp();
        MarketMix mix;
        try
        {
            mix = SyntheticTape.Write(path, parsed.GetValue(Force), options, chains, chainPath is null ? null : Path.GetFileName(chainPath), signals.Token);
        }
        catch (OperationCanceledException)
        {
            throw new CliException(ExitCode.Failure, $"Stopped on request; {path} was not written.");
        }
        Report(path, mix, Stopwatch.GetElapsedTime(started).TotalSeconds, asJson);
        return ExitCode.Success;
    }

    private static SynthOptions OptionsOf(ParseResult parsed, OptionChain? quoted)
    {
        double minutes = parsed.GetValue(Minutes);
        if (!(minutes > 0 && minutes <= SynthOptions.MaxMinutes))
            throw new CliException(ExitCode.Usage, $"--minutes {minutes} cannot be; give more than 0 and at most {SynthOptions.MaxMinutes}.");
        int rate = SharedOptions.CheckRate(parsed.GetValue(Rate));
        double spot = parsed.GetValue(Spot) ?? (quoted is null ? SynthOptions.DefaultSpot : quoted.Spot)
            ?? throw new CliException(ExitCode.Usage, $"{quoted!.Source} has no spot; give --spot.");
        if (!(spot >= LowestSpot && spot <= HighestSpot))
            throw new CliException(ExitCode.Usage, $"A spot of {spot} cannot be; give {LowestSpot} to {HighestSpot:#,0}.");
        int contracts = SharedOptions.CheckContracts(parsed.GetValue(Contracts));
        if (contracts > 0 && (quoted is not null || parsed.GetValue(RealisticTrades)))
            throw new CliException(ExitCode.Usage, "--contracts makes a market of its own; it goes with neither --from-chain nor --realistic-trades.");
        (DateOnly date, TimeOnly start) = SessionOf(parsed.GetValue(Date), parsed.GetValue(Start), quoted);
        return new SynthOptions
        {
            Seed = parsed.GetValue(Seed),
            Minutes = minutes,
            Rate = rate,
            Date = date,
            Start = start,
            Spot = spot,
            Contracts = contracts,
            RealisticTrades = parsed.GetValue(RealisticTrades),
        };
    }

    private static (DateOnly Date, TimeOnly Start) SessionOf(DateOnly? dateGiven, TimeOnly? startGiven, OptionChain? quoted)
    {
        DateOnly date = dateGiven ?? SynthOptions.DefaultDate;
        TimeOnly start = startGiven ?? SynthOptions.DefaultStart;
        if (quoted is not null && dateGiven is null)
        {
            (DateOnly chainDate, TimeOnly chainStart) = QuotedChain.SessionOf(quoted)
                ?? throw new CliException(ExitCode.Usage, $"{quoted.Source} does not say when its quotes are from; give --date.");
            date = chainDate;
            start = startGiven ?? chainStart;
        }
        if (!TradingCalendar.Knows(date.Year))
            throw new CliException(ExitCode.Usage,
                $"--date {date:yyyy-MM-dd} is outside of the trading calendar; give a day from {TradingCalendar.FirstYear} to {TradingCalendar.LastYear}.");
        if (!TradingCalendar.IsTradingDay(date)) throw new CliException(ExitCode.Usage, $"--date {date:yyyy-MM-dd} is no trading day; give another.");
        return (date, start);
    }

    private static void TellChain(OptionChain quoted, SyntheticChain chain)
    {
        int dropped = quoted.Contracts.Count - chain.Contracts.Length;
        if (dropped > 0) Console.Error.WriteLine($"dealerflow: {quoted.Source}: {dropped} contracts have settled and were dropped.");
        if (quoted.IssueCount > 0)
            Console.Error.WriteLine($"dealerflow: {quoted.Source}: {quoted.IssueCount} rows or halves of rows were skipped or mended, the first in line {quoted.Issues[0].Line}: {quoted.Issues[0].Reason}");
    }

    private static void Report(string path, MarketMix mix, double seconds, bool asJson)
    {
        long bytes = new FileInfo(path).Length;
        double bytesPerTick = (double)bytes / mix.Ticks;
        if (asJson)
        {
            Terminal.Json(json =>
            {
                json.WriteStartObject();
                json.WriteString("tape", path);
                json.WriteNumber("bytes", bytes);
                json.WriteNumber("bytesPerTick", bytesPerTick);
                json.WriteNumber("seconds", seconds);
                json.WriteStartObject("mix");
                foreach ((string name, string value) in mix.Entries())
                {
                    json.WritePropertyName(name);
                    json.WriteRawValue(value);
                }
                json.WriteEndObject();
                json.WriteEndObject();
            });
            return;
        }
        IAnsiConsole console = Terminal.Tables();
        Table table = LevelsTable.NewTable("messages", "count", "share");
        void Message(string name, long count, double? share) => table.AddRow(
            new Text(name), LevelsTable.Right($"{count:#,0}"), LevelsTable.Right(share is { } part ? part.ToString("P2", CultureInfo.InvariantCulture) : ""));
        Message("national best price changes", mix.BestChanges, mix.BestChangeShare);
        Message("at the best, sizes only", mix.SizeOnly, (double)mix.SizeOnly / Math.Max(mix.Messages, 1));
        Message("off the best", mix.OffBest, (double)mix.OffBest / Math.Max(mix.Messages, 1));
        Message("trades", mix.Trades, mix.TradeShare);
        Message("all messages", mix.Messages, null);
        Message("of which 0DTE", mix.ZeroDte, mix.ZeroDteShare);
        Message("underlying", mix.Spots, null);
        Message("opening: open interest", mix.OpenInterest, null);
        Message("opening: national best quotes", mix.OpeningQuotes, null);
        Message("all ticks", mix.Ticks, null);
        console.Write(table);
        console.WriteLine($"{mix.Underlyings:#,0} {(mix.Underlyings == 1 ? "underlying" : "underlyings")}, {mix.Expiries:#,0} expiries, {mix.Nodes:#,0} nodes, {mix.Contracts:#,0} contracts; {mix.MessagesPerSecond:#,0} messages/s of event time.");
        console.WriteLine($"Bursts: {mix.BurstWindows:#,0} windows of 10 ms at {MarketMix.BurstRatio} times the mean or more, the fullest at {mix.FullestWindowRatio:0.0} times.");
        console.WriteLine($"Underlying {mix.SpotLow:#,0.00} to {mix.SpotHigh:#,0.00}, widest move {mix.WidestMoveBasisPoints:0.00} bp in 1 ms, kurtosis {mix.SpotKurtosis:#,0}.");
        console.WriteLine($"{path}: {bytes:#,0} bytes, {bytesPerTick:0.00} per tick; {seconds:0.0} s, {mix.Ticks / seconds / 1e6:0.0} M ticks/s.");
    }

    private static TimeOnly? ParseTime(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (TimeOnly.TryParseExact(text, ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time)) return time;
        result.AddError($"'{text}' is not a time of day; write it like 10:00 or 15:59:30.");
        return null;
    }
}
