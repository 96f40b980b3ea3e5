"""What kind of statement it is: question, conditional, forecast, causal, normative or factual."""

from __future__ import annotations

import re
from dataclasses import dataclass

from quandary.read.records import KINDS, Kind
from quandary.read.words.wording import lexicon, word_set

_QUESTION_CUES = {"ask", "wonder", "question"}
_QUESTION_START = re.compile(r"^(?:whether|why|how|who|what|when)\b", re.I)
_INVERTED = re.compile(
    r"^Should\s+[^?]{3,120},|(?:^(?:Should|Were|Had)|,\s+(?:should|were|had))\s+(?:the|a|an|he|she|it|they|any\w*|[A-Z]\w+)\s+[^?]*(?:,|$)",
    re.M,
)
_THREAT = re.compile(
    r"^(?:touch|attack|cross|strike|come|try|push|hit|threaten|send|move|impose|keep|give|stop|continue|ignore|invade|step|break|"
    r"do|take|make|leave|cut|block|close|fire|bomb|test|withdraw|release|return|sign|accept|refuse|lift|back|surrender)\b"
    r"[^.?!]{3,120}?\b(?:and|or)\s+(?:you|we|they|he|she|it|the|there|i|our|your|face|risk|suffer|pay|this|that)\b",
    re.I,
)
_ANY_WILL = re.compile(
    r"\b(?:any(?:one|body)?|whoever|those\s+who|one\s+more)\b[^.;?!]{3,100}?\b(?:will|would|shall)\s+(?:\w+ly\s+)?(?:be|have|face|lead|"
    r"mean|bring|result|cross|trigger|provoke|pay|meet|cost|require|depend|fail|backfire|draw|invite|risk|destroy|doom)\b",
    re.I,
)
_UNTIL = re.compile(
    r"\b(?:(?:will|would|can|could)\s+not|won['’]t|wouldn['’]t|can['’]?not|never|no)\b[^.;?!]{2,100}\b(?:until|unless)\b"
    r"|^until\b[^.;?!]{3,100},[^.;?!]*\b(?:will|would|won['’]t)\b",
    re.I,
)
_FORETOLD = re.compile(
    r"\b(?:likely|continues?|going|about|set|expected|threatens?|threatened|tends?|bound|sure|seems?)\s+to\s+$", re.I
)
_FEELING = re.compile(
    r"(?:regret|welcom|trust|deplor|condemn|denounc|prais|admir|thank|applaud|apologi|commend|proud|pleased|delighted|sorry|grateful|"
    r"disappointed|shame|outrag|disgrac|oppos|pray|mourn|stand\s)",
    re.I,
)
_PREDICATED = re.compile(
    r"(?:(?<![\w-])(?:is|are|was|were|be|been|being|remains?|feels?|seems?|looks?|bec[ao]mes?|called|calls|as)|(?:it|that|what|s?he|t?here|who)['’]s|['’](?:re|m))\W+"
    r"(?:(?:\w+ly|very|so|too|not|an?|the|really|just|such|quite|more|most|no|complete|total|sheer|pure|grave|huge|serious|deep|real|big|terrible|clear)\W+){0,4}$",
    re.I,
)
_WOULD_HAVE_TO = re.compile(r"\b(?:would|might|could|may)\s+(?:\w+ly\s+|soon\s+|then\s+)?have\s+to\b", re.I)
_MODALS = {"would", "could", "might", "may"}
_CAUTIONING = {"warn", "caution", "tell", "advise", "ask"}
_DEPENDS = re.compile(
    r"^(?:whether|if|how)\b[^.;?!]{3,120}\b(?:depends?|depended|hinge[sd]?|turns?|rests?)\s+(?:\w+ly\s+)?(?:up)?on\b|\b(?:depend|hinge|hang|rest|turn)(?:s|ed|ing)?\s+(?:\w+ly\s+|in\s+part\s+)?(?:up)?on\s+"
    r"(?:whether|if|how|what|who|when|the\s+(?:outcome|result)|an?\b)|\bcontingent\s+(?:up)?on\b|\bsubject\s+to\s+(?:\w+\s+){0,3}"
    r"(?:approval|consent|agreement)\b",
    re.I,
)
_OTHERWISE = re.compile(
    r"(?:^|[.;:,–—-]\s*|\b(?:or|because|as|that|and|but)\s+)otherwise,?\s+(?!\w+(?:ed|ing)\b)(?:\w[\w’'-]*\s+){1,8}?"
    r"(?:will|would|may|might|could|can|shall|must|is|are|was|were|has|have|had|risks?|faces?|\w+s)\b",
    re.I,
)
_HOPE = re.compile(
    r"\b(?:hope(?:s|d|ful|fully)?|confident|optimistic|pessimistic|expect(?:s|ed|ing)?|anticipate[sd]?|fear(?:s|ed|ful)?|afraid|"
    r"worr(?:y|ies|ied)|concerned|convinced|doubt(?:s|ed|ful)?|predict(?:s|ed)?)\b[^.;?!]{0,60}?\b(?:will|would|may|might|could|can|to)\b",
    re.I,
)
_HOPING = {"hope", "fear", "worry", "anticipate", "expect", "dread", "doubt"}
_SCARE = re.compile(
    r"^\s+(?!(?:by|of|in|on|at|to|for|from|with|as|and|or|but|that|which|who|if|when|while|because|after|before|is|are|was|were|has|"
    r"have|had|will|would|can|could|should|must|he|she|it|they|against|over|under|into|about|during|since|until|than)\b)[a-z]"
)
_LOOKS_BACK = re.compile(
    r"(?:would|could|might|may)(?:n['’]t|\s+(?:not|never|well|also|already|only|easily|still|even))*\s+have\s+(?:\w+ly\s+|not\s+|also\s+|already\s+)?"
    r"(?:been|had|\w+ed|\w+(?:en|wn|ung|unk|ought|aught|uilt|ent|eft|ost|old|ade|aid|et|ut|it|on|un|ome|ead|eld|one|oken|elt|ood|ept))\b",
    re.I,
)
_EXPECTS = re.compile(
    r"(?<!\bas )(?<!\bthan )(?<!\bto )\b(?:expect(?:s|ed)?|foresees?|foresaw|predict(?:s|ed)?|anticipate[sd]?)\s+"
    r"(?!to\b)(?:that\b|[\w’'-]+(?:\s+[\w’'-]+){0,5}?\s+(?:to|will|would)\b)",
    re.I,
)
_DUE = re.compile(
    r"\b(?:it(?:['’]s|\s+is|\s+was)\s+(?:now\s+)?(?:high\s+|about\s+|past\s+|long\s+past\s+)?time\s+(?:for|to|that|the|we|they|he|she|you)"
    r"|the\s+time\s+(?:has\s+come|had\s+come|is\s+ripe|was\s+ripe)"
    r"|(?:is|are|was|were|be|remains?)\s+(?:\w+ly\s+)?(?:needed|essential|vital|crucial|imperative|important|urgent|necessary|critical)"
    r"\s+(?:that|for\s+(?:\S+\s+){1,5}?to)|(?:is|are|was|were)\s+(?:\w+ly\s+)?(?:needed|required)\s*[.,;\"”’']*$"
    r"|(?:has|have|had)\s+(?:no|the|a|every)\s+(?:right|duty|obligation|responsibility|business)\s+(?:to|of|in))\b",
    re.I,
)
_CALLS = re.compile(
    r"^(?:hands\s+off|no\s+more|down\s+with|long\s+live|shame\s+on|enough\s+(?:is\s+enough|of))\b|^\W*(?:we|i)\s+(?:\w+ly\s+)?(?:thank|welcome|condemn|deplore|praise|applaud|denounce|commend|regret|reject|oppose|pray|mourn|congratulate)\b|\b(?:we|i)\s+(?:\w+ly\s+)?(?:urge|demand|call\s+(?:on|upon|for)|appeal\s+(?:to|for)|implore|insist\s+that)\b",
    re.I,
)
_MADE_BY = re.compile(
    r"\b(?:made|left|rendered)\s+(?:\w+\s+)?(?:more|less|worse|better|\w+er|(?:im)?possible|inevitable|(?:un)?likely|difficult|hard|easy)\s+(?:\w+\s+)?by\b(?!\s+(?:the\s+)?(?:\d|next|then|now|night|day|early|late|mid))",
    re.I,
)
_NOT_TO = re.compile(r"(?:^|\b)(?:not|never)\s+to\s+\w+", re.I)
_SENTENCE = re.compile(r"(?:[^.!?…;]|(?<=\d)\.(?=\d))+(?:\.{3}(?:[^.!?;]|(?<=\d)\.(?=\d))*)*[.!?…;]*[\"”’')\]]*")
_SUBORDINATE_CAUSE = re.compile(
    r"^(?:because|as\s+(?!part|well|of|an?\b|in|for|with|to|soon|long|many|much|such|if|though)|"
    r"since\s+(?!then|\d|last|early|late|the\s+(?:start|beginning|end)|[A-Z]\w+\s+\d))\b.+,",
    re.I | re.S,
)
_MAKES = re.compile(
    r"\b(?:makes?|made|making|render(?:s|ed)?)\s+(?:\S+\s+){1,8}?(?:more|less|harder|easier|worse|weaker|stronger|safer|riskier|"
    r"costlier|(?:im)?possible|inevitable|unlikely|likely)\b",
    re.I,
)
_DUE_TO_ACT = re.compile(rf"\bdue\s+to\s+(?:{'|'.join(sorted(word_set('arranged')))})\b", re.I)
"""What is arranged, no cause: "was due to meet"."""
_UNABLE = re.compile(r"\bcould\s*(?:n['’]t|not|never|no\s+longer|hardly|barely|scarcely|neither)\b(?!\s+only)", re.I)
_WAS_ABLE = re.compile(r"\bcould\s+(?:not\s+)?(?:see|hear|feel|find|afford|be seen|be heard|only)\b", re.I)


@dataclass(frozen=True, slots=True)
class JudgedKind:
    """The primary kind and the other kinds that also fit."""

    kind: Kind
    also: tuple[Kind, ...]


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the sentences of a quoted passage as offsets, split at marks that end one."""
    found: list[tuple[int, int]] = []
    for match in _SENTENCE.finditer(text):
        low, high = match.span()
        while low < high and text[low].isspace():
            low += 1
        abbreviated = found and re.search(
            r"\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Gen|Sen|U\.S|U\.N|U\.K|St|No)\.$", text[found[-1][0] : found[-1][1]]
        )
        after_semicolon = found and text[found[-1][1] - 1] == ";"
        if abbreviated or (found and text[low : low + 1].islower() and not after_semicolon):
            found[-1] = (found[-1][0], high)
        elif high - low > 1 and re.search(r"\w", text[low:high]):
            found.append((low, high))
    return found


def judge(content: str, cue: str | None, *, reported: bool = False, orders: bool = False) -> JudgedKind:
    """Return the kind of a statement; ``cue`` is the cue's lemma, ``reported`` says that tenses may be shifted back.

    ``orders`` says that the content is in the imperative: a norm, where nothing else tells more.

    A question or a condition anywhere settles it; otherwise the sentences vote and the first breaks a tie.
    """
    parts = [content[a:b] for a, b in sentences(content)] or [content]
    each = [_judge_sentence(p, cue if len(parts) == 1 else None, reported=reported) for p in parts]
    found = [k for kinds in each for k in kinds]
    primary = _primary(each, obliges=any(normative_strength(p) == 2 for p in parts[:3]))
    if cue in lexicon("normative").cues and primary in ("factual", "causal") and len(parts) == 1:
        found.append(primary)
        primary = "normative"
    if cue == "need" and primary != "conditional":
        found.append(primary)
        primary = "normative"  # "stressed the need for talks that could end the war"
    if cue in ("warn", "caution") and content.lower().startswith("against ") and primary != "conditional":
        found.append(primary)
        primary = "normative"  # "warned against a strike": it should not be
    if cue == "accuse" and primary not in ("question", "conditional"):
        found.append("normative")
        primary = "factual"
    if cue in lexicon("causal").cues and primary in ("factual", "normative"):
        primary = "causal"
    if orders and primary == "factual":
        found.append(primary)
        primary = "normative"
    also = tuple(k for k in KINDS if k in found and k != primary)
    return JudgedKind(primary, also)


def _primary(each: list[list[Kind]], *, obliges: bool) -> Kind:
    firsts = [kinds[0] for kinds in each]
    for kind in ("question", "conditional"):
        if kind in firsts:
            return kind
    if "normative" in firsts[:1] or (obliges and firsts[0] == "factual"):
        return "normative"
    counts = {kind: firsts.count(kind) for kind in KINDS}
    most = max(counts.values())
    return firsts[0] if counts[firsts[0]] == most else next(k for k in firsts if counts[k] == most)


def _judge_sentence(sentence: str, cue: str | None, *, reported: bool) -> list[Kind]:
    """Return the kinds of one sentence, the most telling first."""
    kinds: list[Kind] = []
    if is_question(sentence, cue):
        kinds.append("question")
    if is_conditional(sentence):
        kinds.append("conditional")
    forecast = is_forecast(sentence, cue, reported=reported)
    strength = causal_strength(sentence, cue)
    norm = normative_strength(sentence, cue)
    hoped = forecast and (cue in _HOPING or _HOPE.search(sentence) is not None)
    if strength == 3 and not hoped:
        kinds.append("causal")
    if norm == 2 and not (forecast and cue in lexicon("forecast").cues):
        kinds.append("normative")
    if forecast:
        kinds.append("forecast")
    if strength == 2 or (strength == 3 and hoped):
        kinds.append("causal")
    if norm == 1:
        kinds.append("normative")
    kinds.append("factual")
    if norm == 0 and praises_or_blames(sentence):
        kinds.append("normative")
    if strength == 1:
        kinds.append("causal")
    return kinds


def is_question(sentence: str, cue: str | None = None) -> bool:
    """Return whether a sentence asks."""
    if sentence.rstrip(" \"”’')]").endswith("?"):
        return True
    return cue in _QUESTION_CUES and bool(_QUESTION_START.match(sentence) or sentence.lower().startswith("if "))


def is_conditional(sentence: str) -> bool:
    """Return whether a sentence states a condition, with or without "if"."""
    found = [m.group(0).lower() for m in lexicon("conditional").all(sentence)]
    if any(word != "otherwise" for word in found) or _INVERTED.search(sentence):
        return True
    if found and _OTHERWISE.search(sentence):
        return True  # not "the harvest was otherwise fine"
    return any(form.search(sentence) is not None for form in (_THREAT, _ANY_WILL, _UNTIL, _DEPENDS))


def is_forecast(sentence: str, cue: str | None = None, *, reported: bool = False) -> bool:
    """Return whether a sentence looks ahead; "would have" and "could see" look back."""
    if cue in lexicon("forecast").cues:
        return True
    for match in lexicon("forecast").all(sentence):
        word = match.group(0).lower()
        if match.group(0) == "May" and match.start() > 0:
            continue  # the month
        if word in _MODALS and _LOOKS_BACK.match(sentence, match.start()):
            continue
        if word == "would" and sentence[match.end() :].startswith((" like ", " rather ")):
            continue
        if word == "could" and (_WAS_ABLE.match(sentence, match.start()) or _UNABLE.match(sentence, match.start())):
            continue  # what someone was able to do, or was not
        return True
    if _EXPECTS.search(sentence):
        return True
    return cue == "warn" and sentence.lower().startswith(("of ", "about "))


def causal_strength(sentence: str, cue: str | None = None) -> int:
    """Return 3 for an explicit cause, 2 for a verb of influence, 1 for a word that only hints, 0 otherwise."""
    words = lexicon("causal")
    sentence = _DUE_TO_ACT.sub(" about ", sentence)
    if cue in words.cues or words.settles(sentence) or _MAKES.search(sentence) or _MADE_BY.search(sentence):
        return 3
    if _SUBORDINATE_CAUSE.match(sentence):
        return 3
    if words.medium and any(not _is_purpose(sentence, m.start()) for m in words.medium.finditer(sentence)):
        return 2
    return 1 if words.first(sentence) else 0


def _is_purpose(sentence: str, at: int) -> bool:
    """Return whether a verb stands after a "to" of purpose: "to prevent an attack" claims no effect."""
    before = sentence[:at]
    return before.endswith("to ") and not _FORETOLD.search(before)


def normative_strength(sentence: str, cue: str | None = None) -> int:
    """Return 2 for an obligation or demand, 1 for praise or blame, 0 otherwise."""
    words = lexicon("normative")
    sentence = _WOULD_HAVE_TO.sub(" will ", sentence)  # what comes of it, not what ought to be done
    if words.settles(sentence) or _DUE.search(sentence) or _CALLS.search(sentence):
        return 2
    if cue in _CAUTIONING and _NOT_TO.search(sentence):
        return 2  # "warned its citizens not to travel"
    judging = [m for m in words.all(sentence) if m.start() == 0 or not m.group(0)[0].isupper()]
    if cue in words.cues:
        return 1
    return 1 if any(_is_judgement(sentence, m.start(), m.end()) for m in judging) else 0


def praises_or_blames(sentence: str) -> bool:
    """Return whether a sentence has a word of praise or blame at all, even in passing."""
    return lexicon("normative").first(sentence) is not None


def _is_judgement(sentence: str, start: int, end: int) -> bool:
    """Return whether an evaluative word is what is said rather than said in passing: predicated, felt, or quoted."""
    if _FEELING.match(sentence, start) or _PREDICATED.search(sentence[:start]):
        return True
    marks = [m.start() for m in re.finditer('["“”]', sentence)]
    around = [(a, b) for a, b in zip(marks[::2], marks[1::2], strict=False) if a < start and end <= b]
    return any(not _is_scare_quote(sentence, a, b) for a, b in around)


def _is_scare_quote(sentence: str, start: int, end: int) -> bool:
    """Return whether a word or two in quotation marks only name the noun behind them: the “heroic” brigade."""
    return len(sentence[start:end].split()) <= 2 and _SCARE.match(sentence[end + 1 :]) is not None
