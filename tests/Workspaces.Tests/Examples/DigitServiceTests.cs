using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Workspaces.Data;
using Xunit.Abstractions;

namespace Workspaces.Tests.Examples;

/// <summary>The digit service answers right, from one plan, without garbage of ours and without growing; and nothing that is sent to it brings it down.</summary>
[Collection(nameof(AloneCollection))]
public sealed partial class DigitServiceTests(DigitServiceProgram service, ITestOutputHelper output) : IClassFixture<DigitServiceProgram>
{
    private const int Connections = 32, Pixels = 784;
    private const long SmallChange = 64 << 10; // bookkeeping; a workspace more would be ten times that
    private const string Chromium = "/usr/bin/chromium";

    private sealed record Answer(int Digit, double Probability);

    [Fact]
    public async Task Digits_that_it_has_not_seen_are_read_right()
    {
        LabeledImages test = MnistDataSet.Load(Path.Combine(TestFolders.Root, "examples", "data", "mnist"), DataSplit.Test);
        int right = 0;
        var pixels = new float[Pixels];
        for (int i = 0; i < 200; i++)
        {
            test.CopySample(i, pixels, out long label);
            using HttpResponseMessage response = await service.Client.PostAsJsonAsync("digit", pixels);
            Answer answer = (await response.Content.ReadFromJsonAsync<Answer>(JsonSerializerOptions.Web))!;
            Assert.InRange(answer.Probability, 0.1, 1);
            if (answer.Digit == label) right++;
        }

        Assert.InRange(right, 185, 200);
    }

    [Fact]
    public Task A_thousand_requests_from_32_connections_make_no_garbage_of_ours_and_do_not_grow() => Load(1_000);

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Ten_thousand_requests_from_32_connections_make_no_garbage_of_ours_and_do_not_grow()
    {
        // Client, service and whatever else runs share the machine, and who waits for a processor waits at either end. What the web server alone needs, for requests that it
        // refuses before they come to a model, is therefore sent along, and of three rounds the best one is the service's own.
        double best = double.PositiveInfinity;
        for (int round = 0; round < 3 && best > 1; round++)
        {
            double[] milliseconds = await Load(10_000), refused = await Send(10_000, JsonSerializer.SerializeToUtf8Bytes(new float[Pixels - 1]), HttpStatusCode.BadRequest);
            double tail = Percentile(milliseconds, 0.99), middle = Percentile(milliseconds, 0.5), server = Percentile(refused, 0.99);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"p99 / p50 {tail / middle:F1}; p99 of the web server alone {server:F2} ms"));
            best = Math.Min(best, tail / Math.Max(5 * middle, 1.5 * server));
        }

        Assert.InRange(best, 0, 1);
    }

    [Theory]
    [InlineData("[0.5]", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("these are no numbers", HttpStatusCode.BadRequest)]
    [InlineData("{\"pixels\":[1]}", HttpStatusCode.BadRequest)]
    [InlineData("PICTURE NaN", HttpStatusCode.BadRequest)]
    [InlineData("PICTURE \"NaN\"", HttpStatusCode.BadRequest)]
    [InlineData("PICTURE 1e999", HttpStatusCode.BadRequest)]
    [InlineData("PICTURE -0.001", HttpStatusCode.BadRequest)]
    [InlineData("PICTURE 1.001", HttpStatusCode.BadRequest)]
    [InlineData("PICTURE null", HttpStatusCode.BadRequest)]
    [InlineData("PICTURE [0]", HttpStatusCode.BadRequest)]
    [InlineData("HUGE", HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("PICTURE 1", HttpStatusCode.OK)]
    public async Task A_bad_request_is_refused_and_the_next_one_is_answered(string body, HttpStatusCode expected)
    {
        const string Picture = "PICTURE ";
        if (body.StartsWith(Picture, StringComparison.Ordinal)) body = $"[{string.Concat(Enumerable.Repeat("0,", Pixels - 1))}{body[Picture.Length..]}]";
        if (body == "HUGE") body = $"[{string.Join(',', Enumerable.Repeat("0.123456789", 100_000))}]";
        using var request = new HttpRequestMessage(HttpMethod.Post, "digit") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.ExpectContinue = expected == HttpStatusCode.RequestEntityTooLarge; // the service refuses a large body before it reads it, and the answer may be lost with the connection of a client that is still sending
        using HttpResponseMessage response = await service.Client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
        await AssertAnswers(service.Client);
    }

    [Fact]
    public async Task Requests_of_another_type_method_or_place_are_refused()
    {
        using var text = new StringContent("[]", Encoding.UTF8, "text/plain");
        using HttpResponseMessage type = await service.Client.PostAsync("digit", text), method = await service.Client.GetAsync("digit"), place = await service.Client.GetAsync("nowhere");
        Assert.Equal(
            (HttpStatusCode.UnsupportedMediaType, HttpStatusCode.MethodNotAllowed, HttpStatusCode.NotFound), (type.StatusCode, method.StatusCode, place.StatusCode));
        await AssertAnswers(service.Client);
    }

    [Fact]
    public async Task Requests_that_break_off_leave_nothing_behind()
    {
        DigitServiceProgram.Statistics before = await service.ReadStatisticsAsync();
        for (int i = 0; i < 50; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
            await socket.ConnectAsync(IPAddress.Loopback, service.First.Url.Port);
            await socket.SendAsync(Encoding.ASCII.GetBytes("POST /digit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2000\r\n\r\n[0,0,0"));
        }

        for (int i = 0; i < 50; i++)
        {
            using var cancelled = new CancellationTokenSource();
            using HttpContent content = JsonContent.Create(new float[Pixels]);
            Task<HttpResponseMessage> request = service.Client.PostAsync("digit", content, cancelled.Token);
            await cancelled.CancelAsync();
            try
            {
                (await request).Dispose(); // it may have been quicker
            }
            catch (OperationCanceledException)
            {
            }
        }

        await AssertAnswers(service.Client);
        DigitServiceProgram.Statistics after = await service.ReadStatisticsAsync();
        Assert.Equal(0, after.Garbage);
        Assert.InRange(after.Committed, before.Committed, before.Committed + SmallChange);
    }

    [Fact]
    public async Task It_ends_cleanly_in_the_middle_of_requests_and_its_header_says_what_it_prints()
    {
        DigitServiceProgram.Running running = service.Start();
        Assert.StartsWith("weights loaded from ", running.Lines[0], StringComparison.Ordinal);
        using HttpClient client = DigitServiceProgram.Connect(running.Url, Connections);
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] senders = [.. Enumerable.Range(0, Connections).Select(_ => Task.Run(() => SendUntilItEnds(client, first)))];
        await first.Task;
        string rest = await Task.Run(() => DigitServiceProgram.Stop(running.Process));
        await Task.WhenAll(senders);
        Assert.Matches(@"^[1-9]\d* requests answered, 0 bytes of garbage in our part\s*$", rest);
        IReadOnlyList<string> printed = [.. service.First.Lines, rest];
        ExampleProgram.AssertPrintsItsHeader("DigitService", string.Join('\n', printed).Replace(":" + service.First.Url.Port, ":5080", StringComparison.Ordinal));
    }

    [Fact]
    public void A_port_that_is_taken_or_none_is_told_in_one_line_that_names_the_key()
    {
        foreach (int port in (int[])[service.First.Url.Port, 70_000])
        {
            (int code, string errors) = service.Fail(port);
            Assert.Equal(2, code);
            Assert.Contains("Service:Port", Assert.Single(errors.Split('\n')), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_page_is_one_file_and_in_a_browser_it_reads_a_3_that_is_drawn()
    {
        string page = await service.Client.GetStringAsync("");
        Assert.DoesNotMatch(@"(src|href)\s*=|https?://", page);
        if (!File.Exists(Chromium))
        {
            output.WriteLine($"Skipped: {Chromium} is not there.");
            return;
        }

        string profile = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string[] arguments =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", $"--user-data-dir={profile}", "--virtual-time-budget=20000", "--dump-dom", $"{service.First.Url}#3",
            ];
            var start = new ProcessStartInfo(Chromium, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process browser = Process.Start(start)!;
            Task<string> errors = browser.StandardError.ReadToEndAsync();
            string dom = await browser.StandardOutput.ReadToEndAsync();
            await browser.WaitForExitAsync();
            Match answer = AnswerText().Match(dom);
            Assert.True(answer.Success, $"{dom}\n{await errors}");
            output.WriteLine(answer.Value);
            Assert.StartsWith("I read 3 ", answer.Groups[1].Value, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }

    [GeneratedRegex("<p id=\"answer\">([^<]*)</p>")]
    private static partial Regex AnswerText();

    /// <summary>Sends requests from all connections at once and returns their times in milliseconds, shortest first.</summary>
    private async Task<double[]> Load(int requests)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new float[Pixels]);
        await Send(Connections * 100, body); // the compiler has come to its last word then
        DigitServiceProgram.Statistics before = await service.ReadStatisticsAsync();
        double[] milliseconds = await Send(requests, body);
        DigitServiceProgram.Statistics after = await service.ReadStatisticsAsync();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{requests} requests: p50 {Percentile(milliseconds, 0.5):F2} ms, p90 {Percentile(milliseconds, 0.9):F2} ms, p99 {Percentile(milliseconds, 0.99):F2} ms, {after.Garbage} bytes of garbage in our part, "
            + $"{after.Collections - before.Collections} collections of the whole process, committed {before.Committed} and then {after.Committed}, "
            + $"working set {before.WorkingSet >> 20} and then {after.WorkingSet >> 20} MiB"));
        Assert.Equal(requests, after.Requests - before.Requests);
        Assert.Equal(0, after.Garbage);
        Assert.InRange(after.Committed, before.Committed, before.Committed + SmallChange);
        Assert.InRange(after.WorkingSet - before.WorkingSet, long.MinValue, 64L << 20);
        return milliseconds;
    }

    private static double Percentile(double[] sorted, double part) => sorted[(int)(sorted.Length * part)];

    /// <summary>As <see cref="Load"/>, of requests that are answered as <paramref name="expected"/>.</summary>
    private async Task<double[]> Send(int requests, byte[] body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var milliseconds = new double[requests];
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            for (int i = Interlocked.Increment(ref next); i < requests; i = Interlocked.Increment(ref next))
            {
                using var content = new ByteArrayContent(body);
                content.Headers.ContentType = new("application/json");
                long begin = Stopwatch.GetTimestamp();
                using HttpResponseMessage response = await service.Client.PostAsync("digit", content);
                milliseconds[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
                Assert.Equal(expected, response.StatusCode);
            }
        })));
        Array.Sort(milliseconds);
        return milliseconds;
    }

    private static async Task SendUntilItEnds(HttpClient client, TaskCompletionSource first)
    {
        try
        {
            while (true)
            {
                await AssertAnswers(client);
                first.TrySetResult();
            }
        }
        catch (HttpRequestException)
        {
            // The service has stopped listening; what was answered before was answered whole.
        }
    }

    private static async Task AssertAnswers(HttpClient client)
    {
        using HttpResponseMessage response = await client.PostAsJsonAsync("digit", new float[Pixels]);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable) throw new HttpRequestException("stopping");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.InRange((await response.Content.ReadFromJsonAsync<Answer>(JsonSerializerOptions.Web))!.Digit, 0, 9);
    }
}
