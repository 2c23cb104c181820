"""Releases as files: frozen entries in, a folder out, in any format. They know no database.

writers/          the formats, one file each, found by their presence
writer.py         what a format is asked
writing.py        what all have in common, in one pass over images and one over texts
images.py         images copied, linked or left out, and their originals
source.py         what is asked of where a release comes from
frozen_text.py    one text, and its line of the side file
text_reader.py    reads it from its JSON, as quickly as can be
text_batches.py   many at a time
helping.py        a second process for large releases
entries.py        the frozen entries: their keys, and the ids that follow from them
folder.py         the folder while it is being written
progress.py       which of its files are finished, so that a killed run is gone on with
hashed_file.py    a new file that knows its hash
layout.py         what the folders of all formats have in common
image_names.py    names of image files that are safe everywhere
cells.py          CSV cells that no spreadsheet takes for a formula
manifest.py       the list of all files with their hashes, and the hash tree over texts and images
statistics.py     STATISTICS.md
verifying.py      checks a folder without a database
differing.py      names the text in which a changed file differs
new_folder.py     a folder that appears whole or not at all
archive.py        one file of a folder, the same bytes every time
"""
