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

    public static int Run(string[] args)
    {
        var feed = new Option<string>("--feed") { Description = "The feed that is shown first and whose history is kept.", HelpName = "NAME", DefaultValueFactory = _ => "default" };
        var port = new Option<int>("--port") { Description = "TCP port on 127.0.0.1 and [::1]; 0 takes any that is free.", HelpName = "N", DefaultValueFactory = _ => DashboardOptions.StandardPort };
        var page = new Option<string?>("--page") { Description = "Serve the page from this folder instead of from the program: for work on the page.", HelpName = "DIR" };
        var root = new RootCommand("Show feeds of this machine in a browser: http://localhost:8765, to this machine alone.") { feed, port, page };
        root.SetAction(parsed => ServeAsync(new DashboardOptions
        {
            FeedDirectory = FeedDirectory.Default,
            Feed = parsed.GetValue(feed)!,
            Listen = ListenPlace.Loopback(parsed.GetValue(port)),
            Store = StoreFolder.Standard,
            PageFolder = parsed.GetValue(page),
        }).GetAwaiter().GetResult());
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0) return Fail(Usage, $"{parsed.Errors[0].Message} ('dealerflow-dashboard --help' shows the options.)");
        try { return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }); }
        catch (Exception exception) when (exception is IOException or FeedException or UnauthorizedAccessException)
        {
            return Fail(Failure, exception is IOException { InnerException: AddressInUseException }
                ? "The port is in use by another program: stop it, or give another with --port N; 0 takes any that is free."
                : exception.Message);
        }
    }

    private static async Task<int> ServeAsync(DashboardOptions options)
    {
        if (!FeedOpening.IsValidName(options.Feed)) return Fail(Usage, $"'{options.Feed}' is no name for a feed: use 1 to 64 of A-Z a-z 0-9 . _ - and start with a letter or a digit.");
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using DashboardHost host = await DashboardHost.StartAsync(options);
        Console.Out.WriteLine($"http://localhost:{host.Port}/");
        await stop.Task;
        return Success;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }
    }

    private static int Fail(int exitCode, string message)
    {
        Console.Error.WriteLine("dealerflow-dashboard: " + message.ReplaceLineEndings(" "));
        return exitCode;
    }
}
