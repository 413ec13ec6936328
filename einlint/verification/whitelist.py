"""The names that an expression may reach, by receiver kind. Everything else is refused.

Filtering names by their look is no defence (`torch.ops.load_library` has no underscore), so this is a
list of what is allowed. Nothing random, no file, no module, no callable argument, no uninitialised memory.
"""

from __future__ import annotations

MODULES = {
    "torch": "torch", "np": "numpy", "numpy": "numpy", "F": "torch.nn.functional", "math": "math", "einops": "einops",
    "nn": "torch.nn",
}  # fmt: skip

_EINOPS = "rearrange reduce repeat einsum pack unpack parse_shape asnumpy".split()
_BUILTINS = """
abs all any bool complex enumerate float int len list max min range reversed round slice sorted sum tuple zip
""".split()
_PLAIN_LAYERS = """
AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AvgPool1d AvgPool2d
AvgPool3d ChannelShuffle CircularPad1d CircularPad2d ConstantPad1d ConstantPad2d CosineSimilarity ELU Flatten Fold
GELU GLU GroupNorm Hardswish Hardtanh Identity L1Loss LayerNorm LeakyReLU LogSoftmax MSELoss MaxPool1d MaxPool2d
MaxPool3d Mish PairwiseDistance PixelShuffle PixelUnshuffle RMSNorm ReLU ReLU6 ReflectionPad1d ReflectionPad2d
ReplicationPad1d ReplicationPad2d SELU SiLU Sigmoid Softmax Softmin Softplus Tanh Unflatten Unfold Upsample ZeroPad1d
ZeroPad2d
""".split()
LAYERS = frozenset(
    {"einops.layers.torch.Rearrange", "einops.layers.torch.Reduce", *(f"torch.nn.{name}" for name in _PLAIN_LAYERS)}
)
_EINMIX = "einops.layers.torch.EinMix"
# Their weights are random: they exist only for `torch.func.functional_call`, which is given the weights.
_WEIGHTED = "Bilinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d Linear".split()
WEIGHTED_LAYERS = frozenset({_EINMIX, *(f"torch.nn.{name}" for name in _WEIGHTED)})

BARE = {
    **{name: f"einops.{name}" for name in _EINOPS},
    **{name: f"builtins.{name}" for name in _BUILTINS},
    "EinMix": _EINMIX,
    "Rearrange": "einops.layers.torch.Rearrange",
    "Reduce": "einops.layers.torch.Reduce",
    "Ellipsis": "builtins.Ellipsis",
}

# Works the same as torch.f(x) and x.f().
_TORCH_BOTH = """
abs absolute acos acosh add addbmm addcdiv addcmul addmm addmv addr all allclose amax amin aminmax angle any arccos
arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argsort argwhere asin asinh atan atan2 atanh baddbmm
bincount bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor bmm broadcast_to ceil
chunk clamp clamp_max clamp_min clip clone conj conj_physical copysign corrcoef cos cosh count_nonzero cov cross
cummax cummin cumprod cumsum deg2rad det diag diag_embed diagflat diagonal diagonal_scatter diff digamma dist div
divide dot dsplit eq equal erf erfc erfinv exp exp2 expm1 fix flatten flip fliplr flipud float_power floor
floor_divide fmax fmin fmod frac gather gcd ge greater greater_equal gt heaviside histc hsplit hypot i0 imag index_add
index_copy index_fill index_select inner inverse is_complex is_floating_point is_nonzero isclose isfinite isinf isnan
isneginf isposinf isreal kron kthvalue lcm ldexp le lerp less less_equal lgamma log log10 log1p log2 log_softmax
logaddexp logaddexp2 logcumsumexp logdet logical_and logical_not logical_or logical_xor logit logsumexp lt masked_fill
masked_scatter masked_select matmul matrix_exp matrix_power max maximum mean median min minimum mm mode moveaxis
movedim msort mul multiply mv nan_to_num nanmean nanmedian nanquantile nansum narrow narrow_copy ne neg negative
nextafter nonzero norm not_equal numel outer permute pinverse polygamma positive pow prod put quantile rad2deg ravel
real reciprocal relu remainder renorm repeat_interleave reshape resolve_conj resolve_neg roll rot90 round rsqrt
scatter scatter_add scatter_reduce select select_scatter sgn sigmoid sign signbit sin sinc sinh slice_scatter slogdet
softmax sort split split_with_sizes sqrt square squeeze std sub subtract sum svd swapaxes swapdims t take
take_along_dim tan tanh tensor_split tile topk trace transpose triangular_solve tril triu true_divide trunc unbind
unflatten unique unique_consecutive unsafe_chunk unsafe_split unsqueeze var vdot vsplit where xlogy
""".split()
_TORCH_ONLY = """
adaptive_avg_pool1d arange as_tensor atleast_1d atleast_2d atleast_3d avg_pool1d bilinear block_diag broadcast_shapes
broadcast_tensors bucketize can_cast cartesian_prod cat cdist celu chain_matmul channel_shuffle column_stack
combinations complex concat concatenate conv1d conv2d conv3d conv_transpose1d conv_transpose2d cosine_similarity
cumulative_trapezoid dstack einsum eye fft.fft fft.fft2 fft.fftfreq fft.fftn fft.fftshift fft.ifft fft.ifft2 fft.ifftn
fft.ifftshift fft.irfft fft.rfft fft.rfftfreq finfo full full_like func.functional_call gradient group_norm
hann_window hstack iinfo is_tensor isin layer_norm linalg.cholesky linalg.cond linalg.cross linalg.det linalg.diagonal
linalg.eigh linalg.eigvalsh linalg.inv linalg.matmul linalg.matrix_exp linalg.matrix_norm linalg.matrix_power
linalg.matrix_rank linalg.multi_dot linalg.norm linalg.pinv linalg.qr linalg.slogdet linalg.solve
linalg.solve_triangular linalg.svdvals linalg.tensorinv linalg.tensorsolve linalg.vander linalg.vecdot
linalg.vector_norm linspace logspace max_pool1d max_pool2d meshgrid native_channel_shuffle ones ones_like
pairwise_distance pixel_shuffle pixel_unshuffle polar prelu promote_types result_type rms_norm row_stack scalar_tensor
searchsorted selu special.entr special.erf special.expit special.expm1 special.log1p special.log_softmax special.logit
special.logsumexp special.softmax special.xlogy stack std_mean tensor tensordot threshold trapezoid trapz tril_indices
triu_indices unravel_index vander var_mean view_as_complex view_as_real vstack zeros zeros_like
""".split()
_FUNCTIONAL = """
adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d
adaptive_max_pool3d affine_grid avg_pool1d avg_pool2d avg_pool3d batch_norm bilinear binary_cross_entropy
binary_cross_entropy_with_logits celu channel_shuffle conv1d conv2d conv3d conv_transpose1d conv_transpose2d
conv_transpose3d cosine_embedding_loss cosine_similarity cross_entropy elu embedding fold gaussian_nll_loss gelu glu
grid_sample group_norm hardshrink hardsigmoid hardswish hardtanh hinge_embedding_loss huber_loss instance_norm
interpolate kl_div l1_loss layer_norm leaky_relu linear local_response_norm log_softmax logsigmoid lp_pool1d lp_pool2d
margin_ranking_loss max_pool1d max_pool2d max_pool3d mish mse_loss multi_margin_loss multilabel_margin_loss
multilabel_soft_margin_loss native_channel_shuffle nll_loss normalize one_hot pad pairwise_distance pdist
pixel_shuffle pixel_unshuffle poisson_nll_loss prelu relu relu6 rms_norm scaled_dot_product_attention selu sigmoid
silu smooth_l1_loss soft_margin_loss softmax softmin softplus softshrink softsign tanh tanhshrink threshold
triplet_margin_loss unfold upsample
""".split()
_TORCH_METHODS = """
abs_ add_ addcmul_ addmm_ as_strided bfloat16 bool byte cdouble ceil_ cfloat char clamp_ clamp_max_ clamp_min_ clip_
contiguous copy_ cos_ cpu cumsum_ data detach dim div_ divide_ double element_size exp_ expand expand_as fill_
fill_diagonal_ float floor_ floor_divide_ half index_add_ index_copy_ index_fill_ index_put index_put_ int
is_contiguous is_floating_point is_signed item log_ log_softmax logical_not_ long masked_fill_ masked_scatter_ mul_
multiply_ mvlgamma ndimension neg_ nelement new_full new_ones new_tensor new_zeros numpy pow_ reciprocal_ relu_
remainder_ repeat requires_grad_ reshape_as round_ scatter_ scatter_add_ short sigmoid_ sin_ size softmax sqrt_
square_ squeeze_ stride sub_ subtract_ sum_to_size swapaxes_ swapdims_ t_ tanh_ to tolist transpose_ tril_ triu_ type
type_as unfold unsqueeze_ view view_as zero_
""".split()
_TORCH_PROPERTIES = """
H T data device dtype imag is_leaf itemsize layout mH mT nbytes ndim real requires_grad shape
""".split()
_TORCH_DTYPES = """
bfloat16 bool cdouble cfloat complex128 complex64 double float float16 float32 float64 half int int16 int32 int64 int8
long short uint16 uint32 uint64 uint8
""".split()
_TORCH_CONSTANTS = """
channels_last channels_last_3d contiguous_format e inf nan newaxis pi preserve_format strided
""".split()

_NUMPY_BOTH = """
all any argmax argmin argsort clip compress conj conjugate copy cumprod cumsum diagonal max mean min nonzero prod
ravel repeat reshape round searchsorted squeeze std sum swapaxes take trace transpose var
""".split()
_NUMPY_FUNCTIONS = """
abs absolute acos acosh add add.accumulate add.outer add.reduce add.reduceat allclose amax amin angle append arange
arccos arccosh arcsin arcsinh arctan arctan2 arctanh argpartition argwhere around array array_equal array_split
asarray ascontiguousarray asfortranarray astype atleast_1d atleast_2d atleast_3d average bincount bitwise_and
bitwise_not bitwise_or bitwise_xor block broadcast_arrays broadcast_shapes broadcast_to cbrt ceil choose column_stack
concat concatenate convolve copysign copyto corrcoef correlate cos cosh count_nonzero cov cross cumulative_prod
cumulative_sum deg2rad degrees delete diag diag_indices diagflat diff digitize divide divmod dot dsplit dstack ediff1d
einsum einsum_path equal exp exp2 expand_dims expm1 extract eye fabs fft.fft fft.fft2 fft.fftfreq fft.fftn
fft.fftshift fft.ifft fft.ifft2 fft.ifftn fft.ifftshift fft.irfft fft.rfft fill_diagonal finfo fix flatnonzero flip
fliplr flipud float_power floor floor_divide fmax fmin fmod full full_like gcd geomspace gradient greater
greater_equal heaviside histogram hsplit hstack hypot i0 identity iinfo imag indices inner insert interp intersect1d
invert isclose iscomplexobj isfinite isin isinf isnan isneginf isposinf isreal isrealobj isscalar ix_ kron lcm ldexp
left_shift less less_equal lexsort lib.stride_tricks.sliding_window_view linalg.cholesky linalg.cond linalg.cross
linalg.det linalg.diagonal linalg.eigh linalg.eigvalsh linalg.inv linalg.matmul linalg.matrix_norm linalg.matrix_power
linalg.matrix_rank linalg.matrix_transpose linalg.multi_dot linalg.norm linalg.outer linalg.pinv linalg.qr
linalg.slogdet linalg.solve linalg.svdvals linalg.tensordot linalg.tensorinv linalg.tensorsolve linalg.trace
linalg.vecdot linalg.vector_norm linspace log log10 log1p log2 logaddexp logaddexp2 logical_and logical_and.reduce
logical_not logical_or logical_or.reduce logical_xor logspace matmul matrix_transpose matvec maximum
maximum.accumulate maximum.outer maximum.reduce median meshgrid minimum minimum.reduce mod moveaxis multiply
multiply.accumulate multiply.outer multiply.reduce nan_to_num nanargmax nanargmin nancumprod nancumsum nanmax nanmean
nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar ndim negative nextafter not_equal ones
ones_like outer packbits pad partition percentile permute_dims place polyval positive power promote_types ptp put
put_along_axis putmask quantile rad2deg radians ravel_multi_index real reciprocal remainder resize result_type
right_shift rint roll rollaxis rot90 row_stack select setdiff1d shape sign signbit sin sinc sinh size sort split sqrt
square stack subtract subtract.outer take_along_axis tan tanh tensordot tile trapezoid tri tril tril_indices triu
triu_indices true_divide trunc union1d unique unravel_index unstack unwrap vander vdot vecdot vecmat vsplit vstack
where zeros zeros_like
""".split()
_NUMPY_METHODS = "astype dot fill flatten item put sort tolist view byteswap partition argpartition choose".split()
_NUMPY_PROPERTIES = "shape dtype ndim size T mT real imag itemsize nbytes strides".split()
_NUMPY_DTYPES = """
bool bool_ complex128 complex64 double float16 float32 float64 half int16 int32 int64 int8 int_ intp single uint
uint16 uint32 uint64 uint8
""".split()
_NUMPY_CONSTANTS = "inf nan pi e newaxis euler_gamma".split()

_MATH = """
acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh degrees dist exp exp2 expm1 fabs floor fmod fsum
gcd hypot isclose isfinite isinf isnan isqrt lcm log log10 log1p log2 pow prod radians remainder sin sinh sqrt tan
tanh trunc
""".split()


def _under(module: str, *names: list[str]) -> frozenset[str]:
    return frozenset(f"{module}.{name}" for group in names for name in group)


FUNCTIONS = (
    _under("torch", _TORCH_BOTH, _TORCH_ONLY)
    | _under("torch.nn.functional", _FUNCTIONAL)
    | _under("numpy", _NUMPY_BOTH, _NUMPY_FUNCTIONS, _NUMPY_DTYPES)
    | _under("math", _MATH)
    | _under("einops", _EINOPS)
    | _under("builtins", _BUILTINS)
    | LAYERS
    | WEIGHTED_LAYERS
    | {"torch.Size"}
)
DTYPE_NAMES = frozenset({"int", "float", "bool", "complex"})
CONSTANTS = (
    _under("torch", _TORCH_DTYPES, _TORCH_CONSTANTS)
    | _under("numpy", _NUMPY_DTYPES, _NUMPY_CONSTANTS)
    | _under("math", ["pi", "e", "inf", "nan", "tau"])
    | _under("builtins", ["Ellipsis", *sorted(DTYPE_NAMES)])
)

METHODS = {
    "tensor": frozenset(_TORCH_BOTH) | frozenset(_TORCH_METHODS),
    "ndarray": frozenset(_NUMPY_BOTH) | frozenset(_NUMPY_METHODS),
    "size": frozenset({"numel", "index", "count"}),
    "sequence": frozenset({"index", "count"}),
    "layer": frozenset({"__call__"}),
    "dict": frozenset({"keys", "values", "items", "get"}),
    "number": frozenset({"is_integer", "conjugate"}),
    "scalar dtype": frozenset({"to_real", "to_complex"}),
}
PROPERTIES = {
    "tensor": frozenset(_TORCH_PROPERTIES),
    "ndarray": frozenset(_NUMPY_PROPERTIES),
    "result": frozenset(
        "values indices min max U S Vh V Q R L eigenvalues eigenvectors sign logabsdet solution std var mean".split()
        + "counts inverse_indices all_counts unique_values".split()
    ),
    "number": frozenset({"real", "imag"}),
    "limits": frozenset("min max eps tiny smallest_normal resolution bits dtype".split()),
    "scalar dtype": frozenset("itemsize is_floating_point is_complex is_signed kind name type".split()),
}
ANY_METHOD = frozenset().union(*METHODS.values()) - {"__call__"}
ANY_PROPERTY = frozenset().union(*PROPERTIES.values())

# `out=` writes where the caller says, `like=` picks code by its argument, a generator is random.
REFUSED_KEYWORDS = frozenset({"out", "generator", "like"})
