"""From the parser's trees to conditions and queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from lark import Token, Tree

from quandary.language import syntax
from quandary.language.building import Builder, Child, Parsed, check_count
from quandary.language.heads import HEADS, Head, lists_options, names_of_heads, of_one_option
from quandary.language.units import share_bounds
from quandary.language.vocabulary import FUNCTIONS, NOT_ARISING

COMPARISONS = {"==": "=", "≤": "<=", "≥": ">=", "≠": "!="}


class ConditionBuilder(Builder):
    """Builds conditions."""

    def whole(self, tree: Parsed) -> syntax.Expression:
        """Return a rule's condition, which alone may be ``otherwise``."""
        if tree.data == "otherwise":
            return syntax.Otherwise(place=self.place(tree))
        return self.condition(tree)

    def condition(self, tree: Parsed) -> syntax.Expression:
        """Return the node of a condition's tree."""
        place = self.place(tree)
        children = tree.children
        match tree.data:
            case "name":
                return self.name(cast(Token, children[0]))
            case "is_":
                variable, sign, state = (cast(Token, child) for child in children)
                self.check_options((state,))
                return syntax.Is(self.name(variable), (str(state),), sign in ("!=", "≠"), place=place)
            case "is_in":
                self.check_once(children[2:])
                self.check_options(children[2:])
                states = tuple(dict.fromkeys(str(state) for state in children[2:]))
                name = self.name(cast(Token, children[0]))
                return syntax.Is(name, states, children[1] is not None, place=place)
            case "arises":
                return syntax.arises(self.name(cast(Token, children[0])), place=place)
            case "not_":
                return syntax.negated(self.condition(cast(Parsed, children[0])), place=place)
            case "all_of":
                return syntax.And(self.conditions(self.operands(tree)), place=place)
            case "either":
                return syntax.Or(self.conditions(self.operands(tree)), place=place)
            case "condition_paren":
                return self.condition(cast(Parsed, children[0]))
            case "otherwise":
                self.fault("Q141", '"otherwise" stands alone; it cannot be part of a condition', tree)
                return syntax.Otherwise(place=place)
            case _:
                self.misplaced(tree)
                return syntax.Name(("do",), place=place)

    def check_options(self, items: Sequence[Child]) -> None:
        """Note a fault where the words for a decision that does not arise stand for an option."""
        for item in items:
            if str(item) == NOT_ARISING:
                message = f'"{NOT_ARISING}" is no option'
                self.fault("Q153", message, cast(Token, item), "write not arises(decision)")

    def check_once(self, items: Sequence[Child]) -> None:
        """Note a fault for each item of a list that stands there a second time."""
        seen: set[str] = set()
        for item in items:
            written = "".join(self.source(cast(Token, item)).split())
            if written in seen:
                self.fault("Q151", f'"{written}" stands twice in this list', cast(Token, item), "remove one of them")
            seen.add(written)

    def operands(self, tree: Parsed) -> list[Child]:
        """Return the operands of an ``and`` or ``or``, without the words themselves."""
        return [child for child in tree.children if not isinstance(child, Token)]

    def conditions(self, trees: list[Child]) -> tuple[syntax.Expression, ...]:
        """Return the nodes of several conditions."""
        return tuple(self.condition(cast(Parsed, tree)) for tree in trees)

    def misplaced(self, tree: Parsed) -> None:
        """Note a ``do(...)`` that stands inside a condition."""
        self.fault(
            "Q142",
            f"{tree.children[0]}(...) is an intervention, not a condition",
            tree,
            'it stands after "|", joined by commas: P(event | x = v, do(y = w))',
        )


class QueryBuilder(ConditionBuilder):
    """Builds queries."""

    def query(self, tree: Parsed) -> syntax.Expression:
        """Return the node of a query's tree; one made of parts, such as a dilemma, only as the whole query."""
        node = self.part(tree)
        if not isinstance(node, syntax.Ask):
            for listed in filter(lists_options, syntax.calls_in(node)):
                self.problems.append(of_one_option(listed))
            for inner in tree.find_pred(lambda t: t.data == "ask" and bool(HEADS[str(t.children[0])].parts)):
                head = HEADS[str(inner.children[0])]
                parts = ", ".join(f"{part}(...)" for part in head.parts)
                message = f"a {head.name} has {len(head.parts)} parts and is not a number"
                self.fault("Q146", message, inner, f"to calculate with one part, ask for one of {parts}")
        return node

    def part(self, tree: Parsed) -> syntax.Expression:
        """Return the node of any part of a query."""
        place = self.place(tree)
        children = tree.children
        match tree.data:
            case "ask":
                return self.ask(tree)
            case "number":
                return self.number(tree)
            case "query_paren":
                return self.part(cast(Parsed, children[0]))
            case "function":
                callee = cast(Token, children[0])
                check_count(self, callee, len(children) - 1, FUNCTIONS[callee])
                return syntax.Call(str(callee), tuple(self.numeric(c) for c in children[1:]), place=place)
            case "compare":
                left, sign, right = children
                operator = cast("syntax.Comparison", COMPARISONS.get(str(sign), str(sign)))
                sides = self.numeric(left), self.numeric(right)
                self.check_probabilities(sides, (left, right))
                return syntax.Compare(operator, *sides, place=place)
            case "not_":
                return syntax.Not(self.truth(children[0]), place=place)
            case "all_of":
                return syntax.And(tuple(self.truth(c) for c in self.operands(tree)), place=place)
            case "either":
                return syntax.Or(tuple(self.truth(c) for c in self.operands(tree)), place=place)
            case _:
                return self.arithmetic(tree, self.numeric)

    def check_probabilities(self, sides: tuple[syntax.Expression, ...], trees: tuple[Child, ...]) -> None:
        """Note a fault where a share, or arithmetic over some, is compared with a number that none can reach."""
        for (side, number), tree in zip((sides, sides[::-1]), trees[::-1], strict=True):
            bounds = share_bounds(side) if isinstance(number, syntax.Number) else None
            if bounds is None or not isinstance(number, syntax.Number) or bounds[0] <= number.value <= bounds[1]:
                continue
            written, (low, high) = self.source(cast(Parsed, tree)), bounds
            missing = abs(number.value) > 1 and not number.percent and low <= number.value / 100 <= high
            what = f"{side.head}(...)" if isinstance(side, syntax.Ask) else "this"
            message = f"{what} lies between {low:g} and {high:g}, so comparing it with {written} says nothing"
            self.fault("Q150", message, cast(Parsed, tree), f"write {written}%" if missing else None)

    def numeric(self, tree: Child) -> syntax.Expression:
        """Return a part that must be a number."""
        node = self.part(cast(Parsed, tree))
        if isinstance(node, syntax.Compare | syntax.And | syntax.Or | syntax.Not):
            self.fault(
                "Q144",
                "a comparison is true or false and cannot be calculated with",
                cast(Parsed, tree),
                "compare numbers, then join comparisons with and, or, not",
            )
        return node

    def truth(self, tree: Child) -> syntax.Expression:
        """Return a part that must be true or false."""
        node = self.part(cast(Parsed, tree))
        if not isinstance(node, syntax.Compare | syntax.And | syntax.Or | syntax.Not):
            self.fault(
                "Q144",
                "and, or and not join comparisons, and this is a number",
                cast(Parsed, tree),
                "compare it with something: P(...) > 50%; events are joined inside one P(a and b)",
            )
        return node

    def ask(self, tree: Parsed) -> syntax.Ask:
        """Return ``head(target | given, do(...))``, perhaps with stakes and a reference."""
        callee = cast(Token, tree.children[0])
        head = HEADS[str(callee)]
        target = self.target(cast(Parsed, tree.children[1]))
        parts = {part.data: part for part in tree.children[2:] if isinstance(part, Tree)}
        given, do, beliefs = self.given(head, parts["given"]) if "given" in parts else ((), (), ())
        as_seen = any(isinstance(part, Token) and part.type == "AS_SEEN" for part in tree.children[2:])
        if as_seen and not head.as_seen:
            known = " and ".join(f"{name}(...)" for name in names_of_heads(lambda known: known.as_seen))
            hint = f"leave it out; only {known} can be asked of the game as the actor sees it"
            self.fault("Q146", f'{head.name}(...) takes no "as it sees it"', tree, hint)
        stakes: tuple[tuple[str, ...], ...] = ()
        if "stakes" in parts:
            groups = [cast(Parsed, group) for group in parts["stakes"].children]
            stakes = tuple(tuple(str(name) for name in group.children if name != "+") for group in groups)
            self.check_once(groups)
            for group in groups:
                self.check_once([name for name in group.children if name != "+"])
            if not head.lists_stakes:
                self.fault("Q146", f"{head.name}(...) takes no list of stakes", parts["stakes"])
        against: tuple[syntax.Expression, ...] = ()
        if "against" in parts:
            against = self.conditions(self.operands(parts["against"]))
        self.check_reference(head, tree, given, has_reference="against" in parts)
        place = self.place(tree)
        return syntax.Ask(head.name, target, given, do, against, stakes, beliefs, as_seen, place=place)

    def check_reference(
        self, head: Head, tree: Parsed, given: Sequence[syntax.Expression], *, has_reference: bool
    ) -> None:
        """Note a reference that is missing, or stands where none is used."""
        if has_reference and not head.reference:
            known = " and ".join(f"{name}(...)" for name in names_of_heads(lambda known: known.reference))
            hint = f'only {known} compare with a reference after "against"'
            self.fault("Q146", f'{head.name}(...) takes no "against"', tree, hint)
        if head.reference and not has_reference:
            self.fault("Q146", f'{head.name}(...) needs a reference after "against"', tree, self.reference_hint(given))

    def reference_hint(self, given: Sequence[syntax.Expression]) -> str:
        """Return how a reference is written, in the words of the query's own condition where it has one."""
        known = next((one for one in given if isinstance(one, syntax.Is)), None)
        if known is None:
            return 'write what it is asked under, and what that is compared with: "| x = v) against x = another state"'
        return f"write behind it what it is compared with: against {known.variable.text} = another state of it"

    def target(self, tree: Parsed) -> syntax.Expression:
        """Return what stands before the bar."""
        if tree.data == "option":
            variable, _, state = (cast(Token, child) for child in tree.children)
            self.check_options((state,))
            if state is None:
                return self.name(variable)
            return syntax.Is(self.name(variable), (str(state),), place=self.place(tree))
        return self.condition(tree)

    def given(
        self, head: Head, tree: Parsed
    ) -> tuple[tuple[syntax.Expression, ...], tuple[syntax.SetVariable, ...], tuple[syntax.SetBelief, ...]]:
        """Return the conditions and the interventions after the bar: on variables, and on beliefs."""
        conditions: list[syntax.Expression] = []
        settings: list[syntax.SetVariable | syntax.SetBelief] = []
        for item in self.operands(tree):
            seen, body = cast(Parsed, item).children
            if seen is not None and not head.counterfactual:
                known = " and ".join(f"{name}(...)" for name in names_of_heads(lambda known: known.counterfactual))
                hint = f"drop the word; only {known} keeps what was seen under an intervention"
                self.fault("Q143", f'"seen" has no meaning in {head.name}(...)', cast(Token, seen), hint)
            inner = cast(Parsed, body)
            joined = self.operands(inner) if inner.data == "all_of" else [inner]
            for part in joined:
                if cast(Parsed, part).data == "do":
                    settings.extend(self.settings(cast(Parsed, part)))
                else:
                    conditions.append(self.condition(cast(Parsed, part)))
        variables = tuple(one for one in settings if isinstance(one, syntax.SetVariable))
        return tuple(conditions), variables, tuple(one for one in settings if isinstance(one, syntax.SetBelief))

    def settings(self, tree: Parsed) -> list[syntax.SetVariable | syntax.SetBelief]:
        """Return the interventions of one ``do(...)``."""
        foreseen = tree.children[0] == "do_foreseen"
        found: list[syntax.SetVariable | syntax.SetBelief] = []
        for setting in tree.children[1:]:
            if cast(Parsed, setting).data != "setting":
                found.append(self.belief(cast(Parsed, setting), foreseen))
                continue
            variable, _, state = cast(Parsed, setting).children
            self.check_options((state,))
            found.append(
                syntax.SetVariable(
                    self.name(cast(Token, variable)),
                    str(state),
                    foreseen,
                    place=self.place(cast(Parsed, setting)),
                )
            )
        return found

    def belief(self, tree: Parsed, foreseen: bool) -> syntax.SetBelief:
        """Return what a ``do(...)`` has an actor believe."""
        place, children = self.place(tree), tree.children
        whole = self.name(cast(Token, children[1]))
        if tree.data == "believing_rightly":
            return syntax.SetBelief(whole, foreseen=foreseen, place=place)
        chance = self.number(cast(Parsed, children[3]))
        if len(whole.parts) != 3:
            message = f'"{whole.text}" does not say who believes what: an actor, a variable and a state'
            hint = "write do(believes actor.variable.state = 70%); a belief about a stake stands in `believes` alone"
            self.fault("Q155", message, tree, hint)
            return syntax.SetBelief(whole, foreseen=foreseen, place=place)
        actor, variable, state = whole.parts
        who, what = (syntax.Name((part,), place=whole.place) for part in (actor, variable))
        return syntax.SetBelief(who, what, state, chance, foreseen, place=place)
