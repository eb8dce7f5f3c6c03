namespace Workspaces.Memory.Budgets;

/// <summary>What came of asking everybody for pages that are not in use.</summary>
internal enum ReclaimOutcome
{
    /// <summary>There is room now.</summary>
    Room,

    /// <summary>Everybody was asked, and there is no room.</summary>
    Nothing,

    /// <summary>There is no room, but somebody was at work and could not be asked.</summary>
    Busy,
}
