namespace DealerFlow.Kernels;

/// <summary>How many options a kernel evaluates side by side. Every width gives the same bits; only the speed differs.</summary>
public enum LaneWidth
{
    /// <summary>One: the scalar reference.</summary>
    One = 1,

    /// <summary>Two: 128-bit registers.</summary>
    Two = 2,

    /// <summary>Four: 256-bit registers.</summary>
    Four = 4,

    /// <summary>Eight: 512-bit registers.</summary>
    Eight = 8,
}
