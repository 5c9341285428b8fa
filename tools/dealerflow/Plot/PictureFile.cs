using SkiaSharp;

namespace DealerFlow.Cli.Plot;

/// <summary>How a picture is written down.</summary>
internal enum PictureFormat
{
    Png,
    Svg,
}

/// <summary>A drawing as the bytes of a file.</summary>
internal static class PictureFile
{
    public static byte[] Encode(PictureFormat format, int width, int height, PlotTheme theme, Action<PictureSheet> draw) =>
        format == PictureFormat.Svg ? System.Text.Encoding.UTF8.GetBytes(Svg(width, height, theme, draw)) : Png(width, height, theme, draw);

    /// <summary>A document of vectors and texts.</summary>
    /// <param name="width">Pixels at their own size.</param>
    /// <param name="height">Pixels at their own size.</param>
    /// <param name="theme">Colours.</param>
    /// <param name="draw">What draws.</param>
    /// <param name="id">Tells the names inside apart where several documents stand in one page.</param>
    public static string Svg(int width, int height, PlotTheme theme, Action<PictureSheet> draw, string id = "")
    {
        using var stream = new MemoryStream();
        using (SKCanvas canvas = SKSvgCanvas.Create(new SKRect(0, 0, width, height), stream)) draw(new PictureSheet(canvas, width, height, theme));
        return SvgText.Tidy(System.Text.Encoding.UTF8.GetString(stream.ToArray()), id);
    }

    private static byte[] Png(int width, int height, PlotTheme theme, Action<PictureSheet> draw)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul));
        using (var canvas = new SKCanvas(bitmap)) draw(new PictureSheet(canvas, width, height, theme));
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
