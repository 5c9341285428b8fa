using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Cli.Plot;
using DealerFlow.Cli.Verbs;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Report;

/// <summary>One file that needs nothing beside it: sentences, levels under every position model, pictures, tables, and what they cannot tell.</summary>
internal static class ReportPage
{
    private const int ExpiriesShown = 24;

    public static string Of(PictureSubject subject, ChainRun? chain)
    {
        MarketSection head = subject.View.Head;
        ModelSection chosen = head.Models[(int)head.Model];
        string title = $"{subject.Symbol} dealer gamma, {Names.NewYork(head.MarkTimeNanos)} New York";
        var page = new Html();
        page.Raw("<!doctype html>").Raw("<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            // Nothing is fetched and nothing runs, whatever the page holds.
            .Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">")
            .Element("title", title).Raw("<style>").Raw(ReportStyle.Sheet).Raw("</style></head><body><main>");
        page.Raw("<header>").Element("h1", title)
            .Element("p", $"{subject.Origin} · spot {Names.Price(head.Spot)}{Sentences.SpotSource(head.SpotSource)} · {UnixNanos.ToIso(head.MarkTimeNanos)}", "origin").Raw("</header>");
        Summary(page, in head, in chosen);
        Figures(page, subject);
        Models(page, in head);
        Totals(page, in head);
        Bands(page, in head);
        Expiries(page, subject);
        HedgeFlow(page, in head);
        RollOff(page, in chosen);
        Trades(page, in head);
        Provenance(page, in head, chain);
        CannotTell(page, in head);
        page.Raw("<footer>").Element("p", "Made by dealerflow report. Positions are inferred, never reported; nothing here is advice.").Raw("</footer></main></body></html>");
        return page.ToString();
    }

    private static void Summary(Html page, in MarketSection head, in ModelSection chosen)
    {
        BucketSection all = chosen.Buckets[(int)ExposureBucket.All], zeroDte = chosen.Buckets[(int)ExposureBucket.ZeroDte];
        string regime = chosen.Status != ModelStatus.Live ? "none" : all.Regime.ToString().ToLowerInvariant();
        page.Raw($"<section class=\"summary {regime}\">").Element("p", Sentences.Sign(in head, in chosen), "sign").Element("p", Sentences.Levels(in head, in chosen));
        if (Sentences.Pin(in chosen.Pin) is { } pin) page.Element("p", pin);
        foreach (string doubt in Words.Doubts(in head)) page.Element("p", $"Doubtful: {doubt}.", "doubt");
        page.Raw("<dl class=\"cards\">");
        Card("net GEX", Names.Usd(all.NetGex), "USD per 1 % move");
        Card("zero gamma", LevelsTable.ZeroGamma(in all.ZeroGamma), all.ZeroGamma.Status == ZeroGammaStatus.Found ? Words.Distance(all.ZeroGamma.Value, head.Spot) : "");
        Wall("put wall", all.Levels[(int)StrikeLevel.PutWall], head.Spot);
        Wall("call wall", all.Levels[(int)StrikeLevel.CallWall], head.Spot);
        Card("0DTE of gross", all.GrossGex == 0 ? "-" : $"{(double)zeroDte.GrossGex / all.GrossGex:P0}", Names.Usd(zeroDte.NetGex) + " net");
        Card("0DTE pin", chosen.Pin.Present == 0 ? "-" : Names.Price(chosen.Pin.Strike), chosen.Pin.Present == 0 ? "" : Words.Distance(chosen.Pin.Strike, head.Spot));
        page.Raw("</dl></section>");

        void Card(string name, string value, string remark) =>
            page.Raw("<div>").Element("dt", name).Raw($"<dd>{Html.Text(value)}<small>{Html.Text(remark)}</small></dd></div>");
        void Wall(string name, LevelRow row, double spot) =>
            Card(name, ModelTables.Strike(in row), row.Present == 0 ? "" : $"{Words.Distance(row.Strike, spot)}, margin {row.Margin:P0}");
    }

    /// <summary>Every picture twice, for a desk and for a telephone; the page shows the one that fits.</summary>
    private static void Figures(Html page, PictureSubject subject)
    {
        (string What, string Words)[] pictures =
        [
            ("strikes", "Gamma by strike, with spot, zero gamma and walls"), ("profile", "Gamma if spot stood elsewhere now, with its roots"),
            ("expiries", "Gamma by expiry, and what is left after each settlement"),
            .. subject.Course.Count > 1
                ? [("levels", "Spot between its levels, and net GEX over time"), ("heat", "Net gamma of every strike over time, with the path of spot")]
                : Array.Empty<(string, string)>(),
        ];
        foreach ((string what, string words) in pictures)
        {
            string wide = PictureFile.Svg(1080, 560, PlotTheme.Light, sheet => PlotVerb.Draw(what, sheet, subject, null), $"{what}-w-");
            string narrow = PictureFile.Svg(390, 460, PlotTheme.Light, sheet => PlotVerb.Draw(what, sheet, subject, null), $"{what}-n-");
            page.Raw($"<figure role=\"img\" aria-label=\"{Html.Text(words)}\"><div class=\"wide\">{Inline(wide)}</div><div class=\"narrow\">{Inline(narrow)}</div></figure>");
        }
    }

    private static string Inline(string svg) => svg[svg.IndexOf("<svg", StringComparison.Ordinal)..].Replace("\n", "", StringComparison.Ordinal);

    private static void Models(Html page, in MarketSection head)
    {
        MarketSection market = head;
        foreach (ExposureBucket bucket in Enum.GetValues<ExposureBucket>())
        {
            bool hasPin = bucket != ExposureBucket.ExZeroDte;
            if (bucket != ExposureBucket.All && head.Models[(int)PositionModel.Gross].Buckets[(int)bucket].GrossGex == 0) continue;
            List<string[]> rows = [];
            foreach (PositionModel model in Enum.GetValues<PositionModel>())
            {
                ref readonly ModelSection section = ref market.Models[(int)model];
                ref readonly BucketSection totals = ref section.Buckets[(int)bucket];
                rows.Add(section.Status != ModelStatus.Live
                    ? [model.ToString(), "-", Words.Of(section.Status), "-", "-", "-", "-"]
                    :
                    [
                        model.ToString(), Names.Usd(totals.NetGex), Words.Of(totals.Regime), LevelsTable.ZeroGamma(in totals.ZeroGamma, ""),
                        ModelTables.Strike(in totals.Levels[(int)StrikeLevel.PutWall]), ModelTables.Strike(in totals.Levels[(int)StrikeLevel.CallWall]),
                        section.Pin.Present == 0 || !hasPin ? "-" : Names.Price(section.Pin.Strike),
                    ]);
            }
            string caption = bucket switch
            {
                ExposureBucket.ZeroDte => "Position models, 0DTE",
                ExposureBucket.ExZeroDte => "Position models, without 0DTE",
                _ => "Position models, all expiries",
            };
            page.Table(
                caption, bucket == ExposureBucket.All ? "Each is another guess at what dealers hold; the marked one is that of the pictures and of everything below." : "",
                ["model", ">net GEX", "regime", ">zero gamma", ">put wall", ">call wall", ">0DTE pin"], rows, row => row[0] == market.Model.ToString());
        }
        page.Raw("<section><ul class=\"models\">");
        foreach (PositionModel model in Enum.GetValues<PositionModel>()) page.Element("li", $"{model}: {Words.Of(model)}.");
        page.Raw("</ul></section>");
    }

    private static void Totals(Html page, in MarketSection head) =>
        page.Table(
            $"Totals and levels under {head.Model}", "A level reads strike, size, margin to the second; where the margin is small it may jump.",
            ["", ">all", ">0DTE", ">without 0DTE"], LevelsTable.Totals(in head));

    private static void Bands(Html page, in MarketSection head)
    {
        List<string[]> rows = [];
        foreach (int level in ModelTables.BandsShown)
        {
            ref readonly BandRow models = ref head.ModelBands.Rows[level];
            ref readonly BandRow quotes = ref head.Outlook.QuoteBands.Rows[level];
            if ((models.Present | models.Missing | quotes.Present | quotes.Missing) == 0 || (level == BandedLevels.Pin && models.Present == 0)) continue;
            rows.Add(
            [
                Words.OfBand(level), ModelTables.Range(level, in models), ModelTables.Missing(in models, Enum.GetNames<PositionModel>()),
                ModelTables.Range(level, in quotes), ModelTables.Missing(in quotes, ModelTables.QuoteNames),
            ]);
        }
        page.Table("How far the levels spread", "Over the models that have a sign, and over books at bid, mid and ask of the chosen one.",
            ["", ">over models", "missing in", ">bid to ask", "missing in"], rows);
    }

    private static void Expiries(Html page, PictureSubject subject)
    {
        ExpiryRow[] expiries = subject.View.Expiries.ToArray();
        bool[] isShown = RowTables.Chosen(expiries, ExpiriesShown);
        List<string[]> rows = [];
        double rest = 0;
        for (int i = 0; i < expiries.Length; i++)
        {
            ref readonly ExpiryRow row = ref expiries[i];
            if (!isShown[i])
            {
                rest += row.GrossShare;
                continue;
            }
            bool isPriced = row.Status != ExpiryStatus.Unpriced;
            rows.Add(
            [
                SnapshotNames.Date(row.ExpiryDate), row.Root.ToString(),
                row.Settlement + (row.IsZeroDte != 0 ? " 0DTE" : "") + (row.IsMonthly != 0 ? " monthly" : ""),
                row.ForwardSource == ForwardSource.None ? "-" : $"{row.Forward:#,0.00}", RowTables.Source(row.ForwardSource),
                isPriced ? Names.Usd(row.NetGex) : "unpriced", isPriced ? $"{row.GrossShare:P1}" : "", $"{row.OpenInterest:#,0}",
                row.MaxPain > 0 ? Names.Price(row.MaxPain) : "-", $"{row.Nodes}", $"{row.Good}",
            ]);
        }
        int left = expiries.Length - rows.Count;
        page.Table(
            "Expiries", "Max pain is a settlement statistic, not a forecast." + (left > 0 ? $" {left} more expiries hold {rest:P1} of gross GEX." : ""),
            ["expiry", "root", "", ">forward", "by", ">net GEX", ">of gross", ">open interest", ">max pain", ">nodes", ">good"], rows);
    }

    private static void HedgeFlow(Html page, in MarketSection head)
    {
        OutlookSection outlook = head.Outlook;
        if (outlook.MarkTimeNanos == 0 || head.Models[(int)head.Model].Status != ModelStatus.Live || head.Model == PositionModel.Gross) return;
        long age = head.MarkTimeNanos - outlook.MarkTimeNanos;
        List<string[]> rows = [];
        foreach (HedgeScenario scenario in Enum.GetValues<HedgeScenario>())
        {
            if (scenario == HedgeScenario.Close && outlook.CloseNanos == 0) continue;
            FlowRow all = outlook.Flows[(int)head.Model][ExposureBucket.All, scenario], zeroDte = outlook.Flows[(int)head.Model][ExposureBucket.ZeroDte, scenario];
            rows.Add(
            [
                scenario == HedgeScenario.Close ? $"{Words.Of(scenario)}, {Names.NewYork(outlook.CloseNanos)}" : Words.Of(scenario),
                Names.Usd(all.Flow), Names.Usd(all.Gamma), Names.Usd(all.Vanna), Names.Usd(all.Charm), Names.Usd(all.Residual), Names.Usd(zeroDte.Flow),
            ]);
        }
        page.Table(
            "Hedge flow, USD, + = dealers buy",
            $"What a hedger of the whole book would trade, everything repriced{(age == 0 ? "" : $", made {Names.Age(age)} earlier at {Names.Price(outlook.Spot)}")}; the parts add up to the flow.",
            ["if", ">flow", ">gamma", ">vanna", ">charm", ">residual", ">0DTE flow"], rows);
    }

    private static void RollOff(Html page, in ModelSection chosen)
    {
        List<string[]> rows = [];
        foreach (RollOff kind in Enum.GetValues<RollOff>())
        {
            ref readonly RollOffRow row = ref chosen.RollOffs[(int)kind];
            if (row.Present != 0) rows.Add([Words.Of(kind), Names.NewYork(row.SettlementNanos), Names.Usd(row.Gex), Names.Usd(row.Dex), $"{row.GrossShare:P1}"]);
        }
        page.Table("Roll-off", "What leaves by itself; settlements in New York time.", ["", "settles", ">net GEX", ">DEX, USD", ">of gross GEX"], rows);
    }

    private static void Trades(Html page, in MarketSection head)
    {
        TradeSums total = TradeSums.Of(in head.Trades);
        if (total.Traded == 0) return;
        List<string[]> rows = [];
        void Row(string name, TradeSums sums) => rows.Add([name, Names.Usd(sums.Flow), $"{sums.Traded:#,0}", FlowTables.Share(in sums), $"{sums.Unpriced:#,0}"]);
        foreach (TradeBucket bucket in Enum.GetValues<TradeBucket>()) Row(Words.Of(bucket), TradeSums.Of(in head.Trades, bucket));
        Row("all", total);
        page.Table(
            "Trade flow, USD, + = dealers must buy", $"Of the session {SnapshotNames.Date(head.SessionDate)}; {FlowTables.Share(in total)} of its contracts could not be signed and are in no flow.",
            ["", ">flow", ">contracts", ">unclassified", ">unpriced"], rows);
    }

    private static void Provenance(Html page, in MarketSection head, ChainRun? chain)
    {
        page.Raw("<section>").Element("h2", "Where the numbers come from");
        foreach (string line in Sentences.Provenance(in head)) page.Element("p", line);
        if (chain is not null)
        {
            page.Element("p", Sentences.Exercise(chain.Options, chain.Exercise));
            foreach (string remark in chain.Remarks()) page.Element("p", remark, "doubt");
        }
        page.Element("p", $"Every sum is exact to 1/1024 USD and includes events up to number {head.EventSequence:#,0}.").Raw("</section>");
    }

    private static void CannotTell(Html page, in MarketSection head)
    {
        page.Raw("<section>").Element("h2", "What this cannot tell").Raw("<ul>")
            .Element("li", "What dealers hold. Open interest says how many contracts are open, not who is long; the models above are guesses, and where they disagree nobody knows better from public data.")
            .Element("li", "Whether anybody hedges, when and how. Gamma exposure is what a hedger of that position would have to trade for a 1 % move; some hedge seldom, some with other options.")
            .Element("li", "Where the market goes. A wall is a strike with much gamma, zero gamma a place where the sum changes its sign; neither attracts or repels by itself.")
            .Element("li", "What happened to positions during the day. Open interest is counted overnight; contracts that were opened and closed since are seen in trades alone.");
        if (head.Buckets[(int)ExposureBucket.ZeroDte].GrossGex != 0)
            page.Element("li", "How much of 0DTE dealers really carry. Studies with data of exchanges find it one to two orders of magnitude smaller than the open-interest convention says.");
        page.Raw("</ul></section>");
    }
}
