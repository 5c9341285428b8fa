using DealerFlow.Wire;

namespace DealerFlow.Feed;

/// <summary>Compares what is published of one underlying with what was published before. Its first look finds nothing.</summary>
internal sealed class LevelWatch
{
    /// <summary>Most changes that one look can find.</summary>
    public const int MostChanges = 1 + (3 * 5) + 1;

    private PositionModel _model;
    private double _spot;
    private bool _hasLooked;
    private BucketSections _buckets;
    private bool _hasPin;
    private PinSection _pin;

    /// <summary>A snapshot.</summary>
    public int Look(in MarketSection head, Span<LevelChange> changes)
    {
        // The bytes are the caller's: of a model that there is not nothing can be said.
        if (head.Model > PositionModel.Gross) return 0;
        var look = new Finder(changes, head.EventSequence, head.EventTimeNanos, head.Model, _spot, head.Spot);
        Look(ref look, in head.Buckets);
        ref readonly PinSection pin = ref head.Models[(int)head.Model].Pin;
        if (look.IsSameModel && _hasPin) look.Compare(LevelChangeKind.Pin, ExposureBucket.ZeroDte, _pin.Present != 0, _pin.Strike, pin.Present != 0, pin.Strike);
        (_hasPin, _pin) = (true, pin);
        return look.Count;
    }

    /// <summary>A headline, whose levels are those of the last snapshot and whose totals and spot are of the moment.</summary>
    public int Look(in HeadlineSection headline, Span<LevelChange> changes)
    {
        var look = new Finder(changes, headline.EventSequence, headline.EventTimeNanos, headline.Model, _spot, headline.Spot);
        Look(ref look, in headline.Buckets);
        return look.Count;
    }

    private void Look(ref Finder look, in BucketSections now)
    {
        look.IsSameModel = _hasLooked && look.Model == _model;
        if (_hasLooked && !look.IsSameModel) look.Add(LevelChangeKind.Model, ExposureBucket.All, true, (double)_model, true, (double)look.Model);
        for (int bucket = 0; look.IsSameModel && bucket < 3; bucket++) Compare(ref look, (ExposureBucket)bucket, in _buckets[bucket], in now[bucket]);
        (_hasLooked, _model, _spot, _buckets) = (true, look.Model, look.Spot, now);
    }

    private static void Compare(ref Finder look, ExposureBucket bucket, in BucketSection before, in BucketSection now)
    {
        look.Compare(LevelChangeKind.Regime, bucket, true, (double)before.Regime, true, (double)now.Regime);
        bool hadRoot = before.ZeroGamma.Status == ZeroGammaStatus.Found, hasRoot = now.ZeroGamma.Status == ZeroGammaStatus.Found;
        // Its value moves all the time: what counts is on which side of it spot is, and whether it is there at all.
        if (hadRoot != hasRoot) look.Add(LevelChangeKind.ZeroGammaFound, bucket, hadRoot, before.ZeroGamma.Value, hasRoot, now.ZeroGamma.Value);
        else if (hasRoot && look.SpotBefore < before.ZeroGamma.Value != look.Spot < now.ZeroGamma.Value)
            look.Add(LevelChangeKind.ZeroGammaCrossed, bucket, true, before.ZeroGamma.Value, true, now.ZeroGamma.Value);
        CompareWall(ref look, LevelChangeKind.CallWall, bucket, in before.Levels[(int)StrikeLevel.CallWall], in now.Levels[(int)StrikeLevel.CallWall]);
        CompareWall(ref look, LevelChangeKind.PutWall, bucket, in before.Levels[(int)StrikeLevel.PutWall], in now.Levels[(int)StrikeLevel.PutWall]);
    }

    private static void CompareWall(ref Finder look, LevelChangeKind kind, ExposureBucket bucket, in LevelRow before, in LevelRow now) =>
        look.Compare(kind, bucket, before.Present != 0, before.Strike, now.Present != 0, now.Strike);

    private ref struct Finder(Span<LevelChange> changes, ulong sequence, long nanos, PositionModel model, double spotBefore, double spot)
    {
        private readonly Span<LevelChange> _changes = changes;
        private readonly ulong _sequence = sequence;
        private readonly long _nanos = nanos;

        public readonly PositionModel Model { get; } = model;

        public readonly double SpotBefore { get; } = spotBefore;

        public readonly double Spot { get; } = spot;

        public bool IsSameModel { get; set; }

        public int Count { get; private set; }

        public void Compare(LevelChangeKind kind, ExposureBucket bucket, bool had, double before, bool has, double after)
        {
            if (had != has || (has && before != after)) Add(kind, bucket, had, before, has, after);
        }

        public void Add(LevelChangeKind kind, ExposureBucket bucket, bool had, double before, bool has, double after) => _changes[Count++] = new LevelChange
        {
            EventSequence = _sequence,
            EventTimeNanos = _nanos,
            Before = had ? before : 0,
            After = has ? after : 0,
            SpotBefore = SpotBefore,
            Spot = Spot,
            Kind = kind,
            Bucket = bucket,
            Model = Model,
            HasBefore = had ? (byte)1 : (byte)0,
            HasAfter = has ? (byte)1 : (byte)0,
        };
    }
}
