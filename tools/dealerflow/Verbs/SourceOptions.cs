using System.Buffers.Binary;
using System.CommandLine;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Cli.Plot;
using DealerFlow.Feed;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Verbs;

/// <summary>What pictures and reports are made of: a tape, a chain file, or the last snapshot of a feed.</summary>
internal sealed class SourceOptions
{
    /// <summary>Samples of a course: more than there are pixels for would show nothing.</summary>
    private const int Samples = 600;

    private readonly Option<string?> _symbol = new("--symbol") { Description = "Which underlying of a tape or feed of several.", HelpName = "SYMBOL" };
    private readonly Option<string?> _from = SharedOptions.From(), _to = SharedOptions.To();
    private readonly Option<bool> _skipBad = SharedOptions.SkipBad();
    private readonly ChainOptions _chain = new();
    private readonly PricingOptions _pricing = new(takesCash: true);

    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_symbol, _from, _to, _skipBad]) command.Options.Add(option);
        _chain.AddTo(command);
        _pricing.AddTo(command);
    }

    /// <summary>The first option that means something for tapes and chains only; null = none was given.</summary>
    public string? FirstGiven(ParseResult parsed) => new Option[] { _from, _to, _skipBad }
        .FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name ?? _chain.FirstGiven(parsed) ?? _pricing.FirstGiven(parsed);

    /// <summary>A tape or a chain, by what the file begins with.</summary>
    public Subject OfFile(ParseResult parsed, string path, ExposureBucket bucket, bool needsCourse)
    {
        if (Directory.Exists(path)) throw new CliException(ExitCode.Failure, $"{path} is a folder; name a tape or a chain file.");
        if (!File.Exists(path))
            throw new CliException(ExitCode.Failure, $"{path} does not exist; name a tape or a chain file, or a feed with --feed NAME.");
        bool isTape = IsTape(path);
        if (needsCourse && !isTape) throw new CliException(ExitCode.Usage, $"{path} is a chain of one instant, and this picture shows a course of time; name a tape.");
        // Neither is looked at where it can mean nothing.
        if (isTape && _chain.FirstGiven(parsed) is { } chain) throw new CliException(ExitCode.Usage, $"{chain} is for chain files; {path} is a tape.");
        if (!isTape && new Option[] { _symbol, _from, _to, _skipBad }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } tape)
            throw new CliException(ExitCode.Usage, $"{tape.Name} is for tapes; {path} is a chain of one instant.");
        Pricing pricing = _pricing.Read(parsed);
        string name = Printable.Of(Path.GetFileName(path));
        if (!isTape)
        {
            var run = ChainRun.Of(path, _chain.Read(parsed), pricing);
            return new Subject(new PictureSubject(run.Market, $"chain {name}", pricing.Options.Model, bucket, []), run);
        }
        if (pricing.Options.Dividends.Count > 0) throw new CliException(ExitCode.Usage, "Dividends in cash are for chain files; give a yield to --dividend.");
        var course = new List<MarketSample>();
        byte[] last = TapeCourse.Replay(
            new TapePart([path], parsed.GetValue(_from), parsed.GetValue(_to), parsed.GetValue(_skipBad)), parsed.GetValue(_symbol), pricing, Samples,
            market => course.Add(MarketSample.Of(market, pricing.Options.Model, bucket)));
        return new Subject(new PictureSubject(last, $"tape {name}", pricing.Options.Model, bucket, course), Chain: null);
    }

    /// <summary>The last snapshot of a feed.</summary>
    public PictureSubject OfFeed(ParseResult parsed, string feed, ExposureBucket bucket, bool needsCourse)
    {
        if (needsCourse)
            throw new CliException(ExitCode.Usage, $"A feed holds its last snapshot alone, and this picture shows a course of time; name a tape ('dealerflow replay --record TAPE' makes one).");
        if (FirstGiven(parsed) is { } option)
            throw new CliException(ExitCode.Usage, $"{option} decides how numbers are computed, and those of feed '{feed}' are there already; give it to 'replay' or 'live', or name a tape or chain here.");
        (SnapshotBuffer snapshot, FeedState state, long age) = LastSnapshot.Of(feed, parsed.GetValue(_symbol));
        if (!(snapshot.Market.Head.Spot > 0)) throw new CliException(ExitCode.Failure, $"Feed '{feed}' has no price of the underlying yet, so there is nothing to draw about; try again in a moment.");
        PositionModel own = snapshot.Market.Head.Model, model = _pricing.GivenModel(parsed) ?? own;
        if (model != own && bucket != ExposureBucket.All)
        {
            throw new CliException(
                ExitCode.Usage, $"Feed '{feed}' tells strikes and expiries by bucket under its own model {own} alone; leave out --bucket, or replay with --model {model}.");
        }
        string words = state == FeedState.Live ? $"feed {feed}, {Names.Age(age)} old" : $"feed {feed}: {state}, its last snapshot";
        return new PictureSubject(snapshot.MarketBytes.ToArray(), words, model, bucket, []);
    }

    private static bool IsTape(string path)
    {
        Span<byte> start = stackalloc byte[sizeof(ulong)];
        using FileStream file = File.OpenRead(path);
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
            && BinaryPrimitives.ReadUInt64LittleEndian(start) == TapeFileHeader.ExpectedMagic;
    }
}

/// <summary>A tape or a chain, computed.</summary>
/// <param name="Picture">What pictures show.</param>
/// <param name="Chain">The run of a chain; null for a tape.</param>
internal sealed record Subject(PictureSubject Picture, ChainRun? Chain);
