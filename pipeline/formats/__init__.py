"""Writers of releases: iterators of frozen entries in, files out. They know no database.

sarlang.py        writes a release in the layout of SARLANG-1M, with side files
layout.py         which file a text goes to, and its bytes there
entries.py        the frozen entries: their keys, and the ids that follow from them
image_names.py    names of image files that are safe everywhere
cells.py          CSV cells that no spreadsheet takes for a formula
manifest.py       the list of all files with their hashes, and the hash tree over texts and images
statistics.py     STATISTICS.md
verifying.py      checks a folder without a database, naming what differs
new_folder.py     a folder that appears whole or not at all
archive.py        one file of a folder, the same bytes every time
"""
