using System.Text.Json;
using Spectre.Console;

namespace DealerFlow.Cli.Output;

/// <summary>stdout for data, as tables or JSON.</summary>
internal static class Terminal
{
    /// <summary>A console on stdout; wide where nobody looks at a window, so that tables are not cut in files and pipes.</summary>
    public static IAnsiConsole Tables()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected) console.Profile.Width = 200;
        return console;
    }

    /// <summary>One JSON document and a line end on stdout.</summary>
    public static void Json(Action<Utf8JsonWriter> write)
    {
        using Stream output = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(output)) write(json);
        output.WriteByte((byte)'\n');
    }
}
