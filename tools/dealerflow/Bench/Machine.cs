using System.Globalization;
using System.Runtime.Intrinsics;
using DealerFlow.Engine;

namespace DealerFlow.Cli.Bench;

/// <summary>What a figure was measured on.</summary>
internal static class Machine
{
    public static string Vectors(EngineOptions options) =>
        $"{(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)}-bit vectors, {(int)options.Lanes} lanes";

    /// <summary>Processes that wanted a core over the last minute, as the kernel averages them; null where it does not say.</summary>
    public static double? Load()
    {
        const string Average = "/proc/loadavg";
        return File.Exists(Average) && double.TryParse(File.ReadAllText(Average).Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double load) ? load : null;
    }

    public static string Cpu()
    {
        const string Info = "/proc/cpuinfo";
        if (!File.Exists(Info)) return "unknown CPU";
        string? Field(string name) => File.ReadLines(Info).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim();
        return $"{Field("model name")} (family {Field("cpu family")}, model {Field("model\t")})";
    }
}
