namespace DealerFlow.Market;

/// <summary>When a contract may be exercised. The numbers are those of <c>ExerciseKind</c> on the wire.</summary>
public enum ExerciseStyle : byte
{
    /// <summary>At expiry only.</summary>
    European = 0,

    /// <summary>At any time.</summary>
    American = 1,
}
