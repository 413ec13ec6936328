"""The plain code that fixes write, exported and run: every form has to be taken by both exporters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from einlint.fixes import Judge, fix
from einlint.registry import PORTABILITY, matching
from einlint.settings import Settings
from tests.targets.cases import EQUATIONS, PATTERNS, Case, equation, model_of
from tests.targets.exporting import Exporter, Outcome, outcome

TAKES_NOTHING = ("torchscript", "rknn")
"""Together they refuse every function of einops and every einsum, so each call gets its plain form."""
EXPORTERS = {
    "onnx": Exporter(18),
    "onnx-legacy@13": Exporter(13, legacy=True),
    "onnx-legacy@17": Exporter(17, legacy=True),
    "onnx-legacy@20": Exporter(20, legacy=True),
    "coreml,onnx": Exporter(18),
    "coreml,onnx-legacy@17": Exporter(17, legacy=True),
}
"""By the targets that the code is for."""
LIMITED = 5
"""The most dimensions that Core ML takes."""
LOWERED = tuple(
    equation(text, tuple(first), tuple(second))
    for text, first, second in (
        ("bhid,bhjd->bhij", [(2, 3, 4, 5), (2, 3, 6, 5)], [(3, 3, 5, 5), (3, 3, 7, 5)]),
        ("bhij,bhjd->bhid", [(2, 3, 4, 5), (2, 3, 5, 6)], [(3, 3, 5, 7), (3, 3, 7, 6)]),
        ("bsht,bthd->bshd", [(2, 4, 3, 5), (2, 5, 3, 6)], [(3, 5, 3, 7), (3, 7, 3, 6)]),
        ("bld,dn->bldn", [(2, 3, 4), (4, 5)], [(3, 5, 4), (4, 5)]),
        ("bld,bln,bld->bldn", [(2, 3, 4), (2, 3, 5), (2, 3, 4)], [(3, 5, 4), (3, 5, 5), (3, 5, 4)]),
        ("bi,bj->bij", [(2, 3), (2, 4)], [(3, 4), (3, 5)]),
        ("bld,nd->bln", [(2, 3, 4), (5, 4)], [(3, 5, 4), (5, 4)]),
        ("bld,dhe->blhe", [(2, 3, 4), (4, 5, 6)], [(3, 5, 4), (4, 5, 6)]),
        ("blhe,hed->bld", [(2, 3, 4, 5), (4, 5, 6)], [(3, 5, 4, 5), (4, 5, 6)]),
        ("bchw,oc->bohw", [(2, 3, 4, 5), (6, 3)], [(3, 3, 5, 7), (6, 3)]),
        ("bhld,lrd->bhlr", [(2, 3, 4, 5), (4, 6, 5)], [(3, 3, 7, 5), (7, 6, 5)]),
        ("bchw,c->bchw", [(2, 3, 4, 5), (3,)], [(3, 3, 5, 7), (3,)]),
        ("bij,bij->b", [(2, 3, 4)] * 2, [(3, 4, 5)] * 2),
        ("ij,kl->il", [(2, 3), (4, 5)], [(3, 4), (5, 6)]),
        ("nkctv,kvw->nctw", [(2, 3, 4, 5, 6), (3, 6, 7)], [(3, 3, 4, 7, 6), (3, 6, 7)]),
        ("bsec,bsd->becd", [(2, 3, 4, 5), (2, 3, 6)], [(3, 5, 4, 5), (3, 5, 6)]),
        ("bii,bij->bj", [(2, 3, 3), (2, 3, 4)], [(3, 5, 5), (3, 5, 4)]),
        ("bqd,bkd->bqk", [(2, 3, 4), (2, 5, 4)], [(3, 5, 4), (3, 7, 4)]),
    )
)  # fmt: skip
_NARROW = ("bfloat16", "int16", "uint8", "bool")
CASES = tuple(c for c in (*LOWERED, *EQUATIONS, *PATTERNS) if not any(f"torch.{t})" in c.expression for t in _NARROW))
"""Without the types that ONNX Runtime multiplies as matrices no more than it takes them in an Einsum."""


@dataclass(frozen=True)
class Form:
    """A case with its plain code, empty where no fix was found, and what happened to it by exporter."""

    case: Case
    code: str
    outcomes: dict[str, Outcome]

    @property
    def wrong(self) -> list[str]:
        """What no exported form may have."""
        return [reason for name, found in self.outcomes.items() if (reason := _wrong(name, found))]


def _wrong(name: str, found: Outcome) -> str:
    if found.word != "right":
        return f"{name}: {found.word} {found.reason}"
    refused = sorted(found.control | found.operators & {"Einsum"})
    if "coreml" in name and found.rank > LIMITED:
        refused.append(f"{found.rank} dimensions")
    return f"{name}: {', '.join(refused)}" if refused else ""


def forms(cases: tuple[Case, ...], judge: Judge, exporters: tuple[str, ...] = tuple(EXPORTERS)) -> Iterator[Form]:
    """Every case rewritten for each exporter, exported and run at two sizes."""
    for case in cases:
        outcomes, code = {}, ""
        for name in exporters:
            code = plain(case, judge, *TAKES_NOTHING, *name.split(","))
            if code:
                first, second = case.tensors(case.first), case.tensors(case.second)
                outcomes[name] = outcome(model_of(code), first, second, EXPORTERS[name])
        yield Form(case, code, outcomes)


def plain(case: Case, judge: Judge, *targets: str) -> str:
    """The code of a case after all fixes, empty where it is still the same; also those that are unsafe."""
    settings = Settings(matching(PORTABILITY), targets=targets)
    after = fix(case.code.encode(), "/nowhere/case.py", settings, judge, unsafe=True).data.decode()
    return "" if after == case.code else after
