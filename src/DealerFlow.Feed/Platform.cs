using System.Runtime.InteropServices;

namespace DealerFlow.Feed;

/// <summary>The machines that a feed works on.</summary>
internal static class Platform
{
    /// <summary>Throws anywhere but on Linux x64 and arm64.</summary>
    public static void Require()
    {
        bool known = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;
        if (!OperatingSystem.IsLinux() || !known)
            throw new PlatformNotSupportedException(
                "The shared-memory feed needs Linux on x64 or arm64; elsewhere run it in a Linux container.");
    }
}
