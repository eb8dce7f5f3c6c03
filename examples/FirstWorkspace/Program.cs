// A workspace, a tensor in it, and what happens to both. Settings: configs/first-workspace.json, or another file as first
// argument; other arguments are settings, e.g. Workspaces:first:InitialSize=1MiB. It prints
//
//   sum of a 32×32 tensor of twos: 2048
//   inside the pass:
//   [[2.5 2.5 2.5 2.5]
//    [2.5 2.5 2.5 2.5]]
//   after the pass: Cannot run Sum on a tensor, asked by tensor float32[2, 32] made by Add in pass 2: …
//   workspace 'first' (Learning, pass 2, … of … bytes)
using Workspaces.Hosting.Configuration;

RunConfiguration run = Example.Load(args, "first-workspace.json");
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
