using System.Runtime.CompilerServices;
using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Synth;

/// <summary>
/// When messages arrive: packets as a doubly stochastic Poisson process, whose intensity wanders and leaps to several times the mean
/// for windows of 10 ms, and in each packet a handful of messages nanoseconds to microseconds apart.
/// </summary>
internal sealed class ArrivalClock
{
    /// <summary>Length of a burst, and of every stretch of constant intensity.</summary>
    public const long WindowNanos = 10 * UnixNanos.PerMillisecond;

    private const int WindowsPerSecond = 100;       // one of them, anywhere in the second, is a burst
    private const double LeastBurst = 4.0, MostBurst = 6.2;
    private const double HighestIntensity = 7;
    private const double LeastBurstRate = 89e6, MostBurstRate = 187e6;     // the market's fullest 10 ms and 1 ms: a burst is no more, however full the mean
    private const double ExpectedIntensity = 1.07;  // a first idea, weighing a second, until the realised mean is known
    private const double MoodPersistence = 0.98;
    private const double MoodDeviation = 0.2;
    private const double MeanPacket = 12;
    private const int LongGapOneIn = 32;
    private const int LongGapNanos = 2_000;
    private const int WidestGapNanos = 64;

    private readonly double _meanPacketNanos;       // between packets, for the asked rate
    private readonly int _gapMask;
    private readonly bool _hasLongGaps;
    private readonly double _leastBurst, _mostBurst;
    private SynthRandom _random;
    private long _time;
    private long _windowEnd;
    private long _window;
    private int _burstWindow;
    private double _mood;
    private double _intensitySum = ExpectedIntensity * WindowsPerSecond;
    private double _packetsPerNano;
    private int _left;
    private bool _excited;

    public ArrivalClock(ulong seed, long startNanos, int messagesPerSecond)
    {
        _random = new SynthRandom(seed, RandomStream.Arrivals);
        _leastBurst = Math.Clamp(LeastBurstRate / messagesPerSecond, 1, LeastBurst);
        _mostBurst = Math.Clamp(MostBurstRate / messagesPerSecond, 1, MostBurst);
        _time = startNanos;
        _windowEnd = startNanos;

        // At the highest rates the gaps shrink, or a burst would not fit into its window.
        double nanosPerMessage = (double)UnixNanos.PerSecond / messagesPerSecond;
        int widest = WidestGapNanos;
        while (widest > 1 && widest * HighestIntensity > 0.6 * nanosPerMessage) widest /= 2;
        _gapMask = widest - 1;
        _hasLongGaps = LongGapNanos * HighestIntensity < nanosPerMessage * LongGapOneIn;
        double meanGap = (_gapMask / 2.0) + (_hasLongGaps ? LongGapNanos / 2.0 / LongGapOneIn : 0);
        _meanPacketNanos = MeanPacket * (nanosPerMessage - meanGap);
    }

    /// <summary>The market was shaken: the next window is a burst.</summary>
    public void Excite() => _excited = true;

    /// <summary>Time of the next message, not before the one before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Next()
    {
        if (_left == 0) return NextPacket();
        _left--;
        ulong bits = _random.Next();
        _time += (long)bits & _gapMask;
        if (_hasLongGaps && (bits >> 32) % LongGapOneIn == 0) _time += (long)(bits >> 40) % LongGapNanos;
        return _time;
    }

    private long NextPacket()
    {
        double wait = _random.NextExponential();
        while (true)
        {
            double room = Math.Max(0, _windowEnd - _time) * _packetsPerNano;
            if (wait < room) break;
            wait -= room;
            _time = Math.Max(_time, _windowEnd);
            OpenWindow();
        }
        _time += 1 + (long)(wait / _packetsPerNano);
        _left = (int)(_random.NextExponential() * (MeanPacket - 0.5));
        return _time;
    }

    private void OpenWindow()
    {
        if (_window % WindowsPerSecond == 0) _burstWindow = _random.NextBelow(WindowsPerSecond);
        bool isBurst = _excited || _window % WindowsPerSecond == _burstWindow;
        _excited = false;
        _mood = (MoodPersistence * _mood) + (Math.Sqrt(1 - (MoodPersistence * MoodPersistence)) * _random.NextNormal());
        double intensity = isBurst
            ? _leastBurst + ((_mostBurst - _leastBurst) * _random.NextUnit())
            : Functions.Exp(MoodDeviation * _mood);
        _window++;
        _windowEnd += WindowNanos;
        _intensitySum += intensity;

        // Over the realised mean, so that the asked rate holds however moods and bursts fell.
        double mean = _intensitySum / (_window + WindowsPerSecond);
        _packetsPerNano = intensity / mean / _meanPacketNanos;
    }
}
