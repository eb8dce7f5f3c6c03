/// <summary>The section "Otlp" of the run file.</summary>
internal sealed record OtlpOptions
{
    /// <summary>Where a collector listens, by OTLP over HTTP.</summary>
    public string Endpoint { get; init; } = "http://127.0.0.1:4318";

    /// <summary>Seconds between two exports of metrics; one more is made at the end.</summary>
    public int Seconds { get; init; } = 5;

    /// <summary>How long one export may take.</summary>
    public int TimeoutSeconds { get; init; } = 2;
}
