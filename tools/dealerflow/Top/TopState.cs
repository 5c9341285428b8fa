using DealerFlow.Feed;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Top;

/// <summary>Everything that a screen shows: the last snapshot and headline of a feed, what the feed does, and what the user has chosen.</summary>
internal sealed class TopState(string feedName)
{
    private HeadlineSection _headline;
    private RuntimeSection _headlineRuntime;
    private bool _hasHeadline;

    public string FeedName { get; } = feedName;

    public TopChoices Choices { get; } = new();

    public TopHistory History { get; } = new();

    public ChangeLog Changes { get; } = new();

    /// <summary>What the feed does; null = there is none of this name yet.</summary>
    public FeedState? Feed { get; set; }

    /// <summary>Why the feed cannot be read, in a sentence; null = it can.</summary>
    public string? Trouble { get; set; }

    /// <summary>While there is no feed of this name: those that there are.</summary>
    public IReadOnlyList<string> Others { get; set; } = [];

    /// <summary>The monotonic clock at the last look.</summary>
    public long NowNanos { get; set; }

    /// <summary>The last snapshot that could be read; it stays when its feed is gone.</summary>
    public SnapshotBuffer? Snapshot { get; set; }

    /// <summary>Whether there are numbers at all, of models that this build knows.</summary>
    public bool HasNumbers => Snapshot is { HasSnapshot: true } && Snapshot.Market.Head.Model <= PositionModel.Gross;

    public MarketView Market => Snapshot!.Market;

    public ref readonly MarketSection Head => ref Snapshot!.Market.Head;

    /// <summary>The position model that is looked at.</summary>
    public PositionModel Model => Choices.Model ?? (HasNumbers ? Head.Model : PositionModel.OpenInterest);

    public ref readonly ModelSection Section => ref Head.Models[(int)Model];

    /// <summary>Whether the model has what it needs.</summary>
    public bool IsModelLive => Section.Status == ModelStatus.Live;

    /// <summary>Price of the underlying, as new as can be had.</summary>
    public double Spot => IsHeadlineNewer ? _headline.Spot : Head.Spot;

    /// <summary>The instant of the numbers.</summary>
    public long MarkTimeNanos => IsHeadlineNewer ? _headline.MarkTimeNanos : Head.MarkTimeNanos;

    /// <summary>The run behind the newest numbers.</summary>
    public ref readonly RuntimeSection Runtime => ref IsHeadlineNewer ? ref _headlineRuntime : ref Snapshot!.Runtime;

    /// <summary>Since the newest numbers were published, ns; negative when that cannot be told.</summary>
    public long AgeNanos => NowNanos - Runtime.PublishMonotonicNanos;

    /// <summary>Whether there is a headline that says more than the snapshot: one of another run, or of before it, is old news.</summary>
    public bool IsHeadlineNewer =>
        _hasHeadline && _headlineRuntime.Epoch == Snapshot!.Runtime.Epoch && _headline.Underlying == Head.Underlying &&
        _headlineRuntime.PublishMonotonicNanos > Snapshot.Runtime.PublishMonotonicNanos && _headline.EventSequence >= Head.EventSequence;

    /// <summary>Totals and levels of one bucket under one model: those of the headline where it is of this model and newer.</summary>
    public ref readonly BucketSection Bucket(PositionModel model, ExposureBucket bucket)
    {
        if (IsHeadlineNewer && _headline.Model == model) return ref _headline.Buckets[(int)bucket];
        return ref Head.Models[(int)model].Buckets[(int)bucket];
    }

    /// <summary>The bucket that is looked at.</summary>
    public ref readonly BucketSection Bucket() => ref Bucket(Model, Choices.Bucket);

    /// <summary>Net GEX of a strike in the bucket that is looked at; by strike a snapshot splits it for the feed's own model alone.</summary>
    public long NetGexOf(in StrikeRow row)
    {
        long all = row.ModelNetGex[(int)Model], zeroDte = row.ZeroDteCallGex + row.ZeroDtePutGex;
        if (!SplitsStrikes) return all;
        return Choices.Bucket switch { ExposureBucket.ZeroDte => zeroDte, ExposureBucket.ExZeroDte => all - zeroDte, _ => all };
    }

    /// <summary>Whether strikes are shown for the bucket that is looked at, or for all expiries because there is nothing else.</summary>
    public bool SplitsStrikes => Choices.Bucket == ExposureBucket.All || Model == Head.Model;

    public void SetHeadline(in HeadlineSection headline, in RuntimeSection runtime) => (_headline, _headlineRuntime, _hasHeadline) = (headline, runtime, true);
}
