using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>A page of the browser with what it complained of: scripts that failed, errors on the console, content that the policy forbade.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    // A machine that does other work beside starts a browser slowly; nothing here passes by waiting longer.
    private const float PatienceMillis = 90_000;

    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentQueue<string> _consoleErrors = new();

    private WatchedPage(IPage page)
    {
        Page = page;
        page.SetDefaultTimeout(PatienceMillis);
        page.PageError += (_, error) => _failures.Enqueue(error);
        page.Console += (_, message) =>
        {
            // Chromium reports what its content policy forbids on the console too.
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal)) _failures.Enqueue(message.Text);
            else if (message.Type is "error" or "warning") _consoleErrors.Enqueue($"{message.Text} ({message.Location})");
        };
    }

    /// <summary>The page itself.</summary>
    public IPage Page { get; }

    internal static async Task<WatchedPage> OfAsync(IPage page)
    {
        var watched = new WatchedPage(page);
        await page.ExposeFunctionAsync("forbidden", (string what) => watched._failures.Enqueue(what));
        await page.AddInitScriptAsync("addEventListener('securitypolicyviolation', e => forbidden(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`))");
        return watched;
    }

    /// <summary>Waits until an element has this text.</summary>
    public Task ShowsAsync(string selector, string text) =>
        Assertions.Expect(Page.Locator(selector)).ToHaveTextAsync(text, new LocatorAssertionsToHaveTextOptions { Timeout = PatienceMillis });

    /// <summary>Waits until an element contains this text.</summary>
    public Task ContainsAsync(string selector, string text) =>
        Assertions.Expect(Page.Locator(selector)).ToContainTextAsync(text, new LocatorAssertionsToContainTextOptions { Timeout = PatienceMillis });

    /// <summary>The text of an element as it is now.</summary>
    public Task<string> TextAsync(string selector) => Page.Locator(selector).InnerTextAsync();

    /// <summary>Asserts that nothing went wrong so far.</summary>
    public void HasNoErrors()
    {
        HasNoScriptErrors();
        Assert.True(_consoleErrors.IsEmpty, $"errors on the console:\n{string.Join('\n', _consoleErrors)}");
    }

    /// <summary>The same where the server was away on purpose, of which a browser complains on the console.</summary>
    public void HasNoScriptErrors() => Assert.True(_failures.IsEmpty, $"the page failed:\n{string.Join('\n', _failures)}");

    /// <summary>Waits until the text of an element reads like this.</summary>
    public Task ReadsAsync(string selector, Regex text) =>
        Assertions.Expect(Page.Locator(selector)).ToHaveTextAsync(text, new LocatorAssertionsToHaveTextOptions { Timeout = PatienceMillis });

    /// <summary>What a function of the page's world gives, as JSON.</summary>
    public async Task<JsonElement> AskAsync(string function)
    {
        using JsonDocument answer = JsonDocument.Parse(await Page.EvaluateAsync<string>($"() => JSON.stringify(({function})())"));
        return answer.RootElement.Clone();
    }

    /// <summary>Writes what is in view as WebP, which is small.</summary>
    public async Task<string> PictureAsync(string path)
    {
        ICDPSession session = await Page.Context.NewCDPSessionAsync(Page);
        JsonElement? picture = await session.SendAsync("Page.captureScreenshot", new Dictionary<string, object> { ["format"] = "webp", ["quality"] = 90 });
        await session.DetachAsync();
        await File.WriteAllBytesAsync(path, picture!.Value.GetProperty("data").GetBytesFromBase64());
        return path;
    }

    public async ValueTask DisposeAsync() => await Page.CloseAsync();
}
