namespace DealerFlow.Engine;

/// <summary>
/// Where the time of the calculation and of the source went, in units of <see cref="Calculation.StageClock"/>, which is read once per mark, flush,
/// publication and batch of the source and never per message; no result depends on it.
/// </summary>
public record struct StageTimes
{
    /// <summary>Touched nodes: inversion, and whatever a flush evaluates.</summary>
    public long Flush { get; set; }

    /// <summary>Every live node at a mark: forwards, sides, w, and where a snapshot follows the sums.</summary>
    public long Mark { get; set; }

    /// <summary>Touched nodes between marks, where headlines are made, and the headlines.</summary>
    public long Headline { get; set; }

    /// <summary>Levels, snapshot and what the sink does with it.</summary>
    public long Publish { get; set; }

    /// <summary>The calculation had nothing to do: it waited for the source.</summary>
    public long Idle { get; set; }

    /// <summary>The source was at work.</summary>
    public long Source { get; set; }

    /// <summary>The source waited for room in the ring.</summary>
    public long SourceWait { get; set; }

    /// <summary>Both together.</summary>
    public static StageTimes operator +(StageTimes left, StageTimes right) => new()
    {
        Flush = left.Flush + right.Flush,
        Mark = left.Mark + right.Mark,
        Headline = left.Headline + right.Headline,
        Publish = left.Publish + right.Publish,
        Idle = left.Idle + right.Idle,
        Source = left.Source + right.Source,
        SourceWait = left.SourceWait + right.SourceWait,
    };

    /// <summary>What was added since.</summary>
    public static StageTimes operator -(StageTimes later, StageTimes earlier) => new()
    {
        Flush = later.Flush - earlier.Flush,
        Mark = later.Mark - earlier.Mark,
        Headline = later.Headline - earlier.Headline,
        Publish = later.Publish - earlier.Publish,
        Idle = later.Idle - earlier.Idle,
        Source = later.Source - earlier.Source,
        SourceWait = later.SourceWait - earlier.SourceWait,
    };
}
