using System.Text.RegularExpressions;
using Xunit;

namespace DealerFlow.Tests;

public partial class RankTests
{
    // Leaves know nothing of each other, verbs use leaves only, hosts compose.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["DealerFlow.Memory"] = [],
        ["DealerFlow.Kernels"] = [],
        ["DealerFlow.Wire"] = [],
        ["DealerFlow.Market"] = [],
        ["DealerFlow.Tape"] = ["DealerFlow.Memory", "DealerFlow.Wire"],
        ["DealerFlow.Import"] = ["DealerFlow.Wire", "DealerFlow.Market"],
        ["DealerFlow.Engine"] = ["DealerFlow.Memory", "DealerFlow.Kernels", "DealerFlow.Wire", "DealerFlow.Market"],
        ["DealerFlow.Feed"] = ["DealerFlow.Memory", "DealerFlow.Wire"],
    };

    [Fact]
    public void Every_project_under_src_references_only_lower_ranks()
    {
        string src = Path.Combine(Repository.Root, "src");
        string[] projects = Directory.GetFiles(src, "*.csproj", SearchOption.AllDirectories);
        Assert.Equal(Allowed.Keys.Order(), projects.Select(p => Path.GetFileNameWithoutExtension(p)!).Order());
        foreach (string project in projects)
        {
            string name = Path.GetFileNameWithoutExtension(project);
            IEnumerable<string> references = ProjectReference().Matches(File.ReadAllText(project))
                .Select(match => Path.GetFileNameWithoutExtension(match.Groups[1].Value.Replace('\\', '/')));
            Assert.All(references, reference => Assert.True(
                Allowed[name].Contains(reference), $"{name} references {reference}, which is not of a lower rank."));
        }
    }

    [Fact]
    public void The_dashboard_is_a_reader_of_the_feed_like_any_other()
    {
        string[] references = [.. ReferencesOf("dashboard/DealerFlow.Dashboard.csproj").Order()];
        Assert.Equal(["DealerFlow.Feed", "DealerFlow.Wire"], references);
        // The command line puts it beside itself and starts it; it never links it.
        string commandLine = File.ReadAllText(Path.Combine(Repository.Root, "tools", "dealerflow", "dealerflow.csproj"));
        string reference = Assert.Single(commandLine.Split('\n'), line => line.Contains("DealerFlow.Dashboard.csproj", StringComparison.Ordinal) && line.Contains("ProjectReference", StringComparison.Ordinal));
        Assert.Contains("ReferenceOutputAssembly=\"false\"", reference);

        static IEnumerable<string> ReferencesOf(string project) => ProjectReference().Matches(File.ReadAllText(Path.Combine(Repository.Root, "tools", project)))
            .Select(match => Path.GetFileNameWithoutExtension(match.Groups[1].Value.Replace('\\', '/')));
    }

    // Listed with the reason why no project can reference it yet.
    private static readonly string[] ListedOnly = ["Disruptor"];

    [Fact]
    public void Every_package_is_listed_centrally_and_used_but_the_one_that_cannot_be_restored()
    {
        string listed = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Packages.props"));
        var names = PackageVersion().Matches(StripComments(listed)).Select(match => match.Groups[1].Value).ToHashSet();
        var used = Directory.GetFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Append(Path.Combine(Repository.Root, "Directory.Build.props"))
            .Where(path => !path.Contains("/artifacts/", StringComparison.Ordinal))
            .SelectMany(path => PackageReference().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value))
            .ToHashSet();
        Assert.Equal(names.Except(ListedOnly).Order(), used.Order());
        Assert.All(ListedOnly, name => Assert.Contains(name, names));
    }

    private static string StripComments(string xml) => Comment().Replace(xml, "");

    [GeneratedRegex("<ProjectReference Include=\"([^\"]+)\"")]
    private static partial Regex ProjectReference();

    [GeneratedRegex("<PackageReference Include=\"([^\"]+)\"")]
    private static partial Regex PackageReference();

    [GeneratedRegex("<PackageVersion Include=\"([^\"]+)\"")]
    private static partial Regex PackageVersion();

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();
}
