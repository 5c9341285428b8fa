using DealerFlow.Market;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace DealerFlow.Cli.Plot;

/// <summary>One pair of axes on a sheet, in the sheet's colours and letters.</summary>
internal sealed class PicturePanel
{
    private readonly PictureSheet _sheet;
    private readonly PixelRect _area;

    /// <param name="sheet">The sheet.</param>
    /// <param name="top">Where the drawing begins, the top of the data.</param>
    /// <param name="bottom">Where it ends with the words below the axis.</param>
    /// <param name="left">Room for the words at the left of the data.</param>
    /// <param name="right">Room for what stands at the right of it.</param>
    /// <param name="below">Room for the words below the data.</param>
    public PicturePanel(PictureSheet sheet, float top, float bottom, float left, float right, float below)
    {
        _sheet = sheet;
        _area = new PixelRect(0, sheet.Width, bottom, top);
        Data = new PixelRect(left, sheet.Width - right, bottom - below, top);
        PlotTheme theme = sheet.Theme;
        Plot.FigureBackground.Color = Colour(theme.Background);
        Plot.DataBackground.Color = Colour(theme.Background);
        Plot.Grid.MajorLineColor = Colour(theme.Grid);
        Plot.Grid.MajorLineWidth = sheet.Scale;
        Plot.Axes.Color(Colour(theme.Axis));
        Plot.Layout.Fixed(new PixelPadding(left, right, below, 0));
        Plot.RenderManager.ClearCanvasBeforeEachRender = false;
        Plot.Legend.IsVisible = false;
        foreach (IAxis axis in (ReadOnlySpan<IAxis>)[Plot.Axes.Left, Plot.Axes.Bottom])
        {
            axis.TickLabelStyle.FontName = PlotFont.Family;
            axis.TickLabelStyle.FontSize = 11.5f * sheet.Scale;
            axis.TickLabelStyle.ForeColor = Colour(theme.Muted);
            axis.Label.FontName = PlotFont.Family;
            axis.Label.FontSize = sheet.TextSize;
            axis.Label.Bold = false;
            axis.Label.ForeColor = Colour(theme.Muted);
            axis.MajorTickStyle.Width = axis.FrameLineStyle.Width = sheet.Scale;
            axis.MajorTickStyle.Length = 4 * sheet.Scale;
            axis.MinorTickStyle.Length = axis.MinorTickStyle.Width = 0;
        }
        Plot.Axes.Top.FrameLineStyle.Width = Plot.Axes.Right.FrameLineStyle.Width = 0;
    }

    /// <summary>What ScottPlot draws.</summary>
    public ScottPlot.Plot Plot { get; } = new();

    /// <summary>The data area, in pixels of the sheet.</summary>
    public PixelRect Data { get; }

    public static Color Colour(string hex, double alpha = 1) => Color.FromHex(hex).WithAlpha(alpha);

    /// <summary>Draws axes and whatever was added.</summary>
    public void Draw() => Plot.Render(_sheet.Canvas, _area);

    /// <summary>Where a value of the lower axis is, in pixels of the sheet.</summary>
    public float X(double value)
    {
        AxisLimits limits = Plot.Axes.GetLimits();
        return (float)(Data.Left + ((value - limits.Left) / (limits.Right - limits.Left) * Data.Width));
    }

    /// <summary>Where a value of the left axis is.</summary>
    public float Y(double value)
    {
        AxisLimits limits = Plot.Axes.GetLimits();
        return (float)(Data.Bottom - ((value - limits.Bottom) / (limits.Top - limits.Bottom) * Data.Height));
    }

    /// <summary>Draws into the data area alone.</summary>
    public void Inside(Action draw)
    {
        _sheet.Canvas.Save();
        _sheet.Canvas.ClipRect(new SKRect(Data.Left, Data.Top, Data.Right, Data.Bottom));
        draw();
        _sheet.Canvas.Restore();
    }

    public void LeftTicks(Func<double, string> format, string label, float spacing = 34)
    {
        Plot.Axes.Left.TickGenerator = new NumericAutomatic { LabelFormatter = format, MinimumTickSpacing = spacing * _sheet.Scale };
        Plot.Axes.Left.Label.Text = label;
    }

    public void BottomPrices() =>
        Plot.Axes.Bottom.TickGenerator = new NumericAutomatic { LabelFormatter = price => price.ToString("#,0.####"), MinimumTickSpacing = 70 * _sheet.Scale };

    /// <summary>Event time on the lower axis, as the clocks of New York show it; values are from <see cref="Clock"/>.</summary>
    public void BottomTimes(double seconds)
    {
        string format = seconds < 600 ? "HH:mm:ss" : "HH:mm";
        // Steps that people count in, the smallest that leaves room for the words.
        double[] steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];
        double most = Math.Max(2, Data.Width / (80 * _sheet.Scale));
        double step = steps.FirstOrDefault(each => seconds / each <= most, 86_400);
        AxisLimits limits = Plot.Axes.GetLimits();
        var ticks = new NumericManual();
        for (double at = Math.Ceiling(limits.Left / step) * step; at <= limits.Right; at += step)
            ticks.AddMajor(at, DateTime.UnixEpoch.AddSeconds(at).ToString(format));
        Plot.Axes.Bottom.TickGenerator = ticks;
    }

    /// <summary>An instant on the lower axis: seconds of New York's clock.</summary>
    public static double Clock(long unixNanos) =>
        (NewYorkTime.DateOf(unixNanos).ToDateTime(NewYorkTime.TimeOf(unixNanos)) - DateTime.UnixEpoch).TotalSeconds;

    public void BottomNone() => Plot.Axes.Bottom.TickGenerator = new NumericManual();

    public void Horizontal(double at, string colour, float width = 1) => Plot.Add.HorizontalLine(at, width * _sheet.Scale, Colour(colour));

    public void Vertical(double at, string colour, float width, LinePattern pattern) => Plot.Add.VerticalLine(at, width * _sheet.Scale, Colour(colour), pattern);

    /// <summary>A line that is broken where a value is not a number.</summary>
    public void Line(double[] xs, double[] ys, string colour, float width, LinePattern pattern, bool isStep = false)
    {
        ScottPlot.Plottables.Scatter line = Plot.Add.Scatter(xs, ys, Colour(colour));
        line.MarkerSize = 0;
        line.LineWidth = width * _sheet.Scale;
        line.LinePattern = pattern;
        if (isStep) line.ConnectStyle = ConnectStyle.StepHorizontal;
    }
}
