"""A target and its limits, as the files under `data/` describe them."""

from __future__ import annotations

from enum import Enum
from functools import reduce

from einlint.lazily import dataclass

Version = tuple[int, ...]


class Effect(str, Enum):
    """What happens to a call that a target does not take.

    refused: the export or the load fails; wrong: other values, shapes or types come out; frozen: a size becomes a
    constant, so that other sizes fail or come out wrong; elsewhere: it runs on the CPU instead.
    """

    REFUSED = "refused"
    WRONG = "wrong"
    FROZEN = "frozen"
    ELSEWHERE = "elsewhere"


class Feature(str, Enum):
    """What a limit is about: the subject of a rule."""

    EINSUM = "einsum"
    OPERANDS = "operands"
    SPECIALISED = "specialised"
    EQUATION = "equation"
    OUTER_PRODUCT = "outer product"
    SCALAR_OUTPUT = "scalar output"
    ELLIPSIS = "ellipsis"
    ELLIPSIS_SUMMED = "ellipsis summed"
    ELLIPSIS_RANKS = "ellipsis ranks"
    DIAGONAL = "diagonal"
    UPPER_CASE = "upper case"
    SPACES = "spaces"
    IMPLICIT_UPPER_CASE = "implicit upper case"
    BROADCAST = "broadcast"
    DTYPE = "dtype"
    INTEGER_SUM = "integer sum"
    HALF_OUTPUT = "half output"
    RANK = "rank"
    SIZE = "size"
    LIST = "list"
    DYNAMIC_REPEAT = "dynamic repeat"
    FUNCTION = "function"
    FUNCTIONAL_EINOPS = "functional einops"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a limit is documented or was measured."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Form:
    """What plain code may use instead of a call: the fields of the style that lowering takes, the strictest of each.

    `half_output` says whether it may end in the sum, maximum, minimum or product of something in float16.
    """

    max_rank: int | None = None
    unflatten: bool = True
    diagonal: bool = True
    matrix_transpose: bool = True
    multi_dot: bool = True
    multiply_sum: bool = False
    half_output: bool = True

    def __and__(self, other: Form) -> Form:
        """What both allow."""
        ranks = [rank for rank in (self.max_rank, other.max_rank) if rank is not None]
        return Form(
            min(ranks, default=None),
            self.unflatten and other.unflatten,
            self.diagonal and other.diagonal,
            self.matrix_transpose and other.matrix_transpose,
            self.multi_dot and other.multi_dot,
            self.multiply_sum or other.multiply_sum,
            self.half_output and other.half_output,
        )


ANY_FORM = Form()


@dataclass(frozen=True, slots=True)
class Demand:
    """The form that plain code must have in versions before `before`, in all where that is empty."""

    form: Form
    before: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing that a target does not take, from version `since` on and in versions before `before`.

    `says` completes a sentence that begins with the title of the target. Which of the other fields count depends on
    the feature: `most` operands or dimensions, `dtypes`, `equations` that fail, the `only` ones that work, `functions`.
    `form` is what the code must have that replaces the call, `symbolic` says that `torch.sym_int` of a length is not
    made a constant.
    """

    feature: Feature
    effect: Effect
    says: str
    source: Source
    since: str = ""
    before: str = ""
    most: int = 0
    dtypes: frozenset[str] = frozenset()
    equations: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    functions: frozenset[str] = frozenset()
    form: Form = ANY_FORM
    symbolic: bool = False

    def holds_in(self, version: str) -> bool:
        """Whether it holds in a version; in none given it does if it holds in any."""
        if not version:
            return True
        asked = parsed(version)
        return not (self.since and asked < parsed(self.since) or self.before and asked >= parsed(self.before))


@dataclass(frozen=True, slots=True)
class Releases:
    """The versions of a target that its limits are told apart by, `10.1` with all of its patches, oldest first."""

    known: tuple[str, ...]
    source: Source

    def knows(self, version: str) -> bool:
        """Whether it is one of these, a patch of one, or a major version with one."""
        asked = parsed(version)
        return any(asked[: len(each)] == each or each[: len(asked)] == asked for each in map(parsed, self.known))

    def nearest(self, version: str) -> str:
        """The last one up to a version, the first where all are later."""
        return next((each for each in reversed(self.known) if parsed(each) <= parsed(version)), self.known[0])

    def __str__(self) -> str:
        """`7.0 to 7.2, 8.0`: runs of minor versions in short."""
        runs: list[list[str]] = []
        for version in self.known:
            if runs and _follows(parsed(version), parsed(runs[-1][-1])):
                runs[-1].append(version)
            else:
                runs.append([version])
        return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)


def _follows(version: Version, other: Version) -> bool:
    return version[:-1] == other[:-1] and version[-1] == other[-1] + 1


@dataclass(frozen=True, slots=True)
class Target:
    """An export destination. `through` is the one that a model passes on its way there, empty for none.

    `default` is the version that is meant without one, empty for any; `versions` stands before a version: `opset `.
    `forms` are what plain code must have. `releases` is None where nothing is known of versions.
    """

    name: str
    title: str
    limits: tuple[Limit, ...]
    through: str = ""
    versions: str = ""
    default: str = ""
    forms: tuple[Demand, ...] = ()
    releases: Releases | None = None


@dataclass(frozen=True, slots=True)
class Aim:
    """A target in a version, empty for any: what a run checks for."""

    target: Target
    version: str = ""

    def limits(self, feature: Feature) -> tuple[Limit, ...]:
        """The limits of a feature that hold in this version."""
        return tuple(limit for limit in self.target.limits if limit.feature is feature and limit.holds_in(self.version))

    @property
    def form(self) -> Form:
        """What plain code must have in this version."""
        version = self.version and parsed(self.version)
        forms = (d.form for d in self.target.forms if not (d.before and version and version >= parsed(d.before)))
        ranks = (Form(limit.most) for limit in self.limits(Feature.RANK))
        return reduce(Form.__and__, (*forms, *ranks), ANY_FORM)

    def says(self, limit: Limit) -> str:
        """What the target does, in which versions, and who says so."""
        bounds = (("since", limit.since), ("before", limit.before))
        when = "".join(f" {word} {self.target.versions}{version}" for word, version in bounds if version)
        return f"{self.target.title}{when} {limit.says} ({limit.source.name})"


def parsed(version: str) -> Version:
    """`10.12` as numbers that compare."""
    return tuple(int(part) for part in version.split("."))


RULES = {
    Feature.EINSUM: ("einsum-unsupported", "einmix-einsum"),
    Feature.OPERANDS: ("einsum-operands",),
    Feature.SPECIALISED: ("einsum-specialised",),
    Feature.EQUATION: ("einsum-equation", "einmix-einsum"),
    Feature.OUTER_PRODUCT: ("einsum-equation", "einmix-einsum"),
    Feature.SCALAR_OUTPUT: ("einsum-equation",),
    Feature.ELLIPSIS: ("einsum-ellipsis", "einmix-einsum"),
    Feature.ELLIPSIS_SUMMED: ("einsum-ellipsis",),
    Feature.ELLIPSIS_RANKS: ("einsum-ellipsis",),
    Feature.DIAGONAL: ("einsum-diagonal",),
    Feature.UPPER_CASE: ("einsum-upper-case",),
    Feature.IMPLICIT_UPPER_CASE: ("einsum-upper-case",),
    Feature.SPACES: ("einsum-spaces",),
    Feature.BROADCAST: ("einsum-broadcast",),
    Feature.DTYPE: ("einsum-dtype",),
    Feature.INTEGER_SUM: ("einsum-dtype",),
    Feature.HALF_OUTPUT: ("half-output",),
    Feature.RANK: ("rank-limit", "einmix-einsum"),
    Feature.SIZE: ("baked-size",),
    Feature.DYNAMIC_REPEAT: ("baked-size",),
    Feature.LIST: ("iterated-tensor",),
    Feature.FUNCTION: ("unexported-function",),
    Feature.FUNCTIONAL_EINOPS: ("functional-einops",),
}
"""The rules that report each feature."""
