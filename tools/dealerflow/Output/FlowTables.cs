using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Output;

/// <summary>What dealers would trade, what the session's trades made them trade, and what leaves by itself.</summary>
internal static class FlowTables
{
    public static void WriteHedgeFlow(IAnsiConsole console, in MarketSection head)
    {
        ref readonly OutlookSection outlook = ref head.Outlook;
        if (outlook.MarkTimeNanos == 0 || head.Models[(int)head.Model].Status != ModelStatus.Live || head.Model == PositionModel.Gross) return;
        long age = head.MarkTimeNanos - outlook.MarkTimeNanos;
        string when = age == 0 ? "" : $", made {Names.Age(age)} earlier at {Names.Price(outlook.Spot)}";
        LevelsTable.Heading(console, "Hedge flow, USD, + = dealers buy", $"the whole book repriced{when}; the parts add up to it");
        Table table = LevelsTable.NewTable("if", ">flow", ">gamma", ">vanna", ">charm", ">residual", ">0DTE flow");
        foreach (HedgeScenario scenario in Enum.GetValues<HedgeScenario>())
        {
            if (scenario == HedgeScenario.Close && outlook.CloseNanos == 0) continue;
            FlowRow all = outlook.Flows[(int)head.Model][ExposureBucket.All, scenario];
            FlowRow zeroDte = outlook.Flows[(int)head.Model][ExposureBucket.ZeroDte, scenario];
            string name = scenario == HedgeScenario.Close ? $"{Words.Of(scenario)}, {Names.NewYork(outlook.CloseNanos)}" : Words.Of(scenario);
            table.AddRow(
                new Text(name), Sum(all.Flow), Sum(all.Gamma), Sum(all.Vanna), Sum(all.Charm), Sum(all.Residual), Sum(zeroDte.Flow));
        }
        console.Write(table);
    }

    public static void WriteTrades(IAnsiConsole console, in MarketSection head)
    {
        TradeSums total = TradeSums.Of(in head.Trades);
        if (total.Traded == 0)
        {
            LevelsTable.Heading(console, "Trade flow", "no trades");
            console.WriteLine();
            return;
        }
        LevelsTable.Heading(
            console, "Trade flow, USD, + = dealers must buy", $"of the session {SnapshotNames.Date(head.SessionDate)}; {Share(in total)} of its contracts unclassified");
        Table table = LevelsTable.NewTable("", ">flow", ">contracts", ">unclassified", ">unpriced");
        void Row(string name, TradeSums sums) => table.AddRow(
            new Text(name), Sum(sums.Flow), LevelsTable.Right($"{sums.Traded:#,0}"), LevelsTable.Right(Share(in sums)), LevelsTable.Right($"{sums.Unpriced:#,0}"));
        foreach (TradeBucket bucket in Enum.GetValues<TradeBucket>()) Row(Words.Of(bucket), TradeSums.Of(in head.Trades, bucket));
        Row("all", total);
        console.Write(table);
    }

    public static void WriteRollOff(IAnsiConsole console, in MarketSection head)
    {
        ref readonly ModelSection model = ref head.Models[(int)head.Model];
        LevelsTable.Heading(console, "Roll-off", "what leaves by itself; settlements in New York time");
        Table table = LevelsTable.NewTable("", "settles", ">net GEX", ">DEX, USD", ">of gross GEX");
        foreach (RollOff kind in Enum.GetValues<RollOff>())
        {
            ref readonly RollOffRow row = ref model.RollOffs[(int)kind];
            if (row.Present == 0) continue;
            table.AddRow(new Text(Words.Of(kind)), new Text(Names.NewYork(row.SettlementNanos)), Sum(row.Gex), Sum(row.Dex), LevelsTable.Right($"{row.GrossShare:P1}"));
        }
        console.Write(table);
    }

    public static string Share(in TradeSums sums) => sums.Traded == 0 ? "-" : $"{(double)sums.Unclassified / sums.Traded:P1}";

    private static Text Sum(long units) => LevelsTable.Right(Names.Usd(units));
}
