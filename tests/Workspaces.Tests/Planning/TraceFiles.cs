using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

/// <summary>The recorded traces beside these tests.</summary>
internal static class TraceFiles
{
    internal static readonly string[] Names = ["mlp_b128_train_sgdm", "lenet5_b64_train_adam", "gpt_mini_b8_infer", "minimalloc_A"];

    internal static string Folder => Path.Combine(TestFolders.Root, "tests", "Workspaces.Tests", "Planning", "traces");

    internal static string PathOf(string name) => Path.Combine(Folder, name + ".csv");

    internal static PlanningProblem Read(string name) => TraceCsv.Read(PathOf(name));
}
