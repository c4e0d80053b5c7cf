"""How a dossier stands to its due date, in working days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.dossiers import statuses
from bot.dossiers.model import Dossier
from bot.dossiers.statuses import DONE, FILE_AGAIN, RUNNING, STOPPED, Status
from bot.offices.working_days import working_days_between

UNKNOWN = "unknown"
EARLY, ON_TIME, LATE = "early", "on_time", "late"


@dataclass(frozen=True)
class Standing:
    """What status and days of a dossier come to.

    `status` is None where the source writes none or one that is not known; `clock` is then
    UNKNOWN unless the dossier is finished. `days_left` (0: due today, or only days off remain)
    and `days_late` (0: only days off since) are working days of an unfinished dossier whose
    clock is not stopped; both are None where no due date is known. `is_late`: past its due date
    by the office's doing. `finished` is EARLY, ON_TIME or LATE, empty where there is no result
    or a day is unknown, `finished_days` the working days between the result and the due date.
    """

    status: Status | None
    clock: str
    is_late: bool = False
    days_left: int | None = None
    days_late: int | None = None
    finished: str = ""
    finished_days: int = 0

    @property
    def was_late(self) -> bool:
        """Whether it is late, or its result came late."""
        return self.is_late or self.finished == LATE


def standing(dossier: Dossier, today: dt.date) -> Standing:
    """How a dossier stands on a day."""
    status = statuses.find(dossier.status)
    clock = _clock(dossier, status, today)
    due = dossier.due_on
    if clock == DONE:
        finished, days = _finished(dossier, status, today)
        return Standing(status, clock, finished=finished, finished_days=days)
    if clock == STOPPED or due is None:
        return Standing(status, clock)
    if due >= today:
        return Standing(status, clock, days_left=working_days_between(today, due))
    # Nobody is blamed for a delay while it is not known whether the dossier waits for the citizen.
    return Standing(
        status, clock, is_late=clock == RUNNING, days_late=working_days_between(due, today)
    )


def finished_on(dossier: Dossier, today: dt.date) -> dt.date | None:
    """When the work was finished; None if that is unknown, or no more than planned."""
    day = dossier.finished_on
    return day if day is not None and day <= today else None


def _clock(dossier: Dossier, status: Status | None, today: dt.date) -> str:
    clock = status.clock if status else UNKNOWN
    ended = finished_on(dossier, today) or dossier.returned_on
    return DONE if ended and clock != STOPPED else clock


def _finished(dossier: Dossier, status: Status | None, today: dt.date) -> tuple[str, int]:
    due, ended = dossier.due_on, finished_on(dossier, today)
    if status is not None and status.todo == FILE_AGAIN:
        return "", 0
    if ended is None and dossier.returned_on and due and dossier.returned_on <= due:
        # Citizens may fetch a result late; one that they had in time was finished in time.
        ended = dossier.returned_on
    if due is None or ended is None:
        return "", 0
    if ended == due:
        return ON_TIME, 0
    return (EARLY if ended < due else LATE), abs(working_days_between(due, ended))
