using DealerFlow.Cli.Output;
using DealerFlow.Wire;
using ScottPlot;

namespace DealerFlow.Cli.Plot;

/// <summary>The course of a day: spot between its levels, and net GEX below.</summary>
internal static class LevelsPicture
{
    // A level further away than this would press the path of spot into a line.
    private const double Far = 0.025;

    // The nearest of several roots changes at once: no line joins one to the other.
    private const double Jump = 0.003;

    public static void Draw(PictureSheet sheet, PictureSubject subject, double? range)
    {
        PlotTheme theme = sheet.Theme;
        IReadOnlyList<MarketSample> course = subject.Course;
        double[] times = [.. course.Select(sample => PicturePanel.Clock(sample.MarkNanos))];
        double seconds = Math.Max(times[^1] - times[0], 1);

        sheet.Head($"{subject.Symbol} levels, {subject.Span}", subject.When, subject.Assumption);
        sheet.Doubts(Words.Doubts(in subject.View.Head));
        sheet.Foot(PictureSubject.Caveat("A wall is a strike: where it jumps, two strikes were nearly alike. A line ends where its level does not exist."));

        (string Name, Func<MarketSample, double> At, string Colour, LinePattern Pattern, float Width, string Format)[] lines =
        [
            ("call wall", sample => sample.CallWall, theme.Calls, LinePattern.Solid, 2, "#,0.####"),
            ("put wall", sample => sample.PutWall, theme.Puts, LinePattern.Solid, 2, "#,0.####"),
            ("0DTE pin", sample => sample.Pin, theme.Pin, LinePattern.Dotted, 2.2f, "#,0.####"),
            ("zero gamma", sample => sample.ZeroGamma, theme.ZeroGamma, LinePattern.Dashed, 1.8f, "#,0.00"),
            ("spot", sample => sample.Spot, theme.Spot, LinePattern.Solid, 1.6f, "#,0.00"),
        ];
        PriceWindow window = Window(course, lines.Select(line => line.At), range);
        string net = Names.Usd(course[^1].NetGex);
        float right = sheet.WidthOfLabels(lines.Select(line => (line.Name, "\u2191 " + Names.Price(window.High) + ".00")).Append(("net GEX", net)));
        float left = 74 * sheet.Scale, height = sheet.Bottom - sheet.Top, gap = 12 * sheet.Scale;
        float split = sheet.Top + (height * 0.68f);

        var prices = new PicturePanel(sheet, sheet.Top + (6 * sheet.Scale), split, left, right, below: 4 * sheet.Scale);
        prices.Plot.Axes.SetLimits(times[0], times[0] + seconds, window.Low, window.High);
        prices.LeftTicks(price => price.ToString("#,0.##"), "price");
        prices.BottomTimes(seconds);
        prices.Plot.Axes.Bottom.TickLabelStyle.IsVisible = false;
        foreach (var line in lines)
        {
            double[] values = [.. course.Select(line.At)];
            if (line.Name is "spot") prices.Line(times, values, line.Colour, line.Width, line.Pattern);
            else Broken(prices, times, values, line.Colour, line.Width, line.Pattern, isStrike: line.Name is not "zero gamma");
        }
        prices.Draw();
        var ends = new List<Mark>();
        foreach (var line in lines)
        {
            double last = line.At(course[^1]);
            if (double.IsNaN(last)) continue;
            string arrow = last > window.High ? "\u2191 " : last < window.Low ? "\u2193 " : "";
            ends.Add(new Mark(line.Name, arrow + last.ToString(line.Format), prices.Y(Math.Clamp(last, window.Low, window.High)), line.Colour));
        }
        sheet.LabelsRight(ends, prices.Data.Right, prices.Data.Top, prices.Data.Bottom);

        double largest = course.Max(sample => Math.Abs(sample.NetGex));
        UsdScale scale = UsdScale.Of(largest);
        double[] gex = [.. course.Select(sample => sample.NetGex / scale.Unit)];
        double low = Math.Min(0, gex.Min()), high = Math.Max(0, gex.Max()), room = high == low ? 1 : (high - low) * 0.08;
        var sums = new PicturePanel(sheet, split + gap, sheet.Bottom, left, right, below: 24 * sheet.Scale);
        sums.Plot.Axes.SetLimits(times[0], times[0] + seconds, low - room, high + room);
        sums.LeftTicks(UsdScale.Tick, $"net, {scale.Name}", spacing: 26);
        sums.BottomTimes(seconds);
        ScottPlot.Plottables.Scatter area = sums.Plot.Add.Scatter(times, gex, PicturePanel.Colour(theme.Net));
        (area.MarkerSize, area.LineWidth, area.FillY) = (0, 1.2f * sheet.Scale, true);
        (area.FillYAboveColor, area.FillYBelowColor) = (PicturePanel.Colour(theme.Calls, 0.45), PicturePanel.Colour(theme.Puts, 0.45));
        sums.Horizontal(0, theme.Axis);
        sums.Draw();
        sheet.LabelsRight([new Mark("net GEX", net, sums.Y(gex[^1]), theme.Net)], sums.Data.Right, sums.Data.Top, sums.Data.Bottom);
    }

    private static PriceWindow Window(IReadOnlyList<MarketSample> course, IEnumerable<Func<MarketSample, double>> levels, double? range)
    {
        double last = course[^1].Spot;
        if (range is double percent) return new PriceWindow(last * (1 - (percent / 100)), last * (1 + (percent / 100)));
        double low = course.Min(sample => sample.Spot), high = course.Max(sample => sample.Spot);
        double lowest = low * (1 - Far), highest = high * (1 + Far);
        foreach (Func<MarketSample, double> level in levels)
        {
            foreach (MarketSample sample in course)
            {
                double at = level(sample);
                if (at >= lowest && at <= highest) (low, high) = (Math.Min(low, at), Math.Max(high, at));
            }
        }
        double room = Math.Max((high - low) * 0.05, last * 0.0002);
        return new PriceWindow(low - room, high + room);
    }

    private static void Broken(PicturePanel panel, double[] times, double[] values, string colour, float width, LinePattern pattern, bool isStrike)
    {
        List<double> xs = [], ys = [];
        for (int i = 0; i < values.Length; i++)
        {
            bool isNew = xs.Count > 0 && !double.IsNaN(ys[^1])
                && (double.IsNaN(values[i]) || (isStrike ? values[i] != ys[^1] : Math.Abs(values[i] - ys[^1]) > Jump * values[i]));
            if (isNew)
            {
                // A level holds until the next sample says otherwise.
                Add(times[i], ys[^1]);
                Add(times[i], double.NaN);
            }
            if (!double.IsNaN(values[i])) Add(times[i], values[i]);
        }
        if (ys.Any(double.IsFinite)) panel.Line([.. xs], [.. ys], colour, width, pattern);

        void Add(double x, double y)
        {
            xs.Add(x);
            ys.Add(y);
        }
    }
}
