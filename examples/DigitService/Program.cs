// A web service that reads digits, with a page to draw one in: one model, one plan, one leased workspace a request. Settings: configs/digit-service.json, or another
// file as first argument; other arguments are settings, e.g. Service:Port=0 for any free port. It trains for a few seconds when it has no weights yet. It prints
//
//   trained 750 steps, test accuracy 9… %        (the second time: weights loaded from …)
//   listening on http://127.0.0.1:5080
//   (it serves until it is told to stop: Ctrl+C, or the signal TERM)
//   … requests answered, 0 bytes of garbage in our part
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Seams;

const int Pixels = MnistDataSet.Side * MnistDataSet.Side, LargestBody = 64 << 10;
var shape = new Shape(1, 1, MnistDataSet.Side, MnistDataSet.Side);

RunConfiguration configuration = Example.Load(args, "digit-service.json", sections: ["Service"], workspaces: ["serve"]); // ours besides those of a training run
ServiceOptions service = configuration.GetOptions<ServiceOptions>("Service");
WorkspaceConfiguration serve = configuration.Root.GetWorkspace("serve");
using TrainingRun run = TrainingRun.Create(configuration);
Prepare();

// The callable leases a workspace for each call in flight and traces the call on shapes alone, so that already the first one runs from the plan. As many calls run at
// a time as there are processors, so memory is bounded; their workspaces are made and used now.
run.Manager.KernelThreads = 1;                          // requests are the threads of a server
using WorkspaceModel model = run.Model.InWorkspace(serve);
using var places = new SemaphoreSlim(Environment.ProcessorCount);
Parallel.For(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, _ =>
    model.Run<float, float>(new float[Pixels], shape, new float[MnistDataSet.Digits])); // until the plans of all workspaces are settled

long answered = 0, garbage = 0;
using var knowsThread = new ThreadLocal<bool>();        // the first call on a thread makes one small object for it

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(server =>
{
    server.Limits.MaxRequestBodySize = LargestBody;     // a larger one is refused before it is read
    server.Listen(IPAddress.Loopback, service.Port);
});

await using WebApplication app = builder.Build();
byte[] page = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "page.html"));
app.MapGet("/", () => Results.Bytes(page, "text/html; charset=utf-8"));
app.MapGet("/statistics", () => new Statistics(
    Interlocked.Read(ref answered), Interlocked.Read(ref garbage), run.Manager.Memory.Committed, GC.CollectionCount(0), GC.GetTotalMemory(false), Environment.WorkingSet));
app.MapPost("/digit", Classify);
try
{
    await app.StartAsync();
}
catch (Exception error) when (error is IOException or SocketException)
{
    const string Remedy = "set Service:Port to a port that is free, or to 0 for any";
    throw new IOException(WorkspaceException.Compose($"listen on port {service.Port}", "Service:Port", error.Message.TrimEnd('.'), Remedy), error);
}

Console.WriteLine($"listening on {app.Urls.First()}");
await app.WaitForShutdownAsync();                       // requests in flight come to their end first
Console.WriteLine($"{answered} requests answered, {garbage} bytes of garbage in our part");

// What is not JSON, no list of numbers or too long never comes here: the framework answers 400 or 413. A request that is cancelled gives up its place in the queue.
async Task<Results<Ok<Answer>, BadRequest<string>>> Classify(float[] pixels, CancellationToken cancelled)
{
    if (pixels.Length != Pixels) return TypedResults.BadRequest($"{pixels.Length} numbers were sent; a picture has {Pixels}, row by row");
    foreach (float ink in pixels)
    {
        if (!(ink >= 0 && ink <= 1)) return TypedResults.BadRequest($"a pixel of {ink} was sent; ink is 0 (paper) to 1");
    }

    await places.WaitAsync(cancelled);
    try
    {
        return TypedResults.Ok(Read(pixels));
    }
    finally
    {
        places.Release();
    }
}

Answer Read(float[] pixels)
{
    Span<float> logits = stackalloc float[MnistDataSet.Digits];
    long before = GC.GetAllocatedBytesForCurrentThread();
    model.Run<float, float>(pixels, shape, logits);     // a leased workspace, a pass from the plan, the result copied out, the lease ended
    long made = GC.GetAllocatedBytesForCurrentThread() - before;
    if (knowsThread.Value) Interlocked.Add(ref garbage, made);
    knowsThread.Value = true;
    Interlocked.Increment(ref answered);
    int digit = 0;
    for (int i = 1; i < logits.Length; i++)
    {
        if (logits[i] > logits[digit]) digit = i;
    }
    double sum = 0;                                     // of the softmax
    foreach (float logit in logits) sum += Math.Exp(logit - logits[digit]);
    return new Answer(digit, Math.Round(1 / sum, 4));
}

void Prepare()
{
    string? weights = configuration.GetPath("Service:Weights");
    if (File.Exists(weights))
    {
        run.Model.LoadState(weights);
        Console.WriteLine($"weights loaded from {weights}");
        return;
    }

    TrainResult result = run.Train();
    Console.WriteLine($"trained {result.Steps} steps, test accuracy {result.TestAccuracy:P2}");
    if (weights is not null) run.Model.SaveState(weights); // whole or not at all
}
