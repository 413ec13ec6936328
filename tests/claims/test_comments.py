"""What comments say about shapes, as a table: the comment, what it is about, and the axes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einlint.claims.comments import ShapeComment, read_comment
from einlint.claims.shapes import read_words
from tests.claims.showing import axes


def read(comment: str) -> str:
    """The reading of a comment at the end of a line."""
    found = read_comment(f"x = f(y)  {comment}", 1, 9)
    return show(found) if found else "-"


def show(comment: ShapeComment) -> str:
    assert comment.claim.source == "comment"
    return " ".join(filter(None, (f"{comment.name}:" * bool(comment.name), axes(comment.claim.axes))))


@pytest.mark.parametrize(
    ("comment", "reading"),
    [
        ("# (b, n, d)", "b n d"),
        ("#(b,n,d)", "b n d"),
        ("# [B, T, C]", "B T C"),
        ("# [B, T, C].", "B T C"),
        ("# (b n d)", "b n d"),
        ("# [b, (h w), c]", "b h*w c"),
        ("# (1+B C H L)", "B+1 C H L"),
        ("# (h, w, 3)", "h w 3"),
        ("# (1, C)", "1 C"),
        ("# B x N x C", "B N C"),
        ("# [batch_size x 3 x 224]", "batch_size 3 224"),
        ("# B, N, C", "B N C"),
        ("# batch_size, seq_len, 256", "batch_size seq_len 256"),
        ("# (batch_size, 3, 224, 224)", "batch_size 3 224 224"),
        ("# [B*T, C]", "B*T C"),
        ("# (B, T, ...)", "B T ..."),
        ("# (..., n, d)", "... n d"),
        ("# [*, N_res, C_hidden]", "... N_res C_hidden"),
        ("# (b, *spatial, c)", "b *spatial c"),
        ("# (N, H // 2, W/2, C)", "N (H)//(2) _ C"),
        ("# (N, 2*T - 1)", "N 2*T-1"),
        ("# (B, -1, D)", "B _ D"),
        ("# (B', T)", "B' T"),
        ("# (num_det,)", "num_det"),
        ("# [B, L, top_k, K]", "B L top_k K"),
        ("# (B, len(x), C)", "B _ C"),
        # called a shape
        ("# shape: (b, n)", "b n"),
        ("# shape (h, w)", "h w"),
        ("# Shape: [2, 3]", "2 3"),
        ("# shape = (b, anything)", "b anything"),
        ("# of shape (b, n)", "b n"),
        ("# output shape: (b, n)", "b n"),
        # about something
        ("# x: (b, n, d)", "x: b n d"),
        ("# logits: [B, T, vocab_size]", "logits: B T vocab_size"),
        ("# self.weight: shape (in_, out)", "self.weight: in_ out"),
        ("# q.shape = (b, h, n, d)", "q: b h n d"),
        ("# mask shape (B, T, F)", "mask: B T F"),
        # the last shape is the result
        ("# b n d -> b d n", "b d n"),
        ("# b (h d) n -> b h n d", "b h n d"),
        ("# (b, n, d) -> (b*n, d)", "b*n d"),
        ("# -> (b, h, n, d)", "b h n d"),
        ("# -> (b,c,l,h,p).", "b c l h p"),
        ("# => batch_size, height*width, dim", "batch_size height*width dim"),
        ("# [B, C, L] --> [B, L, C] → [B, L, F]", "B L F"),
    ],
)
def test_shapes(comment: str, reading: str) -> None:
    assert read(comment) == reading


@pytest.mark.parametrize(
    "comment",
    [
        # sentences
        "# (the batch and the channels)",
        "# (b, n, d) tensor",
        "# (b, n, d), contiguous",
        "# the output is (b, n, d)",
        "# (b, n) or (b, n, d)",
        "# [bsz, # features, hidden size]",
        "# (note that this is slow)",
        "# (see above, and below)",
        "# (e.g. n, d)",
        "# add ctrl -> base",
        "# input -> output",
        "# RoPE -> Norm",
        "# batch, please",
        # code
        "# (b, n) = f(x)",
        "# f(b, n)",
        "# x = (b, n, d)",
        "# (b, n, d),",
        "# x.view(b, n, d)",
        "# (self, x, y)",
        "# (b=2, n=3)",
        "# b, n, d = x.shape",
        "# (b, n, d))",
        "# x -> (b, n, d)",
        "# x: (b, n) -> (n, b)",
        "# noqa: E501, F401",
        "# type: (int, int) -> None",
        "# ty: List[B, T]",
        # values
        "# (1, 2, 3)",
        "# (3, 224, 224)",
        "# [0, N]",
        "# [-1, 1]",
        "# (h, w)",
        "# (height, width)",
        "# (H, W)",
        "# (x, y)",
        "# (i, j, k)",
        "# (r, g, b)",
        "# (q, k, v)",
        "# (a, b)",
        "# (a, 2)",
        "# (queries, keys, values)",
        "# (loss, logits)",
        "# [c, d, f]",
        "# (min_len, max_len)",
        "# ['b', 'n']",
        "# size: (h, w)",
        "# [B, <pad>, C]",
        # one element
        "# (B)",
        "# [batch_size]",
        "# N",
        "# shape: (b)",
        "# [(r), ...]",
        "# shape: [batch size]",
        "# [hidden dim]",
        "# (batch size x 3 hidden)",
        "# ()",
        "# []",
        "#",
        "# ->",
        "# -> ",
        "# " + "-" * 150,
        f"# ({'b, ' * 100}b)",
    ],
)
def test_what_is_no_shape(comment: str) -> None:
    assert read(comment) == "-"


def test_places() -> None:
    line = "    return g('# (b, n, d)')  # -> [b, n*d]  "
    found = read_comment(line, 4, line.index(")  #") + 2)
    assert found is not None
    assert (found.row, found.name) == (4, "")
    text = line[found.column - 1 :]
    assert text.startswith(found.claim.text)
    assert [text[axis.start : axis.end] for axis in found.claim.axes] == [axis.text for axis in found.claim.axes]


@pytest.mark.parametrize("line", ["x = y", "x = y; z = y  # (b, n, d)", "x = y   ", "x = y)  # (b, n, d)"])
def test_lines_that_say_nothing_after_the_statement(line: str) -> None:
    assert read_comment(line, 1, 6) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("b n d", "b n d"),
        ("b (h w) c", "b h*w c"),
        ("batch seq_len 3", "batch seq_len 3"),
        ("... n d", "... n d"),
        ("logits", "-"),
        ("of the batch", "-"),
        ("h w", "-"),
        ("batch size", "-"),
        ("", "-"),
    ],
)
def test_words(text: str, found: str) -> None:
    assert axes(read_words(text)) == found


@given(st.text(alphabet="bnd x,.:'*#()[]{}->→=/+1 0_-", max_size=60))
def test_no_comment_is_an_error(text: str) -> None:
    comment = read_comment(f"x = 1 # {text}", 1, 6)
    assert comment is None or comment.claim.axes
