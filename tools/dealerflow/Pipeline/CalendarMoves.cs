using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>
/// Calendar overrides on definitions that carry their own settlement instants: a contract is moved where the overrides answer
/// otherwise than the embedded table, and nowhere else.
/// </summary>
internal static class CalendarMoves
{
    private const int RowsTold = 10;

    /// <summary>Moves settlement instants in place.</summary>
    /// <returns>What was done, a sentence for each row; nothing without overrides.</returns>
    public static IEnumerable<string> Apply(Span<InstrumentDefinition> definitions, SessionCalendar calendar, string source)
    {
        IReadOnlyList<CalendarOverride> rows = calendar.Overrides.Rows;
        if (rows.Count == 0) return [];
        var moved = new int[rows.Count];
        int total = 0;
        foreach (ref InstrumentDefinition definition in definitions)
        {
            if (!TryMove(in definition, calendar, out long settlement, out long embedded)) continue;
            definition.SettlementNanos = settlement;
            total++;
            string root = definition.Root.ToString();
            DateOnly from = NewYorkTime.DateOf(embedded), to = NewYorkTime.DateOf(settlement);
            for (int i = 0; i < moved.Length; i++)
                if ((rows[i].Date == from || rows[i].Date == to) && (rows[i].Root is null || rows[i].Root == root)) moved[i]++;
        }
        var told = new List<string> { $"{calendar} from {source} in force; it moves the settlement of {Contracts(total)} here." };
        for (int i = 0; i < Math.Min(moved.Length, RowsTold); i++) told.Add($"override '{rows[i]}': {Contracts(moved[i])}.");
        if (rows.Count > RowsTold) told.Add($"and {rows.Count - RowsTold} more overrides.");
        return told;
    }

    /// <summary>Where the overrides put a contract's settlement, if that is elsewhere than the embedded table does.</summary>
    public static bool TryMove(in InstrumentDefinition definition, SessionCalendar calendar, out long settlement, out long embedded)
    {
        (settlement, embedded) = (0, 0);
        if (definition.Kind == InstrumentKind.Underlying || definition.Settlement is not (SettlementKind.AM or SettlementKind.PM)) return false;
        if (!TryDate(definition.ExpiryDate, out DateOnly expiry)) return false;
        var style = (SettlementStyle)definition.Settlement;
        string root = definition.Root.ToString();
        return calendar.TrySettlement(expiry, style, root, out settlement)
            && SessionCalendar.Embedded.TrySettlement(expiry, style, root, out embedded) && settlement != embedded;
    }

    private static bool TryDate(int yyyymmdd, out DateOnly date)
    {
        int year = yyyymmdd / 10_000, month = yyyymmdd / 100 % 100, day = yyyymmdd % 100;
        bool isDate = year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
        date = isDate ? new DateOnly(year, month, day) : default;
        return isDate;
    }

    private static string Contracts(int count) => count == 1 ? "1 contract" : $"{count:#,0} contracts";
}
