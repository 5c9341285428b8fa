using System.Globalization;
using System.Text.Json;
using DealerFlow.Wire;

namespace DealerFlow.Dashboard;

/// <summary>Answers about what has been: from the history, never from a page.</summary>
internal sealed class HistoryAnswers(FeedAnswers feeds)
{
    private const int StandardPoints = 2000;
    private const int MostPoints = 20_000;
    private const int StandardHeat = 600;
    private const int MostHeat = 3000;

    /// <summary>Levels and exposures of the day.</summary>
    public async Task HistoryAsync(HttpContext context)
    {
        if (!RequestValues.TryCount(context.Request, "points", StandardPoints, 2, MostPoints, out int points, out string? complaint))
        {
            await Answer.ErrorAsync(context, StatusCodes.Status400BadRequest, complaint!);
            return;
        }
        if (await Range(context) is not var (watch, history, range)) return;
        List<(long Time, double[] Values)> rows = Thinning.Thin(HistoryQuery.Levels(history, range), points, HistoryColumns.Extremes, (row, column) => row.Values[column]);
        List<LevelChange> changes = HistoryQuery.Changes(history, range);
        await Answer.JsonAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("feed", watch.Feed);
            json.WriteStartArray("columns");
            json.WriteStringValue("time");
            foreach (string name in HistoryColumns.Names) json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteStartArray("rows");
            foreach ((long time, double[] values) in rows)
            {
                json.WriteStartArray();
                json.WriteNumberValue(time);
                foreach (double value in values) Finite(json, value);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteStartArray("crossings");
            foreach (LevelChange change in changes.Where(change => change.Kind == LevelChangeKind.ZeroGammaCrossed)) ChangeJson.Write(json, in change, 0);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>Price by time: net gamma exposure of the strikes around spot.</summary>
    public async Task HeatAsync(HttpContext context)
    {
        if (!RequestValues.TryCount(context.Request, "columns", StandardHeat, 1, MostHeat, out int columns, out string? complaint))
        {
            await Answer.ErrorAsync(context, StatusCodes.Status400BadRequest, complaint!);
            return;
        }
        if (await Range(context) is not var (watch, history, range)) return;
        List<HeatEntry> heat = HistoryQuery.Heat(history, range, columns);
        double[] strikes = [.. heat.SelectMany(column => column.Strikes).Distinct().Order()];
        await Answer.JsonAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("feed", watch.Feed);
            json.WriteString("unit", SnapshotNames.GexUnit);
            json.WriteStartArray("times");
            foreach (HeatEntry column in heat) json.WriteNumberValue(column.MarkTimeNanos / UnixNanos.PerMillisecond);
            json.WriteEndArray();
            json.WriteStartArray("spot");
            foreach (HeatEntry column in heat) Finite(json, column.Spot);
            json.WriteEndArray();
            json.WriteStartArray("strikes");
            foreach (double strike in strikes) json.WriteNumberValue(strike);
            json.WriteEndArray();
            json.WriteStartArray("netGex");
            foreach (HeatEntry column in heat) Column(json, column, strikes);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>Notices of the change stream that are still there.</summary>
    public async Task ChangesAsync(HttpContext context)
    {
        ulong after = 0;
        if (context.Request.Query["after"] is [{ } text] && !ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            await Answer.ErrorAsync(context, StatusCodes.Status400BadRequest, "The value of after cannot be; give the number of the last notice that you have, or 0.");
            return;
        }
        if (await feeds.WatchOf(context) is not { } watch) return;
        (LevelChange[] changes, ulong missed, ulong last) = watch.Changes.After(after);
        await Answer.JsonAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("feed", watch.Feed);
            json.WriteNumber("last", last);
            json.WriteNumber("missed", missed);
            json.WriteStartArray("changes");
            foreach (LevelChange change in changes) ChangeJson.Write(json, in change, 0);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>The history that a request means, and from when to when; null when it has been answered otherwise.</summary>
    private async Task<(FeedWatch Watch, HistoryStore History, HistoryRange Range)?> Range(HttpContext context)
    {
        if (!RequestValues.TryInstant(context.Request, "from", out long? from, out string? complaint) || !RequestValues.TryInstant(context.Request, "to", out long? to, out complaint))
        {
            await Answer.ErrorAsync(context, StatusCodes.Status400BadRequest, complaint!);
            return null;
        }
        if (await feeds.WatchOf(context) is not { } watch) return null;
        if (watch.History is not { } history)
        {
            await Answer.ErrorAsync(context, StatusCodes.Status404NotFound, "No history is kept: the dashboard was started with --store none.");
            return null;
        }
        // What an earlier replay left of the time after now is not shown before it comes again.
        long? now = watch.EventTimeNanos;
        HistoryRange? session = HistoryQuery.SessionAt(history, to ?? now);
        return (watch, history, new HistoryRange(from ?? session?.FromNanos ?? 0, to ?? now ?? session?.ToNanos ?? 0));
    }

    private static void Column(Utf8JsonWriter json, HeatEntry column, double[] strikes)
    {
        json.WriteStartArray();
        int next = 0;
        foreach (double strike in strikes)
        {
            if (next < column.Strikes.Length && column.Strikes[next] == strike) Short(json, column.NetGex[next++]);
            else json.WriteNullValue();
        }
        json.WriteEndArray();
    }

    // A colour needs no more digits, and a day has a million of them.
    private static void Short(Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value)) json.WriteRawValue(value.ToString("G5", CultureInfo.InvariantCulture), skipInputValidation: true);
        else json.WriteNullValue();
    }

    private static void Finite(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value)) json.WriteNumberValue(value);
        else json.WriteNullValue();
    }
}
