using DealerFlow.Kernels;
using DealerFlow.Market;

namespace DealerFlow.Cli.Synth;

/// <summary>
/// The chain that an exchange would list on a date: SPXW every trading day for two weeks, weeklies, monthlies with SPX in the morning
/// and SPXW in the afternoon, quarter ends and long-dated SPX; strikes dense about spot and sparse in the wings.
/// </summary>
internal static class CalendarChain
{
    private const double InterestRate = 0.038;
    private const double DividendYield = 0.012;
    private const int Dailies = 9;
    private const int WeeklyDays = 39;
    private const int MorningMonthlies = 5;
    private const int LastMonth = 20;

    /// <summary>Lists what is alive at the start of the tape.</summary>
    public static SyntheticChain Build(SynthOptions options)
    {
        ListedExpiry[] expiries = ExpiriesFrom(options.Date, options.StartNanos);
        if (expiries.Length == 0)
            throw new CliException(ExitCode.Usage, $"The trading calendar ends in {TradingCalendar.LastYear}; name an earlier --date.");
        var openInterest = new OpenInterestModel(options.Seed, options.Spot);
        var contracts = new List<ListedContract>();
        for (int expiry = 0; expiry < expiries.Length; expiry++)
        {
            double years = expiries[expiry].YearsAt(options.StartNanos);
            foreach (long strikeMills in Strikes(options.Spot, years))
            {
                foreach (OptionRight right in (ReadOnlySpan<OptionRight>)[OptionRight.Call, OptionRight.Put])
                {
                    uint open = openInterest.Next(expiries[expiry], years, strikeMills, right);
                    contracts.Add(new ListedContract(expiry, strikeMills, right, open, 100, ExerciseStyle.European, IsAdjusted: false));
                }
            }
        }
        return new SyntheticChain { Underlying = "SPX", Spot = options.Spot, Grid = QuoteGrid.Spx, Expiries = expiries, Contracts = [.. contracts] };
    }

    /// <summary>Expiries in order of settlement, those only that settle after <paramref name="startNanos"/>.</summary>
    internal static ListedExpiry[] ExpiriesFrom(DateOnly date, long startNanos)
    {
        var listed = new HashSet<(DateOnly Date, SettlementStyle Settlement)>();
        int dailies = 0;
        for (DateOnly day = date; dailies < Dailies && TradingCalendar.Knows(day.Year); day = day.AddDays(1))
        {
            if (!TradingCalendar.IsTradingDay(day)) continue;
            listed.Add((day, SettlementStyle.PM));
            dailies++;
        }
        for (int days = 0; days < WeeklyDays; days++)
            if (date.AddDays(days).DayOfWeek == DayOfWeek.Friday) Add(listed, date.AddDays(days), SettlementStyle.PM);
        for (int month = 0; month <= LastMonth; month++)
        {
            DateOnly first = new DateOnly(date.Year, date.Month, 1).AddMonths(month);
            bool isNear = month < MorningMonthlies, endsQuarter = first.Month % 3 == 0;
            if (isNear || (endsQuarter && (month <= 12 || first.Month % 6 == 0))) Add(listed, ThirdFriday(first), SettlementStyle.AM);
            if (isNear) Add(listed, ThirdFriday(first), SettlementStyle.PM);
            if (endsQuarter && month <= 8) Add(listed, first.AddMonths(1).AddDays(-1), SettlementStyle.PM);
        }
        var expiries = new List<ListedExpiry>();
        foreach ((DateOnly expiry, SettlementStyle settlement) in listed)
        {
            if (!SettlementInstant.TryOf(expiry, settlement, out long nanos) || nanos <= startNanos) continue;
            string root = settlement == SettlementStyle.AM ? "SPX" : "SPXW";
            expiries.Add(new ListedExpiry(root, expiry, settlement, nanos, SurfaceSmile.Instance, InterestRate, InterestRate - DividendYield));
        }
        return [.. expiries.OrderBy(expiry => expiry.SettlementNanos)];
    }

    // An expiry on a holiday is listed for the trading day before it.
    private static void Add(HashSet<(DateOnly Date, SettlementStyle Settlement)> listed, DateOnly expiry, SettlementStyle settlement)
    {
        while (TradingCalendar.Knows(expiry.Year) && !TradingCalendar.IsTradingDay(expiry)) expiry = expiry.AddDays(-1);
        listed.Add((expiry, settlement));
    }

    internal static DateOnly ThirdFriday(DateOnly firstOfMonth) =>
        firstOfMonth.AddDays((((int)DayOfWeek.Friday - (int)firstOfMonth.DayOfWeek + 7) % 7) + 14);

    // Bands of widening step, as far out as the expiry can reach.
    private static SortedSet<long> Strikes(double spot, double years)
    {
        long step = NarrowestStep(spot);
        double deviation = SurfaceSmile.Instance.Deviation(0, years, level: 0);
        double down = Math.Clamp(10 * deviation, 0.08, 0.6), up = Math.Clamp(5 * deviation, 0.05, 0.4);
        bool isLong = years > 0.5;
        var strikes = new SortedSet<long>();
        if (!isLong) AddBand(strikes, spot, 0.022, 0.018, step);
        if (!isLong) AddBand(strikes, spot, Math.Min(down, 0.06), Math.Min(up, 0.045), 2 * step);
        AddBand(strikes, spot, Math.Min(down, 0.15), Math.Min(up, 0.10), 5 * step);
        AddBand(strikes, spot, Math.Min(down, 0.35), Math.Min(up, 0.25), 10 * step);
        AddBand(strikes, spot, down, up, 20 * step);
        return strikes;
    }

    private static void AddBand(SortedSet<long> strikes, double spot, double down, double up, long stepMills)
    {
        long lowest = (long)Math.Ceiling(spot * (1 - down) * 1000 / stepMills), highest = (long)Math.Floor(spot * (1 + up) * 1000 / stepMills);
        for (long strike = Math.Max(lowest, 1); strike <= highest; strike++) strikes.Add(strike * stepMills);
    }

    // 5 for an index near 6,800; proportionate elsewhere.
    internal static long NarrowestStep(double spot)
    {
        long narrowest = 500;
        foreach (long step in (ReadOnlySpan<long>)[1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000])
            if (step <= spot * 0.9) narrowest = step;
        return narrowest;
    }
}

/// <summary>
/// Open interest as chains show it: most on round strikes near the money, puts below and calls above, monthlies and quarter ends heavier.
/// </summary>
internal sealed class OpenInterestModel(ulong seed, double spot)
{
    private const double Sigma = 0.9;

    private readonly long _step = CalendarChain.NarrowestStep(spot);
    private SynthRandom _random = new(seed, RandomStream.OpenInterest);

    /// <summary>Contracts open, of the next contract in listing order.</summary>
    public uint Next(ListedExpiry expiry, double years, long strikeMills, OptionRight right)
    {
        double deviation = expiry.Smile.Deviation(0, years, level: 0);
        double logMoneyness = Functions.Log(strikeMills / 1000.0 / spot) * (right == OptionRight.Call ? 1 : -1);
        double outwards = logMoneyness - (0.5 * deviation);         // the middle of the crowd lies half a deviation out of the money
        double width = 0.01 + (outwards > 0 ? 1.2 : 0.6) * deviation;
        double noise = Functions.Exp(Sigma * _random.NextNormal());
        double expected = ExpiryWeight(expiry, years) / (1 + years) * RoundWeight(strikeMills) * Functions.Exp(-Math.Abs(outwards) / width);
        return (uint)Math.Min(expected * noise, 10_000_000);
    }

    // Monthlies and quarter ends hold most; a series of today has been filled for weeks.
    private static double ExpiryWeight(ListedExpiry expiry, double years) => expiry switch
    {
        { Settlement: SettlementStyle.AM } => 1_300,
        { Date: { Month: 3 or 6 or 9 or 12, Day: > 25 } } => 900,
        { Date: { DayOfWeek: DayOfWeek.Friday, Day: >= 15 and <= 21 } } => 900,
        _ => years < 1.0 / 365 ? 2_500 : 600,
    };

    private double RoundWeight(long strikeMills) =>
        strikeMills % (20 * _step) == 0 ? 6
        : strikeMills % (10 * _step) == 0 ? 3.5
        : strikeMills % (5 * _step) == 0 ? 2
        : strikeMills % (2 * _step) == 0 ? 1.2
        : 0.7;
}
