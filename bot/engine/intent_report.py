"""A report on how messages were understood: one HTML page in Vietnamese, without scripts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.codes import MASK, PERSONAL
from bot.engine import intent_scores as scores
from bot.engine.intent_file import FileMessage
from bot.engine.intent_scores import NOTHING, ConfusedPair, IntentScore, Pair
from bot.engine.report_parts import Html, decimal, fill, join, percent, whole, word, words

# Offices' numbers are no secret.
LANDLINE = "02"


@dataclass(frozen=True)
class Understood:
    """What the bot took a message for; confidences and the procedure's score from 0 to 1."""

    intents: tuple[str, ...]
    confidence: float
    second: str
    second_confidence: float
    is_unsure: bool
    entities: tuple[tuple[str, str], ...]
    procedure: tuple[str, str, float] | None


Row = tuple[FileMessage, Understood]


@dataclass(frozen=True)
class Report:
    """All that a page tells; `messages` and `understood` are of the same length."""

    file: str
    model: str
    day: dt.date
    messages: Sequence[FileMessage]
    understood: Sequence[Understood]

    @property
    def is_labelled(self) -> bool:
        """Whether the file tells what was to be understood."""
        return any(message.intents for message in self.messages)

    @property
    def rows(self) -> list[Row]:
        """Messages with what was understood."""
        return list(zip(self.messages, self.understood, strict=True))

    @property
    def pairs(self) -> list[Pair]:
        """Of each message, what was expected and what was understood."""
        return _pairs(self.rows)


def understood_of(explained: dict[str, Any]) -> Understood:
    """What a report needs of `explain_message`'s result."""
    intent, ranking = explained["intent"], explained["ranking"]
    # Of a message with several questions `questions` names all of them.
    names = [name for name in explained.get("questions") or [intent["name"]] if name]
    others = [item for item in ranking if item["name"] not in names]
    nearest = explained["procedures"][:1]
    return Understood(
        intents=tuple(dict.fromkeys(names)),
        confidence=intent["confidence"],
        second=others[0]["name"] if others else NOTHING,
        second_confidence=others[0]["confidence"] if others else 0.0,
        is_unsure=explained["fallback"],
        entities=tuple(_entity(entity) for entity in explained["entities"]),
        procedure=next(((item["code"], item["name"], item["score"]) for item in nearest), None),
    )


def _entity(entity: dict[str, Any]) -> tuple[str, str]:
    """Kind and value; a person's number is masked even where its value stands alone."""
    kind, value = str(entity["entity"]), str(entity["value"])
    return kind, MASK if kind in PERSONAL and not value.startswith(LANDLINE) else value


def render(report: Report) -> str:
    """The page."""
    body = _labelled(report) if report.is_labelled else _unlabelled(report)
    title = fill("title_labelled" if report.is_labelled else "title_unlabelled")
    return fill(
        "page",
        title=title,
        style=fill("style"),
        file=report.file,
        model=report.model,
        day=report.day.strftime("%d/%m/%Y"),
        body=body,
    )


def _labelled(report: Report) -> Html:
    rows = report.rows
    result = scores.score(_pairs(rows))
    failed = [row for row in rows if not scores.is_right(_pair(row))]
    counts = scores.confusion(_pairs(rows))
    worst = scores.worst_pairs(counts)
    nothing = Html()
    has_registers = any(message.register for message in report.messages)
    has_several = any(len(message.intents) > 1 for message in report.messages)
    return fill(
        "labelled",
        number=whole(result.number),
        right=whole(result.right),
        share=percent(result.share_right),
        macro_f1=decimal(result.macro_f1),
        unsure=whole(sum(understood.is_unsure for _, understood in rows)),
        registers=_groups("registers", rows, _register) if has_registers else nothing,
        questions=_groups("questions", rows, _questions) if has_several else nothing,
        # The weakest first.
        intents=join(map(_score, sorted(result.intents, key=lambda i: (i.f1, -i.number)))),
        grid=_grid(counts),
        pairs=fill("pairs", rows=join(map(_confused, worst))) if worst else fill("no_pairs"),
        failed=fill("failures", number=whole(len(failed)), rows=join(map(_failure, failed)))
        if failed
        else fill("no_failures"),
    )


def _unlabelled(report: Report) -> Html:
    rows = report.rows
    groups = scores.grouped(
        (name for _, understood in rows for name in understood.intents or (NOTHING,)), str
    )
    return fill(
        "unlabelled",
        number=whole(len(rows)),
        unsure=whole(sum(understood.is_unsure for _, understood in rows)),
        counts=join(
            fill(
                "count_row",
                intent=_intent(name),
                number=whole(len(group)),
                share=percent(len(group) / len(rows)),
            )
            for name, group in groups.items()
        ),
        rows=join(map(_message, rows)),
    )


def _message(row: Row) -> Html:
    message, understood = row
    return fill(
        "message_row",
        line=str(message.line),
        text=message.text,
        intent=_intents(understood.intents),
        unsure=_unsure(understood),
        confidence=percent(understood.confidence),
        entities=join(
            fill("entity", kind=word(kind), value=value) for kind, value in understood.entities
        ),
        procedure=_procedure(understood),
    )


def _score(item: IntentScore) -> Html:
    return fill(
        "intent_row",
        intent=_intent(item.intent),
        number=whole(item.number),
        precision=percent(item.precision),
        recall=percent(item.recall),
        f1=decimal(item.f1),
    )


def _confused(pair: ConfusedPair) -> Html:
    return fill(
        "pair_row",
        expected=_intent(pair.expected, "nothing_expected"),
        understood=_intent(pair.understood),
        number=whole(pair.number),
        share=percent(pair.share),
    )


def _failure(row: Row) -> Html:
    message, understood = row
    return fill(
        "failure_row",
        line=str(message.line),
        text=message.text,
        expected=_intents(message.intents),
        understood=_intents(understood.intents),
        unsure=_unsure(understood),
        confidence=percent(understood.confidence),
        second=_intent(understood.second) if understood.second else Html(),
        second_confidence=percent(understood.second_confidence if understood.second else None),
    )


def _groups(part: str, rows: Sequence[Row], key: Callable[[Row], Html]) -> Html:
    """Scores by a trait of the messages, in a section of its own."""
    lines = []
    for name, group in scores.grouped(rows, key).items():
        result = scores.score(_pairs(group))
        lines.append(
            fill(
                "group_row",
                name=Html(name),
                number=whole(result.number),
                share=percent(result.share_right),
                macro_f1=decimal(result.macro_f1),
            )
        )
    return fill(part, rows=join(lines))


def _register(row: Row) -> Html:
    register = row[0].register
    return fill("register", name=word(register)) if register else fill("no_register")


def _questions(row: Row) -> Html:
    return fill("one_question" if len(row[0].intents) == 1 else "several_questions")


def _grid(counts: scores.Confusion) -> Html:
    """The confusion: rows expected, columns understood, only those that occur."""
    totals = scores.row_totals(counts)
    columns = _nothing_last({understood for _, understood in counts})
    rows = [
        fill(
            "grid_row",
            name=_name(expected, "nothing_expected"),
            meaning=word(expected),
            cells=join(
                _cell(expected, understood, counts.get((expected, understood), 0), total)
                for understood in columns
            ),
        )
        for expected, total in ((name, totals[name]) for name in _nothing_last(totals))
    ]
    heads = (fill("grid_head", name=_name(name), meaning=word(name)) for name in columns)
    return fill("grid", heads=join(heads), rows=join(rows))


def _cell(expected: str, understood: str, number: int, total: int) -> Html:
    if not number:
        return fill("blank")
    return fill(
        "hit" if expected == understood else "miss",
        expected=_name(expected, "nothing_expected"),
        understood=_name(understood),
        number=whole(number),
        total=whole(total),
        shade=f"{number / total:.2f}",
        share=percent(number / total),
    )


def _nothing_last(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (name == NOTHING, name))


def _pair(row: Row) -> Pair:
    return row[0].intents, row[1].intents


def _pairs(rows: Iterable[Row]) -> list[Pair]:
    return [_pair(row) for row in rows]


def _procedure(understood: Understood) -> Html:
    if understood.procedure is None:
        return Html()
    code, name, likelihood = understood.procedure
    return fill("procedure", code=code, name=name, score=percent(likelihood))


def _unsure(understood: Understood) -> Html:
    return fill("unsure") if understood.is_unsure else Html()


def _intents(names: Sequence[str]) -> Html:
    return Html(fill("and").join(_intent(name) for name in names or (NOTHING,)))


def _intent(name: str, nothing: str = "nothing_understood") -> Html:
    """An intent's name with what it means in words."""
    if name == NOTHING:
        return fill("nothing", name=fill(nothing))
    meaning = words().get(name)
    return fill("intent", name=name, meaning=meaning) if meaning else fill("bare", name=name)


def _name(name: str, nothing: str = "nothing_understood") -> str:
    return fill(nothing) if name == NOTHING else name
