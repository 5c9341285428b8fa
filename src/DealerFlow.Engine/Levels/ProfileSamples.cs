using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// The profile G of every position column over ln(S/S_m) in [−0.5, 0.5], apart for 0DTE and the rest, sampled so that each expiry is looked
/// at only as finely as its own w asks for, with a bound of what lies between the points.
/// </summary>
/// <remarks>
/// In x = ln(S/S_m) a node's part of G is a normal curve: F·φ(d1) = K·φ(d2), so it is 0.01·D·K·m·N·φ(d2)/w with d2 = (c − x)/−w and
/// c = ln(K/F) + w²/2. Its fourth derivative is He₄(d2)/w⁴ times that, and |He₄(t)|·e^(−t²/2) ≤ 3.741·e^(−t²/4): a curve √2 as wide,
/// which the same kernel sums. A node further away than <see cref="FeltDeviations"/> is not visited; what it may add is in the bound.
/// </remarks>
internal sealed class ProfileSamples(ProfileBook book, LaneWidth lanes)
{
    public const double Reach = ProfileGrid.Reach;

    private const int CellBits = 7;
    private const int Cells = 1 << CellBits;
    private const double CellWidth = 1.0 / Cells;
    private const int BlockBits = 3;
    private const int Blocks = 1 << BlockBits;
    private const int CellsPerBlock = Cells / Blocks;

    // Steps are powers of two, half a w at most; down to 1.5e-5, so for nodes with w of 3e-5 or more. Expiries as broad as two cells or more
    // are sampled by blocks.
    private const int CoarsestBits = BlockBits;
    private const int BlockFinestBits = CellBits + 1;
    private const int FinestBits = 16;
    private const double NarrowestSampled = 1.0 / (1 << (FinestBits - 1));

    private const double Negligible = 1e-9;
    private const double FeltDeviations = 8;
    private const double DensityWhereUnfelt = 5.0522710835368927e-15; // φ(8)
    private const double FourthWhereUnfelt = 1.8769e-11; // He₄(8)·φ(8)
    private const double PeakDensity = 0.3989422804014327;
    private const double PeakSlope = 0.24197072451914337; // max |φ'|
    // sup |He₄(t)|·e^(−t²/4), and √2 for the width of the curve that stands for it.
    private const double FourthPeak = 3.741 * 1.4142135623730951;
    // The bounding curves are looked at every four steps, two w at most: between them they rise to e^(1/4) of their ends.
    private const int StepsPerBound = 4;
    private const double RiseBetweenBounds = 1.2841;

    private readonly int[] _first = new int[book.SegmentCapacity * Cells];
    private readonly int[] _end = new int[book.SegmentCapacity * Cells];
    private readonly sbyte[] _bits = new sbyte[book.SegmentCapacity * Cells];
    private readonly int[] _blockFirst = new int[book.SegmentCapacity * Blocks];
    private readonly int[] _blockEnd = new int[book.SegmentCapacity * Blocks];
    private readonly sbyte[] _blockBits = new sbyte[book.SegmentCapacity * Blocks];
    private readonly double[] _blockGreatest = new double[book.SegmentCapacity * Blocks];
    private readonly sbyte[] _leastBits = new sbyte[Cells];

    // Curves that bound the fourth derivative, parallel to the book's rows.
    private readonly double[] _boundLogStrike = new double[book.LogStrike.Length];
    private readonly double[] _boundDeviation = new double[book.LogStrike.Length];
    private readonly double[] _boundWeight = new double[book.ColumnCapacity * book.LogStrike.Length];

    // What the samples leave out whatever their step: values and slopes of nodes that are not felt, or too narrow to be
    // sampled for; [cell, channel].
    private readonly double[] _unsampled = new double[Cells * 2 * book.ColumnCapacity];
    private readonly double[] _unsampledSlope = new double[Cells * 2 * book.ColumnCapacity];
    private readonly double[] _unfelt = new double[2 * book.ColumnCapacity];
    private readonly double[] _unfeltSlope = new double[2 * book.ColumnCapacity];
    private readonly double[] _unfeltFourth = new double[2 * book.ColumnCapacity];

    private readonly ProfilePyramid _block = new(BlockFinestBits - BlockBits + 1, 2 * book.ColumnCapacity);
    private readonly ProfilePyramid _cell = new(FinestBits - CellBits + 1, 2 * book.ColumnCapacity);

    // An expiry's values, slopes and bounding curves at the left edge of a cell, if that cell was its last one's neighbour.
    private readonly int[] _edgeCell = new int[book.SegmentCapacity];
    private readonly double[] _edge = new double[book.SegmentCapacity * 3 * book.ColumnCapacity];

    private readonly double[] _growth = new double[(1 << (FinestBits - CellBits)) + 1];
    private readonly double[] _logForward = new double[GammaSurface.Levels];
    private readonly ProfileSums[] _sums = new ProfileSums[GammaSurface.Levels * GammaProfile.MaxWeights];

    private double[] _shift = new double[4096];
    private double[] _samples = new double[4096 * 5 * 2 * book.ColumnCapacity];
    private int _channels;

    /// <summary>Points; those of a cell's edge are there twice, as the end of one and the beginning of the next.</summary>
    public int Count { get; private set; }

    /// <summary>A quarter of the narrowest w that matters.</summary>
    public double FinestStep { get; private set; }

    /// <summary>ln(S/S_m) of a point.</summary>
    public double Shift(int index) => _shift[index];

    /// <summary>A point and the interval to its right, of one column.</summary>
    public ProfileSample At(int index, int column, ExposureBucket bucket)
    {
        int at = (index * 5 * _channels) + column;
        int columns = book.Columns;
        return bucket switch
        {
            ExposureBucket.ZeroDte => Read(at),
            ExposureBucket.ExZeroDte => Read(at + columns),
            _ => Read(at) + Read(at + columns),
        };
    }

    /// <summary>
    /// How far G and dG/dx may be from the cubic through exact values a step apart, beside what <see cref="ProfileSample.Fourth"/> says: nodes
    /// that no step is fine enough for, and nodes that are not felt, whose fourth derivative is bounded all the same.
    /// </summary>
    /// <returns>The bounds, and the part of the first that a shorter step hardly makes smaller.</returns>
    public (double Value, double Slope, double Unsampled) Missed(double shift, double step, int column, ExposureBucket bucket)
    {
        double value = 0, slope = 0, unsampled = 0;
        if (bucket != ExposureBucket.ExZeroDte) AddMissed(CellOf(shift), step, column, ref value, ref slope, ref unsampled);
        if (bucket != ExposureBucket.ZeroDte) AddMissed(CellOf(shift), step, book.Columns + column, ref value, ref slope, ref unsampled);
        return (value, slope, unsampled);
    }

    private void AddMissed(int cell, double step, int channel, ref double value, ref double slope, ref double unsampled)
    {
        int at = (cell * _channels) + channel;
        (double more, double moreSlope) = ProfileSample.Missed(_unsampled[at], _unsampledSlope[at], step);
        (double unfelt, double unfeltSlope) = ProfileSample.Missed(_unfelt[channel], _unfeltSlope[channel], step);
        double cube = step * step * step * _unfeltFourth[channel];
        unsampled += more;
        value += more + Math.Min(unfelt, ProfilePyramid.ValueError * step * cube);
        slope += moreSlope + Math.Min(unfeltSlope, ProfilePyramid.SlopeError * cube);
    }

    /// <summary>Samples the book as it stands; false when no node matters. Gross is per column and bucket, USD per 1 %.</summary>
    public bool TryTake(ReadOnlySpan<double> grossUsd)
    {
        _channels = 2 * book.Columns;
        Count = 0;
        if (!Gather(grossUsd)) return false;
        for (int block = 0; block < Blocks; block++)
        {
            ProfilePyramid.Layer broad = SampleBlock(block);
            for (int i = 0; i < CellsPerBlock; i++) SampleCell((block * CellsPerBlock) + i, broad, i);
        }
        return true;
    }

    private ProfileSample Read(int at) => new(
        _samples[at], _samples[at + _channels], _samples[at + (2 * _channels)], _samples[at + (3 * _channels)], _samples[at + (4 * _channels)]);

    private bool Gather(ReadOnlySpan<double> grossUsd)
    {
        ReadOnlySpan<ProfileSegment> segments = book.Segments;
        int columns = book.Columns, stride = book.WeightStride;
        Array.Fill(_first, int.MaxValue, 0, segments.Length * Cells);
        Array.Clear(_end, 0, segments.Length * Cells);
        Array.Clear(_bits, 0, segments.Length * Cells);
        Array.Fill(_blockFirst, int.MaxValue, 0, segments.Length * Blocks);
        Array.Clear(_blockEnd, 0, segments.Length * Blocks);
        Array.Clear(_blockBits, 0, segments.Length * Blocks);
        Array.Clear(_blockGreatest, 0, segments.Length * Blocks);
        Array.Fill(_edgeCell, -1);
        Array.Clear(_leastBits);
        Array.Clear(_unsampled);
        Array.Clear(_unsampledSlope);
        Array.Clear(_unfelt);
        Array.Clear(_unfeltSlope);
        Array.Clear(_unfeltFourth);
        double narrowest = double.PositiveInfinity;
        bool matters = false;
        ReadOnlySpan<double> weights = book.Weights(0);
        Span<double> threshold = stackalloc double[GammaProfile.MaxWeights];
        for (int number = 0; number < segments.Length; number++)
        {
            ref readonly ProfileSegment segment = ref segments[number];
            int part = segment.IsZeroDte ? 0 : 1;
            for (int column = 0; column < columns; column++)
                threshold[column] = Negligible * grossUsd[(column * 3) + (int)(part == 0 ? ExposureBucket.ZeroDte : ExposureBucket.ExZeroDte)];
            for (int row = segment.Start; row < segment.Start + segment.Count; row++)
            {
                double w = book.Deviation[row];
                double usd = 0.01 * segment.Discount * Functions.Exp(book.LogStrike[row]) / w;
                double centre = book.LogStrike[row] - segment.LogForward + (w * w / 2);
                double felt = FeltDeviations * w;
                bool nodeMatters = false;
                for (int column = 0; column < columns; column++)
                {
                    double size = Math.Abs(weights[(column * stride) + row]) * usd;
                    nodeMatters |= size * PeakDensity > threshold[column];
                    int channel = (part * columns) + column;
                    _unfelt[channel] += size * DensityWhereUnfelt;
                    _unfeltSlope[channel] += size / w * (FeltDeviations * DensityWhereUnfelt);
                    _unfeltFourth[channel] += size / (w * w) / (w * w) * FourthWhereUnfelt;
                    _boundWeight[(column * stride) + row] = 0;
                }
                // (d2 of the node)/√2 as the d1 of a node that is √2 as wide.
                _boundLogStrike[row] = book.LogStrike[row] + (1.5 * w * w);
                _boundDeviation[row] = 1.4142135623730951 * w;
                if (centre + felt < -Reach || centre - felt > Reach) continue;
                matters |= nodeMatters;
                if (nodeMatters) narrowest = Math.Min(narrowest, w);
                int from = CellOf(centre - felt), to = CellOf(centre + felt);
                if (w >= NarrowestSampled)
                {
                    Mark(number, row, from, to, w);
                    // size/w⁴, less the w that the kernel divides by once more.
                    double perFourth = FourthPeak * usd / (w * w * w);
                    for (int column = 0; column < columns; column++)
                        _boundWeight[(column * stride) + row] = Math.Abs(weights[(column * stride) + row]) * perFourth;
                    continue;
                }
                for (int column = 0; column < columns; column++)
                {
                    double size = Math.Abs(weights[(column * stride) + row]) * usd;
                    int channel = (part * columns) + column;
                    for (int cell = from; cell <= to; cell++)
                    {
                        _unsampled[(cell * _channels) + channel] += size * PeakDensity;
                        _unsampledSlope[(cell * _channels) + channel] += size * PeakSlope / w;
                    }
                }
                if (nodeMatters) for (int cell = from; cell <= to; cell++) _leastBits[cell] = FinestBits;
            }
            // Padding adds nothing.
            for (int row = segment.Start + segment.Count; row < segment.Start + Columns.PaddedLength(segment.Count); row++)
            {
                (_boundLogStrike[row], _boundDeviation[row]) = (0, 1);
                for (int column = 0; column < columns; column++) _boundWeight[(column * stride) + row] = 0;
            }
        }
        FinestStep = ProfileGrid.StepFor(narrowest);
        return matters;
    }

    private void Mark(int number, int row, int from, int to, double w)
    {
        // 2^−bits is the greatest power of two that is no more than half of w.
        int bits = Math.Clamp(1 - Math.ILogB(w), CoarsestBits, FinestBits);
        if (bits <= BlockFinestBits)
        {
            for (int block = from / CellsPerBlock; block <= to / CellsPerBlock; block++)
            {
                int at = (number * Blocks) + block;
                _blockFirst[at] = Math.Min(_blockFirst[at], row);
                _blockEnd[at] = Math.Max(_blockEnd[at], row + 1);
                _blockBits[at] = Math.Max(_blockBits[at], (sbyte)bits);
                _blockGreatest[at] = Math.Max(_blockGreatest[at], w);
            }
            return;
        }
        for (int cell = from; cell <= to; cell++)
        {
            int at = (number * Cells) + cell;
            _first[at] = Math.Min(_first[at], row);
            _end[at] = Math.Max(_end[at], row + 1);
            _bits[at] = Math.Max(_bits[at], (sbyte)bits);
        }
    }

    /// <summary>The expiries that nowhere in a block are narrow.</summary>
    private ProfilePyramid.Layer SampleBlock(int block)
    {
        _block.Begin(1.0 / Blocks, _channels);
        double start = -Reach + ((double)block / Blocks);
        ReadOnlySpan<ProfileSegment> segments = book.Segments;
        for (int number = 0; number < segments.Length; number++)
        {
            int at = (number * Blocks) + block;
            if (_blockBits[at] == 0) continue;
            Span<sbyte> bits = _bits.AsSpan((number * Cells) + (block * CellsPerBlock), CellsPerBlock);
            if (!bits.ContainsAnyExcept((sbyte)0))
            {
                SampleBroad(in segments[number], number, block, start);
                continue;
            }
            // Narrow in some of its cells: its broad nodes are sampled with the others there, cell by cell.
            for (int i = 0; i < CellsPerBlock; i++)
            {
                int cell = (number * Cells) + (block * CellsPerBlock) + i;
                bits[i] = Math.Max(bits[i], Math.Max(_blockBits[at], (sbyte)CellBits));
                _first[cell] = Math.Min(_first[cell], _blockFirst[at]);
                _end[cell] = Math.Max(_end[cell], _blockEnd[at]);
            }
        }
        return _block.Carry(BlockFinestBits - BlockBits);
    }

    private void SampleBroad(in ProfileSegment segment, int number, int block, double start)
    {
        int at = (number * Blocks) + block;
        ProfilePyramid.Layer layer = _block[_blockBits[at] - BlockBits];
        int part = segment.IsZeroDte ? 0 : book.Columns;
        double greatest = _blockGreatest[at];
        double reach = (FeltDeviations * greatest) + (greatest * greatest);
        for (int i = 0; i <= layer.Steps; i += GammaSurface.Levels)
        {
            int levels = Math.Min(GammaSurface.Levels, layer.Steps + 1 - i);
            double low = start + (i * layer.Step), high = low + ((levels - 1) * layer.Step);
            (int first, int end) = Rows(in segment, _blockFirst[at], _blockEnd[at], low - reach, high + reach);
            if (first >= end) continue;
            for (int level = 0; level < levels; level++) _growth[level] = Functions.Exp(low + (level * layer.Step));
            Sample(in segment, low, layer.Step, levels, first, end);
            for (int level = 0; level < levels; level++)
            {
                double scale = 0.01 * segment.Discount * segment.Forward * _growth[level];
                for (int column = 0; column < book.Columns; column++)
                {
                    ProfileSums sums = _sums[(level * book.Columns) + column];
                    int to = ((i + level) * _channels) + part + column;
                    layer.Value[to] += scale * sums.Gamma;
                    layer.Slope[to] += scale * sums.Slope;
                }
            }
        }
        int steps = Math.Min(StepsPerBound, layer.Steps);
        Span<double> left = stackalloc double[GammaProfile.MaxWeights], right = stackalloc double[GammaProfile.MaxWeights];
        for (int i = 0; i <= layer.Steps; i += steps)
        {
            double x = start + (i * layer.Step);
            (int first, int end) = Rows(in segment, _blockFirst[at], _blockEnd[at], x - reach - (steps * layer.Step), x + reach + (steps * layer.Step));
            Bound(in segment, x, first, end, right);
            if (i > 0) AddBounds(layer, i - steps, steps, part, left, right);
            right.CopyTo(left);
        }
    }

    private void SampleCell(int cell, ProfilePyramid.Layer broad, int cellOfBlock)
    {
        _cell.Begin(CellWidth, _channels);
        ReadOnlySpan<ProfileSegment> segments = book.Segments;
        int finest = Math.Max(_leastBits[cell], (sbyte)BlockFinestBits);
        for (int number = 0; number < segments.Length; number++) finest = Math.Max(finest, _bits[(number * Cells) + cell]);
        int fineSteps = 1 << (finest - CellBits);
        double start = -Reach + (cell * CellWidth), fineStep = CellWidth / fineSteps;
        for (int i = 0; i <= fineSteps; i++) _growth[i] = Functions.Exp(start + (i * fineStep));

        TakeOver(broad, cellOfBlock);
        for (int number = 0; number < segments.Length; number++)
        {
            int bits = _bits[(number * Cells) + cell];
            if (bits != 0) SampleNarrow(in segments[number], number, cell, bits - CellBits, start, fineSteps >> (bits - CellBits));
        }
        Append(_cell.Carry(finest - CellBits), cell, start);
    }

    /// <summary>A cell's part of what was sampled by blocks.</summary>
    private void TakeOver(ProfilePyramid.Layer broad, int cellOfBlock)
    {
        ProfilePyramid.Layer layer = _cell[BlockFinestBits - CellBits];
        int points = layer.Steps + 1;
        int from = cellOfBlock * layer.Steps * _channels;
        broad.Value.AsSpan(from, points * _channels).CopyTo(layer.Value);
        broad.Slope.AsSpan(from, points * _channels).CopyTo(layer.Slope);
        broad.ValueBound.AsSpan(from, layer.Steps * _channels).CopyTo(layer.ValueBound);
        broad.SlopeBound.AsSpan(from, layer.Steps * _channels).CopyTo(layer.SlopeBound);
        broad.Fourth.AsSpan(from, layer.Steps * _channels).CopyTo(layer.Fourth);
    }

    private void SampleNarrow(in ProfileSegment segment, int number, int cell, int level, double start, int growthStride)
    {
        int at = (number * Cells) + cell;
        int columns = book.Columns;
        ProfilePyramid.Layer layer = _cell[level];
        int part = segment.IsZeroDte ? 0 : columns;
        (int first, int end) = Whole(in segment, _first[at], _end[at]);
        Span<double> edge = _edge.AsSpan(number * 3 * columns, 3 * columns);
        bool hasEdge = _edgeCell[number] == cell;
        // The edge's values are those of the rows that were felt there before; those that are felt only now are not felt at the edge.
        for (int column = 0; hasEdge && column < columns; column++)
        {
            layer.Value[part + column] += edge[column];
            layer.Slope[part + column] += edge[columns + column];
        }
        for (int i = hasEdge ? 1 : 0; i <= layer.Steps; i += GammaSurface.Levels)
        {
            int levels = Math.Min(GammaSurface.Levels, layer.Steps + 1 - i);
            Sample(in segment, start + (i * layer.Step), layer.Step, levels, first, end);
            for (int l = 0; l < levels; l++)
            {
                double scale = 0.01 * segment.Discount * segment.Forward * _growth[(i + l) * growthStride];
                for (int column = 0; column < columns; column++)
                {
                    ProfileSums sums = _sums[(l * columns) + column];
                    int to = ((i + l) * _channels) + part + column;
                    double value = scale * sums.Gamma, slope = scale * sums.Slope;
                    layer.Value[to] += value;
                    layer.Slope[to] += slope;
                    if (i + l == layer.Steps) (edge[column], edge[columns + column]) = (value, slope);
                }
            }
        }
        int steps = Math.Min(StepsPerBound, layer.Steps);
        Span<double> left = stackalloc double[GammaProfile.MaxWeights], right = stackalloc double[GammaProfile.MaxWeights];
        if (hasEdge) edge.Slice(2 * columns, columns).CopyTo(left);
        else Bound(in segment, start, first, end, left);
        for (int i = steps; i <= layer.Steps; i += steps)
        {
            Bound(in segment, start + (i * layer.Step), first, end, right);
            AddBounds(layer, i - steps, steps, part, left, right);
            right.CopyTo(left);
        }
        left[..columns].CopyTo(edge[(2 * columns)..]);
        _edgeCell[number] = cell + 1;
    }

    private void Sample(in ProfileSegment segment, double low, double step, int levels, int first, int end)
    {
        for (int level = 0; level < levels; level++) _logForward[level] = segment.LogForward + (low + (level * step));
        GammaProfile.Sum(
            lanes, _logForward.AsSpan(0, levels), book.LogStrike.AsSpan(first, end - first), book.Deviation[first..end],
            book.Weights(0)[first..], book.Columns, book.WeightStride, _sums.AsSpan(0, levels * book.Columns));
    }

    /// <summary>The bounding curves at one point, per column.</summary>
    private void Bound(in ProfileSegment segment, double shift, int first, int end, Span<double> bound)
    {
        bound.Clear();
        if (first >= end) return;
        double logForward = segment.LogForward + shift;
        GammaProfile.Sum(
            lanes, new ReadOnlySpan<double>(in logForward), _boundLogStrike.AsSpan(first, end - first), _boundDeviation.AsSpan(first, end - first),
            _boundWeight.AsSpan(first), book.Columns, book.WeightStride, _sums.AsSpan(0, book.Columns));
        for (int column = 0; column < book.Columns; column++) bound[column] = _sums[column].Gamma;
    }

    private void AddBounds(ProfilePyramid.Layer layer, int from, int steps, int part, ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        for (int column = 0; column < book.Columns; column++)
        {
            double fourth = RiseBetweenBounds * (left[column] + right[column]);
            for (int i = from; i < from + steps; i++) layer.AddBound((i * _channels) + part + column, fourth);
        }
    }

    private void Append(ProfilePyramid.Layer layer, int cell, double start)
    {
        int points = layer.Steps + 1;
        while (_shift.Length < Count + points)
        {
            Array.Resize(ref _shift, 2 * _shift.Length);
            Array.Resize(ref _samples, 2 * _samples.Length);
        }
        double step = layer.Step;
        for (int i = 0; i < points; i++)
        {
            _shift[Count] = start + (i * step);
            int to = Count * 5 * _channels;
            int from = i * _channels;
            for (int channel = 0; channel < _channels; channel++)
            {
                double value = _unsampled[(cell * _channels) + channel] + _unfelt[channel];
                double slope = _unsampledSlope[(cell * _channels) + channel] + _unfeltSlope[channel];
                _samples[to + channel] = layer.Value[from + channel];
                _samples[to + _channels + channel] = layer.Slope[from + channel];
                // Such nodes may lie among the rows of any layer: the widest step for the value, the shortest for the slope.
                _samples[to + (2 * _channels) + channel] = layer.ValueBound[from + channel] + ProfileSample.Missed(value, slope, 1.0 / Blocks).Value;
                _samples[to + (3 * _channels) + channel] = layer.SlopeBound[from + channel] + ProfileSample.Missed(value, slope, step).Slope;
                _samples[to + (4 * _channels) + channel] = layer.Fourth[from + channel];
            }
            Count++;
        }
    }

    /// <summary>Rows of a segment whose strikes lie between two shifts of the forward, of those between two others; whole groups of eight.</summary>
    private (int First, int End) Rows(in ProfileSegment segment, int first, int end, double low, double high)
    {
        ReadOnlySpan<double> strikes = book.LogStrike.AsSpan(first, end - first);
        int from = first + Below(strikes, segment.LogForward + low), to = first + Below(strikes, segment.LogForward + high);
        return from >= to ? (0, 0) : Whole(in segment, from, to);
    }

    private static (int First, int End) Whole(in ProfileSegment segment, int first, int end) =>
        (segment.Start + ((first - segment.Start) & ~7), segment.Start + Columns.PaddedLength(end - segment.Start));

    private static int Below(ReadOnlySpan<double> ascending, double value)
    {
        int low = 0, high = ascending.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (ascending[middle] < value) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static int CellOf(double shift) => (int)Math.Clamp((shift + Reach) * Cells, 0, Cells - 1);
}

/// <summary>G at a point, dG/dx with x = ln(S/S_m), and bounds for the interval to the right of it.</summary>
/// <param name="Value">G, USD per 1 %.</param>
/// <param name="Slope">dG/dx.</param>
/// <param name="ValueBound">How far G may be from the cubic between this point and the next.</param>
/// <param name="SlopeBound">How far dG/dx may be from the slope of that cubic.</param>
/// <param name="Fourth">Bound of |d⁴G/dx⁴|.</param>
internal readonly record struct ProfileSample(double Value, double Slope, double ValueBound, double SlopeBound, double Fourth)
{
    /// <summary>
    /// A part of at most <paramref name="value"/> with slopes of at most <paramref name="slope"/> that may or may not be in the points of
    /// an interval: |t − H| ≤ |t| + |H|, and the cubic through its points stays below |t| + 0.3·h·|t′|.
    /// </summary>
    public static (double Value, double Slope) Missed(double value, double slope, double step) =>
        ((2 * value) + (0.3 * step * slope), (2 * slope) + (3 * value / step));

    public static ProfileSample operator +(in ProfileSample left, in ProfileSample right) => new(
        left.Value + right.Value, left.Slope + right.Slope, left.ValueBound + right.ValueBound, left.SlopeBound + right.SlopeBound,
        left.Fourth + right.Fourth);
}
