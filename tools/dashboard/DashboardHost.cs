using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace DealerFlow.Dashboard;

/// <summary>The server: doors, routes, and what they answer with.</summary>
internal sealed class DashboardHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly FeedWatches _watches;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ReplaySocket? _replay;
    private readonly string? _socketPath;
    private bool _isBound;

    private DashboardHost(DashboardOptions options, int port)
    {
        Address = options.Listen switch
        {
            { SocketPath: { } path } => "unix:" + path,
            { Address: null } => $"http://localhost:{port}/",
            { Address: { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } address } => $"http://[{address}]:{port}/",
            { Address: { } address } => $"http://{address}:{port}/",
        };
        _socketPath = options.Listen.SocketPath;
        _replay = options.Control is { } control ? new ReplaySocket(control) : null;
        _watches = new FeedWatches(options);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("dealerflow-dashboard")).WithMetrics(metrics => metrics.AddMeter(DashboardMetrics.MeterName).AddPrometheusExporter());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options, port));
        _app = builder.Build();
        var gate = new RequestGate([.. options.Listen.HostNames(port), .. options.Hosts], options.Token);
        _app.Use(next => async context =>
        {
            AnswerHeaders.Set(context.Response.Headers);
            if (!await gate.RefusesAsync(context)) await next(context);
        });
        _app.UseRouting();
        Map(options);
    }

    /// <summary>Where a browser finds it.</summary>
    public string Address { get; }

    /// <summary>The feed of the command line.</summary>
    public FeedStatus Status(string feed) => _watches.Of(feed)!.Status;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The port or the socket is not to be had.</exception>
    public static async Task<DashboardHost> StartAsync(DashboardOptions options)
    {
        for (int attempt = 0; ; attempt++)
        {
            var host = new DashboardHost(options, options.Listen is { Port: 0, SocketPath: null } ? FreePort.Find(options.Listen) : options.Listen.Port);
            try
            {
                host._watches.Of(options.Feed);
                if (options.Listen.SocketPath is { } path) await host.StartPrivately(path);
                else await host._app.StartAsync();
                return host;
            }
            catch (IOException taken) when (taken.InnerException is AddressInUseException && options.Listen is { Port: 0, SocketPath: null } && attempt < 5)
            {
                // Somebody else was faster to take the port that was free a moment ago.
                await host.DisposeAsync();
            }
            catch
            {
                await host.DisposeAsync();
                throw;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Streams end first, or the server would wait for pages that never go.
        await _stopping.CancelAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try { await _app.StopAsync(limit.Token); }
        catch (OperationCanceledException) { }
        await _app.DisposeAsync();
        _watches.Dispose();
        _replay?.Dispose();
        _stopping.Dispose();
        if (_isBound) File.Delete(_socketPath!);
    }

    /// <summary>The socket is of the user alone from its first moment.</summary>
    private async Task StartPrivately(string path)
    {
        SocketFile.MakeRoom(path);
        uint mask = SetMask(0x7F);              // 0177: mode 0600
        try { await _app.StartAsync(); }
        finally { _ = SetMask(mask); }
        _isBound = true;
    }

    [DllImport("libc", EntryPoint = "umask"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint SetMask(uint mask);

    private static void Configure(KestrelServerOptions kestrel, DashboardOptions options, int port)
    {
        kestrel.AddServerHeader = false;
        kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1);
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxRequestBodySize = 4096;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestLineSize = 4096;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        ListenPlace place = options.Listen;
        if (place.SocketPath is { } path) kestrel.ListenUnixSocket(path);
        else if (place.Address is { } address) kestrel.Listen(address, port);
        else
        {
            kestrel.Listen(IPAddress.Loopback, port);
            if (FreePort.HasLoopback6) kestrel.Listen(IPAddress.IPv6Loopback, port);
        }
    }

    private void Map(DashboardOptions options)
    {
        var feeds = new FeedAnswers(options, _watches, _stopping.Token);
        var history = new HistoryAnswers(feeds);
        var control = new ControlAnswers(_replay);
        var learn = new LearnPages();
        var page = new PageFiles(options.PageFolder);
        Get(Routes.Feeds, feeds.FeedsAsync);
        Get(Routes.Levels, feeds.LevelsAsync);
        Get(Routes.Strikes, feeds.StrikesAsync);
        Get(Routes.Profile, feeds.ProfileAsync);
        Get(Routes.History, history.HistoryAsync);
        Get(Routes.Heat, history.HeatAsync);
        Get(Routes.Changes, history.ChangesAsync);
        Get(Routes.Events, feeds.EventsAsync);
        Get(Routes.Control, control.StateAsync);
        _app.MapPost(Routes.Control, control.CommandAsync);
        Get(Routes.Health, feeds.HealthAsync);
        Get(Routes.OpenApi, context => Answer.BytesAsync(context, OpenApiDocument.Bytes, "application/json; charset=utf-8"));
        Get(Routes.Learn, context => Learn(context, (string)context.Request.RouteValues["topic"]!));
        Get("/learn", context => Learn(context, ""));
        _app.MapPrometheusScrapingEndpoint(Routes.Metrics);
        _app.MapFallback("{**path}", context => page.TryFind(context.Request.Path, out byte[] bytes, out string type)
            ? Answer.BytesAsync(context, bytes, type)
            : Answer.ErrorAsync(context, StatusCodes.Status404NotFound, "There is nothing at this address."));

        void Get(string path, RequestDelegate answer) => _app.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], answer);

        Task Learn(HttpContext context, string topic) => learn.Find(topic) is { } html
            ? Answer.TextAsync(context, html, "text/html; charset=utf-8")
            : Answer.ErrorAsync(context, StatusCodes.Status404NotFound, "There is no such topic; /learn/ lists them.");
    }
}
