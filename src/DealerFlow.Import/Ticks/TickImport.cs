using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>
/// What the formats tell: rows, contracts, ticks. Gives ids to contracts, brings prices to one scale, and counts what became of every
/// row. One for all files of one tape.
/// </summary>
/// <remarks>
/// A format calls <see cref="BeginRow"/>, then gives contracts and ticks, or <see cref="Pass"/>, or <see cref="Reject"/>. A method that
/// returns false has rejected the row already. Prices are integers in billionths of the currency (1e-9), so nothing is rounded on the way.
/// </remarks>
public sealed class TickImport
{
    /// <summary>Decimals of every price on the tape, of options and underlyings alike.</summary>
    public const int PriceDecimals = 4;

    /// <summary>A price that is not there.</summary>
    public const long NoPrice = long.MinValue;

    private const long BillionthsPerUnit = 100_000;
    private const long EarliestNanos = 946_684_800 * UnixNanos.PerSecond;    // 2000-01-01
    private const long LatestNanos = 4_102_444_800 * UnixNanos.PerSecond;    // 2100-01-01

    private readonly ITickSink _sink;
    private readonly ImportOptions _options;
    private readonly List<InstrumentDefinition> _definitions = [];
    private readonly Dictionary<OsiContract, uint> _contracts = [];
    private readonly Dictionary<string, uint> _underlyings = new(StringComparer.Ordinal);
    private readonly HashSet<(uint, long)> _openInterest = [];
    private string _source = "";
    private long _place;
    private bool _isOpen;
    private bool _hasOutcome;
    private bool _isRepeated;            // a part of the row was told before …
    private long _ticksBefore;           // … which is all of it when no tick came of it

    /// <param name="sink">Takes the ticks.</param>
    /// <param name="options">What the files leave open.</param>
    public TickImport(ITickSink sink, ImportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _sink = sink;
        _options = options ?? new ImportOptions();
    }

    /// <summary>What the caller said of the files.</summary>
    public ImportOptions Options => _options;

    /// <summary>Contracts and underlyings so far; index = instrument id.</summary>
    public ReadOnlySpan<InstrumentDefinition> Definitions => CollectionsMarshal.AsSpan(_definitions);

    /// <summary>Where every row went. Exact after <see cref="End"/>.</summary>
    public ImportReport Report { get; } = new();

    /// <summary>A file begins.</summary>
    public void Begin(string source)
    {
        EndRow();
        _source = source;
        _place = 0;
    }

    /// <summary>Where the underlyings of ticks are noted; null = nowhere.</summary>
    internal HashSet<uint>? UnderlyingsTold { get; set; }

    /// <summary>The last file has ended.</summary>
    public void End() => EndRow();

    /// <summary>A row begins: a line of a text, a record, a message.</summary>
    /// <param name="place">Line or number of the record, counted from 1.</param>
    public void BeginRow(long place)
    {
        EndRow();
        (_place, _isOpen, _hasOutcome) = (place, true, false);
        (_isRepeated, _ticksBefore) = (false, Report.Ticks);
        Report.Rows++;
    }

    /// <summary>The row is as it should be and gives no tick.</summary>
    public void Pass(ImportPass kind)
    {
        if (_hasOutcome) return;
        _hasOutcome = true;
        Report.Count(kind);
    }

    /// <summary>The row gives no tick although it should; ticks that it gave before stay.</summary>
    /// <returns>False, so that a format can return it.</returns>
    public bool Reject(ImportRejection reason, string detail)
    {
        if (_hasOutcome) return false;
        _hasOutcome = true;
        var issue = new ImportIssue(_source, _place, reason, Printable.Of(detail));
        Report.Count(in issue);
        _options.OnIssue?.Invoke(issue);
        return false;
    }

    /// <summary>The id of a contract as its symbol says it; terms by its root.</summary>
    public bool TryContract(in OsiContract contract, out uint id)
    {
        if (_contracts.TryGetValue(contract, out id)) return true;
        RootTerms terms = RootTable.TermsOf(contract.Root);
        return TryDefine(in contract, in terms, out id);
    }

    /// <summary>The id of a contract whose multiplier or underlying the file says; the first word about a contract counts.</summary>
    public bool TryContract(in OsiContract contract, in RootTerms terms, out uint id) =>
        _contracts.TryGetValue(contract, out id) || TryDefine(in contract, in terms, out id);

    /// <summary>The id of a contract that no OSI symbol can name, such as one that settles at 08:00 UTC; the first word about it counts.</summary>
    /// <param name="contract">Its name within the import; expiry and right are taken from it.</param>
    /// <param name="underlying">Symbol of the underlying, at most 8 characters.</param>
    /// <param name="definition">Everything but ids, expiry date, right, price scale.</param>
    /// <param name="id">The id.</param>
    public bool TryContract(in OsiContract contract, string underlying, InstrumentDefinition definition, out uint id)
    {
        if (_contracts.TryGetValue(contract, out id)) return true;
        if (!TryUnderlying(underlying, out uint underlyingId)) return false;
        id = Add(definition with
        {
            UnderlyingId = underlyingId,
            ExpiryDate = DateNumber(contract.Expiry),
            PriceDecimals = PriceDecimals,
            Kind = contract.Right == OptionRight.Call ? InstrumentKind.Call : InstrumentKind.Put,
        });
        _contracts.Add(contract, id);
        return true;
    }

    /// <summary>The id of an underlying.</summary>
    public bool TryUnderlying(string symbol, out uint id)
    {
        if (_underlyings.TryGetValue(symbol, out id)) return true;
        if (symbol.Length is 0 or > 8 || !Ascii.IsValid(symbol) || symbol.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return Reject(ImportRejection.UnknownContract, $"'{symbol}' is no symbol of an underlying: it must have 1 to 8 characters");
        id = Add(new InstrumentDefinition
        {
            UnderlyingId = (uint)_definitions.Count,
            Root = Ascii8.From(symbol),
            Multiplier = 1,
            PriceDecimals = PriceDecimals,
            Kind = InstrumentKind.Underlying,
        });
        _underlyings.Add(symbol, id);
        return true;
    }

    /// <summary>A quote; <see cref="NoPrice"/> or 0 = that side has none. Sizes saturate.</summary>
    public bool Quote(
        long nanos, uint id, long bidBillionths, long askBillionths, long bidSize, long askSize, byte venue, bool isNationalBest,
        uint receiveDelayNanos = 0)
    {
        if (!IsTime(nanos) || !TryScale(bidBillionths, "bid", out int bid) || !TryScale(askBillionths, "ask", out int ask)) return false;
        if (bidSize < 0 || askSize < 0) return Reject(ImportRejection.BadQuantity, $"sizes {bidSize} and {askSize} cannot be");
        Tick tick = Tick.Quote(
            nanos, id, bid, ask, (ushort)Math.Min(bidSize, ushort.MaxValue), (ushort)Math.Min(askSize, ushort.MaxValue), venue,
            isNationalBest ? TickFlags.NationalBest : TickFlags.None);
        tick.ReceiveDelayNanos = receiveDelayNanos;
        return Give(in tick);
    }

    /// <summary>A print.</summary>
    public bool Trade(long nanos, uint id, long priceBillionths, long quantity, byte venue, TickFlags flags, uint receiveDelayNanos = 0)
    {
        if (!IsTime(nanos) || !TryScale(priceBillionths, "price", out int price)) return false;
        if (quantity is <= 0 or > uint.MaxValue) return Reject(ImportRejection.BadQuantity, $"a trade of {quantity} contracts cannot be");
        Tick tick = Tick.Trade(nanos, id, price, (uint)quantity, venue, flags);
        tick.ReceiveDelayNanos = receiveDelayNanos;
        return Give(in tick);
    }

    /// <summary>A price of the underlying; rounded to the scale of the tape where a computed index has more decimals.</summary>
    public bool Spot(long nanos, uint id, long priceBillionths, uint receiveDelayNanos = 0)
    {
        if (!IsTime(nanos)) return false;
        long price = priceBillionths <= 0 ? 0 : (long)(((ulong)priceBillionths + (BillionthsPerUnit / 2)) / BillionthsPerUnit);
        if (price is <= 0 or > int.MaxValue) return Reject(ImportRejection.BadPrice, $"a spot of {Shown(priceBillionths)} cannot be");
        Tick tick = Tick.Spot(nanos, id, (int)price);
        tick.ReceiveDelayNanos = receiveDelayNanos;
        return Give(in tick);
    }

    /// <summary>Open interest; the same once more on one New York day is passed over.</summary>
    public bool OpenInterest(long nanos, uint id, long contracts, uint receiveDelayNanos = 0)
    {
        if (!IsTime(nanos)) return false;
        if (contracts is < 0 or > uint.MaxValue) return Reject(ImportRejection.BadQuantity, $"open interest of {contracts} cannot be");
        if (!_openInterest.Add((id, (NewYorkTime.DateOf(nanos).DayNumber * (1L << 32)) + contracts)))
        {
            _isRepeated = true;
            return true;
        }
        Tick tick = Tick.OpenInterest(nanos, id, (uint)contracts);
        tick.ReceiveDelayNanos = receiveDelayNanos;
        return Give(in tick);
    }

    /// <summary>Messages of an instrument, or of an underlying and all its contracts, were lost.</summary>
    public bool Gap(long nanos, uint id) => IsTime(nanos) && Give(new Tick { EventTimeNanos = nanos, InstrumentId = id, Kind = TickKind.Gap });

    /// <summary>Trading of an underlying is halted, or resumed.</summary>
    public bool Status(long nanos, uint id, bool isHalted) => IsTime(nanos) && Give(new Tick
    {
        EventTimeNanos = nanos,
        InstrumentId = id,
        Kind = TickKind.Status,
        Flags = isHalted ? TickFlags.Halted : TickFlags.None,
    });

    /// <summary>Numbered messages never came: they are counted, and a gap of each underlying follows. They are no row.</summary>
    internal void Lost(long numbers, long nanos, IEnumerable<uint> underlyings)
    {
        EndRow();
        Report.Lost += numbers;
        if (nanos is < EarliestNanos or >= LatestNanos) return;
        foreach (uint id in underlyings) Give(new Tick { EventTimeNanos = nanos, InstrumentId = id, Kind = TickKind.Gap });
    }

    private bool Give(in Tick tick)
    {
        UnderlyingsTold?.Add(_definitions[(int)tick.InstrumentId].UnderlyingId);
        _sink.Add(in tick);
        Report.Ticks++;
        return true;
    }

    private void EndRow()
    {
        if (_isOpen && _isRepeated && Report.Ticks == _ticksBefore) Pass(ImportPass.Repeated);
        if (_isOpen && !_hasOutcome) Report.Taken++;
        _isOpen = false;
    }

    private bool TryDefine(in OsiContract contract, in RootTerms terms, out uint id)
    {
        id = 0;
        if (!_options.Calendar.TrySettlement(contract.Expiry, terms.Settlement, contract.Root, out long settlement))
            return Reject(ImportRejection.NoCalendar, $"{contract.Root} of {contract.Expiry:yyyy-MM-dd} settles outside of the trading calendar, {TradingCalendar.FirstYear} to {TradingCalendar.LastYear}");
        if (!TryUnderlying(terms.Underlying, out uint underlying)) return false;
        id = Add(new InstrumentDefinition
        {
            UnderlyingId = underlying,
            Root = Ascii8.From(contract.Root),
            StrikeMills = contract.StrikeMills,
            SettlementNanos = settlement,
            ExpiryDate = DateNumber(contract.Expiry),
            Multiplier = terms.Multiplier,
            PriceDecimals = PriceDecimals,
            Kind = contract.Right == OptionRight.Call ? InstrumentKind.Call : InstrumentKind.Put,
            Settlement = (SettlementKind)terms.Settlement,
            Exercise = (ExerciseKind)terms.Exercise,
            Flags = terms.IsAdjusted ? InstrumentFlags.Adjusted : InstrumentFlags.None,
        });
        _contracts.Add(contract, id);
        return true;
    }

    private uint Add(InstrumentDefinition definition)
    {
        if (_definitions.Count >= _options.MaxContracts) Throw.TooManyContracts(_source, _options.MaxContracts);
        definition.InstrumentId = (uint)_definitions.Count;
        _definitions.Add(definition);
        return definition.InstrumentId;
    }

    private bool IsTime(long nanos) =>
        nanos is >= EarliestNanos and < LatestNanos || Reject(ImportRejection.BadTime, $"a time of {nanos} ns since 1970 is not within 2000 to 2099");

    private bool TryScale(long billionths, string what, out int price)
    {
        price = 0;
        if (billionths is NoPrice or 0) return true;
        (long whole, long rest) = Math.DivRem(billionths, BillionthsPerUnit);
        if (rest != 0) return Reject(ImportRejection.BadPrice, $"a {what} of {Shown(billionths)} is finer than 0.0001");
        if (whole is < 0 or > int.MaxValue) return Reject(ImportRejection.BadPrice, $"a {what} of {Shown(billionths)} cannot be");
        price = (int)whole;
        return true;
    }

    private static string Shown(long billionths) => billionths == NoPrice ? "none" : FormattableString.Invariant($"{billionths / 1e9m}");

    private static int DateNumber(DateOnly date) => (date.Year * 10_000) + (date.Month * 100) + date.Day;

    private static class Throw
    {
        [DoesNotReturn]
        public static void TooManyContracts(string source, int most) => throw new InputFormatException(
            source, 0, $"the files name more than {most:#,0} contracts, which no market lists; check that this is the right format.");
    }
}
