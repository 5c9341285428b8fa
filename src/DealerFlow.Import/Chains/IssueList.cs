namespace DealerFlow.Import;

/// <summary>Collects <see cref="ChainIssue"/>s; counts all, keeps the first <see cref="OptionChain.MaxIssues"/>.</summary>
internal sealed class IssueList
{
    private readonly List<ChainIssue> _issues = [];

    /// <summary>All that were added.</summary>
    public int Count { get; private set; }

    /// <summary>Those that were kept.</summary>
    public IReadOnlyList<ChainIssue> Kept => _issues;

    /// <summary>Adds one.</summary>
    public void Add(int line, string reason)
    {
        Count++;
        if (_issues.Count < OptionChain.MaxIssues) _issues.Add(new ChainIssue(line, reason));
    }
}
