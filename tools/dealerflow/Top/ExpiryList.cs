using DealerFlow.Cli.Output;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Top;

/// <summary>The expiries by settlement: net GEX of the model that is looked at, and what leaves with each.</summary>
internal static class ExpiryList
{
    public static void Draw(Canvas canvas, Area area, TopState state)
    {
        if (area.Height < 2) return;
        ReadOnlySpan<ExpiryRow> expiries = state.Market.Expiries;
        int rows = area.Height - 2, first = Math.Clamp(state.Choices.FirstExpiry, 0, Math.Max(0, expiries.Length - rows));
        int shown = Math.Min(rows, expiries.Length - first);
        string place = expiries.Length > rows ? $"{first + 1} to {first + shown} of {expiries.Length}" : $"{expiries.Length}";
        bool isSplit = state.Model == state.Head.Model;
        TopScreen.Rule(canvas, area with { Height = 1 }, "expiries", place, state.Choices.ShowsExpiries);
        bool hasOpen = area.Width >= 62, hasPain = area.Width >= 71;
        Line(canvas, area, area.Top + 1, new Style(Face: Face.Dim), "expiry", "root", "settles", "net GEX", isSplit ? "of gross" : "", hasOpen ? "open int." : "", hasPain ? "max pain" : "");
        for (int i = 0; i < shown; i++)
        {
            ref readonly ExpiryRow row = ref expiries[first + i];
            bool isPriced = row.Status == ExpiryStatus.Live;
            long net = row.ModelNetGex[(int)state.Model];
            string kind = row.Settlement == SettlementKind.AM ? "AM" : "PM";
            Line(
                canvas, area, area.Top + 2 + i, isPriced ? TopScreen.BySign(net) : new Style(Face: Face.Dim), SnapshotNames.Date(row.ExpiryDate), row.Root.ToString(),
                kind + (row.IsZeroDte != 0 ? " 0DTE" : row.IsMonthly != 0 ? " monthly" : ""), !isPriced ? row.Status.ToString().ToLowerInvariant() : TopText.Usd(net),
                isPriced && isSplit ? $"{row.GrossShare:P1}" : "", hasOpen ? $"{row.OpenInterest:#,0}" : "",
                hasPain ? row.MaxPain > 0 ? Names.Price(row.MaxPain) : "-" : "");
        }
    }

    private static void Line(
        Canvas canvas, Area area, int row, Style netStyle, string date, string root, string settles, string net, string share, string open, string pain)
    {
        int left = area.Left;
        canvas.Write(row, left + 1, date, default, 10);
        canvas.Write(row, left + 12, root, default, 6);
        canvas.Write(row, left + 19, settles, default, 10);
        canvas.WriteRight(row, left + 41, net, netStyle, 12);
        canvas.WriteRight(row, left + 50, share, default, 8);
        canvas.WriteRight(row, left + 61, open, default, 10);
        canvas.WriteRight(row, left + 70, pain, default, 8);
    }
}
