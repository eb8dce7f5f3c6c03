namespace Workspaces.Kernels.Team;

/// <summary>Which threads a job is worth.</summary>
internal enum TeamReach
{
    /// <summary>All: those that sleep are woken.</summary>
    All,

    /// <summary>All, while waking those that sleep pays (see <see cref="TeamWaking"/>).</summary>
    Paying,

    /// <summary>As <see cref="Paying"/>, if none is far (see <see cref="TeamDistance"/>).</summary>
    Near,

    /// <summary>Those that are awake, if none is far.</summary>
    Awake,
}
