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

    // C1: the disk is nearly full. The tape that was begun is whole; a new one begins when there is room, with a gap.
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

    // C5: after a failed write nothing more goes into the file; its whole blocks stay, and a new file begins.
    [Fact]
    public void C5_after_a_failure_the_whole_blocks_stay_in_the_partial_file()
    {
        using var folder = new TemporaryFolder();
        Tick[] ticks = _mix.Next(6 * TicksPerBlock);
        int calls = 0;
        RecorderOptions options = Lossy with
        {
            RetryMilliseconds = 0,
            FreeBytes = _ => Interlocked.Increment(ref calls) == 3 ? throw new InvalidOperationException("a disk that is gone") : long.MaxValue,
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
