"""What docstrings say about shapes, as a table: the docstring and the axes of each name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einlint.claims.docstrings import read_docstring
from tests.claims.showing import axes


def read(text: str) -> dict[str, str]:
    return {name: axes(claim.axes) for name, claim in read_docstring(text).items()}


GOOGLE = """Attend.

    Args:
        x: (b, n, d) tensor
        mask (Tensor): Input mask of shape (b, n).
        weights (torch.Tensor, optional): [B * H, N, N]
        input_ids (`torch.LongTensor` of shape `(batch_size, sequence_length)`, *optional*):
            Indices of input tokens, see :meth:`tokens` for (b, n) and more.
        image (Tensor): image with
            shape (3, h, w)
        size: (h, w)
        sizes (tuple of Tensor): each of shape (b, n)
        heads (int): number of heads
        either: (B,) indices, or (B, num_classes) targets
        scores: the mask for scores of shape (b, n)
        shape: target (b, n, d) of it
        bias: of shape (b, n, n) or what broadcasts to it
        result: outputs with an attribute of shape (b, n)
        lengths: of shape [batch size]

    Returns:
        torch.Tensor: output of shape (b, n, d)

    Raises:
        error: (b, n, d)
    """

NUMPY = """Attend.

    Parameters
    ----------
    x : ndarray of shape (n_samples, n_features)
        The data.
    y : array_like, shape (n_samples,)
    z : (M, N, 3) array
        The other data.
    n : int

    Returns
    -------
    out : ndarray, shape (n_samples, 3)
        The result.

    Notes
    -----
    x : shape (b, n)
    """

SPHINX = """Attend.

    :param x: tensor of shape (b, n)
    :param Tensor y: (b, n, d)
    :type y: Tensor
    :returns: shape [b, n]
    """

SHAPE = """Attend.

    Shape:
        - Input: :math:`(N, C, L)`
        - Output: `(N, C, L)` or `(C, L)`
        - x: (N, *)
    """


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            GOOGLE,
            {
                "x": "b n d",
                "mask": "b n",
                "weights": "B*H N N",
                "input_ids": "batch_size sequence_length",
                "image": "3 h w",
                "return": "b n d",
            },
            id="google",
        ),
        pytest.param(
            NUMPY,
            {"x": "n_samples n_features", "y": "n_samples", "z": "M N 3", "return": "n_samples 3"},
            id="numpy",
        ),
        pytest.param(SPHINX, {"x": "b n", "y": "b n d", "return": "b n"}, id="sphinx"),
        pytest.param(SHAPE, {"Input": "N C L", "x": "N ..."}, id="torch"),
        pytest.param("Returns: (b, n, d)", {"return": "b n d"}, id="one line"),
        pytest.param("Args:\n  x: (b, n, d)\n  x: (b, d, n)", {}, id="a name twice"),
        pytest.param("Returns:\n  x: (b, n)\n  loss: a number", {}, id="a tuple"),
        pytest.param("Returns:\n  tuple of tensors of shape (b, n)", {}, id="a tuple in words"),
        pytest.param("Args:\n  x: of shape (b, n) for images of shape (c, h, w)", {}, id="two shapes"),
        pytest.param("Args:\n  x: of shape [B, M]. If one-hot then\n    it is [B, M, C].", {}, id="it depends"),
        pytest.param("Args:\n", {}, id="an empty section"),
        pytest.param("Args:", {}, id="an empty section at the end"),
        pytest.param("x: (b, n, d)", {}, id="no section"),
        pytest.param("", {}, id="nothing"),
    ],
)
def test_docstrings(text: str, found: dict[str, str]) -> None:
    assert read(text) == found


def test_the_claim_keeps_its_text() -> None:
    claim = read_docstring("Args:\n  x: (b, n)")["x"]
    assert (claim.text, claim.source) == ("(b, n)", "docstring")
    assert [claim.text[axis.start : axis.end] for axis in claim.axes] == ["b", "n"]


lines = st.sampled_from(
    [
        "Args:",
        "Returns:",
        "Parameters",
        "----",
        "Shape:",
        "  x: (b, n)",
        "    of shape (b",
        ":param x: (",
        "",
        "(((",
        "\t",
    ]
)


@given(st.lists(lines | st.text(alphabet="ax:(),[]`- \t", max_size=20), max_size=8).map("\n".join))
def test_no_docstring_is_an_error(text: str) -> None:
    read_docstring(text)
