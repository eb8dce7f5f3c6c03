using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Workspaces.Mutation;

/// <summary>
/// Writes every mutant of a file into it, each behind a switch: <c>a &lt; b</c> becomes <c>(MutationSwitch.Is(7) ? a &lt;= b : a &lt; b)</c>, a statement
/// <c>if (!MutationSwitch.Is(8)) statement</c>. So one build serves all. Texts, constants, patterns and what runs once for the process are left alone.
/// </summary>
internal sealed class Mutations(string file, int firstId, HashSet<int> dropped) : CSharpSyntaxRewriter
{
    internal const string Mark = "mutant";

    private SyntaxNode? _bare; // an expression that must stay a statement of its own

    internal int NextId { get; private set; } = firstId;

    internal List<Mutant> Mutants { get; } = [];

    public override SyntaxNode? VisitAttributeList(AttributeListSyntax node) => node;

    public override SyntaxNode? VisitInterpolatedStringExpression(InterpolatedStringExpressionSyntax node) => node;

    public override SyntaxNode? VisitEqualsValueClause(EqualsValueClauseSyntax node) => node.Parent is ParameterSyntax or EnumMemberDeclarationSyntax ? node : base.VisitEqualsValueClause(node);

    public override SyntaxNode? VisitFieldDeclaration(FieldDeclarationSyntax node) =>
        node.Modifiers.Any(SyntaxKind.ConstKeyword) || node.Modifiers.Any(SyntaxKind.StaticKeyword) ? node : base.VisitFieldDeclaration(node);

    public override SyntaxNode? VisitLocalDeclarationStatement(LocalDeclarationStatementSyntax node) => node.IsConst ? node : base.VisitLocalDeclarationStatement(node);

    public override SyntaxNode? VisitConstantPattern(ConstantPatternSyntax node) => node;

    public override SyntaxNode? VisitRelationalPattern(RelationalPatternSyntax node) => node;

    public override SyntaxNode? VisitCaseSwitchLabel(CaseSwitchLabelSyntax node) => node;

    public override SyntaxNode? VisitThrowExpression(ThrowExpressionSyntax node) => node;

    public override SyntaxNode? VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        _bare = node.Expression;
        var rest = (StatementSyntax)base.VisitExpressionStatement(node)!;
        if (node.Expression is AssignmentExpressionSyntax a && Opposite(a.Kind()) is { } kind)
        {
            ExpressionSyntax other = AssignmentExpression(kind.Kind, a.Left, Token(kind.Token), a.Right);
            rest = Switched(node, "assignment", other, id => IfStatement(Is(id), ExpressionStatement(other), ElseClause(rest))) as StatementSyntax ?? rest;
        }
        else if (node.Expression is PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax && Turned(node.Expression) is { } turned)
        {
            rest = Switched(node, "step", turned, id => IfStatement(Is(id), ExpressionStatement(turned), ElseClause(rest))) as StatementSyntax ?? rest;
        }

        return Removed(node, rest);
    }

    public override SyntaxNode? VisitReturnStatement(ReturnStatementSyntax node) => node.Expression is null ? Removed(node, node) : base.VisitReturnStatement(node);

    public override SyntaxNode? VisitContinueStatement(ContinueStatementSyntax node) => Removed(node, node);

    public override SyntaxNode? VisitBreakStatement(BreakStatementSyntax node) => node.Parent is SwitchSectionSyntax ? node : Removed(node, node);

    public override SyntaxNode? VisitThrowStatement(ThrowStatementSyntax node) => Removed(node, node);

    public override SyntaxNode? VisitForStatement(ForStatementSyntax node)
    {
        var declaration = (VariableDeclarationSyntax?)Visit(node.Declaration); // a step taken away only runs into the time limit: left alone
        return node.Update(node.AttributeLists, node.ForKeyword, node.OpenParenToken, declaration, node.Initializers, node.FirstSemicolonToken,
            (ExpressionSyntax?)Visit(node.Condition), node.SecondSemicolonToken, node.Incrementors, node.CloseParenToken, (StatementSyntax)Visit(node.Statement));
    }

    public override SyntaxNode? VisitIfStatement(IfStatementSyntax node)
    {
        var rest = (IfStatementSyntax)base.VisitIfStatement(node)!;
        return rest.WithCondition(Negated(node.Condition, rest.Condition));
    }

    public override SyntaxNode? VisitWhileStatement(WhileStatementSyntax node)
    {
        var rest = (WhileStatementSyntax)base.VisitWhileStatement(node)!;
        return rest.WithCondition(Negated(node.Condition, rest.Condition));
    }

    public override SyntaxNode? VisitConditionalExpression(ConditionalExpressionSyntax node)
    {
        var rest = (ConditionalExpressionSyntax)base.VisitConditionalExpression(node)!;
        return rest.WithCondition(Negated(node.Condition, rest.Condition));
    }

    public override SyntaxNode? VisitBinaryExpression(BinaryExpressionSyntax node)
    {
        var rest = (ExpressionSyntax)base.VisitBinaryExpression(node)!;
        foreach ((SyntaxKind kind, SyntaxKind token) in Operators.Others(node.Kind()))
            rest = Chosen(node, "operator", BinaryExpression(kind, node.Left, Token(token), node.Right), rest);
        return rest;
    }

    public override SyntaxNode? VisitPrefixUnaryExpression(PrefixUnaryExpressionSyntax node)
    {
        bool bare = ReferenceEquals(_bare, node);
        var rest = (ExpressionSyntax)base.VisitPrefixUnaryExpression(node)!;
        if (bare) return rest;
        if (node.Kind() is SyntaxKind.LogicalNotExpression or SyntaxKind.UnaryMinusExpression or SyntaxKind.BitwiseNotExpression) return Chosen(node, "sign", node.Operand, rest);
        return Turned(node) is { } turned ? Chosen(node, "step", turned, rest) : rest;
    }

    public override SyntaxNode? VisitPostfixUnaryExpression(PostfixUnaryExpressionSyntax node)
    {
        bool bare = ReferenceEquals(_bare, node);
        var rest = (ExpressionSyntax)base.VisitPostfixUnaryExpression(node)!;
        return !bare && Turned(node) is { } turned ? Chosen(node, "step", turned, rest) : rest;
    }

    public override SyntaxNode? VisitLiteralExpression(LiteralExpressionSyntax node) => node.Kind() switch
    {
        SyntaxKind.NumericLiteralExpression => Chosen(node, "constant", ParenthesizedExpression(BinaryExpression(SyntaxKind.AddExpression, node, One)), node),
        SyntaxKind.TrueLiteralExpression => Chosen(node, "constant", LiteralExpression(SyntaxKind.FalseLiteralExpression), node),
        SyntaxKind.FalseLiteralExpression => Chosen(node, "constant", LiteralExpression(SyntaxKind.TrueLiteralExpression), node),
        _ => node,
    };

    public override SyntaxNode? VisitInvocationExpression(InvocationExpressionSyntax node)
    {
        bool bare = ReferenceEquals(_bare, node);
        if (node.Expression is IdentifierNameSyntax { Identifier.Text: "nameof" }) return node;
        var rest = (ExpressionSyntax)base.VisitInvocationExpression(node)!;
        if (bare || node.Expression is not MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Math" } } call) return rest;
        string? other = call.Name.Identifier.Text switch { "Min" => "Max", "Max" => "Min", _ => null };
        return other is null ? rest : Chosen(node, "call", node.WithExpression(call.WithName(IdentifierName(other))), rest);
    }

    private static LiteralExpressionSyntax One => LiteralExpression(SyntaxKind.NumericLiteralExpression, Literal(1));

    private static InvocationExpressionSyntax Is(int id) => (InvocationExpressionSyntax)ParseExpression($"global::MutationSwitch.Is({id})");

    private static (SyntaxKind Kind, SyntaxKind Token)? Opposite(SyntaxKind kind) => kind switch
    {
        SyntaxKind.AddAssignmentExpression => (SyntaxKind.SubtractAssignmentExpression, SyntaxKind.MinusEqualsToken),
        SyntaxKind.SubtractAssignmentExpression => (SyntaxKind.AddAssignmentExpression, SyntaxKind.PlusEqualsToken),
        SyntaxKind.OrAssignmentExpression => (SyntaxKind.AndAssignmentExpression, SyntaxKind.AmpersandEqualsToken),
        SyntaxKind.AndAssignmentExpression => (SyntaxKind.OrAssignmentExpression, SyntaxKind.BarEqualsToken),
        _ => null,
    };

    private static ExpressionSyntax? Turned(ExpressionSyntax node) => node.Kind() switch
    {
        SyntaxKind.PreIncrementExpression => PrefixUnaryExpression(SyntaxKind.PreDecrementExpression, ((PrefixUnaryExpressionSyntax)node).Operand),
        SyntaxKind.PreDecrementExpression => PrefixUnaryExpression(SyntaxKind.PreIncrementExpression, ((PrefixUnaryExpressionSyntax)node).Operand),
        SyntaxKind.PostIncrementExpression => PostfixUnaryExpression(SyntaxKind.PostDecrementExpression, ((PostfixUnaryExpressionSyntax)node).Operand),
        SyntaxKind.PostDecrementExpression => PostfixUnaryExpression(SyntaxKind.PostIncrementExpression, ((PostfixUnaryExpressionSyntax)node).Operand),
        _ => null,
    };

    /// <summary>A variable made inside a choice would not be known after it.</summary>
    private static bool Declares(SyntaxNode node) => node.DescendantNodesAndSelf().Any(static n => n is VariableDesignationSyntax);

    private ExpressionSyntax Negated(ExpressionSyntax original, ExpressionSyntax rest)
    {
        bool isPlain = original is BinaryExpressionSyntax b && !b.IsKind(SyntaxKind.LogicalAndExpression) && !b.IsKind(SyntaxKind.LogicalOrExpression);
        if (isPlain || original is PrefixUnaryExpressionSyntax) return rest; // their own mutants do the same
        return Chosen(original, "condition", PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, ParenthesizedExpression(original)), rest);
    }

    private ExpressionSyntax Chosen(ExpressionSyntax original, string kind, ExpressionSyntax mutated, ExpressionSyntax rest)
    {
        if (Declares(original)) return rest;
        return (ExpressionSyntax?)Switched(original, kind, mutated, id => ParenthesizedExpression(ConditionalExpression(Is(id), ParenthesizedExpression(mutated), ParenthesizedExpression(rest)))) ?? rest;
    }

    private StatementSyntax Removed(StatementSyntax original, StatementSyntax rest)
    {
        if (Declares(original)) return rest;
        return (StatementSyntax?)Switched(original, "removal", null, id => Block(IfStatement(PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, Is(id)), rest))) ?? rest;
    }

    private SyntaxNode? Switched(SyntaxNode original, string kind, SyntaxNode? mutated, Func<int, SyntaxNode> make)
    {
        int id = NextId++;
        if (dropped.Contains(id)) return null;
        int line = original.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
        Mutants.Add(new Mutant(id, file, line, kind, Text(original), mutated is null ? "" : Text(mutated)));
        return make(id).NormalizeWhitespace(elasticTrivia: true).WithAdditionalAnnotations(new SyntaxAnnotation(Mark, $"{id}"));
    }

    private static string Text(SyntaxNode node) => string.Join(' ', node.NormalizeWhitespace().ToString().Split((char[])[' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries));
}
