using System.Text.RegularExpressions;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>docs/guarantees.md names a test for every guarantee; a guarantee whose test is gone is none.</summary>
public partial class GuaranteesPageTests
{
    [Fact]
    public void Every_test_that_is_named_exists()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guarantees.md"));
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .ToLookup(path => Path.GetFileNameWithoutExtension(path), File.ReadAllText);

        MatchCollection named = NamedTest.Matches(page);
        string[] missing = [.. named.Where(name => !Exists(sources, name)).Select(name => name.Value)];

        Assert.True(missing.Length == 0, string.Join('\n', missing));
        Assert.True(named.Count > 60, $"Only {named.Count} tests were found on the page.");
    }

    // Nothing else can show a promise that is not made.
    [Fact]
    public void C7_what_is_not_promised_of_network_and_overlay_file_systems_is_said()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guarantees.md")).ReplaceLineEndings(" ");
        string notPromised = page[page.IndexOf("## Not promised", StringComparison.Ordinal)..page.IndexOf("## Not yet shown", StringComparison.Ordinal)];
        Assert.Contains("Network and overlay file systems", notPromised, StringComparison.Ordinal);
        Assert.Contains("A tape may be recorded on any file system; on those nothing is", notPromised, StringComparison.Ordinal);
    }

    private static bool Exists(ILookup<string, string> sources, Match name)
    {
        string type = name.Groups["type"].Value, method = name.Groups["method"].Value;
        return sources[type].Any(source => method.Length == 0 || source.Contains($" {method}(", StringComparison.Ordinal));
    }

    [GeneratedRegex("`(?<type>[A-Z][A-Za-z]*Tests)(\\.(?<method>[A-Za-z0-9_]+))?`")]
    private static partial Regex NamedTest { get; }
}
