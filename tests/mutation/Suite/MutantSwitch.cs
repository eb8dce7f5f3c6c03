using System.Reflection;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Tests.Mutation;

/// <summary>The switch that the mutator has compiled into the program: which mutant is on, and which were passed.</summary>
internal static class MutantSwitch
{
    private static readonly Type Class = typeof(WorkspaceManager).Assembly.GetType("MutationSwitch")
        ?? typeof(DType).Assembly.GetType("MutationSwitch")
        ?? throw new InvalidOperationException("The assemblies beside this program hold no mutants. Start the mutator, which builds them in.");

    private static readonly FieldInfo Active = Class.GetField("Active")!;

    internal static bool[] Hits { get; } = (bool[])Class.GetField("Hits")!.GetValue(null)!;

    /// <summary>Switches one mutant on; 0 for none.</summary>
    internal static void Set(int id) => Active.SetValue(null, id);
}
