using System.CommandLine;
using DealerFlow.Cli.Layout;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>layout</c>: the bytes of a feed in the words of another language.</summary>
internal static class LayoutVerb
{
    private const string CFile = "c/dealerflow_layout.h";
    private const string PythonFile = "python/dealerflow_feed.py";

    public static Command Create()
    {
        Option<string?> language = new("--lang") { Description = "c: a header; python: the layout part of the reader; text: one line per field.", HelpName = "c|python|text" };
        language.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("c" or "python" or "text") and { } other }]) result.AddError($"--lang {other} cannot be; give c, python or text.");
        });
        Option<string?> write = new("--write") { Description = "Put the layout into the readers of this folder instead of printing it.", HelpName = "DIRECTORY" };
        var command = new Command("layout",
            """
            Print the layout of a feed, from the structs that write it, for readers in other languages.

            Examples:
              dealerflow layout --lang c
              dealerflow layout --lang python
              dealerflow layout --write src/readers
            """)
        { language, write };
        command.Validators.Add(result =>
        {
            if ((result.GetResult(language) is { Implicit: false }) == (result.GetResult(write) is { Implicit: false })) result.AddError("Give either --lang or --write.");
        });
        command.SetAction(parsed => parsed.GetValue(write) is { } folder ? Write(folder) : Print(parsed.GetValue(language)!));
        return command;
    }

    private static int Print(string language)
    {
        Console.Out.Write(language switch
        {
            "c" => CLayout.Print(),
            "python" => PythonLayout.Print(),
            _ => FeedLayout.Text + "\n",
        });
        return ExitCode.Success;
    }

    private static int Write(string folder)
    {
        Replace(Path.Combine(folder, CFile), _ => CLayout.Print());
        Replace(Path.Combine(folder, PythonFile), BetweenMarkers);
        return ExitCode.Success;
    }

    private static void Replace(string path, Func<string, string> change)
    {
        string old = File.Exists(path) ? File.ReadAllText(path) : throw new FileNotFoundException(null, path);
        string changed = change(old);
        if (changed != old) File.WriteAllText(path, changed);
        Console.Error.WriteLine($"{path}: {(changed == old ? "unchanged" : "written")}");
    }

    private static string BetweenMarkers(string reader)
    {
        int begin = reader.IndexOf(PythonLayout.Begin, StringComparison.Ordinal);
        int end = begin < 0 ? -1 : reader.IndexOf(PythonLayout.End, begin, StringComparison.Ordinal);
        if (end < 0) throw new CliException(ExitCode.Failure, $"{PythonFile} has lost the lines between which the layout lies; take the file of a release.");
        return reader[..begin] + PythonLayout.Print().TrimEnd('\n') + reader[(end + PythonLayout.End.Length)..];
    }
}
