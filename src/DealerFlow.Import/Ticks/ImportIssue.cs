namespace DealerFlow.Import;

/// <summary>A row that gave no tick although it should have.</summary>
/// <param name="Source">The file, as the caller named it.</param>
/// <param name="Place">Line of a text, or number of a record, counted from 1.</param>
/// <param name="Rejection">Why.</param>
/// <param name="Detail">What exactly, printable, a sentence.</param>
public readonly record struct ImportIssue(string Source, long Place, ImportRejection Rejection, string Detail)
{
    /// <summary>As people read it.</summary>
    public override string ToString() => $"{Source}, row {Place}: {Detail} ({Rejection})";
}

/// <summary>Why a row gave no tick.</summary>
public enum ImportRejection
{
    /// <summary>The row does not have the shape of its format: fields missing, a length that cannot be.</summary>
    Malformed,

    /// <summary>The symbol or id names no contract that can be understood.</summary>
    UnknownContract,

    /// <summary>The contract settles in a year that the trading calendar does not know.</summary>
    NoCalendar,

    /// <summary>The time is missing or cannot be.</summary>
    BadTime,

    /// <summary>A price is negative, no number, finer than 1/10,000 of the currency, or larger than 214,748.</summary>
    BadPrice,

    /// <summary>A size or quantity is negative, no whole number, or too large.</summary>
    BadQuantity,

    /// <summary>The contract's terms cannot be said on a tape: it settles at another hour, or is on a fraction of a unit of the underlying.</summary>
    UnsupportedTerms,
}

/// <summary>Rows that are as they should be and give no tick.</summary>
public enum ImportPass
{
    /// <summary>A message of the transport or the session: heartbeat, text, symbol mapping.</summary>
    Administrative,

    /// <summary>Something that the engine has no use for: bars, depth beyond the best, other statistics.</summary>
    OtherKind,

    /// <summary>The same again: open interest that is sent once per participant, one consolidated quote beside the venue's.</summary>
    Repeated,

    /// <summary>An instrument that is neither an option nor the underlying of one: spreads, other futures.</summary>
    OtherInstrument,

    /// <summary>A row that says that there is nothing: no quote, no trade in the interval.</summary>
    Empty,
}
