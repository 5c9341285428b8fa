using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Synth;

/// <summary>
/// The underlying's price, a step per millisecond: a diffusion whose volatility drifts slowly and flares up in bursts, and jumps. Both
/// excite each other (self-exciting, in the manner of Hawkes), so trouble comes in clusters; implied volatility and spreads follow.
/// </summary>
internal sealed class SpotPath
{
    /// <summary>Time between two ticks of the underlying: a thousand a second.</summary>
    public const long StepNanos = UnixNanos.PerMillisecond;

    private const double QuietVolatility = 0.10;                    // per √year of trading time
    private const double TradingYearSteps = 252 * 6.5 * 3600 * 1000;
    private const double JumpsPerStep = 4.0 / 60_000;               // four a minute while calm
    private const double BurstsPerStep = 6.0 / 60_000;
    private const double JumpDeviation = 2e-4;                      // of the logarithm: 1.4 points at 6,800
    private const double HeatDecay = 1.0 / 1_500;                   // a burst halves in about a second
    private const double VolatilityPerHeat = 2.5;
    private const double JumpsPerHeat = 2;
    private const double SpreadPerHeat = 0.6;
    private const double LevelPerHeat = 0.04;
    private const double LevelPerReturn = -6;                       // 1 % down lifts the shortest implied volatility by 6 % of itself
    private const int MoodSteps = 100;
    private const double MoodPersistence = 0.995;                   // per MoodSteps: the slow drift forgets within half a minute
    private const double MoodDeviation = 0.25;

    private readonly double _initialSpot;
    private readonly double _quietStep = QuietVolatility / Math.Sqrt(TradingYearSteps);
    private SynthRandom _random;
    private double _logReturn;
    private double _heat;
    private double _mood;
    private double _moodFactor = 1;
    private int _steps;

    public SpotPath(ulong seed, double spot)
    {
        _random = new SynthRandom(seed, RandomStream.Path);
        _initialSpot = spot;
        Spot = spot;
    }

    /// <summary>Price, currency.</summary>
    public double Spot { get; private set; }

    /// <summary>Logarithm of the factor on the shortest implied volatility since the start.</summary>
    public double Level { get; private set; }

    /// <summary>Factor on every spread: 1 while calm.</summary>
    public double SpreadFactor { get; private set; } = 1;

    /// <summary>The last step began a burst or jumped.</summary>
    public bool IsExcited { get; private set; }

    /// <summary>One millisecond on.</summary>
    public void Step()
    {
        if (_steps++ % MoodSteps == 0)
        {
            double fresh = Math.Sqrt(1 - (MoodPersistence * MoodPersistence));
            _mood = (MoodPersistence * _mood) + (fresh * _random.NextNormal());
            _moodFactor = Functions.Exp(MoodDeviation * _mood);
        }
        _logReturn += _quietStep * _moodFactor * (1 + (VolatilityPerHeat * _heat)) * _random.NextNormal();
        _heat -= _heat * HeatDecay;

        double jumps = JumpsPerStep * (1 + (JumpsPerHeat * _heat));
        double chance = _random.NextUnit();
        IsExcited = chance < jumps + BurstsPerStep;
        if (chance < jumps)
        {
            _logReturn += JumpDeviation * _random.NextNormal();
            _heat += 0.5;
        }
        else if (IsExcited)
        {
            _heat += 0.6 + _random.NextUnit();
        }

        Spot = _initialSpot * Functions.Exp(_logReturn);
        Level = Math.Clamp((LevelPerReturn * _logReturn) + (LevelPerHeat * _heat), -0.7, 0.7);
        SpreadFactor = 1 + (SpreadPerHeat * _heat);
    }
}
