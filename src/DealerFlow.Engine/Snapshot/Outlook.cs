using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// What is made less often than a snapshot, with its own mark: scenario flows, charm to close, the levels of two further books in which every
/// node stands at its bid and at its ask, and the gamma profile. Of a large chain it is made in steps, one or a few at each mark, from a copy
/// of the table that stands still, so that no message waits for the whole.
/// </summary>
internal sealed class Outlook
{
    private readonly NodeTable _live;
    private readonly NodeTable _nodes;                  // the copy, or the live table itself where everything is made at once
    private readonly ScenarioFlows _flows;
    private readonly QuoteBook _bid;
    private readonly QuoteBook _ask;
    private readonly ProfileCurve _curve;

    // What is being made, of which mark and of which middle book.
    private OutlookSection _section;
    private ProfileSection _profile;
    private MarkStamp _mark;
    private long _closeNanos;
    private BucketSections _middle;
    private int _step;
    private bool _fits;
    private bool _losesRoots;

    public Outlook(NodeTable nodes, ExposureScaling scaling, ZeroGammaScans scans, EngineOptions options)
    {
        _live = nodes;
        IsStepwise = !options.OneShot && nodes.Length >= options.StepwiseNodes;
        _nodes = IsStepwise ? nodes.EmptyCopy() : nodes;
        var smile = new Smile(_nodes);
        _flows = new ScenarioFlows(_nodes, scaling, options.Lanes);
        _bid = new QuoteBook(_nodes, _nodes.ReferenceBidDeviation, smile, scaling, scans, options);
        _ask = new QuoteBook(_nodes, _nodes.ReferenceAskDeviation, smile, scaling, scans, options);
        _curve = new ProfileCurve(_nodes, options);
        CharmToClose = IsStepwise ? [.. _flows.CharmToClose.Select(_ => new NodeFlow(nodes))] : _flows.CharmToClose;
    }

    /// <summary>It may be made in steps while the calculation goes on.</summary>
    public bool IsStepwise { get; }

    /// <summary>Charm to close of every node and column as of the last outlook, 1/1024 USD.</summary>
    public NodeFlow[] CharmToClose { get; }

    /// <summary>Begun and not taken yet.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>Steps of the one that is under way.</summary>
    public int Steps => (3 * _nodes.Segments.Length) + 4 + ProfileCurve.Parts;

    /// <summary>Positions or expiries changed: the next outlook searches its roots. One that is under way is of a mark before that.</summary>
    public void InvalidateRoots()
    {
        if (IsUnderWay)
        {
            _losesRoots = true;
            return;
        }
        _bid.InvalidateRoots();
        _ask.InvalidateRoots();
    }

    /// <summary>Another position model is chosen.</summary>
    public void Use(EngineOptions options)
    {
        _bid.Use(options);
        _ask.Use(options);
    }

    /// <summary>Begins the outlook of a mark.</summary>
    public void Begin(in MarkStamp mark, long closeNanos, in ModelSection middle)
    {
        Drop();
        if (IsStepwise) _nodes.FreezeFrom(_live);
        (_mark, _closeNanos, _middle) = (mark, closeNanos, middle.Buckets);
        (_step, _fits, _losesRoots, IsUnderWay) = (0, true, false, true);
        _section = default;
        _section.MarkTimeNanos = mark.TimeNanos;
        _section.Spot = mark.Spot;
        _section.EventSequence = mark.EventSequence;
        _section.CloseNanos = closeNanos;
        _flows.Clear();
        _bid.Begin();
        _ask.Begin();
        ProfileCurve.Begin(ref _profile, mark.TimeNanos, mark.Spot);
        _curve.Refresh();
    }

    /// <summary>Goes on by up to so many steps.</summary>
    public void Advance(int steps)
    {
        for (int i = 0; i < steps && _step < Steps; i++) Make(_step++);
    }

    /// <summary>Nodes have come since it was begun: it is of another table.</summary>
    public bool IsOutdated => IsStepwise && _nodes.Structure != _live.Structure;

    /// <summary>Gives up what is under way.</summary>
    public void Drop()
    {
        IsUnderWay = false;
        if (!_losesRoots) return;
        _losesRoots = false;
        InvalidateRoots();
    }

    /// <summary>Makes what is left of it and hands it out; false when a sum leaves the exact grid.</summary>
    public bool TryTake(ref OutlookSection section, ref ProfileSection profile)
    {
        Advance(Steps);
        (section, profile) = (_section, _profile);
        if (IsStepwise) for (int column = 0; column < CharmToClose.Length; column++) CharmToClose[column].CopyFrom(_flows.CharmToClose[column]);
        Drop();
        return _fits;
    }

    private void Make(int step)
    {
        ExpirySegment[] segments = _nodes.Segments;
        if (step < segments.Length)
        {
            _flows.Evaluate(segments[step], _mark.Spot, _mark.TimeNanos, _closeNanos);
            return;
        }
        step -= segments.Length;
        if (step-- == 0)
        {
            _fits &= TryWriteFlows(ref _section.Flows);
            return;
        }
        foreach (QuoteBook book in (ReadOnlySpan<QuoteBook>)[_bid, _ask])
        {
            if (step < segments.Length)
            {
                if (segments[step].IsPriced) book.Add(segments[step], _mark.Spot);
                return;
            }
            step -= segments.Length;
            if (step-- > 0) continue;
            _fits &= book.TryFinish(in _mark);
            return;
        }
        if (step-- == 0) WriteBands();
        else _curve.AddPart(ref _profile, step, _mark.Spot, beta: 1);
    }

    private void WriteBands()
    {
        foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
        {
            PinSection none = default;
            ref readonly BucketSection here = ref _middle[(int)bucket];
            BucketSection bid = _bid[bucket], ask = _ask[bucket];
            // No quote moves open interest.
            foreach (StrikeLevel level in (ReadOnlySpan<StrikeLevel>)[StrikeLevel.CallWallOpenInterest, StrikeLevel.PutWallOpenInterest])
                bid.Levels[(int)level] = ask.Levels[(int)level] = here.Levels[(int)level];
            LevelBands.Add(ref _section.QuoteBands, bucket, 0, in bid, in none);
            LevelBands.Add(ref _section.QuoteBands, bucket, 1, in here, in none);
            LevelBands.Add(ref _section.QuoteBands, bucket, 2, in ask, in none);
        }
        LevelBands.ForgetPins(ref _section.QuoteBands);
    }

    private bool TryWriteFlows(ref FlowsOfModels flows)
    {
        foreach (PositionModel model in ModelView.Models)
        {
            ModelView view = _nodes.Weights.View(model);
            for (int scenario = 0; scenario < HedgeScenarios.Count; scenario++)
            {
                FlowSums zeroDte = default, rest = default;
                foreach (ExpirySegment segment in _nodes.Segments)
                {
                    ref readonly FlowSums sums = ref _flows[view.Column, segment, (HedgeScenario)scenario];
                    if (segment.IsZeroDte) zeroDte += sums;
                    else rest += sums;
                }
                FlowSums all = zeroDte;
                all += rest;
                ref FlowRows rows = ref flows[(int)model].Rows;
                if (!all.TryRead(view, out rows[((int)ExposureBucket.All * HedgeScenarios.Count) + scenario])
                    || !zeroDte.TryRead(view, out rows[((int)ExposureBucket.ZeroDte * HedgeScenarios.Count) + scenario])
                    || !rest.TryRead(view, out rows[((int)ExposureBucket.ExZeroDte * HedgeScenarios.Count) + scenario]))
                    return false;
            }
        }
        return true;
    }

    /// <summary>The book of the chosen model with one side of every quote as its price.</summary>
    private sealed class QuoteBook
    {
        private readonly NodeTable _nodes;
        private readonly double[] _reference;
        private readonly double[] _deviation;
        private readonly Smile _smile;
        private readonly ExposureScaling _scaling;
        private readonly ZeroGammaScans _scans;
        private EngineOptions _options;
        private ModelView _view;
        private ZeroGammaTracker? _zeroGamma;
        private readonly WallFinder _walls;
        private readonly GreekScratch _greeks;
        private readonly long[] _callUnits, _putUnits;
        private readonly long[][] _call, _put;
        private readonly ExposureTotals[] _totals = new ExposureTotals[3];
        private readonly double[] _gross = new double[3];
        private BucketSections _sections;

        public QuoteBook(NodeTable nodes, double[] reference, Smile smile, ExposureScaling scaling, ZeroGammaScans scans, EngineOptions options)
        {
            _nodes = nodes;
            _reference = reference;
            _smile = smile;
            _scaling = scaling;
            _scans = scans;
            _deviation = nodes.AddColumn(1.0);
            Use(options);
            _walls = new WallFinder(nodes.StrikeCapacity);
            _greeks = new GreekScratch(nodes.LongestSegment);
            (_callUnits, _putUnits) = (new long[nodes.LongestSegment], new long[nodes.LongestSegment]);
            _call = [.. ZeroGammaTable.Buckets.Select(_ => new long[nodes.StrikeCapacity])];
            _put = [.. ZeroGammaTable.Buckets.Select(_ => new long[nodes.StrikeCapacity])];
        }

        public ref readonly BucketSection this[ExposureBucket bucket] => ref _sections[(int)bucket];

        public void InvalidateRoots() => _zeroGamma?.Invalidate();

        [MemberNotNull(nameof(_options))]
        public void Use(EngineOptions options)
        {
            _options = options;
            _view = ModelView.Of(options.Model);
            _zeroGamma = _view is { CallSign: 1, PutSign: 1 }
                ? new ZeroGammaTracker(new ProfileBook(_nodes, _deviation, _view.Column, 1, options.Stickiness), options with { ZeroGammaIntervalNanos = 1 }, _scans)
                : null;
        }

        public void Begin()
        {
            Array.Clear(_totals);
            foreach (long[] sums in _call) Array.Clear(sums);
            foreach (long[] sums in _put) Array.Clear(sums);
        }

        /// <summary>Roots and walls, once every priced expiry has been added; false when a total leaves the exact grid.</summary>
        public bool TryFinish(in MarkStamp mark)
        {
            for (int bucket = 0; bucket < 3; bucket++)
            {
                if (!_totals[bucket].Fits) return false;
                _gross[bucket] = _totals[bucket].GrossUsd;
            }
            _zeroGamma?.Update(mark.TimeNanos, mark.Spot, _gross);
            foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
            {
                ref BucketSection section = ref _sections[(int)bucket];
                section = default;
                section.NetGex = (long)_totals[(int)bucket].NetGex;
                if (_zeroGamma is not null) BucketWriter.WriteRoots(ref section.ZeroGamma, _zeroGamma.Roots[0, bucket], mark.Spot, isEmpty: false);
                int strikes = _nodes.Strikes.Length;
                _walls.FindExposure(
                    ref section.Levels,
                    new WallFinder.Book(_nodes.Strikes, _call[(int)bucket].AsSpan(0, strikes), _put[(int)bucket].AsSpan(0, strikes)), mark.Spot);
            }
            return true;
        }

        /// <summary>Adds one priced expiry.</summary>
        public void Add(ExpirySegment segment, double spot)
        {
            _smile.Read(segment, _reference, _deviation);
            int rows = segment.PaddedCount;
            GreekKernel.Evaluate(
                _options.Lanes, new ExpiryTerms(spot, segment.Forward, segment.Discount, segment.Years),
                _nodes.LogStrike.AsSpan(segment.Start, rows), _deviation.AsSpan(segment.Start, rows), _greeks.Columns(rows));
            double scale = 0.01 * spot * spot * MoneyGrid.UnitsPerUsd;
            double[] callWeight = _nodes.Weights.Call[(int)_view.Column], putWeight = _nodes.Weights.Put[(int)_view.Column];
            int bucket = (int)(segment.IsZeroDte ? ExposureBucket.ZeroDte : ExposureBucket.ExZeroDte);
            for (int i = 0; i < segment.Count; i++)
            {
                int node = segment.Start + i;
                long call = _view.CallSign * _scaling.Round(_greeks.Gamma[i] * scale * callWeight[node]);
                long put = _view.PutSign * _scaling.Round(_greeks.Gamma[i] * scale * putWeight[node]);
                var exposure = new ExposureTotals(call, put, Math.Abs(call + put), 0, 0, 0);
                int strike = _nodes.StrikeIndex[node];
                foreach (int each in (ReadOnlySpan<int>)[(int)ExposureBucket.All, bucket])
                {
                    _totals[each] += exposure;
                    _call[each][strike] += call;
                    _put[each][strike] += put;
                }
            }
        }
    }
}
