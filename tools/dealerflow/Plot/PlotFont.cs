using ScottPlot;
using SkiaSharp;

namespace DealerFlow.Cli.Plot;

/// <summary>
/// The typeface of every picture comes with the program: a machine without fonts draws the same picture as any other, and no letter is ever
/// an empty box.
/// </summary>
internal sealed class PlotFont : IFontResolver
{
    /// <summary>Its name, also in an SVG; a reader of that who does not have it takes another one at the same width.</summary>
    public const string Family = "DejaVu Sans";

    public static readonly SKTypeface Regular = Load("DejaVuSans.ttf");
    public static readonly SKTypeface Bold = Load("DejaVuSans-Bold.ttf");

    private static readonly Lazy<PlotFont> Registered = new(() =>
    {
        var font = new PlotFont();
        Fonts.FontResolvers.Insert(0, font);
        Fonts.Default = Fonts.Sans = Family;
        return font;
    });

    private PlotFont()
    {
    }

    /// <summary>Before the first axis is drawn.</summary>
    public static void Register() => _ = Registered.Value;

    /// <summary>A font of a size in pixels.</summary>
    public static SKFont Of(float size, bool isBold = false) => new(isBold ? Bold : Regular, size)
    {
        Subpixel = true,
        Hinting = SKFontHinting.None,
        Edging = SKFontEdging.Antialias,
    };

    /// <summary>A text of which every character is in the typeface; others become the replacement character.</summary>
    public static string Drawable(string text)
    {
        using SKFont font = Of(10);
        return string.Concat(text.EnumerateRunes().Select(rune => font.ContainsGlyph(rune.Value) ? rune.ToString() : "\uFFFD"));
    }

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => weight >= FontWeight.SemiBold ? Bold : Regular;

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => bold ? Bold : Regular;

    private static SKTypeface Load(string file)
    {
        using Stream stream = typeof(PlotFont).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"The program was built without its typeface {file}.");
        return SKTypeface.FromStream(stream);
    }
}
