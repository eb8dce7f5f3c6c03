// A service that starts planned: one run learns the memory of an inference call and saves the plan, the next one loads it before its first call.
// Settings: configs/planned-service.json, or another file as first argument; other arguments are settings, e.g. Workspaces:serve:Lifetimes=Released. It prints
//
//   first run: nothing known
//     call 1: class …, Learning, 0 deviations
//     call 2: class …, Planned, 0 deviations
//     call 3: class …, Planned, 0 deviations
//     learning took … bytes, the plan takes … bytes
//   second run: plans loaded
//     call 1: class …, Planned, 0 deviations
//     call 2: class …, Planned, 0 deviations
//     call 3: class …, Planned, 0 deviations
//     learning took 0 bytes, the plan takes … bytes
using Workspaces.Hosting.Configuration;

RunConfiguration configuration = Example.Load(args, "planned-service.json");
string plans = Path.Combine(Path.GetTempPath(), $"planned-service-{Environment.ProcessId}.json");
try
{
    Serve("first run");
    Serve("second run");
}
finally
{
    File.Delete(plans);
}

void Serve(string run)
{
    using var manager = new WorkspaceManager();                 // a process of its own, as far as memory is concerned
    using var model = new Sequential(new Linear(784, 512, manager: manager), new ReLU(), new Linear(512, 10, manager: manager));
    model.Initialize((ulong)configuration.GetOptions<TrainingOptions>(TrainingOptions.Section).Seed);
    model.Eval();
    using Workspace workspace = manager.Lease(configuration.Root.GetWorkspace("serve"));
    bool known = File.Exists(plans) && workspace.LoadPlans(plans) > 0;
    Console.WriteLine($"{run}: {(known ? "plans loaded" : "nothing known")}");
    for (int call = 1; call <= 3; call++)
    {
        long answer = Answer(workspace, model);
        Console.WriteLine($"  call {call}: class {answer}, {workspace.State}, {workspace.Deviations} deviations");
    }

    Console.WriteLine($"  learning took {workspace.LearningPeakBytes} bytes, the plan takes {workspace.PlannedPeakBytes} bytes");
    workspace.SavePlans(plans);
}

static long Answer(Workspace workspace, Module model)
{
    using Pass pass = workspace.Enter();
    using NoGradScope off = Gradients.Off();
    Tensor pixels = Tensor.Full([16, 784], 0.5);
    return model.Forward(pixels).ArgMax().Select(0, 0).Item<long>();
}
