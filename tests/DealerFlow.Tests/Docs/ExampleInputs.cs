using System.Globalization;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

internal sealed record ExampleExpiry(string Name, string Root, DateOnly Date, SettlementKind Settlement, long Nanos, bool IsMonthly);

internal sealed record ExampleContract(ExampleExpiry Expiry, double Strike, bool IsCall, double Bid, double Ask, uint OpenInterest, long CustomersNet)
{
    public double Middle => (Bid + Ask) / 2;

    public string Name => $"{Expiry.Name} {Strike} {(IsCall ? "C" : "P")}";
}

internal sealed record ExampleNode(ExampleContract Call, ExampleContract Put)
{
    public ExampleExpiry Expiry => Call.Expiry;

    public double Strike => Call.Strike;

    public string Name => $"{Expiry.Name} {Strike}";
}

internal sealed record ExamplePrint(string Number, ExampleContract Contract, double Price, uint Size, TickFlags Flags);

/// <summary>What the worked example starts from, read from the page.</summary>
internal sealed class ExampleInputs
{
    public ExampleInputs(ExamplePage page)
    {
        string Of(string what) => page.Text("input", what, "value");
        Spot = ExamplePage.Number(Of("spot"));
        MarkNanos = Nanos(Of("mark"));
        CloseNanos = Nanos(Of("close"));
        Rate = ExamplePage.Number(Of("rate r"));
        Dividend = ExamplePage.Number(Of("dividend yield q"));
        Multiplier = (uint)ExamplePage.Number(Of("multiplier m"));
        Liquidity = ExamplePage.Number(Of("liquidity L"));
        Expiries = [.. page["expiry"].Rows.Select(row => new ExampleExpiry(
            row.Key, row.Cells[0], DateOnly.ParseExact(row.Cells[1], "yyyy-MM-dd", CultureInfo.InvariantCulture),
            row.Cells[2] == "AM" ? SettlementKind.AM : SettlementKind.PM, Nanos(row.Cells[3]), row.Cells[4] == "yes"))];
        Contracts = [.. page["contract"].Rows.Select(row => Contract(row.Key, row.Cells))];
        Nodes = [.. Contracts.Where(each => each.IsCall).Select(call => new ExampleNode(
            call, Contracts.Single(put => !put.IsCall && put.Expiry == call.Expiry && put.Strike == call.Strike)))];
        Prints = [.. page["print"].Rows.Select(row => new ExamplePrint(
            row.Key, Contracts.Single(each => each.Name == row.Cells[0]), ExamplePage.Number(row.Cells[1]), (uint)ExamplePage.Number(row.Cells[2]),
            row.Cells[3] switch { "late" => TickFlags.Late, "cancel" => TickFlags.Cancel, _ => TickFlags.None }))];
    }

    public double Spot { get; }

    public long MarkNanos { get; }

    public long CloseNanos { get; }

    public double Rate { get; }

    public double Dividend { get; }

    public uint Multiplier { get; }

    public double Liquidity { get; }

    public ExampleExpiry[] Expiries { get; }

    /// <summary>By expiry, strike, call before put.</summary>
    public ExampleContract[] Contracts { get; }

    public ExampleNode[] Nodes { get; }

    public ExamplePrint[] Prints { get; }

    private ExampleContract Contract(string name, string[] cells)
    {
        string[] words = name.Split(' ');
        return new ExampleContract(
            Expiries.Single(expiry => expiry.Name == words[0]), ExamplePage.Number(words[1]), words[2] == "C", ExamplePage.Number(cells[0]),
            ExamplePage.Number(cells[1]), (uint)ExamplePage.Number(cells[2]), (long)ExamplePage.Number(cells[3]));
    }

    private static long Nanos(string text) =>
        (DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal) - DateTime.UnixEpoch).Ticks * 100;
}
