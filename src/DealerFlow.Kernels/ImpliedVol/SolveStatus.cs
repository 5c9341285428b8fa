namespace DealerFlow.Kernels;

/// <summary>Outcome of one inversion. "No convergence" does not exist: a lane that misses its check is solved by bisection.</summary>
public enum SolveStatus : byte
{
    /// <summary>w is the total deviation.</summary>
    Ok = 0,

    /// <summary>c ≤ 0: no time value, no w; 0 is written.</summary>
    BelowIntrinsic = 1,

    /// <summary>c ≥ 1: worth as much as the most that the option can pay, no finite w; 0 is written.</summary>
    AboveMax = 2,

    /// <summary>One unit in the last place of c moves w by more than 1e-6 relative; 0 is written.</summary>
    IllConditioned = 3,

    /// <summary>h or c is not a number or infinite, or h is negative or beyond any two strikes (&gt; 1500); 0 is written.</summary>
    Invalid = 4,
}
