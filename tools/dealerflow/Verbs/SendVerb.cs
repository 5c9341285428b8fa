using System.CommandLine;
using System.Diagnostics;
using DealerFlow.Cli.Live;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Import;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>send</c>: a tape or a capture as datagrams, to whoever listens: what a live run is tried with.</summary>
internal static class SendVerb
{
    // The end is said more than once where it could get lost.
    private const int EndsToldOverUdp = 3;

    // Definitions go out at once, whatever the pace; a receiver of UDP needs a moment for them.
    private const int DefinitionsPerBreath = 16;

    public static Command Create()
    {
        Argument<string> file = new Argument<string>("FILE") { Description = "A tape, or captured packets (pcap, pcapng) whose UDP datagrams are sent as they are." }.RefusingOptions();
        var to = new Option<string>("--to")
        {
            Description = "Where: udp://ADDR:PORT, unix://PATH, or - for standard output; with commas between several, each gets every datagram.",
            HelpName = "ADDRESS[,ADDRESS]",
            Required = true,
        };
        Option<double?> speed = SharedOptions.Speed("1x, which is the default, another multiple of event time such as 10x, or max.");
        Option<string?> from = SharedOptions.From(), until = SharedOptions.To("--until");
        var perDatagram = new Option<int>("--ticks") { Description = "Ticks per datagram.", HelpName = "N", DefaultValueFactory = _ => 45 };
        perDatagram.Validators.Add(result =>
        {
            if (result.Tokens is [{ } token] && int.TryParse(token.Value, out int given) && given is < 1 or > TickDatagramHeader.MaxTicks)
                result.AddError($"--ticks {given} cannot be; give 1 to {TickDatagramHeader.MaxTicks:#,0}.");
        });
        var withoutDefinitions = new Option<bool>("--without-definitions") { Description = "Do not begin with the contracts; the receiver has them already." };
        var command = new Command("send",
            """
            Send a recording as datagrams, as an exchange or a feed handler would.

            Examples:
              dealerflow send day.dftape --to unix:///tmp/ticks.sock --speed max
              dealerflow send day.dftape --to udp://127.0.0.1:9000
              dealerflow send opra.pcap --to udp://127.0.0.1:9001,udp://127.0.0.1:9002

            A receiver of UDP that is slower than --speed loses what it cannot hold, and says so; a Unix socket and standard output wait for it.
            """)
        { file, to, speed, from, until, perDatagram, withoutDefinitions };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(file)!;
            TapePart.CheckExists(path);
            using var signals = new StopSignals();
            using var output = new DatagramOut(ListenAddress.ParseLines(parsed.GetValue(to)!, "--to"));
            double pace = parsed.GetValue(speed) ?? 1;
            long start = Stopwatch.GetTimestamp();
            (long datagrams, long messages) = IsCapture(path)
                ? SendCapture(path, output, pace, signals.Token)
                : SendTape(new TapePart([path], parsed.GetValue(from), parsed.GetValue(until), SkipsBad: false), output, pace, parsed.GetValue(perDatagram),
                    parsed.GetValue(withoutDefinitions), signals.Token);
            string what = messages < 0 ? "" : $" with {messages:#,0} ticks";
            Console.Error.WriteLine($"Sent {datagrams:#,0} datagrams{what} in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s.");
            return ExitCode.Success;
        });
        return command;
    }

    private static bool IsCapture(string path)
    {
        using ImportFile file = ImportFile.Open(path);
        return CapturedDatagrams.Recognizes(file.Head.Span);
    }

    private static (long Datagrams, long Messages) SendTape(TapePart part, DatagramOut output, double speed, int perDatagram, bool withoutDefinitions, CancellationToken stop)
    {
        using TapeReplayer tape = part.Open(speed, stop);
        var stream = new Numbered(output);
        var ticks = new Tick[perDatagram];
        int read = tape.Read(ticks);
        if (!withoutDefinitions) SendDefinitions(tape.Definitions, read > 0 ? ticks[0].EventTimeNanos : 0, perDatagram, stream, output.CanLose);
        for (; read > 0 && !stop.IsCancellationRequested; read = tape.Read(ticks)) stream.Send(ticks.AsSpan(0, read));
        for (int i = 0; i < (output.CanLose ? EndsToldOverUdp : 1); i++) stream.Send([], TickDatagramFlags.End);
        return (stream.Datagrams, stream.Ticks);
    }

    private static void SendDefinitions(ReadOnlySpan<InstrumentDefinition> definitions, long nanos, int perDatagram, Numbered stream, bool breathes)
    {
        var ticks = new List<Tick>();
        var quarters = new Tick[DefinitionTicks.Count];
        long sent = 0;
        foreach (ref readonly InstrumentDefinition definition in definitions)
        {
            DefinitionTicks.Write(in definition, nanos, quarters);
            foreach (Tick quarter in quarters)
            {
                ticks.Add(quarter);
                if (ticks.Count < perDatagram) continue;
                Flush();
            }
        }
        if (ticks.Count > 0) Flush();

        void Flush()
        {
            stream.Send(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ticks));
            ticks.Clear();
            if (breathes && ++sent % DefinitionsPerBreath == 0) Thread.Sleep(1);
        }
    }

    private static (long Datagrams, long Messages) SendCapture(string path, DatagramOut output, double speed, CancellationToken stop)
    {
        using ImportFile file = ImportFile.Open(path);
        long datagrams = 0, first = 0, start = Stopwatch.GetTimestamp();
        CapturedDatagrams.Read(file, (payload, captured) =>
        {
            if (stop.IsCancellationRequested) return;
            if (first == 0) first = captured;
            if (speed > 0 && captured > first)
            {
                double due = (captured - first) / speed / UnixNanos.PerSecond, wait = due - Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (wait > 0) stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(Math.Min(wait, 86_400)));
            }
            output.Send(payload);
            datagrams++;
        });
        return (datagrams, -1);
    }

    /// <summary>One channel, numbered from 1 in a session that is later than any before.</summary>
    private sealed class Numbered(DatagramOut output)
    {
        private readonly ulong _session = (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks;
        private readonly byte[] _datagram = new byte[TickDatagramHeader.SizeInBytes + (TickDatagramHeader.MaxTicks * Tick.SizeInBytes)];
        private ulong _next = 1;

        public long Datagrams { get; private set; }

        public long Ticks => (long)_next - 1;

        public void Send(ReadOnlySpan<Tick> ticks, TickDatagramFlags flags = TickDatagramFlags.None)
        {
            int length = TickDatagramHeader.Write(_session, 0, _next, ticks, flags, _datagram);
            output.Send(_datagram.AsSpan(0, length));
            _next += (ulong)ticks.Length;
            Datagrams++;
        }
    }
}
