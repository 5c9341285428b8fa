using DealerFlow.Import;
using DealerFlow.Kernels;
using DealerFlow.Market;

namespace DealerFlow.Benchmarks;

/// <summary>
/// Every two-sided out-of-the-money quote of the recorded index, fund and share chains, in the order in which an engine keeps its
/// nodes: chain by chain, expiry by expiry, strike by strike. Forwards by put-call parity, D = e^(−0.04·T). The chains are not part
/// of the repository; without them a made-up book takes their place, and the mix says so.
/// </summary>
internal sealed class QuoteBook
{
    /// <summary>Of the nodes.</summary>
    public const double Forward = 6000;

    private const double Rate = 0.04;
    private const double NanosPerYear = 365.0 * 86_400e9;
    private const double NanosPerDay = 86_400e9;

    private readonly List<double> _h = [];
    private readonly List<double> _bid = [];
    private readonly List<double> _mid = [];
    private readonly List<double> _ask = [];
    private readonly List<double> _tick = [];
    private readonly List<double> _years = [];
    private int _chains;

    public QuoteBook()
    {
        string? folder = DataFolder();
        if (folder is null) AddMadeUp();
        else AddRecorded(Path.Combine(folder, "cboe_csv"));
        Count = _h.Count;
        for (int row = Count; row < Columns.PaddedLength(Count); row++) Add(0.1, 0.01, 0.01, 0.01, 0.001, 1);
        LogMoneyness = [.. _h];
        Bid = [.. _bid];
        Mid = [.. _mid];
        Ask = [.. _ask];
        Deviation = new double[LogMoneyness.Length];
        var status = new SolveStatus[LogMoneyness.Length];
        ImpliedDeviation.Solve(LaneDispatch.Best, LogMoneyness, Mid, Deviation, status);
        Unsolved = status.Count(s => s != SolveStatus.Ok);
        (EarlierLogMoneyness, EarlierMid) = Earlier();
        EarlierDeviation = new double[LogMoneyness.Length];
        ImpliedDeviation.Solve(LaneDispatch.Best, EarlierLogMoneyness, EarlierMid, EarlierDeviation, status);
    }

    /// <summary>Quotes, padding not counted.</summary>
    public int Count { get; }

    /// <summary>Mids that have no w.</summary>
    public int Unsolved { get; }

    /// <summary>|ln(K/F)|.</summary>
    public double[] LogMoneyness { get; }

    /// <summary>Bid/(D·min(F, K)); so are <see cref="Mid"/> and <see cref="Ask"/>.</summary>
    public double[] Bid { get; }

    public double[] Mid { get; }

    public double[] Ask { get; }

    /// <summary>w of the mid.</summary>
    public double[] Deviation { get; }

    /// <summary>w a moment before: one side of the quote one tick away, the forward half a basis point.</summary>
    public double[] EarlierDeviation { get; }

    private double[] EarlierLogMoneyness { get; }

    private double[] EarlierMid { get; }

    /// <summary>What the figures depend on.</summary>
    public string Mix()
    {
        int wing = 0, today = 0, small = 0, tick = 0;
        for (int i = 0; i < Count; i++)
        {
            if (LogMoneyness[i] > 3 * Deviation[i]) wing++;
            if (_years[i] < NanosPerDay / NanosPerYear) today++;
            if (Deviation[i] < 0.1) small++;
            if (_bid[i] <= 1.001 * _tick[i]) tick++;
        }
        return FormattableString.Invariant(
            $"{Count} quotes of {(_chains == 0 ? "a made-up book (set DEALERFLOW_TEST_DATA to use recorded chains)" : $"{_chains} chains")}: {Share(today):F1} % expire within a day, {Share(wing):F1} % beyond 3 deviations, ")
            + FormattableString.Invariant($"{Share(small):F1} % with w < 0.1, {Share(tick):F1} % bid a single tick, {Unsolved} without a w");
        double Share(int rows) => 100.0 * rows / Count;
    }

    /// <summary>The quotes that expire within a day, over and over, as many as <paramref name="rows"/>.</summary>
    public (double[] LogMoneyness, double[] Mid) ZeroDte(int rows)
    {
        int[] today = [.. Enumerable.Range(0, Count).Where(i => _years[i] < NanosPerDay / NanosPerYear)];
        int[] repeated = [.. Enumerable.Range(0, rows).Select(i => today[i % today.Length])];
        return ([.. repeated.Select(i => LogMoneyness[i])], [.. repeated.Select(i => Mid[i])]);
    }

    /// <summary>Evenly chosen quotes as nodes of one forward of <see cref="Forward"/>: every third above it, the others below.</summary>
    public (double[] LogStrike, double[] Deviation) Nodes(int count)
    {
        double[] logStrike = new double[count], deviation = new double[count];
        for (int i = 0; i < count; i++)
        {
            int row = (int)((long)i * Count / count);
            deviation[i] = Deviation[row];
            logStrike[i] = Math.Log(Forward) + (i % 3 == 0 ? 1 : -1) * LogMoneyness[row];
        }
        return (logStrike, deviation);
    }

    private void AddRecorded(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*.csv").Order(StringComparer.Ordinal))
        {
            OptionChain chain = CboeQuotedataCsv.Read(path);
            // Without a time there is no T: files whose date was lost are left out.
            if (chain.AsOfNanos is not { } now || chain.Spot is not { } spot) continue;
            Add(chain, now, spot);
            _chains++;
        }
    }

    /// <summary>An index-like smile at 16 expiries from two hours to two years, for who has no recorded chains.</summary>
    private void AddMadeUp()
    {
        double[] hours = [2, 26, 50, 74, 98, 170, 340, 510, 700, 1_000, 1_500, 2_200, 4_400, 8_760, 13_000, 17_500];
        var random = new Random(2026);
        foreach (double hour in hours)
        {
            double years = hour / 8_760, atTheMoney = 0.16 * Math.Sqrt(years);
            for (int i = 0; i < 4_400; i++)
            {
                double h = atTheMoney * 6 * random.NextDouble();
                double w = atTheMoney * Math.Sqrt(1 + 0.35 * (h / atTheMoney) * (h / atTheMoney) / (1 + h / atTheMoney));
                double middle = Math.Max(ImpliedDeviation.NormalisedPrice(h, w), 1e-5), tick = 0.05 / Forward;
                Add(h, 0.98 * middle, middle, 1.02 * middle, tick, years);
            }
        }
    }

    private void Add(OptionChain chain, long now, double spot)
    {
        var expiries = chain.Contracts.Where(contract => contract.SettlementNanos > now && !contract.IsAdjusted)
            .GroupBy(contract => (contract.SettlementNanos, contract.Root)).OrderBy(group => group.Key.SettlementNanos).ThenBy(group => group.Key.Root);
        foreach (var expiry in expiries)
        {
            double years = (expiry.Key.SettlementNanos - now) / NanosPerYear;
            double discount = Math.Exp(-Rate * years);
            var strikes = expiry.GroupBy(contract => contract.Strike).OrderBy(group => group.Key)
                .Select(group => (
                    Strike: group.Key,
                    Call: group.FirstOrDefault(contract => contract.Right == OptionRight.Call),
                    Put: group.FirstOrDefault(contract => contract.Right == OptionRight.Put))).ToList();
            double[] implied = [.. strikes.Where(s => IsQuoted(s.Call) && IsQuoted(s.Put) && Math.Abs(s.Strike / spot - 1) < 0.03)
                .Select(s => s.Strike + (Middle(s.Call) - Middle(s.Put)) / discount).Order()];
            if (implied.Length == 0) continue;
            double forward = implied[implied.Length / 2];
            foreach ((double strike, ChainContract call, ChainContract put) in strikes)
            {
                ChainContract quote = strike >= forward ? call : put;
                if (!IsQuoted(quote)) continue;
                double scale = 1 / (discount * Math.Min(forward, strike));
                double tick = (quote.Bid < 3 ? 0.05 : 0.10) * scale;
                Add(Math.Abs(Math.Log(strike / forward)), quote.Bid * scale, Middle(quote) * scale, quote.Ask * scale, tick, years);
            }
        }
    }

    private void Add(double h, double bid, double mid, double ask, double tick, double years)
    {
        _h.Add(h);
        _bid.Add(bid);
        _mid.Add(mid);
        _ask.Add(ask);
        _tick.Add(tick);
        _years.Add(years);
    }

    private (double[] LogMoneyness, double[] Mid) Earlier()
    {
        double[] h = [.. LogMoneyness], mid = [.. Mid];
        for (int i = 0; i < h.Length; i++)
        {
            int sign = (i * 0x9E3779B1L >> 20 & 1) == 0 ? 1 : -1;
            h[i] = Math.Abs(h[i] + sign * 0.5e-4);
            // The tick that only halves the price would leave none.
            mid[i] += (sign < 0 && mid[i] < _tick[i] ? 1 : sign) * 0.5 * _tick[i];
        }
        return (h, mid);
    }

    private static bool IsQuoted(in ChainContract contract) => contract.Bid > 0 && contract.Ask > contract.Bid;

    private static double Middle(in ChainContract contract) => (contract.Bid + contract.Ask) / 2;

    private static string? DataFolder()
    {
        if (Environment.GetEnvironmentVariable("DEALERFLOW_TEST_DATA") is { } named) return named;
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string data = Path.GetFullPath(Path.Combine(folder, "../shared/data"));
            if (File.Exists(Path.Combine(folder, "DealerFlow.Stream.sln")) && Directory.Exists(data)) return data;
        }
        return null;
    }
}
