using DealerFlow.Tests;
using Microsoft.Playwright;

namespace DealerFlow.Conformance;

/// <summary>The browser that is installed, started once for a class of tests. Where there is none its tests are skipped.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome-stable", "/usr/bin/google-chrome"];

    private IPlaywright? _driver;
    private IBrowser? _browser;

    /// <summary>A new page with nothing remembered, which writes down everything that goes wrong in it.</summary>
    public async Task<WatchedPage> OpenAsync(int width, int height, ColorScheme scheme = ColorScheme.Dark)
    {
        string? program = Places.FirstOrDefault(File.Exists);
        if (program is null) Repository.SkipOrFail($"There is no Chromium at {Places[0]}; install it to run this test (Debian: apt-get install chromium).");
        _driver ??= await Playwright.CreateAsync();
        _browser ??= await _driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
        IPage page = await _browser.NewPageAsync(new BrowserNewPageOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
        });
        return await WatchedPage.OfAsync(page);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _driver?.Dispose();
    }
}
