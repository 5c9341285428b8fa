using SkiaSharp;

namespace DealerFlow.Cli.Plot;

/// <summary>Something with a name, a value and a place on an axis.</summary>
internal readonly record struct Mark(string Name, string Value, double At, string Colour);

/// <summary>The sheet that a picture is drawn on: its sizes, its words above and below, and what is left for panels between them.</summary>
internal sealed class PictureSheet
{
    private const float StandardArea = 1200 * 700;

    public PictureSheet(SKCanvas canvas, int width, int height, PlotTheme theme)
    {
        (Canvas, Width, Height, Theme) = (canvas, width, height, theme);
        PlotFont.Register();
        Scale = Math.Clamp(MathF.Sqrt(width * (float)height / StandardArea), 0.85f, 4f);
        Top = 14 * Scale;
        Bottom = height - (8 * Scale);
        using var paint = new SKPaint { Color = SKColor.Parse(theme.Background) };
        canvas.DrawRect(0, 0, width, height, paint);
    }

    public SKCanvas Canvas { get; }

    public int Width { get; }

    public int Height { get; }

    public PlotTheme Theme { get; }

    /// <summary>Size of strokes and letters: 1 at 1200 × 700.</summary>
    public float Scale { get; }

    /// <summary>Too narrow for long words beside the drawing: a telephone.</summary>
    public bool IsNarrow => Width < 600;

    /// <summary>Where free room begins, from above.</summary>
    public float Top { get; private set; }

    /// <summary>Where it ends.</summary>
    public float Bottom { get; private set; }

    public float Margin => 14 * Scale;

    public float TextSize => 12.5f * Scale;

    /// <summary>A title, and what is to be known of the picture.</summary>
    public void Head(string title, params IEnumerable<string> lines)
    {
        Paragraph(title, 19 * Scale, Theme.Text, isBold: true);
        foreach (string line in lines)
            if (line.Length > 0) Paragraph(line, TextSize, Theme.Muted);
        Top += 4 * Scale;
    }

    /// <summary>One line, or several where it is long, in another colour.</summary>
    public void Doubts(IEnumerable<string> doubts)
    {
        foreach (string doubt in doubts) Paragraph($"Doubtful: {doubt}.", TextSize, Theme.Doubt);
    }

    /// <summary>What stands below the picture.</summary>
    public void Foot(string text)
    {
        float size = 11.5f * Scale;
        List<string> lines = Wrapped(text, size, isBold: false);
        Bottom -= lines.Count * size * 1.35f;
        float y = Bottom + size;
        foreach (string line in lines)
        {
            Text(line, Margin, y, size, Theme.Muted);
            y += size * 1.35f;
        }
        Bottom -= 4 * Scale;
    }

    /// <summary>A row of patches with their names.</summary>
    public void Legend(params IEnumerable<(string Colour, string Name)> entries)
    {
        float x = Margin, patch = 11 * Scale, y = Top + TextSize;
        foreach ((string colour, string name) in entries)
        {
            float width = patch + (5 * Scale) + WidthOf(name, TextSize);
            if (x > Margin && x + width > Width - Margin)
            {
                x = Margin;
                y += TextSize * 1.5f;
            }
            using var paint = new SKPaint { Color = SKColor.Parse(colour), IsAntialias = true };
            Canvas.DrawRect(x, y - patch + Scale, patch, patch, paint);
            Text(name, x + patch + (5 * Scale), y, TextSize, Theme.Text);
            x += width + (18 * Scale);
        }
        Top = y + (8 * Scale);
    }

    /// <summary>Takes so much of the free room from above and gives where it begins.</summary>
    public float Take(float height)
    {
        float y = Top;
        Top += height;
        return y;
    }

    /// <summary>
    /// Names and values of vertical lines in a row of their own above a panel, two lines each, with a stroke from each to where its line
    /// begins.
    /// </summary>
    /// <param name="marks">What is marked; <c>At</c> is in pixels.</param>
    /// <param name="rowTop">Where the row begins.</param>
    /// <param name="panelTop">Where the panel begins.</param>
    public void LabelsAbove(IReadOnlyList<Mark> marks, float rowTop, float panelTop)
    {
        float size = TextSize;
        float[] wanted = [.. marks.Select(mark => (float)mark.At)];
        float[] widths = [.. marks.Select(mark => Math.Max(WidthOf(mark.Name, size), WidthOf(mark.Value, size, isBold: true)))];
        float[] placed = LabelSpread.Place(wanted, widths, 10 * Scale, Margin, Width - Margin);
        for (int i = 0; i < marks.Count; i++)
        {
            Mark mark = marks[i];
            Text(mark.Name, placed[i], rowTop + size, size, mark.Colour, SKTextAlign.Center);
            Text(mark.Value, placed[i], rowTop + (2.25f * size), size, mark.Colour, SKTextAlign.Center, isBold: true);
            Stroke(mark.Colour, 1, (placed[i], rowTop + (2.55f * size)), (wanted[i], panelTop));
        }
    }

    /// <summary>Height of the row of <see cref="LabelsAbove"/>.</summary>
    public float LabelRow => (2.55f * TextSize) + (10 * Scale);

    /// <summary>Names and values at the right of a panel, each with a stroke from where its line ends.</summary>
    public void LabelsRight(IReadOnlyList<Mark> marks, float panelRight, float low, float high)
    {
        float size = TextSize;
        float[] wanted = [.. marks.Select(mark => (float)mark.At)];
        float[] heights = [.. marks.Select(_ => size * (IsNarrow ? 2.3f : 1.25f))];
        float[] placed = LabelSpread.Place(wanted, heights, 2 * Scale, low, high);
        for (int i = 0; i < marks.Count; i++)
        {
            Mark mark = marks[i];
            float x = panelRight + (14 * Scale);
            Stroke(mark.Colour, 1, (panelRight + Scale, wanted[i]), (x - (3 * Scale), placed[i]));
            if (IsNarrow)
            {
                Text(mark.Name, x, placed[i] - (0.15f * size), size, mark.Colour);
                Text(mark.Value, x, placed[i] + (0.95f * size), size, mark.Colour, isBold: true);
                continue;
            }
            Text(mark.Name, x, placed[i] + (0.35f * size), size, mark.Colour);
            Text(mark.Value, x + WidthOf(mark.Name + " ", size), placed[i] + (0.35f * size), size, mark.Colour, isBold: true);
        }
    }

    /// <summary>Room that <see cref="LabelsRight"/> needs.</summary>
    public float WidthOfLabels(IEnumerable<(string Name, string Value)> labels) => (18 * Scale) + labels.Select(label => IsNarrow
        ? Math.Max(WidthOf(label.Name, TextSize), WidthOf(label.Value, TextSize, isBold: true))
        : WidthOf(label.Name + " ", TextSize) + WidthOf(label.Value, TextSize, isBold: true)).DefaultIfEmpty(0).Max();

    public void Text(string text, float x, float y, float size, string colour, SKTextAlign align = SKTextAlign.Left, bool isBold = false)
    {
        using SKFont font = PlotFont.Of(size, isBold);
        using var paint = new SKPaint { Color = SKColor.Parse(colour), IsAntialias = true };
        Canvas.DrawText(PlotFont.Drawable(text), x, y, align, font, paint);
    }

    public void Stroke(string colour, float width, params ReadOnlySpan<(float X, float Y)> points)
    {
        using var paint = new SKPaint { Color = SKColor.Parse(colour), IsAntialias = true, StrokeWidth = width * Scale, Style = SKPaintStyle.Stroke };
        for (int i = 1; i < points.Length; i++) Canvas.DrawLine(points[i - 1].X, points[i - 1].Y, points[i].X, points[i].Y, paint);
    }

    /// <summary>A dot with a rim in the colour of the sheet, which keeps it apart from what is below it, if it is large enough for one.</summary>
    public void Ring(string colour, float x, float y, float radius)
    {
        using var rim = new SKPaint { Color = SKColor.Parse(Theme.Background), IsAntialias = true };
        using var paint = new SKPaint { Color = SKColor.Parse(colour), IsAntialias = true };
        if (radius >= 1.8f) Canvas.DrawCircle(x, y, (radius + 0.9f) * Scale, rim);
        Canvas.DrawCircle(x, y, radius * Scale, paint);
    }

    public static float WidthOf(string text, float size, bool isBold = false)
    {
        using SKFont font = PlotFont.Of(size, isBold);
        return font.MeasureText(PlotFont.Drawable(text));
    }

    private void Paragraph(string text, float size, string colour, bool isBold = false)
    {
        foreach (string line in Wrapped(text, size, isBold))
        {
            Text(line, Margin, Top + size, size, colour, isBold: isBold);
            Top += size * 1.4f;
        }
    }

    private List<string> Wrapped(string text, float size, bool isBold)
    {
        var lines = new List<string> { "" };
        foreach (string word in text.Split(' '))
        {
            string longer = lines[^1].Length == 0 ? word : $"{lines[^1]} {word}";
            if (lines[^1].Length == 0 || WidthOf(longer, size, isBold) <= Width - (2 * Margin)) lines[^1] = longer;
            else lines.Add(word);
        }
        return lines;
    }
}
