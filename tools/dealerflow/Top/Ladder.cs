using DealerFlow.Cli.Output;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Top;

/// <summary>
/// Net GEX by strike about a price, the highest strike on top: bars to the left are negative, to the right positive. Spot and zero gamma lie
/// between strikes and have rows of their own.
/// </summary>
internal static class Ladder
{
    private const int StrikeEnd = 10;
    private const int TagWidth = 9;
    private const int BarsBegin = StrikeEnd + 1 + TagWidth + 1;
    private const int ValueWidth = 12;

    private enum Kind : byte
    {
        Strike,
        Spot,
        ZeroGamma,
    }

    public static void Draw(Canvas canvas, Area area, TopState state)
    {
        ReadOnlySpan<StrikeRow> strikes = state.Market.Strikes;
        double widest = Widest(strikes, state);
        List<Step> steps = Steps(strikes, state, area.Height - 1);
        (string above, string below) = Beyond(steps, state);
        // The buckets of a strike are published for the feed's own model alone; where they are not there, nothing must look as if they were.
        string title = state.SplitsStrikes ? "net GEX by strike" : "net GEX by strike of ALL expiries";
        string full = widest > 0 ? $", full bar {Names.Usd(widest / MoneyGrid.UnitsPerUsd).TrimStart('+')}" : "";
        TopScreen.Rule(canvas, area with { Height = 1 }, title + full, above, state.Choices is { FollowsSpot: false, ShowsExpiries: false });
        for (int i = 0; i < steps.Count; i++)
        {
            int row = area.Top + 1 + i;
            if (steps[i].Kind == Kind.Strike) Strike(canvas, area, row, in strikes[steps[i].Index], state, widest);
            else Between(canvas, area, row, steps[i], i == steps.Count - 1 ? below : "");
        }
        if (below.Length > 0 && steps[^1].Kind == Kind.Strike)
        {
            // On the side of the axis on which there is no bar.
            int half = BarsWidth(area) / 2, left = area.Left + BarsBegin + (state.NetGexOf(in strikes[steps[^1].Index]) < 0 ? half + 2 : 0);
            canvas.Write(area.Top + steps.Count, left, below, new Style(Ink.Cyan), half - 1);
        }
        if (strikes.IsEmpty) canvas.Write(area.Top + 1, area.Left + 1, "No strikes.");
    }

    /// <summary>Index of the first strike above a price, of all when there is none.</summary>
    public static int FirstAbove(ReadOnlySpan<StrikeRow> strikes, double price)
    {
        (int from, int to) = (0, strikes.Length);
        while (from < to)
        {
            int middle = (from + to) / 2;
            if (strikes[middle].Strike > price) to = middle;
            else from = middle + 1;
        }
        return from;
    }

    // Over all strikes, so that bars keep their length while the ladder is scrolled.
    private static double Widest(ReadOnlySpan<StrikeRow> strikes, TopState state)
    {
        double widest = 0;
        foreach (ref readonly StrikeRow row in strikes) widest = Math.Max(widest, Math.Abs((double)state.NetGexOf(in row)));
        return widest;
    }

    // The rows from the top down: strikes, spot and zero gamma in order of price, the anchor in the middle.
    private static List<Step> Steps(ReadOnlySpan<StrikeRow> strikes, TopState state, int rows)
    {
        if (rows < 1) return [];
        int centre = FirstAbove(strikes, state.Choices.Anchor);
        int from = Math.Max(0, centre - rows), to = Math.Min(strikes.Length, centre + rows);
        // At an end of the chain the window is filled from the other side.
        if (to - from < 2 * rows) (from, to) = (Math.Max(0, Math.Min(from, to - (2 * rows))), Math.Min(strikes.Length, Math.Max(to, from + (2 * rows))));
        var steps = new List<Step>(to - from + 2);
        for (int i = to - 1; i >= from; i--) steps.Add(new Step(Kind.Strike, i, strikes[i].Strike));
        double low = from == 0 ? double.NegativeInfinity : strikes[from].Strike, high = to == strikes.Length ? double.PositiveInfinity : strikes[to - 1].Strike;
        ref readonly ZeroGammaSection zero = ref state.Bucket().ZeroGamma;
        if (state.IsModelLive && zero.Status == ZeroGammaStatus.Found) Insert(Kind.ZeroGamma, zero.Value);
        Insert(Kind.Spot, state.Spot);

        int middle = steps.FindIndex(step => step.Price <= state.Choices.Anchor);
        if (middle < 0) middle = steps.Count;
        int first = Math.Clamp(middle - (rows / 2), 0, Math.Max(0, steps.Count - rows));
        return steps.GetRange(first, Math.Min(rows, steps.Count - first));

        void Insert(Kind kind, double price)
        {
            if (!(price > 0) || !double.IsFinite(price) || price < low || price > high) return;
            int at = steps.FindIndex(step => step.Price <= price);
            steps.Insert(at < 0 ? steps.Count : at, new Step(kind, -1, price));
        }
    }

    // What lies outside of the window, so that nobody takes the highest bar in it for the wall.
    private static (string Above, string Below) Beyond(List<Step> steps, TopState state)
    {
        if (steps.Count == 0 || !state.IsModelLive) return ("", "");
        double high = steps[0].Price, low = steps[^1].Price;
        var above = new List<string>();
        var below = new List<string>();
        ref readonly BucketSection bucket = ref state.Bucket();
        if (!state.Choices.FollowsSpot) Add("spot", state.Spot, state.Spot > 0);
        Add("call wall", bucket.Levels[(int)StrikeLevel.CallWall].Strike, bucket.Levels[(int)StrikeLevel.CallWall].Present != 0);
        Add("put wall", bucket.Levels[(int)StrikeLevel.PutWall].Strike, bucket.Levels[(int)StrikeLevel.PutWall].Present != 0);
        Add("zero gamma", bucket.ZeroGamma.Value, bucket.ZeroGamma.Status == ZeroGammaStatus.Found);
        return (Joined('↑', above), Joined('↓', below));

        void Add(string name, double price, bool isThere)
        {
            if (isThere && price > high) above.Add($"{name} {price:#,0.##}");
            if (isThere && price < low) below.Add($"{name} {price:#,0.##}");
        }

        static string Joined(char arrow, List<string> levels) => levels.Count == 0 ? "" : $"{arrow} {string.Join(", ", levels)}";
    }

    private static int BarsWidth(Area area) => area.Width - BarsBegin - ValueWidth - 1;

    private static void Strike(Canvas canvas, Area area, int row, in StrikeRow strike, TopState state, double widest)
    {
        long net = state.NetGexOf(in strike);
        string tag = Tag(strike.Strike, state);
        canvas.WriteRight(row, area.Left + StrikeEnd, Names.Price(strike.Strike), tag.Length > 0 ? new Style(Face: Face.Bold) : default, StrikeEnd);
        canvas.Write(row, area.Left + StrikeEnd + 1, tag, new Style(Ink.Cyan, Face.Bold), TagWidth);
        int half = BarsWidth(area) / 2, axis = area.Left + BarsBegin + half;
        Style style = TopScreen.BySign(net);
        // In halves of a cell; whatever is there at all shows half a one.
        int halves = widest > 0 ? (int)Math.Round(2 * half * Math.Abs((double)net) / widest) : 0;
        if (halves == 0 && net != 0) halves = 1;
        int whole = halves / 2;
        bool isOdd = (halves & 1) != 0;
        canvas.Set(row, axis, '│', new Style(Face: Face.Dim));
        if (net < 0)
        {
            canvas.Fill(row, axis - whole, whole, '█', style);
            if (isOdd) canvas.Set(row, axis - whole - 1, '▐', style);
        }
        else
        {
            canvas.Fill(row, axis + 1, whole, '█', style);
            if (isOdd) canvas.Set(row, axis + 1 + whole, '▌', style);
        }
        canvas.WriteRight(row, area.Right - 1, TopText.Usd(net), style, ValueWidth);
    }

    private static void Between(Canvas canvas, Area area, int row, Step step, string remark)
    {
        bool isSpot = step.Kind == Kind.Spot;
        var style = new Style(isSpot ? Ink.Yellow : Ink.Cyan, Face.Bold);
        canvas.Fill(row, area.Left + BarsBegin, area.Width - BarsBegin - 1, isSpot ? '─' : '·', style);
        if (isSpot) canvas.Set(row, area.Left, '▶', style);
        canvas.WriteRight(row, area.Left + StrikeEnd, TopText.Spot(step.Price), style, StrikeEnd - 1);
        canvas.Write(row, area.Left + StrikeEnd + 1, isSpot ? "spot " : "zero gamma ", style);
        if (remark.Length > 0) canvas.Write(row, area.Left + BarsBegin + 2, $" {remark} ", new Style(Ink.Cyan), BarsWidth(area) / 2);
    }

    private static string Tag(double strike, TopState state)
    {
        if (!state.IsModelLive) return "";
        ref readonly BucketSection bucket = ref state.Bucket();
        ref readonly PinSection pin = ref state.Section.Pin;
        bool isCall = Is(bucket.Levels[(int)StrikeLevel.CallWall]), isPut = Is(bucket.Levels[(int)StrikeLevel.PutWall]);
        bool isPin = pin.Present != 0 && pin.Strike == strike;
        return (isCall, isPut, isPin) switch
        {
            (false, false, false) => "",
            (true, false, false) => "call wall",
            (false, true, false) => "put wall",
            (false, false, true) => "pin",
            (true, false, true) => "call, pin",
            (false, true, true) => "put, pin",
            _ => "walls",
        };

        bool Is(LevelRow level) => level.Present != 0 && level.Strike == strike;
    }

    private readonly record struct Step(Kind Kind, int Index, double Price);
}
