"""Prints the purchases of the CDNOW sample as CSV, from the Python package `lifetimes`, which carries the file.

The package itself is not imported: what it is built on is not needed for a text file.
"""

import importlib.util
import pathlib
import sys

found = importlib.util.find_spec("lifetimes")
if found is None:
    sys.exit("the package is not there")
[folder] = found.submodule_search_locations
print("customer,date,amount")
for line in (pathlib.Path(folder) / "datasets" / "CDNOW_sample.txt").read_text().splitlines():
    cells = line.split()
    if cells:
        _, customer, day, _, amount = cells
        print(f"{customer},{day[:4]}-{day[4:6]}-{day[6:]},{amount}")
