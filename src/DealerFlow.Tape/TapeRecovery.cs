namespace DealerFlow.Tape;

/// <summary>What to do with a tape that is not whole.</summary>
public enum TapeRecovery
{
    /// <summary>Report the damage and its offset.</summary>
    Refuse = 0,

    /// <summary>Read the ticks of the undamaged blocks before it. Every block is checked when the tape is opened.</summary>
    Prefix = 1,

    /// <summary>
    /// Read the ticks of every undamaged block, those behind the damage too. Where blocks are missing a gap of every underlying is read
    /// in their place. Every block is checked when the tape is opened.
    /// </summary>
    Skip = 2,
}
