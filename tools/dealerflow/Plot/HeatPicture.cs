using DealerFlow.Cli.Output;
using DealerFlow.Wire;
using SkiaSharp;

namespace DealerFlow.Cli.Plot;

/// <summary>Net GEX of every strike over event time as colour, and the path of spot through it.</summary>
internal static class HeatPicture
{
    /// <summary>Steps of colour on either side of zero: neighbours of one step become one rectangle.</summary>
    public const int Steps = 14;

    // Strikes beyond the path of spot that still matter to it.
    private const double Around = 0.01;

    public static void Draw(PictureSheet sheet, PictureSubject subject, double? range)
    {
        PlotTheme theme = sheet.Theme;
        IReadOnlyList<MarketSample> course = subject.Course;
        double[] times = [.. course.Select(sample => PicturePanel.Clock(sample.MarkNanos))];
        double seconds = Math.Max(times[^1] - times[0], 1), spot = course[^1].Spot;
        double low = course.Min(sample => sample.Spot), high = course.Max(sample => sample.Spot);
        PriceWindow window = range is double percent
            ? new PriceWindow(spot * (1 - (percent / 100)), spot * (1 + (percent / 100)))
            : new PriceWindow(low - (Around * spot), high + (Around * spot));
        double largest = course.Max(sample => Largest(sample.Strikes, window));

        sheet.Head($"{subject.Symbol} net gamma by strike, {subject.Span}", subject.When, subject.Assumption);
        sheet.Doubts(Words.Doubts(in subject.View.Head));
        sheet.Foot(PictureSubject.Caveat("The strength of a colour goes with the square root of the exposure, so that small ones are seen."));

        string most = largest == 0 ? "0" : Names.Usd(largest);
        float barWidth = 14 * sheet.Scale, right = sheet.WidthOfLabels([("", most)]) + barWidth + (14 * sheet.Scale);
        sheet.Legend([(theme.Calls, "net positive"), (theme.Puts, "net negative"), (theme.Spot, "spot"), (theme.ZeroGamma, "zero gamma")]);
        var panel = new PicturePanel(sheet, sheet.Top + (6 * sheet.Scale), sheet.Bottom, left: 74 * sheet.Scale, right, below: 24 * sheet.Scale);
        panel.Plot.Axes.SetLimits(times[0], times[0] + seconds, window.Low, window.High);
        panel.LeftTicks(price => price.ToString("#,0.##"), "strike");
        panel.BottomTimes(seconds);
        panel.Plot.Grid.IsVisible = false;
        panel.Draw();
        panel.Inside(() =>
        {
            Cells(sheet, panel, course, times, window, largest);
            Path(sheet, panel, times, [.. course.Select(sample => sample.ZeroGamma)], theme.ZeroGamma, [5, 3]);
            // A rim in the colour of the sheet keeps the path apart from whatever colour is below it.
            double[] spots = [.. course.Select(sample => sample.Spot)];
            Path(sheet, panel, times, spots, theme.Background, null, 4.2f);
            Path(sheet, panel, times, spots, theme.Spot, null, 1.9f);
        });
        Scale(sheet, panel, barWidth, largest);
    }

    private static void Cells(PictureSheet sheet, PicturePanel panel, IReadOnlyList<MarketSample> course, double[] times, PriceWindow window, double largest)
    {
        if (largest == 0) return;
        SKPaint[] paints = [.. Enumerable.Range(-Steps, (2 * Steps) + 1).Select(step => new SKPaint { Color = SKColor.Parse(sheet.Theme.Shade((double)step / Steps)), IsAntialias = false })];
        double[] strikes = [.. course.SelectMany(sample => sample.Strikes.Strikes).Distinct().Order()];
        for (int s = 0; s < strikes.Length; s++)
        {
            double strike = strikes[s];
            double from = s == 0 ? strike - ((strikes[Math.Min(1, strikes.Length - 1)] - strike) / 2) : (strikes[s - 1] + strike) / 2;
            double to = s == strikes.Length - 1 ? strike + (strike - from) : (strike + strikes[s + 1]) / 2;
            if (to < window.Low || from > window.High) continue;
            float top = panel.Y(to), bottom = panel.Y(from);
            int start = 0, held = StepOf(course[0], strike, largest);
            for (int t = 1; t <= course.Count; t++)
            {
                int step = t == course.Count ? int.MinValue : StepOf(course[t], strike, largest);
                if (step == held) continue;
                float x = panel.X(times[start]), end = t == course.Count ? panel.Data.Right : panel.X(times[t]);
                // A little over the edge: neighbours must leave no seam.
                if (held != 0) sheet.Canvas.DrawRect(x, top, end - x + 0.4f, bottom - top + 0.4f, paints[held + Steps]);
                (start, held) = (t, step);
            }
        }
        foreach (SKPaint paint in paints) paint.Dispose();
    }

    private static int StepOf(MarketSample sample, double strike, double largest)
    {
        int index = Array.BinarySearch(sample.Strikes.Strikes, strike);
        if (index < 0) return 0;
        double value = sample.Strikes.Net[index];
        return Math.Clamp((int)Math.Round(Math.Sign(value) * Math.Sqrt(Math.Abs(value) / largest) * Steps), -Steps, Steps);
    }

    private static double Largest(StrikeSeries strikes, PriceWindow window)
    {
        double largest = 0;
        for (int i = 0; i < strikes.Strikes.Length; i++)
            if (window.Holds(strikes.Strikes[i])) largest = Math.Max(largest, Math.Abs(strikes.Net[i]));
        return largest;
    }

    private static void Path(PictureSheet sheet, PicturePanel panel, double[] times, double[] values, string colour, float[]? dashes, float width = 1.8f)
    {
        using var path = new SKPath();
        bool isDown = false;
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]) || (isDown && dashes is not null && Math.Abs(values[i] - values[i - 1]) > 0.003 * values[i])) isDown = false;
            if (double.IsNaN(values[i])) continue;
            var point = new SKPoint(panel.X(times[i]), panel.Y(values[i]));
            if (isDown) path.LineTo(point);
            else path.MoveTo(point);
            isDown = true;
        }
        using SKPathEffect? effect = dashes is null ? null : SKPathEffect.CreateDash([.. dashes.Select(dash => dash * sheet.Scale)], 0);
        using var paint = new SKPaint
        {
            Color = SKColor.Parse(colour),
            Style = SKPaintStyle.Stroke,
            StrokeWidth = width * sheet.Scale,
            StrokeJoin = SKStrokeJoin.Round,
            IsAntialias = true,
            PathEffect = effect,
        };
        sheet.Canvas.DrawPath(path, paint);
    }

    private static void Scale(PictureSheet sheet, PicturePanel panel, float width, double largest)
    {
        float x = panel.Data.Right + (12 * sheet.Scale), height = Math.Min(panel.Data.Height, 260 * sheet.Scale);
        float top = panel.Data.Top + ((panel.Data.Height - height) / 2), cell = height / ((2 * Steps) + 1);
        for (int step = Steps; step >= -Steps; step--)
        {
            using var paint = new SKPaint { Color = SKColor.Parse(sheet.Theme.Shade((double)step / Steps)) };
            sheet.Canvas.DrawRect(x, top + ((Steps - step) * cell), width, cell + 0.4f, paint);
        }
        if (largest == 0) return;
        foreach (double strength in (ReadOnlySpan<double>)[1, 0.5, 0, -0.5, -1])
        {
            double value = Math.Sign(strength) * strength * strength * largest;
            float y = (float)(top + (height / 2) - (strength * (height - cell) / 2));
            sheet.Text(value == 0 ? "0" : Names.Usd(value), x + width + (5 * sheet.Scale), y + (0.35f * sheet.TextSize), sheet.TextSize * 0.92f, sheet.Theme.Muted);
        }
    }
}
