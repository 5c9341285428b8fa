using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>Turns rows into contracts, half by half, and keeps account of what it leaves out.</summary>
internal sealed class QuotedataRows(QuotedataColumns columns, SessionCalendar calendar, IssueList issues)
{
    private static readonly string[] ExpiryForms = ["ddd MMM dd yyyy", "dd-MM-yy", "yyyy-MM-dd"];

    private readonly List<ChainContract> _contracts = new(1024);
    private readonly HashSet<string> _symbols = new(1024, StringComparer.Ordinal);

    // Rows come sorted by expiry: what was worked out for the last row mostly serves the next one.
    private RootTerms _terms;
    private DateOnly _settlementExpiry;
    private long _settlementNanos;
    private bool _settlementKnown;
    private string _expiryText = "";
    private DateOnly? _expiryOfText;
    private bool _saidExpiryForm;

    /// <summary>The contracts so far, in file order.</summary>
    public IReadOnlyList<ChainContract> Contracts => _contracts;

    /// <summary>Symbol of the underlying, from the first contract.</summary>
    public string? Underlying { get; private set; }

    /// <summary>Halves that were left out.</summary>
    public int Skipped { get; private set; }

    /// <summary>First expiry date so far.</summary>
    public DateOnly FirstExpiry { get; private set; } = DateOnly.MaxValue;

    /// <summary>Last expiry date so far.</summary>
    public DateOnly LastExpiry { get; private set; } = DateOnly.MinValue;

    /// <summary>Reads one row: up to two contracts. A line of blanks and commas is no row.</summary>
    public void Read(ReadOnlySpan<char> line, int lineNumber)
    {
        if (line.Trim(" ,\t").IsEmpty) return;
        Span<Range> ranges = stackalloc Range[QuotedataColumns.MaxFields];
        var fields = new CsvFields(ranges);
        if (!fields.TrySplit(line))
        {
            SkipRow(lineNumber, "a quote is not closed, or there are far too many fields");
            return;
        }
        fields.DropEmptyTail(keep: columns.Count);
        if (fields.Count == columns.Count)
        {
            bool hasStrike = TryStrikeMills(fields[columns.Strike], out long strikeMills);
            if (!hasStrike)
                issues.Add(lineNumber, $"Strike is '{Printable.Of(fields[columns.Strike])}', which is no strike; the symbols are used.");
            var row = new Row(lineNumber, ExpiryOf(fields[0], lineNumber), hasStrike ? strikeMills : null);
            ReadHalf(fields, QuotedataColumns.Calls, OptionRight.Call, row);
            ReadHalf(fields, columns.Puts, OptionRight.Put, row);
            return;
        }
        ReadBrokenRow(fields, lineNumber);
    }

    // A row that is cut short has lost its end: the call half is whole if the strike behind it says so.
    private void ReadBrokenRow(in CsvFields fields, int lineNumber)
    {
        string shape = $"the row has {fields.Count} of {columns.Count} columns";
        bool callIsWhole = fields.Count > columns.Puts && fields.Count < columns.Count
            && TryStrikeMills(fields[columns.Strike], out long strikeMills)
            && OsiSymbol.TryParse(fields[QuotedataColumns.Calls], out OsiContract call) && call.StrikeMills == strikeMills
            && OsiSymbol.TryParse(fields[columns.Puts], out OsiContract put) && put.StrikeMills == strikeMills;
        if (!callIsWhole)
        {
            SkipRow(lineNumber, shape);
            return;
        }
        SkipHalf(lineNumber, $"{shape}; the put is left out");
        ReadHalf(fields, QuotedataColumns.Calls, OptionRight.Call, new Row(lineNumber, ExpiryOf(fields[0], lineNumber), strikeMills: null));
    }

    private void ReadHalf(in CsvFields fields, int first, OptionRight columnRight, in Row row)
    {
        ReadOnlySpan<char> text = fields[first];
        string half = columnRight == OptionRight.Call ? "Calls" : "Puts";
        if (!OsiSymbol.TryParse(text, _terms.Root, out OsiContract contract))
        {
            SkipHalf(row.Line, $"{half} is '{Printable.Of(text)}', which is no option symbol");
            return;
        }
        var numbers = new HalfRow(fields, first, columns.HasGreeks);
        if (!numbers.TryRead(out string? trouble))
        {
            SkipHalf(row.Line, $"{Printable.Of(text)}: {trouble}");
            return;
        }

        string symbol = text.Length == contract.Root.Length + OsiSymbol.TailLength ? text.ToString() : OsiSymbol.Format(contract);
        if (!TrySettle(contract, row.Line)) return;
        if (!_symbols.Add(symbol))
        {
            SkipHalf(row.Line, $"{symbol} stands in the file for a second time; the first one is used");
            return;
        }
        CompareWithColumns(symbol, contract, columnRight, row);
        _contracts.Add(new ChainContract(
            symbol, contract.Root, contract.Expiry, _terms.Settlement, _settlementNanos, contract.Right, contract.StrikeMills,
            _terms.Multiplier, _terms.Exercise, _terms.IsAdjusted,
            numbers.Bid, numbers.Ask, numbers.Last, numbers.Volume, numbers.OpenInterest,
            numbers.Iv, numbers.Delta, numbers.Gamma, row.Line));
        if (contract.Expiry < FirstExpiry) FirstExpiry = contract.Expiry;
        if (contract.Expiry > LastExpiry) LastExpiry = contract.Expiry;
    }

    private bool TrySettle(in OsiContract contract, int line)
    {
        if (contract.Root != _terms.Root)
        {
            _terms = RootTable.TermsOf(contract.Root);
            _settlementExpiry = default;
        }
        Underlying ??= _terms.Underlying;
        if (_terms.Underlying != Underlying)
        {
            SkipHalf(line, $"{contract} is an option on {_terms.Underlying}, but the chain began as one on {Underlying}");
            return false;
        }
        if (contract.Expiry != _settlementExpiry)
        {
            _settlementExpiry = contract.Expiry;
            _settlementKnown = calendar.TrySettlement(contract.Expiry, _terms.Settlement, contract.Root, out _settlementNanos);
        }
        if (!_settlementKnown)
        {
            SkipHalf(line, $"{contract} expires in a year that is not in the trading calendar"
                + $" ({TradingCalendar.FirstYear} to {TradingCalendar.LastYear}), so its settlement instant is unknown");
            return false;
        }
        return true;
    }

    private void CompareWithColumns(string symbol, in OsiContract contract, OptionRight columnRight, in Row row)
    {
        if (contract.Right != columnRight)
            issues.Add(row.Line, $"{symbol} is a {contract.Right} among the {columnRight}s; the symbol is used.");
        if (row.StrikeMills is long mills && mills != contract.StrikeMills)
            issues.Add(row.Line, $"{symbol} stands in a row of strike {mills / 1000.0}; the symbol is used.");
        if (row.Expiry is DateOnly expiry && expiry != contract.Expiry)
            issues.Add(row.Line, $"{symbol} stands in a row of {expiry:yyyy-MM-dd}; the symbol is used.");
    }

    private DateOnly? ExpiryOf(ReadOnlySpan<char> text, int lineNumber)
    {
        if (text.SequenceEqual(_expiryText)) return _expiryOfText;
        _expiryText = text.ToString();
        _expiryOfText = DateOnly.TryParseExact(text, ExpiryForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly expiry)
            ? expiry
            : null;
        if (_expiryOfText is null && !_saidExpiryForm)
        {
            _saidExpiryForm = true;   // a foreign form would otherwise repeat in every row
            issues.Add(lineNumber,
                $"Expiration Date is '{Printable.Of(text)}', which is in no known form; the symbols are used (said once).");
        }
        return _expiryOfText;
    }

    private static bool TryStrikeMills(ReadOnlySpan<char> text, out long mills)
    {
        mills = 0;
        if (!ChainNumber.TryPrice(text, out double strike) || strike is 0 or > 1e9) return false;
        mills = (long)Math.Round(strike * 1000);
        return mills / 1000.0 == strike;
    }

    private void SkipRow(int line, string reason)
    {
        Skipped += 2;
        issues.Add(line, $"{reason}; the row is left out.");
    }

    private void SkipHalf(int line, string reason)
    {
        Skipped++;
        issues.Add(line, $"{reason}; left out.");
    }

    // What the columns around the halves say, to be held against the symbols.
    private readonly struct Row(int line, DateOnly? expiry, long? strikeMills)
    {
        public readonly int Line = line;
        public readonly DateOnly? Expiry = expiry;
        public readonly long? StrikeMills = strikeMills;
    }

    // The numbers behind one symbol.
    private ref struct HalfRow(CsvFields fields, int first, bool hasGreeks)
    {
        private readonly CsvFields _fields = fields;

        public double Last;
        public double Bid;
        public double Ask;
        public long Volume;
        public uint OpenInterest;
        public double? Iv;
        public double? Delta;
        public double? Gamma;

        public bool TryRead([NotNullWhen(false)] out string? trouble)
        {
            // The symbol stands at 0, the net change at 2: negative on falling days and of no use here.
            trouble = null;
            if (!ChainNumber.TryPrice(_fields[first + 1], out Last)) trouble = Refusal("Last Sale", first + 1, "a price");
            if (!ChainNumber.TryPrice(_fields[first + 3], out Bid)) trouble ??= Refusal("Bid", first + 3, "a price");
            if (!ChainNumber.TryPrice(_fields[first + 4], out Ask)) trouble ??= Refusal("Ask", first + 4, "a price");
            if (!ChainNumber.TryCount(_fields[first + 5], long.MaxValue, out Volume)) trouble ??= Refusal("Volume", first + 5, "a count");
            int openInterest = first + 6;
            if (hasGreeks)
            {
                if (!ChainNumber.TryPrice(_fields[first + 6], out double iv)) trouble ??= Refusal("IV", first + 6, "a volatility");
                if (!ChainNumber.TryFinite(_fields[first + 7], out double delta)) trouble ??= Refusal("Delta", first + 7, "a number");
                if (!ChainNumber.TryPrice(_fields[first + 8], out double gamma)) trouble ??= Refusal("Gamma", first + 8, "a gamma");
                Iv = iv > 0 ? iv : null;
                Delta = delta;
                Gamma = gamma;
                openInterest = first + 9;
            }
            if (!ChainNumber.TryCount(_fields[openInterest], uint.MaxValue, out long contracts))
                trouble ??= Refusal("Open Interest", openInterest, "a count of contracts");
            OpenInterest = trouble is null ? (uint)contracts : 0;
            return trouble is null;
        }

        private readonly string Refusal(string column, int index, string expected)
        {
            ReadOnlySpan<char> text = _fields[index];
            return text.IsEmpty ? $"{column} is empty" : $"{column} is '{Printable.Of(text)}', not {expected}";
        }
    }
}
