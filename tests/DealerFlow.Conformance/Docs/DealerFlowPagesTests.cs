using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DealerFlow.Tests;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>docs/dealer-flow explains numbers by what the program prints: links lead somewhere, fields exist, examples are true.</summary>
public sealed partial class DealerFlowPagesTests(TopicRuns runs) : IClassFixture<TopicRuns>
{
    private const string Index = "README.md";

    private static readonly string[] Topics =
    [
        "hedging.md", "gamma-exposure.md", "positive-and-negative-gamma.md", "zero-gamma.md", "walls.md", "gamma-squeeze.md",
        "vanna-and-charm.md", "opex.md", "pinning.md", "zero-dte.md", "what-data-cannot-tell.md",
    ];

    // Written like a member of the JSON, and something else: verbs and other programs' words.
    private static readonly string[] NotMembers = ["replay", "levels", "snapshot", "greeks", "export"];

    public static TheoryData<string> TopicNames => [.. Topics];

    public static TheoryData<string> PageNames => [Index, .. Topics];

    public static TheoryData<string, int> Examples
    {
        get
        {
            var examples = new TheoryData<string, int>();
            foreach (string name in Topics)
                for (int i = 0; i < TopicPage.Read(name).Transcripts.Length; i++)
                    if (!IsPiped(TopicPage.Read(name).Transcripts[i])) examples.Add(name, i);
            return examples;
        }
    }

    [Fact]
    public void Every_topic_has_a_page_that_the_index_leads_to()
    {
        string[] files = [.. Directory.GetFiles(TopicPage.Folder, "*.md").Select(path => Path.GetFileName(path))];
        Assert.Equal(Topics.Append(Index).Order(), files.Order());
        Assert.Empty(Topics.Except(TopicPage.Read(Index).Links));
    }

    [Theory, MemberData(nameof(TopicNames))]
    public void A_page_says_what_the_number_is_why_it_matters_and_what_it_cannot_tell(string name)
    {
        TopicPage page = TopicPage.Read(name);
        foreach (string part in (ReadOnlySpan<string>)["## What it cannot tell", "## Common misreadings", "## Further reading", "**By hand"])
        {
            // The page about what data cannot tell says it throughout.
            if (part == "## What it cannot tell" && name == "what-data-cannot-tell.md") continue;
            Assert.Contains(part, page.Text, StringComparison.Ordinal);
        }
        Assert.Contains("../methodology.md", page.Text, StringComparison.Ordinal);
        Assert.NotEmpty(page.Transcripts);
    }

    [Theory, MemberData(nameof(PageNames))]
    public void Every_link_leads_to_a_page_and_to_a_heading_of_it(string name)
    {
        TopicPage page = TopicPage.Read(name);
        Assert.NotEmpty(page.Links);
        foreach (string link in page.Links)
        {
            string[] parts = link.Split('#');
            string target = parts[0].Length == 0 ? page.Path : Path.GetFullPath(Path.Combine(TopicPage.Folder, parts[0]));
            Assert.True(File.Exists(target), $"{name}: {link} leads nowhere.");
            if (parts.Length > 1) Assert.Contains(parts[1], TopicPage.At(target).Anchors);
        }
    }

    [Theory, MemberData(nameof(PageNames))]
    public void Every_field_that_a_page_names_is_in_the_json_or_on_the_feed(string name)
    {
        var paths = new HashSet<string>();
        Collect(runs.Snapshot, "", paths);
        string feedAndWords = File.ReadAllText(Path.Combine(Repository.Root, "docs", "wire-format.md"))
            + File.ReadAllText(Path.Combine(Repository.Root, "docs", "methodology.md"));
        foreach (string word in TopicPage.Read(name).CodeWords)
        {
            if (Member.IsMatch(word) && !NotMembers.Contains(word))
                Assert.True(paths.Any(path => path.EndsWith("." + word, StringComparison.Ordinal)), $"{name}: the JSON has no {word}.");
            else if (FeedWord.IsMatch(word))
                Assert.True(Regex.IsMatch(feedAndWords, $@"\b{word}\b"), $"{name}: wire-format.md and methodology.md do not know {word}.");
        }
    }

    // The index says so, and the pages name fields once for both.
    [Fact]
    public void A_chain_gives_the_members_that_a_snapshot_gives()
    {
        using var room = new Workspace();
        JsonElement chain = room.Run("levels", room.Write("chain.csv", new ChainText().ToString()), "--json").Json();
        IEnumerable<string> members = runs.Snapshot.EnumerateObject().Select(member => member.Name).Where(name => name != "feed");
        Assert.All(members, name => Assert.True(chain.TryGetProperty(name, out _), name));
    }

    [Theory, MemberData(nameof(Examples))]
    public void The_lines_of_an_example_are_what_the_program_prints(string name, int example)
    {
        Transcript transcript = TopicPage.Read(name).Transcripts[example];
        Assert.StartsWith(TopicPage.Program, transcript.Command);
        Outcome outcome = runs.Run(transcript.Command[TopicPage.Program.Length..].Split(' '));
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        string[] printed = [.. outcome.Output.Split('\n').Select(line => line.TrimEnd())];
        int at = -1;
        bool isAnywhere = true;
        foreach (string line in transcript.Shown)
        {
            if (line == TopicPage.LeftOut)
            {
                isAnywhere = true;
                continue;
            }
            int found = Array.IndexOf(printed, line, at + 1);
            Assert.True(found >= 0, $"{name}: not printed, or not in this place:\n{line}\nby {transcript.Command}");
            Assert.True(isAnywhere || found == at + 1, $"{name}: lines are left out before this one, and nothing says so:\n{line}");
            at = found;
            isAnywhere = false;
        }
    }

    [Fact]
    public void A_put_and_a_call_of_one_strike_have_the_gamma_that_the_page_shows()
    {
        Transcript transcript = Assert.Single(TopicPage.Read("hedging.md").Transcripts, IsPiped);
        string rows = PrintedRows.Match(transcript.Command).Groups[1].Value.Replace("\\n", "\n", StringComparison.Ordinal);
        using var room = new Workspace();
        string printed = room.RunReading(rows, "greeks", "-", "-").Succeeded();
        Assert.Equal(transcript.Shown, printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(',', line.Split(',')[5..11])));
    }

    [Fact]
    public void Figures_in_the_text_are_those_of_the_sample_tape()
    {
        JsonElement snapshot = runs.Snapshot;
        JsonElement all = snapshot.GetProperty("buckets").GetProperty("all");
        JsonElement zeroGamma = all.GetProperty("zeroGamma");
        JsonElement shortBoth = snapshot.GetProperty("models").GetProperty("ShortBoth").GetProperty("buckets").GetProperty("all");
        Says("zero-gamma.md", Text("N0", zeroGamma.GetProperty("slope").GetDouble()));
        Says("zero-gamma.md", $"{Text("0.00e-00", zeroGamma.GetProperty("conditioning").GetDouble())}, so");
        Says("zero-dte.md", Text("N0", all.GetProperty("openInterest").GetDouble()));
        Says("vanna-and-charm.md", $"{Text("N3", shortBoth.GetProperty("vex").GetDouble() / 1e9)} bn under `ShortBoth`");
        Assert.Empty(CrossingsOfTheRunningSum(snapshot));
        Says("zero-gamma.md", "On the tape the running sum crosses nowhere");
    }

    [Fact]
    public void Figures_in_the_text_are_those_of_the_chain()
    {
        JsonElement chain = runs.Chain;
        JsonElement strike = chain.GetProperty("strikes").EnumerateArray().Single(row => row.GetProperty("strike").GetDouble() == 4310);
        JsonElement netGex = strike.GetProperty("zeroDte").GetProperty("netGex");
        Says("gamma-exposure.md", $"`strikes.zeroDte.netGex` of that strike says {netGex.GetRawText()}");
        Says("gamma-exposure.md", $"**+{Text("N0", netGex.GetDouble())}**");
        Says("zero-gamma.md", $"The running sum of this chain crosses at {Text("N2", Assert.Single(CrossingsOfTheRunningSum(chain)))}:");
        JsonElement zeroGamma = chain.GetProperty("buckets").GetProperty("all").GetProperty("zeroGamma");
        Says("zero-gamma.md", $"`perStickiness` is {Text("N1", zeroGamma.GetProperty("perStickiness").GetDouble())} points");
    }

    // The customary recipe, which is not this program's: GEX added up by strike, and where the sum changes sign.
    private static List<double> CrossingsOfTheRunningSum(JsonElement levels)
    {
        var crossings = new List<double>();
        (double strike, double sum) = (0, 0);
        foreach (JsonElement row in levels.GetProperty("strikes").EnumerateArray())
        {
            (double next, double after) = (row.GetProperty("strike").GetDouble(), sum + row.GetProperty("netGex").GetDouble());
            if (sum * after < 0) crossings.Add(strike + ((next - strike) * sum / (sum - after)));
            (strike, sum) = (next, after);
        }
        return crossings;
    }

    // Such commands are run step by step, each by a test of its own.
    private static bool IsPiped(Transcript transcript) => transcript.Command.Contains('|');

    // Wherever its lines are broken.
    private static void Says(string page, string text) =>
        Assert.Contains(text, TopicPage.Read(page).Text.ReplaceLineEndings(" ").Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);

    // With the minus sign of the pages; that of an exponent is a hyphen.
    private static string Text(string format, double value) =>
        (value < 0 ? "−" : "") + Math.Abs(value).ToString(format, CultureInfo.InvariantCulture);

    private static void Collect(JsonElement element, string path, HashSet<string> paths)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray()) Collect(item, path, paths);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                paths.Add($"{path}.{property.Name}");
                Collect(property.Value, $"{path}.{property.Name}", paths);
            }
        }
    }

    [GeneratedRegex(@"^[a-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*$")]
    private static partial Regex Member { get; }

    [GeneratedRegex("^[A-Z][a-z][A-Za-z0-9]*$")]
    private static partial Regex FeedWord { get; }

    [GeneratedRegex("printf '([^']*)'")]
    private static partial Regex PrintedRows { get; }
}
