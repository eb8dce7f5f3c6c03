namespace Workspaces.Hosting.Logging;

/// <summary>The ids of all log lines. They are stable: a line keeps its id, and an id is never given to another line.</summary>
public static class LogEvents
{
    /// <summary>The memory core warns of something; the text names the remedy.</summary>
    public const int FindingWarning = 1001;

    /// <summary>The memory core notes something.</summary>
    public const int FindingNote = 1002;

    /// <summary>Passes run on a plan from now on, or on another one, with the reason.</summary>
    public const int PlanMade = 1010;

    /// <summary>Requests of a pass were served outside the arena, with the reason.</summary>
    public const int PassSpilled = 1011;

    /// <summary>Requests of a pass were not what its plan expected.</summary>
    public const int PassDeviated = 1012;

    /// <summary>A training run begins.</summary>
    public const int TrainingBegins = 2001;

    /// <summary>A training step was taken.</summary>
    public const int StepTaken = 2002;

    /// <summary>A training run goes on from a checkpoint.</summary>
    public const int TrainingResumes = 2003;

    /// <summary>The model was validated between two steps.</summary>
    public const int Validated = 2004;

    /// <summary>A checkpoint was written.</summary>
    public const int CheckpointWritten = 2005;

    /// <summary>An epoch is complete.</summary>
    public const int EpochEnded = 2006;

    /// <summary>The loss of an epoch is not a number.</summary>
    public const int LossNotFinite = 2007;

    /// <summary>A training run has ended.</summary>
    public const int TrainingEnded = 2008;

    /// <summary>A batch is larger than the training data.</summary>
    public const int BatchCut = 2009;

    /// <summary>A run has more threads than the machine has processors.</summary>
    public const int ThreadsAboveProcessors = 2010;

    /// <summary>A host has its workspaces.</summary>
    public const int HostStarted = 3001;

    /// <summary><c>workspaces top</c> can attach.</summary>
    public const int TopListens = 3002;

    /// <summary><c>workspaces top</c> cannot attach; the text names the remedy.</summary>
    public const int TopRefused = 3003;
}
