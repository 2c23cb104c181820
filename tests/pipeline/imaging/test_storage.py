"""Real system calls that fail: the memory of a process cannot be read where nothing is mapped (EIO)."""

from __future__ import annotations

import errno
import os

import pytest

from pipeline.imaging.errors import ImageError, StorageError
from pipeline.imaging.reading import read_raster
from pipeline.imaging.storage import check_storage, is_storage_failure, trouble_told_apart
from tests.pipeline.imaging.made_images import speckle, write_image


def test_a_file_that_cannot_be_fetched_is_the_storage_s_fault(tmp_path):
    descriptor = os.open("/proc/self/mem", os.O_RDONLY)
    try:
        with pytest.raises(StorageError, match=r"its storage fails .* try again"):
            check_storage(descriptor, tmp_path / "a.tif")
    finally:
        os.close(descriptor)


def test_a_file_that_can_be_fetched_is_not(tmp_path):
    path = write_image(tmp_path / "a.tif", speckle())
    descriptor = os.open(path, os.O_RDONLY)
    try:
        check_storage(descriptor, path)
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.EHOSTDOWN])
def test_what_a_lost_disk_answers_is_a_storage_error(tmp_path, number):
    with pytest.raises(StorageError), trouble_told_apart(tmp_path / "a.tif"):
        raise OSError(number, os.strerror(number))


@pytest.mark.parametrize("number", [errno.EACCES, errno.ELOOP, errno.ENAMETOOLONG])
def test_what_a_file_is_at_fault_for_is_none(tmp_path, number):
    assert not is_storage_failure(OSError(number, ""))
    with pytest.raises(ImageError, match="cannot be opened") as caught, trouble_told_apart(tmp_path / "a.tif"):
        raise OSError(number, os.strerror(number))
    assert not isinstance(caught.value, StorageError)


def test_a_file_that_is_gone_with_its_folder_is_told_from_one_that_is_missing(tmp_path):
    with pytest.raises(StorageError, match="nor its folder"):
        read_raster(tmp_path / "unmounted" / "a.tif")
    (tmp_path / "empty").mkdir()
    with pytest.raises(StorageError, match="nor any other in its folder"):
        read_raster(tmp_path / "empty" / "a.tif")
    write_image(tmp_path / "b.tif", speckle())
    with pytest.raises(ImageError, match=r"there is no such file$") as caught:
        read_raster(tmp_path / "a.tif")
    assert not isinstance(caught.value, StorageError)
