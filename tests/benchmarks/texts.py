"""Texts of 1,600 words that could be sent to the board: no two alike, with as many statements as one asks for."""

import os
import random
from typing import Any

from articles.text.content import Content

WORDS = int(os.environ.get("BENCHMARK_WORDS", "1600"))  # fewer only where nothing is timed
VOCABULARY = [
    "patient",
    "kidney",
    "function",
    "therapy",
    "clinic",
    "vessel",
    "tissue",
    "calcium",
    "phosphate",
    "hormone",
    "gland",
    "dialysis",
    "membrane",
    "plasma",
    "serum",
    "protein",
    "enzyme",
    "receptor",
    "channel",
    "neuron",
    "muscle",
    "cardiac",
    "renal",
    "hepatic",
    "biliary",
    "gastric",
    "dermal",
    "lesion",
    "ulcer",
    "wound",
    "pain",
    "sleep",
    "appetite",
    "diet",
    "salt",
    "water",
    "oxygen",
    "glucose",
    "insulin",
    "lipid",
    "marrow",
    "platelet",
    "antibody",
    "antigen",
    "virus",
    "bacterium",
    "culture",
    "biopsy",
    "imaging",
    "ultrasound",
    "registry",
    "cohort",
    "author",
    "centre",
    "ward",
    "nurse",
    "pharmacist",
    "carer",
    "family",
    "history",
    "symptom",
    "sign",
    "diagnosis",
    "course",
    "pathway",
    "mechanism",
    "origin",
    "onset",
    "period",
    "season",
    "region",
    "climate",
    "habit",
    "exercise",
    "balance",
    "rhythm",
    "pressure",
    "volume",
    "flow",
    "gradient",
    "filter",
    "tubule",
    "cortex",
    "capsule",
    "artery",
    "vein",
    "valve",
    "chamber",
    "wall",
    "layer",
    "surface",
    "border",
    "margin",
    "cell",
    "nucleus",
    "matrix",
    "fibre",
    "collagen",
    "bone",
    "joint",
    "tendon",
    "skin",
    "hair",
    "nail",
    "eye",
    "retina",
    "lens",
    "ear",
    "nose",
    "throat",
    "airway",
    "lung",
    "chest",
    "abdomen",
    "bowel",
    "liver",
    "spleen",
    "pancreas",
    "bladder",
    "uterus",
    "placenta",
    "infant",
    "adult",
    "elder",
]
LINKS = [
    "describes",
    "explains",
    "follows",
    "shapes",
    "accompanies",
    "reflects",
    "concerns",
    "resembles",
    "precedes",
    "surrounds",
]
REFERENCES = 12


def text(number: int, statements: int = 3, **changes: Any) -> Content:
    """The `number`th text; the direct answer is one of its statements."""
    rng = random.Random(number)
    values: dict[str, Any] = {
        "question": f"May {_name(rng)} be given where the {rng.choice(VOCABULARY)} is {_name(rng).lower()}?",
        "direct_answer": f"Yes: {_name(rng)} may be given at half the dose [@r1].",
        "title": f"{_name(rng)} and the {rng.choice(VOCABULARY)}",
        "professional": _body(rng, statements - 1),
        "references": [_reference(rng, place) for place in range(1, REFERENCES + 1)],
        "evidence": [{"key": f"r{place}", "quote": _sentence(rng), "place": f"p. {place}"} for place in range(1, 9)],
        "ai_use": {"level": "drafted", "tool": "Model X", "purpose": "first draft", "checked_by": "Edith Editor"},
        "funding": "none",
    }
    return Content(**(values | changes))


def _name(rng: random.Random) -> str:
    return "".join(rng.choice(("ba", "ne", "lo", "ti", "ru", "xo", "mi", "za", "fer", "gol")) for _ in range(4)).title()


def _sentence(rng: random.Random) -> str:
    first, *rest = rng.sample(VOCABULARY, 11)
    return f"The {first} {rng.choice(LINKS)} the {' '.join(rest)}."


def _body(rng: random.Random, statements: int) -> str:
    """Sections of paragraphs; the statements stand in the list at the end, each with its dose and citations."""
    parts, words, section = [], 0, 0
    while words < WORDS - 14 * statements:
        if len(parts) % 4 == 0:
            section += 1
            parts.append(f"## Part {chr(64 + section)}")
        paragraph = " ".join(_sentence(rng) for _ in range(6))
        parts.append(paragraph)
        words += len(paragraph.split())
    cited = [f"[@r{1 + place % REFERENCES}]" for place in range(statements)]
    parts += [
        f"- Give {rng.randint(2, 90)} mg of {_name(rng)}: {_sentence(rng).lower()[:-1]} {mark}." for mark in cited
    ]
    return "\n\n".join(parts) + "\n"


def _reference(rng: random.Random, place: int) -> dict[str, Any]:
    return {
        "id": f"r{place}",
        "type": "article-journal",
        "title": _sentence(rng)[:-1],
        "author": [{"family": _name(rng), "given": "A."} for _ in range(3)],
        "container-title": f"Journal of the {rng.choice(VOCABULARY).title()}",
        "issued": {"date-parts": [[2000 + place]]},
        "DOI": f"10.1000/{_name(rng).lower()}.{place}",
        "custom": {"kind": "research"},
    }
