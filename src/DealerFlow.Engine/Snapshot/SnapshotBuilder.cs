using System.Runtime.InteropServices;
using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Writes the market section: totals and levels under every position model, strikes, expiries, roots, and now and then the outlook. A
/// pure function of the node table, the book and the mark.
/// </summary>
internal sealed class SnapshotBuilder
{
    private readonly NodeTable _nodes;
    private readonly ExposureBook _book;
    private EngineOptions _options;
    private readonly ZeroGammaTracker _zeroGamma;
    private readonly WallFinder _walls;
    private readonly PinLevel _pin;
    private readonly Outlook _outlook;
    private readonly byte[] _page;
    private readonly double[] _grossUsd = new double[3 * ModelView.Columns];
    private readonly ExposureTotals[,] _totals = new ExposureTotals[PositionModels.Count, 3];
    private readonly PinSection[] _pins = new PinSection[ModelView.Columns];
    private readonly LevelRows[] _openInterestWalls = new LevelRows[3];
    private readonly long[] _bucketOpenInterest = new long[3];
    private readonly bool[] _isEmpty = new bool[3];

    // Per strike.
    private readonly long[] _call;
    private readonly long[] _put;
    private readonly long[] _callOpenInterest;
    private readonly long[] _putOpenInterest;
    private readonly long[] _tradeFlow;
    private readonly bool[] _isLive;                    // some node of the strike is
    private readonly int[] _rowOfStrike;
    private OutlookSection _lastOutlook;
    private ProfileSection _lastProfile;
    private long _nextOutlookNanos = long.MinValue;
    private long _outlookTakenNanos;
    private bool _outlookWaits;                         // the last one is still true: the next may be made in steps

    public SnapshotBuilder(NodeTable nodes, ExposureBook book, ExposureScaling scaling, ZeroGammaScans scans, EngineOptions options)
    {
        _nodes = nodes;
        _book = book;
        _options = options;
        _zeroGamma = new ZeroGammaTracker(
            new ProfileBook(nodes, nodes.Deviation, PositionColumn.OpenInterest, ModelView.Columns, options.Stickiness), options, scans);
        _walls = new WallFinder(nodes.StrikeCapacity);
        _pin = new PinLevel(nodes, options.Lanes);
        _outlook = new Outlook(nodes, scaling, scans, options);
        int strikes = nodes.StrikeCapacity;
        _page = new byte[MarketView.SizeOf(strikes, nodes.SegmentCapacity)];
        _call = new long[strikes];
        _put = new long[strikes];
        _callOpenInterest = new long[strikes];
        _putOpenInterest = new long[strikes];
        _tradeFlow = new long[strikes];
        _isLive = new bool[strikes];
        _rowOfStrike = new int[strikes];
    }

    public ulong FullSearches => _zeroGamma.FullSearches;

    public ulong SearchesAtOnce => _zeroGamma.SearchesAtOnce;

    /// <summary>The bytes of the last section, and room behind them.</summary>
    public ReadOnlySpan<byte> Page => _page;

    /// <summary>Positions or expiries changed: the roots must be searched, not followed.</summary>
    public void InvalidateRoots()
    {
        _zeroGamma.Invalidate();
        _outlook.InvalidateRoots();
    }

    /// <summary>Another position model is chosen: the outlook is of that model from now on.</summary>
    public void Use(EngineOptions options)
    {
        _options = options;
        _outlook.Use(options);
        InvalidateOutlook();
    }

    /// <summary>An expiry settled or came: what the outlook says of it is over, and the next is made at once.</summary>
    public void InvalidateOutlook()
    {
        _nextOutlookNanos = long.MinValue;
        _outlookWaits = false;
        _outlook.Drop();
    }

    /// <summary>At every mark: an outlook that is under way goes on, so that it is whole by the time that it is taken over.</summary>
    public void AdvanceOutlook()
    {
        if (!_outlook.IsUnderWay) return;
        long marks = Math.Max(OutlookTakesNanos / _options.MarkIntervalNanos, 1);
        _outlook.Advance((int)((_outlook.Steps + marks - 1) / marks));
    }

    /// <summary>The next section has an outlook of its own mark, which looks at bid and ask.</summary>
    public bool IsOutlookDue(in MarkStamp mark) => _options.OneShot || mark.TimeNanos >= _nextOutlookNanos;

    /// <summary>The section at a mark; the bytes are this object's and change with the next call. Empty when a total leaves the exact grid.</summary>
    public ReadOnlySpan<byte> Build(scoped in MarkStamp mark, scoped in SnapshotFacts facts)
    {
        Array.Clear(_page);
        ref MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(_page.AsSpan());
        WriteFacts(ref head, in mark, in facts);
        if (!TrySumModels()) return [];
        _zeroGamma.Update(mark.TimeNanos, mark.Spot, _grossUsd);
        head.ZeroGammaAgeNanos = mark.TimeNanos - _zeroGamma.MarkNanos;
        _pin.Find(mark.Spot, _pins);
        SumOpenInterest(mark.Spot);
        foreach (PositionModel model in ModelView.Models) WriteModel(ref head, model, mark.Spot);
        LevelBands.AddModels(ref head);
        if (!TryUpdateOutlook(in mark, facts.CloseNanos, in head.Models[(int)_options.Model])) return [];
        head.Outlook = _lastOutlook;
        head.Profile = _lastProfile;
        WriteCharmToClose(ref head);
        int strikes = WriteStrikes();
        int expiries = WriteExpiries(ref head, strikes);
        head.StrikeCount = (uint)strikes;
        head.ExpiryCount = (uint)expiries;
        return _page.AsSpan(0, MarketView.SizeOf(strikes, expiries));
    }

    /// <summary>The stream has ended: the last snapshot has the outlook that was begun last, and roots of its own mark.</summary>
    public void End()
    {
        _outlookTakenNanos = long.MinValue;
        _zeroGamma.FollowNext();
    }

    /// <summary>
    /// One that is under way is taken over at the first snapshot half an interval after its mark, whether or not its steps are done by then, so
    /// that nothing depends on how many marks there were. False when a sum leaves the exact grid.
    /// </summary>
    private bool TryUpdateOutlook(in MarkStamp mark, long closeNanos, in ModelSection middle)
    {
        if (_outlook.IsUnderWay)
        {
            if (_outlook.IsOutdated) InvalidateOutlook();
            else if (mark.TimeNanos >= _outlookTakenNanos && !_outlook.TryTake(ref _lastOutlook, ref _lastProfile)) return false;
        }
        if (!IsOutlookDue(in mark)) return true;
        _nextOutlookNanos = mark.TimeNanos - (mark.TimeNanos % _options.OutlookIntervalNanos) + _options.OutlookIntervalNanos;
        _outlookTakenNanos = mark.TimeNanos + OutlookTakesNanos;
        _outlook.Begin(in mark, closeNanos, in middle);
        if (_outlook.IsStepwise && _outlookWaits) return true;
        _outlookWaits = true;
        return _outlook.TryTake(ref _lastOutlook, ref _lastProfile);
    }

    private long OutlookTakesNanos => _options.OutlookIntervalNanos / 2;

    /// <summary>Totals of the chosen model as the book has them, levels of the last section; false when a total leaves the exact grid.</summary>
    public bool TryMakeHeadline(ref HeadlineSection headline, scoped in MarkStamp mark, Ascii8 underlying)
    {
        ref readonly MarketSection last = ref MemoryMarshal.AsRef<MarketSection>(_page.AsSpan());
        headline.EventSequence = mark.EventSequence;
        headline.EventTimeNanos = mark.EventTimeNanos;
        headline.MarkTimeNanos = mark.TimeNanos;
        headline.Spot = mark.Spot;
        headline.SpotSource = mark.SpotSource;
        headline.Underlying = underlying;
        headline.Model = _options.Model;
        headline.ForwardMode = _options.ForwardMode;
        if (headline.LevelsMarkTimeNanos != last.MarkTimeNanos)
        {
            headline.LevelsMarkTimeNanos = last.MarkTimeNanos;
            headline.ZeroGammaAgeNanos = last.ZeroGammaAgeNanos;
            headline.Quality = last.Quality;
            headline.Buckets = last.Models[(int)_options.Model].Buckets;
        }
        if (!TrySum(_options.Model)) return false;
        bool hasSign = ModelView.HasSign(_options.Model);
        foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
            BucketWriter.WriteTotals(ref headline.Buckets[(int)bucket], in _totals[(int)_options.Model, (int)bucket], hasSign, _options.LiquidityUsd);
        return true;
    }

    private void WriteFacts(ref MarketSection head, in MarkStamp mark, in SnapshotFacts facts)
    {
        head.EventSequence = mark.EventSequence;
        head.EventTimeNanos = mark.EventTimeNanos;
        head.MarkTimeNanos = mark.TimeNanos;
        head.Spot = mark.Spot;
        head.SpotSource = mark.SpotSource;
        head.Model = _options.Model;
        head.ForwardMode = _options.ForwardMode;
        head.LiquidityUsd = _options.LiquidityUsd;
        head.Stickiness = _options.Stickiness;
        head.Members = 1;
        head.Underlying = facts.Underlying;
        head.AdjustedOpenInterest = facts.AdjustedOpenInterest;
        head.NonFiniteContributions = facts.NonFinite;
        head.OpenInterestRevisions = facts.OpenInterestRevisions;
        head.OpenInterestDate = facts.OpenInterestDate;
        head.SessionDate = facts.SessionDate;
        head.SpotAgeNanos = facts.SpotAgeNanos;
        head.CalendarVersion = facts.CalendarVersion;
        head.CalendarOverrides = facts.CalendarOverrides;
        head.Quality = facts.Quality;
        head.LateDefinitions = facts.LateDefinitions;
        head.Trades = facts.Trades;
    }

    private bool TrySumModels()
    {
        foreach (PositionModel model in ModelView.Models)
        {
            if (!TrySum(model)) return false;
            ModelView view = _nodes.Weights.View(model);
            if (view is not { CallSign: 1, PutSign: 1 }) continue;
            for (int bucket = 0; bucket < 3; bucket++) _grossUsd[(3 * (int)view.Column) + bucket] = _totals[(int)model, bucket].GrossUsd;
        }
        return true;
    }

    private bool TrySum(PositionModel model)
    {
        ModelView view = _nodes.Weights.View(model);
        _book.ReadBuckets(view.Column, out ColumnTotals today, out ColumnTotals later);
        ExposureTotals zeroDte = today.Of(view), rest = later.Of(view);
        ExposureTotals all = zeroDte;
        all += rest;
        if (!all.Fits || !zeroDte.Fits || !rest.Fits) return false;
        (_totals[(int)model, 0], _totals[(int)model, 1], _totals[(int)model, 2]) = (all, zeroDte, rest);
        return true;
    }

    private void WriteModel(ref MarketSection head, PositionModel model, double spot)
    {
        ref ModelSection section = ref head.Models[(int)model];
        ModelView view = _nodes.Weights.View(model);
        section.Status = _nodes.Weights.IsLive(view.Column) ? ModelStatus.Live
            : view.Column == PositionColumn.OpenClose ? ModelStatus.NoPositions
            : ModelStatus.NoTrades;
        bool hasSign = ModelView.HasSign(model);
        bool followsColumn = view is { CallSign: 1, PutSign: 1 };
        foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
        {
            ref BucketSection bucketSection = ref section.Buckets[(int)bucket];
            ref readonly ExposureTotals totals = ref _totals[(int)model, (int)bucket];
            BucketWriter.WriteTotals(ref bucketSection, in totals, hasSign, _options.LiquidityUsd);
            bucketSection.OpenInterest = _bucketOpenInterest[(int)bucket];
            if (followsColumn) BucketWriter.WriteRoots(ref bucketSection.ZeroGamma, _zeroGamma.Roots[(int)view.Column, bucket], spot, _isEmpty[(int)bucket]);
            else if (hasSign) BucketWriter.WriteOneSigned(ref bucketSection.ZeroGamma, in totals, _isEmpty[(int)bucket]);
            bucketSection.Levels = _openInterestWalls[(int)bucket];
            if (section.Status != ModelStatus.Live) continue;
            _book.Strikes.Read(model, bucket, _call, _put);
            int strikes = _nodes.Strikes.Length;
            _walls.FindExposure(
                ref bucketSection.Levels, new WallFinder.Book(_nodes.Strikes, _call.AsSpan(0, strikes), _put.AsSpan(0, strikes)), spot);
        }
        if (followsColumn) section.Pin = _pins[(int)view.Column];
        else section.Pin.SettlementNanos = _pins[0].SettlementNanos;
        RollOffs.Write(_nodes, _book, view, _totals[(int)model, 0].GrossGex, ref section.RollOffs);
    }

    private static void WriteCharmToClose(ref MarketSection head)
    {
        foreach (PositionModel model in ModelView.Models)
        {
            foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
                head.Models[(int)model].Buckets[(int)bucket].CharmToClose = -head.Outlook.Flows[(int)model][bucket, HedgeScenario.Close].Flow;
        }
    }

    /// <summary>Open interest per strike and bucket, and its walls; that of all expiries stays in place for the rows of strikes.</summary>
    private void SumOpenInterest(double spot)
    {
        Array.Clear(_isLive);
        int strikes = _nodes.Strikes.Length;
        Span<long> call = _call.AsSpan(0, strikes), put = _put.AsSpan(0, strikes);
        Span<long> allCall = _callOpenInterest.AsSpan(0, strikes), allPut = _putOpenInterest.AsSpan(0, strikes);
        call.Clear();
        put.Clear();
        AddOpenInterest(ExposureBucket.ZeroDte, call, put);
        FindOpenInterestWalls(ExposureBucket.ZeroDte, call, put, spot);
        call.CopyTo(allCall);
        put.CopyTo(allPut);
        AddOpenInterest(ExposureBucket.ExZeroDte, allCall, allPut);
        FindOpenInterestWalls(ExposureBucket.All, allCall, allPut, spot);
        for (int i = 0; i < strikes; i++) (call[i], put[i]) = (allCall[i] - call[i], allPut[i] - put[i]);
        FindOpenInterestWalls(ExposureBucket.ExZeroDte, call, put, spot);
        _bucketOpenInterest[(int)ExposureBucket.All] = _bucketOpenInterest[(int)ExposureBucket.ZeroDte] + _bucketOpenInterest[(int)ExposureBucket.ExZeroDte];
        _isEmpty[(int)ExposureBucket.All] = _isEmpty[(int)ExposureBucket.ZeroDte] && _isEmpty[(int)ExposureBucket.ExZeroDte];
    }

    private void AddOpenInterest(ExposureBucket bucket, Span<long> call, Span<long> put)
    {
        _bucketOpenInterest[(int)bucket] = 0;
        _isEmpty[(int)bucket] = true;
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (segment.IsExpired || segment.IsZeroDte != (bucket == ExposureBucket.ZeroDte)) continue;
            _isEmpty[(int)bucket] = false;
            ReadOnlySpan<int> strike = _nodes.StrikeIndex.AsSpan(segment.Start, segment.Count);
            StrikeScatter.Add(strike, _nodes.Calls.OpenInterest.AsSpan(segment.Start, segment.Count), call);
            StrikeScatter.Add(strike, _nodes.Puts.OpenInterest.AsSpan(segment.Start, segment.Count), put);
            foreach (int i in strike) _isLive[i] = true;
            if (segment.HasNewOpenInterest) TakeOpenInterest(segment);
            if (segment.IsPriced) _bucketOpenInterest[(int)bucket] += segment.OpenInterest;
        }
    }

    /// <summary>What is known of an expiry's open interest alone, until some of it changes.</summary>
    private void TakeOpenInterest(ExpirySegment segment)
    {
        segment.OpenInterest = 0;
        for (int i = segment.Start; i < segment.End; i++) segment.OpenInterest += (long)_nodes.Calls.OpenInterest[i] + _nodes.Puts.OpenInterest[i];
        segment.MaxPain = MaxPain.Find(_nodes, segment);
        segment.HasNewOpenInterest = false;
    }

    private void FindOpenInterestWalls(ExposureBucket bucket, ReadOnlySpan<long> call, ReadOnlySpan<long> put, double spot) =>
        WallFinder.FindOpenInterest(ref _openInterestWalls[(int)bucket], new WallFinder.Book(_nodes.Strikes, call, put), spot);

    /// <summary>Rows of strikes that are live. The open interest over all expiries is still in place.</summary>
    private int WriteStrikes()
    {
        Span<StrikeRow> rows = MemoryMarshal.Cast<byte, StrikeRow>(_page.AsSpan(MarketSection.SizeInBytes));
        int count = 0;
        for (int i = 0; i < _nodes.Strikes.Length; i++)
        {
            _rowOfStrike[i] = count;
            if (!_isLive[i]) continue;
            ref StrikeRow row = ref rows[count++];
            row.Strike = _nodes.Strikes[i];
            (row.CallOpenInterest, row.PutOpenInterest) = (_callOpenInterest[i], _putOpenInterest[i]);
        }
        foreach (PositionModel model in ModelView.Models)
        {
            _book.Strikes.Read(model, ExposureBucket.All, _call, _put);
            for (int i = 0; i < _nodes.Strikes.Length; i++)
            {
                if (!_isLive[i]) continue;
                ref StrikeRow row = ref rows[_rowOfStrike[i]];
                row.ModelNetGex[(int)model] = _call[i] + _put[i];
                if (model == _options.Model) (row.CallGex, row.PutGex) = (_call[i], _put[i]);
            }
        }
        _book.Strikes.Read(_options.Model, ExposureBucket.ZeroDte, _call, _put);
        for (int i = 0; i < _nodes.Strikes.Length; i++)
            if (_isLive[i]) (rows[_rowOfStrike[i]].ZeroDteCallGex, rows[_rowOfStrike[i]].ZeroDtePutGex) = (_call[i], _put[i]);
        AddNodesToStrikes(rows);
        return count;
    }

    private void AddNodesToStrikes(Span<StrikeRow> rows)
    {
        for (int i = 0; i < _nodes.Strikes.Length; i++)
        {
            if (!_isLive[i]) continue;
            ref StrikeRow row = ref rows[_rowOfStrike[i]];
            (row.Dex, row.Vex, row.Chex) = _book.Strikes.ReadOthers(i);
        }
        ModelView view = _nodes.Weights.View(_options.Model);
        NodeFlow charm = _outlook.CharmToClose[(int)view.Column];
        Array.Clear(_call);
        Array.Clear(_put);
        Array.Clear(_tradeFlow);
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (segment.IsExpired) continue;
            ReadOnlySpan<int> strike = _nodes.StrikeIndex.AsSpan(segment.Start, segment.Count);
            StrikeScatter.Add(strike, _nodes.TradeFlow.AsSpan(segment.Start), _tradeFlow);
            if (!segment.IsPriced) continue;
            StrikeScatter.Add(strike, charm.Call.AsSpan(segment.Start), _call);
            StrikeScatter.Add(strike, charm.Put.AsSpan(segment.Start), _put);
        }
        for (int i = 0; i < _nodes.Strikes.Length; i++)
        {
            if (!_isLive[i]) continue;
            ref StrikeRow row = ref rows[_rowOfStrike[i]];
            row.TradeFlow = _tradeFlow[i];
            row.CharmToClose = (view.CallSign * _call[i]) + (view.PutSign * _put[i]);
        }
    }

    private int WriteExpiries(ref MarketSection head, int strikes)
    {
        int offset = MarketSection.SizeInBytes + (strikes * StrikeRow.SizeInBytes);
        Span<ExpiryRow> rows = MemoryMarshal.Cast<byte, ExpiryRow>(_page.AsSpan(offset, _nodes.Segments.Length * ExpiryRow.SizeInBytes));
        Int128 allGross = _totals[(int)_options.Model, 0].GrossGex;
        int count = 0;
        foreach (ExpirySegment segment in _nodes.BySettlement)
        {
            if (segment.IsExpired) continue;
            ref ExpiryRow row = ref rows[count++];
            WriteExpiry(ref row, segment, allGross);
            RootRowSums.Add(ref head, in row);
            head.Nodes += row.Nodes;
            head.Held += row.Held;
            head.Stale += row.Stale;
            head.Interpolated += row.Interpolated;
            if (row.Status == ExpiryStatus.Unpriced) head.UnpricedOpenInterest += row.OpenInterest;
            if (!segment.IsZeroDte || segment.Settlement != SettlementKind.AM) continue;
            head.ZeroDteAmOpenInterest += row.OpenInterest;
            head.ZeroDteAmNetGex += row.NetGex;
        }
        return count;
    }

    private void WriteExpiry(ref ExpiryRow row, ExpirySegment segment, Int128 allGross)
    {
        ModelView view = _nodes.Weights.View(_options.Model);
        ExposureTotals totals = _book.Expiry(view.Column, segment.Index).Of(view);
        row = new ExpiryRow
        {
            Root = segment.Root,
            SettlementNanos = segment.SettlementNanos,
            ExpiryDate = segment.ExpiryDate,
            Settlement = segment.Settlement,
            ForwardSource = segment.ForwardSource,
            Status = segment.IsPriced ? ExpiryStatus.Live : ExpiryStatus.Unpriced,
            IsZeroDte = (byte)(segment.IsZeroDte ? 1 : 0),
            Forward = segment.Forward,
            Discount = segment.Discount,
            NetGex = (long)totals.NetGex,
            GrossGex = (long)totals.GrossGex,
            CallGex = (long)totals.CallGex,
            PutGex = (long)totals.PutGex,
            Dex = (long)totals.Dex,
            Vex = (long)totals.Vex,
            Chex = (long)totals.Chex,
            OpenInterest = segment.OpenInterest,
            MaxPain = segment.MaxPain,
            TradeFlow = ExposureColumns.Sum(_nodes.TradeFlow.AsSpan(segment.Start, segment.Count)),
            GrossShare = allGross == 0 ? 0 : (double)totals.GrossGex / (double)allGross,
            IsMonthly = (byte)(segment.IsMonthly ? 1 : 0),
            Nodes = (uint)segment.Count,
            Interpolated = (uint)(segment.IsPriced ? segment.Interpolated : 0),
            Good = (uint)segment.Good,
            Held = (uint)segment.Held,
            Stale = (uint)MemoryMarshal.AsBytes(_nodes.Status.AsSpan(segment.Start, segment.Count)).Count((byte)QuoteStatus.Stale),
        };
        NodeFlow charm = _outlook.CharmToClose[(int)view.Column];
        if (segment.IsPriced)
        {
            row.CharmToClose = (view.CallSign * ExposureColumns.Sum(charm.Call.AsSpan(segment.Start, segment.Count)))
                + (view.PutSign * ExposureColumns.Sum(charm.Put.AsSpan(segment.Start, segment.Count)));
        }
        foreach (PositionModel model in ModelView.Models)
        {
            ModelView of = _nodes.Weights.View(model);
            row.ModelNetGex[(int)model] = (long)_book.Expiry(of.Column, segment.Index).Of(of).NetGex;
        }
    }
}

/// <summary>When and where everything is evaluated, and the last event that it includes.</summary>
internal record struct MarkStamp(long TimeNanos, double Spot, SpotSource SpotSource, ulong EventSequence, long EventTimeNanos);

/// <summary>What a snapshot says about where its numbers come from.</summary>
internal record struct SnapshotFacts
{
    public Ascii8 Underlying;
    public long AdjustedOpenInterest;
    public ulong NonFinite;
    public uint OpenInterestRevisions;
    public int OpenInterestDate;
    public int SessionDate;
    public long SpotAgeNanos;
    public long CloseNanos;
    public ushort CalendarVersion;
    public ulong CalendarOverrides;
    public QualityFlags Quality;
    public uint LateDefinitions;
    public TradeFlowSection Trades;
}
