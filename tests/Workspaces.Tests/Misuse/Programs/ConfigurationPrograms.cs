using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Memory.Configuration;
using Workspaces.Tests.Configuration;
using static Workspaces.Tests.Misuse.MisuseProgram;

namespace Workspaces.Tests.Misuse.Programs;

/// <summary>Keys that do not exist, values that are none, and values that contradict each other.</summary>
internal static class ConfigurationPrograms
{
    internal static IReadOnlyList<MisuseProgram> All { get; } =
    [
        Json("an unknown key", "Workspaces:step:MaxSice", """{ "step": { "MaxSice": "64 MiB" } }"""),
        Json("a policy that does not exist", "Workspaces:step:PolicySpill", """{ "step": { "PolicySpill": "Sometimes" } }"""),
        Json("a size that is none", "Workspaces:step:MaxSize", """{ "step": { "MaxSize": "many" } }"""),
        Json("a negative size in a file", "Workspaces:step:MaxSize", """{ "step": { "MaxSize": "-1" } }"""),
        Json("a size above what addresses reach", "Workspaces:step:MaxSize", """{ "step": { "MaxSize": "9000 TiB" } }"""),
        Json("MinSize above MaxSize", "it is above MaxSize = 1 MiB", """{ "step": { "MinSize": "2 MiB", "MaxSize": "1 MiB" } }"""),
        Json("everything spilled where nothing may", "PolicySpill = Fail, so every request would throw", """{ "step": { "DebugMode": "SpillEverything", "PolicySpill": "Fail" } }"""),
        Json("slots for what is no ring", "Workspaces:step:StepsNumber", """{ "step": { "StepsNumber": 4 } }"""),
        Json("nothing to learn and no memory to begin with", "so there is no memory", """{ "step": { "PolicyLearning": "None" } }"""),
        Json("a quota above the limit of the process", "it is above MemoryLimit = 1 MiB", """{ "Manager": { "MemoryLimit": "1 MiB", "Quotas": { "step": "2 MiB" } } }"""),
        Throws<ConfigurationException>("a workspace called Manager", "'Manager'", static world => world.Manager.Lease(new() { Name = "Manager" })),
        Throws<ConfigurationException>("a workspace called defaults", "'defaults'", static world => world.Manager.Lease(new() { Name = "defaults" })),
        Throws<ConfigurationException>("a name with a colon", "'a:b'", static world => world.Manager.Lease(new() { Name = "a:b" })),
        Throws<ConfigurationException>("a ring of one slot", "a ring has at least 2 slots", static world =>
            world.Manager.Lease(new() { PolicyReset = ResetPolicy.EndOfBufferReached, StepsNumber = 1 })),
        Throws<ConfigurationException>("a device asked for that may not be replaced", "this version knows no device", static world =>
            world.Manager.Lease(new() { PolicyMirroring = MirroringPolicy.Enabled, HelperAllowFallback = false })),
        Throws<WorkspaceException>("two configurations under one name", "MaxSize: ", static world =>
        {
            using (world.Manager.Lease(new() { Name = "one", MaxSize = 1 << 20 }))
            {
            }

            world.Manager.Lease(new() { Name = "one", MaxSize = 2 << 20 });
        }),
        Throws<ConfigurationException>("a run file that is no JSON", "run.json", static world => RunConfiguration.Load(world.File("run.json", "{ \"Model\": [ }"u8))),
        Throws<ConfigurationException>("a section that does not exist", "Modle", static world => RunConfiguration.Load(world.File("run.json", "{ \"Modle\": { } }"u8))),
        Throws<ConfigurationException>("a layer that does not exist", "Model:Layers:0", static world =>
        {
            RunConfiguration run = RunConfiguration.Load(world.File("run.json", """{ "Model": { "Layers": [ { "Type": "Liniar", "InFeatures": 4 } ] } }"""u8));
            new Components().Layers.CreateAll(run.Root.GetSection("Model:Layers"), run);
        }),
    ];

    private static MisuseProgram Json(string name, string says, string json) => Throws<ConfigurationException>(name, says, _ =>
    {
        var root = TestJson.Root($$"""{ "Workspaces": {{json}} }""");
        root.GetWorkspaces();
        root.GetWorkspaceManager();
    });
}
