using System.Buffers;
using System.Text;
using System.Text.Json;
using DealerFlow.Wire;

namespace DealerFlow.Dashboard;

/// <summary>The small events of a stream, as bytes with the empty line that ends them.</summary>
internal static class Events
{
    public static ReadOnlyMemory<byte> State(FeedStatus status) => Make("state", json =>
    {
        json.WriteStartObject();
        json.WriteString("state", status.State);
        if (status.Error is { } error) json.WriteString("error", error);
        Seconds(json, "ageSeconds", status.AgeNanos);
        Seconds(json, "heartbeatAgeSeconds", status.HeartbeatAgeNanos);
        json.WriteNumber("epoch", status.Epoch);
        json.WriteNumber("publishNumber", status.PublishNumber);
        if (status.EventTimeNanos == 0) json.WriteNull("eventTime");
        else json.WriteString("eventTime", UnixNanos.ToIso(status.EventTimeNanos));
        json.WriteEndObject();
    });

    public static ReadOnlyMemory<byte> Change(in LevelChange change, ulong missed)
    {
        LevelChange notice = change;
        return Make("change", json => ChangeJson.Write(json, in notice, missed));
    }

    public static ReadOnlyMemory<byte> Conflated(long count) => Make("conflated", json =>
    {
        json.WriteStartObject();
        json.WriteNumber("count", count);
        json.WriteEndObject();
    });

    /// <summary>A number of seconds; null where it is not known.</summary>
    public static void Seconds(Utf8JsonWriter json, string name, long? nanos)
    {
        if (nanos is { } known) json.WriteNumber(name, known / 1e9);
        else json.WriteNull(name);
    }

    private static byte[] Make(string name, Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        bytes.Write(Encoding.ASCII.GetBytes($"event: {name}\ndata: "));
        using (var json = new Utf8JsonWriter(bytes)) write(json);
        bytes.Write("\n\n"u8);
        return bytes.WrittenSpan.ToArray();
    }
}
