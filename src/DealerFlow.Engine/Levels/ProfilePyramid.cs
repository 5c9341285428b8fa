namespace DealerFlow.Engine;

/// <summary>
/// Several profiles over one stretch of ln(S/S_m), each a sum of parts that are sampled in 1, 2, 4 … steps. Coarse parts are carried to
/// the finest points by cubic Hermite interpolation, and with every interval goes a bound of what that leaves out.
/// </summary>
/// <remarks>
/// Between points h apart |f − H| ≤ h⁴/384·max|f⁗| and |f′ − H′| ≤ √3·h³/216·max|f⁗|. A cubic piece is its own Hermite interpolant on a
/// finer grid, so carrying it down adds no error.
/// </remarks>
internal sealed class ProfilePyramid
{
    public const double ValueError = 1.0 / 384;
    public const double SlopeError = 0.0080187537387448; // √3/216

    private readonly Layer[] _layers;
    private int _channels;
    private double _width;

    public ProfilePyramid(int levels, int channelCapacity)
    {
        _layers = new Layer[levels];
        for (int level = 0; level < levels; level++) _layers[level] = new Layer(((1 << level) + 1) * channelCapacity);
    }

    /// <summary>Forgets everything; the stretch is so wide.</summary>
    public void Begin(double width, int channels)
    {
        (_width, _channels) = (width, channels);
        foreach (Layer layer in _layers) layer.IsUsed = false;
    }

    /// <summary>What is sampled in 2^<paramref name="level"/> steps.</summary>
    public Layer this[int level]
    {
        get
        {
            Layer layer = _layers[level];
            if (!layer.IsUsed) layer.Begin(1 << level, _width / (1 << level), _channels);
            return layer;
        }
    }

    /// <summary>Carries everything down to 2^<paramref name="finest"/> steps.</summary>
    public Layer Carry(int finest)
    {
        for (int level = 0; level < finest; level++)
        {
            if (_layers[level].IsUsed) _layers[level].CarryTo(this[level + 1], _channels);
        }
        return this[finest];
    }

    /// <summary>Values and slopes at points, bounds of the intervals to the right of them; all are [point, channel].</summary>
    internal sealed class Layer(int capacity)
    {
        public bool IsUsed;
        public int Steps;
        public double Step;
        public readonly double[] Value = new double[capacity];
        public readonly double[] Slope = new double[capacity];
        public readonly double[] ValueBound = new double[capacity];
        public readonly double[] SlopeBound = new double[capacity];

        /// <summary>Bound of the fourth derivative of all parts together.</summary>
        public readonly double[] Fourth = new double[capacity];

        public void Begin(int steps, double step, int channels)
        {
            (IsUsed, Steps, Step) = (true, steps, step);
            int length = (steps + 1) * channels;
            foreach (double[] each in (ReadOnlySpan<double[]>)[Value, Slope, ValueBound, SlopeBound, Fourth]) Array.Clear(each, 0, length);
        }

        /// <summary>The part that was sampled with this step has fourth derivatives up to so much in one interval.</summary>
        public void AddBound(int index, double fourth)
        {
            double cube = Step * Step * Step;
            ValueBound[index] += ValueError * cube * Step * fourth;
            SlopeBound[index] += SlopeError * cube * fourth;
            Fourth[index] += fourth;
        }

        public void CarryTo(Layer finer, int channels)
        {
            for (int i = 0; i < Steps; i++)
            {
                int left = i * channels;
                int target = 2 * left;
                for (int channel = 0; channel < channels; channel++, left++, target++)
                {
                    int right = left + channels;
                    double low = Value[left], high = Value[right], rise = Slope[left], riseAtEnd = Slope[right];
                    int middle = target + channels;
                    finer.Value[target] += low;
                    finer.Slope[target] += rise;
                    finer.Value[middle] += ((low + high) / 2) + (Step / 8 * (rise - riseAtEnd));
                    finer.Slope[middle] += (1.5 * (high - low) / Step) - ((rise + riseAtEnd) / 4);
                    if (i == Steps - 1)
                    {
                        finer.Value[middle + channels] += high;
                        finer.Slope[middle + channels] += riseAtEnd;
                    }
                    finer.ValueBound[target] += ValueBound[left];
                    finer.ValueBound[middle] += ValueBound[left];
                    finer.SlopeBound[target] += SlopeBound[left];
                    finer.SlopeBound[middle] += SlopeBound[left];
                    finer.Fourth[target] += Fourth[left];
                    finer.Fourth[middle] += Fourth[left];
                }
            }
        }
    }
}
