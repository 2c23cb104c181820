"""The metadata of a release in Croissant 1.0 (http://mlcommons.org/croissant/1.0), as JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pipeline.formats.manifest import ReleaseHead
from pipeline.formats.source import UNKNOWN_LICENCE

_TEXT_FIELDS: Final = {
    "id": "SHA-256 of what the text says of which image, and of the draft that it came from",
    "image": "path of the image below this file",
    "split": "train, val, test or held_out",
    "kind": "question, concise_caption or complex_caption",
    "question_type": "of a question",
    "question": "as verified",
    "answer": "as verified",
    "caption": "as verified",
    "support": "sar, or sar_with_optical where it was made out with the optical image",
    "verification": "reviewed, boxes_reviewed or sample_verified",
    "is_revised": "whether a reviewer changed the words",
}
_IMAGE_FIELDS: Final = {
    "image": "path below this file",
    "sha256": "of the file",
    "dataset": "that it was imported as",
    "scene": "its name there",
    "split": "train, val, test or held_out",
    "rows": "pixels",
    "cols": "pixels",
    "licence": "of the image",
}
_TYPES: Final = {"is_revised": "sc:Boolean", "rows": "sc:Integer", "cols": "sc:Integer"}
_CONTEXT: Final = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def described(head: ReleaseHead, hashes: Mapping[str, str], licences: Iterable[str], has_images: bool) -> bytes:
    """The metadata as bytes.

    Parameters
    ----------
    hashes : mapping
        SHA-256 of the two files of records, texts first.
    has_images : bool
        Whether there are images in the folder; a set of no files cannot be read.
    """
    texts, images = hashes
    distribution = [_file(path, sha256) for path, sha256 in hashes.items()]
    if has_images:
        distribution.append(
            {
                "@type": "cr:FileSet",
                "@id": "images",
                "name": "images",
                "description": "The processed images, one band of 8 bits, as cloud-optimized GeoTIFFs without place.",
                "encodingFormat": "image/tiff",
                "includes": "images/*.tif",
            }
        )
    told = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": f"{head.name}-{head.number}",
        "description": head.notes or f"Captions and questions about SAR images, verified by experts: {head.label}.",
        "version": f"{head.number}.0.0",
        "datePublished": head.created_at[:10],
        "license": sorted(licence for licence in licences if licence != UNKNOWN_LICENCE) or [UNKNOWN_LICENCE],
        "citeAs": f"@misc{{{head.name}-{head.number}, title={{{head.label}}}, year={{{head.created_at[:4]}}}}}",
        "distribution": distribution,
        "recordSet": [_records("texts", texts, _TEXT_FIELDS, "id"), _records("images", images, _IMAGE_FIELDS, "image")],
    }
    return (json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _file(path: str, sha256: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "encodingFormat": "application/jsonlines",
        "sha256": sha256,
    }


def _records(name: str, path: str, fields: Mapping[str, str], key: str) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": f"{name}-records",
        "name": name,
        "key": {"@id": f"{name}/{key}"},
        "field": [_field(name, path, field, what) for field, what in fields.items()],
    }


def _field(name: str, path: str, field: str, what: str) -> dict[str, Any]:
    source = {"fileObject": {"@id": path}, "extract": {"column": "record"}, "transform": {"jsonPath": f"$.{field}"}}
    return {
        "@type": "cr:Field",
        "@id": f"{name}/{field}",
        "name": field,
        "description": what,
        "dataType": _TYPES.get(field, "sc:Text"),
        "source": source,
    }
