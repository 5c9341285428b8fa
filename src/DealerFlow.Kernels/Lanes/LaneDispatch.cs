using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DealerFlow.Kernels;

/// <summary>Chooses the lane width once, at start-up, from what the hardware has.</summary>
/// <remarks>
/// A width without its registers works and gives the same bits, but an emulated 512-bit operation costs about twelve times
/// a real one: so the choice is never wider than the hardware. The environment variable <c>DEALERFLOW_LANES</c> overrides it.
/// </remarks>
public static class LaneDispatch
{
    /// <summary>Name of the environment variable that forces a width: 1, 2, 4 or 8.</summary>
    public const string OverrideVariable = "DEALERFLOW_LANES";

    /// <summary>The width to hand to every kernel on this machine.</summary>
    /// <exception cref="InvalidOperationException">The environment variable holds something else than 1, 2, 4 or 8.</exception>
    public static LaneWidth Best => field != 0 ? field : field = Choose(Environment.GetEnvironmentVariable(OverrideVariable));

    /// <summary>The forced width if there is one, else the widest that the hardware runs natively.</summary>
    /// <param name="forced">Value of the environment variable; null or empty = not set.</param>
    internal static LaneWidth Choose(string? forced) => forced?.Trim() switch
    {
        null or "" => Widest(),
        "1" => LaneWidth.One,
        "2" => LaneWidth.Two,
        "4" => LaneWidth.Four,
        "8" => LaneWidth.Eight,
        _ => throw new InvalidOperationException(
            $"The environment variable {OverrideVariable} is '{forced}'. Set it to 1, 2, 4 or 8, or remove it to let the hardware decide."),
    };

    private static LaneWidth Widest()
    {
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported) return LaneWidth.Eight;
        if (Vector256.IsHardwareAccelerated && Fma.IsSupported) return LaneWidth.Four;
        if (Vector128.IsHardwareAccelerated && (Fma.IsSupported || AdvSimd.Arm64.IsSupported)) return LaneWidth.Two;
        return LaneWidth.One;
    }
}
