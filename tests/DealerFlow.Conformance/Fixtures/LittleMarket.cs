using DealerFlow.Market;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Conformance;

/// <summary>
/// A market of one underlying and two expiries of nine strikes, calm enough to be written by hand: a spot that swings by a point,
/// quotes that follow it, put-call parity in every pair.
/// </summary>
internal static class LittleMarket
{
    /// <summary>An instrument id that no definition has.</summary>
    public const uint Undefined = 4_711;

    /// <summary>The id of the second underlying of a tape of two.</summary>
    public const uint SecondUnderlying = 1_000;

    private const int FirstStrike = 5_960;
    private const int StrikeStep = 10;
    private const int Strikes = 9;
    private static readonly DateOnly Today = new(2026, 11, 16);
    private static readonly DateOnly[] Expiries = [Today, new DateOnly(2026, 11, 23)];

    /// <summary>10:00 in New York.</summary>
    public static readonly long StartNanos = NewYorkTime.ToUnixNanos(Today, new TimeOnly(10, 0));

    /// <summary>The underlying is 0; contracts follow from 1: by expiry, strike, call before put.</summary>
    public static InstrumentDefinition[] Definitions(string root = "SPXW")
    {
        var definitions = new List<InstrumentDefinition>
        {
            new() { Root = Ascii8.From("SPX"), Multiplier = 1, PriceDecimals = 2, Kind = InstrumentKind.Underlying },
        };
        foreach (DateOnly expiry in Expiries)
        {
            if (!SettlementInstant.TryOf(expiry, SettlementStyle.PM, out long settlement)) throw new InvalidOperationException("no calendar");
            for (int i = 0; i < Strikes; i++)
            {
                foreach (InstrumentKind kind in (ReadOnlySpan<InstrumentKind>)[InstrumentKind.Call, InstrumentKind.Put])
                {
                    definitions.Add(new InstrumentDefinition
                    {
                        InstrumentId = (uint)definitions.Count,
                        Root = Ascii8.From(root),
                        StrikeMills = (FirstStrike + (i * StrikeStep)) * 1000L,
                        SettlementNanos = settlement,
                        ExpiryDate = (expiry.Year * 10_000) + (expiry.Month * 100) + expiry.Day,
                        Multiplier = 100,
                        PriceDecimals = 2,
                        Kind = kind,
                        Settlement = SettlementKind.PM,
                        TickMills = 50,
                    });
                }
            }
        }
        return [.. definitions];
    }

    /// <summary>Spot, open interest and quotes of everything, then a thousand ticks a second for so long.</summary>
    /// <param name="seconds">Length in event time.</param>
    /// <param name="startSeconds">Where in the day to begin, seconds after 10:00.</param>
    /// <param name="ticksPerSecond">Spots and quotes after the opening.</param>
    public static Tick[] Ticks(double seconds, double startSeconds = 0, int ticksPerSecond = 1000)
    {
        long start = StartNanos + (long)(startSeconds * UnixNanos.PerSecond);
        InstrumentDefinition[] definitions = Definitions();
        var ticks = new List<Tick> { Tick.Spot(start, 0, SpotCents(0)) };
        foreach (InstrumentDefinition contract in definitions[1..])
            ticks.Add(Tick.OpenInterest(start, contract.InstrumentId, OpenInterest(in contract)));
        foreach (InstrumentDefinition contract in definitions[1..]) ticks.Add(Quote(in contract, start, SpotCents(0)));
        int more = (int)(seconds * ticksPerSecond);
        for (int i = 1; i <= more; i++)
        {
            long now = start + (i * UnixNanos.PerSecond / ticksPerSecond);
            int spot = SpotCents(i);
            ticks.Add(i % 5 == 0 ? Tick.Spot(now, 0, spot) : Quote(in definitions[1 + (i * 7 % (definitions.Length - 1))], now, spot));
        }
        return [.. ticks];
    }

    /// <summary>Writes a tape; small blocks, so that damage in the middle leaves ticks before it.</summary>
    public static string WriteTape(string path, ReadOnlySpan<Tick> ticks, string root = "SPXW")
    {
        using var tape = TapeWriter.Create(path, Definitions(root), new Dictionary<string, string> { ["source"] = "little market" }, ticksPerBlock: 512);
        tape.Append(ticks);
        tape.Complete();
        return path;
    }

    /// <summary>
    /// Writes a tape of two underlyings, SPX and NDX, with the same contracts and the same messages one after the other; the second
    /// has ids from <see cref="SecondUnderlying"/> on.
    /// </summary>
    public static string WriteTapeOfTwo(string path, double seconds)
    {
        InstrumentDefinition[] first = Definitions(), second = Definitions("NDXP");
        second[0].Root = Ascii8.From("NDX");
        for (int i = 0; i < second.Length; i++)
        {
            second[i].InstrumentId += SecondUnderlying;
            second[i].UnderlyingId = SecondUnderlying;
        }
        Tick[] ticks = [.. Ticks(seconds).SelectMany(tick => new[] { tick, tick with { InstrumentId = tick.InstrumentId + SecondUnderlying } })];
        using var tape = TapeWriter.Create(path, [.. first, .. second], new Dictionary<string, string> { ["source"] = "two little markets" }, ticksPerBlock: 512);
        tape.Append(ticks);
        tape.Complete();
        return path;
    }

    /// <summary>Open contracts of every contract, by symbol.</summary>
    public static IEnumerable<(OsiContract Contract, uint OpenInterest)> OpenContracts() => Definitions()[1..].Select(definition => (
        new OsiContract(
            definition.Root.ToString(), new DateOnly(definition.ExpiryDate / 10_000, definition.ExpiryDate / 100 % 100, definition.ExpiryDate % 100),
            (OptionRight)definition.Kind, definition.StrikeMills),
        OpenInterest(in definition)));

    // Calls above and puts below, as hedgers and writers leave it: there are walls on both sides and a zero gamma between.
    private static uint OpenInterest(in InstrumentDefinition contract) =>
        (contract.Kind == InstrumentKind.Call) == (contract.Strike >= 6_000) ? 900 + contract.InstrumentId : 100;

    private static int SpotCents(int step) => 600_000 + (int)Math.Round(100 * Math.Sin(step / 50.0));

    // Intrinsic plus a bell of time value: smooth, positive, and the same for call and put, so parity holds.
    private static Tick Quote(in InstrumentDefinition contract, long now, int spotCents)
    {
        double years = (contract.SettlementNanos - now) / (365.0 * 86_400 * UnixNanos.PerSecond);
        double spot = spotCents / 100.0, deviation = spot * 0.15 * Math.Sqrt(years), away = (contract.Strike - spot) / deviation;
        double timeValue = 0.4 * deviation * Math.Exp(-0.5 * away * away);
        double intrinsic = Math.Max(0, contract.Kind == InstrumentKind.Call ? spot - contract.Strike : contract.Strike - spot);
        int mid = (int)Math.Round((intrinsic + timeValue) * 100);
        int half = mid > 20 ? 5 : 1;
        return Tick.Quote(now, contract.InstrumentId, Math.Max(mid - half, 0), mid + half, 10, 10, 1, TickFlags.NationalBest);
    }
}
