namespace DealerFlow.Engine;

/// <summary>Where every message went that came to a <see cref="SequenceGate"/>.</summary>
public struct GateCounts
{
    /// <summary>Messages that came; where a source numbers datagrams, datagrams and the states in those that passed.</summary>
    public ulong In;

    /// <summary><see cref="Verdict.Pass"/>.</summary>
    public ulong Passed;

    /// <summary><see cref="Verdict.Duplicate"/>.</summary>
    public ulong Duplicates;

    /// <summary><see cref="Verdict.Late"/>.</summary>
    public ulong Late;

    /// <summary><see cref="Verdict.StaleState"/>.</summary>
    public ulong StaleStates;

    /// <summary><see cref="Verdict.Refused"/>.</summary>
    public ulong Refused;

    /// <summary>Of those refused: for want of room for another channel.</summary>
    public ulong RefusedChannels;

    /// <summary>Of the states that passed: without a look at their instrument, for want of room for another id.</summary>
    public ulong UncheckedStates;

    /// <summary>Gaps: runs of numbers skipped at once.</summary>
    public ulong GapsOpened;

    /// <summary>Gaps of which every message came after all.</summary>
    public ulong GapsFilled;

    /// <summary>Gaps given up with something missing.</summary>
    public ulong GapsLost;

    /// <summary>Gaps still open.</summary>
    public ulong GapsOpen;

    /// <summary>Messages in all gaps when they opened.</summary>
    public ulong MessagesSkipped;

    /// <summary>Of those: came after all.</summary>
    public ulong MessagesFilled;

    /// <summary>Of those: declared lost, each covered by a notice. What is declared lost never passes afterwards.</summary>
    public ulong MessagesLost;

    /// <summary>Of those: still awaited.</summary>
    public ulong MessagesMissing;

    /// <summary>Epochs begun after the first of each channel.</summary>
    public ulong Resets;

    /// <summary>True when every message has one outcome and every gap too.</summary>
    public readonly bool Balances =>
        In == Passed + Duplicates + Late + StaleStates + Refused
        && GapsOpened == GapsFilled + GapsLost + GapsOpen
        && MessagesSkipped == MessagesFilled + MessagesLost + MessagesMissing;
}
