using Microsoft.CodeAnalysis.CSharp;

namespace Workspaces.Mutation;

/// <summary>What each operator is exchanged for.</summary>
internal static class Operators
{
    private static readonly (SyntaxKind, SyntaxKind) Less = (SyntaxKind.LessThanExpression, SyntaxKind.LessThanToken);
    private static readonly (SyntaxKind, SyntaxKind) LessOrEqual = (SyntaxKind.LessThanOrEqualExpression, SyntaxKind.LessThanEqualsToken);
    private static readonly (SyntaxKind, SyntaxKind) Greater = (SyntaxKind.GreaterThanExpression, SyntaxKind.GreaterThanToken);
    private static readonly (SyntaxKind, SyntaxKind) GreaterOrEqual = (SyntaxKind.GreaterThanOrEqualExpression, SyntaxKind.GreaterThanEqualsToken);

    /// <summary>The operators that may stand in its place; none for those that are left alone.</summary>
    internal static (SyntaxKind Kind, SyntaxKind Token)[] Others(SyntaxKind kind) => kind switch
    {
        SyntaxKind.LessThanExpression => [LessOrEqual, GreaterOrEqual],
        SyntaxKind.LessThanOrEqualExpression => [Less, Greater],
        SyntaxKind.GreaterThanExpression => [GreaterOrEqual, LessOrEqual],
        SyntaxKind.GreaterThanOrEqualExpression => [Greater, Less],
        SyntaxKind.EqualsExpression => [(SyntaxKind.NotEqualsExpression, SyntaxKind.ExclamationEqualsToken)],
        SyntaxKind.NotEqualsExpression => [(SyntaxKind.EqualsExpression, SyntaxKind.EqualsEqualsToken)],
        SyntaxKind.LogicalAndExpression => [(SyntaxKind.LogicalOrExpression, SyntaxKind.BarBarToken)],
        SyntaxKind.LogicalOrExpression => [(SyntaxKind.LogicalAndExpression, SyntaxKind.AmpersandAmpersandToken)],
        SyntaxKind.AddExpression => [(SyntaxKind.SubtractExpression, SyntaxKind.MinusToken)],
        SyntaxKind.SubtractExpression => [(SyntaxKind.AddExpression, SyntaxKind.PlusToken)],
        SyntaxKind.MultiplyExpression => [(SyntaxKind.DivideExpression, SyntaxKind.SlashToken)],
        SyntaxKind.DivideExpression => [(SyntaxKind.MultiplyExpression, SyntaxKind.AsteriskToken)],
        SyntaxKind.ModuloExpression => [(SyntaxKind.MultiplyExpression, SyntaxKind.AsteriskToken)],
        SyntaxKind.BitwiseAndExpression => [(SyntaxKind.BitwiseOrExpression, SyntaxKind.BarToken)],
        SyntaxKind.BitwiseOrExpression => [(SyntaxKind.BitwiseAndExpression, SyntaxKind.AmpersandToken)],
        SyntaxKind.LeftShiftExpression => [(SyntaxKind.RightShiftExpression, SyntaxKind.GreaterThanGreaterThanToken)],
        SyntaxKind.RightShiftExpression => [(SyntaxKind.LeftShiftExpression, SyntaxKind.LessThanLessThanToken)],
        SyntaxKind.UnsignedRightShiftExpression => [(SyntaxKind.LeftShiftExpression, SyntaxKind.LessThanLessThanToken)],
        SyntaxKind.ExclusiveOrExpression => [(SyntaxKind.BitwiseOrExpression, SyntaxKind.BarToken)],
        _ => [],
    };
}
