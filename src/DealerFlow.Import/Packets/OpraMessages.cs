using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>Messages of OPRA into ticks; keeps the best bid and offer of every contract of one file.</summary>
internal sealed class OpraMessages(TickImport import)
{
    private const int HeaderBytes = 12;
    private const int ShortQuoteBytes = HeaderBytes + 17;
    private const int LongQuoteBytes = HeaderBytes + 31;
    private const int AppendageBytes = 10;
    private const int LastSaleBytes = HeaderBytes + 31;
    private const int OpenInterestBytes = HeaderBytes + 18;
    private const int EndOfDayBytes = HeaderBytes + 60;
    private const int UnderlyingBytes = HeaderBytes + 15;
    private const int TextLengthBytes = 2;
    private const byte LineIntegrity = (byte)'N';

    private const int MaxStrikeMills = 99_999_999;
    private const long ShortStrikeMills = 100;                  // a short quote has strikes in tenths
    private const long ShortPriceBillionths = 10_000_000;       // and prices in hundredths

    private readonly Dictionary<SeriesKey, int> _places = [];
    private readonly List<Series> _series = [];

    private enum Best
    {
        Same,
        ThisQuote,
        Appended,
        None,
    }

    /// <summary>Bytes of the message that stands first; 0 = not known. May be more than there are.</summary>
    public static int LengthOf(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderBytes) return HeaderBytes;
        switch (message[1])
        {
            case (byte)'a': return LastSaleBytes;
            case (byte)'d': return OpenInterestBytes;
            case (byte)'f': return EndOfDayBytes;
            case (byte)'Y': return UnderlyingBytes;
            case (byte)'k' or (byte)'q':
                if (!TryIndicator(message[3], out Best bid, out Best offer)) return 0;
                int appendages = (bid == Best.Appended ? 1 : 0) + (offer == Best.Appended ? 1 : 0);
                return (message[1] == 'k' ? LongQuoteBytes : ShortQuoteBytes) + (appendages * AppendageBytes);
            case (byte)'H' when message[2] == LineIntegrity:
                return HeaderBytes;
            case (byte)'C' or (byte)'H':
                if (message.Length < HeaderBytes + TextLengthBytes) return HeaderBytes + TextLengthBytes;
                return HeaderBytes + TextLengthBytes + BinaryPrimitives.ReadUInt16BigEndian(message[HeaderBytes..]);
            default: return 0;
        }
    }

    /// <summary>Reads a message of the length that <see cref="LengthOf"/> says.</summary>
    public bool Read(ReadOnlySpan<byte> message, long nanos, uint delayNanos)
    {
        switch (message[1])
        {
            case (byte)'q': return ReadShortQuote(message, nanos, delayNanos);
            case (byte)'k': return ReadLongQuote(message, nanos, delayNanos);
            case (byte)'a': return ReadLastSale(message, nanos, delayNanos);
            case (byte)'d': return ReadOpenInterest(message, nanos, delayNanos);
            case (byte)'Y': return ReadUnderlying(message, nanos, delayNanos);
            case (byte)'f':
                import.Pass(ImportPass.OtherKind);
                return true;
            default:
                import.Pass(ImportPass.Administrative);
                return true;
        }
    }

    /// <summary>What the last sale's type says of the print.</summary>
    internal static TickFlags FlagsOf(byte type) => (char)type switch
    {
        'A' or 'C' or 'E' or 'G' => TickFlags.Cancel,
        'B' or 'D' or 'F' or 'H' => TickFlags.Late,
        'L' or 'M' or 'P' or 'Q' => TickFlags.Complex,       // spread, straddle, buy-write, combination
        >= 'f' and <= 'u' => TickFlags.Complex,              // multi-leg, tied to stock, combined, proprietary multi-leg
        _ => TickFlags.None,
    };

    private bool ReadShortQuote(ReadOnlySpan<byte> message, long nanos, uint delayNanos)
    {
        long strikeMills = BinaryPrimitives.ReadUInt16BigEndian(message[19..]) * ShortStrikeMills;
        if (!TrySeries(message.Slice(12, 4), message.Slice(16, 3), strikeMills, out int series)) return false;
        var bid = new Side(BinaryPrimitives.ReadUInt16BigEndian(message[21..]) * ShortPriceBillionths, BinaryPrimitives.ReadUInt16BigEndian(message[23..]));
        var offer = new Side(BinaryPrimitives.ReadUInt16BigEndian(message[25..]) * ShortPriceBillionths, BinaryPrimitives.ReadUInt16BigEndian(message[27..]));
        return GiveQuote(message, message[ShortQuoteBytes..], series, bid, offer, nanos, delayNanos);
    }

    private bool ReadLongQuote(ReadOnlySpan<byte> message, long nanos, uint delayNanos)
    {
        if (!TryLongSeries(message, out int series)) return false;
        if (!TryPrice(message[26], BinaryPrimitives.ReadInt32BigEndian(message[27..]), out long bid)) return false;
        if (!TryPrice(message[26], BinaryPrimitives.ReadInt32BigEndian(message[35..]), out long offer)) return false;
        var bidSide = new Side(bid, BinaryPrimitives.ReadUInt32BigEndian(message[31..]));
        var offerSide = new Side(offer, BinaryPrimitives.ReadUInt32BigEndian(message[39..]));
        return GiveQuote(message, message[LongQuoteBytes..], series, bidSide, offerSide, nanos, delayNanos);
    }

    private bool GiveQuote(ReadOnlySpan<byte> message, ReadOnlySpan<byte> appendages, int place, Side bid, Side offer, long nanos, uint delayNanos)
    {
        TryIndicator(message[3], out Best bidEffect, out Best offerEffect);
        Span<Series> all = CollectionsMarshal.AsSpan(_series);
        ref Series series = ref all[place];
        Side? bestBid = series.Bid;
        Side? bestOffer = series.Offer;
        if (!TryBest(bidEffect, bid, ref appendages, ref bestBid) || !TryBest(offerEffect, offer, ref appendages, ref bestOffer)) return false;
        (series.Bid, series.Offer) = (bestBid, bestOffer);
        bool isMoved = bidEffect != Best.Same || offerEffect != Best.Same;
        if (isMoved && bestBid is Side nationalBid && bestOffer is Side nationalOffer)
        {
            return import.Quote(
                nanos, series.Id, nationalBid.Price, nationalOffer.Price, nationalBid.Size, nationalOffer.Size, 0, isNationalBest: true, delayNanos);
        }
        return import.Quote(nanos, series.Id, bid.Price, offer.Price, bid.Size, offer.Size, message[0], isNationalBest: false, delayNanos);
    }

    private bool TryBest(Best effect, Side quoted, ref ReadOnlySpan<byte> appendages, ref Side? best)
    {
        if (effect == Best.ThisQuote) best = quoted;
        if (effect == Best.None) best = default(Side);
        if (effect != Best.Appended) return true;
        if (!TryPrice(appendages[1], BinaryPrimitives.ReadUInt32BigEndian(appendages[2..]), out long price)) return false;
        best = new Side(price, BinaryPrimitives.ReadUInt32BigEndian(appendages[6..]));
        appendages = appendages[AppendageBytes..];
        return true;
    }

    private bool ReadLastSale(ReadOnlySpan<byte> message, long nanos, uint delayNanos) =>
        TryLongSeries(message, out int series)
        && TryPrice(message[30], BinaryPrimitives.ReadInt32BigEndian(message[31..]), out long price)
        && import.Trade(
            nanos, _series[series].Id, price, BinaryPrimitives.ReadUInt32BigEndian(message[26..]), message[0], FlagsOf(message[2]), delayNanos);

    private bool ReadOpenInterest(ReadOnlySpan<byte> message, long nanos, uint delayNanos) =>
        TryLongSeries(message, out int series)
        && import.OpenInterest(nanos, _series[series].Id, BinaryPrimitives.ReadUInt32BigEndian(message[26..]), delayNanos);

    private bool ReadUnderlying(ReadOnlySpan<byte> message, long nanos, uint delayNanos)
    {
        if (message[2] == 'I')
        {
            import.Pass(ImportPass.OtherKind);    // the index from its members' bids and offers
            return true;
        }
        return TrySymbol(message.Slice(12, 5), out string symbol)
            && TryPrice(message[18], BinaryPrimitives.ReadInt32BigEndian(message[19..]), out long price)
            && import.TryUnderlying(symbol, out uint id) && import.Spot(nanos, id, price, delayNanos);
    }

    // A..P = 4 effects on the best bid times 4 on the best offer; blank = not for the national best at all.
    private static bool TryIndicator(byte indicator, out Best bid, out Best offer)
    {
        (bid, offer) = (Best.Same, Best.Same);
        if (indicator == ' ') return true;
        int number = indicator - 'A';
        if (number is < 0 or > 15) return false;
        bid = (number >> 2) switch { 0 => Best.Same, 1 => Best.ThisQuote, 2 => Best.None, _ => Best.Appended };
        offer = (number & 3) switch { 0 => Best.Same, 1 => Best.ThisQuote, 2 => Best.Appended, _ => Best.None };
        return true;
    }

    private bool TryLongSeries(ReadOnlySpan<byte> message, out int place)
    {
        place = -1;
        long unit = BillionthsOf(message[21]);
        uint number = BinaryPrimitives.ReadUInt32BigEndian(message[22..]);
        (long mills, long rest) = Math.DivRem(number * unit, 1_000_000);
        if (unit == 0 || rest != 0)
            return import.Reject(ImportRejection.UnknownContract, $"a strike of {number} with the denominator {(char)message[21]} is no strike in thousandths");
        return TrySeries(message.Slice(12, 5), message.Slice(18, 3), mills, out place);
    }

    private bool TrySeries(ReadOnlySpan<byte> symbol, ReadOnlySpan<byte> expiration, long strikeMills, out int place)
    {
        ulong letters = 0;
        foreach (byte letter in symbol) letters = (letters << 8) | (letter == 0 ? ' ' : letter);
        if (symbol.Length == 4) letters = (letters << 8) | ' ';    // short and long quotes name one contract alike
        letters = (letters << 24) | (uint)((expiration[0] << 16) | (expiration[1] << 8) | expiration[2]);
        var key = new SeriesKey(letters, strikeMills);
        if (_places.TryGetValue(key, out place)) return true;
        if (!TrySymbol(symbol, out string root)) return false;
        int month = expiration[0] - 'A';
        if (month is < 0 or > 23) return import.Reject(ImportRejection.UnknownContract, $"'{(char)expiration[0]}' is no month of expiry");
        (int year, int day) = (2000 + expiration[2], expiration[1]);
        if (year > 2099 || day < 1 || day > DateTime.DaysInMonth(year, (month % 12) + 1))
            return import.Reject(ImportRejection.UnknownContract, $"{root} cannot expire on day {day} of month {(month % 12) + 1} of {year}");
        if (strikeMills is < 1 or > MaxStrikeMills)
            return import.Reject(ImportRejection.UnknownContract, $"a strike of {strikeMills} thousandths is none of an option on {root}");
        var contract = new OsiContract(root, new DateOnly(year, (month % 12) + 1, day), month < 12 ? OptionRight.Call : OptionRight.Put, strikeMills);
        if (!import.TryContract(in contract, out uint id)) return false;
        place = _series.Count;
        _series.Add(new Series { Id = id });
        _places.Add(key, place);
        return true;
    }

    private bool TrySymbol(ReadOnlySpan<byte> padded, out string symbol)
    {
        symbol = "";
        ReadOnlySpan<byte> bytes = padded.TrimEnd(" \0"u8);
        bool isSymbol = !bytes.IsEmpty;
        foreach (byte letter in bytes) isSymbol &= char.IsAsciiLetterUpper((char)letter) || char.IsAsciiDigit((char)letter);
        symbol = Encoding.Latin1.GetString(bytes);
        return isSymbol || import.Reject(ImportRejection.UnknownContract, $"'{symbol}' is no symbol");
    }

    private bool TryPrice(byte denominator, long number, out long billionths)
    {
        long unit = BillionthsOf(denominator);
        billionths = number * unit;    // 32 bits times at most 1e9: within 63 bits
        return unit != 0 || import.Reject(ImportRejection.BadPrice, $"'{(char)denominator}' is no known denominator of a price");
    }

    private static long BillionthsOf(byte denominator) => (char)denominator switch
    {
        'A' => 100_000_000,
        'B' => 10_000_000,
        'C' => 1_000_000,
        'D' => 100_000,
        'E' => 10_000,
        'F' => 1_000,
        'G' => 100,
        'I' => 1_000_000_000,
        _ => 0,
    };

    private readonly record struct SeriesKey(ulong SymbolAndExpiration, long StrikeMills);

    private readonly record struct Side(long Price, long Size);

    /// <summary>A contract and what is known of its national best; null = nothing yet, a price of 0 = there is none.</summary>
    private struct Series
    {
        public uint Id;
        public Side? Bid;
        public Side? Offer;
    }
}
