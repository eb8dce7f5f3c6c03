using System.Reflection;
using System.Reflection.Emit;

namespace Workspaces.Tests.Ops;

/// <summary>Finds out from its instructions which methods a delegate calls, through helper methods of the tests and delegates that it has captured.</summary>
internal sealed class CalledMethods
{
    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!).ToDictionary(static code => code.Value);

    private readonly HashSet<MethodBase> _seen = [];

    /// <summary>Everything that was called, the tests' own methods too.</summary>
    public IReadOnlyCollection<MethodBase> Methods => _seen;

    public void Add(Delegate start)
    {
        Add(start.Method);
        AddCaptured(start.Target, depth: 0);
    }

    /// <summary>Delegates among the variables of a closure, and of closures in it.</summary>
    private void AddCaptured(object? closure, int depth)
    {
        if (closure is null || depth > 4 || closure.GetType().Assembly != typeof(CalledMethods).Assembly) return;
        foreach (FieldInfo field in closure.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            object? value = field.GetValue(closure);
            if (value is Delegate captured) Add(captured.Method);
            if (value is Delegate { Target: { } target }) AddCaptured(target, depth + 1);
            else if (field.FieldType.Name.Contains("DisplayClass", StringComparison.Ordinal)) AddCaptured(value, depth + 1);
        }
    }

    /// <summary>Everything that a method calls, and what tests call in turn.</summary>
    public void Add(MethodBase method)
    {
        if (!_seen.Add(method) || method.DeclaringType?.Assembly != typeof(CalledMethods).Assembly) return;
        foreach (MethodBase called in DirectlyFrom(method)) Add(called);
    }

    /// <summary>The methods that the instructions of one method call.</summary>
    public static List<MethodBase> DirectlyFrom(MethodBase method)
    {
        List<MethodBase> called = [];
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code) return called;
        Type[]? types = method.DeclaringType is { IsGenericType: true } generic ? generic.GetGenericArguments() : null;
        Type[]? arguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (int at = 0; at < code.Length;)
        {
            short value = code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at];
            OpCode instruction = OpCodesByValue[value];
            at += instruction.Size;
            if (instruction.OperandType == OperandType.InlineMethod)
                called.Add(method.Module.ResolveMethod(BitConverter.ToInt32(code, at), types, arguments)!);
            at += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }

        return called;
    }
}
