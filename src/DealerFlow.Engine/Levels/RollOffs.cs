using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>What leaves the sums at the next settlement, and at the next standard monthly ones, morning and afternoon apart.</summary>
internal static class RollOffs
{
    /// <summary>Writes the three rows of one position model.</summary>
    public static void Write(NodeTable nodes, ExposureBook book, ModelView view, Int128 allGross, ref RollOffRows rows)
    {
        foreach (RollOff kind in (ReadOnlySpan<RollOff>)[RollOff.Next, RollOff.MonthlyAm, RollOff.MonthlyPm])
        {
            ref RollOffRow row = ref rows[(int)kind];
            row = default;
            ExpirySegment? first = null;
            ExposureTotals leaving = default;
            foreach (ExpirySegment segment in nodes.BySettlement)
            {
                if (segment.IsExpired || !IsOf(segment, kind)) continue;
                first ??= segment;
                if (segment.SettlementNanos != first.SettlementNanos) break;
                leaving += book.Expiry(view.Column, segment.Index).Of(view);
            }
            if (first is null) continue;
            row.SettlementNanos = first.SettlementNanos;
            row.ExpiryDate = first.ExpiryDate;
            row.Gex = (long)leaving.NetGex;
            row.Dex = (long)leaving.Dex;
            row.GrossShare = allGross == 0 ? 0 : (double)leaving.GrossGex / (double)allGross;
            row.Present = 1;
        }
    }

    private static bool IsOf(ExpirySegment segment, RollOff kind) => kind switch
    {
        RollOff.MonthlyAm => segment.IsMonthly && segment.Settlement == SettlementKind.AM,
        RollOff.MonthlyPm => segment.IsMonthly && segment.Settlement == SettlementKind.PM,
        _ => true,
    };
}
