"""What is done with releases: freezing, exporting, checking. All of it is also the command's."""

from app.release.workflow.exporting import (
    Exported,
    ExportError,
    NoSuchExportError,
    export_release,
    get_export,
    list_exports,
    request_export,
    run_export,
)
from app.release.workflow.freezing import (
    BlockedReleaseError,
    EmptyReleaseError,
    NoSuchReleaseError,
    create_release,
    freeze_release,
    get_release,
    list_dataset_names,
    list_releases,
)
from app.release.workflow.previewing import Preview, Standing, preview, preview_release
from app.release.workflow.rules import REASONS, STANDINGS, NameTakenError, ReleaseError
from pipeline.formats.differing import Fault
from pipeline.formats.verifying import VerifyReport, verify_folder
from pipeline.formats.writers import FORMATS

__all__ = [
    "FORMATS",
    "REASONS",
    "STANDINGS",
    "BlockedReleaseError",
    "EmptyReleaseError",
    "ExportError",
    "Exported",
    "Fault",
    "NameTakenError",
    "NoSuchExportError",
    "NoSuchReleaseError",
    "Preview",
    "ReleaseError",
    "Standing",
    "VerifyReport",
    "create_release",
    "export_release",
    "freeze_release",
    "get_export",
    "get_release",
    "list_dataset_names",
    "list_exports",
    "list_releases",
    "preview",
    "preview_release",
    "request_export",
    "run_export",
    "verify_folder",
]
