"""A small module that is written once per file, after the imports; one with the same text is found there again."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Collection, Mapping, Sequence
from itertools import count

from einlint.findings import Edit, Position, Span
from einlint.patterns.model import Pattern
from einlint.rewrites.imports import Reached, reach, row_after_imports
from einlint.rewrites.rewrite import Refusal
from einlint.rewrites.surroundings import Site

OF_MODULES = frozenset(
    "self super T_destination training dump_patches call_super_init add_module apply bfloat16 buffers children "
    "compile cpu cuda double eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule "
    "half ipu load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters "
    "register_backward_hook register_buffer register_forward_hook register_forward_pre_hook "
    "register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook "
    "register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook "
    "register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to "
    "to_empty train type xpu zero_grad".split()
)
"""What a module has already: a length of that name would take its place."""


def reached(site: Site, shorts: Collection[str]) -> dict[str, Reached]:
    """How a module that is written after the imports reaches `nn` and others."""
    row = row_after_imports(site)
    return {short: reach(site, short, row) for short in sorted({"nn", *shorts})}


def checked(axes: Sequence[str], besides: Collection[str] = ()) -> None:
    """Raise Refusal where an axis cannot be an attribute of a module."""
    if any(keyword.iskeyword(axis) for axis in axes):
        raise Refusal("an axis has the name of a keyword")
    if found := [axis for axis in axes if axis in OF_MODULES or axis in besides]:
        raise Refusal(f"`{found[0]}` means something else in a module")


def module(about: str, base: str, parameters: Sequence[str], rest: Sequence[str], forward: Sequence[str]) -> str:
    """The text of a module from after its name on: its docstring, the rows of `__init__` and those of `forward`."""
    rows = [f"({base}):", f'    """{about}"""', ""]
    if parameters or rest:
        rows += [f"    def __init__(self{''.join(f', {each}' for each in parameters)}):", "        super().__init__()"]
        rows += [f"        {row}" for row in rest]
        rows += [""]
    rows += ["    def forward(self, x):", *(f"        {row}" for row in forward), ""]
    return "\n".join(rows)


def quoted(pattern: Pattern) -> str:
    """A pattern in a docstring."""
    return f"`{' '.join(pattern.text.split())}`"


def written(site: Site, wish: str, text: str, modules: Mapping[str, Reached]) -> tuple[str, list[Edit]]:
    """The name of the module with a text, and the edits that add it and its imports."""
    names = (f"{wish}{number}" if number > 1 else wish for number in count(1))
    name = next(each for each in names if _is_free(site, each, text) and site.file.claim(each, text))
    edits = [each.edit for each in modules.values() if each.edit is not None]
    if _definition(site, name) is None:
        edits += _inserted(site, f"class {name}{text}")
    return name, edits


def _inserted(site: Site, text: str) -> list[Edit]:
    """A class before the first statement after the imports, with two blank rows around it."""
    row, lines = row_after_imports(site), site.file.source.lines
    while not lines[row - 1].strip():
        row += 1
    blank = 0
    while row - blank > site.rows.start and not lines[row - blank - 2].strip():
        blank += 1
    place = Span(Position(row, 1), Position(row, 1))
    missing = 2 - blank if row > site.rows.start and blank < 2 else 0
    texts = [*(["\n" * missing] if missing else []), f"{text}\n\n"]
    return [Edit(place, each.replace("\n", site.file.newline), shared=True) for each in texts]


def _is_free(site: Site, name: str, text: str) -> bool:
    """Whether a name means nothing in the file, or a module with this text."""
    existing = _definition(site, name)
    return name not in site.file.taken if existing is None else _same(existing, name, text)


def _definition(site: Site, name: str) -> ast.ClassDef | None:
    """The class of the module that has a name."""
    body = site.file.source.tree.body
    return next((each for each in body if isinstance(each, ast.ClassDef) and each.name == name), None)


def _same(existing: ast.ClassDef, name: str, text: str) -> bool:
    return ast.dump(existing) == ast.dump(ast.parse(f"class {name}{text}").body[0])
