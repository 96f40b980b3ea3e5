"""The words the grammar knows beside the heads of queries: functions, distributions, families and one-word odds."""

from __future__ import annotations

INTERVENTIONS = ("do", "do_foreseen", "do_unseen")

UNBOUNDED = 1_000
FUNCTIONS: dict[str, tuple[int, int]] = {
    "abs": (1, 1),
    "min": (2, UNBOUNDED),
    "max": (2, UNBOUNDED),
    "exp": (1, 1),
    "log": (1, 1),
    "sqrt": (1, 1),
}
"""Functions of numbers, with the least and the greatest number of arguments."""

DISTRIBUTIONS: dict[str, tuple[int, int]] = {
    "normal": (2, 2),
    "lognormal": (2, 2),
    "beta": (2, 2),
    "uniform": (2, 2),
    "triangular": (3, 3),
    "pert": (3, 3),
    "mixture": (2, UNBOUNDED),
    "shares": (2, UNBOUNDED),
}
"""Named distributions; ``shares(3, 1)`` stands last in a mixture and weighs its parts."""

SIGNATURES = {
    "normal": "normal(mean, standard deviation)",
    "lognormal": "lognormal(mean of the log, standard deviation of the log)",
    "beta": "beta(a, b)",
    "uniform": "uniform(low, high)",
    "triangular": "triangular(low, most likely, high)",
    "pert": "pert(low, most likely, high)",
    "mixture": "mixture(quantity, quantity, ..., shares(2, 1, ...))",
    "shares": "shares(2, 1, ...)",
    "min": "min(a, b, ...)",
    "max": "max(a, b, ...)",
    "abs": "abs(a)",
    "exp": "exp(a)",
    "log": "log(a)",
    "sqrt": "sqrt(a)",
}

FAMILIES = ("normal", "lognormal", "logit-normal", "uniform", "beta")
FAMILY_SPELLINGS = {
    **{family: family for family in FAMILIES},
    "logitnormal": "logit-normal",
    "logit_normal": "logit-normal",
    "log-normal": "lognormal",
    "log_normal": "lognormal",
    "gaussian": "normal",
}

ONE_WORD_ODDS = frozenset(
    {"always", "certain", "certainly", "frequently", "impossible", "improbable", "likely", "maybe", "never"}
    | {"often", "possibly", "probable", "probably", "rarely", "remote", "unlikely", "usually"}
)
"""Words of estimative probability that are one word: in a quantity odds, not the name of an assumption."""

NOT_ARISING = "does not arise"
"""The state of a decision where its ``when`` does not hold. No option has this name; ``arises(d)`` asks for it."""

REPLAN = "replan"
"""Written among the conditions of a ``would``: its rules are those chosen knowing of the change."""

RESERVED = frozenset({"and", "or", "not", "in", "otherwise", "rest", "exact", "to", "of", "per", "points", "seen"})
"""Words that a name in a case may not be."""

UNKNOWN = "unknown"
"""What stands for a number that nobody has put, and for a whole map of them."""

NUMBER_WORDS = (UNKNOWN, "raises", "lowers")
"""Words that stand for a number as a whole entry; states and options may be called so, assumptions not."""

NOT_KNOWN = frozenset(
    {"tbd", "tba", "tbc", "na", "n_a", "nan", "none", "null", "dunno", "unsure", "unclear", "open", "any"}
)
"""What people write in the place of a number that nobody knows."""

RULE_NOTES = frozenset({"because", "source", "quote", "status", "called"})
"""Keys that stand beside conditions, states and options, and are none."""

RULE_KEYS = RULE_NOTES | {"channel"}
"""The keys that stand beside a rule's condition."""
