using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Settlements that move during the session, because the source or an operator says so. A new instant is announced at once and in force
/// from the next mark on.
/// </summary>
internal sealed class Settlements(NodeTable nodes, SessionCalendar calendar)
{
    /// <summary>Trading days and closes, with what an operator says of them.</summary>
    public SessionCalendar Calendar { get; private set; } = calendar;

    /// <summary>Some expiry has announced a settlement that is not in force yet.</summary>
    public bool HasNew { get; set; }

    /// <summary>
    /// Follows another calendar from now on. Only expiries that its overrides, or those before, speak of are moved, and none that the source
    /// itself has rescheduled: it knows better. What was moved is added to <paramref name="moved"/>.
    /// </summary>
    public void Use(SessionCalendar calendar, List<RescheduledExpiry> moved)
    {
        SessionCalendar before = Calendar;
        Calendar = calendar;
        foreach (ExpirySegment segment in nodes.Segments)
        {
            if (segment.IsExpired || segment.IsRescheduledBySource || segment.Settlement is not (SettlementKind.AM or SettlementKind.PM)) continue;
            var date = new DateOnly(segment.ExpiryDate / 10000, segment.ExpiryDate / 100 % 100, segment.ExpiryDate % 100);
            if (!Speaks(calendar, date) && !Speaks(before, date)) continue;
            SettlementStyle style = segment.Settlement == SettlementKind.AM ? SettlementStyle.AM : SettlementStyle.PM;
            if (!calendar.TrySettlement(date, style, segment.Root.ToString(), out long instant) || instant == segment.AnnouncedSettlementNanos) continue;
            moved.Add(new RescheduledExpiry(segment.Root.ToString(), segment.ExpiryDate, segment.AnnouncedSettlementNanos, instant));
            segment.AnnouncedSettlementNanos = instant;
            HasNew = true;
        }
    }

    /// <summary>Puts announced settlements into force; nodes whose quotes have to be read again are added to <paramref name="touched"/>.</summary>
    /// <returns>Whether there were any.</returns>
    public bool TryTakeOver(long markNanos, TouchedQuotes touched)
    {
        if (!HasNew) return false;
        HasNew = false;
        foreach (ExpirySegment segment in nodes.Segments)
        {
            long settlement = segment.AnnouncedSettlementNanos;
            double more = (settlement - segment.SettlementNanos) / NodeTable.NanosPerYear;
            if (more == 0) continue;
            segment.Settle(settlement);
            // w = w_ref·√(T(t)/T(t_ref)), and both T have changed: the quotes say what they said.
            for (int i = segment.Start; i < segment.End; i++)
                nodes.ReferenceYears[i] = Math.Max(nodes.ReferenceYears[i] + more, MarkTerms.PinNanos / NodeTable.NanosPerYear);
            bool wasRead = !segment.IsPinned && !segment.IsExpired;
            segment.IsPinned &= markNanos >= settlement - MarkTerms.PinNanos;
            if (wasRead || segment.IsPinned) continue;
            // Nobody has read its quotes since the pin state began.
            nodes.HasQuotesSinceFit[segment.Index] = true;
            for (int i = segment.Start; i < segment.End; i++) touched.Add(i);
        }
        nodes.OrderBySettlement();
        return true;
    }

    private static bool Speaks(SessionCalendar calendar, DateOnly date)
    {
        foreach (CalendarOverride row in calendar.Overrides.Rows) if (row.Date == date) return true;
        return false;
    }
}
