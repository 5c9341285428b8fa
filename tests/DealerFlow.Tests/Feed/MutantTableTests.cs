using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>
/// The table of tests/mutants is about the code as it is: every change can be made, every test that it names exists, and no barrier of the
/// protocol is left out. Whether the tests fail is what tests/mutants/run.py says.
/// </summary>
public partial class MutantTableTests
{
    private static readonly string[] Protocol =
    [
        "src/DealerFlow.Memory/Seqlock/SlotVersion.cs", "src/DealerFlow.Feed/FeedPublisher.cs", "src/DealerFlow.Feed/FeedSubscriber.cs", "src/DealerFlow.Feed/FeedSuccession.cs",
        "src/DealerFlow.Feed/FeedWriter.cs",
    ];

    private static readonly JsonElement Table = JsonDocument.Parse(Read("tests/mutants/feed.json")).RootElement;

    [Fact]
    public void Every_change_can_be_made_in_one_place()
    {
        var wrong = new List<string>();
        var names = new HashSet<string>();
        foreach (JsonElement mutant in Mutants)
        {
            string name = Text(mutant, "name"), text = Text(mutant, "text");
            int count = Occurrences(Read(Text(mutant, "file")), text);
            if (count != 1) wrong.Add($"{name}: its text is there {count} times.");
            if (text == Text(mutant, "becomes")) wrong.Add($"{name}: it changes nothing.");
            if (!names.Add(name)) wrong.Add($"{name}: the name is there twice.");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(names.Count >= 60, $"only {names.Count} mutants");
    }

    [Fact]
    public void Every_mutant_has_a_test_that_fails_or_the_reason_why_none_does()
    {
        var wrong = new List<string>();
        foreach (JsonElement mutant in Mutants)
        {
            string name = Text(mutant, "name");
            int kinds = new[] { "killed_by", "model", "because" }.Count(key => mutant.TryGetProperty(key, out _));
            if (kinds != 1) wrong.Add($"{name}: one of killed_by, model and because.");
            if (mutant.TryGetProperty("killed_by", out JsonElement killers) && killers.GetArrayLength() == 0) wrong.Add($"{name}: killed_by is empty.");
            string[] tests = [.. Strings(mutant, "run"), .. Strings(mutant, "killed_by"), .. mutant.TryGetProperty("model", out JsonElement model) ? [model.GetString()!.Split(' ')[0]] : Array.Empty<string>()];
            foreach (string test in tests.Where(test => !Exists(test))) wrong.Add($"{name}: there is no test {test}.");
            if (mutant.TryGetProperty("model", out JsonElement named) && named.GetString()!.Split(" (") is [string method, string argument] && !HasCase(method, argument.TrimEnd(')')))
                wrong.Add($"{name}: {method} has no case {argument.TrimEnd(')')}.");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    // What is taken away, or said to order nothing, line by line.
    [Fact]
    public void No_barrier_of_the_protocol_is_left_out()
    {
        var left = new List<string>();
        int barriers = 0;
        foreach (string file in Protocol)
        {
            string source = Read(file);
            string[] parts =
            [
                .. Mutants.Where(mutant => Text(mutant, "file") == file).Select(mutant => Text(mutant, "text")),
                .. Table.GetProperty("not_changed").EnumerateArray().Where(one => Text(one, "file") == file && Text(one, "reason").Length > 10).Select(one => Text(one, "text")),
            ];
            foreach (Match barrier in Barrier.Matches(source))
            {
                int begin = source.LastIndexOf('\n', barrier.Index) + 1;
                if (source.AsSpan(begin, barrier.Index - begin).TrimStart().StartsWith("//", StringComparison.Ordinal)) continue;
                barriers++;
                if (!parts.Any(part => Covers(source, part, barrier.Index))) left.Add($"{file}: {source[begin..source.IndexOf('\n', barrier.Index)].Trim()}");
            }
        }
        Assert.True(left.Count == 0, string.Join('\n', left));
        Assert.True(barriers > 40, $"only {barriers} barriers were found");
    }

    [Fact]
    public void What_is_said_to_order_nothing_is_there()
    {
        foreach (JsonElement one in Table.GetProperty("not_changed").EnumerateArray())
            Assert.True(Occurrences(Read(Text(one, "file")), Text(one, "text")) == 1, $"{Text(one, "file")}: {Text(one, "text")}");
    }

    private static IEnumerable<JsonElement> Mutants => Table.GetProperty("mutants").EnumerateArray();

    private static bool Covers(string source, string part, int barrier)
    {
        int at = source.IndexOf(part, StringComparison.Ordinal);
        return at >= 0 && at <= barrier && barrier < at + part.Length;
    }

    // Class or Class.Method of these tests; those of the other suite, behind its name and a colon, are looked for in its sources.
    private static bool Exists(string test)
    {
        string[] names = test[(test.IndexOf(':') + 1)..].Split('.');
        if (test.StartsWith("Conformance:", StringComparison.Ordinal))
        {
            string path = Path.Combine(Repository.Root, "tests/DealerFlow.Conformance", names[0] + ".cs");
            return File.Exists(path) && (names.Length == 1 || File.ReadAllText(path).Contains($" {names[1]}(", StringComparison.Ordinal));
        }
        Type? type = Type.GetType($"DealerFlow.Tests.{names[0]}");
        return type is not null && (names.Length == 1 || MethodOf(type, names[1])?.GetCustomAttribute<FactAttribute>() is not null);
    }

    private static bool HasCase(string test, string argument)
    {
        string[] names = test.Split('.');
        return MethodOf(Type.GetType($"DealerFlow.Tests.{names[0]}")!, names[1])!.GetCustomAttributes<InlineDataAttribute>().Any(row => row.Data[0]?.ToString() == argument);
    }

    private static MethodInfo? MethodOf(Type type, string name) => type.GetMethod(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    private static int Occurrences(string source, string text) => source.Split(text).Length - 1;

    private static string Text(JsonElement element, string key) => element.GetProperty(key).GetString()!;

    private static IEnumerable<string> Strings(JsonElement element, string key) =>
        element.TryGetProperty(key, out JsonElement strings) ? strings.EnumerateArray().Select(text => text.GetString()!) : [];

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [GeneratedRegex(@"Volatile\.(Read|Write|ReadBarrier|WriteBarrier)\(|Interlocked\.\w+\(")]
    private static partial Regex Barrier { get; }
}
