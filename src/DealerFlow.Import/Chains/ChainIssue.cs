namespace DealerFlow.Import;

/// <summary>Something in a chain that was left out or contradicts itself. The rest of the file is still used.</summary>
/// <param name="Line">Line of the file, counted from 1.</param>
/// <param name="Reason">What and why, printable.</param>
public readonly record struct ChainIssue(int Line, string Reason)
{
    /// <summary>As people read it: <c>line 17: …</c>.</summary>
    public override string ToString() => $"line {Line}: {Reason}";
}
