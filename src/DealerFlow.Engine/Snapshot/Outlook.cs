using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// What is made less often than a snapshot, with its own mark: scenario flows, charm to close, and the levels of two further books in
/// which every node stands at its bid and at its ask.
/// </summary>
internal sealed class Outlook
{
    private readonly NodeTable _nodes;
    private readonly QuoteBook _bid;
    private readonly QuoteBook _ask;

    public Outlook(NodeTable nodes, Smile smile, ExposureScaling scaling, ZeroGammaScans scans, EngineOptions options)
    {
        _nodes = nodes;
        Flows = new ScenarioFlows(nodes, scaling, options.Lanes);
        _bid = new QuoteBook(nodes, nodes.ReferenceBidDeviation, smile, scaling, scans, options);
        _ask = new QuoteBook(nodes, nodes.ReferenceAskDeviation, smile, scaling, scans, options);
    }

    public ScenarioFlows Flows { get; }

    /// <summary>Sequence and mark of the last outlook; 0 before the first.</summary>
    public long MarkTimeNanos { get; private set; }

    public void InvalidateRoots()
    {
        _bid.InvalidateRoots();
        _ask.InvalidateRoots();
    }

    /// <summary>Another position model is chosen.</summary>
    public void Use(EngineOptions options)
    {
        _bid.Use(options);
        _ask.Use(options);
    }

    /// <summary>Makes the outlook at a mark; false when a sum leaves the exact grid.</summary>
    public bool TryMake(in MarkStamp mark, long closeNanos, in ModelSection middle, ref OutlookSection section)
    {
        MarkTimeNanos = mark.TimeNanos;
        section = default;
        section.MarkTimeNanos = mark.TimeNanos;
        section.Spot = mark.Spot;
        section.EventSequence = mark.EventSequence;
        section.CloseNanos = closeNanos;
        Flows.Evaluate(mark.Spot, mark.TimeNanos, closeNanos);
        if (!TryWriteFlows(ref section.Flows)) return false;

        if (!_bid.TryEvaluate(in mark) || !_ask.TryEvaluate(in mark)) return false;
        foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
        {
            PinSection none = default;
            ref readonly BucketSection here = ref middle.Buckets[(int)bucket];
            BucketSection bid = _bid[bucket], ask = _ask[bucket];
            // No quote moves open interest.
            foreach (StrikeLevel level in (ReadOnlySpan<StrikeLevel>)[StrikeLevel.CallWallOpenInterest, StrikeLevel.PutWallOpenInterest])
                bid.Levels[(int)level] = ask.Levels[(int)level] = here.Levels[(int)level];
            LevelBands.Add(ref section.QuoteBands, bucket, 0, in bid, in none);
            LevelBands.Add(ref section.QuoteBands, bucket, 1, in here, in none);
            LevelBands.Add(ref section.QuoteBands, bucket, 2, in ask, in none);
        }
        LevelBands.ForgetPins(ref section.QuoteBands);
        return true;
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
                    ref readonly FlowSums sums = ref Flows[view.Column, segment, (HedgeScenario)scenario];
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
                ? new ZeroGammaTracker(new ProfileBook(_nodes, _deviation, _view.Column, 1, options.Stickiness), options, _scans)
                : null;
        }

        public bool TryEvaluate(in MarkStamp mark)
        {
            Array.Clear(_totals);
            foreach (long[] sums in _call) Array.Clear(sums);
            foreach (long[] sums in _put) Array.Clear(sums);
            foreach (ExpirySegment segment in _nodes.Segments) if (segment.IsPriced) Add(segment, mark.Spot);
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

        private void Add(ExpirySegment segment, double spot)
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
