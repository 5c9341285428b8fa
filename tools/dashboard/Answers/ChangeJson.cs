using System.Text.Json;
using DealerFlow.Wire;

namespace DealerFlow.Dashboard;

/// <summary>A notice of the change stream as JSON, its values as the words or prices that they stand for.</summary>
internal static class ChangeJson
{
    public static void Write(Utf8JsonWriter json, in LevelChange change, ulong missed)
    {
        json.WriteStartObject();
        json.WriteNumber("number", change.Number);
        json.WriteString("kind", Camel(change.Kind.ToString()));
        json.WriteString("bucket", SnapshotNames.Of(change.Bucket));
        json.WriteString("model", change.Model.ToString());
        json.WriteString("eventTime", UnixNanos.ToIso(change.EventTimeNanos));
        json.WriteNumber("time", change.EventTimeNanos / UnixNanos.PerMillisecond);
        Value(json, "before", change.Kind, change.Before, change.HasBefore != 0);
        Value(json, "after", change.Kind, change.After, change.HasAfter != 0);
        Finite(json, "spotBefore", change.SpotBefore);
        Finite(json, "spot", change.Spot);
        json.WriteNumber("epoch", change.Epoch);
        json.WriteNumber("publishNumber", change.SnapshotNumber);
        json.WriteNumber("missed", missed);
        json.WriteEndObject();
    }

    public static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static void Value(Utf8JsonWriter json, string name, LevelChangeKind kind, double value, bool isThere)
    {
        if (!isThere) json.WriteNull(name);
        else if (kind == LevelChangeKind.Regime) json.WriteString(name, ((GammaRegime)(int)value).ToString());
        else if (kind == LevelChangeKind.Model) json.WriteString(name, ((PositionModel)(int)value).ToString());
        else Finite(json, name, value);
    }

    private static void Finite(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
