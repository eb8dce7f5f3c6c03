// A workspace, a tensor in it, and what happens to both. The configuration lies in configs/first-workspace.json.
using Workspaces.Hosting.Configuration;

RunConfiguration run = RunConfiguration.Load(Path.Combine(AppContext.BaseDirectory, "configs", "first-workspace.json"), args);
WorkspaceConfiguration configuration = run.Root.GetWorkspace("first");

// The same without a file: WorkspaceManager.Create(new() { InitialSize = 1L << 30, PolicyMirroring = MirroringPolicy.HostOnly }).
using (Workspace workspace = WorkspaceManager.Create(configuration))
{
    using Tensor input = workspace.MemoryManager.Allocate(DType.F32, 32, 32);
    input.AddInPlace(1).MultiplyInPlace(2);
    Console.WriteLine($"sum of a 32×32 tensor of twos: {input.Sum().Item()}");

    Tensor escaped;
    using (workspace.Enter())
    {
        escaped = input.Slice(0, 0, 2).Add(0.5);        // dies with its pass …
        Console.WriteLine($"inside the pass:\n{escaped.Slice(1, 0, 4)}");
    }

    try
    {
#pragma warning disable WS0003                          // the compiler knows it as well; here it is done on purpose
        Console.WriteLine(escaped.Sum().Item());        // … so this throws and says why
#pragma warning restore WS0003
    }
    catch (StaleAccessException error)
    {
        Console.WriteLine($"after the pass: {error.Message}");
    }

    Console.WriteLine(workspace);
}
