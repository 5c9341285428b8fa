using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class TapeRecorderTests
{
    private const int TicksPerBlock = 256;

    private static readonly Dictionary<string, string> NoMetadata = [];

    private readonly OpraLikeMix _mix = new(seed: 71, contracts: 200);

    [Fact]
    public void A_recording_has_the_bytes_of_a_tape_that_was_written_at_once()
    {
        using var folder = new TemporaryFolder();
        Tick[] ticks = _mix.Next(10_000);
        using (TapeWriter writer = TapeWriter.Create(folder.File("written.dftape"), _mix.Definitions, NoMetadata, ticksPerBlock: TicksPerBlock))
        {
            writer.Append(ticks);
            writer.Complete();
        }
        using (TapeRecorder recorder = Record(folder.File("recorded.dftape"), Lossless))
        {
            for (int first = 0, size = 1; first < ticks.Length; first += size, size = (size * 7 % 501) + 1)
            {
                size = Math.Min(size, ticks.Length - first);
                recorder.Take(ticks.AsSpan(first, size));
            }
            Assert.Equal(new RecorderStatus(RecordingState.Recording, ticks.Length, 0, 0, 1, null), recorder.Finish());
        }
        Assert.Equal(File.ReadAllBytes(folder.File("written.dftape")), File.ReadAllBytes(folder.File("recorded.dftape")));
    }

    // The tape that was begun is whole; a new one begins when there is room, with a gap.
    [Fact]
    public void C1_with_too_little_room_the_tape_is_completed_and_a_new_one_begins_later()
    {
        using var folder = new TemporaryFolder();
        long free = 1_000;
        Tick[] ticks = _mix.Next(10 * TicksPerBlock);
        RecorderOptions options = Lossy with { FreeBytesLeast = 100, FreeBytes = _ => Volatile.Read(ref free), RetryMilliseconds = 0 };
        using TapeRecorder recorder = Record(folder.File("day.dftape"), options);
        void TakeBlock(int number)
        {
            recorder.Take(ticks.AsSpan(number * TicksPerBlock, TicksPerBlock));
            WaitUntil(recorder, status => status.Recorded + status.Dropped == (number + 1) * TicksPerBlock);
        }
        TakeBlock(0);
        TakeBlock(1);
        Volatile.Write(ref free, 99);
        TakeBlock(2);
        Assert.Equal(RecordingState.Stopped, recorder.Status.State);
        Assert.Contains("MiB are free", recorder.Status.Failure, StringComparison.Ordinal);
        // Room for one more block alone is not worth a new file.
        Volatile.Write(ref free, 150);
        TakeBlock(3);
        Volatile.Write(ref free, 1_000);
        TakeBlock(4);
        TakeBlock(5);
        RecorderStatus end = recorder.Finish();
        Assert.Equal((4 * TicksPerBlock, 2 * TicksPerBlock, 1, 2), (end.Recorded, end.Dropped, end.Gaps, end.Files));

        TapeRoundTripTests.AssertSameTicks(ticks.AsSpan(0, 2 * TicksPerBlock), Read(folder.File("day.dftape")));
        Tick[] second = Read(folder.File("day.2.dftape"));
        int underlyings = _mix.Definitions.Count(definition => definition.Kind == InstrumentKind.Underlying);
        Assert.All(second[..underlyings], tick => Assert.Equal((TickKind.Gap, ticks[4 * TicksPerBlock].EventTimeNanos), (tick.Kind, tick.EventTimeNanos)));
        TapeRoundTripTests.AssertSameTicks(ticks.AsSpan(4 * TicksPerBlock, 2 * TicksPerBlock), second.AsSpan(underlyings));
    }

    // A slow disk never stalls a live engine: what does not fit the queue is dropped, counted, and told on the tape.
    [Fact]
    public void A_slow_disk_costs_ticks_that_are_counted_and_a_gap_on_the_tape()
    {
        using var folder = new TemporaryFolder();
        using var disk = new ManualResetEventSlim(initialState: false);
        Tick[] ticks = _mix.Next(20 * TicksPerBlock);
        RecorderOptions options = Lossy with
        {
            QueueBlocks = 2,
            FreeBytes = _ =>
            {
                disk.Wait();
                return long.MaxValue;
            },
        };
        using TapeRecorder recorder = Record(folder.File("day.dftape"), options);
        // Nothing waits here, although the disk stands still: two blocks fit the queue.
        for (int i = 0; i < 15; i++) recorder.Take(ticks.AsSpan(i * TicksPerBlock, TicksPerBlock));
        Assert.Equal((RecordingState.Behind, 13L * TicksPerBlock), (recorder.Status.State, recorder.Status.Dropped));
        disk.Set();
        WaitUntil(recorder, status => status.Recorded == 2 * TicksPerBlock);
        recorder.Take(ticks.AsSpan(15 * TicksPerBlock));
        RecorderStatus end = recorder.Finish();
        Assert.Equal(20 * TicksPerBlock, end.Recorded + end.Dropped);
        Assert.True(end.Dropped >= 13 * TicksPerBlock);
        Assert.True(end.Gaps >= 1);

        Tick[] recorded = Read(folder.File("day.dftape"));
        TapeRoundTripTests.AssertSameTicks(ticks.AsSpan(0, 2 * TicksPerBlock), recorded.AsSpan(0, 2 * TicksPerBlock));
        Assert.Equal(TickKind.Gap, recorded[2 * TicksPerBlock].Kind);
        Assert.Equal(end.Recorded, recorded.Count(tick => tick.Kind != TickKind.Gap));
    }

    [Fact]
    public async Task A_lossless_recorder_waits_for_a_slow_disk_and_loses_nothing()
    {
        using var folder = new TemporaryFolder();
        using var disk = new ManualResetEventSlim(initialState: false);
        Tick[] ticks = _mix.Next(20 * TicksPerBlock);
        RecorderOptions options = Lossless with
        {
            QueueBlocks = 2,
            FreeBytesLeast = 1,
            FreeBytes = _ =>
            {
                disk.Wait();
                return long.MaxValue;
            },
        };
        using TapeRecorder recorder = Record(folder.File("day.dftape"), options);
        // Twenty blocks do not fit a queue of two: only a disk that goes on lets this end.
        Task taking = Task.Run(() => recorder.Take(ticks), TestContext.Current.CancellationToken);
        Assert.False(taking.IsCompleted);
        disk.Set();
        await taking;
        Assert.Equal(ticks.Length, recorder.Finish().Recorded);
        TapeRoundTripTests.AssertSameTicks(ticks, Read(folder.File("day.dftape")));
    }

    [Fact]
    public void A_lossless_recorder_that_could_not_go_on_says_so_at_the_end()
    {
        using var folder = new TemporaryFolder();
        using TapeRecorder recorder = Record(folder.File("day.dftape"), Lossless with { FreeBytesLeast = 100, FreeBytes = _ => 99 });
        recorder.Take(_mix.Next(3 * TicksPerBlock));
        IOException failure = Assert.Throws<IOException>(() => _ = recorder.Finish());
        Assert.Contains("stopped after 0 ticks", failure.Message, StringComparison.Ordinal);
    }

    // Nothing more goes into the file, its whole blocks stay, and a new file begins.
    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(DriveNotFoundException))]
    public void C5_after_a_failure_the_whole_blocks_stay_in_the_partial_file(Type failure)
    {
        using var folder = new TemporaryFolder();
        Tick[] ticks = _mix.Next(6 * TicksPerBlock);
        int calls = 0;
        RecorderOptions options = Lossy with
        {
            RetryMilliseconds = 0,
            FreeBytes = _ => Interlocked.Increment(ref calls) == 3 ? throw (Exception)Activator.CreateInstance(failure, "a disk that is gone")! : long.MaxValue,
        };
        using TapeRecorder recorder = Record(folder.File("day.dftape"), options);
        for (int i = 0; i < 6; i++)
        {
            recorder.Take(ticks.AsSpan(i * TicksPerBlock, TicksPerBlock));
            WaitUntil(recorder, status => status.Recorded + status.Dropped == (i + 1) * TicksPerBlock);
        }
        RecorderStatus end = recorder.Finish();
        Assert.Equal((5 * TicksPerBlock, TicksPerBlock, 2), (end.Recorded, end.Dropped, end.Files));
        Assert.Contains("a disk that is gone", end.Failure, StringComparison.Ordinal);
        string partial = folder.File("day.dftape") + TapeWriter.PartialSuffix;
        Assert.Contains(partial, end.Failure, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("day.dftape")));
        using TapeReader reader = TapeReader.Open(partial, TapeRecovery.Prefix);
        TapeRoundTripTests.AssertSameTicks(ticks.AsSpan(0, 2 * TicksPerBlock), TapeRoundTripTests.ReadAll(reader, 100));
        Assert.Equal(reader.SizeInBytes, reader.DamageOffset);
    }

    [Theory]
    [InlineData(RecorderSync.None)]
    [InlineData(RecorderSync.Interval)]
    [InlineData(RecorderSync.Block)]
    public void Waiting_for_the_disk_changes_no_byte(RecorderSync sync)
    {
        using var folder = new TemporaryFolder();
        Tick[] ticks = _mix.Next(5 * TicksPerBlock);
        using TapeRecorder recorder = Record(folder.File("day.dftape"), Lossless with { Sync = sync, SyncMilliseconds = 0 });
        recorder.Take(ticks);
        Assert.Equal(ticks.Length, recorder.Finish().Recorded);
        TapeRoundTripTests.AssertSameTicks(ticks, Read(folder.File("day.dftape")));
    }

    [Fact]
    public void A_recorder_that_is_not_finished_keeps_its_whole_blocks_in_the_partial_file()
    {
        using var folder = new TemporaryFolder();
        Tick[] ticks = _mix.Next((2 * TicksPerBlock) + 10);
        using (TapeRecorder recorder = Record(folder.File("day.dftape"), Lossless)) recorder.Take(ticks);
        Assert.False(File.Exists(folder.File("day.dftape")));
        using TapeReader reader = TapeReader.Open(folder.File("day.dftape") + TapeWriter.PartialSuffix, TapeRecovery.Prefix);
        TapeRoundTripTests.AssertSameTicks(ticks.AsSpan(0, 2 * TicksPerBlock), TapeRoundTripTests.ReadAll(reader, 100));
    }

    // Each call in its turn is the one that fails, the first and the last of the day among them.
    [Theory]
    [InlineData(DiskFault.NoSpace)]
    [InlineData(DiskFault.NoSpaceAfterHalf)]
    [InlineData(DiskFault.NotAllowed)]
    public void C1_whichever_call_fails_the_stream_goes_on_and_the_books_balance(DiskFault fault)
    {
        int calls = RecordWith(new FailingDisk(fault)).Calls;
        Assert.InRange(calls, 10, 30);
        for (int failing = 0; failing < calls; failing++)
        {
            RecordWith(new FailingDisk(fault, failing));
            // And again in the file that follows, from its first call on.
            for (int again = 1; again < 12; again += 3) RecordWith(new FailingDisk(fault, failing, failing + again));
        }
    }

    [Fact]
    public void C5_after_a_failed_sync_the_file_is_given_up_and_never_synced_again()
    {
        int failures = 0;
        for (int failing = 0; failing < 30; failing++)
        {
            var disk = new FailingDisk(DiskFault.NoSpace, failing);
            RecordWith(disk);
            if (disk.Failed is not [("sync", string path)]) continue;
            failures++;
            // What is known to be on the disk is not known: the tape never gets its name.
            Assert.Contains(disk.Files, file => file.Path == path && !file.IsNamed);
        }
        Assert.InRange(failures, 6, 10);
    }

    // What a power loss leaves at least is what the disk had at the last sync.
    [Theory]
    [InlineData(RecorderSync.None, 0, 0)]
    [InlineData(RecorderSync.Interval, int.MaxValue, 0)]
    [InlineData(RecorderSync.Interval, 0, TicksPerBlock)]
    [InlineData(RecorderSync.Block, 0, TicksPerBlock)]
    public void C6_a_power_loss_costs_the_blocks_since_the_last_sync(RecorderSync sync, int milliseconds, int kept)
    {
        using var folder = new TemporaryFolder();
        var disk = new FailingDisk(DiskFault.NoSpace);
        Tick[] ticks = _mix.Next(5 * TicksPerBlock);
        using TapeRecorder recorder = Record(folder.File("day.dftape"), Lossless with { Disk = disk, Sync = sync, SyncMilliseconds = milliseconds });
        for (int block = 1; block <= 5; block++)
        {
            recorder.Take(ticks.AsSpan((block - 1) * TicksPerBlock, TicksPerBlock));
            WaitUntil(recorder, status => status.Recorded == block * TicksPerBlock);
            byte[] afterPowerLoss = disk.Files[0].Synced;
            if (kept == 0)
            {
                Assert.Empty(afterPowerLoss);
                continue;
            }
            using TapeReader reader = TapeReader.Open(afterPowerLoss, "after", TapeRecovery.Prefix);
            TapeRoundTripTests.AssertSameTicks(ticks.AsSpan(0, block * kept), TapeRoundTripTests.ReadAll(reader, 100));
        }
        recorder.Finish();
        // A tape that has its name is synced, whatever the level.
        using TapeReader whole = TapeReader.Open(disk.Files[0].Synced, "whole");
        TapeRoundTripTests.AssertSameTicks(ticks, TapeRoundTripTests.ReadAll(whole, 100));
    }

    /// <summary>Records a day with calls that fail, and holds what is on the tapes against what the recorder says.</summary>
    private FailingDisk RecordWith(FailingDisk disk)
    {
        using var folder = new TemporaryFolder();
        Tick[] ticks = new OpraLikeMix(seed: 71, contracts: 200).Next((6 * TicksPerBlock) + 10);
        RecorderOptions options = Lossless with { IsLossless = false, RetryMilliseconds = 0, Sync = RecorderSync.Block, Disk = disk };
        RecorderStatus end;
        try
        {
            using TapeRecorder recorder = Record(folder.File("day.dftape"), options);
            for (int first = 0; first < ticks.Length; first += TicksPerBlock)
            {
                recorder.Take(ticks.AsSpan(first, Math.Min(TicksPerBlock, ticks.Length - first)));
                WaitUntil(recorder, status => status.Recorded + status.Dropped >= Math.Min(first + TicksPerBlock, 6 * TicksPerBlock));
            }
            end = recorder.Finish();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The first file could not be begun: whoever records is told at once, and nothing stays.
            Assert.True(disk.Files.Count <= 1);
            Assert.False(File.Exists(folder.File("day.dftape") + TapeWriter.PartialSuffix));
            return disk;
        }
        string what = $"{string.Join(", ", disk.Failed)} {end}";
        Assert.True(end.Recorded + end.Dropped == ticks.Length, what);
        Assert.Equal(disk.Failed.Count == 0, end.Failure is null);
        var onTape = new List<Tick>();
        foreach (FailingDisk.Entry file in disk.Files)
        {
            Assert.False(file.WasUsedAfterFailure, what);
            // A file of which not even the head could be written was removed.
            if (!file.IsNamed && !File.Exists(file.Path + TapeWriter.PartialSuffix)) continue;
            using TapeReader reader = file.IsNamed ? TapeReader.Open(file.Path) : TapeReader.Open(file.Path + TapeWriter.PartialSuffix, TapeRecovery.Prefix);
            Assert.True(file.IsNamed || reader.BytesLost == 0, $"{what}: not cut at the edge of a block");
            Tick[] read = TapeRoundTripTests.ReadAll(reader, 100);
            // A file that follows another begins with what is missing between them.
            if (read.Length > 0) Assert.Equal(file != disk.Files[0], read[0].Kind == TickKind.Gap);
            onTape.AddRange(read.Where(tick => tick.Kind != TickKind.Gap));
        }
        // After a failed sync a block may be there that is not counted on; never the other way round.
        Assert.True(disk.Failed.Exists(failed => failed.Call == "sync") ? onTape.Count >= end.Recorded : onTape.Count == end.Recorded, $"{what}: {onTape.Count} are on the tapes");
        int at = 0;
        foreach (Tick tick in onTape)
        {
            while (!tick.Equals(ticks[at])) at++;
            at++;
        }
        return disk;
    }

    private static RecorderOptions Lossless => new() { TicksPerBlock = TicksPerBlock, FreeBytesLeast = 0 };

    private static RecorderOptions Lossy => Lossless with { IsLossless = false, FreeBytesLeast = 1 };

    private TapeRecorder Record(string path, RecorderOptions options) => TapeRecorder.Create(path, _mix.Definitions, NoMetadata, options);

    private static Tick[] Read(string path)
    {
        using TapeReader reader = TapeReader.Open(path);
        return TapeRoundTripTests.ReadAll(reader, 1_000);
    }

    private static void WaitUntil(TapeRecorder recorder, Func<RecorderStatus, bool> isReached)
    {
        Assert.True(SpinWait.SpinUntil(() => isReached(recorder.Status), TimeSpan.FromSeconds(30)), $"{recorder.Status}");
    }
}
