using Xunit;

namespace DealerFlow.Tests;

/// <summary>Where the checkout and the optional folder of real market data are.</summary>
public static class Repository
{
    /// <summary>The folder that holds the solution, found upwards from the test binary.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// A path inside the folder of real data: <c>DEALERFLOW_TEST_DATA</c>, else <c>../shared/data</c> beside the checkout.
    /// Where the folder is absent the test skips with a message, or fails if <c>DEALERFLOW_REQUIRE_ALL</c> is 1.
    /// </summary>
    public static string RealData(string relativePath)
    {
        string folder = Environment.GetEnvironmentVariable("DEALERFLOW_TEST_DATA") ?? Path.GetFullPath(Path.Combine(Root, "../shared/data"));
        if (!Directory.Exists(folder)) SkipOrFail($"The folder of real market data is absent: {folder}. Set DEALERFLOW_TEST_DATA to run this test.");
        return Path.Combine(folder, relativePath);
    }

    /// <summary>Skips the running test with a reason; fails it where the environment promises that everything is there.</summary>
    public static void SkipOrFail(string reason)
    {
        if (Environment.GetEnvironmentVariable("DEALERFLOW_REQUIRE_ALL") == "1") Assert.Fail(reason);
        Assert.Skip(reason);
    }

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "DealerFlow.Stream.sln"))) return folder;
        throw new DirectoryNotFoundException($"No DealerFlow.Stream.sln above {AppContext.BaseDirectory}.");
    }
}
