using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>Turns rows into contracts of a chain, half by half.</summary>
internal sealed class QuotedataRows(QuotedataColumns columns, ChainAssembly chain)
{
    private static readonly string[] ExpiryForms = ["ddd MMM dd yyyy", "dd-MM-yy", "yyyy-MM-dd"];

    private string _expiryText = "";
    private DateOnly? _expiryOfText;
    private bool _saidExpiryForm;

    /// <summary>Reads one row: up to two contracts. A line of blanks and commas is no row.</summary>
    public void Read(ReadOnlySpan<char> line, int lineNumber)
    {
        if (line.Trim(" ,\t").IsEmpty) return;
        Span<Range> ranges = stackalloc Range[QuotedataColumns.MaxFields];
        var fields = new CsvFields(ranges);
        if (!fields.TrySplit(line))
        {
            chain.SkipRow(lineNumber, "a quote is not closed, or there are far too many fields");
            return;
        }
        fields.DropEmptyTail(keep: columns.Count);
        if (fields.Count == columns.Count)
        {
            bool hasStrike = TryStrikeMills(fields[columns.Strike], out long strikeMills);
            if (!hasStrike)
                chain.Issues.Add(lineNumber, $"Strike is '{Printable.Of(fields[columns.Strike])}', which is no strike; the symbols are used.");
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
            chain.SkipRow(lineNumber, shape);
            return;
        }
        chain.Skip(lineNumber, $"{shape}; the put is left out");
        ReadHalf(fields, QuotedataColumns.Calls, OptionRight.Call, new Row(lineNumber, ExpiryOf(fields[0], lineNumber), strikeMills: null));
    }

    private void ReadHalf(in CsvFields fields, int first, OptionRight columnRight, in Row row)
    {
        ReadOnlySpan<char> text = fields[first];
        string half = columnRight == OptionRight.Call ? "Calls" : "Puts";
        if (!OsiSymbol.TryParse(text, chain.LikelyRoot, out OsiContract contract))
        {
            chain.Skip(row.Line, $"{half} is '{Printable.Of(text)}', which is no option symbol");
            return;
        }
        var numbers = new HalfRow(fields, first, columns.HasGreeks);
        if (!numbers.TryRead(out string? trouble))
        {
            chain.Skip(row.Line, $"{Printable.Of(text)}: {trouble}");
            return;
        }

        if (chain.Add(in contract, numbers.Read, row.Line)) CompareWithColumns(in contract, columnRight, row);
    }

    private void CompareWithColumns(in OsiContract contract, OptionRight columnRight, in Row row)
    {
        if (contract.Right != columnRight)
            chain.Issues.Add(row.Line, $"{contract} is a {contract.Right} among the {columnRight}s; the symbol is used.");
        if (row.StrikeMills is long mills && mills != contract.StrikeMills)
            chain.Issues.Add(row.Line, $"{contract} stands in a row of strike {mills / 1000.0}; the symbol is used.");
        if (row.Expiry is DateOnly expiry && expiry != contract.Expiry)
            chain.Issues.Add(row.Line, $"{contract} stands in a row of {expiry:yyyy-MM-dd}; the symbol is used.");
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
            chain.Issues.Add(lineNumber,
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

        /// <summary>The numbers, after <see cref="TryRead"/>.</summary>
        public ChainNumbers Read;

        public bool TryRead([NotNullWhen(false)] out string? trouble)
        {
            // The symbol stands at 0, the net change at 2: negative on falling days and of no use here.
            trouble = null;
            if (!ChainNumber.TryPrice(_fields[first + 1], out Read.Last)) trouble = Refusal("Last Sale", first + 1, "a price");
            if (!ChainNumber.TryPrice(_fields[first + 3], out Read.Bid)) trouble ??= Refusal("Bid", first + 3, "a price");
            if (!ChainNumber.TryPrice(_fields[first + 4], out Read.Ask)) trouble ??= Refusal("Ask", first + 4, "a price");
            if (!ChainNumber.TryCount(_fields[first + 5], long.MaxValue, out Read.Volume)) trouble ??= Refusal("Volume", first + 5, "a count");
            int openInterest = first + 6;
            if (hasGreeks)
            {
                if (!ChainNumber.TryPrice(_fields[first + 6], out double iv)) trouble ??= Refusal("IV", first + 6, "a volatility");
                if (!ChainNumber.TryFinite(_fields[first + 7], out double delta)) trouble ??= Refusal("Delta", first + 7, "a number");
                if (!ChainNumber.TryPrice(_fields[first + 8], out double gamma)) trouble ??= Refusal("Gamma", first + 8, "a gamma");
                (Read.Iv, Read.Delta, Read.Gamma) = (iv, delta, gamma);
                openInterest = first + 9;
            }
            if (!ChainNumber.TryCount(_fields[openInterest], uint.MaxValue, out long contracts))
                trouble ??= Refusal("Open Interest", openInterest, "a count of contracts");
            Read.OpenInterest = trouble is null ? (uint)contracts : 0;
            return trouble is null;
        }

        private readonly string Refusal(string column, int index, string expected)
        {
            ReadOnlySpan<char> text = _fields[index];
            return text.IsEmpty ? $"{column} is empty" : $"{column} is '{Printable.Of(text)}', not {expected}";
        }
    }
}
