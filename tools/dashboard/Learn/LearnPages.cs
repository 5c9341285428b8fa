using System.Net;
using System.Reflection;
using System.Text;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace DealerFlow.Dashboard;

/// <summary>
/// The pages of docs/dealer-flow, which lie in the program, as HTML: what a number means and what it cannot tell. Links between them lead to
/// each other here; what lies elsewhere in the repository is named without a link.
/// </summary>
internal sealed class LearnPages
{
    private const string Prefix = "learn/";
    private const string Overview = "README";

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).DisableHtml().Build();

    private readonly SortedDictionary<string, (string Title, string Html)> _pages = new(StringComparer.Ordinal);

    public LearnPages()
    {
        var assembly = Assembly.GetExecutingAssembly();
        string[] topics = [.. assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..])];
        foreach (string topic in topics)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(Prefix + topic)!, Encoding.UTF8);
            _pages[topic] = Render(topic, reader.ReadToEnd(), topics);
        }
    }

    /// <summary>A page by its address below <c>/learn/</c>; the overview where it is empty; null = there is none.</summary>
    public string? Find(string topic)
    {
        if (topic.Length == 0 && _pages.ContainsKey(Overview)) topic = Overview;
        if (topic.Length == 0)
            return Page("Dealer flow", $"<h1>Dealer flow</h1><ul>{string.Concat(_pages.Select(page => $"<li><a href=\"/learn/{page.Key}\">{WebUtility.HtmlEncode(page.Value.Title)}</a></li>"))}</ul>");
        return _pages.TryGetValue(topic, out (string Title, string Html) found) ? Page(found.Title, found.Html) : null;
    }

    private static (string Title, string Html) Render(string topic, string markdown, string[] topics)
    {
        MarkdownDocument document = Markdown.Parse(markdown, Pipeline);
        foreach (LinkInline link in document.Descendants<LinkInline>().ToArray()) Redirect(link, topics);
        using var html = new StringWriter();
        var renderer = new HtmlRenderer(html);
        Pipeline.Setup(renderer);
        renderer.Render(document);
        string title = document.Descendants<HeadingBlock>().FirstOrDefault()?.Inline?.Descendants<LiteralInline>().Aggregate("", (text, part) => text + part.Content) is { Length: > 0 } heading ? heading : topic;
        // The policy of the page allows no style in an element; columns of numbers are named instead.
        return (title, html.ToString().Replace(" style=\"text-align: right;\"", " class=\"right\"", StringComparison.Ordinal).Replace(" style=\"text-align: center;\"", " class=\"center\"", StringComparison.Ordinal)
            .Replace(" style=\"text-align: left;\"", "", StringComparison.Ordinal));
    }

    private static void Redirect(LinkInline link, string[] topics)
    {
        string url = link.Url ?? "";
        if (url.StartsWith("https://", StringComparison.Ordinal) || url.StartsWith('#')) return;
        string[] parts = url.Split('#', 2);
        string topic = parts[0].StartsWith("./", StringComparison.Ordinal) ? parts[0][2..] : parts[0];
        if (!link.IsImage && topic.EndsWith(".md", StringComparison.Ordinal) && topics.Contains(topic[..^3]))
        {
            link.Url = $"/learn/{topic[..^3]}{(parts.Length > 1 ? "#" + parts[1] : "")}";
            return;
        }
        var plain = new ContainerInline();
        foreach (Inline child in link.ToArray())
        {
            child.Remove();
            plain.AppendChild(child);
        }
        link.ReplaceBy(plain);
    }

    private static string Page(string title, string body) =>
        $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{WebUtility.HtmlEncode(title)} – DealerFlow.Stream</title>
        <link rel="stylesheet" href="/learn.css">
        </head>
        <body>
        <nav><a href="/">Dashboard</a> <a href="/learn/">All topics</a></nav>
        <main>
        {body}</main>
        </body>
        </html>

        """;
}
