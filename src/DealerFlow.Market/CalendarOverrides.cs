using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DealerFlow.Market;

/// <summary>
/// What an operator knows better than the embedded table: a day called off, an early close, a delayed open. Read from a plain file, one
/// row a line, <c>#</c> begins a comment:
/// <code>
/// 2025-01-09 closed
/// 2026-11-27 close 13:00
/// 2020-03-18 open 09:45 SPX VIX     # only these roots
/// </code>
/// Times are New York's. Never changed after it is read; a new file makes a new <see cref="SessionCalendar"/>.
/// </summary>
/// <remarks>
/// A row with roots holds for contracts of exactly these roots and goes before a row without: Cboe delayed SPX to 09:45 on 18 March 2020
/// and opened SPXW on time (trade desk notices 16856 and 16857). A wrong row refuses the file: half a list is worse than none.
/// </remarks>
public sealed class CalendarOverrides
{
    /// <summary>Longest text that is read, in characters: thousands of rows, where one a year is usual.</summary>
    public const int MaxCharacters = 65_536;

    private const string AllProducts = "";
    private static readonly char[] Separators = [' ', '\t', ','];
    private static readonly TimeOnly FirstClose = TradingCalendar.Open.AddMinutes(1);
    private static readonly TimeOnly LastOpen = TradingCalendar.RegularClose.AddMinutes(-1);

    private readonly FrozenSet<DateOnly> _closed;
    private readonly FrozenDictionary<(DateOnly Date, string Root), TimeOnly> _opens;
    private readonly FrozenDictionary<(DateOnly Date, string Root), TimeOnly> _closes;

    private CalendarOverrides(CalendarOverride[] rows)
    {
        Rows = rows.AsReadOnly();
        _closed = rows.Where(row => row.Kind == OverrideKind.Closed).Select(row => row.Date).ToFrozenSet();
        _opens = TimesOf(rows, OverrideKind.Open);
        _closes = TimesOf(rows, OverrideKind.Close);
        Fingerprint = FingerprintOf(rows);
    }

    /// <summary>No override: the embedded table as it is.</summary>
    public static CalendarOverrides None { get; } = new([]);

    /// <summary>One entry per date, kind and root, sorted so: <c>open 09:45 SPX VIX</c> is two.</summary>
    public IReadOnlyList<CalendarOverride> Rows { get; }

    /// <summary>
    /// 64 bits of what the rows say (FNV-1a over <see cref="CalendarOverride.ToString"/>, a line feed behind each); 0 = none. Order, blanks
    /// and comments of the file do not enter. Tells calendars apart in what is published; no protection against forgery.
    /// </summary>
    public ulong Fingerprint { get; }

    /// <summary>Reads a file; UTF-8, or UTF-16 with its mark.</summary>
    /// <exception cref="InputFormatException">The file is missing, cannot be read, is too long, or a row is wrong.</exception>
    public static CalendarOverrides Read(string path) => InputFile.Read(path, reader =>
    {
        char[] text = new char[MaxCharacters + 1];
        int length = reader.ReadBlock(text);
        return Parse(text.AsSpan(0, length), path);
    });

    /// <summary>Reads a text.</summary>
    /// <param name="text">The rows; lines end with LF, CR LF or CR.</param>
    /// <param name="source">How messages name it.</param>
    /// <exception cref="InputFormatException">The text is too long, or a row is wrong.</exception>
    public static CalendarOverrides Parse(ReadOnlySpan<char> text, string source)
    {
        if (text.Length > MaxCharacters) Throw.TooLong(source);
        if (text is ['\uFEFF', ..]) text = text[1..];
        var rows = new OverrideRows(source);
        for (int line = 1; !text.IsEmpty; line++)
        {
            int end = text.IndexOfAny('\r', '\n');
            ReadOnlySpan<char> row = end < 0 ? text : text[..end];
            rows.Read(row, line);
            if (end < 0) break;
            text = text[(end + (text[end..] is ['\r', '\n', ..] ? 2 : 1))..];
        }
        return rows.ToOverrides();
    }

    /// <summary>The day was called off.</summary>
    internal bool IsClosed(DateOnly date) => _closed.Contains(date);

    /// <summary>When a root opens on a date, if a row says so; null = a product without rows of its own, and the shares.</summary>
    internal bool TryOpen(DateOnly date, string? root, out TimeOnly time) => TryTime(_opens, date, root, out time);

    /// <summary>When a root closes on a date, if a row says so.</summary>
    internal bool TryClose(DateOnly date, string? root, out TimeOnly time) => TryTime(_closes, date, root, out time);

    private static bool TryTime(
        FrozenDictionary<(DateOnly Date, string Root), TimeOnly> times, DateOnly date, string? root, out TimeOnly time) =>
        (root is not null && times.TryGetValue((date, root), out time)) || times.TryGetValue((date, AllProducts), out time);

    private static FrozenDictionary<(DateOnly Date, string Root), TimeOnly> TimesOf(CalendarOverride[] rows, OverrideKind kind) =>
        rows.Where(row => row.Kind == kind).ToFrozenDictionary(row => (row.Date, row.Root ?? AllProducts), row => row.Time);

    private static ulong FingerprintOf(CalendarOverride[] rows)
    {
        if (rows.Length == 0) return 0;
        ulong hash = 14_695_981_039_346_656_037;
        foreach (CalendarOverride row in rows)
            foreach (char c in $"{row}\n")
                hash = (hash ^ c) * 1_099_511_628_211;
        return hash;
    }

    // The rows of one text as they come in, each with its line, so that a contradiction can name both.
    private sealed class OverrideRows(string source)
    {
        private readonly Dictionary<(DateOnly Date, OverrideKind Kind, string Root), (TimeOnly Time, int Line)> _rows = [];
        private readonly HashSet<(DateOnly Date, string Root)> _timed = [];

        public void Read(ReadOnlySpan<char> row, int line)
        {
            if (row.Contains('\0')) Throw.ZeroByte(source, line);
            int comment = row.IndexOf('#');
            if (comment >= 0) row = row[..comment];
            string[] words = row.ToString().Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length == 0) return;

            DateOnly date = DateOf(words[0], line);
            if (words.Length == 1) Throw.NothingSaid(source, line, date);
            switch (words[1])
            {
                case "closed":
                    if (words.Length > 2) Throw.ClosedTakesNothing(source, line, words[2]);
                    // Saying again what the table says already is no mistake; calling off a holiday is one.
                    bool isListed = TradingCalendar.IsTradingDay(date) || TradingCalendar.IsUnscheduledClosure(date);
                    if (!isListed) Throw.NoTradingDay(source, line, date);
                    Add(date, OverrideKind.Closed, AllProducts, default, line);
                    break;
                case "open": ReadTime(date, OverrideKind.Open, TradingCalendar.Open, LastOpen, words, line); break;
                case "close": ReadTime(date, OverrideKind.Close, FirstClose, TradingCalendar.RegularClose, words, line); break;
                default: Throw.UnknownChange(source, line, words[1]); break;
            }
        }

        public CalendarOverrides ToOverrides()
        {
            if (_rows.Count == 0) return None;
            foreach ((DateOnly date, string root) in _timed) CheckHours(date, root);
            return new CalendarOverrides(
            [
                .. _rows.OrderBy(row => row.Key.Date).ThenBy(row => row.Key.Kind).ThenBy(row => row.Key.Root, StringComparer.Ordinal)
                    .Select(row => new CalendarOverride(
                        row.Key.Date, row.Key.Kind, row.Value.Time, row.Key.Root == AllProducts ? null : row.Key.Root)),
            ]);
        }

        private DateOnly DateOf(string word, int line)
        {
            if (!DateOnly.TryParseExact(word, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
                Throw.NoDate(source, line, word);
            if (!TradingCalendar.Knows(date.Year)) Throw.UnknownYear(source, line, date);
            return date;
        }

        private void ReadTime(DateOnly date, OverrideKind kind, TimeOnly first, TimeOnly last, string[] words, int line)
        {
            if (words.Length == 2) Throw.NoTime(source, line, "nothing");
            if (!TimeOnly.TryParseExact(words[2], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time))
                Throw.NoTime(source, line, $"'{Printable.Of(words[2])}'");
            if (time < first || time > last) Throw.TimeOutOfRange(source, line, kind, time, first, last);
            if (!TradingCalendar.IsTradingDay(date)) Throw.NoTradingDay(source, line, date);
            if (words.Length == 3) Add(date, kind, AllProducts, time, line);
            foreach (string root in words.AsSpan(3))
            {
                if (!OsiSymbol.IsRoot(root)) Throw.NoRoot(source, line, root);
                Add(date, kind, root, time, line);
            }
        }

        private void Add(DateOnly date, OverrideKind kind, string root, TimeOnly time, int line)
        {
            if (!_rows.TryAdd((date, kind, root), (time, line)))
                Throw.Twice(source, line, date, kind, root, _rows[(date, kind, root)].Line);
            if (kind != OverrideKind.Closed) _timed.Add((date, root));
        }

        // Every product that a row names, and all the others together, must still open before they close.
        private void CheckHours(DateOnly date, string root)
        {
            (TimeOnly open, int openLine) = TimeOf(date, OverrideKind.Open, root, TradingCalendar.Open);
            (TimeOnly close, int closeLine) = TimeOf(date, OverrideKind.Close, root, TradingCalendar.CloseOf(date));
            int line = Math.Max(openLine, closeLine);
            if (_rows.TryGetValue((date, OverrideKind.Closed, AllProducts), out (TimeOnly Time, int Line) closed))
                Throw.ClosedAndOpen(source, Math.Max(line, closed.Line), date, Math.Min(line, closed.Line));
            if (open >= close) Throw.OpensTooLate(source, line, date, root, open, close);
        }

        private (TimeOnly Time, int Line) TimeOf(DateOnly date, OverrideKind kind, string root, TimeOnly standing)
        {
            if (_rows.TryGetValue((date, kind, root), out (TimeOnly Time, int Line) own)) return own;
            return _rows.TryGetValue((date, kind, AllProducts), out (TimeOnly Time, int Line) all) ? all : (standing, 0);
        }
    }

    private static class Throw
    {
        private const string Forms = "write 'closed', 'open HH:mm' or 'close HH:mm' behind the date";

        [DoesNotReturn]
        public static void TooLong(string source) => throw new InputFormatException(source, 0, string.Create(
            CultureInfo.InvariantCulture, $"the text has more than {MaxCharacters:N0} characters, which no list of calendar overrides needs."));

        [DoesNotReturn]
        public static void ZeroByte(string source, int line) => throw new InputFormatException(
            source, line, "the line holds a zero byte, so this is no plain text; write one row a line, as in '2025-01-09 closed'.");

        [DoesNotReturn]
        public static void NoDate(string source, int line, string word) => throw new InputFormatException(
            source, line, $"'{Printable.Of(word)}' is no date; a row begins with year-month-day, as in '2025-01-09 closed'.");

        [DoesNotReturn]
        public static void UnknownYear(string source, int line, DateOnly date) => throw new InputFormatException(source, line,
            $"the trading calendar knows {TradingCalendar.FirstYear} to {TradingCalendar.LastYear}, not {date:yyyy-MM-dd},"
            + " so there is nothing that a row could change; remove it.");

        [DoesNotReturn]
        public static void NothingSaid(string source, int line, DateOnly date) => throw new InputFormatException(
            source, line, $"the row says nothing about {date:yyyy-MM-dd}; {Forms}.");

        [DoesNotReturn]
        public static void UnknownChange(string source, int line, string word) => throw new InputFormatException(
            source, line, $"'{Printable.Of(word)}' is no change of a day; {Forms}.");

        [DoesNotReturn]
        public static void ClosedTakesNothing(string source, int line, string word) => throw new InputFormatException(source, line,
            $"'{Printable.Of(word)}' stands behind 'closed', which holds for all products; write the date and 'closed', nothing else.");

        [DoesNotReturn]
        public static void NoTime(string source, int line, string what) => throw new InputFormatException(
            source, line, $"{what} stands where a time belongs; write New York's hour and minute in two digits each, as in 09:45.");

        [DoesNotReturn]
        public static void TimeOutOfRange(string source, int line, OverrideKind kind, TimeOnly time, TimeOnly first, TimeOnly last) =>
            throw new InputFormatException(source, line,
                $"no day {(kind == OverrideKind.Open ? "opens" : "closes")} at {time:HH:mm}; write a time from {first:HH:mm} to {last:HH:mm}.");

        [DoesNotReturn]
        public static void NoTradingDay(string source, int line, DateOnly date) => throw new InputFormatException(source, line,
            $"nothing trades on {date:yyyy-MM-dd} ({date.DayOfWeek}) as it is; correct the date or remove the row.");

        [DoesNotReturn]
        public static void NoRoot(string source, int line, string word) => throw new InputFormatException(
            source, line, $"'{Printable.Of(word)}' is no option root; write 1 to 6 characters of A-Z and 0-9, as in SPX.");

        [DoesNotReturn]
        public static void Twice(string source, int line, DateOnly date, OverrideKind kind, string root, int first) =>
            throw new InputFormatException(source, line, string.Create(CultureInfo.InvariantCulture,
                $"line {first} already says when {NameOf(root)} {VerbOf(kind)} on {date:yyyy-MM-dd}; remove one of the two."));

        [DoesNotReturn]
        public static void ClosedAndOpen(string source, int line, DateOnly date, int other) => throw new InputFormatException(
            source, line, $"{date:yyyy-MM-dd} is closed and yet has hours by this line and line {other}; remove one of the two.");

        [DoesNotReturn]
        public static void OpensTooLate(string source, int line, DateOnly date, string root, TimeOnly open, TimeOnly close) =>
            throw new InputFormatException(source, line,
                $"on {date:yyyy-MM-dd} {NameOf(root)} would open at {open:HH:mm} and close at {close:HH:mm}; write an open before the close.");

        private static string NameOf(string root) => root == AllProducts ? "the market" : root;

        private static string VerbOf(OverrideKind kind) => kind switch
        {
            OverrideKind.Open => "opens",
            OverrideKind.Close => "closes",
            _ => "is closed",
        };
    }
}
