using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Engine;
using DealerFlow.Feed;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>replay</c>: tapes through ring, kernels, book and levels into shared memory.</summary>
internal static class ReplayVerb
{
    public static Command Create()
    {
        Argument<string[]> tapes = new Argument<string[]>("TAPE")
        {
            Description = "Tick files; several are merged by time, such as the underlying's and its options'.",
            Arity = ArgumentArity.OneOrMore,
        }.RefusingOptions();
        Option<double?> speed = SharedOptions.Speed("max, which is the default, or a multiple of event time such as 1x or 10x.");
        Option<string?> from = SharedOptions.From(), to = SharedOptions.To();
        var step = new Option<int?>("--step") { Description = "Wait for a line on stdin before every so many ticks; a number in the line is so many steps, the end of stdin goes on.", HelpName = "TICKS" };
        step.Validators.Add(result =>
        {
            if (result.Tokens is [{ } token] && int.TryParse(token.Value, out int given) && given < 1) result.AddError($"--step {given} cannot be; give 1 or more ticks.");
        });
        Option<long?> headline = SharedOptions.Headline("Default none.");
        var record = new RecordOptions();
        Option<bool> skipBad = SharedOptions.SkipBad();
        Option<string> feed = SharedOptions.Feed();
        Option<bool> json = SharedOptions.Json();
        var combine = new Option<string?>("--combine")
        {
            Description = "Publish these underlyings also as one, in USD of the first; SYMBOL=BETA for one that moves otherwise than 1:1.",
            HelpName = "SPX,SPY,QQQ=1.2",
        };
        var threads = new ThreadOptions();
        var pricing = new PricingOptions();
        var command = new Command("replay",
            """
            Replay recorded ticks and publish live dealer gamma to shared memory.

            Examples:
              dealerflow replay data-samples/spx.dftape
              dealerflow replay morning.dftape afternoon.dftape --speed 10x --feed spx
              dealerflow replay day.dftape --forward carry --rate 0.05 --dividend 0.015 --json > result.json
              dealerflow replay day.dftape --model OpenClose --positions customers.csv
              dealerflow replay spot.dftape options.dftape --from 14:30 --to 15:00 --record afternoon.dftape

            A tape of several underlyings is published as one feed each, NAME.SYMBOL. Progress goes to stderr, the result to stdout. A second process reads the same numbers with 'dealerflow snapshot'.
            Set DEALERFLOW_LANES to 1, 2, 4 or 8 to force a vector width; the numbers do not depend on it.
            """)
        { tapes, speed, from, to, step, skipBad, headline, feed, combine, json };
        record.AddTo(command);
        threads.AddTo(command);
        pricing.AddTo(command);
        command.SetAction(parsed =>
        {
            var part = new TapePart(parsed.GetValue(tapes)!, parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(skipBad));
            var pace = new Pace(parsed.GetValue(speed) ?? 0, parsed.GetValue(step));
            Pricing priced = pricing.Read(parsed);
            priced = priced with { Options = priced.Options.WithHeadline(parsed.GetValue(headline) ?? 0) };
            return Run(part, pace, record.Read(parsed, isLossless: true), parsed.GetValue(feed)!, priced, threads.Read(parsed), parsed.GetValue(combine), parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(TapePart part, Pace pace, Recording? recording, string feedName, Pricing pricing, Threading threading, string? combine, bool asJson)
    {
        string[] paths = part.Paths;
        using var signals = new StopSignals();
        using TapeReplayer tapes = part.Open(pace.Speed, signals.Token);
        InstrumentDefinition[] definitions = tapes.Definitions.ToArray();
        CommandLine.Tell(pricing.MoveSettlements(definitions));
        InstrumentDefinition[] underlyings = Underlyings.Of(definitions, paths[0]);
        EngineOptions options = pricing.Options with { SearchesBeside = true, Combined = Underlyings.Combine(combine, underlyings, paths[0]) };
        Shards shards = Shards.Of(definitions, underlyings.Select(underlying => underlying.InstrumentId).ToArray(), options, threading.Shards);
        CommandLine.Tell(threading.Remarks(shards.Calculations.Count));
        CommandLine.Tell(pricing.LoadPositions(shards.LoadPositions, definitions, paths[0]));
        Ascii8[] symbols = [.. underlyings.Select(underlying => underlying.Root)];
        using var feeds = new MarketFeeds(FeedDirectory.Default, feedName, underlyings, shards);

        using TapeRecorder? recorder = recording is null ? null : TapeRecorder.Create(recording.Path, definitions, tapes.Metadata, recording.Options);
        using StepLines? steps = pace.Step is int ticks ? new StepLines(tapes, ticks) : null;
        long start = Stopwatch.GetTimestamp();
        double Elapsed() => Stopwatch.GetElapsedTime(start).TotalSeconds;
        var collector = new SnapshotCollector(feeds, () => shards.Sequence / Math.Max(Elapsed(), 1e-9), recorder);
        using var engine = new StreamEngine<TapeSource, CollectorSink>(
            shards, new TapeSource(tapes, pricing.LateMoves()), collector.SinksOf(shards), options.RingCapacity,
            recorder is null ? null : new RecorderTap(recorder))
        { Cores = threading.Cores };
        try
        {
            using (new ReplayProgress(collector, symbols[0], () => shards.Sequence, tapes.TickCount, Elapsed)) engine.Run(signals.Token);
        }
        finally
        {
            feeds.Close();
        }
        RecorderStatus? recorded = recorder?.Finish();
        double seconds = Elapsed();
        if (shards.HasOverflowed)
            throw new CliException(ExitCode.Failure, $"{paths[0]}: an exposure left the exact grid of 1/1024 USD, so nothing was published after it; check multipliers and open interest.");

        var result = new ReplayResult(
            engine.Ledger, seconds, engine.AllocatedBytesAfterWarmUp, engine.TicksAfterWarmUp, collector, shards.Work, symbols, feeds, recorded)
        { Venues = engine.Venues };
        if (asJson) Terminal.Json(json => result.Write(json));
        else result.Write(Terminal.Tables());
        return ExitCode.Success;
    }

    /// <summary>How fast, and whether lines on stdin let ticks go.</summary>
    /// <param name="Speed">Event seconds per second; 0 = flat out.</param>
    /// <param name="Step">Ticks of a step; null = nobody steps.</param>
    private readonly record struct Pace(double Speed, int? Step);
}
