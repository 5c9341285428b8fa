using DealerFlow.Wire;

namespace DealerFlow.Cli.Top;

/// <summary>The four exposures that have a line of their own.</summary>
internal enum Measure
{
    Gex,
    Dex,
    Vex,
    Chex,
}

/// <summary>
/// The last two minutes, one sample a second, of every model and bucket, so that a change of what is looked at has its past at once. Its
/// clock is this machine's: a replay at ten times the speed shows ten times as much market.
/// </summary>
internal sealed class TopHistory
{
    private const int Seconds = 128;
    private const int SpotSeries = PositionModels.Count * 3 * 4;
    private const int SeriesCount = SpotSeries + 1;

    // Long enough to be calm, short enough to be of now.
    private const int RateSeconds = 2;

    private readonly long[] _seconds = new long[Seconds];
    private readonly double[] _values = new double[Seconds * SeriesCount];
    private readonly long[] _taken = new long[Seconds];
    private readonly ulong[] _messages = new ulong[Seconds];
    private long _last = -1;
    private ulong _epoch;
    private Ascii8 _underlying;

    public TopHistory() => Array.Fill(_seconds, -1);

    /// <summary>Messages a second over the last seconds; null before there are two samples.</summary>
    public double? MessagesPerSecond
    {
        get
        {
            for (long back = RateSeconds; back >= 1; back--)
            {
                if (_last < 0 || !Has(_last - back)) continue;
                int then = (int)((_last - back) % Seconds), now = (int)(_last % Seconds);
                if (_messages[now] < _messages[then]) return null;
                return (_messages[now] - _messages[then]) * 1e9 / (_taken[now] - _taken[then]);
            }
            return null;
        }
    }

    /// <summary>Takes what a state shows now. A new writer or another underlying begins anew.</summary>
    public void Sample(TopState state)
    {
        if (!state.HasNumbers || state.NowNanos < 0) return;
        ref readonly RuntimeSection runtime = ref state.Runtime;
        if (runtime.Epoch != _epoch || state.Head.Underlying != _underlying)
        {
            Array.Fill(_seconds, -1);
            (_epoch, _underlying, _last) = (runtime.Epoch, state.Head.Underlying, -1);
        }
        long second = state.NowNanos / UnixNanos.PerSecond;
        int slot = (int)(second % Seconds);
        Span<double> values = _values.AsSpan(slot * SeriesCount, SeriesCount);
        for (int model = 0; model < PositionModels.Count; model++)
        {
            for (int bucket = 0; bucket < 3; bucket++)
            {
                ref readonly BucketSection section = ref state.Bucket((PositionModel)model, (ExposureBucket)bucket);
                for (int measure = 0; measure < 4; measure++)
                    values[SeriesOf((PositionModel)model, (ExposureBucket)bucket, (Measure)measure)] = Of(in section, (Measure)measure);
            }
        }
        values[SpotSeries] = state.Spot;
        if (_seconds[slot] != second) _taken[slot] = 0;
        // The first look of a second keeps its place: a rate between two of them is over whole seconds.
        if (_taken[slot] == 0) (_taken[slot], _messages[slot]) = (state.NowNanos, runtime.Ledger.In);
        (_seconds[slot], _last) = (second, second);
    }

    /// <summary>Sum of one measure, 1/1024 of its unit.</summary>
    public static long Of(in BucketSection bucket, Measure measure) => measure switch
    {
        Measure.Gex => bucket.NetGex,
        Measure.Dex => bucket.Dex,
        Measure.Vex => bucket.Vex,
        _ => bucket.Chex,
    };

    /// <summary>Seconds that one column of a line of so many columns stands for: a minute at least in all.</summary>
    public static int SecondsPerColumn(int columns) => columns < 1 ? 60 : (60 + columns - 1) / columns;

    /// <summary>One exposure over the last columns, oldest first; NaN where there is no sample.</summary>
    public void Read(PositionModel model, ExposureBucket bucket, Measure measure, Span<double> columns) => Read(SeriesOf(model, bucket, measure), columns);

    /// <summary>Spot over the last columns, oldest first; NaN where there is no sample.</summary>
    public void ReadSpot(Span<double> columns) => Read(SpotSeries, columns);

    private static int SeriesOf(PositionModel model, ExposureBucket bucket, Measure measure) => (((int)model * 3) + (int)bucket) * 4 + (int)measure;

    private bool Has(long second) => second >= 0 && _seconds[(int)(second % Seconds)] == second;

    // Columns stand on whole multiples of their seconds, so that the line moves on by a column at a time and does not shimmer.
    private void Read(int series, Span<double> columns)
    {
        columns.Fill(double.NaN);
        if (_last < 0) return;
        int each = SecondsPerColumn(columns.Length);
        long lastColumn = _last / each;
        for (int i = 0; i < columns.Length; i++)
        {
            long first = (lastColumn - (columns.Length - 1 - i)) * each;
            for (long second = first + each - 1; second >= first; second--)
            {
                if (second > _last || second <= _last - Seconds || !Has(second)) continue;
                columns[i] = _values[((int)(second % Seconds) * SeriesCount) + series];
                break;
            }
        }
    }
}
