using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace DealerFlow.Memory;

/// <summary>
/// The version word of one slot of an N-slot seqlock: one writer, any number of readers, nobody waits. The word says which
/// copy the slot holds: 2n − 1 while copy n is being written, 2n when copy n is whole.
/// </summary>
/// <remarks>
/// <code>
/// writer, copy n                              reader
///   BeginWrite(slot[n % N].Version, n)          n = Volatile.Read(published)
///   … payload …                                 IsWhole(slot[n % N].Version, n)        else lapped: again
///   EndWrite(slot[n % N].Version, n)            … copy the payload out …
///   Volatile.Write(published, n)                IsStillWhole(slot[n % N].Version, n)   else lapped: again
/// </code>
/// The writer never touches the published slot, so a writer that dies or sleeps between any two stores leaves the last
/// whole copy readable. The word is computed from n and never from its old value: what a dead writer left does not matter.
/// n wraps after 2^63 copies, which nobody will see.
/// </remarks>
public static class SlotVersion
{
    /// <summary>Says that copy <paramref name="number"/> is being written. Payload stores come after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BeginWrite(ref ulong version, ulong number)
    {
        Debug.Assert(number != 0, "copies count from 1");
        // A release: the word that published an earlier copy is visible before this slot turns odd, so a reader that finds
        // the slot gone also finds a newer published number.
        Volatile.Write(ref version, unchecked((2 * number) - 1));
        Volatile.WriteBarrier();            // the version is odd before any payload byte changes
        // x64 needs no instruction for the line above, with one exception: a large memmove uses non-temporal stores, and
        // those may overtake the odd version. A full fence lets nothing overtake.
        Interlocked.MemoryBarrier();        // the version is odd before any non-temporal payload store
    }

    /// <summary>Says that copy <paramref name="number"/> is whole. Payload stores come before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void EndWrite(ref ulong version, ulong number) =>
        Volatile.Write(ref version, unchecked(2 * number)); // a release: every payload byte is in place before the version is even

    /// <summary>True when the slot holds copy <paramref name="number"/>, whole. Payload loads come after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsWhole(ref readonly ulong version, ulong number) =>
        Volatile.Read(in version) == unchecked(2 * number); // an acquire: no payload byte is loaded before the version

    /// <summary>True when the slot still held copy <paramref name="number"/> after the payload loads that come before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsStillWhole(ref readonly ulong version, ulong number)
    {
        // An acquiring load of the version alone would not do: it holds back later loads, not the earlier ones.
        Volatile.ReadBarrier();             // every payload byte is loaded before the version is looked at again
        return Volatile.Read(in version) == unchecked(2 * number);
    }
}
