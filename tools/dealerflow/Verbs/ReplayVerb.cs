using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using DealerFlow.Cli.Control;
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
        var cadence = new CadenceOptions("Default none.", standardHeadline: 0);
        var control = new Option<string?>("--control")
        {
            Description = "A Unix socket of your own for commands, a line each: 'pause', 'resume', 'speed 10x', 'seek 2026-11-16T15:00:30Z', 'seek -30s', 'model NAME', 'status'.",
            HelpName = "PATH",
        };
        var hold = new Option<bool>("--hold") { Description = "With --control: wait for commands at the end of the tape instead of leaving." };
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
              dealerflow replay day.dftape --speed 60x --mark 100 --publish 1000 --control /tmp/replay.sock
              dealerflow replay spot.dftape options.dftape --from 14:30 --to 15:00 --record afternoon.dftape

            A tape of several underlyings is one feed with a directory of them. Progress goes to stderr, the result to stdout. A second process reads the same numbers with 'dealerflow snapshot'.
            Set DEALERFLOW_LANES to 1, 2, 4 or 8 to force a vector width; the numbers do not depend on it.
            """)
        { tapes, speed, from, to, step, skipBad, control, hold, feed, combine, json };
        cadence.AddTo(command);
        record.AddTo(command);
        threads.AddTo(command);
        pricing.AddTo(command);
        command.SetAction(parsed =>
        {
            var part = new TapePart(parsed.GetValue(tapes)!, parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(skipBad));
            var pace = new Pace(parsed.GetValue(speed) ?? 0, parsed.GetValue(step), parsed.GetValue(control), parsed.GetValue(hold));
            Pricing priced = pricing.Read(parsed);
            priced = priced with { Options = cadence.Read(parsed, priced.Options) };
            bool asJson = parsed.GetValue(json);
            return Run(new TickOrigin(part.Paths[0], part.Open), pace, record.Read(parsed, isLossless: true), parsed.GetValue(feed)!, priced, threads.Read(parsed), parsed.GetValue(combine), result =>
            {
                if (asJson) Terminal.Json(writer => result.Write(writer));
                else result.Write(Terminal.Tables());
            });
        });
        return command;
    }

    /// <summary>Replays, once or, when it is sent back, several times, into the same feeds; what the last run came to is reported.</summary>
    public static int Run(
        TickOrigin origin, Pace pace, Recording? recording, string feedName, Pricing pricing, Threading threading, string? combine, Action<ReplayResult>? report, CancellationToken stop = default)
    {
        if (pace.Step is not null && pace.ControlPath is not null) throw new CliException(ExitCode.Usage, "--step and --control both hold the replay; give one of them.");
        if (pace.Holds && pace.ControlPath is null) throw new CliException(ExitCode.Usage, "--hold waits for commands, so it needs --control PATH.");
        using var signals = new StopSignals();
        using CancellationTokenRegistration stopped = stop.Register(signals.Stop);
        ReplayControl? control = pace.ControlPath is null ? null : new ReplayControl(pace.Speed, pace.Holds, recording is not null);
        using ControlSocket? socket = control is null ? null : new ControlSocket(pace.ControlPath!, control.Answer);
        MarketFeeds? feeds = null;
        TapeRecorder? recorder = null;
        try
        {
            while (true)
            {
                using var run = CancellationTokenSource.CreateLinkedTokenSource(signals.Token);
                using TapeReplayer tapes = origin.Open(control?.Speed ?? pace.Speed, run.Token);
                InstrumentDefinition[] definitions = tapes.Definitions.ToArray();
                string[] moved = [.. pricing.MoveSettlements(definitions)];
                InstrumentDefinition[] underlyings = Underlyings.Of(definitions, origin.Name);
                EngineOptions options = pricing.Options with { SearchesBeside = true, Combined = Underlyings.Combine(combine, underlyings, origin.Name), Model = control?.Model ?? pricing.Options.Model };
                Shards shards = Shards.Of(definitions, underlyings.Select(underlying => underlying.InstrumentId).ToArray(), options, threading.Shards);
                string[] loaded = [.. pricing.LoadPositions(shards.LoadPositions, definitions, origin.Name)];
                // Once: a run that begins anew says nothing new.
                if (feeds is null) CommandLine.Tell([.. moved, .. threading.Remarks(shards.Calculations.Count), .. loaded]);
                Ascii8[] symbols = [.. underlyings.Select(underlying => underlying.Root)];
                feeds ??= new MarketFeeds(FeedDirectory.Default, feedName, underlyings, shards, options.Combined);
                recorder ??= recording is null ? null : TapeRecorder.Create(recording.Path, definitions, tapes.Metadata, recording.Options);

                using StepLines? steps = pace.Step is int ticks ? new StepLines(tapes, ticks) : null;
                long start = Stopwatch.GetTimestamp();
                double Elapsed() => Stopwatch.GetElapsedTime(start).TotalSeconds;
                var collector = new SnapshotCollector(feeds, () => shards.Sequence / Math.Max(Elapsed(), 1e-9), recorder);
                using var engine = new StreamEngine<TapeSource, CollectorSink>(
                    shards, new TapeSource(tapes, pricing.LateMoves(), control, run.Token), collector.SinksOf(shards), options.RingCapacity,
                    recorder is null ? null : new RecorderTap(recorder), overload: null, () => FeedClock.System.MonotonicNanos)
                { Cores = threading.Cores };
                // The last second before the instant is shown, so that one who waits there sees how it stands.
                if (control?.Begin(tapes, engine.TryControl, run) is { } target) collector.SilentUntilNanos = target - UnixNanos.PerSecond;
                using (report is null ? null : new ReplayProgress(collector, symbols[0], () => shards.Sequence, tapes.TickCount, Elapsed)) engine.Run(run.Token);
                if (control is not null && control.TryAgain() && !signals.Token.IsCancellationRequested) continue;

                feeds.Close();
                RecorderStatus? recorded = recorder?.Finish();
                double seconds = Elapsed();
                if (shards.HasOverflowed)
                    throw new CliException(ExitCode.Failure, $"{origin.Name}: an exposure left the exact grid of 1/1024 USD, so nothing was published after it; check multipliers and open interest.");
                report?.Invoke(new ReplayResult(
                    engine.Ledger, seconds, engine.AllocatedBytesAfterWarmUp, engine.TicksAfterWarmUp, collector, shards.Work, symbols, feeds, recorded)
                { Latency = shards.First.Latency, Venues = engine.Venues });
                return ExitCode.Success;
            }
        }
        finally
        {
            recorder?.Dispose();
            feeds?.Dispose();
        }
    }

    /// <summary>Where ticks come from, each time anew.</summary>
    /// <param name="Name">How messages name it.</param>
    /// <param name="Open">Opens it at a speed; what is set ends all waiting.</param>
    public sealed record TickOrigin(string Name, Func<double, CancellationToken, TapeReplayer> Open);

    /// <summary>How fast, and whether lines on stdin let ticks go.</summary>
    /// <param name="Speed">Event seconds per second; 0 = flat out.</param>
    /// <param name="Step">Ticks of a step; null = nobody steps.</param>
    /// <param name="ControlPath">A socket for commands; null = none.</param>
    /// <param name="Holds">Waits for commands at the end.</param>
    public readonly record struct Pace(double Speed, int? Step, string? ControlPath = null, bool Holds = false);
}
