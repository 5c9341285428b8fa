using DealerFlow.Feed;
using DealerFlow.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace DealerFlow.Dashboard;

/// <summary>Answers about feeds as they are now.</summary>
internal sealed class FeedAnswers(DashboardOptions options, FeedWatches watches, CancellationToken stopping)
{
    private const string JsonType = "application/json; charset=utf-8";

    private int _streams;

    public int Streams => Volatile.Read(ref _streams);

    /// <summary>All feeds of the directory, and why one cannot be read.</summary>
    public Task FeedsAsync(HttpContext context) => Answer.JsonAsync(context, json =>
    {
        json.WriteStartArray();
        foreach (string name in FeedOpening.Names(options.FeedDirectory))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            try
            {
                using FeedSubscriber feed = FeedOpening.Open(options.FeedDirectory, name);
                SnapshotBuffer snapshot = feed.CreateBuffer();
                bool hasOne = feed.TryRead(snapshot) == SnapshotReadStatus.Ok;
                json.WriteString("underlying", hasOne ? snapshot.Market.Head.Underlying.ToString() : null);
                json.WriteString("state", feed.State().ToString());
                long age = hasOne ? FeedClock.System.MonotonicNanos - snapshot.Runtime.PublishMonotonicNanos : -1;
                Events.Seconds(json, "ageSeconds", age >= 0 ? age : null);
                json.WriteNumber("publishNumber", feed.PublishNumber);
                json.WriteString("eventTime", feed.EventTimeNanos == 0 ? null : UnixNanos.ToIso(feed.EventTimeNanos));
            }
            catch (FeedException refused)
            {
                json.WriteString("error", refused.Message);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    /// <summary>The last snapshot.</summary>
    public async Task LevelsAsync(HttpContext context)
    {
        if (await WatchOf(context) is not { } watch) return;
        if (watch.Document() is { } document) await Answer.BytesAsync(context, document.Json, JsonType);
        else await NothingYet(context, watch);
    }

    /// <summary>Whether the feed of the command line is one that can be relied on, and otherwise why not.</summary>
    public async Task HealthAsync(HttpContext context)
    {
        FeedWatch watch = watches.Of(options.Feed)!;
        FeedStatus status = watch.Status;
        string? reason = !status.IsSound
            ? status.Error ?? $"Feed '{watch.Feed}' is {status.State}."
            : status.PublishNumber == 0 ? $"Feed '{watch.Feed}' has published nothing yet." : watch.History?.Failure;
        await Answer.JsonAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("status", reason is null ? "ok" : "unavailable");
            if (reason is not null) json.WriteString("reason", reason);
            json.WriteString("feed", watch.Feed);
            json.WriteString("state", status.State);
            Events.Seconds(json, "ageSeconds", status.AgeNanos);
            json.WriteNumber("clients", Streams);
            json.WriteEndObject();
        }, reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>The strikes of the last snapshot, as JSON or CSV.</summary>
    public async Task StrikesAsync(HttpContext context)
    {
        string format = context.Request.Query["format"] is [{ } asked] ? asked : "json";
        if (format is not ("json" or "csv"))
        {
            await Answer.ErrorAsync(context, StatusCodes.Status400BadRequest, "The value of format cannot be; give json or csv.");
            return;
        }
        if (await WatchOf(context) is not { } watch) return;
        if (watch.Document() is not { } document)
        {
            await NothingYet(context, watch);
            return;
        }
        if (format == "json")
        {
            await Answer.BytesAsync(context, JsonPieces.Of(document.Json, "underlying", "spot", "asOf", "strikes"), JsonType);
            return;
        }
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{watch.Feed}-strikes.csv\"";
        await Answer.TextAsync(context, StrikesCsv.Of(document.Json), "text/csv; charset=utf-8");
    }

    /// <summary>The gamma profile of the last snapshot with its roots.</summary>
    public async Task ProfileAsync(HttpContext context)
    {
        if (await WatchOf(context) is not { } watch) return;
        if (watch.Document() is { } document) await Answer.BytesAsync(context, JsonPieces.Of(document.Json, "underlying", "spot", "asOf", "model", "profile", "roots"), JsonType);
        else await NothingYet(context, watch);
    }

    /// <summary>Events until the client leaves.</summary>
    public async Task EventsAsync(HttpContext context)
    {
        if (await WatchOf(context) is not { } watch) return;
        if (Interlocked.Increment(ref _streams) > options.MaxClients)
        {
            Interlocked.Decrement(ref _streams);
            context.Response.Headers.RetryAfter = "10";
            await Answer.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, $"As many as may be, {options.MaxClients}, are looking already; close another page, or start with a larger --clients.");
            return;
        }
        try { await StreamAsync(context, watch); }
        catch (Exception left) when (left is OperationCanceledException or IOException or ConnectionAbortedException) { }
        finally { Interlocked.Decrement(ref _streams); }
    }

    private async Task StreamAsync(HttpContext context, FeedWatch watch)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        // A quiet market sends little; whether a client takes what there is, its queue tells.
        context.Features.Get<IHttpMinResponseDataRateFeature>()?.MinDataRate = null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        EventClient client = watch.Clients.Add(context.Abort);
        try
        {
            client.Tell(Events.State(watch.Status));
            if (watch.Document() is { } document) client.Show(document.Event);
            await client.RunAsync(context.Response.BodyWriter, stop.Token);
        }
        finally
        {
            watch.Clients.Remove(client);
        }
    }

    /// <summary>The watch of the feed that a request names; null when it has been answered that there can be none.</summary>
    public async Task<FeedWatch?> WatchOf(HttpContext context)
    {
        string feed = context.Request.Query["feed"] is [{ } named] ? named : options.Feed;
        if (!FeedOpening.IsValidName(feed))
        {
            await Answer.ErrorAsync(context, StatusCodes.Status400BadRequest, "That is no name of a feed: use 1 to 64 of A-Z a-z 0-9 . _ - and start with a letter or a digit.");
            return null;
        }
        // Only what is there is watched for a stranger; what the command line named is waited for.
        if (feed != options.Feed && !watches.All.Any(watch => watch.Feed == feed) && !FeedOpening.Exists(options.FeedDirectory, feed))
        {
            await Answer.ErrorAsync(context, StatusCodes.Status404NotFound, $"There is no feed '{feed}'; {Routes.Feeds} lists those that are there.");
            return null;
        }
        if (watches.Of(feed) is { } found) return found;
        await Answer.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, $"As many feeds as may be, {options.MaxFeeds}, are watched already; start another dashboard for '{feed}'.");
        return null;
    }

    private static Task NothingYet(HttpContext context, FeedWatch watch) => Answer.ErrorAsync(
        context,
        watch.Status.Error is null ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status404NotFound,
        watch.Status.Error ?? $"Feed '{watch.Feed}' has published nothing yet; try again in a moment.");
}
