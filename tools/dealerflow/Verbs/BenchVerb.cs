using System.CommandLine;
using DealerFlow.Cli.Bench;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Cli.Synth;
using DealerFlow.Engine;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>bench</c>: how many messages a second this machine takes, and where the nanoseconds go; how long one takes; what the feed alone takes.</summary>
internal static class BenchVerb
{
    private const int MostTicks = 400_000_000;

    private static readonly Option<string?> Tape = new("--tape") { Description = "Send the ticks of this tape instead of a synthetic market's.", HelpName = "TAPE" };

    private static readonly Option<int> Contracts = new("--contracts")
    {
        Description = "A whole market of so many contracts; without it one index chain. 1500000 is all of the US exchanges.",
        HelpName = "N",
    };

    private const int StandardRate = 64_000_000, StandardPace = 1_000_000, StandardHeadlines = 50_000;

    private static readonly Option<int?> Rate = new("--rate")
    {
        Description = $"Messages per second of event time, how full the time between two marks is: {StandardRate} unless given; of --latency the pace, {StandardPace} unless given; of --feed-only headlines per second, ten for a snapshot, {StandardHeadlines} unless given.",
        HelpName = "MESSAGES",
    };

    private static readonly Option<bool> Latency = new("--latency")
    {
        Description = "Measure latency instead: from a message's intended send time, at a pace, to its visibility in a second process that polls the feed.",
    };

    private static readonly Option<bool> FeedOnly = new("--feed-only")
    {
        Description = "Measure the feed alone instead: what a publication costs and how long until a second process has read it, beside a copy in shared memory, a Unix socket and Pipelines.",
    };

    private static readonly Option<int> Strikes = new("--strikes") { Description = "Of --feed-only: strike rows of a snapshot.", HelpName = "N", DefaultValueFactory = _ => 500 };

    private static readonly Option<int> Expiries = new("--expiries") { Description = "Of --feed-only: expiry rows of a snapshot.", HelpName = "N", DefaultValueFactory = _ => 40 };

    private const double StandardSeconds = 0.5, StandardLatencySeconds = 10, StandardFeedSeconds = 3;

    private static readonly Option<double?> Seconds = new("--seconds")
    {
        Description = System.FormattableString.Invariant($"Length of the market in event time: {StandardSeconds} unless given, {StandardLatencySeconds} with --latency; with --feed-only how long each competitor keeps the pace, {StandardFeedSeconds}."),
        HelpName = "S",
    };

    private static readonly Option<bool> ChangesOnly = new("--changes-only") { Description = "Only messages that change a national best price." };

    private static readonly Option<double> Mark = new("--mark") { Description = "Milliseconds of event time between two marks.", HelpName = "MS", DefaultValueFactory = _ => 1 };

    private static readonly Option<double> Publish = new("--publish") { Description = "Milliseconds of event time between two snapshots.", HelpName = "MS", DefaultValueFactory = _ => 100 };

    private static readonly Option<long?> Headline = SharedOptions.Headline("Default none.");

    private const int StandardRuns = 5, StandardRounds = 15;

    private static readonly Option<int?> Runs = new("--runs")
    {
        Description = $"Runs, of which the median is told: {StandardRuns} unless given; of --feed-only rounds, in which all competitors take turns, {StandardRounds}.",
        HelpName = "N",
    };

    private static readonly Option<ulong> Seed = new("--seed") { Description = "Where the random numbers of the synthetic market begin.", HelpName = "n", DefaultValueFactory = _ => 1 };

    private static readonly Option<string> Wait = new("--wait")
    {
        Description = "What the calculation does while it has no ticks: spin, yield, sleep or block.",
        HelpName = "spin|yield|sleep|block",
        DefaultValueFactory = _ => "yield",
    };

    private static readonly ThreadOptions Spread = new();

    private static readonly Option<int> Threads = new("--threads")
    {
        Description = "2: source and calculation with a ring between them, or more calculations with --shards; 1: the calculation alone.",
        HelpName = "1|2",
        DefaultValueFactory = _ => 2,
    };

    private static readonly Option<int> Ring = new("--ring")
    {
        Description = "Records between the two threads, a power of two.",
        HelpName = "N",
        DefaultValueFactory = _ => 1 << 16,
    };

    public static Command Create()
    {
        Option<bool> json = SharedOptions.Json();
        var feed = new Option<string>("--feed") { Description = "Name of the shared-memory feed.", HelpName = "NAME", DefaultValueFactory = _ => "bench" };
        var command = new Command("bench",
            """
            Measure throughput: ticks from memory through ring, book and levels into a feed, flat out; or with --latency how long one takes; or with --feed-only what the feed alone takes.

            Examples:
              dealerflow bench
              dealerflow bench --contracts 100000
              dealerflow bench --contracts 1500000 --mark 100 --publish 1000
              dealerflow bench --changes-only --json > result.json
              dealerflow bench --latency --publish 1000
              dealerflow bench --feed-only

            All ticks are made before the clock runs, 32 bytes each. The clock starts after the opening of the market and a twentieth of its messages, and stops with the last message, before the last snapshots of all.
            """)
        { Tape, Contracts, Rate, Seconds, Latency, FeedOnly, Strikes, Expiries, ChangesOnly, Mark, Publish, Headline, Threads, Wait, Ring, Runs, Seed, feed, json };
        Spread.AddTo(command);
        command.SetAction(parsed => Run(parsed, parsed.GetValue(feed)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(ParseResult parsed, string feed, bool asJson)
    {
        using var signals = new StopSignals();
        try
        {
            Run(parsed, feed, asJson, signals.Token);
        }
        catch (OperationCanceledException)
        {
            throw new CliException(ExitCode.Failure, "Stopped on request; nothing was measured.");
        }
        return ExitCode.Success;
    }

    private static void Run(ParseResult parsed, string feed, bool asJson, CancellationToken stop)
    {
        int runs = parsed.GetValue(Runs) ?? (parsed.GetValue(FeedOnly) ? StandardRounds : StandardRuns);
        if (runs is < 1 or > 100) throw new CliException(ExitCode.Usage, $"--runs {runs} cannot be; give 1 to 100.");
        if (parsed.GetValue(FeedOnly))
        {
            MeasureFeed(PlanOf(parsed, runs), feed, asJson, stop);
            return;
        }
        foreach (Option option in (ReadOnlySpan<Option>)[Strikes, Expiries])
            if (IsGiven(parsed, option)) throw new CliException(ExitCode.Usage, $"{option.Name} says how large a snapshot of --feed-only is; add --feed-only, or leave it out.");
        EngineOptions options = OptionsOf(parsed);
        int threads = parsed.GetValue(Threads);
        if (threads is not (1 or 2)) throw new CliException(ExitCode.Usage, $"--threads {threads} cannot be; give 1 or 2.");
        Threading spread = Spread.Read(parsed);
        bool isAlone = threads == 1 || parsed.GetValue(Latency);
        if (isAlone && (spread.Shards > 1 || spread.Cores.Length > 0))
            throw new CliException(ExitCode.Usage, "--shards and --cores spread threads, and --threads 1 and --latency calculate on one; leave them out.");
        Threading? threading = isAlone ? null : spread;
        string wait = parsed.GetValue(Wait)!;
        if (wait is not ("spin" or "yield" or "sleep" or "block")) throw new CliException(ExitCode.Usage, $"--wait {wait} is unknown; give spin, yield, sleep or block.");
        if (parsed.GetValue(Latency))
        {
            MeasureLatency(parsed, options, feed, asJson, stop);
            return;
        }
        BenchReport report = Measure(parsed, options, runs, wait, threading, feed, stop);
        if (asJson) Terminal.Json(report.Write);
        else report.Write(Terminal.Tables());
    }

    private static BenchReport Measure(ParseResult parsed, EngineOptions options, int runs, string wait, Threading? threading, string feed, CancellationToken stop)
    {
        string doing = "making the market";
        using var line = new ProgressLine(() => doing, TimeSpan.FromSeconds(1));
        BenchMarket market = MarketOf(parsed, stop);
        // The clock starts with the first span after the warm-up, and a span may be as long as the ring.
        if (market.Ticks.Length - market.WarmUpTicks < 2 * options.RingCapacity)
            throw new CliException(ExitCode.Usage,
                $"{market.Ticks.Length - market.WarmUpTicks:#,0} messages after the warm-up are too few to measure with a ring of {options.RingCapacity:#,0}; give more --seconds, a longer tape or a smaller --ring.");
        // Not counted: the compiler learns from it.
        doing = "warming up";
        RunOnce(wait, threading, market, options, feed, stop);
        var results = new List<ThroughputRun>();
        for (int run = 1; run <= runs; run++)
        {
            doing = $"run {run} of {runs}";
            results.Add(RunOnce(wait, threading, market, options, feed, stop));
        }
        return new BenchReport(market, options, results);
    }

    private static void MeasureLatency(ParseResult parsed, EngineOptions options, string feed, bool asJson, CancellationToken stop)
    {
        if (Environment.ProcessorCount < 2)
            throw new CliException(ExitCode.Failure, "Latency is measured between two processes that each keep a core busy; this machine has one.");
        LatencyReport report;
        string doing = "making the market";
        using (new ProgressLine(() => doing, TimeSpan.FromSeconds(1)))
        {
            BenchMarket market = MarketOf(parsed, stop);
            doing = "measuring";
            report = new LatencyReport(market, options, RateOf(parsed), LatencyRun.Of(market, options, RateOf(parsed), feed, stop));
        }
        if (asJson) Terminal.Json(report.Write);
        else report.Write(Terminal.Tables());
    }

    private static void MeasureFeed(FeedOnlyPlan plan, string feed, bool asJson, CancellationToken stop)
    {
        if (Environment.ProcessorCount < 2)
            throw new CliException(ExitCode.Failure, "The feed is measured between two processes that each keep a core busy; this machine has one.");
        double? load = Machine.Load();
        var report = new FeedOnlyReport(plan, load, FeedOnlyRun.Of(plan, feed, stop));
        if (asJson) Terminal.Json(report.Write);
        else report.Write(Terminal.Tables());
    }

    private static FeedOnlyPlan PlanOf(ParseResult parsed, int rounds)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[Latency, Tape, Contracts, ChangesOnly, Mark, Publish, Headline, Threads, Wait, Ring, Seed, .. Spread.All])
            if (IsGiven(parsed, option))
                throw new CliException(ExitCode.Usage, $"--feed-only measures the feed without ticks and engine, and {option.Name} is about those; leave one of the two out.");
        int strikes = parsed.GetValue(Strikes), expiries = parsed.GetValue(Expiries), rate = parsed.GetValue(Rate) ?? StandardHeadlines;
        double seconds = parsed.GetValue(Seconds) ?? StandardFeedSeconds;
        if (strikes is < 1 or > FeedOnlyPlan.MostStrikes) throw new CliException(ExitCode.Usage, $"--strikes {strikes} cannot be; give 1 to {FeedOnlyPlan.MostStrikes:#,0}.");
        if (expiries is < 1 or > FeedOnlyPlan.MostExpiries) throw new CliException(ExitCode.Usage, $"--expiries {expiries} cannot be; give 1 to {FeedOnlyPlan.MostExpiries:#,0}.");
        if (rate is < FeedOnlyPlan.LeastRate or > FeedOnlyPlan.MostRate)
            throw new CliException(ExitCode.Usage, $"--rate {rate} cannot be; give {FeedOnlyPlan.LeastRate:#,0} to {FeedOnlyPlan.MostRate:#,0} headlines per second.");
        if (!(seconds is > 0 and <= 3_600)) throw new CliException(ExitCode.Usage, $"--seconds {seconds} cannot be; give more than 0, at most 3,600.");
        var plan = new FeedOnlyPlan(strikes, expiries, rate, seconds, rounds);
        if (plan.PerRound(MessageKind.Snapshot) < 1)
            throw new CliException(ExitCode.Usage, $"--seconds {seconds} leaves no snapshot for some of {rounds} rounds at {plan.PerSecond(MessageKind.Snapshot):#,0} a second; give more --seconds, a higher --rate or fewer --runs.");
        return plan;
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>The second process of <c>bench --feed-only</c>; nobody calls it by hand.</summary>
    public static Command CreateReader()
    {
        Option<string> feed = SharedOptions.Feed();
        Option<string> page = new("--page"), socket = new("--socket");
        Option<int> strikes = new("--strikes"), expiries = new("--expiries");
        var command = new Command("bench-reader", "The reading process of 'bench --feed-only'.") { feed, page, socket, strikes, expiries };
        command.Hidden = true;
        command.SetAction(parsed =>
            FeedOnlyReader.Run(parsed.GetValue(feed)!, parsed.GetValue(page)!, parsed.GetValue(socket)!, parsed.GetValue(strikes), parsed.GetValue(expiries)));
        return command;
    }

    /// <summary>The second process of <c>bench --latency</c>; nobody calls it by hand.</summary>
    public static Command CreateWatch()
    {
        Option<string> feed = SharedOptions.Feed();
        Option<ulong> first = new("--first"), last = new("--last");
        var nanos = new Option<double>("--nanos");
        var command = new Command("bench-watch", "The reading process of 'bench --latency'.") { feed, first, last, nanos };
        command.Hidden = true;
        command.SetAction(parsed => LatencyWatch.Run(parsed.GetValue(feed)!, parsed.GetValue(first), parsed.GetValue(last), parsed.GetValue(nanos)));
        return command;
    }

    private static ThroughputRun RunOnce(string wait, Threading? threading, BenchMarket market, EngineOptions options, string feed, CancellationToken stop) => wait switch
    {
        "spin" => ThroughputRun.Of<BusySpinWait>(market, options, threading, feed, stop),
        "sleep" => ThroughputRun.Of<SleepingWait>(market, options, threading, feed, stop),
        "block" => ThroughputRun.Of<BlockingWait>(market, options, threading, feed, stop),
        _ => ThroughputRun.Of<YieldingWait>(market, options, threading, feed, stop),
    };

    private static EngineOptions OptionsOf(ParseResult parsed)
    {
        double mark = parsed.GetValue(Mark), publish = parsed.GetValue(Publish);
        if (!(mark is > 0 and <= 60_000)) throw new CliException(ExitCode.Usage, $"--mark {mark} cannot be; give milliseconds above 0, at most a minute's.");
        if (!(publish >= mark && publish <= 3_600_000)) throw new CliException(ExitCode.Usage, $"--publish {publish} cannot be; give milliseconds, not below --mark and at most an hour's.");
        int ring = parsed.GetValue(Ring);
        if (ring is < 1_024 or > 1 << 24 || !System.Numerics.BitOperations.IsPow2(ring))
            throw new CliException(ExitCode.Usage, $"--ring {ring} cannot be; give a power of two from 1,024 to 16,777,216.");
        return new EngineOptions
        {
            RingCapacity = ring,
            Lanes = VectorWidth.Chosen,
            MarkIntervalNanos = (long)(mark * UnixNanos.PerMillisecond),
            PublishIntervalNanos = (long)(publish * UnixNanos.PerMillisecond),
        }.WithHeadline(parsed.GetValue(Headline) ?? 0);
    }

    private static int RateOf(ParseResult parsed) =>
        SharedOptions.CheckRate(parsed.GetValue(Rate) ?? (parsed.GetValue(Latency) ? StandardPace : StandardRate));

    private static double SecondsOf(ParseResult parsed) =>
        parsed.GetValue(Seconds) ?? (parsed.GetValue(Latency) ? StandardLatencySeconds : StandardSeconds);

    private static BenchMarket MarketOf(ParseResult parsed, CancellationToken stop)
    {
        if (parsed.GetValue(Tape) is { } path)
        {
            TapePart.CheckExists(path);
            return BenchMarket.OfTape(path, MostTicks);
        }
        double seconds = SecondsOf(parsed);
        int rate = RateOf(parsed), contracts = SharedOptions.CheckContracts(parsed.GetValue(Contracts));
        if (!(seconds is > 0 and <= 3_600)) throw new CliException(ExitCode.Usage, $"--seconds {seconds} cannot be; give more than 0, at most 3,600.");
        if (rate * seconds > MostTicks)
            throw new CliException(ExitCode.Usage, $"{rate:#,0} messages a second for {seconds} s are more than the {MostTicks:#,0} that are held in memory; shorten --seconds.");
        return BenchMarket.Synthetic(
            new SynthOptions { Seed = parsed.GetValue(Seed), Minutes = seconds / 60, Rate = rate, Contracts = contracts }, parsed.GetValue(ChangesOnly), MostTicks, stop);
    }
}
