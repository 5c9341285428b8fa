using System.Text.Json;

namespace DealerFlow.Import;

/// <summary>Members of a recorded message; what is absent, null or of another kind is not there.</summary>
internal static class RecordedJson
{
    /// <summary>A member that is not null.</summary>
    public static bool TryMember(JsonElement element, string member, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>A text.</summary>
    public static bool TryText(JsonElement element, string member, out string text)
    {
        bool isText = TryMember(element, member, out JsonElement value) && value.ValueKind == JsonValueKind.String;
        text = isText ? value.GetString()! : "";
        return isText;
    }

    /// <summary>A number that a decimal holds.</summary>
    public static bool TryNumber(JsonElement element, string member, out decimal number)
    {
        number = 0;
        return TryMember(element, member, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out number);
    }
}
