using System.ComponentModel;
using System.Runtime.InteropServices;

namespace DealerFlow.Memory;

/// <summary>Keeps the calling thread on one core until it is disposed of, on that thread: its caches stay warm, and nobody moves it.</summary>
public readonly unsafe struct CoreAffinity : IDisposable
{
    private const int Words = 16;       // 1,024 cores, what the C library's own set holds

    private readonly ulong[]? _before;

    /// <summary>No core in particular.</summary>
    public static CoreAffinity None => default;

    /// <param name="core">Which core, counted from 0.</param>
    /// <exception cref="Win32Exception">The machine has no such core, or this process may not use it.</exception>
    /// <exception cref="PlatformNotSupportedException">Not Linux.</exception>
    public CoreAffinity(int core)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("Threads are kept on a core on Linux only.");
        ArgumentOutOfRangeException.ThrowIfNegative(core);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(core, Words * 64);
        var before = new ulong[Words];
        ulong* cores = stackalloc ulong[Words];
        new Span<ulong>(cores, Words).Clear();
        cores[core / 64] = 1UL << (core % 64);
        fixed (ulong* old = before)
            if (LibC.GetAffinity(0, Words * sizeof(ulong), old) < 0) throw Failed(core);
        if (LibC.SetAffinity(0, Words * sizeof(ulong), cores) != 0) throw Failed(core);
        _before = before;
    }

    /// <summary>Cores that this process may use.</summary>
    public static IReadOnlyList<int> Usable
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return [];
            ulong* cores = stackalloc ulong[Words];
            new Span<ulong>(cores, Words).Clear();
            if (LibC.GetAffinity(0, Words * sizeof(ulong), cores) < 0) return [];
            var usable = new List<int>();
            for (int core = 0; core < Words * 64; core++)
                if ((cores[core / 64] >> (core % 64) & 1) != 0) usable.Add(core);
            return usable;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_before is null) return;
        fixed (ulong* before = _before) _ = LibC.SetAffinity(0, Words * sizeof(ulong), before);
    }

    private static Win32Exception Failed(int core) => new(
        Marshal.GetLastPInvokeError(), $"Core {core} cannot be used by this process: {Marshal.GetLastPInvokeErrorMessage()}.");
}
