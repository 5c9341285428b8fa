namespace DealerFlow.Kernels;

/// <summary>How much the right to exercise early is worth.</summary>
public enum ExerciseZone : byte
{
    /// <summary>Less than half a tick: the option is as good as European.</summary>
    None = 0,

    /// <summary>At least half a tick, but holding is worth more than exercising.</summary>
    Premium = 1,

    /// <summary>Exercising now is optimal: the price is the intrinsic value and says nothing of w.</summary>
    Immediate = 2,
}
