using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Synth;

/// <summary>What a synthetic tape is made from. The same options give the same bytes on every machine.</summary>
internal sealed record SynthOptions
{
    public const double MaxMinutes = 600;
    public const int MinRate = 100;
    public const int MaxRate = 100_000_000;
    public const int MaxContracts = 4_000_000;
    public const int DefaultRate = 20_000;
    public const double DefaultSpot = 6_800;

    /// <summary>Monday of a week whose Friday settles both morning and afternoon monthlies.</summary>
    public static readonly DateOnly DefaultDate = new(2026, 11, 16);

    public static readonly TimeOnly DefaultStart = new(10, 0);

    /// <summary>Where every stream of random numbers begins.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Length of the tape in event time.</summary>
    public required double Minutes { get; init; }

    /// <summary>Messages per second on average: quotes and trades; ticks of the underlying come on top.</summary>
    public int Rate { get; init; } = DefaultRate;

    /// <summary>Trading day, New York.</summary>
    public DateOnly Date { get; init; } = DefaultDate;

    /// <summary>Time of day of the first tick, New York.</summary>
    public TimeOnly Start { get; init; } = DefaultStart;

    /// <summary>First price of the underlying.</summary>
    public double Spot { get; init; } = DefaultSpot;

    /// <summary>Contracts of a whole market: the index and as many shares as it takes; 0 = the index alone.</summary>
    public int Contracts { get; init; }

    /// <summary>Trades as a tape has them, hard to sign, instead of one on a side of the quote in force each: see <see cref="TradeReports"/>.</summary>
    public bool RealisticTrades { get; init; }

    /// <summary>Milliseconds between two prices of the index.</summary>
    public int IndexStep { get; init; } = 1;

    /// <summary>Event time of the first tick, UTC nanoseconds since the Unix epoch.</summary>
    public long StartNanos => NewYorkTime.ToUnixNanos(Date, Start);

    /// <summary>Event time of the last tick, UTC nanoseconds since the Unix epoch.</summary>
    public long EndNanos => StartNanos + Math.Max((long)Math.Round(Minutes * 60 * UnixNanos.PerSecond), SpotPath.StepNanos);
}
