using System.Runtime.InteropServices;
using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Writes the market section: totals, levels, strikes, expiries. A pure function of the node table, the book and the mark.
/// </summary>
internal sealed class SnapshotBuilder
{
    private readonly NodeTable _nodes;
    private readonly ExposureBook _book;
    private readonly EngineOptions _options;
    private readonly ZeroGammaSearch _zeroGamma;
    private readonly byte[] _page;
    private readonly double[] _grossUsd = new double[3];
    private readonly ExposureTotals[] _totals = new ExposureTotals[3];

    // Per strike of one bucket.
    private readonly long[] _call;
    private readonly long[] _put;
    private readonly long[] _size;
    private readonly long[] _callOpenInterest;
    private readonly long[] _putOpenInterest;
    private readonly int[] _liveNodes;
    private long _nextSearchNanos = long.MinValue;

    public SnapshotBuilder(NodeTable nodes, ExposureBook book, EngineOptions options)
    {
        _nodes = nodes;
        _book = book;
        _options = options;
        _zeroGamma = new ZeroGammaSearch(nodes, options.Lanes);
        int strikes = nodes.Strikes.Length;
        _page = new byte[MarketView.SizeOf(strikes, nodes.Segments.Length)];
        _call = new long[strikes];
        _put = new long[strikes];
        _size = new long[strikes];
        _callOpenInterest = new long[strikes];
        _putOpenInterest = new long[strikes];
        _liveNodes = new int[strikes];
    }

    public ulong FullSearches => _zeroGamma.FullSearches;

    /// <summary>Positions or expiries changed: the roots must be searched, not followed.</summary>
    public void InvalidateRoots() => _zeroGamma.Invalidate();

    /// <summary>The section at a mark; the bytes are this object's and change with the next call. Empty when a total leaves the exact grid.</summary>
    public ReadOnlySpan<byte> Build(in MarkStamp mark, Ascii8 underlying, long adjustedOpenInterest, ulong nonFinite)
    {
        Array.Clear(_page);
        ref MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(_page.AsSpan());
        head.EventSequence = mark.EventSequence;
        head.EventTimeNanos = mark.EventTimeNanos;
        head.MarkTimeNanos = mark.TimeNanos;
        head.Spot = mark.Spot;
        head.SpotSource = mark.SpotSource;
        head.Underlying = underlying;
        head.AdjustedOpenInterest = adjustedOpenInterest;
        head.Model = _options.Model;
        head.ForwardMode = _options.ForwardMode;
        head.NonFiniteContributions = nonFinite;
        head.LiquidityUsd = _options.LiquidityUsd;

        if (!SumBuckets()) return [];
        bool hasSign = _options.Model != PositionModel.Gross;
        if (hasSign) FindRoots(in mark);
        foreach (ExposureBucket bucket in (ReadOnlySpan<ExposureBucket>)[ExposureBucket.All, ExposureBucket.ZeroDte, ExposureBucket.ExZeroDte])
        {
            ref BucketSection section = ref head.Buckets[(int)bucket];
            WriteTotals(ref section, in _totals[(int)bucket], hasSign);
            if (hasSign) WriteRoots(ref section.ZeroGamma, _zeroGamma[bucket], mark.Spot);
            SumStrikes(bucket, ref section);
            WriteLevels(ref section, mark.Spot);
        }
        int strikes = WriteStrikes();
        int expiries = WriteExpiries(ref head, strikes);
        head.StrikeCount = (uint)strikes;
        head.ExpiryCount = (uint)expiries;
        return _page.AsSpan(0, MarketView.SizeOf(strikes, expiries));
    }

    private bool SumBuckets()
    {
        Array.Clear(_totals);
        for (int s = 0; s < _nodes.Segments.Length; s++)
        {
            ExposureTotals expiry = _book.Expiry[s];
            _totals[(int)ExposureBucket.All] += expiry;
            _totals[(int)(_nodes.Segments[s].IsZeroDte ? ExposureBucket.ZeroDte : ExposureBucket.ExZeroDte)] += expiry;
        }
        for (int i = 0; i < _totals.Length; i++)
        {
            ref readonly ExposureTotals total = ref _totals[i];
            if (!Fits(total.CallGex) || !Fits(total.PutGex) || !Fits(total.NetGex) || !Fits(total.GrossGex)) return false;
            if (!Fits(total.Dex) || !Fits(total.Vex) || !Fits(total.Chex)) return false;
            _grossUsd[i] = (double)total.GrossGex / MoneyGrid.UnitsPerUsd;
        }
        return true;
    }

    private static bool Fits(Int128 value) => value >= long.MinValue && value <= long.MaxValue;

    private void FindRoots(in MarkStamp mark)
    {
        bool searchIsDue = mark.TimeNanos >= _nextSearchNanos;
        if (searchIsDue) _nextSearchNanos = mark.TimeNanos + UnixNanos.PerSecond;
        _zeroGamma.Update(mark.Spot, _grossUsd, searchIsDue);
    }

    private void WriteTotals(ref BucketSection section, in ExposureTotals totals, bool hasSign)
    {
        section.CallGex = (long)totals.CallGex;
        section.PutGex = (long)totals.PutGex;
        section.NetGex = (long)totals.NetGex;
        section.GrossGex = (long)totals.GrossGex;
        section.Dex = (long)totals.Dex;
        section.Vex = (long)totals.Vex;
        section.Chex = (long)totals.Chex;
        if (_options.LiquidityUsd > 0) section.SqueezeGain = -MoneyGrid.ToUsd(section.NetGex) / (0.01 * _options.LiquidityUsd);
        section.Regime = !hasSign || section.GrossGex == 0 ? GammaRegime.None
            : Int128.Abs(totals.NetGex) * 20 < totals.GrossGex ? GammaRegime.Transition
            : section.NetGex > 0 ? GammaRegime.Positive
            : GammaRegime.Negative;
    }

    private static void WriteRoots(ref ZeroGammaSection section, ZeroGammaRoots roots, double spot)
    {
        section.Sign = (sbyte)roots.Sign;
        section.Status = !roots.IsPriced ? ZeroGammaStatus.Unpriced : roots.Count == 0 ? ZeroGammaStatus.None : ZeroGammaStatus.Found;
        section.RootCount = roots.Found;
        if (roots.Count == 0) return;
        int nearest = roots.Nearest(spot);
        section.Value = roots.Spot[nearest];
        section.Slope = roots.Slope[nearest];
        section.Conditioning = 1 / Math.Abs(roots.Slope[nearest]);
        // Room for the roots about the nearest one; they ascend.
        int first = Math.Clamp(nearest - (ZeroGammaSection.RootCapacity / 2), 0, Math.Max(0, roots.Count - ZeroGammaSection.RootCapacity));
        int count = Math.Min(roots.Count - first, ZeroGammaSection.RootCapacity);
        for (int i = 0; i < count; i++) section.Roots[i] = roots.Spot[first + i];
    }

    private void SumStrikes(ExposureBucket bucket, ref BucketSection section)
    {
        Array.Clear(_callOpenInterest);
        Array.Clear(_putOpenInterest);
        if (bucket == ExposureBucket.All) Array.Clear(_liveNodes);
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (segment.IsExpired || (bucket != ExposureBucket.All && segment.IsZeroDte != (bucket == ExposureBucket.ZeroDte))) continue;
            for (int i = segment.Start; i < segment.End; i++)
            {
                int strike = _nodes.StrikeIndex[i];
                _callOpenInterest[strike] += _nodes.Calls.OpenInterest[i];
                _putOpenInterest[strike] += _nodes.Puts.OpenInterest[i];
                if (segment.IsPriced) section.OpenInterest += (long)_nodes.Calls.OpenInterest[i] + _nodes.Puts.OpenInterest[i];
                if (bucket == ExposureBucket.All) _liveNodes[strike]++;
            }
        }
        for (int i = 0; i < _call.Length; i++)
        {
            (_call[i], _put[i]) = bucket switch
            {
                ExposureBucket.ZeroDte => (_book.ZeroDteCallGex[i], _book.ZeroDtePutGex[i]),
                ExposureBucket.ExZeroDte => (_book.StrikeCallGex[i] - _book.ZeroDteCallGex[i], _book.StrikePutGex[i] - _book.ZeroDtePutGex[i]),
                _ => (_book.StrikeCallGex[i], _book.StrikePutGex[i]),
            };
        }
    }

    private void WriteLevels(ref BucketSection section, double spot)
    {
        ReadOnlySpan<double> strikes = _nodes.Strikes;
        int all = strikes.Length;
        int atOrAbove = 0;
        while (atOrAbove < all && strikes[atOrAbove] < spot) atOrAbove++;
        int atOrBelow = atOrAbove < all && strikes[atOrAbove] == spot ? atOrAbove + 1 : atOrAbove;
        int index;

        for (int i = 0; i < all; i++) _size[i] = _call[i] + _put[i];
        section.Levels[(int)StrikeLevel.CallWall] = StrikeLevels.Greatest(strikes, _size, 0, all, spot, out _);
        for (int i = 0; i < all; i++) _size[i] = -(_call[i] + _put[i]);
        section.Levels[(int)StrikeLevel.PutWall] = Signed(StrikeLevels.Greatest(strikes, _size, 0, all, spot, out index), index < 0 ? 0 : -_size[index]);
        for (int i = 0; i < all; i++) _size[i] = Math.Abs(_call[i] + _put[i]);
        section.Levels[(int)StrikeLevel.MaxGamma] = Signed(
            StrikeLevels.Greatest(strikes, _size, 0, all, spot, out index), index < 0 ? 0 : _call[index] + _put[index]);
        for (int i = 0; i < all; i++) _size[i] = Math.Abs(_call[i]) + Math.Abs(_put[i]);
        section.Levels[(int)StrikeLevel.AbsoluteGamma] = StrikeLevels.Greatest(strikes, _size, 0, all, spot, out _);
        for (int i = 0; i < all; i++) _size[i] = Math.Abs(_call[i]);
        section.Levels[(int)StrikeLevel.CallWallOneSided] = Signed(
            StrikeLevels.Greatest(strikes, _size, atOrAbove, all, spot, out index), index < 0 ? 0 : _call[index]);
        for (int i = 0; i < all; i++) _size[i] = Math.Abs(_put[i]);
        section.Levels[(int)StrikeLevel.PutWallOneSided] = Signed(
            StrikeLevels.Greatest(strikes, _size, 0, atOrBelow, spot, out index), index < 0 ? 0 : _put[index]);
        section.Levels[(int)StrikeLevel.CallWallOpenInterest] = StrikeLevels.Greatest(strikes, _callOpenInterest, 0, all, spot, out _);
        section.Levels[(int)StrikeLevel.PutWallOpenInterest] = StrikeLevels.Greatest(strikes, _putOpenInterest, 0, all, spot, out _);
    }

    private static LevelRow Signed(LevelRow row, long size)
    {
        row.Size = size;
        return row;
    }

    private int WriteStrikes()
    {
        // The last bucket summed was ex-0DTE: open interest is taken afresh over all.
        Array.Clear(_callOpenInterest);
        Array.Clear(_putOpenInterest);
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (segment.IsExpired) continue;
            for (int i = segment.Start; i < segment.End; i++)
            {
                _callOpenInterest[_nodes.StrikeIndex[i]] += _nodes.Calls.OpenInterest[i];
                _putOpenInterest[_nodes.StrikeIndex[i]] += _nodes.Puts.OpenInterest[i];
            }
        }
        Span<StrikeRow> rows = MemoryMarshal.Cast<byte, StrikeRow>(_page.AsSpan(MarketSection.SizeInBytes));
        int count = 0;
        for (int i = 0; i < _nodes.Strikes.Length; i++)
        {
            if (_liveNodes[i] == 0) continue;
            rows[count++] = new StrikeRow
            {
                Strike = _nodes.Strikes[i],
                CallGex = _book.StrikeCallGex[i],
                PutGex = _book.StrikePutGex[i],
                ZeroDteCallGex = _book.ZeroDteCallGex[i],
                ZeroDtePutGex = _book.ZeroDtePutGex[i],
                CallOpenInterest = _callOpenInterest[i],
                PutOpenInterest = _putOpenInterest[i],
            };
        }
        return count;
    }

    private int WriteExpiries(ref MarketSection head, int strikes)
    {
        int offset = MarketSection.SizeInBytes + (strikes * StrikeRow.SizeInBytes);
        Span<ExpiryRow> rows = MemoryMarshal.Cast<byte, ExpiryRow>(_page.AsSpan(offset, _nodes.Segments.Length * ExpiryRow.SizeInBytes));
        int count = 0;
        for (int s = 0; s < _nodes.Segments.Length; s++)
        {
            ExpirySegment segment = _nodes.Segments[s];
            if (segment.IsExpired) continue;
            ref readonly ExposureTotals totals = ref _book.Expiry[s];
            long openInterest = OpenInterestOf(segment);
            rows[count++] = new ExpiryRow
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
                OpenInterest = openInterest,
                Dex = (long)totals.Dex,
                Nodes = (uint)segment.Count,
                Interpolated = (uint)(segment.IsPriced ? segment.Interpolated : 0),
                Good = (uint)segment.Good,
                Held = (uint)segment.Held,
            };
            head.Nodes += (uint)segment.Count;
            head.Held += (uint)segment.Held;
            if (segment.IsPriced) head.Interpolated += (uint)segment.Interpolated;
            else head.UnpricedOpenInterest += openInterest;
            if (!segment.IsZeroDte || segment.Settlement != SettlementKind.AM) continue;
            head.ZeroDteAmOpenInterest += openInterest;
            head.ZeroDteAmNetGex += (long)totals.NetGex;
        }
        return count;
    }

    private long OpenInterestOf(ExpirySegment segment)
    {
        long total = 0;
        for (int i = segment.Start; i < segment.End; i++) total += (long)_nodes.Calls.OpenInterest[i] + _nodes.Puts.OpenInterest[i];
        return total;
    }
}

/// <summary>When and where everything is evaluated, and the last event that it includes.</summary>
internal record struct MarkStamp(long TimeNanos, double Spot, SpotSource SpotSource, ulong EventSequence, long EventTimeNanos);
