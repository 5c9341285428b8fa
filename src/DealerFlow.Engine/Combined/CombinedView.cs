using System.Runtime.InteropServices;
using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Several underlyings as one, at one mark: exposures in USD of the basis, strikes at the basis's own strikes, levels of the sum. Made
/// from the members' books and sections of the same mark, so it is one consistent cut.
/// </summary>
internal sealed class CombinedView
{
    private readonly Member[] _members;
    private readonly Member _basis;
    private EngineOptions _options;
    private readonly CombinedRoots _roots;
    private readonly WallFinder _walls;
    private readonly byte[] _page;
    private readonly long[] _call, _put, _memberCall, _memberPut, _callOpenInterest, _putOpenInterest;
    private readonly double[] _gross = new double[3 * ModelView.Columns];
    private readonly List<(double Beta, ExpiryRow Row)> _expiries = [];

    public CombinedView(CombinedBasis basis, ReadOnlySpan<uint> underlyingIds, UnderlyingCalculation[] underlyings, EngineOptions options)
    {
        _options = options;
        var members = new List<Member>();
        foreach (CombinedMember member in basis.Members)
        {
            int index = underlyingIds.IndexOf(member.UnderlyingId);
            if (index < 0) throw new ArgumentException($"Underlying {member.UnderlyingId} is combined but not carried.");
            members.Add(new Member(underlyings[index], member.Beta, options));
            if (member.UnderlyingId == basis.BasisId) _basis = members[^1];
        }
        if (_basis is null || _basis.Beta != 1) throw new ArgumentException("The basis of a combined view is one of its members, with beta 1.");
        _members = [.. members];
        _roots = new CombinedRoots(_members, _basis, options);
        int strikes = _members.Max(member => member.Nodes.StrikeCapacity);
        int basisStrikes = _basis.Nodes.StrikeCapacity;
        _walls = new WallFinder(basisStrikes);
        _page = new byte[MarketView.SizeOf(basisStrikes, _members.Sum(member => member.Nodes.SegmentCapacity))];
        (_call, _put) = (new long[basisStrikes], new long[basisStrikes]);
        (_memberCall, _memberPut) = (new long[strikes], new long[strikes]);
        (_callOpenInterest, _putOpenInterest) = (new long[basisStrikes], new long[basisStrikes]);
    }

    /// <summary>Strikes of the basis, expiries of all members.</summary>
    public SnapshotRoom Room => new(_basis.Nodes.StrikeCapacity, _members.Sum(member => member.Nodes.SegmentCapacity));

    /// <summary>Another position model is chosen.</summary>
    public void Use(EngineOptions options) => _options = options;

    /// <summary>The sum of the members' sections of this mark. Empty while the basis has none, or when a total leaves the exact grid.</summary>
    public ReadOnlySpan<byte> Build()
    {
        Array.Clear(_page);
        if (!_basis.TryOpen(out MarketView basis)) return [];
        ref MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(_page.AsSpan());
        WriteFacts(ref head, in basis.Head);
        ProfileCurve.Begin(ref head.Profile, basis.Head.MarkTimeNanos, basis.Head.Spot);
        foreach (Member member in _members)
        {
            if (!member.TryOpen(out MarketView market)) continue;
            head.Members++;
            AddFacts(ref head, in market.Head, member.Beta);
            AddFlows(ref head.Outlook, in market.Head.Outlook, member.Beta, isFirst: head.Members == 1);
            member.Profile.Add(ref head.Profile, member.Spot, member.Beta);
        }
        int strikes = WriteStrikes(basis);
        foreach (PositionModel model in ModelView.Models)
            if (!TryWriteModel(ref head, model)) return [];
        _roots.Find(_gross);
        foreach (PositionModel model in ModelView.Models) WriteRoots(ref head, model);
        LevelBands.AddModels(ref head);
        // No settlement is common to all members, so there is no pin.
        LevelBands.ForgetPins(ref head.ModelBands);
        int expiries = WriteExpiries(ref head, strikes);
        head.StrikeCount = (uint)strikes;
        head.ExpiryCount = (uint)expiries;
        return _page.AsSpan(0, MarketView.SizeOf(strikes, expiries));
    }

    private void WriteFacts(ref MarketSection head, in MarketSection basis)
    {
        head.EventSequence = basis.EventSequence;
        head.EventTimeNanos = basis.EventTimeNanos;
        head.MarkTimeNanos = basis.MarkTimeNanos;
        head.Spot = basis.Spot;
        head.SpotSource = basis.SpotSource;
        head.SpotAgeNanos = basis.SpotAgeNanos;
        head.Underlying = basis.Underlying;
        head.Model = _options.Model;
        head.ForwardMode = _options.ForwardMode;
        head.Stickiness = _options.Stickiness;
        head.LiquidityUsd = _options.LiquidityUsd;
        head.OpenInterestDate = basis.OpenInterestDate;
        head.SessionDate = basis.SessionDate;
        head.CalendarVersion = basis.CalendarVersion;
        head.CalendarOverrides = basis.CalendarOverrides;
    }

    private static void AddFacts(ref MarketSection head, in MarketSection member, double beta)
    {
        head.Nodes += member.Nodes;
        head.Interpolated += member.Interpolated;
        head.Held += member.Held;
        head.Stale += member.Stale;
        head.Quality |= member.Quality;
        head.LateDefinitions += member.LateDefinitions;
        head.OpenInterestRevisions += member.OpenInterestRevisions;
        head.NonFiniteContributions += member.NonFiniteContributions;
        head.AdjustedOpenInterest += member.AdjustedOpenInterest;
        head.UnpricedOpenInterest += member.UnpricedOpenInterest;
        head.ZeroDteAmOpenInterest += member.ZeroDteAmOpenInterest;
        head.ZeroDteAmNetGex += Scale(member.ZeroDteAmNetGex, beta * beta);
        for (int bucket = 0; bucket < 4; bucket++)
        {
            head.Trades.Flow[bucket] += Scale(member.Trades.Flow[bucket], beta);
            head.Trades.Traded[bucket] += member.Trades.Traded[bucket];
            head.Trades.Unclassified[bucket] += member.Trades.Unclassified[bucket];
            head.Trades.Unpriced[bucket] += member.Trades.Unpriced[bucket];
        }
    }

    /// <summary>Flows add up where every member moves as the basis does and was looked at from the same mark; otherwise there are none.</summary>
    private static void AddFlows(ref OutlookSection sum, in OutlookSection member, double beta, bool isFirst)
    {
        if (isFirst)
        {
            sum.MarkTimeNanos = member.MarkTimeNanos;
            sum.Spot = member.Spot;
            sum.EventSequence = member.EventSequence;
            sum.CloseNanos = member.CloseNanos;
        }
        if (beta != 1 || member.MarkTimeNanos != sum.MarkTimeNanos || sum.MarkTimeNanos == 0)
        {
            sum = default;
            return;
        }
        for (int model = 0; model < PositionModels.Count; model++)
        {
            for (int row = 0; row < 3 * HedgeScenarios.Count; row++)
            {
                ref FlowRow to = ref sum.Flows[model].Rows[row];
                FlowRow from = member.Flows[model].Rows[row];
                to.Flow += from.Flow;
                to.Gamma += from.Gamma;
                to.Vanna += from.Vanna;
                to.Charm += from.Charm;
                to.Residual += from.Residual;
            }
        }
    }

    private bool TryWriteModel(ref MarketSection head, PositionModel model)
    {
        ref ModelSection section = ref head.Models[(int)model];
        bool hasSign = ModelView.HasSign(model);
        section.Status = ModelStatus.NoPositions;
        foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
        {
            ExposureTotals totals = default;
            Array.Clear(_call);
            Array.Clear(_put);
            long openInterest = 0;
            foreach (Member member in _members)
            {
                if (!member.TryOpen(out MarketView market)) continue;
                ref readonly ModelSection theirs = ref market.Head.Models[(int)model];
                // Live where any member is: the others have nothing to add.
                if (theirs.Status == ModelStatus.Live || (theirs.Status == ModelStatus.NoTrades && section.Status != ModelStatus.Live))
                    section.Status = theirs.Status;
                ref readonly BucketSection one = ref theirs.Buckets[(int)bucket];
                double squared = member.Beta * member.Beta;
                totals += new ExposureTotals(
                    Scale(one.CallGex, squared), Scale(one.PutGex, squared), Scale(one.GrossGex, squared), Scale(one.Dex, member.Beta),
                    Scale(one.Vex, member.Beta), Scale(one.Chex, member.Beta));
                openInterest += (long)Math.Round(one.OpenInterest * member.ContractsOfBasis(_basis));
                AddStrikes(member, model, bucket, squared);
            }
            if (!totals.Fits) return false;
            ref BucketSection to = ref section.Buckets[(int)bucket];
            BucketWriter.WriteTotals(ref to, in totals, hasSign, _options.LiquidityUsd);
            to.OpenInterest = openInterest;
            to.CharmToClose = -head.Outlook.Flows[(int)model][bucket, HedgeScenario.Close].Flow;
            ModelView view = ModelView.Of(model);
            if (view is { CallSign: 1, PutSign: 1 }) _gross[(3 * (int)view.Column) + (int)bucket] = totals.GrossUsd;
            else if (hasSign) BucketWriter.WriteOneSigned(ref to.ZeroGamma, in totals, IsEmpty(bucket));
            int strikes = _basis.Nodes.Strikes.Length;
            if (section.Status == ModelStatus.Live)
                _walls.FindExposure(ref to.Levels, new WallFinder.Book(_basis.Nodes.Strikes, _call.AsSpan(0, strikes), _put.AsSpan(0, strikes)), head.Spot);
            if (bucket == ExposureBucket.All)
            {
                WallFinder.FindOpenInterest(
                    ref to.Levels,
                    new WallFinder.Book(_basis.Nodes.Strikes, _callOpenInterest.AsSpan(0, strikes), _putOpenInterest.AsSpan(0, strikes)), head.Spot);
            }
        }
        AddRollOffs(ref section, model);
        return true;
    }

    private void AddStrikes(Member member, PositionModel model, ExposureBucket bucket, double squared)
    {
        member.Book.Strikes.Read(model, bucket, _memberCall, _memberPut);
        for (int i = 0; i < member.Nodes.Strikes.Length; i++)
        {
            if ((_memberCall[i] | _memberPut[i]) == 0) continue;
            int strike = member.StrikeOfBasis(_basis, member.Nodes.Strikes[i]);
            _call[strike] += Scale(_memberCall[i], squared);
            _put[strike] += Scale(_memberPut[i], squared);
        }
    }

    private void AddRollOffs(ref ModelSection section, PositionModel model)
    {
        foreach (RollOff kind in (ReadOnlySpan<RollOff>)[RollOff.Next, RollOff.MonthlyAm, RollOff.MonthlyPm])
        {
            ref RollOffRow sum = ref section.RollOffs[(int)kind];
            double leaving = 0;
            foreach (Member member in _members)
            {
                if (!member.TryOpen(out MarketView market)) continue;
                RollOffRow row = market.Head.Models[(int)model].RollOffs[(int)kind];
                if (row.Present == 0 || (sum.Present != 0 && row.SettlementNanos > sum.SettlementNanos)) continue;
                if (sum.Present == 0 || row.SettlementNanos < sum.SettlementNanos)
                {
                    sum = new RollOffRow { SettlementNanos = row.SettlementNanos, ExpiryDate = row.ExpiryDate, Present = 1 };
                    leaving = 0;
                }
                double squared = member.Beta * member.Beta;
                sum.Gex += Scale(row.Gex, squared);
                sum.Dex += Scale(row.Dex, member.Beta);
                leaving += row.GrossShare * market.Head.Models[(int)model].Buckets[0].GrossGex * squared;
            }
            long gross = section.Buckets[0].GrossGex;
            sum.GrossShare = gross == 0 ? 0 : leaving / gross;
        }
    }

    private void WriteRoots(ref MarketSection head, PositionModel model)
    {
        ModelView view = ModelView.Of(model);
        if (view is not { CallSign: 1, PutSign: 1 }) return;
        foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
            BucketWriter.WriteRoots(ref head.Models[(int)model].Buckets[(int)bucket].ZeroGamma, _roots.Roots[(int)view.Column, bucket], head.Spot, IsEmpty(bucket));
    }

    /// <summary>No member has a live expiry in a bucket.</summary>
    private bool IsEmpty(ExposureBucket bucket)
    {
        foreach (Member member in _members)
        {
            if (!member.TryOpen(out MarketView market)) continue;
            foreach (ref readonly ExpiryRow row in market.Expiries)
                if (bucket == ExposureBucket.All || row.IsZeroDte != 0 == (bucket == ExposureBucket.ZeroDte)) return false;
        }
        return true;
    }

    /// <summary>The basis's strikes, each with everything that lies nearest to it.</summary>
    private int WriteStrikes(MarketView basis)
    {
        Array.Clear(_callOpenInterest);
        Array.Clear(_putOpenInterest);
        ReadOnlySpan<double> strikes = _basis.Nodes.Strikes;
        Span<StrikeRow> rows = MemoryMarshal.Cast<byte, StrikeRow>(_page.AsSpan(MarketSection.SizeInBytes));
        for (int i = 0; i < strikes.Length; i++) rows[i].Strike = strikes[i];
        foreach (Member member in _members)
        {
            if (!member.TryOpen(out MarketView market)) continue;
            double contracts = member.ContractsOfBasis(_basis);
            foreach (ref readonly StrikeRow row in market.Strikes)
            {
                int strike = member.StrikeOfBasis(_basis, row.Strike);
                Add(ref rows[strike], in row, member.Beta, contracts);
                _callOpenInterest[strike] = rows[strike].CallOpenInterest;
                _putOpenInterest[strike] = rows[strike].PutOpenInterest;
            }
        }
        return strikes.Length;
    }

    private static void Add(ref StrikeRow to, in StrikeRow row, double beta, double contracts)
    {
        double squared = beta * beta;
        to.CallGex += Scale(row.CallGex, squared);
        to.PutGex += Scale(row.PutGex, squared);
        to.ZeroDteCallGex += Scale(row.ZeroDteCallGex, squared);
        to.ZeroDtePutGex += Scale(row.ZeroDtePutGex, squared);
        to.CallOpenInterest += (long)Math.Round(row.CallOpenInterest * contracts);
        to.PutOpenInterest += (long)Math.Round(row.PutOpenInterest * contracts);
        to.Dex += Scale(row.Dex, beta);
        to.Vex += Scale(row.Vex, beta);
        to.Chex += Scale(row.Chex, beta);
        to.CharmToClose += Scale(row.CharmToClose, beta);
        to.TradeFlow += Scale(row.TradeFlow, beta);
        for (int model = 0; model < PositionModels.Count; model++) to.ModelNetGex[model] += Scale(row.ModelNetGex[model], squared);
    }

    private int WriteExpiries(ref MarketSection head, int strikes)
    {
        _expiries.Clear();
        foreach (Member member in _members)
        {
            if (!member.TryOpen(out MarketView market)) continue;
            foreach (ref readonly ExpiryRow row in market.Expiries) _expiries.Add((member.Beta, row));
        }
        _expiries.Sort((left, right) => left.Row.SettlementNanos != right.Row.SettlementNanos
            ? left.Row.SettlementNanos.CompareTo(right.Row.SettlementNanos)
            : string.CompareOrdinal(left.Row.Root.ToString(), right.Row.Root.ToString()));
        Span<ExpiryRow> rows = MemoryMarshal.Cast<byte, ExpiryRow>(
            _page.AsSpan(MarketSection.SizeInBytes + (strikes * StrikeRow.SizeInBytes), _expiries.Count * ExpiryRow.SizeInBytes));
        long allGross = head.Models[(int)_options.Model].Buckets[0].GrossGex;
        for (int i = 0; i < rows.Length; i++)
        {
            (double beta, rows[i]) = _expiries[i];
            ref ExpiryRow row = ref rows[i];
            double squared = beta * beta;
            row.NetGex = Scale(row.NetGex, squared);
            row.CallGex = Scale(row.CallGex, squared);
            row.PutGex = Scale(row.PutGex, squared);
            row.GrossGex = Scale(row.GrossGex, squared);
            row.Dex = Scale(row.Dex, beta);
            row.Vex = Scale(row.Vex, beta);
            row.Chex = Scale(row.Chex, beta);
            row.CharmToClose = Scale(row.CharmToClose, beta);
            row.TradeFlow = Scale(row.TradeFlow, beta);
            row.GrossShare = allGross == 0 ? 0 : (double)row.GrossGex / allGross;
            for (int model = 0; model < PositionModels.Count; model++) row.ModelNetGex[model] = Scale(row.ModelNetGex[model], squared);
            RootRowSums.Add(ref head, in row);
        }
        return rows.Length;
    }

    /// <summary>A sum in terms of the basis, on the grid; exact where beta is 1.</summary>
    private static long Scale(long units, double factor) => factor == 1 ? units : (long)Math.Round(units * factor, MidpointRounding.ToEven);

    /// <summary>One underlying and how it moves with the basis.</summary>
    internal sealed class Member(UnderlyingCalculation calculation, double beta, EngineOptions options)
    {
        public double Beta { get; } = beta;

        public ProfileCurve Profile { get; } = new(calculation.Nodes, options);

        public NodeTable Nodes => calculation.Nodes;

        public ExposureBook Book => calculation.Book;

        public double Spot => calculation.InForce.Spot;

        public bool IsIn => calculation.LastSection.Length > 0;

        /// <summary>The section of the last publish; false when there is none.</summary>
        public bool TryOpen(out MarketView market)
        {
            market = default;
            return IsIn && MarketView.TryOpen(calculation.LastSection, out market);
        }

        /// <summary>What one of its contracts is in contracts of 100 units of the basis, by what they are worth.</summary>
        public double ContractsOfBasis(Member basis) => ReferenceEquals(this, basis) ? 1 : Spot / basis.Spot;

        /// <summary>The strike of the basis nearest to where the basis is when this underlying is at a strike of its own.</summary>
        public int StrikeOfBasis(Member basis, double strike)
        {
            ReadOnlySpan<double> strikes = basis.Nodes.Strikes;
            double price = ReferenceEquals(this, basis)
                ? strike
                : basis.Spot * Functions.Exp(Functions.Log(strike / Spot) / Beta);
            int above = strikes.BinarySearch(price);
            if (above >= 0) return above;
            above = ~above;
            if (above == 0) return 0;
            if (above == strikes.Length) return strikes.Length - 1;
            return price - strikes[above - 1] <= strikes[above] - price ? above - 1 : above;
        }
    }
}
