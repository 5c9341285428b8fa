using DealerFlow.Cli.Output;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Top;

/// <summary>Spot and the four net exposures with their last minute.</summary>
internal static class ExposurePanel
{
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const int MostColumns = 120;

    public static void Draw(Canvas canvas, Area area, TopState state)
    {
        int line = area.Left + 26, columns = Math.Clamp(area.Right - 1 - line, 0, MostColumns);
        Span<double> values = stackalloc double[MostColumns];
        values = values[..columns];
        int seconds = columns * TopHistory.SecondsPerColumn(columns);
        Name(0, "spot", "", "");
        canvas.WriteRight(area.Top, area.Left + 18, TopText.Spot(state.Spot), new Style(Face: Face.Bold), 12);
        canvas.Write(area.Top, area.Left + 19, $"{seconds} s", new Style(Face: Face.Dim), 7);
        state.History.ReadSpot(values);
        Spark(canvas, area.Top, line, values, default);
        ref readonly BucketSection bucket = ref state.Bucket();
        for (Measure measure = Measure.Gex; measure <= Measure.Chex; measure++)
        {
            int row = 1 + (int)measure;
            if (row >= area.Height) return;
            long sum = TopHistory.Of(in bucket, measure);
            Name(row, measure.ToString().ToUpperInvariant(), state.IsModelLive ? TopText.Usd(sum) : "-", Unit(measure));
            if (!state.IsModelLive) continue;
            state.History.Read(state.Model, state.Choices.Bucket, measure, values);
            Spark(canvas, area.Top + row, line, values, TopScreen.BySign(sum));
        }

        void Name(int row, string name, string value, string unit)
        {
            canvas.Write(area.Top + row, area.Left + 1, name, new Style(Face: Face.Dim));
            canvas.WriteRight(area.Top + row, area.Left + 18, value, TopScreen.BySign(value.Length == 0 || value[0] == '-' ? -1 : 1).With(Face.Bold), 12);
            canvas.Write(area.Top + row, area.Left + 19, unit, new Style(Face: Face.Dim));
        }
    }

    private static string Unit(Measure measure) => measure switch
    {
        Measure.Gex => "per 1%",
        Measure.Dex => "USD",
        Measure.Vex => "/vol pt",
        _ => "/day",
    };

    /// <summary>A line from its least to its greatest value; one that does not move lies in the middle, and where there is no sample there is no bar.</summary>
    private static void Spark(Canvas canvas, int row, int column, ReadOnlySpan<double> values, Style style)
    {
        double least = double.PositiveInfinity, greatest = double.NegativeInfinity;
        foreach (double value in values)
            if (double.IsFinite(value)) (least, greatest) = (Math.Min(least, value), Math.Max(greatest, value));
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i])) continue;
            double height = greatest > least ? (values[i] - least) / (greatest - least) : 0.4;
            canvas.Set(row, column + i, Bars[(int)Math.Round(Math.Clamp(height, 0, 1) * (Bars.Length - 1))], style);
        }
    }
}
