namespace DealerFlow.Import;

/// <summary>Something in a chain that was left out or contradicts itself. The rest of the file is still used.</summary>
/// <param name="Line">Line of the file, or number of the contract where a file has no lines, counted from 1; 0 = the file as a whole.</param>
/// <param name="Reason">What and why, printable.</param>
public readonly record struct ChainIssue(int Line, string Reason)
{
    /// <summary>As people read it: <c>line 17: …</c>.</summary>
    public override string ToString() => Line > 0 ? $"line {Line}: {Reason}" : Reason;
}
