"""What reviewers do. The caller's transaction commits."""

from app.review.workflow.box_checking import BoxSubmission
from app.review.workflow.box_reviewing import JudgedBoxes, review_boxes
from app.review.workflow.first_verdicts import give_first_verdict
from app.review.workflow.holding import Claim, ReviewConfig, claim, claim_next, give_back, renew, save_progress
from app.review.workflow.notes import write_note
from app.review.workflow.nudging import nudge_pair
from app.review.workflow.reviewer_settings import change_settings
from app.review.workflow.sar_first import give_sar_verdicts
from app.review.workflow.submitting import Acknowledgement, submit
from app.review.workflow.verdicts import FlaggedSpan, GivenVerdict, Submission
from app.review.workflow.viewer_settings import save_viewer_settings
from app.review.workflow.wording import screen_wording

__all__ = [
    "Acknowledgement",
    "BoxSubmission",
    "Claim",
    "FlaggedSpan",
    "GivenVerdict",
    "JudgedBoxes",
    "ReviewConfig",
    "Submission",
    "change_settings",
    "claim",
    "claim_next",
    "give_back",
    "give_first_verdict",
    "give_sar_verdicts",
    "nudge_pair",
    "renew",
    "review_boxes",
    "save_progress",
    "save_viewer_settings",
    "screen_wording",
    "submit",
    "write_note",
]
