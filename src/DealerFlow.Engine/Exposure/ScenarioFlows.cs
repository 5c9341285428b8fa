using System.Numerics;
using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>One scenario: where spot, clock and volatility go.</summary>
/// <param name="SpotMove">Relative move of spot.</param>
/// <param name="VolMove">Added to every volatility, 0.01 = one point.</param>
/// <param name="ToNanos">The instant; 0 = now.</param>
internal readonly record struct Scenario(double SpotMove, double VolMove, long ToNanos)
{
    public static Scenario Of(HedgeScenario scenario, long closeNanos) => scenario switch
    {
        HedgeScenario.SpotDown200 => new(-0.02, 0, 0),
        HedgeScenario.SpotDown100 => new(-0.01, 0, 0),
        HedgeScenario.SpotDown50 => new(-0.005, 0, 0),
        HedgeScenario.SpotDown25 => new(-0.0025, 0, 0),
        HedgeScenario.SpotUp25 => new(0.0025, 0, 0),
        HedgeScenario.SpotUp50 => new(0.005, 0, 0),
        HedgeScenario.SpotUp100 => new(0.01, 0, 0),
        HedgeScenario.SpotUp200 => new(0.02, 0, 0),
        HedgeScenario.Close => new(0, 0, closeNanos),
        HedgeScenario.VolDown1 => new(0, -0.01, 0),
        _ => new(0, 0.01, 0),
    };
}

/// <summary>Sums of one flow over nodes, call side and put side apart, 1/1024 USD: the full reprice and its three parts.</summary>
internal struct FlowSums
{
    public Int128 Call, Put, CallGamma, PutGamma, CallVanna, PutVanna, CallCharm, PutCharm;

    public void operator +=(in FlowSums other)
    {
        Call += other.Call;
        Put += other.Put;
        CallGamma += other.CallGamma;
        PutGamma += other.PutGamma;
        CallVanna += other.CallVanna;
        PutVanna += other.PutVanna;
        CallCharm += other.CallCharm;
        PutCharm += other.PutCharm;
    }

    /// <summary>As a position model reads them; false when a sum leaves the 64 bits of a snapshot.</summary>
    public readonly bool TryRead(ModelView view, out FlowRow row)
    {
        Int128 flow = (view.CallSign * Call) + (view.PutSign * Put);
        Int128 gamma = (view.CallSign * CallGamma) + (view.PutSign * PutGamma);
        Int128 vanna = (view.CallSign * CallVanna) + (view.PutSign * PutVanna);
        Int128 charm = (view.CallSign * CallCharm) + (view.PutSign * PutCharm);
        Int128 residual = flow - gamma - vanna - charm;
        row = default;
        foreach (Int128 sum in (ReadOnlySpan<Int128>)[flow, gamma, vanna, charm, residual])
            if (sum < long.MinValue || sum > long.MaxValue) return false;
        row = new FlowRow { Flow = (long)flow, Gamma = (long)gamma, Vanna = (long)vanna, Charm = (long)charm, Residual = (long)residual };
        return true;
    }
}

/// <summary>
/// What dealers would trade if spot, time or volatility moved: Flow = −(Δ of the book there − Δ now)·S′, every option repriced, w held
/// per strike. Its parts are the flows that gamma, vanna and charm of now predict; each is rounded once per node and side.
/// </summary>
internal sealed class ScenarioFlows
{
    // Where a fall of volatility leaves nothing, an option is worth its intrinsic value and its delta is a step.
    private const double LeastDeviation = 1e-9;

    private readonly NodeTable _nodes;
    private readonly ExposureScaling _scaling;
    private readonly LaneWidth _lanes;
    private readonly GreekScratch _now;
    private readonly double[] _callDelta, _putDelta;
    private readonly double[] _deviation;
    private readonly long[] _callFlow, _putFlow, _callPart, _putPart;

    // By column, then expiry, then scenario.
    private readonly FlowSums[] _sums;

    public ScenarioFlows(NodeTable nodes, ExposureScaling scaling, LaneWidth lanes)
    {
        _nodes = nodes;
        _scaling = scaling;
        _lanes = lanes;
        _now = new GreekScratch(nodes.LongestSegment);
        (_callDelta, _putDelta) = (new double[nodes.LongestSegment], new double[nodes.LongestSegment]);
        _deviation = new double[nodes.LongestSegment];
        (_callFlow, _putFlow) = (new long[nodes.LongestSegment], new long[nodes.LongestSegment]);
        (_callPart, _putPart) = (new long[nodes.LongestSegment], new long[nodes.LongestSegment]);
        _sums = new FlowSums[ModelView.Columns * nodes.SegmentCapacity * HedgeScenarios.Count];
        CharmToClose = new NodeFlow[ModelView.Columns];
        for (int column = 0; column < ModelView.Columns; column++) CharmToClose[column] = new NodeFlow(nodes);
    }

    /// <summary>Charm to close of every node and column, 1/1024 USD.</summary>
    public NodeFlow[] CharmToClose { get; }

    /// <summary>Flow of one expiry under one scenario.</summary>
    public ref readonly FlowSums this[PositionColumn column, ExpirySegment segment, HedgeScenario scenario] =>
        ref _sums[IndexOf(column, segment.Index, scenario)];

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        Array.Clear(_sums);
        foreach (NodeFlow flow in CharmToClose) flow.Clear();
    }

    /// <summary>Adds all scenarios of one expiry at a mark.</summary>
    /// <param name="segment">The expiry; nothing is added where it has no price.</param>
    /// <param name="spot">S of the mark.</param>
    /// <param name="markNanos">Its instant.</param>
    /// <param name="closeNanos">The close that is looked at; 0 when the calendar does not know it: no flow then.</param>
    public void Evaluate(ExpirySegment segment, double spot, long markNanos, long closeNanos)
    {
        if (!segment.IsPriced) return;
        GreekKernel.Evaluate(
            _lanes, new ExpiryTerms(spot, segment.Forward, segment.Discount, segment.Years),
            _nodes.LogStrike.AsSpan(segment.Start, segment.PaddedCount), _nodes.Deviation.AsSpan(segment.Start, segment.PaddedCount),
            _now.Columns(segment.PaddedCount));
        for (int scenario = 0; scenario < HedgeScenarios.Count; scenario++)
        {
            if ((HedgeScenario)scenario == HedgeScenario.Close && closeNanos == 0) continue;
            Evaluate(segment, (HedgeScenario)scenario, Scenario.Of((HedgeScenario)scenario, closeNanos), spot, markNanos);
        }
    }

    private void Evaluate(ExpirySegment segment, HedgeScenario name, Scenario scenario, double spot, long markNanos)
    {
        double spotThere = spot * (1 + scenario.SpotMove);
        FindDeltas(segment, scenario, spot, spotThere);
        double yearsPassed = scenario.ToNanos == 0 ? 0 : (scenario.ToNanos - markNanos) / NodeTable.NanosPerYear;
        foreach (PositionColumn column in (ReadOnlySpan<PositionColumn>)[
            PositionColumn.OpenInterest, PositionColumn.Tape, PositionColumn.OpenInterestPlusTape, PositionColumn.OpenClose])
        {
            if (!_nodes.Weights.IsLive(column)) continue;
            ref FlowSums sums = ref _sums[IndexOf(column, segment.Index, name)];
            double units = spotThere * MoneyGrid.UnitsPerUsd;
            Round(segment, column, _callDelta, _putDelta, _now.CallDelta, _now.PutDelta, -units, _callFlow, _putFlow);
            (sums.Call, sums.Put) = (Sum(_callFlow, segment.PaddedCount), Sum(_putFlow, segment.PaddedCount));
            if (scenario.SpotMove != 0)
            {
                Round(segment, column, _now.Gamma, _now.Gamma, [], [], -(spotThere - spot) * units, _callPart, _putPart);
                (sums.CallGamma, sums.PutGamma) = (Sum(_callPart, segment.PaddedCount), Sum(_putPart, segment.PaddedCount));
            }
            if (scenario.VolMove != 0)
            {
                Round(segment, column, _now.Vanna, _now.Vanna, [], [], -scenario.VolMove * units, _callPart, _putPart);
                (sums.CallVanna, sums.PutVanna) = (Sum(_callPart, segment.PaddedCount), Sum(_putPart, segment.PaddedCount));
            }
            if (scenario.ToNanos != 0)
            {
                Round(segment, column, _now.CallCharm, _now.PutCharm, [], [], -yearsPassed * units, _callPart, _putPart);
                (sums.CallCharm, sums.PutCharm) = (Sum(_callPart, segment.PaddedCount), Sum(_putPart, segment.PaddedCount));
            }
            if (name != HedgeScenario.Close) continue;
            // At unchanged spot the book's delta grows by what dealers sell: the same number with the other sign.
            for (int i = 0; i < segment.Count; i++)
                CharmToClose[(int)column].Set(segment.Start + i, -_callFlow[i], -_putFlow[i]);
        }
    }

    /// <summary>Deltas of a whole expiry where the scenario leads.</summary>
    private void FindDeltas(ExpirySegment segment, Scenario scenario, double spot, double spotThere)
    {
        int rows = segment.PaddedCount;
        if (scenario.ToNanos != 0 && segment.SettlementNanos <= scenario.ToNanos)
        {
            // Settled by then: a share or none.
            for (int i = 0; i < rows; i++)
            {
                double strike = _nodes.Strike[segment.Start + i];
                _callDelta[i] = spotThere > strike ? 1 : 0;
                _putDelta[i] = spotThere < strike ? -1 : 0;
            }
            return;
        }
        double years = segment.Years, forward = segment.Forward * (spotThere / spot), discount = segment.Discount, growth = 1;
        if (scenario.ToNanos != 0)
        {
            // Rate and carry per year stay, so ln D and ln(F/S) shrink with T, and w with its square root.
            years = (segment.SettlementNanos - scenario.ToNanos) / NodeTable.NanosPerYear;
            double left = years / segment.Years;
            forward = spotThere * Functions.Exp(Functions.Log(segment.Forward / spot) * left);
            discount = Functions.Exp(Functions.Log(segment.Discount) * left);
            growth = Math.Sqrt(left);
        }
        double shift = scenario.VolMove * Math.Sqrt(years);
        ReadOnlySpan<double> deviation = _nodes.Deviation.AsSpan(segment.Start, rows);
        for (int i = 0; i < rows; i++) _deviation[i] = Math.Max((deviation[i] * growth) + shift, LeastDeviation);
        DeltaKernel.Evaluate(
            _lanes, DeltaTerms.Of(new ExpiryTerms(spotThere, forward, discount, years)), _nodes.LogStrike.AsSpan(segment.Start, rows),
            _deviation.AsSpan(0, rows), _callDelta.AsSpan(0, rows), _putDelta.AsSpan(0, rows));
    }

    /// <summary>(value − base)·scale·position per node and side, on the grid.</summary>
    private void Round(
        ExpirySegment segment, PositionColumn column, double[] call, double[] put, double[] callBase, double[] putBase, double scale,
        long[] callUnits, long[] putUnits)
    {
        ReadOnlySpan<double> callWeight = _nodes.Weights.Call[(int)column].AsSpan(segment.Start, segment.PaddedCount);
        ReadOnlySpan<double> putWeight = _nodes.Weights.Put[(int)column].AsSpan(segment.Start, segment.PaddedCount);
        var isWithin = Vector<long>.AllBitsSet;
        for (int i = 0; i < callWeight.Length; i += Vector<double>.Count)
        {
            var calls = new Vector<double>(call, i);
            var puts = new Vector<double>(put, i);
            if (callBase.Length > 0) (calls, puts) = (calls - new Vector<double>(callBase, i), puts - new Vector<double>(putBase, i));
            MoneyRounding.Round(calls * scale * new Vector<double>(callWeight[i..]), ref isWithin).CopyTo(callUnits, i);
            MoneyRounding.Round(puts * scale * new Vector<double>(putWeight[i..]), ref isWithin).CopyTo(putUnits, i);
        }
        if (isWithin == Vector<long>.AllBitsSet) return;
        for (int i = 0; i < callWeight.Length; i++)
        {
            double calls = callBase.Length > 0 ? call[i] - callBase[i] : call[i];
            double puts = callBase.Length > 0 ? put[i] - putBase[i] : put[i];
            callUnits[i] = _scaling.Round(calls * scale * callWeight[i]);
            putUnits[i] = _scaling.Round(puts * scale * putWeight[i]);
        }
    }

    private static Int128 Sum(long[] units, int count)
    {
        Int128 total = 0;
        for (int start = 0; start < count; start += 256)
        {
            Vector<long> sum = default;
            int end = Math.Min(start + 256, count);
            for (int i = start; i < end; i += Vector<long>.Count) sum += new Vector<long>(units, i);
            total += Vector.Sum(sum);
        }
        return total;
    }

    private int IndexOf(PositionColumn column, int segment, HedgeScenario scenario) =>
        ((((int)column * _nodes.SegmentCapacity) + segment) * HedgeScenarios.Count) + (int)scenario;
}

/// <summary>One number per node, call side and put side apart, 1/1024 USD.</summary>
internal sealed class NodeFlow(NodeTable nodes)
{
    public readonly long[] Call = nodes.AddColumn(0L);
    public readonly long[] Put = nodes.AddColumn(0L);

    public void Set(int node, long call, long put) => (Call[node], Put[node]) = (call, put);

    public void Clear()
    {
        Array.Clear(Call);
        Array.Clear(Put);
    }

    public void CopyFrom(NodeFlow other)
    {
        other.Call.CopyTo(Call, 0);
        other.Put.CopyTo(Put, 0);
    }
}
