"""Other polarisations at import: stored with their scenes, once, put back where they are lost, left out on wish."""

from __future__ import annotations

import uuid
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp
from typer.testing import CliRunner

from app.assets import AssetStore
from app.cli.command import command
from app.db import SessionMaker, transaction
from app.intake.queries.datasets import dataset_images
from app.intake.queries.viewing import scene_rows
from app.intake.views import scene_view
from app.web.signing import AssetSigner
from tests.app.intake.made_sources import SIZE
from tests.app.intake.test_importing import Import, rows, run_import, store  # noqa: F401  (fixtures)

pytestmark = pytest.mark.filterwarnings(
    "ignore::rasterio.errors.NotGeoreferencedWarning", "ignore::PendingDeprecationWarning"
)
POLARISATIONS = """select s.name, p.polarisation, p.sar_sha256, p.unit, p.scale, p.nodata, p.limits_low, p.limits_high,
    jsonb_array_length(p.histogram -> 'counts') as bins
    from polarisation p join scene s using (scene_id) order by 1, 2"""


def make_bands(path: Path, *names: str | None, seed: int = 0) -> Path:
    """Bands in dB under these descriptions, each at another level and with a corner of NaN."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    with rasterio.open(
        path, "w", driver="GTiff", height=SIZE, width=SIZE, count=len(names), dtype="float32", tiled=False
    ) as file:
        for number, name in enumerate(names, 1):
            band = (10 * np.log10(0.1 * rng.gamma(4, 0.25, (SIZE, SIZE))) - number).astype(np.float32)
            band[:5, :5] = np.nan
            file.write(band, number)
            if name:
                file.set_band_description(number, name)
        file.colorinterp = [ColorInterp.gray] * len(names)
    return path


def test_polarisations_come_with_their_scenes_once_and_are_put_back(
    run_import: Import,  # noqa: F811
    store: AssetStore,  # noqa: F811
    sessions: SessionMaker,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "in"
    make_bands(folder / "sar" / "dual.tif", "VV", "VH")
    make_bands(folder / "sar" / "one.tif", "VV", seed=1)
    make_bands(folder / "sar" / "unnamed.tif", None, None, None, seed=2)
    assert run_import(folder).counts["new"] == 3
    found = rows(sessions, POLARISATIONS)
    assert [(row["name"], row["polarisation"]) for row in found] == [
        ("sar/dual.tif", "VH"),
        ("sar/unnamed.tif", "band 2"),
        ("sar/unnamed.tif", "band 3"),
    ]
    first = found[0]
    assert (first["unit"], first["scale"], first["nodata"], first["bins"]) == ("relative_db", 0.01, -32768.0, 256)
    assert first["limits_low"] < first["limits_high"]
    assert all(store.verify(row["sar_sha256"]) for row in found)
    with rasterio.open(store.fetch(first["sar_sha256"], tmp_path)) as file:
        assert (file.count, file.dtypes[0], file.shape) == (1, "int16", (SIZE, SIZE))
    assert run_import(folder).counts["unchanged"] == 3
    store.fetch(first["sar_sha256"], tmp_path).unlink()
    # The option is of new scenes: what is stored is kept as it is.
    assert run_import(folder, only_band=True).counts["restored"] == 1
    assert store.verify(first["sar_sha256"])
    assert rows(sessions, POLARISATIONS) == found
    with transaction(sessions) as session:
        scene_id = session.connection().exec_driver_sql("select min(scene_id) from scene").scalar_one()
        reader = uuid.uuid4()
        stored = scene_rows(session, "harbour", scene_id, reader)
        assert stored is not None
        shown = scene_view(stored.scene, AssetSigner(b"k" * 32), reader)
        assert dataset_images(session, 1).bytes > 0
    assert shown.polarisation == "VV"
    assert [(one.polarisation, first["sar_sha256"] in one.sar) for one in shown.polarisations] == [("VH", True)]


def test_a_scene_of_before_stays_as_it_is_and_the_option_leaves_the_others_out(
    run_import: Import,  # noqa: F811
    store: AssetStore,  # noqa: F811
    sessions: SessionMaker,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "in"
    make_bands(folder / "sar" / "dual.tif", "HH", "HV")
    assert run_import(folder, only_band=True, band="HV").counts["new"] == 1
    assert rows(sessions, POLARISATIONS) == []
    # As a scene that was imported before there were others: nothing is added to it, and its images are put back.
    assert run_import(folder, band="HV").counts["unchanged"] == 1
    lost = rows(sessions, "select sar_sha256 from scene")[0]["sar_sha256"]
    store.fetch(lost, tmp_path).unlink()
    assert run_import(folder, band="HV").counts["restored"] == 1
    assert rows(sessions, POLARISATIONS) == []


def test_the_command_takes_the_option(data_folder: Path, database_url: str, sessions: SessionMaker) -> None:
    make_bands(data_folder / "in" / "sar" / "dual.tif", "HH", "HV")
    environment = {"DATABASE_URL": database_url, "TRIHEDRAL_DATA": str(data_folder)}
    asked = ["dataset", "import", "paired", str(data_folder / "in"), "--name", "harbour", "--no-wait", "--only-band"]
    result = CliRunner().invoke(command, asked, env=environment)
    assert result.exit_code == 0, result.output
    assert rows(sessions, "select parameters -> 'only_band' as only_band from run") == [{"only_band": True}]
