using System.CommandLine;
using System.Runtime.InteropServices;
using DealerFlow.Feed;
using Microsoft.AspNetCore.Connections;

namespace DealerFlow.Dashboard;

/// <summary>The command line, and the one place where a failure becomes a sentence and an exit code.</summary>
internal static class DashboardCommand
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int Usage = 2;

    private static readonly Option<string> Feed = new("--feed") { Description = "The feed that is shown first and whose history is kept.", HelpName = "NAME", DefaultValueFactory = _ => "default" };

    private static readonly Option<int> Port = new("--port") { Description = "TCP port; 0 takes any that is free.", HelpName = "N", DefaultValueFactory = _ => DashboardOptions.StandardPort };

    private static readonly Option<string?> Listen = new("--listen") { Description = "Another address than 127.0.0.1 and [::1], which needs --token-file, or unix:PATH.", HelpName = "ADDR" };

    private static readonly Option<string[]> Host = new("--host") { Description = "With --listen: a name, with its port, under which browsers may call. Repeatable.", HelpName = "NAME:PORT" };

    private static readonly Option<string?> Token = new("--token-file") { Description = "A file of yours alone with a token that a browser must show, once as /?token=….", HelpName = "FILE" };

    private static readonly Option<string?> Control = new("--control") { Description = "The socket of 'dealerflow replay --control', for pause, speed and seek in the page.", HelpName = "PATH" };

    private static readonly Option<string?> Store = new("--store") { Description = "Where the history of the day is kept, or none; default $XDG_STATE_HOME/dealerflow.", HelpName = "DIR" };

    private static readonly Option<int> Sessions = new("--sessions") { Description = "Trading days that the history keeps.", HelpName = "N", DefaultValueFactory = _ => 5 };

    private static readonly Option<int> Clients = new("--clients") { Description = "Pages that may look at once.", HelpName = "N", DefaultValueFactory = _ => 32 };

    private static readonly Option<double> Patience = new("--patience") { Description = "Seconds after which a page that takes nothing any more is let go.", HelpName = "SECONDS", DefaultValueFactory = _ => 15 };

    private static readonly Option<string?> Page = new("--page") { Description = "Serve the page from this folder instead of from the program: for work on the page.", HelpName = "DIR" };

    private static readonly Option<bool> UntilInputEnds = new("--until-input-ends") { Description = "Leave when standard input ends: for a program that starts this one.", Hidden = true };

    public static int Run(string[] args)
    {
        var root = new RootCommand(
            """
            Show feeds of this machine in a browser, at http://localhost:8765/, to this machine alone.

            Examples:
              dealerflow-dashboard
              dealerflow-dashboard --feed spx --port 0
              dealerflow-dashboard --control /tmp/replay.sock
              dealerflow-dashboard --listen 10.0.0.5 --token-file ~/.dealerflow-token

            The address is printed on stdout. Exit codes: 0 success, 1 failure, 2 usage.
            """)
        { Feed, Port, Listen, Host, Token, Control, Store, Sessions, Clients, Patience, Page, UntilInputEnds };
        root.SetAction(parsed => ServeAsync(Read(parsed), parsed.GetValue(UntilInputEnds)).GetAwaiter().GetResult());
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0) return Fail(Usage, $"{Told(parsed.Errors[0])} ('dealerflow-dashboard --help' shows the options.)");
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (UsageException wrong)
        {
            return Fail(Usage, wrong.Message);
        }
        catch (Exception refused) when (refused is IOException or FeedException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
        {
            return Fail(Failure, Explain(refused, parsed.GetValue(Port)));
        }
    }

    private static DashboardOptions Read(ParseResult parsed)
    {
        string feed = parsed.GetValue(Feed)!;
        if (!FeedOpening.IsValidName(feed)) throw new UsageException($"'{feed}' is no name for a feed: use 1 to 64 of A-Z a-z 0-9 . _ - and start with a letter or a digit.");
        int port = parsed.GetValue(Port);
        if (port is < 0 or > 65535) throw new UsageException($"--port {port} cannot be; give 0 to 65535, 0 for any that is free.");
        int sessions = Within(parsed, Sessions, 1, 1000), clients = Within(parsed, Clients, 1, 1000);
        double patience = parsed.GetValue(Patience);
        if (!(patience is >= 0.1 and <= 3600)) throw new UsageException($"--patience {patience} cannot be; give 0.1 to 3600 seconds.");
        string? text = parsed.GetValue(Listen), token = parsed.GetValue(Token), store = parsed.GetValue(Store), page = parsed.GetValue(Page);
        ListenPlace listen = text is null
            ? ListenPlace.Loopback(port)
            : ListenPlace.Parse(text, port) ?? throw new UsageException($"'{text}' is no address to listen at; give one such as 10.0.0.5 or ::1, or unix:PATH.");
        if (!listen.IsLocal && token is null)
            throw new UsageException($"--listen {text} is open to other machines, so it needs a token: give --token-file FILE, or leave --listen out to serve this machine alone.");
        string[] hosts = parsed.GetValue(Host) ?? [];
        if (hosts.Length == 0 && !listen.HostNames(port).Any())
            throw new UsageException($"--listen {text} has no name of its own; say under which browsers may call: --host NAME:{port}.");
        if (page is not null && !Directory.Exists(page)) throw new UsageException($"The folder {page} of --page does not exist.");
        return new DashboardOptions
        {
            FeedDirectory = FeedDirectory.Default,
            Feed = feed,
            Listen = listen,
            Hosts = hosts,
            Token = token is null ? null : TokenFile.Read(token),
            Control = parsed.GetValue(Control),
            Store = store == "none" ? null : store ?? StoreFolder.Standard,
            Sessions = sessions,
            MaxClients = clients,
            StuckAfter = TimeSpan.FromSeconds(patience),
            PageFolder = page,
        };
    }

    private static async Task<int> ServeAsync(DashboardOptions options, bool leavesWithInput)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using DashboardHost host = await DashboardHost.StartAsync(options);
        if (host.Status(options.Feed).Error is { } error) Console.Error.WriteLine($"dealerflow: {error} Until then the page waits.");
        Console.Out.WriteLine(host.Address);
        if (leavesWithInput) new Thread(AwaitEndOfInput) { Name = "input", IsBackground = true }.Start();
        await stop.Task;
        return Success;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }

        void AwaitEndOfInput()
        {
            using Stream input = Console.OpenStandardInput();
            Span<byte> ignored = stackalloc byte[256];
            while (input.Read(ignored) > 0) { }
            stop.TrySetResult();
        }
    }

    // The parser's complaint about a number names .NET types; people are told what to give instead.
    private static string Told(System.CommandLine.Parsing.ParseError error) =>
        error.SymbolResult is System.CommandLine.Parsing.OptionResult { Tokens: [{ } token], Option: { } option } && error.Message.Contains("expected type", StringComparison.Ordinal)
            ? $"'{token.Value}' is no value for {option.Name}; give a number."
            : error.Message;

    private static int Within(ParseResult parsed, Option<int> option, int least, int most)
    {
        int value = parsed.GetValue(option);
        return value >= least && value <= most ? value : throw new UsageException($"{option.Name} {value} cannot be; give {least} to {most}.");
    }

    private static string Explain(Exception refused, int port) => refused switch
    {
        IOException { InnerException: AddressInUseException } => $"Port {port} is in use by another program: stop it, or give another with --port N; 0 takes any that is free.",
        System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.AccessDenied } => $"Port {port} is not open to this user: give one above 1023 with --port N.",
        System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.AddressNotAvailable } => "This machine does not have the address of --listen: give one of its own.",
        _ => refused.Message,
    };

    private static int Fail(int exitCode, string message)
    {
        Console.Error.WriteLine("dealerflow: " + message.ReplaceLineEndings(" "));
        return exitCode;
    }

    /// <summary>Something that was typed wrongly.</summary>
    private sealed class UsageException(string message) : Exception(message);
}
