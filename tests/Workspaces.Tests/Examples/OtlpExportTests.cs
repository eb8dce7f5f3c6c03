using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Workspaces.Tests.Examples;

/// <summary>The example that sends metrics and spans away, with a collector that takes them and without one.</summary>
[Collection(nameof(AloneCollection))]
public sealed class OtlpExportTests
{
    [Fact]
    public async Task A_collector_gets_metrics_and_spans()
    {
        (HttpListener collector, string address) = Listen();
        var got = new ConcurrentDictionary<string, string>();
        Task receiving = ReceiveAsync(collector, got);
        string output = await Task.Run(() => ExampleProgram.Run("OtlpExport", $"Otlp:Endpoint={address}", "Training:MaxSteps=5"));
        collector.Close();
        await receiving;

        ExampleProgram.AssertPrintsItsHeader("OtlpExport", output);
        Assert.Contains("metrics: sent", output, StringComparison.Ordinal);
        Assert.Contains("spans: sent", output, StringComparison.Ordinal);
        Assert.All(
            ["workspaces.passes", "workspaces.memory.committed", "workspaces.train.steps", "workspace.name", "otlp-export"],
            word => Assert.Contains(word, got["/v1/metrics"], StringComparison.Ordinal));
        Assert.Contains("workspaces.step", got["/v1/traces"], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_collector_training_goes_on()
    {
        string output = ExampleProgram.Run("OtlpExport", "Otlp:Endpoint=http://127.0.0.1:9", "Training:MaxSteps=5", "Otlp:TimeoutSeconds=1");
        ExampleProgram.AssertPrintsItsHeader("OtlpExport", output);
        Assert.Contains("trained 5 steps", output, StringComparison.Ordinal);
        Assert.Contains("metrics: nobody took them", output, StringComparison.Ordinal);
        Assert.Contains("spans: nobody took them", output, StringComparison.Ordinal);
    }

    private static (HttpListener Collector, string Address) Listen()
    {
        for (int attempt = 0; ; attempt++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            string address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
            probe.Stop();
            var listener = new HttpListener();
            listener.Prefixes.Add(address + "/");
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                listener.Close(); // somebody was faster
            }
        }
    }

    private static async Task ReceiveAsync(HttpListener collector, ConcurrentDictionary<string, string> got)
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await collector.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                string text = Encoding.Latin1.GetString(body.ToArray());
                got.AddOrUpdate(context.Request.Url!.AbsolutePath, text, (_, known) => known + text);
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // It was closed.
        }
    }
}
