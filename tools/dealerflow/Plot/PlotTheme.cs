using SkiaSharp;

namespace DealerFlow.Cli.Plot;

/// <summary>
/// The colours of a picture, one for each meaning. Calls and puts are told apart by the colour-blind too (Okabe and Ito's blue and
/// vermilion), and no meaning rests on colour alone: lines differ in their dashes and carry their names. Every colour occurs once, so that a
/// page can exchange one theme for the other.
/// </summary>
internal sealed record PlotTheme(
    string Name, string Background, string Text, string Muted, string Grid, string Axis, string Calls, string Puts, string Net, string Spot,
    string ZeroGamma, string Pin, string Doubt)
{
    public static readonly PlotTheme Light = new(
        "light", Background: "#FCFDFE", Text: "#1B1F24", Muted: "#5A6470", Grid: "#E4E8EC", Axis: "#8B95A1", Calls: "#0072B2", Puts: "#D45500",
        Net: "#20262D", Spot: "#0B0D10", ZeroGamma: "#7B3FA0", Pin: "#00785C", Doubt: "#A32A1A");

    public static readonly PlotTheme Dark = new(
        "dark", Background: "#14181D", Text: "#E8EDF2", Muted: "#9BA8B5", Grid: "#29313A", Axis: "#6B7785", Calls: "#56B4E9", Puts: "#F0843C",
        Net: "#DDE4EB", Spot: "#F7FAFC", ZeroGamma: "#CC9BE8", Pin: "#2DC79B", Doubt: "#FF9C8A");

    /// <summary>The theme of a name that the command line knows.</summary>
    public static PlotTheme Of(string name) => name == Dark.Name ? Dark : Light;

    /// <summary>Every colour, in the same order in each theme.</summary>
    public IEnumerable<string> Colours => [Background, Text, Muted, Grid, Axis, Calls, Puts, Net, Spot, ZeroGamma, Pin, Doubt];

    /// <summary>Between background and calls for a positive value, and puts for a negative one.</summary>
    /// <param name="strength">−1 to 1.</param>
    public string Shade(double strength)
    {
        SKColor from = SKColor.Parse(Background), to = SKColor.Parse(strength < 0 ? Puts : Calls);
        double share = Math.Min(Math.Abs(strength), 1);
        byte Mixed(byte low, byte high) => (byte)Math.Round(low + (share * (high - low)));
        return $"#{Mixed(from.Red, to.Red):X2}{Mixed(from.Green, to.Green):X2}{Mixed(from.Blue, to.Blue):X2}";
    }
}
