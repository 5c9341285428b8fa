using System.Text.RegularExpressions;
using DealerFlow.Tests;

namespace DealerFlow.Conformance;

/// <summary>A command of a page, and the lines of its output that the page shows; … stands for lines that are left out.</summary>
internal sealed record Transcript(string Command, string[] Shown);

/// <summary>One page of docs/dealer-flow, as far as a test can look at it.</summary>
internal sealed partial class TopicPage
{
    /// <summary>What a command line of the pages begins with; behind it stand the words that the program gets.</summary>
    public const string Program = "dotnet run -c Release --project tools/dealerflow -- ";

    /// <summary>Stands for lines that are left out.</summary>
    public const string LeftOut = "…";

    private TopicPage(string path)
    {
        Path = path;
        Text = File.ReadAllText(path);
        Transcripts = [.. Pairs(FencedBlocks(File.ReadAllLines(path)))];
    }

    public static string Folder { get; } = System.IO.Path.Combine(Repository.Root, "docs", "dealer-flow");

    public string Path { get; }

    public string Text { get; }

    /// <summary>Commands that are shown with their output.</summary>
    public Transcript[] Transcripts { get; }

    /// <summary>Targets of links.</summary>
    public IEnumerable<string> Links => Link.Matches(Text).Select(match => match.Groups[1].Value);

    /// <summary>Words in code marks, blocks of code left aside.</summary>
    public IEnumerable<string> CodeWords =>
        CodeSpan.Matches(FencedBlock.Replace(Text, "")).Select(match => match.Groups[1].Value).Distinct();

    /// <summary>What links to a place in the page may name: its headings, as they are written in an address.</summary>
    public IEnumerable<string> Anchors => Heading.Matches(FencedBlock.Replace(Text, "")).Select(match =>
        NotInAnchors.Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    public static TopicPage Read(string name) => new(System.IO.Path.Combine(Folder, name));

    public static TopicPage At(string path) => new(path);

    private static IEnumerable<(string Language, string[] Lines)> FencedBlocks(string[] lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal)) continue;
            int end = Array.FindIndex(lines, i + 1, line => line == "```");
            if (end < 0) throw new InvalidDataException($"A block of code that begins in line {i + 1} does not end.");
            yield return (lines[i][3..], lines[(i + 1)..end]);
            i = end;
        }
    }

    private static IEnumerable<Transcript> Pairs(IEnumerable<(string Language, string[] Lines)> blocks)
    {
        string? command = null;
        foreach ((string language, string[] lines) in blocks)
        {
            if (language.Length == 0 && command is not null) yield return new Transcript(command, lines);
            command = language == "sh" ? string.Join('\n', lines) : null;
        }
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link { get; }

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex CodeSpan { get; }

    [GeneratedRegex("^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex FencedBlock { get; }

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading { get; }

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchors { get; }
}
