using DealerFlow.Wire;

namespace DealerFlow.Cli.Top;

/// <summary>The last notices of the change stream, the latest first: those of the bucket that is looked at, of the pin and of the feed's model.</summary>
internal static class NoticeList
{
    public static void Draw(Canvas canvas, Area area, TopState state)
    {
        string missed = state.Changes.Missed == 0 ? "" : $"{state.Changes.Missed:#,0} missed, ";
        TopScreen.Rule(canvas, area with { Height = 1 }, $"level changes under {state.Head.Model}", missed + TopText.Rate(state));
        IReadOnlyList<LevelChange> changes = state.Changes.Changes;
        int row = area.Top + 1;
        for (int i = changes.Count - 1; i >= 0 && row < area.Bottom; i--)
        {
            LevelChange change = changes[i];
            bool isOfOther = change.Bucket != state.Choices.Bucket && change.Kind is not (LevelChangeKind.Pin or LevelChangeKind.Model);
            if (isOfOther) continue;
            bool isLoud = change.Kind is LevelChangeKind.Regime or LevelChangeKind.ZeroGammaCrossed or LevelChangeKind.Model;
            canvas.Write(row, area.Left + 1, TopText.Clock(change.EventTimeNanos), new Style(Face: Face.Dim));
            string text = TopText.Of(in change), spot = $"spot {TopText.Spot(change.Spot)}";
            canvas.Write(row, area.Left + 11, text, isLoud ? new Style(Ink.Yellow, Face.Bold) : default, area.Width - 12);
            if (text.Length + spot.Length + 14 < area.Width) canvas.WriteRight(row, area.Right - 1, spot, new Style(Face: Face.Dim));
            row++;
        }
        if (row == area.Top + 1 && area.Height > 1) canvas.Write(row, area.Left + 1, "none yet", new Style(Face: Face.Dim));
    }
}
