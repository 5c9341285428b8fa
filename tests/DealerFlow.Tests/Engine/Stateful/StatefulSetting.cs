using DealerFlow.Engine;

namespace DealerFlow.Tests;

/// <summary>One random stream and how it is looked at: everything that a failure needs to be seen again.</summary>
internal sealed record StatefulSetting(int Seed, int Events, int Every)
{
    /// <summary>Strikes of each of the four or five expiries of the start.</summary>
    public int StrikesPerExpiry { get; init; } = 4;

    public int Underlyings { get; init; } = 1;

    /// <summary>Time of day, New York, on a Friday whose monthly expiry is that day.</summary>
    public TimeOnly Start { get; init; } = new(15, 58, 30);

    public double MeanStepNanos { get; init; } = 2_000_000;

    /// <summary>One event in so many finds that hours have passed; 0 = none.</summary>
    public int HoursOnceIn { get; init; } = 30_000;

    /// <summary>Messages that come with the stream but are wrong, early, late or lost.</summary>
    public bool HasFaults { get; init; } = true;

    /// <summary>Contracts are listed, moved and taken away during the session.</summary>
    public bool HasDefinitions { get; init; } = true;

    /// <summary>At this event more time passes than a message alone is believed; 0 = never.</summary>
    public int FarJumpAt { get; init; }

    /// <summary>Events before the first price of the underlying.</summary>
    public int WithoutSpot { get; init; }

    public EngineOptions Options { get; init; } = new()
    {
        Rate = 0.04,
        Dividend = 0.01,
        Room = new RoomForLater(StrikesPerExpiry: 6, Expiries: 3, StrikesPerNewExpiry: 8, Strikes: 12),
        PendingCapacity = 12,
    };

    /// <summary>As busy as a market: many events between two marks, five seconds apart, so that a campaign's time goes into events.</summary>
    public StatefulSetting Busy() => this with
    {
        MeanStepNanos = Math.Min(MeanStepNanos, 2_000_000),
        Options = Options with { MarkIntervalNanos = 5_000_000_000 },
    };

    public override string ToString() => FormattableString.Invariant(
        $"seed {Seed}, {Events} events, every {Every}, {StrikesPerExpiry} strikes, {Underlyings} underlyings, from {Start:HH:mm:ss}, step {MeanStepNanos:0} ns, marks {Options.MarkIntervalNanos} ns, {Options.ForwardMode}");

    /// <summary>
    /// A setting of its own for every seed: chains of 16 to 64 nodes, one or two underlyings, four times of day, three distances of marks,
    /// both ways to a forward, every position model.
    /// </summary>
    public static StatefulSetting Of(int seed, int events, int every)
    {
        var random = new Random(seed ^ 0x5EED);
        StatefulSetting plain = new(seed, events, every);
        return plain with
        {
            StrikesPerExpiry = random.Next(4, 13),
            Underlyings = random.Next(3) == 0 ? 2 : 1,
            Start = new TimeOnly[] { new(15, 58, 30), new(9, 28, 30), new(17, 59, 30), new(10, 0) }[random.Next(4)],
            MeanStepNanos = new[] { 20_000, 500_000, 2_000_000, 20_000_000.0 }[random.Next(4)],
            WithoutSpot = random.Next(4) == 0 ? 200 : 0,
            FarJumpAt = random.Next(6) == 0 ? events / 2 : 0,
            Options = plain.Options with
            {
                MarkIntervalNanos = new[] { 1_000_000, 100_000_000, 1_000_000_000 }[random.Next(3)],
                ForwardMode = random.Next(2) == 0 ? Wire.ForwardMode.Parity : Wire.ForwardMode.Carry,
                Model = (Wire.PositionModel)random.Next(6),
                Stickiness = random.Next(4) == 0 ? 0.5 : 1,
                LiquidityUsd = random.Next(2) * 1e9,
                SpotSilenceNanos = random.Next(2) == 0 ? 5_000_000_000 : long.MaxValue,
            },
        };
    }
}
