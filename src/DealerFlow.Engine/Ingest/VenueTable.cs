using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// What came from each venue: most quotes set no national best, so this is all that is kept of them. A row for every number that a tick can
/// carry, so that no stream makes the table grow. Written on the ingest thread, which has time to spare.
/// </summary>
internal sealed class VenueTable
{
    private readonly VenueRow[] _rows = new VenueRow[1 << 8];

    /// <summary>Venues that quotes came from, by their number; whoever is not ingest sees them a little late.</summary>
    public IReadOnlyList<VenueQuotes> Read() =>
        [.. _rows.Select((row, venue) => new VenueQuotes((byte)venue, row.Quotes, row.Best, row.LastNanos)).Where(venue => venue.Quotes > 0)];

    /// <summary>Counts the quotes among ticks.</summary>
    public void Count(ReadOnlySpan<Tick> ticks)
    {
        VenueRow[] rows = _rows;
        foreach (ref readonly Tick tick in ticks)
        {
            if (tick.Kind != TickKind.Quote) continue;
            ref VenueRow row = ref rows[tick.Venue];
            row.Quotes++;
            // The flag is the number 1: no branch.
            row.Best += (ulong)(tick.Flags & TickFlags.NationalBest);
            row.LastNanos = tick.EventTimeNanos;
        }
    }

    private struct VenueRow
    {
        public ulong Quotes, Best;
        public long LastNanos;
    }
}

/// <summary>One venue's part in a stream.</summary>
/// <param name="Venue">Its number in the ticks; 0 = unknown, or a consolidated quote.</param>
/// <param name="Quotes">Its quotes.</param>
/// <param name="Best">Of those, how many set a national best.</param>
/// <param name="LastNanos">Event time of the last.</param>
public readonly record struct VenueQuotes(byte Venue, ulong Quotes, ulong Best, long LastNanos);
