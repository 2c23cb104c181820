"""The pages of quizzes."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from app.quiz.pages import composed, disputes, entering, listing, participants, people, results, taking

router: Final = APIRouter()
# The list first: the new quiz's form is no quiz of the name "new".
for _pages in (listing, composed, people, participants, results, disputes, entering, taking):
    router.include_router(_pages.router)
