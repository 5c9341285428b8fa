using System.Diagnostics;
using DealerFlow.Import;
using DealerFlow.Tape;

namespace DealerFlow.Cli.Pipeline;

/// <summary>The progress line of a running import: how far, how fast, how long yet.</summary>
internal sealed class ImportProgress : IDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private readonly string _file;
    private readonly long _doneBytes;
    private readonly long _totalBytes;
    private readonly ImportFile _input;
    private readonly TickSorter _sorter;
    private readonly long _start;
    private readonly ProgressLine _line;

    public ImportProgress(string file, long doneBytes, long totalBytes, ImportFile input, TickSorter sorter, long start)
    {
        _file = Path.GetFileName(file);
        _doneBytes = doneBytes;
        _totalBytes = totalBytes;
        _input = input;
        _sorter = sorter;
        _start = start;
        _line = new ProgressLine(Line, Silence);
    }

    public void Dispose() => _line.Dispose();

    private string? Line()
    {
        double seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        long bytes = _doneBytes + _input.Consumed(), ticks = _sorter.Count;
        string rates = $"{bytes / seconds / 1e6,7:0.0} MB/s  {ticks / seconds / 1e6,6:0.00} M ticks/s  {ticks:#,0} ticks  {_file}";
        if (_totalBytes == 0 || bytes == 0) return rates;
        double left = seconds * (_totalBytes - bytes) / bytes;
        return $"{100.0 * bytes / _totalBytes,5:0.0}%  {TimeSpan.FromSeconds(Math.Max(left, 0)):h\\:mm\\:ss} left  {rates}";
    }
}
