"""One record of the national portal's own JSON, from its object to a `Procedure`.

The portal's objects say more than the text export (cases with times of their own, files of
forms, whether a procedure is fully online, foreign currencies) and leave out nothing that it
has. Their defaults are defaults here, too: `0` without a word is no fee that is known,
`false` is no statement.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from bot.catalogue.amounts import HIGHEST_CREDIBLE_AMOUNT, fee_of
from bot.catalogue.forms import forms_among
from bot.catalogue.localising import without_other_provinces
from bot.catalogue.model import (
    COMMUNE,
    DIRECT,
    ONLINE,
    POSTAL,
    PROVINCE,
    VND,
    Case,
    Channel,
    Document,
    Duration,
    Fee,
    Form,
    LegalBasis,
    Procedure,
    Source,
)
from bot.catalogue.national_record import (
    CODE,
    RecordError,
    clean_name,
    document_of,
    one_line,
    paragraphs,
)

_KINDS = {"ONLINE": ONLINE, "DIRECT": DIRECT, "POSTAL": POSTAL}
# OTHER has lost its unit: the number alone says nothing.
_UNITS = {
    "WORKING_DAY": "working_day",
    "DAY": "day",
    "HOUR": "hour",
    "MONTH": "month",
    "YEAR": "year",
}
_LONGEST_TIME = 10_000
_CURRENCIES = {
    "": VND,
    "019b3fb2-b5b8-70ac-85e2-9409ec1eaffa": VND,
    "019b3fb2-dee2-76ab-aa53-22d4d903a2bb": "USD",
}


def is_portal_record(value: Any) -> bool:
    """Whether a JSON value has the shape of a portal's record."""
    data = value.get("data") if isinstance(value, dict) else None
    return isinstance(data, dict) and "code" in data and "executionMethods" in data


def parse_portal_record(value: Any, source: Source) -> Procedure | None:
    """A procedure from the object of its file; None if it is handed in at neither level.

    Raises:
        RecordError: the object is not a portal's record, or a part is not of its type.
    """
    if not is_portal_record(value):
        raise RecordError("not a record of the portal")
    try:
        return _procedure(_composed(value["data"]), source)
    except RecordError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise RecordError(f"a part is missing or not of its type: {error!r:.80}") from error


def _composed(value: Any) -> Any:
    """The value with all texts in composed Unicode, as every database takes them."""
    if isinstance(value, str):
        value.encode()  # Half a surrogate pair is a ValueError.
        return unicodedata.normalize("NFC", value).replace("\0", "")
    if isinstance(value, list):
        return [_composed(item) for item in value]
    if isinstance(value, dict):
        return {key: _composed(item) for key, item in value.items()}
    return value


def issuing_body(value: Any) -> str:
    """Who issued a record's procedure."""
    return unicodedata.normalize("NFC", str(value["data"].get("departmentPromulgateName") or ""))


def is_internal(value: Any) -> bool:
    """Whether a record's procedure is the administration's own business."""
    data = value["data"]
    return bool(data.get("isInternal")) or data.get("type") == "STANDARD_INTERNAL"


def _procedure(data: Mapping[str, Any], source: Source) -> Procedure | None:
    code = str(data["code"]).strip()
    if not CODE.match(code):
        raise RecordError(f"{code!r} is not a procedure code")
    name = clean_name(data["name"])
    if not name:
        raise RecordError("the name is empty")
    if data.get("isWard"):
        level = COMMUNE
    elif data.get("isProvince"):
        level = PROVINCE
    else:
        return None
    channels = tuple(_channel(method) for method in data["executionMethods"])
    papers, forms = _papers(data["executionCases"])
    proposal = data.get("procedureProposal") or {}
    fields = [*_names([data.get("category") or {}]), *_names(data.get("categoriesDetails"))]
    return Procedure(
        code=code,
        name=name,
        field=fields[0] if fields else "",
        level=level,
        issuing_body=one_line(data.get("departmentPromulgateName") or ""),
        decision=one_line(proposal.get("proposalNumber") or ""),
        subject=", ".join(_names(data.get("subjectTypesDetails"))),
        agency=without_other_provinces(
            "; ".join(
                _names(data.get("departmentsExecuting")) or _names(data.get("unitGroupsExecuting"))
            )
        ),
        service_level="full" if data.get("isFullProcess") is True else "",
        online=True if any(c.kind == ONLINE for c in channels) else None,
        places=paragraphs(data.get("dossierReceivingAddresses") or ""),
        documents=papers,
        channels=channels,
        cases=tuple(dict.fromkeys(_case(case) for case in data.get("cases") or ())),
        forms=forms,
        steps=tuple(
            line
            for step in data["executionSteps"]
            for line in (*paragraphs(step.get("name") or ""), *paragraphs(step["description"]))
        ),
        result="; ".join(_names(data.get("resultsDetails"))),
        conditions="\n".join(paragraphs(data.get("requirementsAndConditions") or "")),
        legal_basis=tuple(
            LegalBasis(one_line(basis["name"]), one_line(basis.get("code") or ""))
            for basis in data.get("legalBasisesDetails") or ()
        ),
        source=source,
    )


def _names(items: Iterable[Mapping[str, Any]] | None) -> list[str]:
    names = [one_line(item.get("name") or "") for item in items or ()]
    return [name for name in dict.fromkeys(names) if name]


def _channel(method: Mapping[str, Any]) -> Channel:
    kind = _KINDS.get(method["submissionMethod"])
    if kind is None:
        raise RecordError(f"{method['submissionMethod']!r} is no known way to file")
    fees = [_fee(fee) for fee in method["fees"]]
    return Channel(
        kind=kind,
        time=_time(method.get("processingTime"), method.get("processingTimeUnit")),
        fees=tuple(dict.fromkeys(fee for fee in fees if fee.is_published)),
        note=one_line(method.get("description") or ""),
    )


def _time(value: float | None, unit: str | None) -> Duration:
    if not value or unit not in _UNITS or not 0 < value < _LONGEST_TIME:
        return Duration()
    return Duration(float(value), _UNITS[unit])


def _fee(fee: Mapping[str, Any]) -> Fee:
    amount, note = float(fee["value"]), str(fee.get("description") or "")
    currency = _CURRENCIES.get(fee.get("currencyId") or "")
    if currency == VND and amount == int(amount) and amount >= 0:
        return fee_of(int(amount), note)
    if currency is not None and 0 < amount <= HIGHEST_CREDIBLE_AMOUNT and amount == int(amount):
        return Fee(int(amount), note=one_line(note), currency=currency)
    return Fee(note=one_line(note))


def _case(case: Mapping[str, Any]) -> Case:
    days = case.get("processingDay") or {}
    return Case(
        name=clean_name(case["name"]),
        code=str(case.get("code") or ""),
        time=_time(days.get("qty"), days.get("type")),
    )


def _papers(
    groups: Iterable[Mapping[str, Any]],
) -> tuple[tuple[Document, ...], tuple[Form, ...]]:
    """Papers, and forms: their files where the portal has them, else those that papers name."""
    papers: list[Document] = []
    forms: list[Form] = []
    for group in groups:
        for part in group["profileComponents"]:
            paper = document_of(
                part["name"],
                group.get("name") or "",
                int(part.get("originalQty") or 0),
                int(part.get("copyQty") or 0),
            )
            if paper is None:
                continue
            papers.append(paper)
            files = [one_line(file["fileName"]) for file in part.get("attachments") or ()]
            named = forms_among((paper,))
            for file in files:
                name = named[0].name if named else file.rsplit(".", 1)[0]
                number = named[0].number if named else ""
                forms.append(Form(name, number, file))
            if not files:
                forms += named
    return tuple(papers), tuple(dict.fromkeys(forms))
