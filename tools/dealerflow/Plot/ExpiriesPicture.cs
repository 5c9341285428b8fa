using DealerFlow.Cli.Output;
using DealerFlow.Wire;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace DealerFlow.Cli.Plot;

/// <summary>Gamma by expiry, and how much of it is left after each settlement.</summary>
internal static class ExpiriesPicture
{
    private const int SharesTold = 6;

    public static void Draw(PictureSheet sheet, PictureSubject subject)
    {
        PlotTheme theme = sheet.Theme;
        ExpiryRow[] rows = [.. subject.View.Expiries.ToArray().Where(row => row.Status == ExpiryStatus.Live && Belongs(in row, subject.Bucket))];
        bool hasSides = subject.HasSides;
        double[] calls = [.. rows.Select(row => MoneyGrid.ToUsd(row.CallGex))], puts = [.. rows.Select(row => MoneyGrid.ToUsd(row.PutGex))];
        double[] net = [.. rows.Select(row => MoneyGrid.ToUsd(hasSides ? row.NetGex : row.ModelNetGex[(int)subject.Model]))];

        sheet.Head($"{subject.Symbol} gamma by expiry", subject.When, subject.Assumption);
        sheet.Doubts(Words.Doubts(in subject.View.Head));
        string reading = hasSides
            ? "Below: the share of gross exposure that is left once an expiry has settled, if nothing else changed. Per cents above are shares of gross."
            : $"Calls and puts are told apart under model {subject.View.Head.Model} alone.";
        sheet.Foot(PictureSubject.Caveat(reading));
        sheet.Legend(hasSides ? [(theme.Calls, "calls"), (theme.Puts, "puts"), (theme.Net, "net")] : [(theme.Calls, "net, positive"), (theme.Puts, "net, negative")]);
        if (rows.Length == 0)
        {
            sheet.Text("No expiry of this bucket is priced.", sheet.Margin, sheet.Top + (40 * sheet.Scale), 16 * sheet.Scale, theme.Muted);
            return;
        }

        double largest = hasSides ? calls.Concat(puts).Max(Math.Abs) : net.Max(Math.Abs);
        UsdScale scale = UsdScale.Of(largest);
        float left = 74 * sheet.Scale, below = 42 * sheet.Scale, gap = 10 * sheet.Scale;
        float split = hasSides ? sheet.Top + ((sheet.Bottom - sheet.Top) * 0.7f) : sheet.Bottom;
        var top = new PicturePanel(sheet, sheet.Top + (14 * sheet.Scale), split, left, sheet.Margin, hasSides ? 4 * sheet.Scale : below);
        double low = Math.Min(0, hasSides ? Math.Min(calls.Min(), puts.Min()) : net.Min()) / scale.Unit;
        double high = Math.Max(0, hasSides ? Math.Max(calls.Max(), puts.Max()) : net.Max()) / scale.Unit;
        if (hasSides) (low, high) = (Math.Min(low, net.Min() / scale.Unit), Math.Max(high, net.Max() / scale.Unit));
        double room = high == low ? 1 : (high - low) * 0.08;
        top.Plot.Axes.SetLimits(-0.7, rows.Length - 0.3, low - room, high + room);
        top.LeftTicks(UsdScale.Tick, $"{scale.Name} per 1 %");
        var bars = new List<Bar>();
        for (int i = 0; i < rows.Length; i++)
        {
            if (!hasSides)
            {
                Add(i, 0, net[i], net[i] < 0 ? theme.Puts : theme.Calls);
                continue;
            }
            bool stand = Math.Sign(calls[i]) == Math.Sign(puts[i]);
            Add(i, 0, calls[i], theme.Calls);
            Add(i, stand ? calls[i] : 0, stand ? net[i] : puts[i], theme.Puts);
        }
        top.Plot.Add.Bars(bars);
        top.Horizontal(0, theme.Axis);
        if (hasSides) top.BottomNone();
        else Dates(sheet, top, rows);
        top.Draw();
        if (!hasSides) return;
        top.Inside(() =>
        {
            for (int i = 0; i < rows.Length; i++) sheet.Ring(theme.Net, top.X(i), top.Y(net[i] / scale.Unit), 3);
        });
        Shares(sheet, top, rows, [.. calls.Select((call, i) => Math.Max(0, Math.Max(call, Math.Max(puts[i], net[i]))) / scale.Unit)]);

        var left100 = new PicturePanel(sheet, split + gap, sheet.Bottom, left, sheet.Margin, below);
        left100.Plot.Axes.SetLimits(-0.7, rows.Length - 0.3, 0, 105);
        left100.LeftTicks(percent => $"{percent:0} %", "gross left", spacing: 26);
        Dates(sheet, left100, rows);
        double whole = rows.Sum(row => row.GrossShare), rest = whole;
        var steps = new List<Bar>();
        for (int i = 0; i < rows.Length; i++)
        {
            rest -= rows[i].GrossShare;
            steps.Add(new Bar { Position = i, Value = whole == 0 ? 0 : 100 * Math.Max(rest, 0) / whole, Size = 1, FillColor = PicturePanel.Colour(theme.Pin, 0.55), LineWidth = 0 });
        }
        left100.Plot.Add.Bars(steps);
        left100.Draw();

        void Add(int i, double from, double to, string colour)
        {
            if (from != to)
                bars.Add(new Bar { Position = i, ValueBase = from / scale.Unit, Value = to / scale.Unit, Size = 0.72, FillColor = PicturePanel.Colour(colour), LineWidth = 0 });
        }
    }

    private static bool Belongs(in ExpiryRow row, ExposureBucket bucket) =>
        bucket == ExposureBucket.All || (bucket == ExposureBucket.ZeroDte) == (row.IsZeroDte != 0);

    /// <summary>The largest shares, above their bars, as long as they do not stand on each other.</summary>
    private static void Shares(PictureSheet sheet, PicturePanel panel, ExpiryRow[] rows, double[] tops)
    {
        float size = sheet.TextSize * 0.92f, reach = float.NegativeInfinity;
        int[] largest = [.. Enumerable.Range(0, rows.Length).OrderByDescending(i => rows[i].GrossShare).Take(SharesTold).Order()];
        foreach (int i in largest)
        {
            string text = $"{rows[i].GrossShare:P0}";
            float width = PictureSheet.WidthOf(text, size), x = panel.X(i);
            if (x - (width / 2) < reach || rows[i].GrossShare < 0.01) continue;
            reach = x + (width / 2) + (4 * sheet.Scale);
            sheet.Text(text, x, panel.Y(tops[i]) - (5 * sheet.Scale), size, sheet.Theme.Muted, SKTextAlign.Center);
        }
    }

    private static void Dates(PictureSheet sheet, PicturePanel panel, ExpiryRow[] rows)
    {
        var ticks = new NumericManual();
        float each = panel.Data.Width / rows.Length, needed = PictureSheet.WidthOf("26-11-20 am", 11.5f * sheet.Scale) + (8 * sheet.Scale);
        int every = Math.Max(1, (int)Math.Ceiling(needed / each));
        for (int i = 0; i < rows.Length; i += every)
            ticks.AddMajor(i, SnapshotNames.Date(rows[i].ExpiryDate)[2..] + (rows[i].Settlement == SettlementKind.AM ? " am" : ""));
        panel.Plot.Axes.Bottom.TickGenerator = ticks;
        panel.Plot.Axes.Bottom.Label.Text = "expiry";
    }
}
