using DealerFlow.Memory;
using Xunit;

namespace DealerFlow.Tests;

public class SeqlockTests
{
    private const int Slots = 4;
    private const int Words = 512;

    [Theory]
    [InlineData(1UL)]
    [InlineData(12_345UL)]
    [InlineData((1UL << 32) + 1)]
    [InlineData((1UL << 63) - 1)]
    public void A_slot_is_whole_for_its_own_number_only_after_the_write_has_ended(ulong number)
    {
        ulong version = 0;
        SlotVersion.BeginWrite(ref version, number);
        Assert.Equal(1UL, version % 2);
        Assert.False(SlotVersion.IsWhole(in version, number));
        Assert.False(SlotVersion.IsStillWhole(in version, number));
        SlotVersion.EndWrite(ref version, number);
        Assert.Equal(2 * number, version);
        Assert.True(SlotVersion.IsWhole(in version, number));
        Assert.True(SlotVersion.IsStillWhole(in version, number));
        Assert.False(SlotVersion.IsWhole(in version, number + Slots));
        SlotVersion.BeginWrite(ref version, number + Slots);
        Assert.False(SlotVersion.IsStillWhole(in version, number));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(9UL)]
    [InlineData(10UL)]
    [InlineData(ulong.MaxValue)]
    public void What_a_dead_writer_left_in_the_version_does_not_matter(ulong left)
    {
        ulong version = left;
        SlotVersion.BeginWrite(ref version, 5);
        Assert.False(SlotVersion.IsWhole(in version, 5));
        SlotVersion.EndWrite(ref version, 5);
        Assert.True(SlotVersion.IsWhole(in version, 5));
    }

    [Fact]
    public void A_reader_that_races_the_writer_never_takes_a_mixed_copy()
    {
        const ulong copies = 300_000;
        ulong[] versions = new ulong[Slots];
        ulong[][] slots = [.. Enumerable.Range(0, Slots).Select(_ => new ulong[Words])];
        ulong published = 0;
        ulong mixed = 0;
        ulong backwards = 0;
        ulong taken = 0;
        var reader = new Thread(() =>
        {
            var copy = new ulong[Words];
            for (ulong last = 0; last < copies;)
            {
                ulong number = Volatile.Read(in published);
                if (number == 0) continue;
                int slot = (int)(number % Slots);
                if (!SlotVersion.IsWhole(in versions[slot], number)) continue;
                slots[slot].CopyTo(copy, 0);
                if (!SlotVersion.IsStillWhole(in versions[slot], number)) continue;
                if (copy.AsSpan().IndexOfAnyExcept(number) >= 0) mixed++;
                if (number < last) backwards++;
                last = number;
                taken++;
            }
        });
        reader.Start();
        for (ulong number = 1; number <= copies; number++)
        {
            int slot = (int)(number % Slots);
            SlotVersion.BeginWrite(ref versions[slot], number);
            slots[slot].AsSpan().Fill(number);
            SlotVersion.EndWrite(ref versions[slot], number);
            Volatile.Write(ref published, number);      // the copy is whole before its number is published
        }
        reader.Join();
        Assert.True(taken > 0);
        Assert.Equal((0UL, 0UL), (mixed, backwards));
    }
}
