using System.Globalization;

namespace DealerFlow.Market;

/// <summary>One change that an operator makes to one trading day.</summary>
/// <param name="Date">The day, in New York.</param>
/// <param name="Kind">What changes.</param>
/// <param name="Time">When it opens or closes, New York; midnight for <see cref="OverrideKind.Closed"/>.</param>
/// <param name="Root">The one option root that it holds for; null = all products, and the shares.</param>
public readonly record struct CalendarOverride(DateOnly Date, OverrideKind Kind, TimeOnly Time, string? Root)
{
    /// <summary>The row of a file that says this: <c>2020-03-18 open 09:45 SPX</c>.</summary>
    public override string ToString()
    {
        string row = Kind switch
        {
            OverrideKind.Closed => $"{Date:yyyy-MM-dd} closed",
            OverrideKind.Open => string.Create(CultureInfo.InvariantCulture, $"{Date:yyyy-MM-dd} open {Time:HH:mm}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{Date:yyyy-MM-dd} close {Time:HH:mm}"),
        };
        return Root is null ? row : $"{row} {Root}";
    }
}

/// <summary>What an override changes.</summary>
public enum OverrideKind : byte
{
    /// <summary>The day was called off at short notice, when contracts that expire on it were already listed.</summary>
    Closed = 1,

    /// <summary>It opens later; morning contracts settle then.</summary>
    Open = 2,

    /// <summary>It closes at another time; afternoon contracts settle then.</summary>
    Close = 3,
}
