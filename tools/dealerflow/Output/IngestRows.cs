using DealerFlow.Wire;

namespace DealerFlow.Cli.Output;

/// <summary>How a live stream came in, as rows.</summary>
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
}
