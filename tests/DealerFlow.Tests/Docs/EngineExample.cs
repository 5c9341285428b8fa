using DealerFlow.Engine;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>The figures of the worked example as the engine tells them: the inputs as definitions and ticks, and the last snapshot.</summary>
internal sealed class EngineExample
{
    private static readonly PositionModel[] Models = Enum.GetValues<PositionModel>();

    private readonly ExampleInputs _inputs;
    private readonly Calculation _calculation;
    private readonly Recording _recording = new();

    private EngineExample(ExampleInputs inputs, PositionModel model, int prints)
    {
        _inputs = inputs;
        _calculation = new Calculation(Definitions(), 0, new EngineOptions
        {
            Model = model,
            ForwardMode = ForwardMode.Carry,
            Rate = inputs.Rate,
            Dividend = inputs.Dividend,
            LiquidityUsd = inputs.Liquidity,
        });
        var outside = inputs.Contracts.Select(each => new OutsidePosition(IdOf(each), -each.CustomersNet)).ToArray();
        if (_calculation.LoadPositions(outside) != 0) throw new InvalidDataException("A contract of the example is not defined.");
        var sink = new RecordingSink(_recording);
        _calculation.Apply(Ticks(prints), ref sink);
        _calculation.Finish(ref sink);
    }

    public static Figures Of(ExampleInputs inputs)
    {
        var figures = new Figures();
        EngineExample[] models = [.. Models.Select(model => new EngineExample(inputs, model, inputs.Prints.Length))];
        models[0].AddTerms(figures);
        models[0].AddNodes(figures);
        AddPrints(inputs, figures);
        models[0].AddTrades(figures);
        models[0].AddPositions(figures);
        foreach (EngineExample model in models) model.AddGex(figures);
        models[0].AddExposures(figures);
        models[0].AddStrikes(figures);
        models[0].AddZeroGamma(figures);
        models[0].AddFlows(figures);
        models[0].AddPin(figures);
        models[0].AddMaxPainAndRollOff(figures);
        models[0].AddBands(figures);
        return figures;
    }

    private MarketView View => MarketView.TryOpen(_recording.Last, out MarketView view) ? view : throw new InvalidDataException("No snapshot.");

    private uint IdOf(ExampleContract contract) => (uint)Array.IndexOf(_inputs.Contracts, contract) + 1;

    private InstrumentDefinition[] Definitions() =>
    [
        new() { Root = Ascii8.From("SPX"), PriceDecimals = 2, Kind = InstrumentKind.Underlying, Multiplier = 1 },
        .. _inputs.Contracts.Select(contract => new InstrumentDefinition
        {
            InstrumentId = IdOf(contract),
            Root = Ascii8.From(contract.Expiry.Root),
            StrikeMills = (long)Math.Round(contract.Strike * 1000),
            SettlementNanos = contract.Expiry.Nanos,
            ExpiryDate = (contract.Expiry.Date.Year * 10000) + (contract.Expiry.Date.Month * 100) + contract.Expiry.Date.Day,
            Multiplier = _inputs.Multiplier,
            PriceDecimals = 2,
            Kind = contract.IsCall ? InstrumentKind.Call : InstrumentKind.Put,
            Settlement = contract.Expiry.Settlement,
            TickMills = 50,
        }),
    ];

    /// <summary>Everything a millisecond before the mark, and the message that makes the mark.</summary>
    private Tick[] Ticks(int prints)
    {
        long before = _inputs.MarkNanos - UnixNanos.PerMillisecond;
        return
        [
            Tick.Spot(before, 0, Cents(_inputs.Spot)),
            .. _inputs.Contracts.Select(each => Tick.OpenInterest(before, IdOf(each), each.OpenInterest)),
            .. _inputs.Contracts.Select(each => Tick.Quote(before, IdOf(each), Cents(each.Bid), Cents(each.Ask), 1, 1, 1, TickFlags.NationalBest)),
            .. _inputs.Prints.Take(prints).Select(each => Tick.Trade(before, IdOf(each.Contract), Cents(each.Price), each.Size, 1, each.Flags)),
            Tick.Spot(_inputs.MarkNanos, 0, Cents(_inputs.Spot)),
        ];
    }

    private static int Cents(double price) => (int)Math.Round(price * 100);

    private static string NameOf(ExposureBucket bucket) => bucket switch
    {
        ExposureBucket.ZeroDte => "0DTE",
        ExposureBucket.ExZeroDte => "ex 0DTE",
        _ => "all",
    };

    private void AddTerms(Figures figures)
    {
        foreach (ExpiryRow row in View.Expiries)
        {
            string name = NameOf(row.SettlementNanos);
            figures.Add("terms", name, "T, years", (row.SettlementNanos - View.Head.MarkTimeNanos) / (double)UnixNanos.PerYear);
            figures.Add("terms", name, "D", row.Discount);
            figures.Add("terms", name, "F", row.Forward);
            figures.Add("terms", name, "0DTE", row.IsZeroDte != 0 ? "yes" : "no");
        }
    }

    private string NameOf(long settlementNanos) => _inputs.Expiries.Single(expiry => expiry.Nanos == settlementNanos).Name;

    private void AddNodes(Figures figures)
    {
        IReadOnlyList<NodeReading> readings = _calculation.ReadNodes();
        for (int i = 0; i < readings.Count; i++)
        {
            ExampleNode node = _inputs.Nodes[i];
            figures.Add("node", node.Name, "side read", readings[i].Strike >= View.Expiries[node.Expiry.Name == "A" ? 0 : 1].Forward ? "call" : "put");
            figures.Add("node", node.Name, "w", readings[i].TotalDeviation);
            figures.Add("node", node.Name, "gamma", readings[i].Gamma);
        }
    }

    /// <summary>What each print did is what the session's sums say after it and did not say before it.</summary>
    private static void AddPrints(ExampleInputs inputs, Figures figures)
    {
        (double Flow, double Position) before = (0, 0);
        for (int i = 0; i < inputs.Prints.Length; i++)
        {
            ExamplePrint print = inputs.Prints[i];
            var example = new EngineExample(inputs, PositionModel.Tape, i + 1);
            (double Flow, double Position) after = (0, 0);
            foreach (long flow in (ReadOnlySpan<long>)example.View.Head.Trades.Flow) after.Flow += MoneyGrid.ToUsd(flow);
            foreach (ExampleContract contract in inputs.Contracts) after.Position += example.N(PositionModel.Tape, contract);
            figures.Add("print, signed", print.Number, "side", Math.Round((before.Position - after.Position) / print.Size));
            figures.Add("print, signed", print.Number, "flow, USD", after.Flow - before.Flow);
            before = after;
        }
    }

    private void AddTrades(Figures figures)
    {
        (string Name, TradeBucket Bucket)[] buckets =
            [("0DTE calls", TradeBucket.ZeroDteCalls), ("0DTE puts", TradeBucket.ZeroDtePuts), ("other calls", TradeBucket.OtherCalls), ("other puts", TradeBucket.OtherPuts)];
        TradeFlowSection trades = View.Head.Trades;
        long flow = 0, traded = 0, unclassified = 0;
        foreach ((string name, TradeBucket bucket) in buckets)
        {
            figures.Add("trades", name, "flow, USD", MoneyGrid.ToUsd(trades.Flow[(int)bucket]));
            figures.Add("trades", name, "contracts", trades.Traded[(int)bucket]);
            figures.Add("trades", name, "unclassified", trades.Unclassified[(int)bucket]);
            flow += trades.Flow[(int)bucket];
            traded += trades.Traded[(int)bucket];
            unclassified += trades.Unclassified[(int)bucket];
        }
        figures.Add("trades", "all", "flow, USD", MoneyGrid.ToUsd(flow));
        figures.Add("trades", "all", "contracts", traded);
        figures.Add("trades", "all", "unclassified", unclassified);
    }

    private double N(PositionModel model, ExampleContract contract)
    {
        NodeTable nodes = _calculation.Nodes;
        ModelView view = nodes.Weights.View(model);
        ExpirySegment segment = nodes.Segments.Single(each => each.SettlementNanos == contract.Expiry.Nanos);
        int node = nodes.Find(segment, (long)Math.Round(contract.Strike * 1000));
        double weight = contract.IsCall ? view.CallSign * nodes.Weights.Call[(int)view.Column][node] : view.PutSign * nodes.Weights.Put[(int)view.Column][node];
        return weight / _inputs.Multiplier;
    }

    private void AddPositions(Figures figures)
    {
        foreach (ExampleContract contract in _inputs.Contracts)
            foreach (PositionModel model in Models) figures.Add("N, contracts", contract.Name, model.ToString(), N(model, contract));
    }

    private void AddGex(Figures figures)
    {
        PositionModel model = View.Head.Model;
        IReadOnlyList<NodeReading> readings = _calculation.ReadNodes();
        for (int i = 0; i < readings.Count; i++)
            figures.Add("GEX, USD per 1 %", _inputs.Nodes[i].Name, model.ToString(), readings[i].CallGex + readings[i].PutGex);
        ref readonly BucketSections buckets = ref View.Head.Buckets;
        figures.Add("GEX, USD per 1 %", "net", model.ToString(), MoneyGrid.ToUsd(buckets[0].NetGex));
        figures.Add("GEX, USD per 1 %", "gross", model.ToString(), MoneyGrid.ToUsd(buckets[0].GrossGex));
        figures.Add("GEX, USD per 1 %", "net, 0DTE", model.ToString(), MoneyGrid.ToUsd(buckets[1].NetGex));
        figures.Add("GEX, USD per 1 %", "net, ex 0DTE", model.ToString(), MoneyGrid.ToUsd(buckets[2].NetGex));
    }

    private void AddExposures(Figures figures)
    {
        BucketSection all = View.Head.Buckets[0];
        figures.Add("sign", "net / gross", "value", (double)all.NetGex / all.GrossGex);
        figures.Add("sign", "regime", "value", all.Regime.ToString());
        figures.Add("sign", "squeeze gain", "value", all.SqueezeGain);
        Add("all", all.CallGex, all.PutGex, all.Dex, all.Vex, all.Chex, all.CharmToClose);
        foreach (ExpiryRow row in View.Expiries)
            Add(NameOf(row.SettlementNanos), row.CallGex, row.PutGex, row.Dex, row.Vex, row.Chex, row.CharmToClose);

        void Add(string name, long callGex, long putGex, long dex, long vex, long chex, long charmToClose)
        {
            figures.Add("exposure", name, "call GEX", MoneyGrid.ToUsd(callGex));
            figures.Add("exposure", name, "put GEX", MoneyGrid.ToUsd(putGex));
            figures.Add("exposure", name, "DEX", MoneyGrid.ToUsd(dex));
            figures.Add("exposure", name, "VEX", MoneyGrid.ToUsd(vex));
            figures.Add("exposure", name, "CHEX", MoneyGrid.ToUsd(chex));
            figures.Add("exposure", name, "charm to close", MoneyGrid.ToUsd(charmToClose));
        }
    }

    private void AddStrikes(Figures figures)
    {
        foreach (StrikeRow row in View.Strikes)
        {
            figures.Add("strike", $"{row.Strike}", "call GEX", MoneyGrid.ToUsd(row.CallGex));
            figures.Add("strike", $"{row.Strike}", "put GEX", MoneyGrid.ToUsd(row.PutGex));
            figures.Add("strike", $"{row.Strike}", "net GEX", MoneyGrid.ToUsd(row.ModelNetGex[(int)PositionModel.OpenInterest]));
            figures.Add("strike", $"{row.Strike}", "open calls", row.CallOpenInterest);
            figures.Add("strike", $"{row.Strike}", "open puts", row.PutOpenInterest);
        }
        foreach (StrikeLevel level in Enum.GetValues<StrikeLevel>())
        {
            LevelRow row = View.Head.Buckets[0].Levels[(int)level];
            string name = level.ToString();
            name = char.ToLowerInvariant(name[0]) + name[1..];
            bool isContracts = level is StrikeLevel.CallWallOpenInterest or StrikeLevel.PutWallOpenInterest;
            figures.Add("level", name, "strike", row.Strike);
            figures.Add("level", name, "size", isContracts ? row.Size : MoneyGrid.ToUsd(row.Size));
            if (row.HasRunnerUp != 0) figures.Add("level", name, "runner-up", row.RunnerUp);
            else figures.Add("level", name, "runner-up", "none");
            figures.Add("level", name, "margin", row.Margin);
        }
    }

    private void AddZeroGamma(Figures figures)
    {
        foreach (ExposureBucket bucket in Enum.GetValues<ExposureBucket>())
        {
            ZeroGammaSection section = View.Head.Buckets[(int)bucket].ZeroGamma;
            string name = NameOf(bucket);
            figures.Add("zero gamma", name, "status", section.Status.ToString());
            figures.Add("zero gamma", name, "roots", section.RootCount);
            figures.Add("zero gamma", name, "sign at spot", section.Sign);
            if (section.Status == ZeroGammaStatus.Found)
            {
                figures.Add("zero gamma", name, "nearest", section.Value);
                figures.Add("zero gamma", name, "slope", section.Slope);
                figures.Add("zero gamma", name, "conditioning", section.Conditioning);
                continue;
            }
            foreach (string column in (string[])["nearest", "slope", "conditioning"]) figures.Add("zero gamma", name, column, "none");
        }
    }

    private void AddFlows(Figures figures)
    {
        (string Name, HedgeScenario Scenario)[] scenarios =
        [
            ("spot -2 %", HedgeScenario.SpotDown200), ("spot -1 %", HedgeScenario.SpotDown100), ("spot -0.5 %", HedgeScenario.SpotDown50),
            ("spot -0.25 %", HedgeScenario.SpotDown25), ("spot +0.25 %", HedgeScenario.SpotUp25), ("spot +0.5 %", HedgeScenario.SpotUp50),
            ("spot +1 %", HedgeScenario.SpotUp100), ("spot +2 %", HedgeScenario.SpotUp200), ("close", HedgeScenario.Close),
            ("vol -1 point", HedgeScenario.VolDown1), ("vol +1 point", HedgeScenario.VolUp1),
        ];
        foreach ((string name, HedgeScenario scenario) in scenarios)
        {
            FlowRow row = View.Head.Outlook.Flows[(int)PositionModel.OpenInterest][ExposureBucket.All, scenario];
            figures.Add("scenario", name, "flow", MoneyGrid.ToUsd(row.Flow));
            figures.Add("scenario", name, "gamma", MoneyGrid.ToUsd(row.Gamma));
            figures.Add("scenario", name, "vanna", MoneyGrid.ToUsd(row.Vanna));
            figures.Add("scenario", name, "charm", MoneyGrid.ToUsd(row.Charm));
            figures.Add("scenario", name, "residual", MoneyGrid.ToUsd(row.Residual));
        }
    }

    private void AddPin(Figures figures)
    {
        PinSection pin = View.Head.Models[(int)PositionModel.OpenInterest].Pin;
        figures.Add("pin", "pinStrike", "value", pin.Strike);
        figures.Add("pin", "pinShare", "value", pin.Share);
        figures.Add("pin", "pinProbability", "value", pin.Probability);
    }

    private void AddMaxPainAndRollOff(Figures figures)
    {
        foreach (ExpiryRow row in View.Expiries) figures.Add("payout, contracts × points", "max pain", NameOf(row.SettlementNanos), row.MaxPain);
        (string Name, RollOff Kind)[] kinds = [("next", RollOff.Next), ("monthlyAm", RollOff.MonthlyAm), ("monthlyPm", RollOff.MonthlyPm)];
        foreach ((string name, RollOff kind) in kinds)
        {
            RollOffRow row = View.Head.Models[(int)PositionModel.OpenInterest].RollOffs[(int)kind];
            if (row.Present == 0)
            {
                foreach (string column in (string[])["expiry", "GEX", "DEX", "share of gross"]) figures.Add("roll-off", name, column, "none");
                continue;
            }
            figures.Add("roll-off", name, "expiry", NameOf(row.SettlementNanos));
            figures.Add("roll-off", name, "GEX", MoneyGrid.ToUsd(row.Gex));
            figures.Add("roll-off", name, "DEX", MoneyGrid.ToUsd(row.Dex));
            figures.Add("roll-off", name, "share of gross", row.GrossShare);
        }
    }

    private void AddBands(Figures figures)
    {
        (string Name, int Level)[] levels =
        [
            ("net GEX", BandedLevels.NetGex), ("zero gamma", BandedLevels.ZeroGamma), ("callWall", (int)StrikeLevel.CallWall),
            ("putWall", (int)StrikeLevel.PutWall), ("pin", BandedLevels.Pin),
        ];
        foreach ((string name, int level) in levels) Add("models, " + name, View.Head.ModelBands.Rows[level], Enum.GetNames<PositionModel>());
        foreach ((string name, int level) in levels[..2]) Add("quotes, " + name, View.Head.Outlook.QuoteBands.Rows[level], ["bid", "mid", "ask"]);

        void Add(string name, BandRow row, string[] books)
        {
            string[] missing = [.. books.Where((_, book) => (row.Missing >> book & 1) != 0)];
            figures.Add("band", name, "low", row.Low);
            figures.Add("band", name, "high", row.High);
            figures.Add("band", name, "missing in", missing.Length == 0 ? "none" : string.Join(", ", missing));
        }
    }
}
