using DealerFlow.Kernels;

namespace DealerFlow.Cli.Pipeline;

/// <summary>The vector width of this run; one that was forced and does not exist is the user's to mend.</summary>
internal static class VectorWidth
{
    public static LaneWidth Chosen
    {
        get
        {
            try { return LaneDispatch.Best; }
            catch (InvalidOperationException unknown) { throw new CliException(ExitCode.Usage, unknown.Message); }
        }
    }
}
