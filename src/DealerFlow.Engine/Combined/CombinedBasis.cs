namespace DealerFlow.Engine;

/// <summary>
/// Which underlyings are added up, and in whose terms: everything becomes what a hedger would trade in USD of the basis if the basis
/// moved by 1 %.
/// </summary>
public sealed record CombinedBasis
{
    /// <summary>The underlying whose moves are meant; a member with beta 1 itself.</summary>
    public required uint BasisId { get; init; }

    /// <summary>All members, the basis among them, each once.</summary>
    public required IReadOnlyList<CombinedMember> Members
    {
        get;
        init => field = value.Count is > 0 and <= 64 && value.Select(member => member.UnderlyingId).Distinct().Count() == value.Count
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Members), value.Count, "A combined view has 1 to 64 members, each once.");
    }
}

/// <summary>One underlying of a combined view.</summary>
public sealed record CombinedMember
{
    /// <summary>The underlying.</summary>
    public required uint UnderlyingId { get; init; }

    /// <summary>
    /// What it moves by, in per cent, when the basis moves by 1 %: an assumption. Gamma counts with its square, since both the move and what it is
    /// worth in USD of the basis follow it; delta, vanna and charm count once.
    /// </summary>
    public double Beta
    {
        get;
        init => field = value is > 0 and <= 10 ? value : throw new ArgumentOutOfRangeException(
            nameof(Beta), value, "A beta is a positive number, at most 10.");
    } = 1;
}
