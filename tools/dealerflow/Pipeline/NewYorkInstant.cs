using System.Globalization;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>Instants as people give them: with an offset, or without one on New York's clock.</summary>
internal static class NewYorkInstant
{
    /// <summary>Reads <c>2023-06-09T13:40-04:00</c> or <c>2023-06-09T13:40</c>; UTC nanoseconds since the Unix epoch.</summary>
    public static bool TryParse(string text, out long nanos)
    {
        nanos = 0;
        if (!text.Contains('T', StringComparison.Ordinal)) return false;
        if (DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTime plain) && plain.Kind == DateTimeKind.Unspecified)
        {
            nanos = NewYorkTime.ToUnixNanos(DateOnly.FromDateTime(plain), TimeOnly.FromDateTime(plain));
            return true;
        }
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset instant)) return false;
        nanos = UnixNanos.FromUtc(instant.UtcDateTime);
        return true;
    }
}
