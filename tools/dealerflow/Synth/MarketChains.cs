using DealerFlow.Kernels;
using DealerFlow.Market;

namespace DealerFlow.Cli.Synth;

/// <summary>
/// What a whole market lists: the index with its calendar chain, and shares, whose chains and share of the messages fall with their rank.
/// The largest have some thousands of contracts and the smallest about a hundred, as on the US options exchanges, where 1.5 million series
/// are spread over some six thousand underlyings.
/// </summary>
internal static class MarketChains
{
    private const double LargestShare = 9_000, SmallestShare = 100;    // contracts
    private const double IndexActivity = 0.25;
    private const double InterestRate = 0.038;
    private static readonly double[] Steps = [0.5, 1, 2.5, 5, 10, 25, 50];

    /// <summary>The index, and shares until there are as many contracts as asked for, in pairs of a call and a put; ids follow each other.</summary>
    public static SyntheticChain[] Build(SynthOptions options)
    {
        SyntheticChain index = CalendarChain.Build(options);
        if (options.Contracts == 0) return [index];
        if (options.Contracts < index.Contracts.Length + (int)SmallestShare)
            throw new CliException(ExitCode.Usage,
                $"--contracts {options.Contracts:#,0} is too few: the index alone has {index.Contracts.Length:#,0}; give more, or leave it out.");
        var chains = new List<SyntheticChain> { index };
        uint next = index.FirstContractId + (uint)index.Contracts.Length;
        int left = options.Contracts - index.Contracts.Length;
        for (int rank = 0; left > 1; rank++)
        {
            int contracts = (int)Math.Max(LargestShare / Math.Sqrt(rank + 1), SmallestShare);
            if (left - contracts < SmallestShare) contracts = left;
            SyntheticChain share = BuildShare(options, rank, contracts, next);
            chains.Add(share);
            next = share.FirstContractId + (uint)share.Contracts.Length;
            left -= share.Contracts.Length;
        }
        return [.. chains];
    }

    /// <summary>Where the random numbers of an underlying begin: those of the index at the market's own seed.</summary>
    public static ulong SeedOf(ulong seed, int number) => seed + ((ulong)number * 0x9E37_79B9_7F4A_7C15);

    /// <summary>Milliseconds between two prices of an underlying.</summary>
    public static int StepsPerTick(int number) => number switch
    {
        0 => 1,
        <= 50 => 10,
        _ => 100,
    };

    /// <summary>Share of the messages per underlying.</summary>
    public static double[] Activity(int underlyings)
    {
        var activity = new double[underlyings];
        double total = 0;
        for (int rank = 1; rank < underlyings; rank++) total += activity[rank] = 1.0 / rank;
        activity[0] = total * IndexActivity / (1 - IndexActivity);
        return activity;
    }

    // Fridays and monthlies, as many as the size is worth; strikes at even steps about the price.
    private static SyntheticChain BuildShare(SynthOptions options, int rank, int contracts, uint id)
    {
        ulong seed = SeedOf(options.Seed, rank + 1);
        var random = new SynthRandom(seed, RandomStream.Shares);
        double spot = Math.Round(20 + (480 * random.NextUnit() * random.NextUnit()), 2);
        var smile = new SurfaceSmile(2 + (2 * random.NextUnit()));
        string symbol = SymbolOf(rank);
        int expiryCount = Math.Clamp((int)Math.Round(Math.Pow(contracts, 0.35)), 1, 18);
        ListedExpiry[] expiries = [.. CalendarChain.ExpiriesFrom(options.Date, options.StartNanos)
            .Where(expiry => expiry.Settlement == SettlementStyle.PM && expiry.Date.DayOfWeek == DayOfWeek.Friday)
            .Concat(LaterMonths(options.Date, 24))
            .DistinctBy(expiry => expiry.Date)
            .OrderBy(expiry => expiry.SettlementNanos)
            .Take(expiryCount)
            .Select(expiry => expiry with { Root = symbol, Smile = smile, Carry = InterestRate })];
        var openInterest = new OpenInterestModel(seed, spot);
        var listed = new List<ListedContract>(contracts);
        for (int expiry = 0; expiry < expiries.Length; expiry++)
        {
            // Pairs of a call and a put; what does not divide goes to the nearest.
            int pairs = (contracts / 2 / expiries.Length) + (expiry < contracts / 2 % expiries.Length ? 1 : 0);
            double years = expiries[expiry].YearsAt(options.StartNanos);
            double step = StepOf(spot * Math.Clamp(0.02 * pairs, 0.25, 1) / pairs);
            long lowest = Math.Max((long)Math.Round(spot / step) - (pairs / 2), 1);
            for (long strike = lowest; strike < lowest + pairs; strike++)
            {
                long mills = (long)Math.Round(strike * step * 1000);
                foreach (OptionRight right in (ReadOnlySpan<OptionRight>)[OptionRight.Call, OptionRight.Put])
                {
                    uint open = openInterest.Next(expiries[expiry], years, mills, right);
                    listed.Add(new ListedContract(expiry, mills, right, open, 100, ExerciseStyle.American, IsAdjusted: false));
                }
            }
        }
        return new SyntheticChain
        {
            Underlying = symbol,
            UnderlyingId = id,
            Spot = spot,
            Grid = new QuoteGrid(FineCents: 1, CoarseCents: 5),
            Expiries = expiries,
            Contracts = [.. listed],
        };
    }

    private static IEnumerable<ListedExpiry> LaterMonths(DateOnly date, int months)
    {
        for (int month = 1; month <= months; month++)
        {
            DateOnly friday = CalendarChain.ThirdFriday(new DateOnly(date.Year, date.Month, 1).AddMonths(month));
            while (TradingCalendar.Knows(friday.Year) && !TradingCalendar.IsTradingDay(friday)) friday = friday.AddDays(-1);
            if (SettlementInstant.TryOf(friday, SettlementStyle.PM, out long nanos))
                yield return new ListedExpiry("", friday, SettlementStyle.PM, nanos, SurfaceSmile.Instance, InterestRate, InterestRate);
        }
    }

    private static double StepOf(double narrowest)
    {
        foreach (double step in Steps) if (step >= narrowest) return step;
        return Steps[^1];
    }

    // XAAA, XAAB, …: whoever is listed under one of them is not meant.
    private static string SymbolOf(int rank) =>
        new(['X', (char)('A' + (rank / 676 % 26)), (char)('A' + (rank / 26 % 26)), (char)('A' + (rank % 26))]);
}
