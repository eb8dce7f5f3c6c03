using System.Reflection;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>The names by which ops may appear in the errors of a line: those of the ops that the line calls, found out from its instructions.</summary>
internal static class OpNames
{
    /// <summary>Names of the public ops behind a delegate.</summary>
    public static HashSet<string> CalledBy(Delegate line)
    {
        var called = new CalledMethods();
        called.Add(line);
        return [.. called.Methods.Where(static method => IsOps(method.DeclaringType)).Select(static method => NameOf(method.Name))];
    }

    /// <summary>Whether ops are members of this type.</summary>
    public static bool IsOps(Type? type) => type is { IsSealed: true, IsAbstract: true, Namespace: "Workspaces.Ops", IsNested: false };

    /// <summary>The op's name; an operator is another way to write one.</summary>
    public static string NameOf(string method) => method switch
    {
        "op_Addition" => "Add",
        "op_Subtraction" => "Subtract",
        "op_Multiply" => "Multiply",
        "op_Division" => "Divide",
        "op_UnaryNegation" => "Negate",
        _ => method,
    };

    /// <summary>Every public op method.</summary>
    public static IEnumerable<MethodInfo> All => typeof(Workspaces.Ops.MatMulOps).Assembly.GetExportedTypes().Where(IsOps)
        .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
        .Where(static method => method.ReturnType == typeof(Tensor) || method.GetParameters().Any(static parameter => parameter.ParameterType == typeof(Tensor)));
}
