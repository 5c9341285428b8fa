using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DealerFlow.Market;

/// <summary>
/// Reads and writes option symbols of the Options Symbology Initiative: root, YYMMDD, <c>C</c> or <c>P</c>, strike × 1000 in
/// eight digits. Two spellings exist: compact (<c>SPXW240105C01200000</c>) and padded, where the root fills six columns
/// (<c>SPXW  240105C01200000</c>); some vendors prefix <c>O:</c>.
/// </summary>
public static class OsiSymbol
{
    /// <summary>Characters after the root: date, right, strike.</summary>
    public const int TailLength = 15;

    /// <summary>Longest root.</summary>
    public const int MaxRootLength = 6;

    /// <summary>Characters of the padded spelling.</summary>
    public const int PaddedLength = MaxRootLength + TailLength;

    private const long MaxStrikeMills = 99_999_999;

    /// <summary>Reads either spelling; false when the text is neither. Two-digit years are 2000 to 2099.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out OsiContract contract) => TryParse(text, null, out contract);

    /// <summary>
    /// As <see cref="TryParse(ReadOnlySpan{char}, out OsiContract)"/>, but takes <paramref name="likelyRoot"/> as the root's string
    /// where it is equal: a chain names the same root thousands of times.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, string? likelyRoot, out OsiContract contract)
    {
        contract = default;
        if (text.StartsWith("O:", StringComparison.Ordinal)) text = text[2..];
        if (text.Length is <= TailLength or > PaddedLength) return false;

        // From the right: roots have one to six characters and may hold digits, the tail never changes.
        ReadOnlySpan<char> tail = text[^TailLength..];
        ReadOnlySpan<char> root = text[..^TailLength];
        if (text.Length == PaddedLength) root = root.TrimEnd(' ');
        if (!IsRoot(root)) return false;

        if (!TryDigits(tail[..2], out int yearOfCentury) || !TryDigits(tail[2..4], out int month)) return false;
        if (!TryDigits(tail[4..6], out int day)) return false;
        int year = 2000 + yearOfCentury;
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;

        if (tail[6] is not ('C' or 'P')) return false;
        if (!TryDigits(tail[7..], out int strikeMills) || strikeMills == 0) return false;

        string rootText = likelyRoot is not null && root.SequenceEqual(likelyRoot) ? likelyRoot : root.ToString();
        contract = new OsiContract(rootText, new DateOnly(year, month, day), (OptionRight)tail[6], strikeMills);
        return true;
    }

    /// <summary>The compact spelling: <c>AMD1250117P00012500</c>.</summary>
    /// <exception cref="ArgumentException">The contract does not fit a symbol: root, year or strike out of range.</exception>
    public static string Format(in OsiContract contract) => Spell(contract, padded: false);

    /// <summary>The padded spelling of 21 characters: <c>AAPL  250221C00250000</c>.</summary>
    /// <exception cref="ArgumentException">The contract does not fit a symbol: root, year or strike out of range.</exception>
    public static string FormatPadded(in OsiContract contract) => Spell(contract, padded: true);

    private static string Spell(in OsiContract contract, bool padded)
    {
        if (!IsRoot(contract.Root)) Throw.Unspeakable(contract, "the root is not 1 to 6 characters of A-Z and 0-9");
        if (contract.Expiry.Year is < 2000 or > 2099) Throw.Unspeakable(contract, "the year is not 2000 to 2099");
        if (contract.StrikeMills is < 1 or > MaxStrikeMills) Throw.Unspeakable(contract, "the strike is not 0.001 to 99,999.999");
        if (contract.Right is not (OptionRight.Call or OptionRight.Put)) Throw.Unspeakable(contract, "it is neither call nor put");

        string root = padded ? contract.Root.PadRight(MaxRootLength) : contract.Root;
        return string.Create(
            CultureInfo.InvariantCulture, $"{root}{contract.Expiry:yyMMdd}{(char)contract.Right}{contract.StrikeMills:D8}");
    }

    /// <summary>1 to 6 characters of A-Z and 0-9.</summary>
    internal static bool IsRoot(ReadOnlySpan<char> root)
    {
        if (root.Length is 0 or > MaxRootLength) return false;
        foreach (char c in root)
            if (!char.IsAsciiLetterUpper(c) && !char.IsAsciiDigit(c)) return false;
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            value = (value * 10) + (c - '0');
        }
        return true;
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void Unspeakable(in OsiContract contract, string reason) => throw new ArgumentException(
            $"No symbol for root '{contract.Root}', expiry {contract.Expiry:yyyy-MM-dd}, strike {contract.StrikeMills} mills: {reason}.",
            nameof(contract));
    }
}
