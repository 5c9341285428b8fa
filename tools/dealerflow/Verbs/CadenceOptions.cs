using System.CommandLine;
using DealerFlow.Engine;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Verbs;

/// <summary>How far apart marks, snapshots and headlines lie in event time.</summary>
internal sealed class CadenceOptions
{
    private readonly Option<double?> _mark = new("--mark") { Description = "Milliseconds of event time between two marks, at which everything is repriced. Default 1.", HelpName = "MS" };
    private readonly Option<double?> _publish = new("--publish") { Description = "Milliseconds of event time between two snapshots. Default 100.", HelpName = "MS" };
    private readonly Option<long?> _headline;
    private readonly long _standardHeadline;

    /// <param name="headline">What is said of the headlines' default.</param>
    /// <param name="standardHeadline">That default, nanoseconds; 0 for none.</param>
    public CadenceOptions(string headline, long standardHeadline) => (_headline, _standardHeadline) = (SharedOptions.Headline(headline), standardHeadline);

    public void AddTo(Command command)
    {
        command.Add(_mark);
        command.Add(_publish);
        command.Add(_headline);
    }

    public EngineOptions Read(ParseResult parsed, EngineOptions options) =>
        Spaced(options, parsed.GetValue(_mark), parsed.GetValue(_publish)).WithHeadline(parsed.GetValue(_headline) ?? _standardHeadline);

    /// <summary>Options with another distance of marks and snapshots.</summary>
    public static EngineOptions Spaced(EngineOptions options, double? markMilliseconds, double? publishMilliseconds)
    {
        double mark = markMilliseconds ?? 1, publish = publishMilliseconds ?? Math.Max(100, mark);
        if (!(mark is >= 0.001 and <= 60_000)) throw new CliException(ExitCode.Usage, $"--mark {mark} cannot be; give 0.001 to 60000 milliseconds.");
        if (!(publish >= mark && publish <= 3_600_000)) throw new CliException(ExitCode.Usage, $"--publish {publish} cannot be; give milliseconds, not below --mark and at most an hour's.");
        return options with { MarkIntervalNanos = (long)(mark * UnixNanos.PerMillisecond), PublishIntervalNanos = (long)(publish * UnixNanos.PerMillisecond) };
    }
}
