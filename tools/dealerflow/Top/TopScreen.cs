using DealerFlow.Cli.Output;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Top;

/// <summary>A rectangle of a canvas.</summary>
internal readonly record struct Area(int Top, int Left, int Width, int Height)
{
    public int Bottom => Top + Height;

    public int Right => Left + Width;
}

/// <summary>
/// The whole screen: a function of the state and of the canvas' size, and of nothing else. What matters most comes first and stays longest
/// when the window gets small: the feed's state, the spot, how hedging acts, the levels.
/// </summary>
internal static class TopScreen
{
    /// <summary>Below this only the most important lines are shown.</summary>
    public const int LeastWidth = 64, LeastHeight = 17;

    /// <summary>From here on ladder and tables stand side by side.</summary>
    public const int WideWidth = 116;

    private const int PanelRows = 5;
    private const int LevelsWidth = 41;

    private static readonly Style Loud = new(Ink.Plain, Face.Bold | Face.Reverse);

    /// <summary>Draws everything; gives the rows that what can be scrolled has room for.</summary>
    public static int Draw(Canvas canvas, TopState state)
    {
        canvas.Clear();
        var all = new Area(0, 0, canvas.Width, canvas.Height);
        if (state.Choices.ShowsHelp)
        {
            int page = HelpPage.Draw(canvas, all with { Top = 1, Height = Math.Max(canvas.Height - 2, 0) }, state.Choices.FirstHelpLine);
            Title(canvas, state);
            Footer(canvas, "? or Esc back   ↑↓ PgUp PgDn scroll   q quit");
            return page;
        }
        Title(canvas, state);
        int top = Banner(canvas, state);
        if (!state.HasNumbers) return NothingYet(canvas, state, top);
        if (canvas.Width < LeastWidth || canvas.Height < LeastHeight) return Little(canvas, state, top);

        Sentence(canvas, state, top++);
        LevelsPanel.Draw(canvas, new Area(top, 0, LevelsWidth, PanelRows), state);
        ExposurePanel.Draw(canvas, new Area(top, LevelsWidth + 1, canvas.Width - LevelsWidth - 1, PanelRows), state);
        for (int row = 0; row < PanelRows; row++) canvas.Set(top + row, LevelsWidth, '│', new Style(Face: Face.Dim));
        top += PanelRows;

        int bottom = Provenance(canvas, state, canvas.Height - 1);
        bottom = Doubts(canvas, state, bottom);
        Footer(canvas, canvas.Width >= 86
            ? " q quit  m 1-6 model  b bucket  e expiries  ↑↓ scroll  c centre  space freeze  ? help"
            : "q quit  m model  b bucket  e expiries  ↑↓ scroll  c centre  space freeze  ? help");
        return Body(canvas, state, new Area(top, 0, canvas.Width, bottom - top));
    }

    /// <summary>A rule with a title in it, and a remark at its right.</summary>
    public static void Rule(Canvas canvas, Area area, string title, string remark = "", bool isChosen = false)
    {
        canvas.Fill(area.Top, area.Left, area.Width, '─', new Style(Face: Face.Dim));
        canvas.Write(area.Top, area.Left + 1, $" {title} ", new Style(Face: isChosen ? Face.Bold | Face.Reverse : Face.Bold), area.Width - 2);
        int room = area.Width - title.Length - 6;
        if (remark.Length > 0 && room > 8) canvas.WriteRight(area.Top, area.Right - 1, $" {(remark.Length > room - 2 ? remark[..(room - 3)] + "…" : remark)} ");
    }

    /// <summary>Red below zero, green above.</summary>
    public static Style BySign(double value) => new(value < 0 ? Ink.Red : value > 0 ? Ink.Green : Ink.Plain);

    private static int Body(Canvas canvas, TopState state, Area body)
    {
        if (body.Height < 2) return 1;
        if (canvas.Width < WideWidth)
        {
            // The notices last; in a tall window the expiries get a place of their own above them.
            int notices = Math.Clamp(body.Height / 4, 2, 8), tables = body.Height >= 30 ? Math.Min(11, body.Height / 4) : 0;
            var main = new Area(body.Top, 0, body.Width, body.Height - notices - tables);
            if (tables > 0) ExpiryList.Draw(canvas, new Area(main.Bottom, 0, body.Width, tables), state);
            NoticeList.Draw(canvas, new Area(body.Bottom - notices, 0, body.Width, notices), state);
            if (state.Choices.ShowsExpiries && tables == 0) ExpiryList.Draw(canvas, main, state);
            else Ladder.Draw(canvas, main, state);
            return state.Choices.ShowsExpiries && tables > 0 ? tables - 2 : main.Height - 2;
        }
        int left = (canvas.Width - 1) / 2;
        var ladder = new Area(body.Top, 0, left, body.Height);
        var right = new Area(body.Top, left + 1, canvas.Width - left - 1, body.Height);
        int models = body.Height >= 20 ? ModelList.Rows : 0, changes = Math.Clamp(body.Height / 4, 3, 12);
        int expiries = right.Height - models - changes;
        Ladder.Draw(canvas, ladder, state);
        ExpiryList.Draw(canvas, right with { Height = expiries }, state);
        if (models > 0) ModelList.Draw(canvas, right with { Top = right.Top + expiries, Height = models }, state);
        NoticeList.Draw(canvas, right with { Top = right.Bottom - changes, Height = changes }, state);
        for (int row = body.Top; row < body.Bottom; row++) canvas.Set(row, left, '│', new Style(Face: Face.Dim));
        return state.Choices.ShowsExpiries ? expiries - 2 : ladder.Height - 2;
    }

    // Underlying and price at the left, the feed's state at the right, always.
    private static void Title(Canvas canvas, TopState state)
    {
        canvas.Fill(0, 0, canvas.Width, ' ', new Style(Face: Face.Reverse));
        string age = state.HasNumbers ? $" {Age(state),7} " : " ";
        string word = $" {TopText.Word(state.Feed)} ";
        int end = canvas.Width;
        canvas.WriteRight(0, end, age, new Style(Face: Face.Reverse));
        canvas.WriteRight(0, end - age.Length, word, new Style(TopText.Ink(state.Feed), Face.Bold | Face.Reverse));
        int left = end - age.Length - word.Length;
        if (state.Choices.IsFrozen)
        {
            canvas.WriteRight(0, left - 1, " FROZEN ", new Style(Ink.Yellow, Face.Bold | Face.Reverse));
            left -= 9;
        }
        string name = state.FeedName + " ";
        if (canvas.Width >= LeastWidth)
        {
            canvas.WriteRight(0, left, name.Length > 16 ? name[..14] + "… " : name, new Style(Face: Face.Reverse));
            left -= Math.Min(name.Length, 16);
        }
        if (!state.HasNumbers)
        {
            canvas.Write(0, 0, " dealerflow top", Loud, left);
            return;
        }
        ref readonly MarketSection head = ref state.Head;
        string source = head.SpotSource switch { SpotSource.Inferred => " by parity", SpotSource.NoUnderlying => " last known", _ => "" };
        string spot = $" {head.Underlying}  {TopText.Spot(state.Spot)}{source} ";
        canvas.Write(0, 0, spot, Loud, left);
        string date = DateOf(state.MarkTimeNanos);
        string when = $" {date} {TopText.Clock(state.MarkTimeNanos)} NY  {TopText.Of(state.Choices.Bucket)} ";
        if (spot.Length + when.Length > left) when = when[(date.Length + 1)..];
        canvas.Write(0, spot.Length, when, new Style(Face: Face.Reverse), left - spot.Length);
    }

    private static string Age(TopState state) => TopText.Age(state.AgeNanos);

    private static string DateOf(long unixNanos) => $"{Market.NewYorkTime.DateOf(unixNanos):yyyy-MM-dd}";

    private static int Banner(Canvas canvas, TopState state)
    {
        if (TopText.Banner(state) is not { } banner) return 1;
        var style = new Style(TopText.Ink(state.Feed), Face.Bold | Face.Reverse);
        int row = 1;
        foreach (string line in TopText.Wrap($" {TopText.Word(state.Feed)}: {banner}", Math.Max(canvas.Width - 1, 1)).Take(state.HasNumbers ? 1 : 4))
        {
            canvas.Fill(row, 0, canvas.Width, ' ', style);
            canvas.Write(row++, 0, line, style);
        }
        return row;
    }

    private static int NothingYet(Canvas canvas, TopState state, int top)
    {
        foreach (string line in TopText.Doubts(state).SelectMany(doubt => TopText.Wrap(doubt, Math.Max(canvas.Width - 2, 1))))
            canvas.Write(++top, 1, line, new Style(Ink.Yellow));
        if (state.Others.Count > 0) canvas.Write(++top, 1, $"Feeds that are here: {string.Join(", ", state.Others.Take(20))}.", default, canvas.Width - 2);
        Footer(canvas, " q quit  ? help");
        return 1;
    }

    // A window that has no room for the picture: state, spot and levels, and what would be needed.
    private static int Little(Canvas canvas, TopState state, int top)
    {
        Sentence(canvas, state, top++);
        LevelsPanel.Draw(canvas, new Area(top, 0, Math.Min(canvas.Width, LevelsWidth), Math.Max(0, Math.Min(PanelRows, canvas.Height - top - 3))), state);
        if (canvas.Height >= 7) canvas.Write(canvas.Height - 3, 1, $"{TopText.Of(state.Model)}, inferred, never reported.");
        if (canvas.Height >= 8) canvas.Write(canvas.Height - 2, 1, $"{canvas.Width} x {canvas.Height} is small: {LeastWidth} x {LeastHeight} shows more.", new Style(Face: Face.Dim));
        Footer(canvas, " q quit  m model  b bucket  ? help");
        return 1;
    }

    private static void Sentence(Canvas canvas, TopState state, int row)
    {
        (string sentence, Ink ink) = TopText.Hedging(state);
        canvas.Write(row, 1, sentence, new Style(ink, Face.Bold));
        if (!state.IsModelLive) return;
        foreach (string share in TopText.NetOfGross(in state.Bucket()))
        {
            if (sentence.Length + share.Length + 2 >= canvas.Width) continue;
            canvas.WriteRight(row, canvas.Width - 1, share);
            return;
        }
    }

    // The assumption behind every number, and its unit: never left out. Gives the first row that it takes.
    private static int Provenance(Canvas canvas, TopState state, int bottom)
    {
        string chosen = state.Model == state.Head.Model ? "" : $" (the feed: {state.Head.Model})";
        string model = $"{TopText.Of(state.Model)}{chosen}: {Words.Of(state.Model)}.";
        string unit = $"Positions inferred, never reported. GEX in {SnapshotNames.GexUnit}.";
        string headline = state.IsHeadlineNewer ? $"headline {Age(state)}, " : "";
        string ages = $"{TopText.Rate(state)}   {headline}snapshot {TopText.Age(state.NowNanos - state.Snapshot!.Runtime.PublishMonotonicNanos)}";
        string quality = $"{state.Head.Nodes:#,0} nodes: {state.Head.Stale:#,0} stale, {state.Head.Held:#,0} held, {state.Head.Interpolated:#,0} interpolated";
        List<string> lines = TopText.Wrap(model, canvas.Width - 2);
        lines.Add(unit);
        int top = bottom - lines.Count;
        for (int i = 0; i < lines.Count; i++) canvas.Write(top + i, 1, lines[i], default, canvas.Width - 2);
        Beside(lines.Count - 2, ages);
        Beside(lines.Count - 1, quality);
        return top;

        void Beside(int line, string remark)
        {
            if (lines[line].Length + remark.Length + 5 < canvas.Width) canvas.WriteRight(top + line, canvas.Width - 1, remark, new Style(Face: Face.Dim));
        }
    }

    private static int Doubts(Canvas canvas, TopState state, int bottom)
    {
        string[] lines = [.. TopText.Doubts(state).SelectMany(doubt => TopText.Wrap(doubt, canvas.Width - 2))];
        int room = canvas.Height >= 30 ? 4 : 2, shown = Math.Min(lines.Length, room);
        for (int i = 0; i < shown; i++)
        {
            bool isCut = i == shown - 1 && lines.Length > shown;
            string line = isCut ? $"{lines[i][..Math.Min(lines[i].Length, canvas.Width - 20)]}… {lines.Length - shown} more" : lines[i];
            canvas.Write(bottom - shown + i, 1, line, new Style(Ink.Yellow, Face.Bold), canvas.Width - 2);
        }
        return bottom - shown;
    }

    private static void Footer(Canvas canvas, string keys)
    {
        canvas.Fill(canvas.Height - 1, 0, canvas.Width, ' ', new Style(Face: Face.Reverse));
        canvas.Write(canvas.Height - 1, 0, keys, new Style(Face: Face.Reverse), canvas.Width);
    }
}
