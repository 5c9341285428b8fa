using System.Diagnostics;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;
using MappedFile = DealerFlow.Memory.MappedFile;

namespace DealerFlow.Tests;

public class FeedSuccessionTests : FeedFixture
{
    private const long Limit = FeedPublisher.HeartbeatLimitNanos;

    [Fact]
    public void A_feed_without_writer_is_removed_with_its_lock_and_one_with_a_writer_is_not()
    {
        FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        Publish(publisher, 1);
        File.WriteAllText(Path.Combine(Directory, "note.txt"), "");
        Assert.Equal([Name], FeedDirectory.Names(Directory));
        Assert.Throws<FeedInUseException>(() => FeedDirectory.Remove(Directory, Name));
        Assert.Equal([Name], FeedDirectory.Names(Directory));
        publisher.Abandon();
        FeedDirectory.Remove(Directory, Name);
        Assert.Empty(FeedDirectory.Names(Directory));
        Assert.Equal(["note.txt"], System.IO.Directory.GetFiles(Directory).Select(Path.GetFileName));
        Clock.Advance(FeedPublisher.HeartbeatLimitNanos + 1);
        Assert.Equal(FeedState.NotFound, subscriber.State());
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(subscriber.CreateBuffer()));
        Assert.Equal(FeedError.NotFound, Assert.Throws<FeedException>(() => FeedDirectory.Remove(Directory, Name)).Error);
        using FeedPublisher next = Create();                    // and the name can be taken again
        Assert.Equal(1UL, next.Epoch);
    }

    [Fact]
    public void B4_a_second_writer_is_refused_with_the_name_of_the_first_and_changes_nothing()
    {
        using FeedPublisher first = Create();
        Publish(first, 1);
        byte[] before = File.ReadAllBytes(FeedPath);
        FeedInUseException error = Assert.Throws<FeedInUseException>(() => Create());
        Assert.Equal(before, File.ReadAllBytes(FeedPath));
        Assert.Equal(FeedError.InUse, error.Error);
        Assert.Equal(Environment.ProcessId, error.Pid);
        Assert.Equal(Clock.Utc, error.SinceUtcNanos);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), error.BootId.ToString());
        Assert.Contains($"pid {Environment.ProcessId} since 2027-01-15T08:00:00.000000000Z", error.Message, StringComparison.Ordinal);
        Assert.Throws<FeedInUseException>(() => Create(strikes: 100));
    }

    [Fact]
    public void Feeds_of_other_names_do_not_meet()
    {
        using FeedPublisher spx = Create();
        using FeedPublisher spy = FeedPublisher.Create(Directory, "spy", Strikes, Expiries, clock: Clock);
        using FeedPublisher odd = FeedPublisher.Create(Directory, "spx.lock", Strikes, Expiries, clock: Clock);
        Publish(spx, 1);
        Assert.Equal(1UL, spx.PublishNumber);
        Assert.Equal(0UL, spy.PublishNumber);
        Assert.Equal(0UL, odd.PublishNumber);
    }

    [Fact]
    public void B5_a_lock_held_by_another_process_refuses_the_writer_until_that_process_is_killed()
    {
        FeedPublisher first = Create();
        first.Abandon();
        var start = new ProcessStartInfo("flock", [Path.ChangeExtension(FeedPath, ".lock"), "sh", "-c", "echo held; read line"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process? holder = null;
        try { holder = Process.Start(start); }
        catch (System.ComponentModel.Win32Exception) { Repository.SkipOrFail("The tool flock (util-linux) is not installed."); }
        using (holder)
        {
            try
            {
                Assert.Equal("held", holder!.StandardOutput.ReadLine());
                Assert.Throws<FeedInUseException>(() => Create());
            }
            finally
            {
                holder!.Kill(entireProcessTree: true);
                holder.WaitForExit();
            }
        }
        using FeedPublisher second = CreateOnceTheKernelHasCleanedUp();
        Assert.Equal(2UL, second.Epoch);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void B2_a_successor_of_the_same_layout_keeps_the_file_and_raises_the_epoch(bool closed)
    {
        FeedPublisher first = Create();
        using FeedSubscriber subscriber = Open();
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        for (ulong pattern = 1; pattern <= 9; pattern++) Publish(first, pattern);
        ulong inode = InodeOf(FeedPath);
        if (closed) first.Close();
        else first.Abandon();
        Clock.Advance(3 * Limit);

        using FeedPublisher second = Create();

        Assert.Equal(inode, InodeOf(FeedPath));
        Assert.Equal(2UL, second.Epoch);
        Assert.Equal(9UL, second.PublishNumber);
        Assert.Equal(FeedState.Recovering, subscriber.State());
        Assert.Equal(2UL, subscriber.Epoch);
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
        Assert.Equal((1UL, 9UL), (buffer.Runtime.Epoch, buffer.Runtime.PublishNumber));
        Publish(second, 77);
        Assert.Equal(FeedState.Live, subscriber.State());
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
        Assert.Equal((2UL, 10UL), (buffer.Runtime.Epoch, buffer.Runtime.PublishNumber));
        Assert.Equal(MarketOf(77), buffer.MarketBytes);
    }

    [Theory]
    [InlineData(Strikes + 1, Expiries, 4)]
    [InlineData(Strikes, Expiries - 1, 4)]
    [InlineData(Strikes, Expiries, 5)]
    public void A_successor_of_another_layout_makes_a_new_file_and_sends_readers_there(int strikes, int expiries, int slots)
    {
        FeedPublisher first = Create();
        using FeedSubscriber old = Open();
        Publish(first, 1);
        Publish(first, 2);
        ulong inode = InodeOf(FeedPath);
        first.Abandon();

        using FeedPublisher second = Create(strikes, expiries, slots);

        Assert.NotEqual(inode, InodeOf(FeedPath));
        Assert.Equal(FeedState.Superseded, old.State());
        SnapshotBuffer buffer = old.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, old.TryRead(buffer));   // never shrunk: the old memory is whole
        Assert.Equal(2UL, buffer.Runtime.PublishNumber);

        using FeedSubscriber fresh = Open();
        buffer = fresh.CreateBuffer();
        Assert.Equal((strikes, expiries), (fresh.StrikeCapacity, fresh.ExpiryCapacity));
        Assert.Equal(SnapshotReadStatus.NothingPublished, fresh.TryRead(buffer));
        Publish(second, 3 * (Strikes + 1) * (Expiries + 1));        // a snapshot without rows fits every layout
        Assert.Equal(SnapshotReadStatus.Ok, fresh.TryRead(buffer));
        Assert.Equal((2UL, 3UL), (buffer.Runtime.Epoch, buffer.Runtime.PublishNumber));
    }

    [Fact]
    public void Numbers_go_on_when_the_writer_of_a_new_file_died_before_its_first_snapshot()
    {
        FeedPublisher first = Create();
        Publish(first, 1);
        Publish(first, 2);
        first.Abandon();
        Create(Strikes + 1).Abandon();          // a new file
        Create(Strikes + 1).Abandon();          // uses it on
        Create(Strikes + 2).Abandon();          // another
        using FeedPublisher last = Create();
        Publish(last, 3);
        Assert.Equal((5ul, 3ul), (last.Epoch, last.PublishNumber));
    }

    [Fact]
    public void A_new_file_that_cannot_be_built_leaves_the_old_one_as_it_was()
    {
        FeedPublisher first = Create();
        using FeedSubscriber old = Open();
        Publish(first, 1);
        first.Close();
        System.IO.Directory.CreateDirectory(Path.Combine(Directory, $".{Name}.new"));
        Assert.Equal(FeedError.SystemCall, Assert.Throws<FeedException>(() => Create(strikes: Strikes + 1)).Error);
        Assert.Equal(FeedState.Closed, old.State());
        Open().Dispose();
    }

    [Fact]
    public void A_file_is_signed_before_it_has_its_name()
    {
        System.IO.Directory.CreateDirectory(Directory);
        using PrivateDirectory directory = PrivateDirectory.Open(Directory);
        FeedPlan plan = FeedPlan.Of([new FeedUnderlying(default, Strikes, Expiries)], Limit);
        bool hadName = true;
        FeedSuccession.BuildAndName(directory, Name, plan, _ => hadName = File.Exists(FeedPath), atStep: null).Dispose();
        Assert.False(hadName);
        Assert.True(File.Exists(FeedPath));
    }

    [Fact]
    public void What_a_writer_signs_replaces_all_that_the_one_before_has_said_of_its_progress()
    {
        FeedPublisher first = Create();
        Publish(first, 7);
        first.Abandon();
        Clock.Advance(3 * Limit);
        using FeedPublisher second = Create();
        using FeedSubscriber subscriber = Open();
        Assert.Equal((0UL, 0L, 2UL), (subscriber.EventSequence, subscriber.EventTimeNanos, subscriber.Epoch));
        Publish(second, 0);                                         // a snapshot before the first event
        Assert.Equal(FeedState.Live, subscriber.State());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void At_every_step_of_a_successor_readers_are_told_what_is_so(bool closed)
    {
        FeedPublisher first = Create();
        using FeedSubscriber subscriber = Open();
        Publish(first, 1);
        if (closed) first.Close();
        else first.Abandon();
        Clock.Advance(3 * Limit);
        var told = new List<(WriterStep, FeedState)>();
        using FeedWriter second = FeedWriter.CreateStopping(
            Directory, Name, [new FeedUnderlying(default, Strikes, Expiries)], Clock, step => told.Add((step, subscriber.State())));
        FeedState before = closed ? FeedState.Closed : FeedState.Stalled;          // the lock is held again
        Assert.Equal(
            [
                (WriterStep.LockTaken, before), (WriterStep.IdentityWritten, before), (WriterStep.EpochWritten, before),
                (WriterStep.HeartbeatsWritten, closed ? FeedState.Closed : FeedState.Recovering),
            ],
            told);
        Assert.Equal(FeedState.Recovering, subscriber.State());
    }

    [Fact]
    public void Readers_of_a_file_whose_name_was_taken_without_a_word_find_out()
    {
        FeedPublisher first = Create();
        using FeedSubscriber subscriber = Open();
        first.Abandon();
        File.Copy(FeedPath, FeedPath + ".copy");
        File.Move(FeedPath + ".copy", FeedPath, overwrite: true);
        Clock.Advance(Limit + 1);
        Assert.Equal(FeedState.Superseded, subscriber.State());
    }

    [Fact]
    public void B10_a_temporary_file_of_a_dead_writer_is_in_nobodys_way()
    {
        System.IO.Directory.CreateDirectory(Directory);
        File.WriteAllText(Path.Combine(Directory, $".{Name}.new"), "half a feed");
        using FeedPublisher publisher = Create();
        Publish(publisher, 1);
        Assert.Equal([$"{Name}.feed", $"{Name}.lock"], System.IO.Directory.GetFiles(Directory).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData(16, FeedError.WrongVersion)]
    [InlineData(24, FeedError.WrongLayout)]
    [InlineData(64, FeedError.DamagedHeader)]
    public void A_feed_that_this_build_cannot_use_on_is_put_aside(int offset, FeedError error)
    {
        FeedPublisher first = Create();
        first.Abandon();
        Overwrite(FeedPath, offset, 0xEE);
        Assert.Equal(error, Assert.Throws<FeedException>(() => Open()).Error);
        using FeedPublisher second = Create();
        using FeedSubscriber subscriber = Open();
        Assert.Equal(FeedState.Recovering, subscriber.State());
    }

    [Fact]
    public void A_feed_that_was_cut_is_put_aside()
    {
        FeedPublisher first = Create();
        first.Abandon();
        using (FileStream file = new(FeedPath, FileMode.Open)) file.SetLength(5000);
        using FeedPublisher second = Create();
        using FeedSubscriber subscriber = Open();
        Assert.Equal(FeedState.Recovering, subscriber.State());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void B11_a_writer_whose_file_was_removed_makes_a_new_one_and_goes_on(bool directoryToo)
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber old = Open();
        Publish(publisher, 1);
        if (directoryToo) System.IO.Directory.Delete(Directory, recursive: true);
        else File.Delete(FeedPath);
        Clock.Advance(UnixNanos.PerSecond);
        publisher.Heartbeat(1, EventTimeOf(1));

        Assert.Equal(FeedState.Superseded, old.State());
        using FeedSubscriber fresh = Open();
        Assert.Equal(FeedState.Recovering, fresh.State());
        Assert.Equal((1UL, 0UL), (fresh.Epoch, fresh.PublishNumber));
        Publish(publisher, 2);
        SnapshotBuffer buffer = fresh.CreateBuffer();
        Assert.Equal(FeedState.Live, fresh.State());
        Assert.Equal(SnapshotReadStatus.Ok, fresh.TryRead(buffer));
        Assert.Equal((1UL, 2UL), (buffer.Runtime.Epoch, buffer.Runtime.PublishNumber));
        Assert.Throws<FeedInUseException>(() => Create());
    }

    [Fact]
    public void B11_a_writer_whose_lock_was_removed_takes_it_again()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        File.Delete(Path.ChangeExtension(FeedPath, ".lock"));
        Clock.Advance(UnixNanos.PerSecond);
        Publish(publisher, 1);
        Assert.Equal(FeedState.Live, subscriber.State());
        Assert.Throws<FeedInUseException>(() => Create());
    }

    [Fact]
    public void B11_a_writer_whose_lock_was_removed_and_taken_by_another_stops()
    {
        using FeedPublisher first = Create();
        using FeedSubscriber subscriber = Open();
        Publish(first, 1);
        File.Delete(Path.ChangeExtension(FeedPath, ".lock"));
        using FeedPublisher second = Create();
        Publish(second, 2);
        Clock.Advance(UnixNanos.PerSecond);
        second.Heartbeat(3, EventTimeOf(3));
        Assert.Throws<FeedInUseException>(() => Publish(first, 4));
        Assert.Throws<ObjectDisposedException>(() => Publish(first, 5));
        Assert.Equal(FeedState.Live, subscriber.State());
        SnapshotBuffer buffer = subscriber.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
        Assert.Equal(MarketOf(2), buffer.MarketBytes);
    }

    [Fact]
    public void Readers_of_a_file_that_was_removed_with_its_lock_and_made_by_another_writer_are_told()
    {
        using FeedPublisher first = Create();
        using FeedSubscriber old = Open();
        Publish(first, 1);
        System.IO.Directory.Delete(Directory, recursive: true);
        using FeedPublisher second = Create();
        Clock.Advance(UnixNanos.PerSecond);
        Assert.Equal(FeedState.Live, old.State());
        Assert.Throws<FeedInUseException>(() => first.Heartbeat(2, 2));
        Assert.Equal(FeedState.Superseded, old.State());
    }

    [Fact]
    public void A_state_that_is_put_right_never_takes_back_that_the_file_is_superseded()
    {
        const int Rounds = 100_000;
        using FeedWriter writer = FeedWriter.Create(Directory, Name, [new FeedUnderlying(default, Strikes, Expiries)], Clock);
        MappedFile file = writer.Current!.File;
        int begun = 0, done = 0, takenBack = 0;
        var other = new Thread(() =>
        {
            for (int round = 1; round <= Rounds; round++)
            {
                Await(ref begun, round);
                FeedSuccession.MarkSuperseded(ref file.Write<FeedHeader>(0));
                Volatile.Write(ref done, round);
            }
        });
        other.Start();
        for (int round = 1; round <= Rounds; round++)
        {
            Volatile.Write(ref file.Write<FeedHeader>(0).State, 77);            // damage
            Volatile.Write(ref begun, round);
            Thread.SpinWait(round % 40);                                        // so that the two meet at every distance
            writer.Restore(file);
            Await(ref done, round);
            if (Volatile.Read(in file.Read<FeedHeader>(0).State) != (ulong)FeedWriterState.Superseded) takenBack++;
        }
        other.Join();
        Assert.Equal(0, takenBack);
        writer.Restore(file);
        Assert.Equal((ulong)FeedWriterState.Superseded, file.Read<FeedHeader>(0).State);

        static void Await(ref int word, int round)
        {
            for (int look = 0; Volatile.Read(in word) < round; look++)
                if (look > 5_000) Thread.Yield();
        }
    }

    // One takes hold while the other lets go, so that the count is what it was before.
    [Fact]
    public void A_file_that_threads_hold_and_leave_is_unmapped_when_the_last_has_left_it()
    {
        const int Times = 5_000_000;
        Create().Close();
        MappedFile file = MappedFile.MapReadOnly(File.OpenHandle(FeedPath), FeedHeader.SizeInBytes);
        var shared = new SharedMapping(file);
        for (int i = 0; i < Times; i++) shared.Hold();
        using var together = new Barrier(2);
        Thread[] threads = [.. ((Action[])[shared.Hold, shared.Release]).Select(step => new Thread(() =>
        {
            together.SignalAndWait();
            for (int i = 0; i < Times; i++) step();
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        for (int i = 0; i < Times; i++) shared.Release();
        Assert.False(file.File.IsClosed);
        shared.Release();
        Assert.True(file.File.IsClosed);
    }

    // Whoever removes a lock holds it; who has waited for it meanwhile holds a file without a name, which guards nothing.
    [Fact]
    public async Task Nobody_is_given_a_lock_that_has_lost_its_name()
    {
        const int Rounds = 600;
        System.IO.Directory.CreateDirectory(Directory);
        int nameless = 0;
        // Tasks, whose failure is the test's: of a thread it would end the process, or hold it for ever.
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(Contend, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Equal(0, nameless);

        void Contend()
        {
            using PrivateDirectory directory = PrivateDirectory.Open(Directory);
            for (int round = 0; round < Rounds; round++)
            {
                using WriterLock? taken = WriterLock.TryAcquire(directory, Name);
                if (taken is null) continue;
                if (taken.IsUnlinked) Interlocked.Increment(ref nameless);
                directory.Remove(FeedDirectory.LockFileName(Name));
            }
        }
    }

    // A killed process is gone for its parent a moment before the last of its children has let its files go.
    private FeedPublisher CreateOnceTheKernelHasCleanedUp()
    {
        for (int attempt = 1; ; attempt++)
        {
            try { return Create(); }
            catch (FeedInUseException) when (attempt < 100) { Thread.Sleep(10); }
        }
    }

    private static ulong InodeOf(string path)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite);
        Assert.True(LibC.TryStat(file, out FileStatus status));
        return status.Inode;
    }

    private static void Overwrite(string path, long offset, byte value)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = offset;
        file.WriteByte(value);
    }
}
