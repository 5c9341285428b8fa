using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Output;

/// <summary>The long tables: expiries and strikes, those that matter most.</summary>
internal static class RowTables
{
    public static void WriteExpiries(IAnsiConsole console, MarketView market, int shown)
    {
        ReadOnlySpan<ExpiryRow> expiries = market.Expiries;
        if (shown == 0 || expiries.IsEmpty) return;
        bool[] isShown = Chosen(expiries, shown);
        bool hasFallback = false;
        double rest = 0;
        int left = 0;
        LevelsTable.Heading(console, "Expiries", "max pain is a settlement statistic, not a forecast");
        Table table = LevelsTable.NewTable("expiry", "root", "", ">forward", "by", ">net GEX", ">of gross", ">open int.", ">max pain", ">nodes", ">good");
        for (int i = 0; i < expiries.Length; i++)
        {
            ref readonly ExpiryRow row = ref expiries[i];
            if (!isShown[i])
            {
                left++;
                rest += row.GrossShare;
                continue;
            }
            hasFallback |= row.ForwardSource == ForwardSource.CarryFallback;
            bool isPriced = row.Status != ExpiryStatus.Unpriced;
            table.AddRow(
                new Text(SnapshotNames.Date(row.ExpiryDate)), new Text(row.Root.ToString()),
                new Text(row.Settlement + (row.IsZeroDte != 0 ? " 0DTE" : "") + (row.IsMonthly != 0 ? " monthly" : "")),
                LevelsTable.Right(row.ForwardSource == ForwardSource.None ? "-" : $"{row.Forward:#,0.00}"), new Text(Source(row.ForwardSource)),
                LevelsTable.Right(isPriced ? Names.Usd(row.NetGex) : "unpriced"), LevelsTable.Right(isPriced ? $"{row.GrossShare:P1}" : ""),
                LevelsTable.Right($"{row.OpenInterest:#,0}"), LevelsTable.Right(row.MaxPain > 0 ? Names.Price(row.MaxPain) : "-"),
                LevelsTable.Right($"{row.Nodes}"), LevelsTable.Right($"{row.Good}"));
        }
        console.Write(table);
        if (hasFallback) console.WriteLine("carry*: parity had too few pairs.");
        if (left > 0)
            console.WriteLine($"{left} more expiries hold {rest:P1} of gross GEX; --expiries {expiries.Length} shows all, --json gives everything.");
    }

    public static void WriteStrikes(IAnsiConsole console, MarketView market, int shown)
    {
        ReadOnlySpan<StrikeRow> strikes = market.Strikes;
        if (shown == 0 || strikes.IsEmpty) return;
        int centre = 0;
        while (centre < strikes.Length && strikes[centre].Strike < market.Head.Spot) centre++;
        int from = Math.Clamp(centre - (shown / 2), 0, Math.Max(0, strikes.Length - shown));
        int to = Math.Min(strikes.Length, from + shown);
        long widest = 1;
        for (int i = from; i < to; i++) widest = Math.Max(widest, Math.Abs(strikes[i].CallGex + strikes[i].PutGex));

        LevelsTable.Heading(console, "Strikes about spot", $"GEX under {market.Head.Model}");
        Table table = LevelsTable.NewTable(">strike", ">call GEX", ">put GEX", ">net GEX", "", ">0DTE net", ">call OI", ">put OI");
        for (int i = to - 1; i >= from; i--)
        {
            ref readonly StrikeRow row = ref strikes[i];
            long net = row.CallGex + row.PutGex;
            int length = (int)Math.Round(20.0 * Math.Abs(net) / widest);
            table.AddRow(
                LevelsTable.Right(Names.Price(row.Strike)), LevelsTable.Right(Names.Usd(row.CallGex)), LevelsTable.Right(Names.Usd(row.PutGex)),
                LevelsTable.Right(Names.Usd(net)), new Text(new string(net < 0 ? '-' : '+', length), new Style(net < 0 ? Color.Red : Color.Green)),
                LevelsTable.Right(Names.Usd(row.ZeroDteCallGex + row.ZeroDtePutGex)),
                LevelsTable.Right($"{row.CallOpenInterest:#,0}"), LevelsTable.Right($"{row.PutOpenInterest:#,0}"));
        }
        console.Write(table);
        if (to - from < strikes.Length)
            console.WriteLine($"{to - from} of {strikes.Length} strikes, those nearest to spot; --strikes {strikes.Length} shows all, --json gives everything.");
    }

    /// <summary>The nearest half of those shown, and of the others those with most gross GEX.</summary>
    public static bool[] Chosen(ReadOnlySpan<ExpiryRow> expiries, int shown)
    {
        var isShown = new bool[expiries.Length];
        int nearest = Math.Min((shown + 1) / 2, expiries.Length);
        isShown.AsSpan(0, nearest).Fill(true);
        for (int more = Math.Min(shown, expiries.Length) - nearest; more > 0; more--)
        {
            int largest = -1;
            for (int i = 0; i < expiries.Length; i++)
                if (!isShown[i] && (largest < 0 || expiries[i].GrossShare > expiries[largest].GrossShare)) largest = i;
            isShown[largest] = true;
        }
        return isShown;
    }

    public static string Source(ForwardSource source) => source switch
    {
        ForwardSource.Parity => "parity",
        ForwardSource.Carry => "carry",
        ForwardSource.CarryFallback => "carry*",
        _ => "-",
    };
}
