using System.CommandLine;
using System.Globalization;
using DealerFlow.Cli.Pipeline;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>dashboard</c>: the feeds in a browser, from a process of its own.</summary>
internal static class DashboardVerb
{
    public static Command Create()
    {
        Option<string> feed = SharedOptions.Feed();
        Option<int?> port = Port();
        Option<bool> open = Open();
        var control = new Option<string?>("--control") { Description = "The socket of 'replay --control', for pause, speed and seek in the page.", HelpName = "PATH" };
        var listen = new Option<string?>("--listen") { Description = "Another address than 127.0.0.1 and [::1], which needs --token-file, or unix:PATH.", HelpName = "ADDR" };
        var host = new Option<string[]>("--host") { Description = "With --listen: a name, with its port, under which browsers may call. Repeatable.", HelpName = "NAME:PORT" };
        var token = new Option<string?>("--token-file") { Description = "A file of yours alone with a token that a browser must show.", HelpName = "FILE" };
        var store = new Option<string?>("--store") { Description = "Where the history of the day is kept, or none; default $XDG_STATE_HOME/dealerflow.", HelpName = "DIR" };
        var command = new Command("dashboard",
            """
            Show feeds in a browser: live levels, gamma by strike, profile, heat map and the history of the day. It serves this machine alone unless told otherwise.

            Examples:
              dealerflow dashboard
              dealerflow dashboard --feed spx --port 0 --open
              dealerflow dashboard --control /tmp/replay.sock
              dealerflow dashboard --listen unix:/run/user/1000/dealerflow.sock

            Any other user of this machine can read a port on 127.0.0.1; on a shared machine give --token-file or --listen unix:PATH.
            """)
        { feed, port, control, open, listen, host, token, store };
        command.SetAction(parsed =>
        {
            var arguments = new List<string> { "--feed", parsed.GetValue(feed)! };
            void Pass(string name, string? value)
            {
                if (value is not null) arguments.AddRange([name, value]);
            }
            Pass("--port", parsed.GetValue(port)?.ToString(CultureInfo.InvariantCulture));
            Pass("--control", parsed.GetValue(control));
            Pass("--listen", parsed.GetValue(listen));
            Pass("--token-file", parsed.GetValue(token));
            Pass("--store", parsed.GetValue(store));
            foreach (string name in parsed.GetValue(host) ?? []) Pass("--host", name);
            return Run(arguments, parsed.GetValue(open));
        });
        return command;
    }

    public static Option<int?> Port() => new("--port") { Description = "TCP port, 8765 unless given; 0 takes any that is free.", HelpName = "N" };

    public static Option<bool> Open() => new("--open") { Description = "Open the browser too." };

    private static int Run(List<string> arguments, bool opens)
    {
        using var signals = new StopSignals();
        using DashboardProcess dashboard = DashboardProcess.Start(arguments);
        if (dashboard.ReadAddress() is not { } address)
        {
            dashboard.Wait(signals.Token);
            return dashboard.HasExited ? dashboard.ExitCode : ExitCode.Success;
        }
        Console.Out.WriteLine(address);
        if (opens) Browser.Open(address);
        dashboard.Wait(signals.Token);
        return dashboard.HasExited ? dashboard.ExitCode : ExitCode.Success;
    }
}
