using System.Globalization;
using System.Text.RegularExpressions;

namespace DealerFlow.Cli.Plot;

/// <summary>
/// Skia's SVG places every letter by itself. Here each text becomes one piece with the width that it was measured with, which a browser keeps
/// whatever font it has; coordinates are cut to a tenth of a pixel.
/// </summary>
internal static partial class SvgText
{
    /// <summary>Rewrites a document.</summary>
    /// <param name="svg">What Skia wrote.</param>
    /// <param name="id">Goes before the names inside, so that several documents can stand in one page.</param>
    public static string Tidy(string svg, string id)
    {
        string texts = Text().Replace(svg, match =>
        {
            string attributes = match.Groups["before"].Value + match.Groups["after"].Value;
            string content = match.Groups["content"].Value.Trim('\n', '\r', '\t');
            string[] xs = match.Groups["x"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries), ys = match.Groups["y"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries);
            float size = float.Parse(Size().Match(attributes).Groups[1].Value, CultureInfo.InvariantCulture);
            float width = PictureSheet.WidthOf(System.Net.WebUtility.HtmlDecode(content), size, attributes.Contains("font-weight", StringComparison.Ordinal));
            attributes = attributes.Replace($"font-family=\"{PlotFont.Family}\"", "", StringComparison.Ordinal).Trim();
            return string.Create(CultureInfo.InvariantCulture, $"<text {Spaces().Replace(attributes, " ")} x=\"{Number(xs[0])}\" y=\"{Number(ys[0])}\" textLength=\"{width:0.0}\" lengthAdjust=\"spacingAndGlyphs\">{content}</text>");
        });
        // Inside tags alone: what a text says stays as it is.
        string cut = Tag().Replace(texts, tag => Long().Replace(tag.Value, match => Number(match.Value)));
        string named = cut.Replace("\"cl_", $"\"{id}cl_", StringComparison.Ordinal).Replace("#cl_", $"#{id}cl_", StringComparison.Ordinal);
        // Sizes become a box that a page may scale; the letters of all texts are named once.
        return Root().Replace(named, match =>
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{match.Groups[1].Value}\" height=\"{match.Groups[2].Value}\" viewBox=\"0 0 {match.Groups[1].Value} {match.Groups[2].Value}\" font-family=\"'{PlotFont.Family}', Verdana, sans-serif\"", 1)
            .Replace("\t", "", StringComparison.Ordinal);
    }

    private static string Number(string text) => float.Parse(text, CultureInfo.InvariantCulture).ToString("0.##", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"<text (?<before>[^>]*?)x=""(?<x>[^""]*)"" y=""(?<y>[^""]*)""(?<after>[^>]*)>(?<content>[^<]*)</text>")]
    private static partial Regex Text();

    [GeneratedRegex(@"font-size=""([^""]+)""")]
    private static partial Regex Size();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\d+\.\d{3,}")]
    private static partial Regex Long();

    [GeneratedRegex(@"<svg [^>]*?width=""([\d.]+)"" height=""([\d.]+)""")]
    private static partial Regex Root();
}
