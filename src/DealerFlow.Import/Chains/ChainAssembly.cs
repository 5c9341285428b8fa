using System.Globalization;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// Puts a chain together, contract by contract. Keeps account of what it leaves out; <see cref="Finish"/> refuses a chain from which
/// nothing can be computed, <see cref="Build"/> takes it as it is.
/// </summary>
internal sealed class ChainAssembly(string source, SessionCalendar calendar)
{
    /// <summary>All US listed options together are about two million; one underlying has at most some thirty thousand.</summary>
    public const int MaxContracts = 1_000_000;

    /// <summary>
    /// A chain in which fewer than one contract in so many has a quote was taken while the market slept and its quotes were withdrawn:
    /// sums over what is left would look like an exposure and be none.
    /// </summary>
    public const int MinQuotedPart = 20;

    private readonly List<ChainContract> _contracts = new(1024);
    private readonly HashSet<string> _symbols = new(1024, StringComparer.Ordinal);

    // Contracts of one root and expiry follow each other: what was worked out for the last one mostly serves the next one.
    private RootTerms _terms;
    private DateOnly _settlementExpiry;
    private long _settlementNanos;
    private bool _settlementKnown;
    private int _skipped;
    private int _quoted;
    private int _withoutOpenInterest;
    private string? _underlying;
    private DateOnly _firstExpiry = DateOnly.MaxValue;
    private DateOnly _lastExpiry = DateOnly.MinValue;

    /// <summary>What was left out or contradicts itself.</summary>
    public IssueList Issues { get; } = new();

    /// <summary>Symbol of the underlying, from the first contract; null before it.</summary>
    public string? Underlying => _underlying;

    /// <summary>Root of the last contract, for <see cref="OsiSymbol.TryParse(ReadOnlySpan{char}, string?, out OsiContract)"/>.</summary>
    public string? LikelyRoot => _terms.Root;

    /// <summary>Contracts so far.</summary>
    public int Count => _contracts.Count;

    /// <summary>Adds a contract; a second one of the same name and one on another underlying are left out.</summary>
    /// <param name="contract">Its terms.</param>
    /// <param name="numbers">What the file says of it.</param>
    /// <param name="place">Line, or number within the file, counted from 1.</param>
    /// <returns>False when it was left out, which is then counted.</returns>
    public bool Add(in OsiContract contract, in ChainNumbers numbers, int place)
    {
        if (_contracts.Count >= MaxContracts) throw new ChainFormatException(
            source, place, string.Create(CultureInfo.InvariantCulture, $"more than {MaxContracts:N0} contracts, which no underlying has."));
        if (!TrySettle(in contract, place)) return false;
        string symbol = OsiSymbol.Format(contract);
        if (!_symbols.Add(symbol))
        {
            Skip(place, $"{symbol} stands in the file for a second time; the first one is used");
            return false;
        }
        if (numbers.Bid > 0 || numbers.Ask > 0) _quoted++;
        if (numbers.OpenInterest is null) _withoutOpenInterest++;
        _contracts.Add(new ChainContract(
            symbol, contract.Root, contract.Expiry, _terms.Settlement, _settlementNanos, contract.Right, contract.StrikeMills,
            numbers.Multiplier ?? _terms.Multiplier, numbers.Exercise ?? _terms.Exercise, _terms.IsAdjusted || numbers.IsAdjusted,
            numbers.Bid, numbers.Ask, numbers.Last, numbers.Volume, numbers.OpenInterest ?? 0,
            numbers.Iv > 0 ? numbers.Iv : null, numbers.Delta, numbers.Gamma, place));
        if (contract.Expiry < _firstExpiry) _firstExpiry = contract.Expiry;
        if (contract.Expiry > _lastExpiry) _lastExpiry = contract.Expiry;
        return true;
    }

    /// <summary>Counts a contract that is left out.</summary>
    public void Skip(int place, string reason)
    {
        _skipped++;
        Issues.Add(place, $"{reason}; left out.");
    }

    /// <summary>Counts a row of a call and a put that is left out.</summary>
    public void SkipRow(int place, string reason)
    {
        _skipped += 2;
        Issues.Add(place, $"{reason}; the row is left out.");
    }

    /// <summary>Holds the symbol that a file gives itself against its contracts.</summary>
    public void CompareSymbol(string? symbol)
    {
        if (symbol is not null && _underlying is not null && symbol.TrimStart('_', '^') != _underlying)
            Issues.Add(0, $"the file is of '{Printable.Of(symbol)}', but its contracts are on {_underlying}; the contracts are used.");
    }

    /// <summary>The chain. Refuses one without contracts, without open interest, or all but without quotes.</summary>
    /// <param name="facts">What the file says of the underlying and of its own time.</param>
    /// <exception cref="ChainFormatException">Nothing can be computed from the file.</exception>
    public OptionChain Finish(in ChainFacts facts)
    {
        if (_contracts.Count == 0) throw new ChainFormatException(source, 0, _skipped == 0
            ? "the file holds no contracts."
            : $"no usable contract; the first trouble was {Issues.Kept[0]}");
        if (_withoutOpenInterest == _contracts.Count) throw new ChainFormatException(source, 0, string.Create(
            CultureInfo.InvariantCulture,
            $"none of its {_contracts.Count:N0} contracts states an open interest, so nothing can be computed; take a file that has it."));
        if (_quoted * MinQuotedPart < _contracts.Count) throw new ChainFormatException(source, 0, string.Create(
            CultureInfo.InvariantCulture,
            $"only {_quoted:N0} of its {_contracts.Count:N0} contracts have a bid or an ask, as when quotes are withdrawn overnight, so nothing can be computed; take a file from trading hours."));
        if (_withoutOpenInterest > 0) Issues.Add(0, string.Create(
            CultureInfo.InvariantCulture, $"{_withoutOpenInterest:N0} contracts state no open interest; counted as 0 (said once)."));
        return Build(in facts);
    }

    /// <summary>The chain as it is; there is a contract in it.</summary>
    /// <param name="facts">What the file says of the underlying and of its own time.</param>
    public OptionChain Build(in ChainFacts facts) => new()
    {
        Source = source,
        Underlying = _underlying!,
        UnderlyingName = facts.Name,
        Spot = Positive(facts.Spot),
        UnderlyingBid = Positive(facts.Bid),
        UnderlyingAsk = Positive(facts.Ask),
        AsOfNanos = facts.AsOfNanos,
        DateText = facts.DateText is null ? null : Printable.Of(facts.DateText),
        Contracts = _contracts,
        Issues = Issues.Kept,
        IssueCount = Issues.Count,
        SkippedContracts = _skipped,
        FirstExpiry = _firstExpiry,
        LastExpiry = _lastExpiry,
    };

    private static double? Positive(double? price) => price > 0 ? price : null;

    private bool TrySettle(in OsiContract contract, int place)
    {
        if (contract.Root != _terms.Root)
        {
            _terms = RootTable.TermsOf(contract.Root);
            _settlementExpiry = default;
        }
        _underlying ??= _terms.Underlying;
        if (_terms.Underlying != _underlying)
        {
            Skip(place, $"{contract} is an option on {_terms.Underlying}, but the chain began as one on {_underlying}");
            return false;
        }
        if (contract.Expiry != _settlementExpiry)
        {
            _settlementExpiry = contract.Expiry;
            _settlementKnown = calendar.TrySettlement(contract.Expiry, _terms.Settlement, contract.Root, out _settlementNanos);
        }
        if (_settlementKnown) return true;
        Skip(place, $"{contract} expires in a year that is not in the trading calendar ({TradingCalendar.FirstYear} to {TradingCalendar.LastYear}), so its settlement instant is unknown");
        return false;
    }
}

/// <summary>What a file says of one contract. Prices: 0 = none.</summary>
internal record struct ChainNumbers
{
    public double Bid;
    public double Ask;
    public double Last;
    public long Volume;

    /// <summary>Null = the file does not say.</summary>
    public uint? OpenInterest;

    /// <summary>0 and null = none.</summary>
    public double? Iv;
    public double? Delta;
    public double? Gamma;

    /// <summary>Null = by the root.</summary>
    public uint? Multiplier;

    /// <summary>Null = by the root.</summary>
    public ExerciseStyle? Exercise;

    /// <summary>The file says that more than the plain shares is delivered.</summary>
    public bool IsAdjusted;
}

/// <summary>What a file says of the underlying and of its own time. Prices: 0 and null = none.</summary>
internal readonly record struct ChainFacts(
    string? Name, double? Spot, double? Bid, double? Ask, long? AsOfNanos, string? DateText);
