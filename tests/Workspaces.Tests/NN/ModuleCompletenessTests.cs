using System.Reflection;
using Workspaces.Memory;
using Workspaces.NN;
using Workspaces.Tensors;
using Module = Workspaces.NN.Module;

namespace Workspaces.Tests.NN;

/// <summary>No module and no loss without a line in a table of <see cref="ModuleConformance{TTable}"/>.</summary>
public sealed class ModuleCompletenessTests
{
    private static readonly Dictionary<Type, string> Elsewhere = new()
    {
        [typeof(ModuleList)] = "it runs nothing: ModuleTests, and SequenceModuleTests for its names",
    };

    [Fact]
    public void Every_module_and_loss_has_a_line_in_a_table_or_a_reason_why_not()
    {
        using var manager = new WorkspaceManager();
        var tested = new HashSet<Type>();
        IEnumerable<ModuleCase> cases = typeof(ModuleCompletenessTests).Assembly.GetTypes()
            .Where(static type => !type.IsAbstract && typeof(IModuleTable).IsAssignableFrom(type))
            .SelectMany(static type => (ModuleCase[])type.GetProperty(nameof(IModuleTable.Cases), BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!);
        foreach (ModuleCase line in cases)
        {
            using Module module = line.Make(DType.F32, manager);
            Walk(module, tested);
        }

        Type[] all = [.. typeof(Module).Assembly.GetExportedTypes().Where(static type =>
            type is { IsAbstract: false, Namespace: "Workspaces.NN" } && (type.IsSubclassOf(typeof(Module)) || type.Name.EndsWith("Loss", StringComparison.Ordinal)))];
        Assert.True(all.Length > 50, $"{all.Length} modules were found.");
        Assert.Equal("", string.Join(", ", all.Where(type => !tested.Contains(type) && !Elsewhere.ContainsKey(type)).Select(static type => type.Name)));
        Assert.DoesNotContain(Elsewhere.Keys, tested.Contains);
    }

    private static void Walk(Module module, HashSet<Type> tested)
    {
        tested.Add(module is LossModule loss ? loss.Loss.GetType() : module.GetType());
        foreach (Module child in module.Children) Walk(child, tested);
    }
}
