using System.Text.Json;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Output;

/// <summary>How a live stream came in, as rows and as JSON.</summary>
internal static class IngestRows
{
    /// <summary>Whether a section is that of a live stream at all.</summary>
    public static bool IsLive(in IngestSection ingest) => ingest.Received > 0;

    public static IEnumerable<(string Name, string Value)> Of(IngestSection ingest)
    {
        yield return ("messages received", $"{ingest.Received:#,0}");
        yield return ("duplicates, late, refused, passed over", $"{ingest.Duplicates:#,0}, {ingest.Late:#,0}, {ingest.Refused:#,0}, {ingest.PassedOver:#,0}");
        yield return ("messages that never came", $"{ingest.Lost:#,0}");
        if (ingest.RingCapacity > 0) yield return ("most that the ring held, of", $"{ingest.RingHighWater:#,0}, {ingest.RingCapacity:#,0}");
    }

    /// <summary>What a reader of the feed should know of the stream behind it; null = all is well.</summary>
    public static string? Warning(in IngestSection ingest)
    {
        string? overload = ingest.Overload switch
        {
            OverloadState.None => null,
            OverloadState.Conflating => "The stream comes faster than it is calculated: of each contract the last quote counts.",
            OverloadState.Degraded => "The stream comes faster than it is calculated: quotes far out of the money are left for later.",
            _ => "The stream comes faster than it is calculated, and messages were lost.",
        };
        string? lost = ingest.Lost == 0 ? null : $"{ingest.Lost:#,0} messages never came; what they may have replaced is stale until it comes again.";
        return overload is null ? lost : lost is null ? overload : $"{overload} {lost}";
    }

    public static void Write(Utf8JsonWriter json, in IngestSection ingest)
    {
        json.WriteStartObject("ingest");
        json.WriteNumber("received", ingest.Received);
        json.WriteNumber("duplicates", ingest.Duplicates);
        json.WriteNumber("late", ingest.Late);
        json.WriteNumber("refused", ingest.Refused);
        json.WriteNumber("passedOver", ingest.PassedOver);
        json.WriteNumber("lost", ingest.Lost);
        json.WriteNumber("ringHighWater", ingest.RingHighWater);
        json.WriteNumber("ringCapacity", ingest.RingCapacity);
        json.WriteString("overload", ingest.Overload.ToString());
        json.WriteEndObject();
    }
}
