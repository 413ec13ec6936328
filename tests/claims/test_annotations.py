"""What annotations say, as a table: the annotation and its reading."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einlint.claims.annotations import read_annotation
from einlint.claims.model import Claim, Reading
from einlint.claims.strings import read_jaxtyping, read_nptyping
from tests.claims.showing import axes, show

JAXTYPING = "Float Int Bool Shaped Float32 UInt8 BFloat16 Num Key Array ArrayLike PyTree Scalar ScalarLike PRNGKeyArray"
TYPING = "Any Optional Union Annotated Literal Sequence Tuple List Dict Final"
IMPORTS = {
    **{name: f"jaxtyping.{name}" for name in JAXTYPING.split()},
    **{name: f"typing.{name}" for name in TYPING.split()},
    **{name: name for name in ("torch", "jax", "nptyping")},
    "np": "numpy",
    "jt": "jaxtyping",
    "Tensor": "torch.Tensor",
    "TensorType": "torchtyping.TensorType",
    "NDArray": "nptyping.NDArray",
    "Shape": "nptyping.Shape",
    "F": "project.tensor_typing.Float",
    "ProjectInt": "project.shapes.Int",
    "Column": "sqlalchemy.Float",
}
ASSIGNED = {
    "Image": "Float[Tensor, 'h w c']",
    "Images": "Float[Image, 'b']",
    "MaybeImage": "Optional[Image]",
    "Itself": "list[Itself]",
    "Big": "tuple[Bigger, Bigger]",
    "Bigger": "tuple[Big, Big]",
    "CHANNELS": "3",
    "GRID": "'h w'",
    "LOOP": "f'{LOOP} {LOOP}'",
    "N": "TypeVar('N')",
    "Other": "SomeClass",
    "Bare": "TorchTyping(Float)",
}


def lookup(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return IMPORTS.get(node.id)
    base = lookup(node.value) if isinstance(node, ast.Attribute) else None
    return f"{base}.{node.attr}" if isinstance(node, ast.Attribute) and base else None


def alias(name: str) -> ast.expr | None:
    return ast.parse(ASSIGNED[name], mode="eval").body if name in ASSIGNED else None


def read(text: str) -> Reading:
    return read_annotation(ast.parse(text, mode="eval").body, lookup, alias)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        # jaxtyping
        ("Float[Tensor, 'b n d']", "float torch [b n d]"),
        ("Float[Tensor, ' n']", "float torch [n]"),
        ("Float[Tensor, '']", "float torch []"),
        ("jt.Float[torch.Tensor, 'b 3']", "float torch [b 3]"),
        ("Float32[np.ndarray, '... d']", "float32 numpy [... d]"),
        ("UInt8[jax.Array, '*b h=4 #w _ _c']", "uint8 jax [*b h=4 #w _ _]"),
        ("BFloat16[Array, '#*b n-1']", "bfloat16 jax [#*b n-1]"),
        ("Shaped[ArrayLike, 'b (h*w)']", "[b h*w]"),
        ("Num[Any, 'n {self.dim}']", "num [n {self.dim}]"),
        ("Int[Tensor | np.ndarray, 'n']", "int [n]"),
        ("Int[Union[Tensor, torch.nn.Parameter], 'n']", "int torch [n]"),
        ("Bool['Tensor', 'n']", "bool torch [n]"),
        ("\"Float[Tensor, 'b n']\"", "float torch [b n]"),
        ("Float[Tensor, 'b, n']", "-"),
        ("Float[Tensor, '... *b']", "-"),
        ("Float[Tensor, 'b', 'n']", "-"),
        ("Float[Tensor, n]", "-"),
        ("Float[Tensor, GRID]", "float torch [h w]"),
        ("Float[Tensor, 'b ' + GRID]", "float torch [b h w]"),
        ("Float[Tensor, f'b {CHANNELS} {GRID}']", "float torch [b 3 h w]"),
        ("Float[Tensor, f'b {unknown}']", "float torch [b ...]"),
        ("Float[Tensor, f'{CHANNELS:03d} b']", "float torch [... b]"),
        ("Float[Tensor, f'b 2*{unknown}']", "-"),
        ("Float[Tensor, f'{first} {second}']", "-"),
        ("Float[Tensor, LOOP]", "-"),
        # nested and aliased
        ("Image", "float torch [h w c]"),
        ("Images", "float torch [b h w c]"),
        ("Shaped[Image, 'b']", "float torch [b h w c]"),
        ("Num[Image, '*b']", "float torch [*b h w c]"),
        ("Float[Shaped[Tensor, '*n'], 'b']", "float torch [b *n]"),
        ("Float[Float[Tensor, '*n'], '...']", "-"),
        ("Int[Image, 'b']", "-"),
        ("Float[MaybeImage, 'b']", "float torch [b h w c]"),
        ("Float[Image | Tensor, 'b']", "float torch [b h w c] | float [b]"),
        ("MaybeImage", "float torch [h w c] | no tensor"),
        ("Itself", "-"),
        ("Other", "-"),
        ("Scalar", "jax []"),
        ("ScalarLike", "[]"),
        ("PRNGKeyArray", "key jax [] | uint32 jax [2]"),
        # projects that rename it
        ("F['b n d']", "float [b n d]"),
        ("F[Tensor, 'b n d']", "float torch [b n d]"),
        ("ProjectInt['b']", "int [b]"),
        ("Float64['b n']", "float64 [b n]"),
        ("Column['b n']", "-"),
        ("F[b]", "-"),
        ("Bare['b n']", "-"),
        # containers
        ("Image | None", "float torch [h w c] | no tensor"),
        ("None | Image | Images", "float torch [h w c] | float torch [b h w c] | no tensor"),
        ("Image | Image", "float torch [h w c]"),
        ("Image | int", "float torch [h w c] | no tensor"),
        ("Image | Tensor", "float torch [h w c] | -"),
        ("Union[Image, MaybeImage, Literal['a']]", "float torch [h w c] | no tensor"),
        ("Optional[Tensor]", "-"),
        ("tuple[Image, int]", "tuple(float torch [h w c], -)"),
        ("Tuple[Image, ...]", "list(float torch [h w c])"),
        ("tuple[()]", "tuple()"),
        ("tuple[int, int]", "tuple(-, -)"),
        ("tuple[*Images]", "-"),
        ("list['Image']", "list(float torch [h w c])"),
        ("Sequence[Image | None]", "list(float torch [h w c] | no tensor)"),
        ("dict[str, list[Image]]", "dict(list(float torch [h w c]))"),
        ("Final[Image]", "float torch [h w c]"),
        ("PyTree[Float[Tensor, '?n b']]", "tree(float torch [?n b])"),
        ("PyTree[Image, 'T']", "tree(float torch [h w c])"),
        ("list[int]", "-"),
        ("Callable[[Image], Image]", "-"),
        # torchtyping
        ("TensorType['batch', 3, float]", "float torch [batch 3]"),
        ("TensorType['b', ..., 'c': CHANNELS, -1]", "torch [b ... c=3 _]"),
        ("TensorType['b': ..., 'n', torch.float32]", "float32 torch [*b n]"),
        ("TensorType[torch.long]", "int64 torch []"),
        ("TensorType['b n']", "-"),
        ("TensorType['a': 'b']", "-"),
        # nptyping
        ("NDArray[Shape['2, N, ...'], nptyping.Float]", "float numpy [2 N ...]"),
        ("NDArray[Shape['* x, 3 rows, [x, y]'], Any]", "numpy [_ rows=3 2]"),
        ("NDArray[Literal['*, *'], nptyping.UInt8]", "uint8 numpy [_ _]"),
        ("NDArray[Any, nptyping.Float]", "-"),
        ("np.typing.NDArray[np.float32]", "-"),
        # Annotated
        ("Annotated[Tensor, 'b n d']", "torch [b n d]"),
        ("Annotated[Tensor, 'batch seq_len 3']", "torch [batch seq_len 3]"),
        ("Annotated[Tensor, '(b, n, d)']", "torch [b n d]"),
        ("Annotated[np.ndarray, 'B (H W) C']", "numpy [B H*W C]"),
        ("Annotated[Tensor, ('b', 'n', 3)]", "torch [b n 3]"),
        ("Annotated[Tensor, 'a mask of the input']", "-"),
        ("Annotated[Tensor, 'logits']", "-"),
        ("Annotated[str, 'b n d']", "-"),
        ("Annotated[Image, 'any text']", "float torch [h w c]"),
        # types of shapes
        ("Tensor[B, N, 3]", "torch [B N 3]"),
        ("Tensor[[B, N * 2]]", "torch [B 2*N]"),
        ("torch.Tensor[B, *S, CHANNELS]", "torch [B *S CHANNELS=3]"),
        ("Tensor[Literal[3], Any]", "torch [3 _]"),
        ("Tensor[float]", "-"),
        ("Tensor[torch.float32]", "-"),
        ("Tensor[Other]", "-"),
        ("np.ndarray[tuple[int, Literal[3], N], np.dtype[np.float64]]", "numpy [_ 3 N]"),
        ("np.ndarray[tuple[int, ...], Any]", "numpy [_ ...]"),
        ("np.ndarray[Any, np.dtype]", "-"),
        # nothing
        ("Tensor", "-"),
        ("int", "-"),
        ("'not python'", "-"),
        ("3", "-"),
        ("f(x)", "-"),
        ("x[()]", "-"),
    ],
)
def test_annotations(text: str, reading: str) -> None:
    assert show(read(text)) == reading


def test_names_that_are_made_of_each_other_end() -> None:
    assert read("Big") is not None


def test_every_axis_has_its_place() -> None:
    for text in ("Float[Tensor, ' b  *n (h*w)']", "Images", "Tensor[B, N*2, ...]", "NDArray[Shape[' 2,N , ...'], Any]"):
        claim = read(text)
        assert isinstance(claim, Claim)
        assert [claim.text[axis.start : axis.end] for axis in claim.axes] == [axis.text for axis in claim.axes]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rows=3 n=*b x=#y", "rows=3 *b #y"),
        ("?*n", "*?n"),
        ("_ *_ ", "_ ..."),
        ("h/2", "_"),
        ("-1 1_0", "-1 10"),
        ("#_", "-"),
        ("##a", "-"),
        ("*4", "-"),
        ("_4", "-"),
        ("?4", "-"),
        ("*a+b", "-"),
        ("a#", "-"),
        ("a,b", "-"),
        ("b -> n", "-"),
        ("(h w)", "-"),
        ("a...", "-"),
        ("a.b", "-"),
    ],
)
def test_jaxtyping_strings(text: str, found: str) -> None:
    assert axes(read_jaxtyping(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("2, 3", "2 3"), ("N", "N"), ("", "-"), ("2,,3", "-"), ("2,", "-"), ("..., 2", "-"), ("...", "-"), ("n", "-")],
)
def test_nptyping_strings(text: str, found: str) -> None:
    assert axes(read_nptyping(text)) == found


@given(st.text(alphabet="ab1 *#_?={}()+-/.,'[]…\n", max_size=40))
def test_no_string_is_an_error(text: str) -> None:
    read_jaxtyping(text)
    read_nptyping(text)
    read(repr(text))
    read(f"Annotated[Tensor, {text!r}]")
