"""The mandatory primitives: what a backend must be able to compute.

Names and meanings are those of the Python Array API standard wherever it has one. Primitives are strict; core has done
the common work before it calls one:

* every tensor argument is a tensor of the backend (never a Python scalar, a list or a NumPy array);
* the tensors of one call have one dtype, unless the docstring says otherwise;
* an axis is an int with `0 <= axis < ndim`; `axis=None` means all axes; a tuple of axes is sorted and has no duplicate;
* a shape is a tuple of ints (backends that trace with unknown sizes also get scalar integer tensors of their own);
* all arguments come by position; nothing is broadcast except where "broadcasts" is said.

Unless the docstring says otherwise, the result has the dtype of the arguments, is a new value (an argument is never
changed) and "float" means float16, bfloat16, float32, float64, "inexact" means float or complex64, complex128.
dtypes are passed by their names (`"float32"`, `"bool"`, `"bfloat16"`, ...).
"""

from collections.abc import Sequence
from typing import Any, Final, Protocol, TypeAlias

Tensor: TypeAlias = Any
"""A tensor of the backend, opaque to core but for `.shape`, `.ndim` and `.dtype`."""

Axes: TypeAlias = tuple[int, ...] | None
Size: TypeAlias = int | Tensor


class Primitives(Protocol):
    """One method a primitive; a plugin answers with a mapping from these names to functions."""

    # creation and conversion

    def full(self, shape: tuple[Size, ...], fill_value: bool | int | float | complex, dtype: str) -> Tensor:
        """A tensor of `shape` in which each element is the Python scalar `fill_value`."""
        ...

    def arange(self, start: int | float, stop: int | float, step: int | float, dtype: str) -> Tensor:
        """1-D: `start`, `start + step`, ... up to and without `stop`; Python (or scalar tensor) bounds."""
        ...

    def astype(self, x: Tensor, dtype: str) -> Tensor:
        """Cast: float to integer truncates towards zero, nonzero to bool is True, complex to real drops `imag`."""
        ...

    def bitcast(self, x: Tensor, dtype: str) -> Tensor:
        """The same bits taken as numbers of another dtype of the same width; integers and floats."""
        ...

    # elementwise, one argument

    def abs(self, x: Tensor) -> Tensor:
        """Magnitude of numbers; of complex numbers the modulus in the real dtype of the same precision."""
        ...

    def negative(self, x: Tensor) -> Tensor:
        """`-x` of numbers; unsigned integers wrap."""
        ...

    def sign(self, x: Tensor) -> Tensor:
        """-1, 0 or 1 of real numbers (nan stays nan); `x / abs(x)`, 0 at 0, of complex numbers."""
        ...

    def exp(self, x: Tensor) -> Tensor:
        """`e ** x` of inexact numbers."""
        ...

    def expm1(self, x: Tensor) -> Tensor:
        """`exp(x) - 1` of inexact numbers, accurate near 0."""
        ...

    def log(self, x: Tensor) -> Tensor:
        """Natural logarithm of inexact numbers: -inf at 0, nan below 0."""
        ...

    def log1p(self, x: Tensor) -> Tensor:
        """`log(1 + x)` of inexact numbers, accurate near 0."""
        ...

    def sqrt(self, x: Tensor) -> Tensor:
        """Square root of inexact numbers, nan below 0."""
        ...

    def sin(self, x: Tensor) -> Tensor:
        """Sine of inexact numbers in radians."""
        ...

    def cos(self, x: Tensor) -> Tensor:
        """Cosine of inexact numbers in radians."""
        ...

    def tan(self, x: Tensor) -> Tensor:
        """Tangent of inexact numbers in radians."""
        ...

    def asin(self, x: Tensor) -> Tensor:
        """Inverse sine of inexact numbers, nan outside [-1, 1]."""
        ...

    def acos(self, x: Tensor) -> Tensor:
        """Inverse cosine of inexact numbers, nan outside [-1, 1]."""
        ...

    def atan(self, x: Tensor) -> Tensor:
        """Inverse tangent of inexact numbers."""
        ...

    def sinh(self, x: Tensor) -> Tensor:
        """Hyperbolic sine of inexact numbers."""
        ...

    def cosh(self, x: Tensor) -> Tensor:
        """Hyperbolic cosine of inexact numbers."""
        ...

    def tanh(self, x: Tensor) -> Tensor:
        """Hyperbolic tangent of inexact numbers."""
        ...

    def asinh(self, x: Tensor) -> Tensor:
        """Inverse hyperbolic sine of inexact numbers."""
        ...

    def acosh(self, x: Tensor) -> Tensor:
        """Inverse hyperbolic cosine of inexact numbers, nan below 1."""
        ...

    def atanh(self, x: Tensor) -> Tensor:
        """Inverse hyperbolic tangent of inexact numbers, nan outside [-1, 1]."""
        ...

    def floor(self, x: Tensor) -> Tensor:
        """Largest integer not above `x`, of floats."""
        ...

    def ceil(self, x: Tensor) -> Tensor:
        """Smallest integer not below `x`, of floats."""
        ...

    def round(self, x: Tensor) -> Tensor:
        """Nearest integer of floats, halves to even."""
        ...

    def trunc(self, x: Tensor) -> Tensor:
        """The nearest integer towards zero, of floats."""
        ...

    def isfinite(self, x: Tensor) -> Tensor:
        """Bool: neither nan nor infinite; of inexact numbers."""
        ...

    def isnan(self, x: Tensor) -> Tensor:
        """Bool: nan; of inexact numbers."""
        ...

    def isinf(self, x: Tensor) -> Tensor:
        """Bool: infinite, either sign; of inexact numbers."""
        ...

    def logical_not(self, x: Tensor) -> Tensor:
        """Negation of bools."""
        ...

    def bitwise_invert(self, x: Tensor) -> Tensor:
        """Each bit of integers (or bools) flipped."""
        ...

    def real(self, x: Tensor) -> Tensor:
        """Real part of complex numbers, in the float dtype of the same precision."""
        ...

    def imag(self, x: Tensor) -> Tensor:
        """Imaginary part of complex numbers, in the float dtype of the same precision."""
        ...

    def conj(self, x: Tensor) -> Tensor:
        """Complex conjugate."""
        ...

    def stop_gradient(self, x: Tensor) -> Tensor:
        """`x` itself, taken as a constant by differentiation."""
        ...

    # elementwise, two arguments of one dtype; each broadcasts

    def add(self, x1: Tensor, x2: Tensor) -> Tensor:
        """`x1 + x2`; integers wrap; bools: logical or."""
        ...

    def subtract(self, x1: Tensor, x2: Tensor) -> Tensor:
        """`x1 - x2` of numbers; integers wrap."""
        ...

    def multiply(self, x1: Tensor, x2: Tensor) -> Tensor:
        """`x1 * x2`; integers wrap; bools: logical and."""
        ...

    def divide(self, x1: Tensor, x2: Tensor) -> Tensor:
        """`x1 / x2` of inexact numbers, IEEE 754 at 0."""
        ...

    def floor_divide(self, x1: Tensor, x2: Tensor) -> Tensor:
        """`floor(x1 / x2)` of real numbers, for negative operands too."""
        ...

    def remainder(self, x1: Tensor, x2: Tensor) -> Tensor:
        """`x1 - x2 * floor_divide(x1, x2)` of real numbers: the sign of `x2`."""
        ...

    def pow(self, x1: Tensor, x2: Tensor) -> Tensor:
        """`x1 ** x2` of numbers."""
        ...

    def atan2(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Angle in (-pi, pi] of the point with ordinate `x1` and abscissa `x2`, floats."""
        ...

    def maximum(self, x1: Tensor, x2: Tensor) -> Tensor:
        """The larger of real numbers or bools; nan if either is."""
        ...

    def minimum(self, x1: Tensor, x2: Tensor) -> Tensor:
        """The smaller of real numbers or bools; nan if either is."""
        ...

    def equal(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Bool: `x1 == x2`, any dtype."""
        ...

    def not_equal(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Bool: `x1 != x2`, any dtype."""
        ...

    def less(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Bool: `x1 < x2` of real numbers or bools."""
        ...

    def less_equal(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Bool: `x1 <= x2` of real numbers or bools."""
        ...

    def greater(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Bool: `x1 > x2` of real numbers or bools."""
        ...

    def greater_equal(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Bool: `x1 >= x2` of real numbers or bools."""
        ...

    def logical_and(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Bools: both."""
        ...

    def logical_or(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Bools: either."""
        ...

    def logical_xor(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Bools: exactly one."""
        ...

    def bitwise_and(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Bits of integers or bools that are set in both."""
        ...

    def bitwise_or(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Bits of integers or bools that are set in either."""
        ...

    def bitwise_xor(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Bits of integers or bools that are set in exactly one."""
        ...

    def bitwise_left_shift(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Bits of the integers `x1` moved up by `0 <= x2 < width`, zeros shifted in."""
        ...

    def bitwise_right_shift(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Bits of the integers `x1` moved down by `0 <= x2 < width`; the sign of signed integers is kept."""
        ...

    def where(self, condition: Tensor, x1: Tensor, x2: Tensor) -> Tensor:
        """`x1` where the bool `condition` is True, else `x2`; the three broadcast."""
        ...

    # shape

    def shape(self, x: Tensor) -> tuple[Size, ...]:
        """The sizes: an int where it is known, a scalar integer tensor where it is only known when the graph runs."""
        ...

    def reshape(self, x: Tensor, shape: tuple[Size, ...]) -> Tensor:
        """The elements in row-major order in another shape; one size may be -1."""
        ...

    def permute_dims(self, x: Tensor, axes: tuple[int, ...]) -> Tensor:
        """Axis `i` of the result is axis `axes[i]` of `x`."""
        ...

    def broadcast_to(self, x: Tensor, shape: tuple[Size, ...]) -> Tensor:
        """`x` repeated along new leading axes and along axes of size 1."""
        ...

    def concat(self, arrays: Sequence[Tensor], axis: int) -> Tensor:
        """One or more tensors joined along an axis that they have."""
        ...

    def expand_dims(self, x: Tensor, axis: int) -> Tensor:
        """A new axis of size 1 at position `axis` of the result, `0 <= axis <= ndim`."""
        ...

    def squeeze(self, x: Tensor, axis: tuple[int, ...]) -> Tensor:
        """Without the named axes, each of size 1."""
        ...

    def flip(self, x: Tensor, axis: Axes) -> Tensor:
        """Order reversed along the axes."""
        ...

    # indexing, sorting

    def slice(self, x: Tensor, start: tuple[int, ...], stop: tuple[int | None, ...], step: tuple[int, ...]) -> Tensor:
        """`x[start[0]:stop[0]:step[0], ...]` with one entry an axis.

        Steps are positive; `0 <= start`, and `stop` is None for "to the end"; bounds past the end are clamped.
        """
        ...

    def take(self, x: Tensor, indices: Tensor, axis: int) -> Tensor:
        """Elements of `x` along `axis` at 1-D integer `indices`, all in `[0, size)`."""
        ...

    def take_along_axis(self, x: Tensor, indices: Tensor, axis: int) -> Tensor:
        """`x` matched with integer `indices` of the same rank along `axis`; the other axes have equal sizes."""
        ...

    def nonzero(self, x: Tensor) -> tuple[Tensor, ...]:
        """int32 indices, one 1-D tensor an axis, of the nonzero elements in row-major order; `ndim >= 1`."""
        ...

    def sort(self, x: Tensor, axis: int) -> Tensor:
        """Ascending along `axis`, nan last; real numbers or bools."""
        ...

    def argsort(self, x: Tensor, axis: int) -> Tensor:
        """int32 indices that sort ascending along `axis`; equal elements keep their order; nan last."""
        ...

    def argmax(self, x: Tensor, axis: int, keepdims: bool) -> Tensor:
        """int32 index of the first largest element along `axis`; the first nan where there is one."""
        ...

    def argmin(self, x: Tensor, axis: int, keepdims: bool) -> Tensor:
        """int32 index of the first smallest element along `axis`; the first nan where there is one."""
        ...

    # reduction

    def sum(self, x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
        """Sum of numbers in their own dtype (no widening), 0 over nothing."""
        ...

    def prod(self, x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
        """Product of numbers in their own dtype (no widening), 1 over nothing."""
        ...

    def max(self, x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
        """Largest of real numbers, nan if any is; never over nothing."""
        ...

    def min(self, x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
        """Smallest of real numbers, nan if any is; never over nothing."""
        ...

    def all(self, x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
        """Whether all bools are True; True over nothing."""
        ...

    def any(self, x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
        """Whether any bool is True; False over nothing."""
        ...

    def cumulative_sum(self, x: Tensor, axis: int) -> Tensor:
        """Running sum of numbers along `axis`, the element itself included, in their own dtype."""
        ...

    def cumulative_prod(self, x: Tensor, axis: int) -> Tensor:
        """Running product of numbers along `axis`, the element itself included, in their own dtype."""
        ...

    # linear algebra

    def matmul(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Matrix product of numbers over the last two axes; 1-D as in the Array API; leading axes broadcast."""
        ...

    def cholesky(self, x: Tensor) -> Tensor:
        """Lower-triangular `L` with `L @ L^H = x`, for `(..., n, n)` Hermitian positive definite inexact matrices."""
        ...

    def qr(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Reduced `Q` of `(..., m, k)` and upper-triangular `R` of `(..., k, n)`, `k = min(m, n)`."""
        ...

    def svd(self, x: Tensor, full_matrices: bool) -> tuple[Tensor, Tensor, Tensor]:
        """`U`, descending real singular values `S`, and `V^H` of `(..., m, n)` inexact matrices."""
        ...

    def eigh(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Ascending real eigenvalues, and eigenvectors in columns, of Hermitian `(..., n, n)` inexact matrices."""
        ...

    def solve(self, x1: Tensor, x2: Tensor) -> Tensor:
        """`x` with `x1 @ x = x2`: `(..., n, n)` and `(..., n, k)` inexact, leading axes equal."""
        ...

    def slogdet(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Sign and natural logarithm of the absolute determinant of `(..., n, n)` inexact matrices."""
        ...

    # Fourier

    def fft(self, x: Tensor) -> Tensor:
        """Discrete Fourier transform of complex numbers along the last axis, no normalization."""
        ...

    def ifft(self, x: Tensor) -> Tensor:
        """Inverse of `fft`: divided by the length of the last axis."""
        ...


PRIMITIVE_NAMES: Final[tuple[str, ...]] = tuple(name for name in vars(Primitives) if not name.startswith("_"))
"""The names of the mandatory primitives, in the order in which this page lists them."""
