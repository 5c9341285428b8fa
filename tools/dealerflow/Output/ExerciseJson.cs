using System.Text.Json;
using DealerFlow.Engine;

namespace DealerFlow.Cli.Output;

/// <summary>What became of American contracts, as the member <c>exercise</c>.</summary>
internal static class ExerciseJson
{
    public static void Write(Utf8JsonWriter json, EngineOptions options, ExerciseCounts counts)
    {
        json.WriteStartObject("exercise");
        json.WriteString("treatment", options.Exercise == ExerciseTreatment.AsListed ? "auto" : "european");
        json.WriteNumber("americanNodes", counts.American);
        json.WriteNumber("premiumNodes", counts.Premium);
        json.WriteNumber("immediateNodes", counts.Immediate);
        json.WriteStartArray("dividends");
        foreach (ScheduledDividend dividend in options.Dividends)
        {
            json.WriteStartObject();
            json.WriteString("exDate", Names.Date(dividend));
            json.WriteNumber("amount", dividend.Amount);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
