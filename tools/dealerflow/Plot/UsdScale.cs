namespace DealerFlow.Cli.Plot;

/// <summary>The unit in which an axis counts USD, so that its numbers are short.</summary>
internal readonly record struct UsdScale(double Unit, string Name)
{
    public static UsdScale Of(double largest) => largest switch
    {
        >= 1e9 => new UsdScale(1e9, "bn USD"),
        >= 1e6 => new UsdScale(1e6, "mn USD"),
        >= 1e3 => new UsdScale(1e3, "k USD"),
        _ => new UsdScale(1, "USD"),
    };

    /// <summary>A tick of the axis, with the minus of print.</summary>
    public static string Tick(double value) => Math.Abs(value) < 1e-9 ? "0" : value.ToString("+#,0.###;\u2212#,0.###");
}
