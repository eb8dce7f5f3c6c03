using System.Diagnostics.CodeAnalysis;
using Workspaces.Memory;

namespace Workspaces.Seams;

/// <summary>Errors of writing tokens, apart so that hot paths stay small.</summary>
internal static class SeamErrors
{
    [DoesNotReturn]
    internal static void ThrowLogit(int token, float logit) => throw new WorkspaceException(
        "choose the next token", nameof(TokenGenerator), $"the likeliest one, or one that is no number, is token {token} with {logit}",
        "look for the step of the training that made weights infinite or not a number, e.g. with a smaller learning rate");

    [DoesNotReturn]
    internal static void ThrowToken(long token, int position, int classes) => throw new ArgumentOutOfRangeException(nameof(token), WorkspaceException.Compose(
        $"begin with token {token}", nameof(TokenGenerator), $"it stands at position {position}, and tokens are 0 to {classes - 1}",
        "encode the beginning with the vocabulary that the model was trained on"));

    [DoesNotReturn]
    internal static void ThrowNothing(string asked) => throw new WorkspaceException(
        asked, nameof(TokenGenerator), "there is no token to go on from", "call Start with at least 1 token");
}
