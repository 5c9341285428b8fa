using System.Globalization;
using DealerFlow.Wire;

namespace DealerFlow.Dashboard;

/// <summary>Values of a query, or a sentence about the one that cannot be.</summary>
internal static class RequestValues
{
    /// <summary>An instant as ISO, with Z or an offset or taken as UTC, or as unix milliseconds; null where it is not asked for.</summary>
    public static bool TryInstant(HttpRequest request, string name, out long? nanos, out string? complaint)
    {
        (nanos, complaint) = (null, null);
        if (request.Query[name] is not [{ } text]) return true;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds) && milliseconds <= long.MaxValue / UnixNanos.PerMillisecond)
            nanos = milliseconds * UnixNanos.PerMillisecond;
        else if (DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime utc) && utc.Year is > 1970 and < 2200)
            nanos = UnixNanos.FromUtc(utc);
        else complaint = $"The value of {name} is no instant; write it like 2026-11-16T15:00:30Z, or as milliseconds since 1970.";
        return complaint is null;
    }

    /// <summary>A whole number within bounds; the standard where it is not asked for.</summary>
    public static bool TryCount(HttpRequest request, string name, int standard, int least, int most, out int count, out string? complaint)
    {
        (count, complaint) = (standard, null);
        if (request.Query[name] is not [{ } text]) return true;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count >= least && count <= most) return true;
        complaint = $"The value of {name} cannot be; give {least} to {most}.";
        return false;
    }
}
