using System.Text.Json;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// Reads the members of one JSON object by name and keeps the first complaint. A member that is missing or null is null; a name that
/// comes twice is a complaint, since nobody knows which one is meant.
/// </summary>
internal ref struct JsonFields(JsonElement element)
{
    private readonly JsonElement _element = element;

    /// <summary>The first complaint; null = none.</summary>
    public string? Trouble { get; private set; }

    /// <summary>A finite number; a text such as "NaN" is a complaint.</summary>
    public double? Number(string name)
    {
        if (Find(name) is not JsonElement value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number))
            return number == 0 ? 0 : number;   // no negative zero
        return Complain<double>($"{name} is {Shown(value)}, which is no number");
    }

    /// <summary>A number of at least zero; null where there is none.</summary>
    public double? Price(string name)
    {
        double? price = Number(name);
        return price >= 0 || price is null ? price : Complain<double>($"{name} is {price}, which is no price");
    }

    /// <summary>A whole number from 0 to <paramref name="max"/>; "1384.0" is 1384.</summary>
    public long? Count(string name, long max)
    {
        double? count = Number(name);
        if (count is null) return null;
        return count >= 0 && count <= max && count <= 1L << 53 && count == Math.Floor(count.Value)
            ? (long)count.Value
            : Complain<long>($"{name} is {count}, which is no count of contracts");
    }

    /// <summary>A whole number of 64 bits, as it stands.</summary>
    public long? Whole(string name)
    {
        if (Find(name) is not JsonElement value) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number)
            ? number
            : Complain<long>($"{name} is {Shown(value)}, which is no whole number");
    }

    /// <summary>A text.</summary>
    public string? Text(string name)
    {
        if (Find(name) is not JsonElement value) return null;
        if (value.ValueKind == JsonValueKind.String) return value.GetString();
        Trouble ??= $"{name} is {Shown(value)}, which is no text";
        return null;
    }

    /// <summary>An object inside of it; an empty one where it is missing.</summary>
    public JsonFields Object(string name) => new(Find(name) is JsonElement { ValueKind: JsonValueKind.Object } value ? value : default);

    /// <summary>A list inside of it; null where there is none.</summary>
    public JsonElement? List(string name) => Find(name) is JsonElement { ValueKind: JsonValueKind.Array } value ? value : null;

    /// <summary>The member is there and not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    private JsonElement? Find(string name)
    {
        if (_element.ValueKind != JsonValueKind.Object) return null;
        JsonElement? found = null;
        foreach (JsonProperty property in _element.EnumerateObject())
        {
            if (!property.NameEquals(name)) continue;
            if (found is not null) Trouble ??= $"{name} stands there twice";
            found ??= property.Value;
        }
        return found is { ValueKind: JsonValueKind.Null } ? null : found;
    }

    private T? Complain<T>(string trouble) where T : struct
    {
        Trouble ??= trouble;
        return null;
    }

    private static string Shown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => $"'{Printable.Of(value.GetRawText())}'",
    };
}
