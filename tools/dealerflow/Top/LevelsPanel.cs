using DealerFlow.Cli.Output;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Top;

/// <summary>Zero gamma, walls, pin and the share of 0DTE: where, how far from spot, how firm.</summary>
internal static class LevelsPanel
{
    public static void Draw(Canvas canvas, Area area, TopState state)
    {
        ref readonly BucketSection bucket = ref state.Bucket();
        ref readonly PinSection pin = ref state.Section.Pin;
        double spot = state.Spot;
        bool isLive = state.IsModelLive;
        int row = 0;
        void Line(string name, string level, string distance, string remark)
        {
            if (row >= area.Height) return;
            int top = area.Top + row++;
            canvas.Write(top, area.Left + 1, name, new Style(Face: Face.Dim));
            canvas.WriteRight(top, area.Left + 21, level, new Style(Face: Face.Bold), 10);
            canvas.WriteRight(top, area.Left + 30, distance, default, 9);
            canvas.Write(top, area.Left + 31, remark, new Style(Face: Face.Dim), area.Width - 31);
        }

        (string zero, string away, string roots) = ZeroGamma(in bucket.ZeroGamma, spot);
        if (isLive) Line("zero gamma", zero, away, roots);
        else Line("zero gamma", "-", "", "");
        Wall("call wall", bucket.Levels[(int)StrikeLevel.CallWall]);
        Wall("put wall", bucket.Levels[(int)StrikeLevel.PutWall]);
        if (isLive && pin.Present != 0) Line("0DTE pin", Names.Price(pin.Strike), TopText.Distance(pin.Strike, spot), $"p {pin.Probability:P0}");
        else Line("0DTE pin", "-", "", pin.SettlementNanos == 0 ? "none today" : "");
        double gross = state.Bucket(state.Model, ExposureBucket.All).GrossGex, zeroDte = state.Bucket(state.Model, ExposureBucket.ZeroDte).GrossGex;
        Line("0DTE share", isLive && gross > 0 ? $"{zeroDte / gross:P0}" : "-", "of gross", "");

        void Wall(string name, LevelRow level)
        {
            if (isLive && level.Present != 0) Line(name, Names.Price(level.Strike), TopText.Distance(level.Strike, spot), $"lead {level.Margin:P0}");
            else Line(name, "-", "", "");
        }
    }

    private static (string Level, string Distance, string Remark) ZeroGamma(in ZeroGammaSection zeroGamma, double spot) => zeroGamma.Status switch
    {
        ZeroGammaStatus.Found => ($"{zeroGamma.Value:#,0.00}", TopText.Distance(zeroGamma.Value, spot), zeroGamma.RootCount == 1 ? "" : $"1 of {zeroGamma.RootCount}"),
        ZeroGammaStatus.None => ("none", zeroGamma.Sign switch { > 0 => "positive", < 0 => "negative", _ => "" }, ""),
        _ => ("-", "", ""),
    };
}
