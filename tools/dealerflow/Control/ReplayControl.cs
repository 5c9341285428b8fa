using System.Globalization;
using System.Text;
using System.Text.Json;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Engine;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Control;

/// <summary>
/// What can be said to a running replay: pause, resume, speed, seek, model, status, a line each. Forward it runs flat out to the instant; back
/// it begins anew with an empty engine and runs flat out from the beginning, for what is known at an instant is what came before it.
/// </summary>
/// <param name="speed">Event seconds per second to begin with; 0 = flat out.</param>
/// <param name="holds">At the end it waits for a command instead of leaving.</param>
/// <param name="isRecorded">What is replayed is recorded too, and a tape knows one order only.</param>
internal sealed class ReplayControl(double speed, bool holds, bool isRecorded)
{
    private readonly Lock _gate = new();
    private double _speed = speed;
    private TapeReplayer? _tapes;
    private CancellationTokenSource? _run;
    private Func<Action<Calculation>, bool>? _post;
    private PositionModel? _model;
    private long? _goBackTo;
    private bool _beginsPaused;
    private bool _isAtEnd;

    /// <summary>Event seconds per second of the next run.</summary>
    public double Speed
    {
        get
        {
            lock (_gate) return _speed;
        }
    }

    /// <summary>The model that was asked for last; null = none was.</summary>
    public PositionModel? Model
    {
        get
        {
            lock (_gate) return _model;
        }
    }

    /// <summary>A run begins; commands go to it from now on.</summary>
    /// <returns>Before this instant nothing is published, for it has been shown; null = all is.</returns>
    public long? Begin(TapeReplayer tapes, Func<Action<Calculation>, bool> post, CancellationTokenSource run)
    {
        lock (_gate)
        {
            (_tapes, _post, _run, _isAtEnd) = (tapes, post, run, false);
            if (_goBackTo is not { } target) return null;
            if (_beginsPaused) tapes.Pause();
            tapes.SkipTo(target);
            (_goBackTo, _beginsPaused) = (null, false);
            return target;
        }
    }

    /// <summary>A run has ended. True: another is to follow, from the beginning.</summary>
    public bool TryAgain()
    {
        lock (_gate)
        {
            (_tapes, _post, _run) = (null, null, null);
            return _goBackTo is not null;
        }
    }

    /// <summary>On the thread that reads: the tapes are at their end. Waits for a command where it was asked to.</summary>
    public void AwaitAtEnd(CancellationToken stop)
    {
        if (!holds) return;
        lock (_gate) _isAtEnd = true;
        // A command that goes back ends the run, as a signal does.
        stop.WaitHandle.WaitOne();
    }

    /// <summary>Carries out one line.</summary>
    public string Answer(string line)
    {
        string[] words = line.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string argument = words.Length > 1 ? words[1] : "";
        lock (_gate)
        {
            if (words is ["status", ..]) return "ok: " + Status();
            // Between two runs there is nobody to talk to; it does not take long.
            if (_tapes is not { } tapes) return "no: the replay begins anew just now; try again in a moment.";
            switch (words.Length == 0 ? "" : words[0])
            {
                case "pause":
                    tapes.Pause();
                    return "ok: paused";
                case "resume":
                    tapes.Resume();
                    return _isAtEnd ? "ok: the replay is at its end; seek back to see it again" : "ok: going on";
                case "speed": return SetSpeed(tapes, argument);
                case "seek": return Seek(tapes, argument);
                case "model": return SetModel(argument);
                default: return "no: say 'pause', 'resume', 'speed 10x', 'speed max', 'seek 2026-11-16T15:00:30Z', 'seek +30s', 'seek -5m', 'model NAME' or 'status'.";
            }
        }
    }

    private string SetSpeed(TapeReplayer tapes, string text)
    {
        if (!TryParseSpeed(text, out double given)) return $"no: '{text}' is not a speed; use max, or a multiple such as 1x or 10x.";
        tapes.Speed = _speed = given;
        return $"ok: {Speak(given)}";
    }

    private string Seek(TapeReplayer tapes, string text)
    {
        if (!TryParseTarget(text, tapes.PositionNanos, out long target))
            return $"no: '{text}' is no instant to seek; write 2026-11-16T15:00:30Z, or how far: +30s, -5m, +1h.";
        target = Math.Clamp(target, tapes.FromNanos, tapes.ToNanos);
        if (target >= tapes.PositionNanos && !_isAtEnd)
        {
            tapes.SkipTo(target);
            return $"ok: forward to {UnixNanos.ToIso(target)}";
        }
        if (isRecorded) return "no: the replay is recorded, and a tape does not go back; start it without --record.";
        (_goBackTo, _beginsPaused) = (target, tapes.IsPaused);
        _run!.Cancel();
        return $"ok: back to {UnixNanos.ToIso(target)}, from the beginning";
    }

    private string SetModel(string name)
    {
        if (!name.All(char.IsAsciiLetter) || !Enum.TryParse(name, ignoreCase: true, out PositionModel model))
            return $"no: '{name}' is not a position model; use {string.Join(", ", Enum.GetNames<PositionModel>())}.";
        if (!_post!(calculation => calculation.UseModel(model))) return "no: too many commands wait; try again.";
        _model = model;
        return $"ok: model {model} from the next snapshot on";
    }

    private string Status()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            if (_tapes is { } tapes)
            {
                json.WriteString("position", UnixNanos.ToIso(tapes.PositionNanos));
                json.WriteString("from", UnixNanos.ToIso(tapes.FromNanos));
                json.WriteString("to", UnixNanos.ToIso(tapes.ToNanos));
            }
            json.WriteString("speed", Speak(_speed));
            json.WriteBoolean("paused", _tapes?.IsPaused ?? _beginsPaused);
            json.WriteBoolean("seeking", _tapes?.IsSkipping ?? true);
            json.WriteBoolean("ended", _isAtEnd);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static string Speak(double speed) => speed == 0 ? "max" : $"{speed.ToString(CultureInfo.InvariantCulture)}x";

    private static bool TryParseSpeed(string text, out double speed)
    {
        speed = 0;
        return text == "max" || (text.EndsWith('x') && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out speed) && speed > 0 && double.IsFinite(speed));
    }

    private static bool TryParseTarget(string text, long positionNanos, out long target)
    {
        target = 0;
        if (text.Length < 2 || text[0] is not ('+' or '-')) return NewYorkInstant.TryParse(text, out target);
        long unit = text[^1] switch { 's' => UnixNanos.PerSecond, 'm' => 60 * UnixNanos.PerSecond, 'h' => 3600 * UnixNanos.PerSecond, _ => 0 };
        if (unit == 0 || !double.TryParse(text[1..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) || count > 1e6) return false;
        target = positionNanos + ((text[0] == '+' ? 1 : -1) * (long)(count * unit));
        return true;
    }
}
