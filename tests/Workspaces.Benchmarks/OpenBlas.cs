using System.Runtime.InteropServices;

namespace Workspaces.Benchmarks;

/// <summary>
/// The matrix product of OpenBLAS, where the machine has that library: the file that OPENBLAS_LIBRARY names, or what the loader finds by the usual names. It runs
/// with one thread; OPENBLAS_CORETYPE=SkylakeX asks it for its AVX-512 kernels on processors that it does not know.
/// </summary>
internal sealed unsafe class OpenBlas : IDisposable
{
    private const int RowMajor = 101, NotTransposed = 111, Transposed = 112;
    private readonly nint _library;
    private readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _multiply;

    private OpenBlas(nint library)
    {
        _library = library;
        ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads"))(1);
        _multiply = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)
            NativeLibrary.GetExport(library, "cblas_sgemm");
    }

    /// <summary>The library of this machine; null when it has none.</summary>
    internal static OpenBlas? Find()
    {
        string[] names = Environment.GetEnvironmentVariable("OPENBLAS_LIBRARY") is { Length: > 0 } path ? [path] : ["libopenblas.so.0", "openblas", "libopenblas"];
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint library)) return new OpenBlas(library);
        }

        return null;
    }

    /// <summary>C = op(A) op(B) of row-major matrices without gaps between their rows.</summary>
    internal void Multiply(int m, int n, int k, float* a, bool transposeA, float* b, bool transposeB, float* c) => _multiply(
        RowMajor, transposeA ? Transposed : NotTransposed, transposeB ? Transposed : NotTransposed, m, n, k, 1, a, transposeA ? m : k, b, transposeB ? k : n, 0, c, n);

    public void Dispose() => NativeLibrary.Free(_library);
}
