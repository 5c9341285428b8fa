using System.Globalization;
using System.Text;
using System.Text.Json;
using DealerFlow.Import;
using Xunit;
using static DealerFlow.Tests.PacketFixture;

namespace DealerFlow.Tests;

public class DeltaMessagesTests
{
    private const string Connected = "wss://socket.delta.exchange <-> 1638147281.846538\n";

    private static string Real(string name) => Repository.RealData($"crypto_options/cryptofeed/{name}");

    private static ImportRun Run(string message) =>
        PacketFixture.Run(new Cryptofeed(), Encoding.UTF8.GetBytes($"{Connected}1638147282.4: {message}\n"));

    // By another program: 309 books of ten options, ten candles, one answer; a connection, a request.
    [Fact]
    public void The_real_recording_is_rejected_by_the_terms_of_its_options()
    {
        ImportRun run = RunRecognized("cryptofeed", Real("DELTA.ws.1.0"));
        Assert.Equal((322, 309, 10, 3), (
            run.Report.Rows, run.Report.Rejected(ImportRejection.UnsupportedTerms), run.Report.Passed(ImportPass.OtherKind), run.Report.Passed(ImportPass.Administrative)));
        Assert.Empty(run.Ticks);
        Assert.Equal(0, run.Import.Definitions.Length);
        Assert.Equal("'C-ETH-3200-311221' settles at 12:00 UTC, often on a part of a coin: a definition says neither", run.Report.Issues[0].Detail);
    }

    // Why they are rejected: of 605 options on the exchange's own list, all settle at noon and 505 are on less than one coin.
    [Fact]
    public void The_exchanges_own_list_says_noon_and_parts_of_coins()
    {
        string line = File.ReadLines(Real("DELTA.0")).First();
        using JsonDocument list = JsonDocument.Parse(line[(line.IndexOf(": {", StringComparison.Ordinal) + 2)..]);
        int options = 0, parts = 0;
        foreach (JsonElement product in list.RootElement.GetProperty("result").EnumerateArray())
        {
            bool isOption = product.GetProperty("contract_type").GetString() is "call_options" or "put_options";
            Assert.Equal(isOption, DeltaMessages.IsOption(product.GetProperty("symbol").GetString()!));
            if (!isOption) continue;
            options++;
            Assert.EndsWith("T12:00:00Z", product.GetProperty("settlement_time").GetString()!, StringComparison.Ordinal);
            if (decimal.Parse(product.GetProperty("contract_value").GetString()!, CultureInfo.InvariantCulture) < 1) parts++;
        }
        Assert.Equal((605, 505), (options, parts));
    }

    [Theory]
    [InlineData("{\"type\":\"all_trades\",\"symbol\":\"C-BTC-59000-301121\",\"price\":\"1\",\"size\":5}")]
    [InlineData("{\"type\":\"v2/ticker\",\"symbol\":\"P-LINK-23.6-301121\"}")]
    public void What_is_said_of_an_option_is_rejected(string message)
    {
        ImportRun run = Run(message);
        Assert.Equal((1, 1, 0), (run.Report.Rejected(ImportRejection.UnsupportedTerms), run.Report.RejectedTotal, run.Ticks.Count));
    }

    [Theory]
    [InlineData("{\"type\":\"candlestick_1m\",\"symbol\":\"C-BTC-59000-301121\"}", ImportPass.OtherKind, 1)]
    [InlineData("{\"type\":\"l2_orderbook\",\"symbol\":\"BTCUSDT\"}", ImportPass.OtherInstrument, 1)]
    [InlineData("{\"type\":\"l2_orderbook\",\"symbol\":\"MV-LINK-23.6-291121\"}", ImportPass.OtherInstrument, 1)]
    [InlineData("{\"type\":\"l2_orderbook\",\"symbol\":\"C-BTC-59000-321121\"}", ImportPass.OtherInstrument, 1)]
    [InlineData("{\"type\":\"l2_orderbook\",\"symbol\":\"C-BTC-0-301121\"}", ImportPass.OtherInstrument, 1)]
    [InlineData("{\"type\":\"l2_orderbook\",\"symbol\":\"X-BTC-59000-301121\"}", ImportPass.OtherInstrument, 1)]
    [InlineData("{\"type\":\"heartbeat\"}", ImportPass.Administrative, 2)]
    [InlineData("{\"type\":\"subscriptions\",\"symbol\":null}", ImportPass.Administrative, 2)]
    [InlineData("{\"type\":5,\"symbol\":\"C-BTC-59000-301121\"}", ImportPass.OtherKind, 1)]
    [InlineData("[]", ImportPass.OtherKind, 1)]
    public void Everything_else_is_passed_over(string message, ImportPass kind, int rows)
    {
        ImportRun run = Run(message);
        Assert.Equal((rows, 0, 2), (run.Report.Passed(kind), run.Report.RejectedTotal, run.Report.PassedTotal));     // and the connection
    }
}
