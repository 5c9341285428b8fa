using DealerFlow.Cli.Output;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Top;

/// <summary>The six position models side by side, each another guess at what dealers hold.</summary>
internal static class ModelList
{
    public const int Rows = 2 + PositionModels.Count;

    public static void Draw(Canvas canvas, Area area, TopState state)
    {
        TopScreen.Rule(canvas, area with { Height = 1 }, $"position models, {TopText.Of(state.Choices.Bucket)}", "each another guess");
        var dim = new Style(Face: Face.Dim);
        Line(canvas, area, area.Top + 1, "", dim, "net GEX", dim, "zero gamma", "put wall", "call wall", "pin");
        foreach (PositionModel model in Enum.GetValues<PositionModel>())
        {
            int row = area.Top + 2 + (int)model;
            ref readonly ModelSection section = ref state.Head.Models[(int)model];
            ref readonly BucketSection bucket = ref state.Bucket(model, state.Choices.Bucket);
            var style = new Style(Face: model == state.Model ? Face.Bold : Face.None);
            string name = $"{(model == state.Model ? '▶' : ' ')}{TopText.Of(model)}{(model == state.Head.Model ? " ●" : "")}";
            if (section.Status != ModelStatus.Live)
            {
                canvas.Write(row, area.Left, name, dim);
                canvas.Write(row, area.Left + 26, Words.Of(section.Status), dim, area.Width - 27);
                continue;
            }
            string zero = bucket.ZeroGamma.Status switch
            {
                ZeroGammaStatus.Found => $"{bucket.ZeroGamma.Value:#,0.00}",
                ZeroGammaStatus.None => "none",
                _ => "-",
            };
            Line(
                canvas, area, row, name, style, TopText.Usd(bucket.NetGex), TopScreen.BySign(model == PositionModel.Gross ? 0 : bucket.NetGex), zero,
                Strike(bucket.Levels[(int)StrikeLevel.PutWall]), Strike(bucket.Levels[(int)StrikeLevel.CallWall]),
                section.Pin.Present == 0 ? "-" : Names.Price(section.Pin.Strike));
        }

        static string Strike(LevelRow level) => level.Present == 0 ? "-" : Names.Price(level.Strike);
    }

    // Columns that do not fit are left out from the right.
    private static void Line(Canvas canvas, Area area, int row, string name, Style style, string net, Style netStyle, params ReadOnlySpan<string> levels)
    {
        canvas.Write(row, area.Left, name, style, 25);
        canvas.WriteRight(row, area.Left + 38, net, netStyle, 12);
        int end = area.Left + 38;
        for (int i = 0; i < levels.Length; i++)
        {
            int width = i == 0 ? 11 : 10;
            end += width;
            if (end > area.Right) return;
            canvas.WriteRight(row, end, levels[i], style, width - 1);
        }
    }
}
