using Workspaces.Ops;

namespace Workspaces.Tests.Ops;

/// <summary>References of convolution and pooling: nested loops over doubles, as the definitions are written.</summary>
internal static class Loops
{
    /// <summary>[n, c, l] as [n, c, 1, l].</summary>
    public static NdArray Plane(NdArray x) => x.Reshape(x.Dims[0], x.Dims[1], 1, x.Dims[2]);

    /// <summary>[n, c, 1, l] as [n, c, l].</summary>
    public static NdArray Line(NdArray x) => x.Reshape(x.Dims[0], x.Dims[1], x.Dims[3]);

    /// <summary>Convolution of a[0] with a[1], plus a[2] where there is one.</summary>
    public static NdArray Convolve(NdArray[] a, Size2 stride, Size2 padding, Size2 dilation, int groups)
    {
        int[] x = a[0].Dims, w = a[1].Dims;
        int rows = Positions(x[2], w[2], stride.Height, padding.Height, dilation.Height), columns = Positions(x[3], w[3], stride.Width, padding.Width, dilation.Width);
        return NdArray.Build([x[0], w[0], rows, columns], i =>
        {
            double sum = a.Length > 2 ? a[2].Data[i[1]] : 0;
            Taps(w, (c, ky, kx) =>
            {
                int row = (i[2] * stride.Height) - padding.Height + (ky * dilation.Height), column = (i[3] * stride.Width) - padding.Width + (kx * dilation.Width);
                int channel = (i[1] / (w[0] / groups) * w[1]) + c;
                if (row >= 0 && row < x[2] && column >= 0 && column < x[3]) sum += a[0][i[0], channel, row, column] * a[1][i[1], c, ky, kx];
            });
            return sum;
        });
    }

    /// <summary>Every input element adds the weight, times itself, to the output.</summary>
    public static NdArray ConvolveTransposed(NdArray[] a, Size2 stride, Size2 padding, Size2 outputPadding, Size2 dilation, int groups)
    {
        int[] x = a[0].Dims, w = a[1].Dims;
        int rows = ((x[2] - 1) * stride.Height) - (2 * padding.Height) + (dilation.Height * (w[2] - 1)) + outputPadding.Height + 1;
        int columns = ((x[3] - 1) * stride.Width) - (2 * padding.Width) + (dilation.Width * (w[3] - 1)) + outputPadding.Width + 1;
        NdArray y = NdArray.Build([x[0], w[1] * groups, rows, columns], i => a.Length > 2 ? a[2].Data[i[1]] : 0);
        for (int flat = 0; flat < a[0].Data.Length; flat++)
        {
            int[] i = a[0].IndexOf(flat);
            Taps(w, (c, ky, kx) =>
            {
                int row = (i[2] * stride.Height) - padding.Height + (ky * dilation.Height), column = (i[3] * stride.Width) - padding.Width + (kx * dilation.Width);
                int channel = (i[1] / (x[1] / groups) * w[1]) + c;
                if (row >= 0 && row < rows && column >= 0 && column < columns) y[i[0], channel, row, column] += a[0].Data[flat] * a[1][i[1], c, ky, kx];
            });
        }

        return y;
    }

    /// <summary>Folds the elements of each window; they are given as a list, padding left out.</summary>
    public static NdArray Pool(NdArray x, Size2 kernel, Size2 stride, Size2 padding, Size2 dilation, Func<List<double>, double> fold)
    {
        int[] d = x.Dims;
        int rows = Positions(d[2], kernel.Height, stride.Height, padding.Height, dilation.Height);
        int columns = Positions(d[3], kernel.Width, stride.Width, padding.Width, dilation.Width);
        return NdArray.Build([d[0], d[1], rows, columns], i =>
        {
            var inside = new List<double>();
            Taps([0, 1, kernel.Height, kernel.Width], (_, ky, kx) =>
            {
                int row = (i[2] * stride.Height) - padding.Height + (ky * dilation.Height), column = (i[3] * stride.Width) - padding.Width + (kx * dilation.Width);
                if (row >= 0 && row < d[2] && column >= 0 && column < d[3]) inside.Add(x[i[0], i[1], row, column]);
            });
            return fold(inside);
        });
    }

    /// <summary>Folds windows that cover the plane.</summary>
    public static NdArray Adaptive(NdArray x, Size2 size, Func<List<double>, double> fold) => NdArray.Build([x.Dims[0], x.Dims[1], size.Height, size.Width], i =>
    {
        var inside = new List<double>();
        for (int row = i[2] * x.Dims[2] / size.Height; row < Math.Ceiling((i[2] + 1.0) * x.Dims[2] / size.Height); row++)
        {
            for (int column = i[3] * x.Dims[3] / size.Width; column < Math.Ceiling((i[3] + 1.0) * x.Dims[3] / size.Width); column++)
                inside.Add(x[i[0], i[1], row, column]);
        }

        return fold(inside);
    });

    /// <summary>Linear between elements, one axis after the other.</summary>
    public static NdArray Linear(NdArray x, Size2 size, bool alignCorners) => AlongRows(AlongRows(x, size.Height, alignCorners).Permute(0, 1, 3, 2), size.Width, alignCorners).Permute(0, 1, 3, 2);

    private static NdArray AlongRows(NdArray x, int outputs, bool alignCorners) => NdArray.Build([x.Dims[0], x.Dims[1], outputs, x.Dims[3]], i =>
    {
        int size = x.Dims[2];
        double place = alignCorners ? (outputs == 1 ? 0 : i[2] * (size - 1.0) / (outputs - 1)) : Math.Max(0, ((i[2] + 0.5) * size / outputs) - 0.5);
        int first = Math.Min((int)Math.Floor(place), size - 1), second = Math.Min(first + 1, size - 1);
        double share = place - first;
        return (x[i[0], i[1], first, i[3]] * (1 - share)) + (x[i[0], i[1], second, i[3]] * share);
    });

    private static int Positions(int size, int window, int stride, int padding, int dilation) => ((size + (2 * padding) - (dilation * (window - 1)) - 1) / stride) + 1;

    private static void Taps(int[] w, Action<int, int, int> visit)
    {
        for (int c = 0; c < w[1]; c++)
        {
            for (int ky = 0; ky < w[2]; ky++)
            {
                for (int kx = 0; kx < w[3]; kx++) visit(c, ky, kx);
            }
        }
    }
}
