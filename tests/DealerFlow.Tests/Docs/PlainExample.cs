using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>
/// The figures of the worked example by the formulas of the page, one contract at a time, with <see cref="Math"/> and nothing of the
/// engine: bisection for w and roots, Simpson's rule for Φ.
/// </summary>
internal sealed class PlainExample
{
    private const double SecondsPerYear = 365 * 86_400;
    private static readonly PositionModel[] Models = Enum.GetValues<PositionModel>();

    private readonly ExampleInputs _inputs;
    private readonly Dictionary<ExampleExpiry, (double T, double D, double F)> _terms = [];
    private readonly Dictionary<ExampleNode, double> _w = [];
    private readonly Dictionary<ExampleContract, double> _tape = [];
    private readonly Figures _figures = new();

    private PlainExample(ExampleInputs inputs)
    {
        _inputs = inputs;
        foreach (ExampleExpiry expiry in inputs.Expiries)
        {
            double t = (expiry.Nanos - inputs.MarkNanos) / 1e9 / SecondsPerYear;
            _terms.Add(expiry, (t, Math.Exp(-inputs.Rate * t), inputs.Spot * Math.Exp((inputs.Rate - inputs.Dividend) * t)));
        }
        foreach (ExampleNode node in inputs.Nodes) _w.Add(node, Invert(node, ReadSide(node).Middle));
        foreach (ExampleContract contract in inputs.Contracts) _tape.Add(contract, 0);
    }

    public static Figures Of(ExampleInputs inputs)
    {
        var plain = new PlainExample(inputs);
        plain.AddTerms();
        plain.AddDeviations();
        plain.AddPrints();
        plain.AddPositions();
        plain.AddGex();
        plain.AddExpiries();
        plain.AddStrikes();
        plain.AddZeroGamma();
        plain.AddFlows();
        plain.AddPin();
        plain.AddMaxPain();
        plain.AddRollOff();
        plain.AddBands();
        return plain._figures;
    }

    private double S => _inputs.Spot;

    // ---- formulas

    private static double Density(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    private static double Distribution(double x)
    {
        // Simpson's rule from 0 to x; beyond 9 there is nothing left.
        double end = Math.Min(Math.Abs(x), 9);
        const int Steps = 2000;
        double step = end / Steps, sum = Density(0) + Density(end);
        for (int i = 1; i < Steps; i++) sum += (i % 2 == 0 ? 2 : 4) * Density(i * step);
        double half = sum * step / 3;
        return x < 0 ? 0.5 - half : 0.5 + half;
    }

    private static double D1(double f, double k, double w) => (Math.Log(f / k) / w) + (w / 2);

    private static double Price(double f, double k, double w, bool isCall)
    {
        double d1 = D1(f, k, w), d2 = d1 - w;
        return isCall ? (f * Distribution(d1)) - (k * Distribution(d2)) : (k * Distribution(-d2)) - (f * Distribution(-d1));
    }

    private double Invert(ExampleNode node, double price)
    {
        (_, double d, double f) = _terms[node.Expiry];
        double low = 1e-6, high = 1;
        for (int i = 0; i < 60; i++)
        {
            double w = (low + high) / 2;
            if (Price(f, node.Strike, w, node.Strike >= f) < price / d) low = w;
            else high = w;
        }
        return (low + high) / 2;
    }

    private ExampleContract ReadSide(ExampleNode node) => node.Strike >= _terms[node.Expiry].F ? node.Call : node.Put;

    private ExampleNode NodeOf(ExampleContract contract) => _inputs.Nodes.Single(node => node.Call == contract || node.Put == contract);

    private static double Delta(double s, double d, double f, double k, double w, bool isCall)
    {
        double d1 = D1(f, k, w), growth = d * f / s;
        return isCall ? growth * Distribution(d1) : -growth * Distribution(-d1);
    }

    private double Delta(ExampleContract contract)
    {
        (_, double d, double f) = _terms[contract.Expiry];
        return Delta(S, d, f, contract.Strike, _w[NodeOf(contract)], contract.IsCall);
    }

    private double Gamma(ExampleNode node)
    {
        (_, double d, double f) = _terms[node.Expiry];
        double w = _w[node];
        return d * f * Density(D1(f, node.Strike, w)) / (S * S * w);
    }

    private double Vanna(ExampleNode node)
    {
        (double t, double d, double f) = _terms[node.Expiry];
        double w = _w[node], d1 = D1(f, node.Strike, w);
        return -d * f / S * Density(d1) * (d1 - w) / (w / Math.Sqrt(t));
    }

    private double Charm(ExampleContract contract)
    {
        (double t, double d, double f) = _terms[contract.Expiry];
        double w = _w[NodeOf(contract)], d1 = D1(f, contract.Strike, w), d2 = d1 - w;
        double r = _inputs.Rate, q = _inputs.Dividend, growth = d * f / S;
        double decay = growth * Density(d1) * ((2 * (r - q) * t) - (d2 * w)) / (2 * t * w);
        return contract.IsCall ? (q * growth * Distribution(d1)) - decay : (-q * growth * Distribution(-d1)) - decay;
    }

    private double N(PositionModel model, ExampleContract contract)
    {
        double openInterest = contract.OpenInterest, signed = contract.IsCall ? openInterest : -openInterest;
        return model switch
        {
            PositionModel.OpenInterest => signed,
            PositionModel.ShortBoth => -openInterest,
            PositionModel.Tape => _tape[contract],
            PositionModel.OpenInterestPlusTape => signed + _tape[contract],
            PositionModel.OpenClose => -contract.CustomersNet,
            _ => openInterest,
        };
    }

    /// <summary>m·N of calls and puts together: what gamma is weighted with.</summary>
    private double Weight(PositionModel model, ExampleNode node) => _inputs.Multiplier * (N(model, node.Call) + N(model, node.Put));

    private double Gex(PositionModel model, ExampleContract contract) =>
        0.01 * S * S * Gamma(NodeOf(contract)) * _inputs.Multiplier * N(model, contract);

    private double Gex(PositionModel model, ExampleNode node) => Gex(model, node.Call) + Gex(model, node.Put);

    private bool IsZeroDte(ExampleExpiry expiry) => DateOnly.FromDateTime(DateTime.UnixEpoch.AddTicks((_inputs.MarkNanos / 100) - (5 * TimeSpan.TicksPerHour))) == expiry.Date;

    private ExampleNode[] In(string bucket) => [.. _inputs.Nodes.Where(node => bucket == "all" || IsZeroDte(node.Expiry) == (bucket == "0DTE"))];

    /// <summary>G at another spot, every term evaluated there, w held per strike.</summary>
    private double Profile(double spot, PositionModel model, IEnumerable<ExampleNode> nodes, Dictionary<ExampleNode, double> w, bool isGross = false)
    {
        double sum = 0;
        foreach (ExampleNode node in nodes)
        {
            (_, double d, double f) = _terms[node.Expiry];
            f *= spot / S;
            double weight = Weight(model, node);
            sum += 0.01 * d * f * Density(D1(f, node.Strike, w[node])) / w[node] * (isGross ? Math.Abs(weight) : weight);
        }
        return sum;
    }

    // ---- the page's tables

    private void AddTerms()
    {
        foreach (ExampleExpiry expiry in _inputs.Expiries)
        {
            (double t, double d, double f) = _terms[expiry];
            _figures.Add("terms", expiry.Name, "T, years", t);
            _figures.Add("terms", expiry.Name, "D", d);
            _figures.Add("terms", expiry.Name, "F", f);
            _figures.Add("terms", expiry.Name, "0DTE", IsZeroDte(expiry) ? "yes" : "no");
        }
    }

    private void AddDeviations()
    {
        foreach (ExampleNode node in _inputs.Nodes)
        {
            (_, double d, double f) = _terms[node.Expiry];
            ExampleContract read = ReadSide(node);
            _figures.Add("node", node.Name, "side read", read.IsCall ? "call" : "put");
            _figures.Add("node", node.Name, "mid", read.Middle);
            _figures.Add("node", node.Name, "c", read.Middle / (d * Math.Min(f, node.Strike)));
            _figures.Add("node", node.Name, "h", Math.Abs(Math.Log(node.Strike / f)));
            _figures.Add("node", node.Name, "w", _w[node]);
            _figures.Add("node", node.Name, "d1", D1(f, node.Strike, _w[node]));
            _figures.Add("node", node.Name, "gamma", Gamma(node));
        }
    }

    private void AddPrints()
    {
        var last = new Dictionary<ExampleContract, List<double>>();
        var counted = new List<(ExamplePrint Print, int Side)>();
        var flow = new Dictionary<string, double>();
        var traded = new Dictionary<string, double>();
        var unclassified = new Dictionary<string, double>();
        foreach (ExamplePrint print in _inputs.Prints)
        {
            ExampleContract contract = print.Contract;
            string bucket = (IsZeroDte(contract.Expiry), contract.IsCall) switch
            {
                (true, true) => "0DTE calls",
                (true, false) => "0DTE puts",
                (false, true) => "other calls",
                _ => "other puts",
            };
            double hedge = Delta(contract) * _inputs.Multiplier * print.Size * S;
            int side;
            string why;
            double ofPrint;
            if (print.Flags == TickFlags.Cancel)
            {
                (ExamplePrint Print, int Side) back = counted.Last(each => each.Print.Contract == contract && each.Print.Price == print.Price && each.Print.Size == print.Size);
                (side, why) = (-back.Side, $"takes print {back.Print.Number} back");
                Sum(traded, bucket, -(double)print.Size);
                if (side == 0) Sum(unclassified, bucket, -(double)print.Size);
            }
            else
            {
                List<double> earlier = last.TryGetValue(contract, out List<double>? known) ? known : last[contract] = [];
                double other = earlier.LastOrDefault(price => price != print.Price);
                (side, why) = print.Flags == TickFlags.Late ? (0, "late")
                    : print.Price < contract.Bid || print.Price > contract.Ask ? (0, "outside the quote")
                    : Math.Abs(print.Price - contract.Middle) > 1e-9 ? print.Price > contract.Middle ? (1, "above the middle") : (-1, "below the middle")
                    : other == 0 ? (0, "at the middle, no other price before")
                    : print.Price > other ? (1, $"at the middle, above {other:0.00}") : (-1, $"at the middle, below {other:0.00}");
                if (print.Flags == TickFlags.None) earlier.Add(print.Price);
                counted.Add((print, side));
                Sum(traded, bucket, print.Size);
                if (side == 0) Sum(unclassified, bucket, print.Size);
            }
            ofPrint = side * hedge;
            Sum(flow, bucket, ofPrint);
            _tape[contract] -= side * (double)print.Size;
            _figures.Add("print, signed", print.Number, "side", side);
            _figures.Add("print, signed", print.Number, "why", why);
            _figures.Add("print, signed", print.Number, "Δ", Delta(contract));
            _figures.Add("print, signed", print.Number, "flow, USD", ofPrint);
        }
        foreach (string bucket in (string[])["0DTE calls", "0DTE puts", "other calls", "other puts", "all"])
        {
            _figures.Add("trades", bucket, "flow, USD", flow.GetValueOrDefault(bucket));
            _figures.Add("trades", bucket, "contracts", traded.GetValueOrDefault(bucket));
            _figures.Add("trades", bucket, "unclassified", unclassified.GetValueOrDefault(bucket));
        }

        static void Sum(Dictionary<string, double> sums, string bucket, double value)
        {
            sums[bucket] = sums.GetValueOrDefault(bucket) + value;
            sums["all"] = sums.GetValueOrDefault("all") + value;
        }
    }

    private void AddPositions()
    {
        foreach (ExampleContract contract in _inputs.Contracts)
            foreach (PositionModel model in Models) _figures.Add("N, contracts", contract.Name, model.ToString(), N(model, contract));
    }

    private void AddGex()
    {
        foreach (PositionModel model in Models)
        {
            foreach (ExampleNode node in _inputs.Nodes) _figures.Add("GEX, USD per 1 %", node.Name, model.ToString(), Gex(model, node));
            _figures.Add("GEX, USD per 1 %", "net", model.ToString(), In("all").Sum(node => Gex(model, node)));
            _figures.Add("GEX, USD per 1 %", "gross", model.ToString(), In("all").Sum(node => Math.Abs(Gex(model, node))));
            _figures.Add("GEX, USD per 1 %", "net, 0DTE", model.ToString(), In("0DTE").Sum(node => Gex(model, node)));
            _figures.Add("GEX, USD per 1 %", "net, ex 0DTE", model.ToString(), In("ex 0DTE").Sum(node => Gex(model, node)));
        }
        double net = In("all").Sum(node => Gex(PositionModel.OpenInterest, node));
        double share = net / In("all").Sum(node => Math.Abs(Gex(PositionModel.OpenInterest, node)));
        _figures.Add("sign", "net / gross", "value", share);
        _figures.Add("sign", "regime", "value", Math.Abs(share) < 0.05 ? "Transition" : share > 0 ? "Positive" : "Negative");
        _figures.Add("sign", "squeeze gain", "value", -net / (0.01 * _inputs.Liquidity));
    }

    private void AddExpiries()
    {
        foreach (string name in (string[])["A", "B", "all"])
        {
            ExampleContract[] contracts = [.. _inputs.Contracts.Where(each => name == "all" || each.Expiry.Name == name)];
            double Sum(Func<ExampleContract, double> perShare) =>
                contracts.Sum(each => _inputs.Multiplier * N(PositionModel.OpenInterest, each) * perShare(each));
            _figures.Add("exposure", name, "call GEX", contracts.Where(each => each.IsCall).Sum(each => Gex(PositionModel.OpenInterest, each)));
            _figures.Add("exposure", name, "put GEX", contracts.Where(each => !each.IsCall).Sum(each => Gex(PositionModel.OpenInterest, each)));
            _figures.Add("exposure", name, "DEX", Sum(each => Delta(each) * S));
            _figures.Add("exposure", name, "VEX", Sum(each => Vanna(NodeOf(each)) * 0.01 * S));
            _figures.Add("exposure", name, "CHEX", Sum(each => Charm(each) * S / 365));
            _figures.Add("exposure", name, "charm to close", Sum(each => (DeltaThere(each, S, 0, true) - Delta(each)) * S));
        }
    }

    private void AddStrikes()
    {
        double[] strikes = [.. _inputs.Nodes.Select(node => node.Strike).Distinct().Order()];
        double Of(double strike, bool isCall) => _inputs.Contracts.Where(each => each.Strike == strike && each.IsCall == isCall).Sum(each => Gex(PositionModel.OpenInterest, each));
        double Open(double strike, bool isCall) => _inputs.Contracts.Where(each => each.Strike == strike && each.IsCall == isCall).Sum(each => each.OpenInterest);
        foreach (double strike in strikes)
        {
            _figures.Add("strike", $"{strike}", "call GEX", Of(strike, true));
            _figures.Add("strike", $"{strike}", "put GEX", Of(strike, false));
            _figures.Add("strike", $"{strike}", "net GEX", Of(strike, true) + Of(strike, false));
            _figures.Add("strike", $"{strike}", "open calls", Open(strike, true));
            _figures.Add("strike", $"{strike}", "open puts", Open(strike, false));
        }
        AddWall("callWall", strikes, strike => Of(strike, true) + Of(strike, false), size => size);
        AddWall("putWall", strikes, strike => Of(strike, true) + Of(strike, false), size => -size);
        AddWall("maxGamma", strikes, strike => Of(strike, true) + Of(strike, false), Math.Abs);
        AddWall("absoluteGamma", strikes, strike => Math.Abs(Of(strike, true)) + Math.Abs(Of(strike, false)), size => size);
        AddWall("callWallOneSided", strikes.Where(strike => strike >= S), strike => Of(strike, true), Math.Abs);
        AddWall("putWallOneSided", strikes.Where(strike => strike <= S), strike => Of(strike, false), Math.Abs);
        AddWall("callWallOpenInterest", strikes, strike => Open(strike, true), size => size);
        AddWall("putWallOpenInterest", strikes, strike => Open(strike, false), size => size);
    }

    private void AddWall(string name, IEnumerable<double> strikes, Func<double, double> size, Func<double, double> rank)
    {
        double[] order = [.. strikes.Where(strike => rank(size(strike)) > 0).OrderByDescending(strike => rank(size(strike)))];
        _figures.Add("level", name, "strike", order[0]);
        _figures.Add("level", name, "size", size(order[0]));
        if (order.Length > 1) _figures.Add("level", name, "runner-up", order[1]);
        else _figures.Add("level", name, "runner-up", "none");
        _figures.Add("level", name, "margin", order.Length > 1 ? 1 - (rank(size(order[1])) / rank(size(order[0]))) : 1);
    }

    private List<double> Roots(PositionModel model, ExampleNode[] nodes, Dictionary<ExampleNode, double> w)
    {
        double G(double shift) => Profile(S * Math.Exp(shift), model, nodes, w);
        double least = 1e-9 * Profile(S, model, nodes, w, isGross: true);
        double step = nodes.Min(node => w[node]) / 16;
        var candidates = new List<double>();
        var peaks = new List<double> { 0 };
        for (double shift = -0.5; shift < 0.5; shift += step)
        {
            double left = G(shift), right = G(shift + step);
            peaks[^1] = Math.Max(peaks[^1], Math.Abs(left));
            if (Math.Sign(left) * Math.Sign(right) >= 0) continue;
            double low = shift, high = shift + step;
            for (int i = 0; i < 60; i++)
            {
                double middle = (low + high) / 2;
                if (Math.Sign(G(middle)) == Math.Sign(left)) low = middle;
                else high = middle;
            }
            candidates.Add((low + high) / 2);
            peaks.Add(0);
        }
        return [.. candidates.Where((_, i) => peaks[i] > least && peaks[i + 1] > least).Select(shift => S * Math.Exp(shift))];
    }

    private double? Nearest(List<double> roots) => roots.Count == 0 ? null : roots.MinBy(root => Math.Abs(Math.Log(root / S)));

    private void AddZeroGamma()
    {
        foreach (string bucket in (string[])["all", "0DTE", "ex 0DTE"])
        {
            ExampleNode[] nodes = In(bucket);
            List<double> roots = Roots(PositionModel.OpenInterest, nodes, _w);
            _figures.Add("zero gamma", bucket, "status", roots.Count == 0 ? "None" : "Found");
            _figures.Add("zero gamma", bucket, "roots", roots.Count);
            _figures.Add("zero gamma", bucket, "sign at spot", Math.Sign(Profile(S, PositionModel.OpenInterest, nodes, _w)));
            double slope = 0;
            if (Nearest(roots) is { } root)
            {
                foreach (ExampleNode node in nodes)
                {
                    (_, double d, double f) = _terms[node.Expiry];
                    f *= root / S;
                    double d1 = D1(f, node.Strike, _w[node]);
                    slope += 0.01 * d * (f / root) * (Density(d1) / _w[node]) * (1 - (d1 / _w[node])) * Weight(PositionModel.OpenInterest, node);
                }
                _figures.Add("zero gamma", bucket, "nearest", root);
                _figures.Add("zero gamma", bucket, "slope", slope);
                _figures.Add("zero gamma", bucket, "conditioning", 1 / Math.Abs(slope));
                continue;
            }
            foreach (string column in (string[])["nearest", "slope", "conditioning"]) _figures.Add("zero gamma", bucket, column, "none");
        }
    }

    /// <summary>Δ where spot, clock or volatility have moved.</summary>
    private double DeltaThere(ExampleContract contract, double spot, double volMove, bool atClose)
    {
        (double t, double d, double f) = _terms[contract.Expiry];
        f *= spot / S;
        double w = _w[NodeOf(contract)];
        if (atClose)
        {
            if (contract.Expiry.Nanos <= _inputs.CloseNanos) return contract.IsCall ? spot > contract.Strike ? 1 : 0 : spot < contract.Strike ? -1 : 0;
            double left = (contract.Expiry.Nanos - _inputs.CloseNanos) / 1e9 / SecondsPerYear;
            w *= Math.Sqrt(left / t);
            d = Math.Exp(-_inputs.Rate * left);
            f = spot * Math.Exp((_inputs.Rate - _inputs.Dividend) * left);
            t = left;
        }
        return Delta(spot, d, f, contract.Strike, w + (volMove * Math.Sqrt(t)), contract.IsCall);
    }

    private void AddFlows()
    {
        AddFlow("spot -2 %", -0.02);
        AddFlow("spot -1 %", -0.01);
        AddFlow("spot -0.5 %", -0.005);
        AddFlow("spot -0.25 %", -0.0025);
        AddFlow("spot +0.25 %", 0.0025);
        AddFlow("spot +0.5 %", 0.005);
        AddFlow("spot +1 %", 0.01);
        AddFlow("spot +2 %", 0.02);
        AddFlow("close", atClose: true);
        AddFlow("vol -1 point", volMove: -0.01);
        AddFlow("vol +1 point", volMove: 0.01);
    }

    private void AddFlow(string name, double spotMove = 0, double volMove = 0, bool atClose = false)
    {
        double there = S * (1 + spotMove), years = atClose ? (_inputs.CloseNanos - _inputs.MarkNanos) / 1e9 / SecondsPerYear : 0;
        double Sum(Func<ExampleContract, double> perShare) =>
            -there * _inputs.Contracts.Sum(each => _inputs.Multiplier * N(PositionModel.OpenInterest, each) * perShare(each));
        double flow = Sum(each => DeltaThere(each, there, volMove, atClose) - Delta(each));
        double gamma = Sum(each => Gamma(NodeOf(each)) * (there - S));
        double vanna = Sum(each => Vanna(NodeOf(each)) * volMove);
        double charm = Sum(each => Charm(each) * years);
        _figures.Add("scenario", name, "flow", flow);
        _figures.Add("scenario", name, "gamma", gamma);
        _figures.Add("scenario", name, "vanna", vanna);
        _figures.Add("scenario", name, "charm", charm);
        _figures.Add("scenario", name, "residual", flow - gamma - vanna - charm);
    }

    private (double Strike, double Share)? Pin(PositionModel model)
    {
        (double Strike, double Score, double Gross)[] candidates =
        [
            .. Candidates().Select(strike => (strike, Profile(strike, model, In("0DTE"), _w), Profile(strike, model, In("0DTE"), _w, isGross: true))),
        ];
        (double Strike, double Score, double Gross) best = candidates.MaxBy(each => each.Score);
        return best.Score > 0 ? (best.Strike, best.Score / best.Gross) : null;
    }

    private IEnumerable<double> Candidates() => In("0DTE").Select(node => node.Strike).Where(strike => Math.Abs(Math.Log(strike / S)) <= 2 * AtTheMoney());

    private double AtTheMoney()
    {
        double f = _terms[_inputs.Expiries[0]].F;
        ExampleNode below = In("0DTE").Last(node => node.Strike < f), above = In("0DTE").First(node => node.Strike >= f);
        double fraction = Math.Log(f / below.Strike) / Math.Log(above.Strike / below.Strike);
        return _w[below] + (fraction * (_w[above] - _w[below]));
    }

    private void AddPin()
    {
        foreach (ExampleNode node in In("0DTE"))
        {
            _figures.Add("pin candidate", $"{node.Strike}", "abs ln(K/S) / w_atm", Math.Abs(Math.Log(node.Strike / S)) / AtTheMoney());
            _figures.Add("pin candidate", $"{node.Strike}", "score", Profile(node.Strike, PositionModel.OpenInterest, In("0DTE"), _w));
            _figures.Add("pin candidate", $"{node.Strike}", "gross there", Profile(node.Strike, PositionModel.OpenInterest, In("0DTE"), _w, isGross: true));
        }
        (double strike, double share) = Pin(PositionModel.OpenInterest)!.Value;
        double[] strikes = [.. In("0DTE").Select(node => node.Strike)];
        int at = Array.IndexOf(strikes, strike);
        double step = Math.Min(at > 0 ? strike - strikes[at - 1] : double.PositiveInfinity, at + 1 < strikes.Length ? strikes[at + 1] - strike : double.PositiveInfinity);
        double f = _terms[_inputs.Expiries[0]].F, w = AtTheMoney();
        double Below(double price) => Distribution((Math.Log(price / f) / w) + (w / 2));
        _figures.Add("pin", "w_atm", "value", w);
        _figures.Add("pin", "pinStrike", "value", strike);
        _figures.Add("pin", "pinShare", "value", share);
        _figures.Add("pin", "pinProbability", "value", Below(strike + (step / 2)) - Below(strike - (step / 2)));
    }

    private void AddMaxPain()
    {
        foreach (ExampleExpiry expiry in _inputs.Expiries)
        {
            ExampleNode[] nodes = [.. _inputs.Nodes.Where(node => node.Expiry == expiry)];
            double Payout(double at) => nodes.Sum(node =>
                (node.Call.OpenInterest * Math.Max(at - node.Strike, 0)) + (node.Put.OpenInterest * Math.Max(node.Strike - at, 0)));
            foreach (ExampleNode node in nodes) _figures.Add("payout, contracts × points", $"{node.Strike}", expiry.Name, Payout(node.Strike));
            _figures.Add("payout, contracts × points", "max pain", expiry.Name, nodes.MinBy(node => Payout(node.Strike))!.Strike);
        }
    }

    private void AddRollOff()
    {
        AddRollOff("next", _inputs.Expiries.MinBy(expiry => expiry.Nanos));
        AddRollOff("monthlyAm", _inputs.Expiries.FirstOrDefault(expiry => expiry.IsMonthly && expiry.Settlement == SettlementKind.AM));
        AddRollOff("monthlyPm", _inputs.Expiries.FirstOrDefault(expiry => expiry.IsMonthly && expiry.Settlement == SettlementKind.PM));
    }

    private void AddRollOff(string kind, ExampleExpiry? expiry)
    {
        if (expiry is null)
        {
            foreach (string column in (string[])["expiry", "GEX", "DEX", "share of gross"]) _figures.Add("roll-off", kind, column, "none");
            return;
        }
        const PositionModel Model = PositionModel.OpenInterest;
        ExampleNode[] nodes = [.. _inputs.Nodes.Where(node => node.Expiry == expiry)];
        _figures.Add("roll-off", kind, "expiry", expiry.Name);
        _figures.Add("roll-off", kind, "GEX", nodes.Sum(node => Gex(Model, node)));
        _figures.Add("roll-off", kind, "DEX", _inputs.Contracts.Where(each => each.Expiry == expiry).Sum(each => _inputs.Multiplier * N(Model, each) * Delta(each) * S));
        _figures.Add("roll-off", kind, "share of gross", nodes.Sum(node => Math.Abs(Gex(Model, node))) / In("all").Sum(node => Math.Abs(Gex(Model, node))));
    }

    private void AddBands()
    {
        PositionModel[] signed = [.. Models.Where(model => model != PositionModel.Gross)];
        AddBand("models, net GEX", signed, model => $"{model}", model => In("all").Sum(node => Gex(model, node)));
        AddBand("models, zero gamma", signed, model => $"{model}", model => Nearest(Roots(model, In("all"), _w)));
        AddBand("models, callWall", signed, model => $"{model}", model => Wall(model, 1));
        AddBand("models, putWall", signed, model => $"{model}", model => Wall(model, -1));
        AddBand("models, pin", signed, model => $"{model}", model => Pin(model)?.Strike);

        Dictionary<ExampleNode, double> At(string quote) => _inputs.Nodes.ToDictionary(
            node => node, node => quote == "bid" ? Invert(node, ReadSide(node).Bid) : quote == "ask" ? Invert(node, ReadSide(node).Ask) : _w[node]);
        string[] quotes = ["bid", "mid", "ask"];
        AddBand("quotes, net GEX", quotes, quote => quote, quote => Profile(S, PositionModel.OpenInterest, In("all"), At(quote)));
        AddBand("quotes, zero gamma", quotes, quote => quote, quote => Nearest(Roots(PositionModel.OpenInterest, In("all"), At(quote))));
    }

    private double? Wall(PositionModel model, int sign)
    {
        IGrouping<double, ExampleNode>? best = _inputs.Nodes.GroupBy(node => node.Strike)
            .Where(strike => sign * strike.Sum(node => Gex(model, node)) > 0).MaxBy(strike => sign * strike.Sum(node => Gex(model, node)));
        return best?.Key;
    }

    private void AddBand<TBook>(string name, TBook[] books, Func<TBook, string> nameOf, Func<TBook, double?> value)
    {
        double[] present = [.. books.Select(value).Where(each => each is not null).Select(each => each!.Value)];
        string[] missing = [.. books.Where(book => value(book) is null).Select(nameOf)];
        _figures.Add("band", name, "low", present.Min());
        _figures.Add("band", name, "high", present.Max());
        _figures.Add("band", name, "missing in", missing.Length == 0 ? "none" : string.Join(", ", missing));
    }
}
