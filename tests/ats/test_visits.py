"""A stage visit is told twice, while it lasts and when it is over; the last word is that it is over."""

from collections.abc import Callable, Mapping

import pytest

from app.ats import ashby_api, greenhouse_api, lever_api, workable_api
from app.ats.canonical import FactKind
from app.ats.fields import Answers, Json
from tests.intake.house import NOON

ENTERED, LEFT = "2026-11-02T09:00:00Z", "2026-11-05T09:00:00Z"
MS_ENTERED, MS_LEFT = 1_793_955_600_000, 1_794_214_800_000


def _greenhouse(stage: str, *, over: bool) -> Answers:
    row = {"id": 5, "application_id": 7, "entered_at": ENTERED, "stage_name": stage, "current": not over}
    return {"application_stages": [{**row, "exited_at": LEFT if over else None}]}


def _ashby(stage: str, *, over: bool) -> Answers:
    visit = {"id": "v1", "stageId": "s1", "title": stage, "enteredStageAt": ENTERED}
    row = {"id": "a1", "candidate": {"id": "c1"}, "updatedAt": LEFT, "createdAt": ENTERED}
    return {
        "applications": [{**row, "applicationHistory": [{**visit, "leftStageAt": LEFT if over else None}]}]
    }


def _lever(stage: str, *, over: bool) -> Answers:
    changes = [{"toStageId": "s1", "updatedAt": MS_ENTERED}, {"toStageId": "s2", "updatedAt": MS_LEFT}]
    row = {"id": "o1", "createdAt": MS_ENTERED, "stageChanges": changes if over else changes[:1]}
    return {"opportunity/o1": [row], "stages": [{"id": "s1", "text": stage}, {"id": "s2", "text": "Next"}]}


def _workable(stage: str, *, over: bool) -> Answers:
    moves: list[Json] = [
        {
            "id": "1",
            "created_at": ENTERED,
            "action_stage": {"name": "Sourced"},
            "target_stage": {"name": stage},
        },
        {"id": "2", "created_at": LEFT, "action_stage": {"name": stage}, "target_stage": {"name": "Next"}},
    ]
    row = {"id": "w1", "created_at": ENTERED, "updated_at": LEFT}
    return {"candidates": [row], "activities:w1": moves if over else moves[:1]}


TOLD: Mapping[str, tuple[Callable[..., Answers], Callable[..., object]]] = {
    "greenhouse": (_greenhouse, greenhouse_api.read_answers),
    "ashby": (_ashby, ashby_api.read_answers),
    "lever": (_lever, lever_api.read_answers),
    "workable": (_workable, workable_api.read_answers),
}


@pytest.mark.parametrize("vendor", sorted(TOLD))
def test_that_a_visit_is_over_has_the_last_word(vendor: str) -> None:
    """Both facts stand at the time of the entry, so that their keys decide, whatever the stage is called."""
    tell, read = TOLD[vendor]
    for number in range(12):
        stage = f"Stage {number}"
        seen = [
            fact
            for over in (False, True)
            for fact in read(tell(stage, over=over), NOON).facts  # type: ignore[attr-defined]
            if fact.kind is FactKind.STAGE_ENTERED and fact.data["stage_name"] == stage
        ]
        assert (len({fact.at for fact in seen}), len({fact.key for fact in seen})) == (1, 2)
        assert [fact.data["current"] for fact in sorted(seen, key=lambda one: one.key)] == [True, False]
