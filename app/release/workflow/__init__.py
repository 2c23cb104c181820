"""What is done with releases: freezing, exporting, checking. All of it is also the command's."""

from app.release.workflow.exporting import (
    FORMATS,
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
    STANDINGS,
    EmptyReleaseError,
    NoSuchReleaseError,
    ReleaseError,
    Standing,
    create_release,
    get_release,
    list_dataset_names,
    list_releases,
    preview,
)
from pipeline.formats.verifying import Fault, VerifyReport, verify_folder

__all__ = [
    "FORMATS",
    "STANDINGS",
    "EmptyReleaseError",
    "ExportError",
    "Exported",
    "Fault",
    "NoSuchExportError",
    "NoSuchReleaseError",
    "ReleaseError",
    "Standing",
    "VerifyReport",
    "create_release",
    "export_release",
    "get_export",
    "get_release",
    "list_dataset_names",
    "list_exports",
    "list_releases",
    "preview",
    "request_export",
    "run_export",
    "verify_folder",
]
