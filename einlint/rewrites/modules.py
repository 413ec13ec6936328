"""A small module that is written once per file, after the imports; one with the same text is found there again."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Collection, Mapping, Sequence

from einlint.findings import Edit, Position, Span
from einlint.patterns.model import Expression, Pattern
from einlint.rewrites.imports import Reached, reach, row_after_imports
from einlint.rewrites.rewrite import Refusal
from einlint.rewrites.surroundings import Site

_LONGEST = 40
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
    name = site.file.claim(wish, text)
    existing = _definition(site, name)
    while existing is None and name in site.file.taken or existing is not None and not _same(existing, name, text):
        name = site.file.claim(f"{name}_", text)
        existing = _definition(site, name)
    edits = [each.edit for each in modules.values() if each.edit is not None]
    if existing is None:
        start = Position(row_after_imports(site), 1)
        body = f"\n\nclass {name}{text}".replace("\n", site.file.newline)
        edits.append(Edit(Span(start, start), body, shared=True))
    return name, edits


def _definition(site: Site, name: str) -> ast.ClassDef | None:
    """The class of the module that has a name."""
    body = site.file.source.tree.body
    return next((each for each in body if isinstance(each, ast.ClassDef) and each.name == name), None)


def _same(existing: ast.ClassDef, name: str, text: str) -> bool:
    return ast.dump(existing) == ast.dump(ast.parse(f"class {name}{text}").body[0])


def class_name(head: str, pattern: Pattern) -> str:
    """A name that tells the pattern: `RearrangeBCHWToBHwC`."""
    assert pattern.output is not None
    name = f"{head}{_words(pattern.inputs[0])}To{_words(pattern.output)}"
    return name if len(name) <= _LONGEST and name.isidentifier() else f"{head}Axes"


def _words(side: Expression) -> str:
    words = ["".join(axis.name for axis in group.axes).replace("...", "Any") or "1" for group in side.groups]
    return "".join(word[:1].upper() + word[1:] for word in words)
