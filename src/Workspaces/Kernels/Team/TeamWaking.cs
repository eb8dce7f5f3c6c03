namespace Workspaces.Kernels.Team;

/// <summary>
/// Whether waking threads has paid for itself lately. Waking takes the caller 10 microseconds, and the thread begins 50 to 80 later: one job of middle size seldom wins that
/// back, the jobs that follow while the thread is awake do. So when few jobs followed, most of the next occasions are left out, until one of them shows otherwise.
/// Like <see cref="TeamDistance"/> it decides only who computes.
/// </summary>
internal sealed class TeamWaking
{
    /// <summary>Jobs that must have found the threads awake since they were woken.</summary>
    private const int JobsToPay = 4;

    /// <summary>Occasions of which one is taken when waking has not paid.</summary>
    private const int OccasionsApart = 16;

    private int _served = JobsToPay;
    private int _leftOut;

    /// <summary>Whether to wake threads for a job of middle size. Callers may race here: then one wakes them a little sooner or later.</summary>
    public bool Pays() => _served >= JobsToPay || ++_leftOut >= OccasionsApart;

    /// <summary>Counts a job for which threads were woken, or that found them awake. One caller at a time.</summary>
    public void Count(bool woken)
    {
        if (woken) (_served, _leftOut) = (0, 0);
        else if (_served < JobsToPay) _served++;
    }
}
