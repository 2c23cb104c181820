"""Same ground is found within and across datasets, kept in one group, and never divided by a split of our own."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from app.db import SessionMaker, transaction
from app.intake.queries import grouping
from app.intake.queries.grouping import Leakage
from app.intake.workflow import grouping as workflow
from app.intake.workflow.grouping import settle_ground
from tests.app.intake.made_ground import Ground, add_ground, another_look, landscape, open_sea, settled, square


def test_two_looks_at_one_place_are_one_group_on_one_side(sessions: SessionMaker) -> None:
    places = [landscape(seed) for seed in range(8)]
    looks = [Ground(f"{n}-{day}", another_look(places[n], day)) for n in range(8) for day in range(3)]
    counts = settle_ground(sessions, add_ground(sessions, "farms", looks))
    found = settled(sessions)
    groups = [{found[f"{n}-{day}"].group for day in range(3)} for n in range(8)]
    assert all(len(group) == 1 and None not in group for group in groups)
    assert len(set.union(*groups)) == 8
    assert all(len({found[f"{n}-{day}"].split for day in range(3)}) == 1 for n in range(8))
    assert counts == {"settled": 24, "same_ground": 16}
    assert all(one.is_settled for one in found.values())


def test_open_sea_does_not_match_open_sea(sessions: SessionMaker) -> None:
    same = open_sea(1)
    run_id = add_ground(sessions, "sea", [Ground("a", same), Ground("b", same), Ground("c", open_sea(2))])
    assert settle_ground(sessions, run_id)["same_ground"] == 0
    assert {one.group for one in settled(sessions).values()} == {None}


def test_the_same_ground_in_another_dataset_takes_the_side_that_is_there(sessions: SessionMaker) -> None:
    places = [landscape(seed) for seed in range(12)]
    settle_ground(sessions, add_ground(sessions, "first", [Ground(f"{n}", places[n]) for n in range(12)]))
    before = settled(sessions, "first")
    # Another seed would divide them otherwise.
    later = [Ground(f"{n}", another_look(places[n])) for n in range(12)]
    settle_ground(sessions, add_ground(sessions, "second", later, seed=5))
    first, second = settled(sessions, "first"), settled(sessions, "second")
    assert {name: one.split for name, one in first.items()} == {name: one.split for name, one in before.items()}
    assert {one.split for one in first.values()} == {"train", "test"}
    assert all(first[name] == second[name] for name in first)


def test_where_members_lie_on_both_sides_the_new_scene_is_held_out(sessions: SessionMaker) -> None:
    place = landscape(3)
    published = [Ground("a", place, published="train"), Ground("b", another_look(place), published="test")]
    settle_ground(sessions, add_ground(sessions, "published", published))
    counts = settle_ground(sessions, add_ground(sessions, "own", [Ground("c", another_look(place, 2), split="train")]))
    found = settled(sessions)
    assert [found[name].split for name in "abc"] == ["train", "test", "held_out"]
    assert len({one.group for one in found.values()}) == 1
    assert counts == {"settled": 1, "same_ground": 1, "held_out": 1}


def test_a_published_split_stays_and_its_leakage_is_counted(sessions: SessionMaker) -> None:
    grounds = []
    for n in range(4):
        place = landscape(n)
        grounds += [
            Ground(f"{n}-a", place, published="train"),
            Ground(f"{n}-b", another_look(place), published="test" if n < 2 else "train"),
        ]
    run_id = add_ground(sessions, "published", grounds)
    settle_ground(sessions, run_id)
    found = settled(sessions)
    assert [found[ground.name].split for ground in grounds] == [ground.published for ground in grounds]
    with transaction(sessions) as session:
        dataset_id = grouping.dataset_of(session, run_id)
        assert grouping.leakage(session, dataset_id) == Leakage(places=2, scenes=4, sides=("train", "test"))
        assert grouping.count_places(session, dataset_id) == (4, 8)
        assert grouping.count_shared_places(session, dataset_id) == 0


def test_footprints_decide_where_there_are_coordinates(sessions: SessionMaker) -> None:
    alike = landscape(1)
    grounds = [
        Ground("here", alike, square(13.4001, 52.5)),
        Ground("here again", landscape(2), square(13.4012, 52.5003)),
        Ground("far away", alike, square(9.0, 48.0)),
        Ground("beside", landscape(3), square(13.4051, 52.5)),
    ]
    settle_ground(sessions, add_ground(sessions, "cities", grounds))
    found = settled(sessions)
    assert found["here"].group == found["here again"].group is not None
    assert found["far away"].group is None
    assert found["beside"].group is None


def test_footprints_across_the_antimeridian_are_found(sessions: SessionMaker) -> None:
    grounds = [Ground("east", None, square(179.998, -16.0)), Ground("west", None, square(-180.0, -16.0))]
    settle_ground(sessions, add_ground(sessions, "fiji", grounds))
    found = settled(sessions)
    assert found["east"].group == found["west"].group is not None


def test_ground_that_another_dataset_put_on_the_other_side_is_held_out(sessions: SessionMaker) -> None:
    corners = square(13.4001, 52.5)
    settle_ground(sessions, add_ground(sessions, "train", [Ground("a", None, corners, published="train")]))
    settle_ground(sessions, add_ground(sessions, "test", [Ground("b", None, corners, published="test")]))
    settle_ground(sessions, add_ground(sessions, "own", [Ground("c", None, corners, split="test")]))
    found = settled(sessions)
    assert [found[name].split for name in "abc"] == ["train", "test", "held_out"]


def test_a_copy_without_coordinates_finds_the_one_that_has_them(sessions: SessionMaker) -> None:
    place = landscape(4)
    settle_ground(sessions, add_ground(sessions, "city", [Ground("a", place, square(13.4, 52.5), split="test")]))
    settle_ground(sessions, add_ground(sessions, "copies", [Ground("b", another_look(place), split="train")]))
    found = settled(sessions)
    assert found["a"].group == found["b"].group is not None
    assert found["b"].split == found["a"].split


def test_chips_of_one_image_without_coordinates_belong_together(sessions: SessionMaker) -> None:
    chips = [
        Ground(f"{parent}#0_{n}", landscape(10 * parent + n), parent=f"{parent}") for parent in (1, 2) for n in range(9)
    ]
    settle_ground(sessions, add_ground(sessions, "large", chips))
    found = settled(sessions)
    for parent in (1, 2):
        ours = [one for name, one in found.items() if name.startswith(f"{parent}#")]
        assert len({(one.group, one.split) for one in ours}) == 1
    assert found["1#0_0"].group != found["2#0_0"].group


def forget_scenes(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        session.execute(text("delete from scene"))


def grounds_of_all_sorts() -> list[Ground]:
    places = [landscape(seed) for seed in range(10)]
    listed = [Ground(f"look {n:02}", another_look(places[n % 10], n)) for n in range(30)]
    listed += [Ground(f"city {n}", None, square(13.4 + 0.0015 * n, 52.5)) for n in range(10)]
    listed += [Ground(f"chip#{n}_0", landscape(40 + n), parent="chip") for n in range(6)]
    return listed + [Ground(f"sea {n}", open_sea(n)) for n in range(4)]


@pytest.mark.parametrize("chunk", [1, 7, 500])
def test_the_outcome_does_not_depend_on_the_order_of_storing_or_on_chunks(
    sessions: SessionMaker, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    outcomes = []
    for name, order in (("one", 1), ("two", 2)):
        listed = grounds_of_all_sorts()
        random.Random(order).shuffle(listed)
        if name == "two":
            monkeypatch.setattr(workflow, "CHUNK_SCENES", chunk)
            forget_scenes(sessions)
        settle_ground(sessions, add_ground(sessions, name, listed))
        outcomes.append(settled(sessions, name))
    assert outcomes[0] == outcomes[1]
    assert any(one.group for one in outcomes[0].values())


def test_a_search_that_broke_off_goes_on_where_it_was(sessions: SessionMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "CHUNK_SCENES", 10)
    run_id = add_ground(sessions, "all", grounds_of_all_sorts())
    chunks = iter(range(3))

    def break_off() -> None:
        if next(chunks) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        settle_ground(sessions, run_id, break_off)
    assert sum(one.is_settled for one in settled(sessions).values()) == 20
    assert settle_ground(sessions, run_id)["settled"] == 30
    resumed = settled(sessions)
    forget_scenes(sessions)
    settle_ground(sessions, add_ground(sessions, "again", grounds_of_all_sorts()))
    assert settled(sessions, "again") == resumed


def test_two_imports_that_finish_at_once_see_each_other(
    sessions: SessionMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "CHUNK_SCENES", 4)
    places = [landscape(seed) for seed in range(20)]
    run_ids = [
        add_ground(sessions, name, [Ground(f"{n:02}", another_look(places[n], seed)) for n in range(20)], seed=seed)
        for seed, name in enumerate(("one", "two", "three"))
    ]
    together = threading.Barrier(3)

    def settle(run_id: int) -> None:
        together.wait()
        settle_ground(sessions, run_id)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(settle, run_ids))
    one, two, three = (settled(sessions, name) for name in ("one", "two", "three"))
    assert one == two == three
    assert len({found.group for found in one.values()}) == 20


def test_groups_that_a_scene_joins_become_one(sessions: SessionMaker) -> None:
    west, east, both = square(13.4, 52.5, 0.004), square(13.405, 52.5, 0.004), square(13.402, 52.5, 0.006)
    listed = [Ground("a1", None, west), Ground("a2", None, west), Ground("b1", None, east), Ground("b2", None, east)]
    settle_ground(sessions, add_ground(sessions, "apart", listed))
    before = settled(sessions)
    assert before["a1"].group == before["a2"].group != before["b1"].group == before["b2"].group
    settle_ground(sessions, add_ground(sessions, "bridge", [Ground("c", None, both)]))
    found = settled(sessions)
    assert {one.group for one in found.values()} == {min(before["a1"].group or "", before["b1"].group or "")}
    assert all(found[name].split == before[name].split for name in before)
