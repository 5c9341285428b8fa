using CsCheck;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class TickSorterTests
{
    [Fact]
    public void Ticks_come_out_by_time_and_of_one_time_as_they_came()
    {
        Gen.Select(Gen.Int[0, 90_000], Gen.Int[1, 50_000], Gen.Int).Sample((count, times, seed) =>
        {
            using var folder = new TemporaryFolder();
            using var sorter = new TickSorter(TickSorter.LeastBudgetBytes, folder.File("run"));
            var random = new Random(seed);
            Tick[] ticks = [.. Enumerable.Range(0, count).Select(i => Tick.Spot(random.Next(times), (uint)i, i))];
            foreach (Tick tick in ticks) sorter.Add(in tick);
            Assert.Equal(count / (TickSorter.LeastBudgetBytes / 36) > 0, sorter.Spilled > 0);
            // No name is left of the temporary files even while they are used.
            Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(folder.File("run"))!));
            TapeRoundTripTests.AssertSameTicks([.. ticks.OrderBy(tick => tick.EventTimeNanos)], ReadAll(sorter, 1_000));
        }, iter: 20);
    }

    [Fact]
    public void What_is_in_order_already_is_given_as_it_is()
    {
        using var folder = new TemporaryFolder();
        using var sorter = new TickSorter(TickSorter.LeastBudgetBytes, folder.File("run"));
        Tick[] ticks = [.. Enumerable.Range(0, 100_000).Select(i => Tick.Spot(i / 2, (uint)i, i))];
        foreach (Tick tick in ticks) sorter.Add(in tick);
        Assert.Equal(3, sorter.Spilled);
        TapeRoundTripTests.AssertSameTicks(ticks, ReadAll(sorter, 77));
        Assert.Throws<InvalidOperationException>(() => sorter.Add(default));
    }

    // The budget is what a sorter owns; ten times as many ticks cost no more.
    [Fact]
    public void Memory_stays_flat_however_many_ticks_come()
    {
        using var folder = new TemporaryFolder();
        long before = GC.GetAllocatedBytesForCurrentThread();
        using var sorter = new TickSorter(TickSorter.LeastBudgetBytes, folder.File("run"));
        long owned = GC.GetAllocatedBytesForCurrentThread() - before;
        for (int i = 0; i < 400_000; i++) sorter.Add(Tick.Spot(i * 7919 % 100_003, 0, i));
        Assert.Equal(13, sorter.Spilled);
        var buffer = new Tick[1_000];
        long last = long.MinValue, count = 0;
        for (int read = sorter.Read(buffer); read > 0; read = sorter.Read(buffer))
        {
            count += read;
            foreach (Tick tick in buffer.AsSpan(0, read))
            {
                Assert.True(tick.EventTimeNanos >= last);
                last = tick.EventTimeNanos;
            }
        }
        Assert.Equal(400_000, count);
        // Room to sort, room to read the runs, and little else.
        long all = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(all < 8 * TickSorter.LeastBudgetBytes, $"{owned:#,0} bytes owned, {all:#,0} in all");
    }

    [Fact]
    public void A_folder_that_takes_no_files_is_named()
    {
        using var sorter = new TickSorter(TickSorter.LeastBudgetBytes, "/proc/none/run");
        IOException failure = Assert.ThrowsAny<IOException>(() =>
        {
            for (int i = 0; i < 40_000; i++) sorter.Add(default);
        });
        Assert.Contains("/proc/none", failure.Message, StringComparison.Ordinal);
    }

    private static Tick[] ReadAll(TickSorter sorter, int batch)
    {
        var all = new List<Tick>();
        var buffer = new Tick[batch];
        for (int count = sorter.Read(buffer); count > 0; count = sorter.Read(buffer)) all.AddRange(buffer[..count]);
        return [.. all];
    }
}
