using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>What the records of one file are on the tape.</summary>
/// <remarks>
/// <para>Consolidated quotes (cmbp-1, tcbbo, cbbo, and publisher 30 of mbp-1 and bbo) are the national best. A quote of another publisher is
/// one venue's, never the best, even where the file has no other: OPRA's tbbo has the venue's own quote beside a print.</para>
/// <para>A record with quote and print has the quote before the print, and gives them in this order. In mbp-1 the consolidated
/// publisher repeats what a venue said, so a print counts from the venue alone.</para>
/// <para>A quote of an interval is the one at its end, and is dated there; the last print in it is not given, since the others are missing.
/// A quote without bid and ask is given: it ends the one before.</para>
/// <para>Prints of options have no conditions in this format: late and complex ones cannot be told apart.</para>
/// </remarks>
internal sealed class DbnTicks(DbnMetadata metadata, TickImport import, string source)
{
    private const ushort ConsolidatedPublisher = 30;
    private const ushort OpenInterest = 9;
    private const byte Deleted = 2;
    private const ulong NanosPerDay = 86_400_000_000_000;

    private readonly DbnInstruments _instruments = new(metadata, import, source);

    /// <summary>Gives what a record says.</summary>
    public void Tell(in DbnRecord record)
    {
        if (!record.IsWhole)
        {
            import.Reject(ImportRejection.Malformed, $"the record is shorter than a {record.Kind} of version {record.Version}");
            return;
        }
        switch (record.Kind)
        {
            case DbnKind.Trade:
                TellUpdate(in record, hasQuote: false, isNationalBest: false, hasPrint: true);
                break;
            case DbnKind.Mbp1:
                bool isConsolidated = record.Publisher == ConsolidatedPublisher;
                bool hasPrint = metadata.Schema == DbnMetadata.TbboSchema || (record.Action == 'T' && !isConsolidated);
                TellUpdate(in record, hasQuote: true, isConsolidated, hasPrint);
                break;
            case DbnKind.Cmbp1:
                TellUpdate(in record, hasQuote: true, isNationalBest: true, hasPrint: record.Action == 'T');
                break;
            case DbnKind.Tcbbo:
                TellUpdate(in record, hasQuote: true, isNationalBest: true, hasPrint: true);
                break;
            case DbnKind.Cbbo1s or DbnKind.Cbbo1m:
                TellInterval(in record, isNationalBest: true);
                break;
            case DbnKind.Bbo1s or DbnKind.Bbo1m:
                TellInterval(in record, record.Publisher == ConsolidatedPublisher);
                break;
            case DbnKind.Statistics:
                TellStatistic(in record);
                break;
            case DbnKind.Definition:
                _instruments.Define(record.InstrumentId, DayOf(in record), record.RawSymbol, record.InstrumentClass);
                break;
            case DbnKind.SymbolMapping:
                _instruments.Map(record.InstrumentId, DayOf(record.EventNanos), record.MappedFrom, record.MappedTo);
                import.Pass(ImportPass.Administrative);
                break;
            case DbnKind.System or DbnKind.Error:
                import.Pass(ImportPass.Administrative);
                break;
            default:
                import.Pass(ImportPass.OtherKind);
                break;
        }
    }

    private void TellUpdate(in DbnRecord record, bool hasQuote, bool isNationalBest, bool hasPrint)
    {
        if (!TryTime(record.EventNanos, record.ReceivedNanos, out long nanos)) return;
        if (!_instruments.TryFind(record.InstrumentId, DayOf(in record), out DbnInstruments.Kind kind, out uint id)) return;
        uint delay = Delay(record.EventNanos, record.ReceivedNanos);
        if (kind == DbnInstruments.Kind.Share)
        {
            if (hasPrint) import.Spot(nanos, id, PriceOf(record.Price), delay);
            else import.Pass(ImportPass.OtherInstrument);
            return;
        }
        if (hasQuote && !TellQuote(in record, nanos, id, isNationalBest, delay)) return;
        if (!hasPrint) return;
        if (record.Price == DbnRecord.NoNumber) import.Reject(ImportRejection.BadPrice, "a print has no price");
        else import.Trade(nanos, id, record.Price, record.Size, VenueOf(record.Publisher), TickFlags.None, delay);
    }

    private void TellInterval(in DbnRecord record, bool isNationalBest)
    {
        if (!TryTime(record.ReceivedNanos, record.EventNanos, out long nanos)) return;
        if (!_instruments.TryFind(record.InstrumentId, DayOf(in record), out DbnInstruments.Kind kind, out uint id)) return;
        if (kind == DbnInstruments.Kind.Option) TellQuote(in record, nanos, id, isNationalBest, delay: 0);
        else import.Pass(ImportPass.OtherInstrument);
    }

    private bool TellQuote(in DbnRecord record, long nanos, uint id, bool isNationalBest, uint delay) => import.Quote(
        nanos, id, PriceOf(record.Bid), PriceOf(record.Ask), record.BidSize, record.AskSize,
        isNationalBest ? (byte)0 : VenueOf(record.Publisher), isNationalBest, delay);

    private void TellStatistic(in DbnRecord record)
    {
        if (record.StatisticKind != OpenInterest || record.StatisticUpdate == Deleted)
        {
            import.Pass(ImportPass.OtherKind);
            return;
        }
        if (!TryTime(record.EventNanos, record.ReceivedNanos, out long nanos)) return;
        if (!_instruments.TryFind(record.InstrumentId, DayOf(in record), out DbnInstruments.Kind kind, out uint id)) return;
        if (kind != DbnInstruments.Kind.Option) import.Pass(ImportPass.OtherInstrument);
        else if (record.StatisticQuantity == DbnRecord.NoNumber) import.Pass(ImportPass.Empty);
        else import.OpenInterest(nanos, id, record.StatisticQuantity, Delay(record.EventNanos, record.ReceivedNanos));
    }

    private bool TryTime(ulong first, ulong second, out long nanos)
    {
        ulong time = first != DbnRecord.NoTime ? first : second;
        nanos = (long)Math.Min(time, long.MaxValue);
        return time != DbnRecord.NoTime || import.Reject(ImportRejection.BadTime, "neither the time of the event nor that of the receipt is there");
    }

    private static uint Delay(ulong happened, ulong received) =>
        happened == DbnRecord.NoTime || received == DbnRecord.NoTime || received <= happened ? 0 : (uint)Math.Min(received - happened, uint.MaxValue);

    private static int DayOf(in DbnRecord record) => DayOf(record.ReceivedNanos != DbnRecord.NoTime ? record.ReceivedNanos : record.EventNanos);

    private static int DayOf(ulong nanos) => (int)(nanos / NanosPerDay);

    private static long PriceOf(long price) => price == DbnRecord.NoNumber ? TickImport.NoPrice : price;

    // The largest numbers of known publishers are near a hundred; those of the consolidated one is no venue's.
    private static byte VenueOf(ushort publisher) => publisher == ConsolidatedPublisher ? (byte)0 : (byte)publisher;
}
