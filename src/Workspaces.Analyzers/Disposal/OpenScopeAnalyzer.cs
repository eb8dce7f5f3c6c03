using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Workspaces.Analyzers.Disposal;

/// <summary>WS0001: finds what opens a workspace, pass or lease and leaves it to nobody to close.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OpenScopeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.OpenScope);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        if (context is null) throw new ArgumentNullException(nameof(context));
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (WorkspaceSymbols.Of(start.Compilation) is { } symbols)
                start.RegisterOperationAction(action => Check(action, symbols), OperationKind.Invocation);
        });
    }

    private static void Check(OperationAnalysisContext context, WorkspaceSymbols symbols)
    {
        var creation = (IInvocationOperation)context.Operation;
        if (symbols.KindOf(creation.TargetMethod) == ScopeKind.None || Owners.IsExpectedToThrow(creation)) return;
        if (IsLeftOpen(creation, symbols, context)) context.ReportDiagnostic(Diagnostic.Create(Rules.OpenScope, creation.Syntax.GetLocation(), creation.TargetMethod.Name));
    }

    /// <summary>Follows the value outward to whoever takes it.</summary>
    private static bool IsLeftOpen(IInvocationOperation creation, WorkspaceSymbols symbols, OperationAnalysisContext context)
    {
        IOperation child = creation;
        for (IOperation? parent = creation.Parent; parent is not null; (child, parent) = (parent, parent.Parent))
        {
            switch (parent)
            {
                case IConversionOperation or IParenthesizedOperation or IAwaitOperation or IVariableInitializerOperation or ICoalesceOperation:
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" }:
                case IConditionalAccessOperation access when access.WhenNotNull == child:
                case IConditionalOperation choice when choice.Condition != child:
                    continue;
                case IPropertyReferenceOperation { Property: { Name: "Pass", ContainingType.Name: "ThreadPass" } }:
                    continue;
                case IExpressionStatementOperation:
                    return true;
                case IVariableDeclaratorOperation declarator when declarator.Symbol.Type.Name is "ValueTask" or "Task":
                    return false; // awaited later: what comes of it is not followed
                case IVariableDeclaratorOperation declarator:
                    return !IsUsing(declarator) && !OwnedVariable.IsClosed(declarator.Symbol, creation, symbols, context);
                case IAssignmentOperation assignment when assignment.Value == child:
                    return IsLeftOpenIn(assignment.Target, creation, symbols, context);
                case IFieldInitializerOperation field:
                    return !field.InitializedFields.All(Owners.Closes);
                case IPropertyInitializerOperation property:
                    return !property.InitializedProperties.All(Owners.Closes);
                case IArgumentOperation argument:
                    return !Owners.Takes(argument, symbols);
                case IInvocationOperation call when call.Instance == child:
                    return !call.IsEnd(out _);
                case IMemberReferenceOperation:
                    return true;
                default:
                    return false;
            }
        }

        return false;
    }

    private static bool IsLeftOpenIn(IOperation target, IInvocationOperation creation, WorkspaceSymbols symbols, OperationAnalysisContext context) => target switch
    {
        IDiscardOperation => true,
        ILocalReferenceOperation local => !OwnedVariable.IsClosed(local.Local, creation, symbols, context),
        IFieldReferenceOperation field => !Owners.Closes(field.Field),
        IPropertyReferenceOperation property => !Owners.Closes(property.Property),
        _ => false,
    };

    private static bool IsUsing(IVariableDeclaratorOperation declarator) => declarator.Parent?.Parent?.Parent is IUsingOperation or IUsingDeclarationOperation;
}
