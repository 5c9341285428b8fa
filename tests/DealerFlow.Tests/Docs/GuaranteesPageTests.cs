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

    private static bool Exists(ILookup<string, string> sources, Match name)
    {
        string type = name.Groups["type"].Value, method = name.Groups["method"].Value;
        return sources[type].Any(source => method.Length == 0 || source.Contains($" {method}(", StringComparison.Ordinal));
    }

    [GeneratedRegex("`(?<type>[A-Z][A-Za-z]*Tests)(\\.(?<method>[A-Za-z0-9_]+))?`")]
    private static partial Regex NamedTest { get; }
}
