namespace DealerFlow.Cli.Top;

/// <summary>What every number means, in a line, and the page that explains it.</summary>
internal static class HelpPage
{
    private static readonly (string Name, string Meaning, string Topic)[] Topics =
    [
        ("hedging", "what dealers must trade to stay neutral when the market moves", "hedging"),
        ("GEX", "USD of delta that the dealers' book gains if spot moves by 1%", "gamma-exposure"),
        ("DEX", "USD of delta that the dealers' book holds now", "hedging"),
        ("long, short", "long gamma: hedging leans against moves; short: it chases them", "positive-and-negative-gamma"),
        ("zero gamma", "price where repriced net GEX changes sign; of several the nearest", "zero-gamma"),
        ("walls", "strikes of most positive (call) and most negative (put) net GEX", "walls"),
        ("lead", "by how much a wall leads the second strike; small: it may jump", "walls"),
        ("VEX, CHEX", "USD of delta gained per vol point and per calendar day", "vanna-and-charm"),
        ("lines", "a minute or more, from its own least to its own greatest value", "gamma-exposure"),
        ("squeeze", "short gamma in a thin market: hedging that feeds the move", "gamma-squeeze"),
        ("expiries", "what leaves the sums at each settlement; max pain is no forecast", "opex"),
        ("0DTE pin", "strike that today's expiry is drawn to; p: chance to settle at it", "pinning"),
        ("0DTE share", "gross GEX that settles today, of all gross GEX", "zero-dte"),
        ("models", "six guesses at what dealers hold; positions are never reported", "what-data-cannot-tell"),
    ];

    private static readonly string[] Keys =
    [
        "m M 1-6   another position model, from the same snapshot; 0 the feed's own",
        "b         bucket: all expiries, 0DTE, ex 0DTE",
        "e         expiries instead of the ladder; in a wide window arrows move them",
        "↑↓ PgUp PgDn  scroll     c Home  centre on spot     space  freeze the numbers",
        "q Ctrl-C  quit     Ctrl-Z  suspend. Nothing here is written to the feed.",
    ];

    private static int Lines => (2 * Topics.Length) + Keys.Length + 2;

    /// <summary>Where scrolling ends in a window of so many lines.</summary>
    public static int LastFirstLine(int rows) => Math.Max(0, Lines - rows);

    /// <summary>Draws the page from a line on; gives how many lines fit.</summary>
    public static int Draw(Canvas canvas, Area area, int first)
    {
        first = Math.Clamp(first, 0, LastFirstLine(area.Height));
        int line = -first;
        foreach ((string name, string meaning, string topic) in Topics)
        {
            Write(line++, name, meaning, default);
            Write(line++, "", $"docs/dealer-flow/{topic}.md", new Style(Ink.Cyan));
        }
        line++;
        Write(line++, "keys", "", default);
        foreach (string keys in Keys)
        {
            Write(line, "", "", default);
            if (line >= 0 && line < area.Height) canvas.Write(area.Top + line, area.Left + 1, keys, default, area.Width - 2);
            line++;
        }
        if (first < LastFirstLine(area.Height)) canvas.WriteRight(area.Bottom - 1, area.Right - 1, " ↓ more ", new Style(Face: Face.Reverse));
        return area.Height;

        void Write(int at, string title, string text, Style style)
        {
            if (at < 0 || at >= area.Height) return;
            canvas.Write(area.Top + at, area.Left + 1, title, new Style(Face: Face.Bold), 12);
            canvas.Write(area.Top + at, area.Left + 14, text, style, area.Width - 15);
        }
    }
}
