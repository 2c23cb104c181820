"""What reviewers do. The caller's transaction commits."""

from app.review.workflow.first_verdicts import give_first_verdict
from app.review.workflow.holding import Claim, ReviewConfig, claim, claim_next, give_back, renew, save_progress
from app.review.workflow.submitting import Acknowledgement, submit
from app.review.workflow.verdicts import FlaggedSpan, GivenVerdict, Submission
from app.review.workflow.wording import screen_wording

__all__ = [
    "Acknowledgement",
    "Claim",
    "FlaggedSpan",
    "GivenVerdict",
    "ReviewConfig",
    "Submission",
    "claim",
    "claim_next",
    "give_back",
    "give_first_verdict",
    "renew",
    "save_progress",
    "screen_wording",
    "submit",
]
