namespace Workspaces.Cli.Bench;

/// <summary>
/// Another framework, run by a script of its own in a process of its own: <c>SCRIPT --case CASE --threads T …</c> prints one JSON line for each set-up with
/// <c>ms</c> or <c>us</c>, the median of a step, or with <c>error</c>.
/// </summary>
/// <param name="Name">The framework.</param>
/// <param name="Script">The file name of its script.</param>
/// <param name="Interpreters">Programs that may run it; the first that works is taken.</param>
/// <param name="Probe">An argument that makes an interpreter fail at once when it lacks the framework.</param>
/// <param name="Training">Whether it runs training steps, else inference.</param>
internal sealed record Peer(string Name, string Script, string[] Interpreters, string Probe, bool Training)
{
    private static readonly string[] Pythons = [Environment.GetEnvironmentVariable("WORKSPACES_PYTHON") ?? "python3", "/usr/bin/python3"];

    internal static readonly Peer[] All =
    [
        new("PyTorch", "torch_train.py", Pythons, "import torch", Training: true),
        new("PyTorch", "torch_infer.py", Pythons, "import torch", Training: false),
        new("ONNX Runtime", "ort_infer.js", ["node"], "require('onnxruntime-node')", Training: false),
    ];

    /// <summary>The arguments of every set-up in which a case is tried, the best of which counts.</summary>
    internal IEnumerable<(string Setup, string[] Arguments)> Setups(string name)
    {
        if (!Training && Script.EndsWith(".js", StringComparison.Ordinal))
        {
            yield return ("arena and pattern", ["--case", name, "--mem", "arena+pattern"]);
            yield break;
        }

        if (!Training)
        {
            foreach (string variant in (string[])["inference_mode", "script", "trace", "trace_opt"]) yield return (variant, ["--case", name, "--variant", variant]);
            yield break;
        }

        yield return ("contiguous", ["--case", name]);
        if (name is "lenet" or "vgg") yield return ("channels last", ["--case", $"{name}_cl"]);
    }

    /// <summary>Whether the framework knows a case at all.</summary>
    internal bool Knows(string name) => Training
        ? name is "mlp_sgd" or "mlp_adam" or "mlp_small_sgd" or "mlp_small_adam" or "lenet" or "vgg" or "lstm" or "gpt"
        : name is "mlp_small_b1" or "mlp_b1" or "mlp_b128" or "lenet_b1" or "lenet_b32" or "vgg_b1" or "vgg_b32" or "gpt_b1" or "gpt_b8";
}
