using DealerFlow.Engine;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>What the user says of a chain file.</summary>
/// <param name="Spot">Price of the underlying; null = the file's.</param>
/// <param name="AsOf">Instant of the quotes, UTC nanoseconds since the Unix epoch; null = the file's.</param>
/// <param name="Exercise">What becomes of American contracts.</param>
internal readonly record struct ChainTerms(double? Spot, long? AsOf, ExerciseTreatment Exercise);

/// <summary>One chain file through the engine: one quote per contract, one answer.</summary>
internal sealed class ChainRun
{
    private const int IssuesShown = 10;

    private readonly string _path;
    private readonly OptionChain _chain;
    private readonly IReadOnlyList<ChainIssue> _unscaled;
    private readonly List<string> _remarks;
    private readonly List<string> _signsOfAPart;

    private ChainRun(string path, OptionChain chain, IReadOnlyList<ChainIssue> unscaled, List<string> remarks, List<string> signsOfAPart) =>
        (_path, _chain, _unscaled, _remarks, _signsOfAPart) = (path, chain, unscaled, remarks, signsOfAPart);

    /// <summary>Bytes of the market section.</summary>
    public required byte[] Market { get; init; }

    /// <summary>What became of American contracts.</summary>
    public required ExerciseCounts Exercise { get; init; }

    /// <summary>What was computed.</summary>
    public required EngineOptions Options { get; init; }

    /// <summary>Reads a file and computes.</summary>
    /// <exception cref="CliException">The file leaves something open, or holds too little.</exception>
    public static ChainRun Of(string path, ChainTerms terms, Pricing pricing)
    {
        EngineOptions options = pricing.Options with { Exercise = terms.Exercise, OneShot = true };
        if (terms.Spot is not null and not (> 0 and < double.PositiveInfinity))
            throw new CliException(ExitCode.Usage, $"A spot of {terms.Spot} cannot be; give a positive price.");
        OptionChain chain = ChainFormats.Read(path, options.Calendar);
        // A question to the user stands alone; what was skipped is told once there is an answer to go with it.
        long asOf = terms.AsOf ?? chain.AsOfNanos ?? throw new CliException(ExitCode.Usage, chain.DateText is null
            ? $"{path} does not say when its quotes are from; give --as-of, for example --as-of 2023-06-09T13:40-04:00."
            : $"{path}: the date '{chain.DateText}' cannot be read; give --as-of, for example --as-of 2023-06-09T13:40-04:00.");
        double? spot = terms.Spot ?? chain.Spot;
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
        if (!collector.TryCopyLast(symbol, ref bytes, out int length) || !MarketView.TryOpen(bytes.AsSpan(0, length), out _))
            throw new CliException(ExitCode.Usage, $"{path} has no spot and too few two-sided quotes to infer one by parity; give --spot.");
        return new ChainRun(path, chain, ticks.Issues, remarks, [.. ChainCoverage.SignsOfAPart(chain, asOf, spot)])
        {
            Market = bytes[..length],
            Exercise = calculation.Exercise,
            Options = options,
        };
    }

    /// <summary>Says on stderr what was left out and what is odd.</summary>
    public void Tell()
    {
        TellIssues();
        CommandLine.Tell(_remarks);
        foreach (string sign in _signsOfAPart) Console.Error.WriteLine($"dealerflow: {_path}: {sign}");
    }

    /// <summary>The same for a page: what was left out, what is odd, in sentences.</summary>
    public IEnumerable<string> Remarks()
    {
        int count = _chain.IssueCount + _unscaled.Count;
        if (count > 0) yield return $"{count:#,0} {(count == 1 ? "row" : "rows")} of the file could not be used; {_chain.SkippedContracts:#,0} contracts were left out.";
        foreach (string remark in _remarks) yield return remark;
        foreach (string sign in _signsOfAPart) yield return sign;
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

    private void TellIssues()
    {
        int count = _chain.IssueCount + _unscaled.Count;
        if (count == 0) return;
        foreach (ChainIssue issue in _chain.Issues.Concat(_unscaled).Take(IssuesShown))
            Console.Error.WriteLine($"dealerflow: {_path}{(issue.Line > 0 ? $", line {issue.Line}" : "")}: {issue.Reason}");
        if (count > IssuesShown) Console.Error.WriteLine($"dealerflow: {_path}: and {count - IssuesShown} more of this kind.");
        Console.Error.WriteLine($"dealerflow: {_path}: {count} {(count == 1 ? "issue" : "issues")}, {_chain.SkippedContracts} contracts left out.");
    }
}
