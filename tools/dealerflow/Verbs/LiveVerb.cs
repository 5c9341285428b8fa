using System.CommandLine;
using System.Diagnostics;
using DealerFlow.Cli.Control;
using DealerFlow.Cli.Live;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Engine;
using DealerFlow.Feed;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>live</c>: ticks as they come through ring, kernels, book and levels into shared memory.</summary>
internal static class LiveVerb
{
    private static readonly Option<string[]> Listen = new("--listen")
    {
        Description = "Where ticks come from: udp://ADDR:PORT[@INTERFACE], unix://PATH, or - for standard input. Repeat for several streams; redundant lines of one stream have a comma between them.",
        HelpName = "ADDRESS[,ADDRESS]",
        Required = true,
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> Definitions = new("--definitions")
    {
        Description = "The day's contracts and their open interest, where the stream does not begin with them: a tape, or a file that 'dealerflow import' reads.",
        HelpName = "FILE",
    };

    private static readonly Option<double?> For = new("--for") { Description = "End after so many seconds.", HelpName = "SECONDS" };

    private static readonly Option<string?> Control = new("--control")
    {
        Description = "A Unix socket of your own for commands, a line each: 'model NAME', 'positions FILE', 'calendar FILE', 'stop'.",
        HelpName = "PATH",
    };

    private static readonly Option<bool> Lossless = new("--lossless")
    {
        Description = "Hold the sender back while the engine is busy instead of conflating quotes; only a Unix socket and standard input can be held back.",
    };

    private const long StandardHeadlineNanos = 100 * UnixNanos.PerMicrosecond;

    private static readonly CadenceOptions Cadence = new("Default 0.1.", StandardHeadlineNanos);

    private static readonly Option<string?> Combine = new("--combine")
    {
        Description = "Publish these underlyings also as one, in USD of the first; SYMBOL=BETA for one that moves otherwise than 1:1.",
        HelpName = "SPX,SPY,QQQ=1.2",
    };

    public static Command Create()
    {
        Option<string> feed = SharedOptions.Feed();
        Option<bool> json = SharedOptions.Json();
        var record = new RecordOptions();
        var threads = new ThreadOptions();
        var pricing = new PricingOptions();
        For.Validators.Clear();
        For.Validators.Add(result =>
        {
            if (result.Tokens is [{ } token] && double.TryParse(token.Value, System.Globalization.CultureInfo.InvariantCulture, out double given) && !(given is > 0 and <= 1_000_000))
                result.AddError($"--for {token.Value} cannot be; give seconds above 0, at most a million.");
        });
        var command = new Command("live",
            """
            Take ticks as they come and publish live dealer gamma to shared memory.

            Examples:
              dealerflow live --listen unix:///tmp/ticks.sock --record day.dftape
              dealerflow live --listen udp://127.0.0.1:9000
              dealerflow live --listen udp://233.43.202.1:45001,udp://233.43.202.129:46001 --definitions chain.csv
              dealerflow live --listen udp://127.0.0.1:9000 --publish 1
              dealerflow send day.dftape --to - | dealerflow live --listen - --json

            Datagrams of ticks (docs/wire-format.md) and blocks of OPRA, version 6, are told apart by their first bytes. Numbers that come twice count once; where one never comes, what it may have replaced is stale until it comes again. While ticks come faster than they are calculated, of each contract the last quote waits, trades wait each for themselves, and the feed says so.
            Progress goes to stderr, the result to stdout, when the sender says that nothing follows, or on SIGINT or SIGTERM.
            """)
        { Listen, Definitions, For, Lossless, Control, feed, Combine, json };
        Cadence.AddTo(command);
        record.AddTo(command);
        threads.AddTo(command);
        pricing.AddTo(command);
        command.SetAction(parsed => Run(
            parsed, parsed.GetValue(feed)!, pricing.Read(parsed), threads.Read(parsed), record.Read(parsed, isLossless: false), parsed.GetValue(json)));
        return command;
    }

    private static int Run(ParseResult parsed, string feedName, Pricing pricing, Threading threading, Recording? recording, bool asJson)
    {
        string[] listen = parsed.GetValue(Listen)!;
        ListenAddress[][] addresses = [.. listen.Select(text => ListenAddress.ParseLines(text, "--listen"))];
        if (addresses.SelectMany(group => group).Count(address => address.IsStandardStream) > 1)
            throw new CliException(ExitCode.Usage, "Standard input is one stream; give - once.");
        bool isLossless = parsed.GetValue(Lossless);
        if (isLossless && addresses.SelectMany(group => group).Any(address => address.EndPoint is not null))
            throw new CliException(ExitCode.Usage, "Nobody can hold UDP back, so --lossless cannot be kept; listen to a Unix socket or to standard input, or leave it out.");
        string market = string.Join(' ', listen);
        LiveContracts? contracts = parsed.GetValue(Definitions) is { } path ? LiveContracts.Read(path, pricing.Options.Calendar) : null;

        using var signals = new StopSignals();
        if (parsed.GetValue(For) is { } seconds) signals.StopAfter(TimeSpan.FromSeconds(seconds));
        using LiveStream stream = Open(addresses, signals.Token);
        InstrumentDefinition[] definitions = Begin(stream, contracts, market);
        CommandLine.Tell(pricing.MoveSettlements(definitions));
        InstrumentDefinition[] underlyings = Underlyings.Of(definitions, market);
        EngineOptions options = Cadence.Read(parsed, pricing.Options) with { SearchesBeside = true, Combined = Underlyings.Combine(parsed.GetValue(Combine), underlyings, market) };
        Shards shards = Shards.Of(definitions, underlyings.Select(underlying => underlying.InstrumentId).ToArray(), options, threading.Shards);
        CommandLine.Tell(threading.Remarks(shards.Calculations.Count));
        CommandLine.Tell(pricing.LoadPositions(shards.LoadPositions, definitions, market));
        Ascii8[] symbols = [.. underlyings.Select(underlying => underlying.Root)];
        using var feeds = new MarketFeeds(FeedDirectory.Default, feedName, underlyings, shards, options.Combined);
        using TapeRecorder? recorder = recording is null ? null : TapeRecorder.Create(recording.Path, definitions, MetadataOf(market), recording.Options);

        long start = Stopwatch.GetTimestamp();
        double Elapsed() => Stopwatch.GetElapsedTime(start).TotalSeconds;
        var collector = new SnapshotCollector(feeds, () => shards.Sequence / Math.Max(Elapsed(), 1e-9), recorder);
        using var engine = new StreamEngine<LiveSource, CollectorSink>(
            shards, new LiveSource(stream, pricing.LateMoves()), collector.SinksOf(shards), options.RingCapacity,
            recorder is null ? null : new RecorderTap(recorder), isLossless ? null : new OverloadOptions(), () => FeedClock.System.MonotonicNanos)
        { Cores = threading.Cores };
        collector.Ingest = () => IngestOf(stream, engine.Overload);
        using ControlSocket? control = parsed.GetValue(Control) is { } socket
            ? new ControlSocket(socket, new LiveCommands(engine.TryControl, shards.Calculations.Count, definitions, market, signals.Stop).Answer)
            : null;
        try
        {
            using (new LiveProgress(collector, symbols[0], Elapsed)) engine.Run(signals.Token);
        }
        finally
        {
            feeds.Close();
        }
        RecorderStatus? recorded = recorder?.Finish();
        double took = Elapsed();
        if (stream.FirstTrouble is { } trouble) CommandLine.Tell([trouble]);
        if (!stream.KnowsNumbering) CommandLine.Tell(["What the numbers of the blocks count could not be told from so few of them, so losses are not known."]);
        if (recorded is { Failure: { } failure }) CommandLine.Tell([$"Recording: {failure}"]);
        if (shards.HasOverflowed)
            throw new CliException(ExitCode.Failure, $"{market}: an exposure left the exact grid of 1/1024 USD, so nothing was published after it; check multipliers and open interest.");
        var result = new ReplayResult(
            engine.Ledger, took, engine.AllocatedBytesAfterWarmUp, engine.TicksAfterWarmUp, collector, shards.Work, symbols, feeds, recorded)
        { Ingest = IngestOf(stream, engine.Overload), Latency = shards.First.Latency, Venues = engine.Venues };
        if (asJson) Terminal.Json(json => result.Write(json));
        else result.Write(Terminal.Tables());
        return ExitCode.Success;
    }

    private static LiveStream Open(ListenAddress[][] addresses, CancellationToken stop)
    {
        var opened = new List<List<DatagramPort>>();
        try
        {
            foreach (ListenAddress[] group in addresses)
            {
                opened.Add([]);
                foreach (ListenAddress address in group) opened[^1].Add(DatagramPort.Open(address));
            }
            return new LiveStream(opened, stop);
        }
        catch
        {
            foreach (DatagramPort port in opened.SelectMany(group => group)) port.Dispose();
            throw;
        }
    }

    private static InstrumentDefinition[] Begin(LiveStream stream, LiveContracts? contracts, string market)
    {
        Console.Error.WriteLine($"Listening to {market}.");
        if (!stream.TryBegin(contracts))
        {
            if (stream.FirstTrouble is { } trouble) throw new CliException(ExitCode.Failure, trouble.Replace("a datagram was refused", "nothing came that could be read", StringComparison.Ordinal));
            throw new CliException(ExitCode.Failure, $"Nothing came from {market}; check that the sender runs and sends there.");
        }
        InstrumentDefinition[] definitions = stream.AwaitDefinitions();
        if (definitions.Length == 0)
            throw new CliException(ExitCode.Failure, $"{market} did not begin with definitions, so what its numbers mean is not known; start before the sender does, or give its tape as --definitions.");
        return definitions;
    }

    private static IngestSection IngestOf(LiveStream stream, OverloadStatus overload)
    {
        IngestSection ingest = stream.Figures;
        ingest.RingHighWater = (uint)overload.RingHighWater;
        ingest.RingCapacity = (uint)overload.RingCapacity;
        ingest.Overload = overload.State;
        return ingest;
    }

    private static Dictionary<string, string> MetadataOf(string market) => new() { ["source"] = "live " + market };
}
