using DealerFlow.Cli.Output;
using DealerFlow.Wire;
using ScottPlot;

namespace DealerFlow.Cli.Plot;

/// <summary>Gamma by strike: calls and puts as bars, both together as dots, with spot, zero gamma and walls.</summary>
internal static class StrikesPicture
{
    public static void Draw(PictureSheet sheet, PictureSubject subject, double? range)
    {
        PlotTheme theme = sheet.Theme;
        var all = StrikeSeries.Of(subject.View, subject.Model, subject.Bucket);
        PriceWindow window = PriceWindow.About(subject, all, range);
        StrikeSeries shown = all.Between(window.Low, window.High);
        bool hasSides = subject.HasSides;

        sheet.Head($"{subject.Symbol} gamma by strike", subject.When, subject.Assumption);
        sheet.Doubts(Words.Doubts(in subject.View.Head));
        sheet.Foot(PictureSubject.Caveat(Outside(all, shown)));
        sheet.Legend(hasSides ? [(theme.Calls, "calls"), (theme.Puts, "puts"), (theme.Net, "net")] : [(theme.Calls, "net, positive"), (theme.Puts, "net, negative")]);

        double largest = Enumerable.Range(0, shown.Strikes.Length).Select(shown.Magnitude).DefaultIfEmpty(0).Max();
        UsdScale scale = UsdScale.Of(largest);
        float row = sheet.Take(sheet.LabelRow);
        var panel = new PicturePanel(sheet, sheet.Top, sheet.Bottom, left: 74 * sheet.Scale, right: sheet.Margin, below: 42 * sheet.Scale);
        (double low, double high) = Extent(shown, scale);
        panel.Plot.Axes.SetLimits(window.Low, window.High, low, high);
        panel.LeftTicks(UsdScale.Tick, $"{scale.Name} per 1 %");
        panel.BottomPrices();
        panel.Plot.Axes.Bottom.Label.Text = "strike";
        var bars = new List<Bar>();
        for (int i = 0; i < shown.Strikes.Length; i++)
        {
            if (!hasSides)
            {
                Add(i, 0, shown.Net[i], shown.Net[i] < 0 ? theme.Puts : theme.Calls);
                continue;
            }
            // Two sides of one sign stand on each other, so that the end of the bar is their sum.
            bool stand = Math.Sign(shown.Calls[i]) == Math.Sign(shown.Puts[i]);
            Add(i, 0, shown.Calls[i], theme.Calls);
            Add(i, stand ? shown.Calls[i] : 0, stand ? shown.Net[i] : shown.Puts[i], theme.Puts);
        }
        // Below the bars, so that none is hidden.
        List<Mark> levels = subject.Levels(theme);
        foreach (Mark level in levels) panel.Vertical(level.At, level.Colour, 1.6f, level.Name == "spot" ? LinePattern.Solid : LinePattern.Dashed);
        // Between dashes and bars: a solid line leaves no pattern behind that the bars would inherit.
        panel.Horizontal(0, theme.Axis);
        panel.Plot.Add.Bars(bars);
        panel.Draw();
        if (hasSides)
        {
            float radius = (float)Math.Clamp(0.3 * panel.Data.Width / Math.Max(shown.Strikes.Length, 1) / sheet.Scale, 1.1, 3);
            panel.Inside(() =>
            {
                for (int i = 0; i < shown.Strikes.Length; i++) sheet.Ring(theme.Net, panel.X(shown.Strikes[i]), panel.Y(shown.Net[i] / scale.Unit), radius);
            });
        }
        sheet.LabelsAbove([.. levels.Select(level => Placed(level, window, panel))], row, panel.Data.Top);

        void Add(int i, double from, double to, string colour)
        {
            if (from == to) return;
            bars.Add(new Bar
            {
                Position = shown.Strikes[i],
                ValueBase = from / scale.Unit,
                Value = to / scale.Unit,
                Size = 0.8 * shown.Step(i),
                FillColor = PicturePanel.Colour(colour),
                LineWidth = 0,
            });
        }
    }

    /// <summary>A level in pixels; one outside the window is told at its edge.</summary>
    internal static Mark Placed(Mark level, PriceWindow window, PicturePanel panel) => level switch
    {
        _ when level.At < window.Low => level with { At = panel.Data.Left, Value = "\u2190 " + level.Value },
        _ when level.At > window.High => level with { At = panel.Data.Right, Value = level.Value + " \u2192" },
        _ => level with { At = panel.X(level.At) },
    };

    private static string Outside(StrikeSeries all, StrikeSeries shown)
    {
        double total = Enumerable.Range(0, all.Strikes.Length).Sum(all.Magnitude), inside = Enumerable.Range(0, shown.Strikes.Length).Sum(shown.Magnitude);
        int left = all.Strikes.Length - shown.Strikes.Length;
        return left == 0 || total == 0
            ? "All strikes are shown."
            : $"Not shown: {left:#,0} strikes further away, with {1 - (inside / total):P1} of the exposure of calls and puts.";
    }

    private static (double Low, double High) Extent(StrikeSeries shown, UsdScale scale)
    {
        double low = 0, high = 0;
        for (int i = 0; i < shown.Strikes.Length; i++)
        {
            double call = shown.Calls.Length == 0 ? 0 : shown.Calls[i], put = shown.Puts.Length == 0 ? 0 : shown.Puts[i];
            low = Math.Min(low, Math.Min(shown.Net[i], Math.Min(call, put)));
            high = Math.Max(high, Math.Max(shown.Net[i], Math.Max(call, put)));
        }
        double room = high == low ? scale.Unit : (high - low) * 0.05;
        return ((low - room) / scale.Unit, (high + room) / scale.Unit);
    }
}
