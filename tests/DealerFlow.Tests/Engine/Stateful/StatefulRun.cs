using System.Numerics;
using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>
/// One random stream through the engine and through the naive model, compared after every so many events and at every publication.
/// A difference is told with the setting and the number of the event, which bring it back.
/// </summary>
internal sealed class StatefulRun
{
    private static readonly PositionColumn[] Columns = Enum.GetValues<PositionColumn>();

    private readonly StatefulSetting _setting;
    private readonly StatefulMarket _market;
    private readonly NaiveMarket _naive;
    private readonly Calculation _calculation;
    private readonly Random _checker;
    private readonly bool[] _hadMark;
    private readonly GreekScratch _greeks = new(8);
    private readonly double[] _logStrike = new double[8], _deviation = new double[8];
    private int _event;

    public StatefulRun(StatefulSetting setting)
    {
        _setting = setting;
        _market = new StatefulMarket(setting);
        _naive = new NaiveMarket(_market.Definitions, _market.Underlyings, setting.Options);
        _calculation = new Calculation(_market.Definitions, _market.Underlyings, setting.Options);
        _hadMark = new bool[_naive.Underlyings.Count];
        _checker = new Random(setting.Seed ^ 0xC4EC);
    }

    public int Events => _event;

    public long Comparisons { get; private set; }

    public long Publications { get; private set; }

    /// <summary>Checks at which an underlying had a number beyond the exact grid, so that its books were not compared.</summary>
    public long ComparisonsAfterOverflow { get; private set; }

    public ref readonly Ledger Ledger => ref _calculation.Ledger;

    public WorkCounts Work => _calculation.Work;

    /// <summary>Runs all events, or as many as it takes to see a failure again.</summary>
    public StatefulRun Run(int events = int.MaxValue)
    {
        var sink = new Sink(this);
        try
        {
            int last = Math.Min(events, _setting.Events);
            while (_event < last)
            {
                StreamStep step = _market.Next();
                _event++;
                Load(step.Positions);
                Tick tick = step.Tick;
                if (NaiveMarket.MayDefine(in tick) || _naive.MarksBefore(in tick).Count > 0) Flush();
                _naive.Advance(in tick);
                for (int u = 0; u < _hadMark.Length; u++) _hadMark[u] = _calculation.Underlyings[u].HasMark;
                _calculation.Apply([tick], ref sink);
                // Trades that came before any spot was known are taken at the first mark that has one.
                for (int u = 0; u < _hadMark.Length; u++) if (!_hadMark[u]) TakeFlows(_naive.Underlyings[u], _calculation.Underlyings[u]);
                _naive.Apply(in tick);
                if (_event % _setting.Every == 0) Check();
            }
            Check();
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"Event {_event} of {_setting}: {failure.Message}", failure);
        }
        return this;
    }

    private void Load(OutsidePosition[]? positions)
    {
        if (positions is null) return;
        // Positions are a column of their own and leave no quote and no trade waiting.
        Same(_naive.Load(positions), _calculation.LoadPositions(positions), "positions without a contract");
    }

    /// <summary>Whatever waits is evaluated, and the flow of the trades among it is taken a second way.</summary>
    private void Flush()
    {
        _calculation.Flush();
        for (int u = 0; u < _naive.Underlyings.Count; u++) TakeFlows(_naive.Underlyings[u], _calculation.Underlyings[u]);
    }

    private void TakeFlows(NaiveUnderlying naive, UnderlyingCalculation underlying)
    {
        if (!underlying.HasMark)
        {
            // Whoever leaves before any spot is known takes the delta of the prints along.
            foreach (NaivePrint print in naive.PrintsWithoutFlow) print.IsUnpriced |= print.Side != 0 && !IsListed(print.Contract);
            naive.PrintsWithoutFlow.RemoveAll(print => print.IsUnpriced);
            return;
        }
        double spot = underlying.InForce.Spot;
        foreach (NaivePrint print in naive.PrintsWithoutFlow)
        {
            if (print.Side == 0) continue;
            (ExpirySegment segment, int node) = Find(underlying.Nodes, print.Contract);
            if (!segment.IsPriced || !IsListed(print.Contract))
            {
                print.IsUnpriced = true;
                continue;
            }
            _logStrike.AsSpan().Fill(underlying.Nodes.LogStrike[node]);
            _deviation.AsSpan().Fill(underlying.Nodes.Deviation[node]);
            GreekKernel.Evaluate(
                LaneWidth.One, new ExpiryTerms(spot, segment.Forward, segment.Discount, segment.Years), _logStrike, _deviation, _greeks.Columns(8));
            double delta = print.Contract.IsCall ? _greeks.CallDelta[0] : _greeks.PutDelta[0];
            double contracts = print.Side * (double)print.Quantity * print.Contract.Multiplier;
            print.Flow = (long)Math.Round(delta * (spot * 1024) * contracts, MidpointRounding.ToEven);
        }
        naive.PrintsWithoutFlow.Clear();
    }

    private static bool IsListed(NaiveContract contract) => contract.Expiry!.Contracts.Contains(contract);

    private static (ExpirySegment Segment, int Node) Find(NodeTable nodes, NaiveContract contract)
    {
        foreach (ExpirySegment segment in nodes.Segments)
        {
            if (segment.Root != contract.Expiry!.Root || segment.ExpiryDate != contract.Expiry.Date) continue;
            int node = Array.IndexOf(nodes.Strike, contract.StrikeMills / 1000.0, segment.Start, segment.Count);
            if (node >= 0) return (segment, node);
        }
        throw new InvalidOperationException($"No node of {contract.Expiry!.Root} {contract.Expiry.Date} {contract.StrikeMills}.");
    }

    private void Check()
    {
        Flush();
        Comparisons++;
        CheckLedger(in _calculation.Ledger, in _naive.Ledger, _naive.Seen);
        Same(_naive.NowNanos, _calculation.EventTimeNanos, "event time");
        for (int u = 0; u < _naive.Underlyings.Count; u++)
        {
            CheckTable(_naive.Underlyings[u], _calculation.Underlyings[u]);
            CheckTrades(_naive.Underlyings[u], _calculation.Underlyings[u]);
            // What is beyond the exact grid enters no sum and ends all publishing: there is nothing to be equal to any more.
            if (_calculation.Underlyings[u].HasOverflowed) ComparisonsAfterOverflow++;
            else BookEquality.Check(_calculation.Underlyings[u]);
        }
    }

    private static void CheckLedger(in Ledger ledger, in Ledger expected, ulong seen)
    {
        Same(seen, ledger.Applied + ledger.Conflated + ledger.RejectedTotal + ledger.Pending, "messages with an outcome");
        Same(
            ledger.Applied,
            ledger.BestQuotes + ledger.OtherQuotes + ledger.Trades + ledger.Cancels + ledger.Spots + ledger.OpenInterests + ledger.Definitions + ledger.Notices,
            "what was applied, kind by kind");
        Same(expected.BestQuotes, ledger.BestQuotes, "best quotes");
        Same(expected.OtherQuotes, ledger.OtherQuotes, "other quotes");
        Same(expected.Trades, ledger.Trades, "trades");
        Same(expected.Cancels, ledger.Cancels, "cancels");
        Same(expected.Spots, ledger.Spots, "spots");
        Same(expected.OpenInterests, ledger.OpenInterests, "open interests");
        Same(expected.Definitions, ledger.Definitions, "definitions");
        Same(expected.Notices, ledger.Notices, "notices");
        Same(expected.Conflated, ledger.Conflated, "conflated");
        Same(expected.Pending, ledger.Pending, "pending");
        Same(expected.TimeRegressions, ledger.TimeRegressions, "time regressions");
        Same(expected.SuspectTimes, ledger.SuspectTimes, "suspect times");
        for (int reason = 0; reason < Ledger.RejectionCapacity; reason++)
            Same(expected.Rejected[reason], ledger.Rejected[reason], $"rejected for {(Rejection)reason}");
    }

    private static void CheckTable(NaiveUnderlying naive, UnderlyingCalculation underlying)
    {
        NodeTable nodes = underlying.Nodes;
        if (!nodes.Strikes.AsSpan().SequenceEqual(naive.Strikes.Select(mills => mills / 1000.0).ToArray())) throw new InvalidOperationException("distinct strikes");
        Same(naive.Expiries.Count, nodes.Segments.Length, "expiries");
        foreach (ExpirySegment segment in nodes.Segments)
        {
            NaiveExpiry expiry = naive.Expiries.Find(each => each.Root == segment.Root && each.Date == segment.ExpiryDate)
                ?? throw new InvalidOperationException($"no expiry {segment.Root} {segment.ExpiryDate}");
            Same(expiry.SettlementNanos, segment.AnnouncedSettlementNanos, "settlement");
            Same(expiry.IsExpired, segment.IsExpired, "expired");
            Same(expiry.IsZeroDte, segment.IsZeroDte, "0DTE");
            Same(expiry.Nodes.Count, segment.Count, "nodes of an expiry");
            Dictionary<(double, bool), NaiveContract> contracts = expiry.Contracts.ToDictionary(each => (each.StrikeMills / 1000.0, each.IsCall));
            int node = segment.Start;
            foreach (long mills in expiry.Nodes)
            {
                Same(mills / 1000.0, nodes.Strike[node], "strike");
                Same(nodes.Strike[node], nodes.Strikes[nodes.StrikeIndex[node]], "strike by its index");
                Same(segment.Index, nodes.SegmentIndex[node], "expiry of a node");
                NaiveContract? call = contracts.GetValueOrDefault((nodes.Strike[node], true)), put = contracts.GetValueOrDefault((nodes.Strike[node], false));
                CheckSide(nodes.Calls, node, call);
                CheckSide(nodes.Puts, node, put);
                // Positions become weights at a flush, and before the first mark nothing is flushed.
                if (underlying.HasMark)
                {
                    CheckWeights(nodes.Weights.Call, node, call, 1);
                    CheckWeights(nodes.Weights.Put, node, put, -1);
                    foreach (PositionColumn column in Columns)
                        Same(nodes.Weights.Call[(int)column][node] + nodes.Weights.Put[(int)column][node], nodes.Weights.NetOf(column)[node], "net weight");
                }
                node++;
            }
            for (; node < segment.PaddedEnd; node++)
            {
                foreach (PositionColumn column in Columns)
                    Same((0.0, 0.0), (nodes.Weights.Call[(int)column][node], nodes.Weights.Put[(int)column][node]), "weight of padding");
            }
        }
    }

    private static void CheckSide(NodeSideColumns side, int node, NaiveContract? contract)
    {
        Same(contract is not null, side.IsListed[node], "listed");
        if (contract is not null) Same(contract.Id, side.InstrumentId[node], "id");
        Same((contract?.Bid ?? 0, contract?.Ask ?? 0), (side.Quote(node).Bid, side.Quote(node).Ask), "best quote");
        Same(contract?.OpenInterest ?? 0, side.OpenInterest[node], "open interest");
        Same(contract?.Tape ?? 0, side.Tape[node], "tape position");
        Same(contract?.Outside ?? 0, side.Outside[node], "outside position");
    }

    private static void CheckWeights(double[][] weights, int node, NaiveContract? contract, int openSign)
    {
        double multiplier = contract?.Multiplier ?? 0, open = openSign * (double)(contract?.OpenInterest ?? 0);
        double tape = contract?.Tape ?? 0, outside = contract?.Outside ?? 0;
        Same(open * multiplier, weights[(int)PositionColumn.OpenInterest][node], "weight of open interest");
        Same(tape * multiplier, weights[(int)PositionColumn.Tape][node], "weight of the tape");
        Same((open + tape) * multiplier, weights[(int)PositionColumn.OpenInterestPlusTape][node], "weight of both");
        Same(outside * multiplier, weights[(int)PositionColumn.OpenClose][node], "weight from outside");
    }

    /// <summary>Volumes and flows from the list of prints; the longer the list, the less often, but always at the end.</summary>
    private void CheckTrades(NaiveUnderlying naive, UnderlyingCalculation underlying)
    {
        if (_event < _setting.Events && _checker.Next(1 + (naive.Prints.Count / 200)) > 0) return;
        foreach (NaiveContract contract in naive.Contracts) Same(contract.TapeOfPrints, contract.Tape, "tape position from prints");
        CheckVolumes(naive, in underlying.Trades.Session);
        var flows = new Dictionary<(Ascii8, int, long), long>();
        foreach (NaivePrint print in naive.Prints)
        {
            (Ascii8, int, long) key = (print.Contract.Expiry!.Root, print.Contract.Expiry.Date, print.Contract.StrikeMills);
            flows[key] = flows.GetValueOrDefault(key) + (print.Flow ?? 0);
        }
        foreach (ExpirySegment segment in underlying.Nodes.Segments)
        {
            for (int i = segment.Start; i < segment.End; i++)
            {
                long mills = (long)Math.Round(underlying.Nodes.Strike[i] * 1000);
                Same(flows.GetValueOrDefault((segment.Root, segment.ExpiryDate, mills)), underlying.Nodes.TradeFlow[i], "hedging flow of a node");
            }
        }
    }

    private static void CheckVolumes(NaiveUnderlying naive, in TradeFlowSection session)
    {
        Span<long> traded = stackalloc long[4], unclassified = stackalloc long[4], unpriced = stackalloc long[4], flow = stackalloc long[4];
        traded.Clear();
        unclassified.Clear();
        unpriced.Clear();
        flow.Clear();
        foreach (NaivePrint print in naive.Prints)
        {
            traded[print.Bucket] += print.Quantity;
            if (print.Side == 0) unclassified[print.Bucket] += print.Quantity;
            if (print.IsUnpriced) unpriced[print.Bucket] += print.Quantity;
            flow[print.Bucket] += print.Flow ?? 0;
        }
        for (int bucket = 0; bucket < 4; bucket++)
        {
            Same(traded[bucket], session.Traded[bucket], $"contracts traded, {(TradeBucket)bucket}");
            Same(unclassified[bucket], session.Unclassified[bucket], $"unclassified, {(TradeBucket)bucket}");
            Same(unpriced[bucket], session.Unpriced[bucket], $"unpriced, {(TradeBucket)bucket}");
            Same(flow[bucket], session.Flow[bucket], $"hedging flow, {(TradeBucket)bucket}");
        }
    }

    private void OnPublish(ReadOnlySpan<byte> section, in Ledger ledger)
    {
        Publications++;
        Same(_calculation.Sequence, ledger.Applied + ledger.Conflated + ledger.RejectedTotal + ledger.Pending, "messages with an outcome at a publication");
        if (!MarketView.TryOpen(section, out MarketView view)) throw new InvalidOperationException("the counts of a section do not fit its bytes");
        int u = view.Head.Underlying == Ascii8.From("SPX") ? 0 : 1;
        UnderlyingCalculation underlying = _calculation.Underlyings[u];
        NaiveUnderlying naive = _naive.Underlyings[u];
        SectionRules.Check(section, underlying, _setting.Options);
        Same(naive.Revisions, view.Head.OpenInterestRevisions, "revisions of open interest");
        Same(naive.LateDefinitions, view.Head.LateDefinitions, "late definitions");
        Same(naive.AdjustedOpenInterest.Values.Sum(contracts => (long)contracts), view.Head.AdjustedOpenInterest, "adjusted open interest");
        TakeFlows(naive, underlying);
        bool isLastMark = view.Head.MarkTimeNanos == _naive.LastMark;
        if (isLastMark && _checker.Next(1 + (naive.Prints.Count / 200)) == 0) CheckVolumes(naive, in view.Head.Trades);
        if (_checker.Next(20) == 0) BookEquality.Check(underlying);
    }

    internal static void Same<T>(T expected, T actual, string what) where T : IEquatable<T>
    {
        if (!expected.Equals(actual)) throw new InvalidOperationException($"{what} is {actual}, expected {expected}.");
    }

    private readonly struct Sink(StatefulRun run) : ISnapshotSink
    {
        public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger) => run.OnPublish(marketSection, in ledger);

        public void PublishHeadline(in HeadlineSection headline, in Ledger ledger) { }

        public void Heartbeat(ulong eventSequence, long eventTimeNanos) { }
    }
}

/// <summary>The book of one underlying against a full recompute of every node, sum by sum.</summary>
internal static class BookEquality
{
    private static readonly PositionModel[] Models = Enum.GetValues<PositionModel>();

    public static void Check(UnderlyingCalculation underlying)
    {
        NodeTable nodes = underlying.Nodes;
        underlying.SumStrikes();
        var recompute = new FullRecompute(nodes, underlying.InForce.Spot);
        long[] call = new long[nodes.StrikeCapacity], put = new long[nodes.StrikeCapacity];
        foreach (PositionModel model in Models)
        {
            ModelRecompute full = recompute[model];
            ModelView view = nodes.Weights.View(model);
            foreach (ExpirySegment segment in nodes.Segments)
            {
                ExposureTotals totals = underlying.Book.Expiry(view.Column, segment.Index).Of(view);
                BigTotals sums = new(totals.CallGex, totals.PutGex, totals.GrossGex, totals.Dex, totals.Vex, totals.Chex);
                if (full.Expiry[segment.Index] != sums) throw Differ($"{model}, {segment.Root} {segment.ExpiryDate}", full.Expiry[segment.Index], sums);
            }
            underlying.Book.Strikes.Read(model, ExposureBucket.All, call, put);
            CheckStrikes(model, nodes, full.StrikeCallGex, full.StrikePutGex, call, put);
            underlying.Book.Strikes.Read(model, ExposureBucket.ZeroDte, call, put);
            CheckStrikes(model, nodes, full.ZeroDteCallGex, full.ZeroDtePutGex, call, put);
        }
    }

    private static void CheckStrikes(PositionModel model, NodeTable nodes, BigInteger[] fullCall, BigInteger[] fullPut, long[] call, long[] put)
    {
        for (int i = 0; i < nodes.Strikes.Length; i++)
            if (fullCall[i] != call[i] || fullPut[i] != put[i]) throw Differ($"{model}, strike {nodes.Strikes[i]}", (fullCall[i], fullPut[i]), (call[i], put[i]));
    }

    private static InvalidOperationException Differ<T, TSum>(string where, T full, TSum book) => new($"{where}: the book has {book}, a full recompute {full}.");
}
