namespace DealerFlow.Import;

/// <summary>Where every row went: rows = taken + passed + rejected.</summary>
public sealed class ImportReport
{
    /// <summary>Issues that are kept; all are counted.</summary>
    public const int MaxIssues = 1_000;

    private readonly long[] _rejected = new long[Enum.GetValues<ImportRejection>().Length];
    private readonly long[] _passed = new long[Enum.GetValues<ImportPass>().Length];
    private readonly List<ImportIssue> _issues = [];

    /// <summary>Rows that were looked at.</summary>
    public long Rows { get; internal set; }

    /// <summary>Rows that gave a contract, a tick or several.</summary>
    public long Taken { get; internal set; }

    /// <summary>Ticks that the rows gave.</summary>
    public long Ticks { get; internal set; }

    /// <summary>Numbers, of blocks or of messages as the source counts, that never came; no rows. Only captures of OPRA tell.</summary>
    public long Lost { get; internal set; }

    /// <summary>Rows that were rejected, for whatever reason.</summary>
    public long RejectedTotal => _rejected.Sum();

    /// <summary>Rows that are as they should be and give no tick.</summary>
    public long PassedTotal => _passed.Sum();

    /// <summary>The first <see cref="MaxIssues"/> issues.</summary>
    public IReadOnlyList<ImportIssue> Issues => _issues;

    /// <summary>Every row has one outcome. A host looks at it after each import: false is a fault of a format.</summary>
    public bool AddsUp => Rows == Taken + PassedTotal + RejectedTotal;

    /// <summary>Rows that were rejected for a reason.</summary>
    public long Rejected(ImportRejection reason) => _rejected[(int)reason];

    /// <summary>Rows of a kind that gives no tick.</summary>
    public long Passed(ImportPass kind) => _passed[(int)kind];

    internal void Count(ImportPass kind) => _passed[(int)kind]++;

    internal void Count(in ImportIssue issue)
    {
        _rejected[(int)issue.Rejection]++;
        if (_issues.Count < MaxIssues) _issues.Add(issue);
    }
}
