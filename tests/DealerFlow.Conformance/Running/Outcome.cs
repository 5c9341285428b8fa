using System.Text.Json;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>What a finished run of the program left: exit code, data, and what it said about itself.</summary>
public sealed record Outcome(string CommandLine, int ExitCode, string Output, string Error)
{
    private const string Prefix = "dealerflow: ";

    /// <summary>Lines on stderr that are messages; the lines of a progress display are not.</summary>
    public IReadOnlyList<string> Messages => [.. Lines(Error).Where(line => line.StartsWith(Prefix, StringComparison.Ordinal))];

    /// <summary>Asserts success without a word of complaint, and gives what is on stdout.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, ToString());
        Assert.Empty(Messages);
        return Output;
    }

    /// <summary>Asserts success, whatever warnings were given, and reads stdout as one JSON document.</summary>
    public JsonElement Json()
    {
        Assert.True(ExitCode == 0, ToString());
        using JsonDocument document = JsonDocument.Parse(Output);
        return document.RootElement.Clone();
    }

    /// <summary>
    /// Asserts a failure as users are promised it: this exit code, nothing on stdout, and on stderr exactly one line, which is a
    /// sentence for people. Gives the sentence.
    /// </summary>
    public string Refused(int exitCode)
    {
        Assert.True(Lines(Error).Length == 1, $"stderr has more than one line:\n{this}");
        return RefusedWhileRunning(exitCode);
    }

    /// <summary>The same for a run that had shown progress before it failed.</summary>
    public string RefusedWhileRunning(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"expected exit code {exitCode}:\n{this}");
        Assert.True(Output.Length == 0, $"stdout is not empty:\n{this}");
        Assert.True(Messages.Count == 1, $"expected one message:\n{this}");
        string sentence = Messages[0][Prefix.Length..];
        Assert.True(sentence.TrimEnd()[^1] is '.' or ')', $"not a sentence:\n{this}");
        foreach (string innards in (ReadOnlySpan<string>)["Exception", "System.", "(Parameter", "   at ", "\t", "`"])
            Assert.DoesNotContain(innards, sentence);
        return sentence;
    }

    public override string ToString() => $"{CommandLine}\nexit code {ExitCode}\n--- stdout\n{Output}\n--- stderr\n{Error}";

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
