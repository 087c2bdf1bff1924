"""Words after which a number belongs to the sentence and is no citation."""

# ruff: noqa: SIM905 - words read better as words than as a list of strings

import re

# After these a full stop ends no sentence.
SHORTENED = frozenset(
    """al approx app art ca cf ch chap dr e.g ed eds eq etc fig figs i.e no nos nr p par pp pt ref refs sec suppl tab v
    vol vs""".split()
)
# “stage 3”, “stages 3-5”: the number names one of several.
LABELS = frozenset(
    """age aged algorithm appendix arm article bin box brca calcineurin case category chapter child class cluster code
    cohort column covid criterion criteria cycle day decade decile diabetes domain dose equation example figure factor
    footnote form gene grade group hour interleukin item iteration kinase level line list lobe minute module month
    node number objective omega option page panel paragraph part patient percentile period phase point population
    protocol quartile question quintile ratio receptor reference rule scenario schedule scheme score section segment
    serie session site stage step stratum strategy stud study subtype supplement table task tertile tier time topic
    trial trimester type unit version visit vitamin volume wave week year zone""".split()
)
# The sentence goes on with a number after these.
EXPECTING = frozenset(
    """a about above across after all almost and any approximately around as at averaged averages average be been
    before below between but by cost dropped during each equal equalled equals every exactly exceed exceeded exceeding
    exceeds fell few first for from gained got had half has have in into is it its last least less like lost maximum
    mean means median minimum minus mode more most near nearly next not of on once one only onto or out over past per
    plus post pre pro reached reaches reaching remained rises rose same scored scores scoring since some than that the
    their then these this those through throughout times to top toward towards twice two under until up upon via was
    were when where which while with within without january february march april may june july august september october
    november december monday tuesday wednesday thursday friday saturday sunday hazard odds rr hr ci iqr sd se nnt nnh
    bmi egfr gfr ckd ecog nyha meld apache gcs mrs ph inr chapter ed""".split()
)
QUANTITY = re.compile(
    r"""(?ix)[(]?[<>≤≥~≈]?[0-9][0-9.,–-]*[%)]?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|few
    |many|some|these|both|all"""
)
UNITS = frozenset(
    """m cm mm dm km um µm μm nm in ft l dl ml kg g mg mcg µg μg ng pg s h min day week month year kpa pa cal kcal j kj
    mol mmol hz cells""".split()
)


def expects_number(before: str, word: str) -> bool:
    """Does a number after `word` (which follows `before`) belong to the sentence?

    After “stage” it does, after “in two stages” it does not: a label that was counted already is a plain noun.
    """
    bare = word.strip("()[]\"'”“’*_")
    low = bare.lower()
    if not re.search(r"[^\W\d_]", bare):
        return not word.endswith(("%", ")", "”", '"'))
    if low in EXPECTING or re.search(r"[0-9]", bare) or (len(bare) < 3 and not is_unit(bare)):
        return True
    if low in LABELS or low.removesuffix("s") in LABELS or low.removesuffix("es") in LABELS:
        return not QUANTITY.fullmatch(before)
    return False


def is_acronym(word: str) -> bool:
    """Is it written like “PTH” or “HbA”, after which a number may be a value?"""
    return re.search(r"\w*[A-Z]", word.strip("()[]\"'”“’*_")[1:]) is not None


def is_unit(word: str) -> bool:
    """Is the last part of `word` a unit of measurement, as in `g/m` or `mmol/L`?"""
    return word.lower().split("/")[-1] in UNITS
