using System.Diagnostics;
using System.Text.RegularExpressions;
using Workspaces.Hosting.Reports;
using Workspaces.Memory;
using Workspaces.Memory.Recording;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Train;
using Xunit.Abstractions;

namespace Workspaces.Tests.Reports;

/// <summary>The page in a real browser: it draws, answers to pointer and keys, and says nothing on the console.</summary>
[Collection(nameof(AloneCollection))]
public sealed partial class BrowserTests(ITestOutputHelper output) : IDisposable
{
    private const string Chromium = "/usr/bin/chromium";

    /// <summary>Notes errors from before the page's own script.</summary>
    private const string Watch =
        "<script>window.failures=[];addEventListener('error',e=>failures.push(e.message));"
        + "addEventListener('securitypolicyviolation',e=>failures.push('policy '+e.violatedDirective));const said=console.error;console.error=(...a)=>{failures.push(a.join(' '));said(...a)};</script>";

    private readonly string _folder = Directory.CreateTempSubdirectory("browser").FullName;
    private readonly WorkspaceManager _manager = new();

    public void Dispose()
    {
        _manager.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_page_draws_and_shows_the_facts_of_the_block_under_the_pointer()
    {
        if (await Show(Recorded(), """
            const canvas = document.getElementById("plot"), area = frame(), { x, y, w, h } = box(0, area);
            const ink = canvas.getContext("2d"), scale = devicePixelRatio;
            const pixel = [...ink.getImageData((x + 5) * scale, (y + h - 5) * scale, 1, 1).data].join(",");
            const bounds = canvas.getBoundingClientRect();
            canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: bounds.left + x + w / 2, clientY: bounds.top + y + h / 2, bubbles: true }));
            return [blocks.count, document.getElementById("tip").hidden, document.getElementById("tip").textContent, document.getElementById("facts").textContent, pixel].join("|");
            """) is not { } answer) return;
        string[] parts = answer.Split('|');
        Assert.Equal(["3", "false"], parts[..2]);
        Assert.Contains("float32 [64, 64] 16.0 KiB", parts[2], StringComparison.Ordinal);
        Assert.Contains("first", parts[2], StringComparison.Ordinal);
        Assert.Contains("16.0 KiB (16,384 bytes)", parts[3], StringComparison.Ordinal);
        Assert.Contains("BrowserTests.cs:", parts[3], StringComparison.Ordinal);
        Assert.EndsWith(",255", parts[4], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_choose_blocks_zoom_and_let_go()
    {
        if (await Show(Recorded(), """
            const canvas = document.getElementById("plot"), press = (key, more) => canvas.dispatchEvent(new KeyboardEvent("keydown", { key, ...more })), seen = [];
            press("ArrowRight"); seen.push(state.chosen);
            press("ArrowRight"); seen.push(state.chosen);
            press("ArrowLeft"); seen.push(state.chosen);
            const before = state.view.to - state.view.from;
            press("+"); seen.push(state.view.to - state.view.from < before);
            const left = state.view.from;
            press("ArrowRight", { shiftKey: true }); seen.push(state.view.from > left);
            press("0"); seen.push(state.view.to - state.view.from === before);
            press("a"); seen.push(state.view.high > 1 << 21);
            press("Escape"); seen.push(state.chosen);
            document.querySelector("#largest button").click(); seen.push(state.chosen >= 0);
            return seen.join();
            """) is not { } answer) return;
        Assert.Equal("0,1,0,true,true,true,true,-1,true", answer);
    }

    [Fact]
    public async Task Fifty_thousand_blocks_are_drawn()
    {
        if (await Show(BigReport.Of(50_000), """
            const canvas = document.getElementById("plot"), area = frame(), x = gutter.left + area.width / 2, y = yOf(8192 * 12000 + 64, area);
            const [red, green, blue] = canvas.getContext("2d").getImageData(x * devicePixelRatio, y * devicePixelRatio + 6, 1, 1).data; // of a thousand blocks a pixel
            const near = Math.abs(red) < 24 && Math.abs(green - 0x72) < 24 && Math.abs(blue - 0xb2) < 24;
            return [blocks.count, document.querySelectorAll("#largest tbody tr").length, near, hit(x, yOf(8192 * 100 + 64, area)) >= 0].join();
            """) is not { } answer) return;
        Assert.Equal("50000,24,true,true", answer);
    }

    [Fact]
    public async Task Words_beside_the_picture_do_not_touch()
    {
        if (await Show(Recorded(), """
            const words = [], ink = CanvasRenderingContext2D.prototype, write = ink.fillText;
            ink.fillText = function (text, x, y) {
              const width = this.measureText(text).width, left = this.textAlign === "right" ? x - width : this.textAlign === "center" ? x - width / 2 : x;
              const top = this.textBaseline === "top" ? y : this.textBaseline === "bottom" ? y - 11 : y - 5.5;
              words.push([text, left, top, left + width, top + 11]);
              write.call(this, text, x, y);
            };
            let met = "";
            for (const all of [false, true]) {
              words.length = 0;
              state.allLines = all; resetView(); paint();
              for (const a of words) for (const b of words) if (a !== b && a[1] < b[3] && b[1] < a[3] && a[2] < b[4] && b[2] < a[4]) met += a[0] + " meets " + b[0] + "; ";
            }
            return words.length > 8 ? met || "none" : "too few";
            """) is not { } answer) return;
        Assert.Equal("none", answer);
    }

    [Fact]
    public async Task A_block_and_a_pass_that_are_not_there_are_said_to_be_missing()
    {
        if (await Show(Recorded(), """
            const notice = document.getElementById("notice"), seen = [notice.hidden], go = hash => { history.replaceState(null, "", hash); follow(); seen.push(notice.hidden ? "quiet" : notice.textContent); };
            for (const hash of ["#block=9999", "#pass=99", "#block=x", "#block=1"]) go(hash);
            return seen.concat(state.chosen).join("|");
            """) is not { } answer) return;
        Assert.Equal(
            "true|There is no block “9999”: they are numbered 0 to 2 in this pass.|There is no pass “99”: they are numbered 0 to 0.|There is no block “x”: they are numbered 0 to 2 in this pass.|quiet|1",
            answer);
    }

    [Fact]
    public async Task The_largest_block_is_in_sight_with_its_line_and_leads_to_the_table()
    {
        if (await Show(Recorded(), """
            const tile = document.getElementById("largesttile"), where = tile.getBoundingClientRect();
            const cut = [...document.querySelectorAll(".tile span, .tile b")].filter(part => part.scrollWidth > part.clientWidth + 1).length;
            tile.click();
            return [where.bottom < 800, cut, state.chosen >= 0, document.getElementById("largestbox").getBoundingClientRect().top < 800, tile.textContent].join("|");
            """) is not { } answer) return;
        Assert.Matches(@"^true\|0\|true\|true\|16\.0 KiBlargest block: .*BrowserTests\.cs:\d+ ↓$", answer);
    }

    [Fact]
    public async Task A_pass_that_spills_shows_both_parts_and_is_compared_by_what_it_needs()
    {
        if (await Show(Spilling(), """
            const first = document.querySelector("#tiles .tile"), bars = [...document.querySelectorAll("#compare .bar span")].map(bar => bar.textContent);
            return [first.className, first.textContent, bars.join(), document.getElementById("legend").textContent.includes("spilled"), document.querySelector("#tiles .good") === null, first.querySelector("b").offsetHeight < 30].join("|");
            """) is not { } answer) return;
        Assert.Equal("tile spilled|16.0 KiB + 32.0 KiBarena + spilled, no plan|lower bound,arena,spilled,best fit,caching,bump|true|true|true", answer);
    }

    [Fact]
    public async Task Blocks_that_own_their_memory_are_not_said_to_have_spilled()
    {
        if (await Show(Served(RecordedPassState.Learning, static _ => true), Words) is not { } answer) return;
        Assert.Equal("own memory|tile|48.0 KiBmost at once: each block owns its memory|lower bound,best fit,caching,bump|of its own|activation|false", answer);
    }

    [Fact]
    public async Task A_pass_without_a_plan_is_compared_by_what_it_uses_and_nothing_is_called_a_plan()
    {
        if (await Show(Served(RecordedPassState.Learning, static _ => false), Words) is not { } answer) return;
        Assert.Equal("learning|tile|48.0 KiBhighest byte in use, no plan|lower bound,in use,best fit,caching,bump|0x0|activation|false", answer);
    }

    [Fact]
    public async Task Words_on_hatched_blocks_stand_on_a_plate_and_a_lane_counts_the_passes_that_ran()
    {
        RunReport report = Served(RecordedPassState.Spilled, static _ => false) with
        {
            Runs = [new PassRun("step", default, RecordedPassState.Shapes, 1), new PassRun("step", default, RecordedPassState.Spilled, 7)],
            Curve = [.. Enumerable.Range(1, 10).Select(static step => new CurvePoint(step, 1, 100))],
            Epochs = [new EpochResult(0, 1, null, 100, 0) { TestLoss = 1 }, new EpochResult(1, 1, null, 100, 0) { TestLoss = 1 }],
            StepsPerEpoch = 6,
        };
        if (await Show(report, """
            const ink = CanvasRenderingContext2D.prototype, fill = ink.fillRect, write = ink.fillText, plates = [], words = [];
            ink.fillRect = function (x, y, w, h) { if (h === 15) plates.push([x, y]); fill.call(this, x, y, w, h); };
            ink.fillText = function (text, x, y) { if (this.textAlign === "left" && text.includes("KiB") && x < 700) words.push([x, y]); write.call(this, text, x, y); };
            paint();
            const under = words.filter(([x, y]) => plates.some(([left, top]) => left < x && x - left < 8 && top < y && y < top + 15)).length;
            const dots = [...document.querySelectorAll("#curves circle")].map(dot => Number(dot.getAttribute("cx"))), line = document.querySelector("#curves polyline").getAttribute("points").split(" ").map(point => Number(point.split(",")[0]));
            return [words.length === 3 && under === 3, document.querySelector("#runs .lane span:last-child").textContent, dots.map(x => line.findIndex(at => Math.abs(at - x) < .1) + 1).join()].join("|");
            """) is not { } answer) return;
        Assert.Equal("true|7 passes|6,10", answer);
    }

    private const string Words = """
        const first = document.querySelector("#tiles .tile"), bars = [...document.querySelectorAll("#compare .bar span")].map(bar => bar.textContent);
        choose(0, true);
        const facts = Object.fromEntries([...document.querySelectorAll("#facts div")].map(group => [group.querySelector("dt").textContent, group.querySelector("dd").textContent]));
        return [document.querySelector("#tabs .state").textContent, first.className, first.textContent, bars.join(), facts.address, facts.kind, document.getElementById("legend").textContent.includes("spilled")].join("|");
        """;

    /// <summary>Three blocks of 16 KiB at once, of which one lies in the arena.</summary>
    private static RunReport Spilling() => Served(RecordedPassState.Spilled, static i => i > 0);

    /// <summary>Three blocks of 16 KiB at once.</summary>
    private static RunReport Served(RecordedPassState state, Predicate<int> isOutside)
    {
        RecordedBlock[] blocks = [.. Enumerable.Range(0, 3).Select(i => new RecordedBlock
        {
            Birth = i, Death = 6 - i, LastUse = 3, Bytes = 16 << 10, Offset = isOutside(i) ? RecordedBlock.NoOffset : i * (16 << 10), IsOutside = isOutside(i), Kind = BlockKind.Activation,
        })];
        return new RunReport { Title = "spills", Passes = [new RecordedPass { Workspace = "step", State = state, Events = 6, Blocks = blocks, LastUseBound = 48 << 10 }] };
    }

    private RunReport Recorded()
    {
        using Workspace workspace = _manager.Lease(new WorkspaceConfiguration { Name = "loop" });
        using PassRecording recording = _manager.RecordPasses();
        for (int i = 0; i < 3; i++)
        {
            using Pass pass = workspace.Enter();
            Tensor first = Tensor.Ones([64, 64]).Named("first");
            Tensor second = first * 3;
            Tensor third = second + first;
        }

        RunReport report = WorkspaceReport.Of(workspace, recording);
        return report with { Passes = [report.Passes.First(static pass => pass.State == RecordedPassState.Planned)] };
    }

    /// <summary>Opens the page at 1280 × 800, runs a probe in it and returns what that says; null, with the reason, where there is no browser.</summary>
    private async Task<string?> Show(RunReport report, string probe)
    {
        if (!File.Exists(Chromium))
        {
            output.WriteLine($"Skipped: {Chromium} is not there.");
            return null;
        }

        string page = report.ToHtml(), path = Path.Combine(_folder, "page.html");
        string script = $$"""
            <script>
            // Frames come when the browser has time for them, so the probe waits for the first ink, and goes on without it after ten seconds.
            const inked = () => { const plot = document.getElementById("plot"); return plot.getContext("2d").getImageData(0, 0, plot.width, plot.height).data.some(v => v !== 0); };
            const probe = left => {
              if (left > 0 && !inked()) return setTimeout(probe, 100, left - 1);
              let said;
              try { said = (() => { {{probe}} })(); } catch (e) { failures.push(String(e)); }
              const out = document.createElement("p");
              out.id = "said";
              out.textContent = said + "#" + failures.join();
              document.body.append(out);
            };
            addEventListener("load", () => setTimeout(probe, 200, 100));
            </script>
            """;
        await File.WriteAllTextAsync(path, page.Replace("<head>", $"<head>{Watch}", StringComparison.Ordinal).Replace("</body>", $"{script}</body>", StringComparison.Ordinal));
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
            "--window-size=1280,800", $"--user-data-dir={Path.Combine(_folder, "profile")}", "--virtual-time-budget=20000", "--dump-dom", $"file://{path}",
        ];
        using Process browser = Process.Start(new ProcessStartInfo(Chromium, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = browser.StandardError.ReadToEndAsync();
        string dom = await browser.StandardOutput.ReadToEndAsync();
        await browser.WaitForExitAsync();
        Match said = Said().Match(dom);
        Assert.True(said.Success, $"{dom[..Math.Min(dom.Length, 4000)]}\n{await errors}");
        string[] parts = System.Net.WebUtility.HtmlDecode(said.Groups[1].Value).Split('#', 2);
        Assert.Equal("", parts[1]);
        return parts[0];
    }

    [GeneratedRegex("<p id=\"said\">([^<]*)</p>")]
    private static partial Regex Said();
}
