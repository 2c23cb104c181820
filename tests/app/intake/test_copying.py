"""Lines for COPY: whatever a text holds comes back as it was; and drafts have one name, however it is made."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.db import SessionMaker
from app.intake.queries.copying import as_copied, copy_lines, list_as_copied
from app.intake.queries.drafts import draft_sha256, naming
from pipeline.drafting.corpus import corpus_drafter
from pipeline.records import Draft

storable = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
nasty = st.text("\\\t\n\r\b\f\v\"',{}Nnul. é🚢", max_size=8)


def test_any_text_and_any_list_come_back_as_they_were(sessions: SessionMaker) -> None:
    with sessions() as session:
        session.execute(text("create temporary table copied (one text, many text[])"))

        @given(storable | nasty | st.none(), st.lists(storable | nasty, max_size=4))
        @settings(max_examples=200, deadline=None)
        def round_trip(one: str | None, many: list[str]) -> None:
            session.execute(text("truncate copied"))
            copy_lines(session, "copied", ("one", "many"), [f"{as_copied(one)}\t{list_as_copied(many)}\n"] * 2)
            assert [tuple(row) for row in session.execute(text("select * from copied"))] == [(one, many)] * 2

        round_trip()


@given(storable | nasty, storable | nasty)
def test_the_fast_way_to_a_drafts_name_gives_the_same_name(one: str, other: str) -> None:
    drafter = corpus_drafter("paper", None, 3)
    for draft in (Draft("question", one, "counting", other), Draft("concise_caption", one)):
        assert naming(drafter)(draft) == draft_sha256(drafter, draft)
