"""EinMix as a small module with the same parameters: names, shapes and first values, so state dicts load as before."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from einlint.calls import Reading
from einlint.findings import Edit
from einlint.patterns.expressions import parse_axes
from einlint.patterns.model import Expression, Pattern
from einlint.resolution import Dotted
from einlint.rewrites.arguments import Argument
from einlint.rewrites.class_names import mix_name
from einlint.rewrites.lowering import Style
from einlint.rewrites.lowering.mixing import Mixed, lower_einmix
from einlint.rewrites.modules import checked, module, quoted, reached, written
from einlint.rewrites.question import canonical, question, side_text, size_of
from einlint.rewrites.rewrite import Refusal
from einlint.rewrites.substitution import Code, substituted
from einlint.rewrites.surroundings import Site


def mixed(site: Site, lengths: Mapping[str, str], style: Style) -> Mixed:
    """Its product and result over `x`, `weight` and lengths. Raises Refusal."""
    reading = site.reading
    if _is_named(site):
        raise Refusal("`EinMix` is not only called in this file")
    weight, bias = _axes(reading)
    unknown = [axis for axis in (*weight.identifiers, *(bias or weight).identifiers) if axis not in lengths]
    if unknown:
        raise Refusal(f"the length of `{unknown[0]}` is not given")
    return lower_einmix(reading.pattern, weight, lengths, style, bias is not None)


def own_layer(site: Site, made: Mixed, given: Mapping[str, Argument]) -> tuple[str, list[Edit]]:
    """The code of the layer, and the edits that write its module."""
    lengths = {axis: each.name for axis, each in given.items()}
    pattern, (weight, bias) = site.reading.pattern, _axes(site.reading)
    modules = reached(site, {"torch", *made.product.needs, *made.result.needs})
    in_forward = [axis for axis, name in lengths.items() if name in (*made.product.uses, *made.result.uses)]
    weighted = [axis for axis in lengths if axis in weight.identifiers or bias is not None and axis in bias.identifiers]
    used = [axis for axis in lengths if axis in (*weighted, *in_forward)]
    checked(used, {"x", "weight", "bias", "bound", *(each.code.partition(".")[0] for each in modules.values())})
    codes = {lengths[axis]: Code(f"self.{axis}") for axis in in_forward} | {"weight": Code("self.weight")}
    codes |= {short: Code(each.code) for short, each in modules.items()}
    product, result = (substituted(each.expression, codes) for each in made)
    rows = [f"self.{axis} = {axis}" for axis in in_forward]
    rows += _parameters(pattern, weight, bias, modules["nn"].code, modules["torch"].code)
    forward = [f"return {product}"] if bias is None else [f"x = {product}", "x += self.bias", f"return {result}"]
    text = module(_told(site.reading), f"{modules['nn'].code}.Module", used, rows, forward)
    name, edits = written(site, mix_name(pattern, weight), text, modules)
    return f"{name}({', '.join(f'{axis}={given[axis].code}' for axis in used)})", edits


def asked(site: Site, made: Mixed, lengths: Mapping[str, str]) -> Mapping[str, object]:
    """What EinMix does: split, einsum, bias, merge; `+=` is `+` on both sides."""
    pattern, (weight, bias) = site.reading.pattern, _axes(site.reading)
    left, right = pattern.inputs[0], pattern.output
    assert right is not None
    names = canonical(pattern)
    flat, after = (_flat(side, names) for side in (left, right))
    keywords = "".join(f", {names[a]}={size_of(n)}" for a, n in lengths.items() if a in left.identifiers)
    a = f"rearrange(x, '{side_text(left, names)} -> {flat}'{keywords})"
    a = f"einsum({a}, weight, '{flat}, {side_text(weight, names)} -> {after}')"
    codes = {name: Code(size_of(name)) for name in lengths.values()}
    b, shapes = substituted(made.product.expression, codes), {"x": left, "weight": weight}
    if bias is not None:
        a, b, shapes["bias"] = f"({a} + bias)", f"({b} + bias)", parse_axes(" ".join(_bias_axes(right, bias))).inputs[0]
    b = substituted(made.result.expression, codes | {"x": Code(b)})
    return question("torch", shapes, lengths, names, f"rearrange({a}, '{after} -> {side_text(right, names)}')", b)


def _told(reading: Reading) -> str:
    """What the module does, in its docstring."""
    weight, bias = _axes(reading)
    words = f"{quoted(reading.pattern)} with a weight `{' '.join(_names(weight))}`"
    return words if bias is None else f"{words} and a bias `{' '.join(_names(bias))}`"


def _axes(reading: Reading) -> tuple[Expression, Expression | None]:
    """The axes of the weight and of the bias, None without one."""
    bias = reading.call.arguments.get("bias_shape")
    without = bias is None or isinstance(bias, ast.Constant) and bias.value is None
    if reading.weight is None or (reading.bias is None and not without):
        raise Refusal("the shape of its weights is not written at the call")
    return reading.weight.pattern.inputs[0], None if without or reading.bias is None else reading.bias.pattern.inputs[0]


def _is_named(site: Site) -> bool:
    """Whether the file does anything with EinMix but call it, such as `isinstance`."""
    callees = {node.func for node in ast.walk(site.file.source.tree) if isinstance(node, ast.Call)}
    return any(
        site.file.finder.resolve(node, site.call.scope) == Dotted("einops.layers.torch.EinMix")
        for node in ast.walk(site.file.source.tree)
        if isinstance(node, (ast.Name, ast.Attribute)) and node not in callees
    )


def _names(side: Expression) -> list[str]:
    """The axes of a side without those of length 1."""
    return [axis.name for axis in side.axes if axis.name != "1"]


def _flat(side: Expression, names: Mapping[str, str]) -> str:
    return " ".join(names.get(axis, axis) for axis in _names(side))


def _bias_axes(right: Expression, bias: Expression) -> list[str]:
    """The dimensions of the bias: one for each axis of the result, of length 1 where the bias does not have it."""
    return [axis if axis in bias.identifiers else "1" for axis in _names(right) if axis != "..."]


def _parameters(pattern: Pattern, weight: Expression, bias: Expression | None, nn: str, torch: str) -> list[str]:
    """The rows that draw the parameters, in the order and within the bounds of EinMix."""
    assert pattern.output is not None
    mixed = [axis for axis in _names(weight) if axis not in pattern.output.identifiers]
    many = f"({' * '.join(mixed)})" if len(mixed) > 1 else "".join(mixed)
    drawn = [("weight", 3, _names(weight))]
    if bias is not None:
        drawn.append(("bias", 1, _bias_axes(pattern.output, bias)))
    rows = []
    for name, numerator, axes in drawn:
        rows.append(f"bound = ({numerator} / {many}) ** 0.5" if many else f"bound = {numerator}**0.5")
        shape = ", ".join(axes) or "()"
        rows.append(f"self.{name} = {nn}.Parameter({torch}.empty({shape}).uniform_(-bound, bound))")
    return rows
