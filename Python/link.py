"""Links the library of the Python package from the objects of a Swift build: with the Swift runtime inside, so that it
needs nothing of Swift where it runs.

    python3 link.py [--gsl no] BUILD LEVEL [BUILD LEVEL ...]

BUILD is what `swift build --show-bin-path` prints; LEVEL says for which processors it was built: `native` for this
machine, or `x86-64`, `x86-64-v3`, `x86-64-v4`. They are listed for the package in the order given: the first that a
processor can run is taken. Nothing is linked twice that has not changed.
"""

import json
import pathlib
import platform
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = HERE / "flowref/src/flowref"
sys.path.insert(0, str(PACKAGE))

# What the levels of the x86-64 psABI ask for, in the words of /proc/cpuinfo.
V3 = ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"]
V4 = [*V3, "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]
NEEDS = {"x86-64": [], "x86-64-v3": V3, "x86-64-v4": V4}


def needs(level):
    if level != "native":
        return NEEDS[level]
    from _processor import flags

    # Of this machine's, those that a compiler makes use of.
    return sorted(flag for flag in flags() if flag in V4 or flag.startswith(("avx", "sse", "vaes", "gfni", "vpclmul")))


def link(build, level, gsl):
    """The name of the library for a level."""
    system = platform.system()
    name = f"libflowref-{level}" + (".dylib" if system == "Darwin" else ".so")
    objects = build / "flowrefc.product/Objects.LinkFileList"
    place = PACKAGE / name
    built = build / ("libflowrefc" + place.suffix)
    stamp = place.with_suffix(".built")
    state = f"{built.stat().st_mtime_ns} {build} {gsl}"
    if place.exists() and stamp.exists() and stamp.read_text() == state:
        return name
    command = ["swiftc", "-emit-library", "-o", str(place), f"@{objects}"]
    if gsl:
        command.append("-lgslcblas")
    if system == "Darwin":
        exported = build / "flowref.exports"
        exported.write_text("_flowref_*\n")
        command += ["-Xlinker", "-exported_symbols_list", "-Xlinker", str(exported), "-Xlinker", "-dead_strip"]
    else:
        script = build / "flowref.map"
        script.write_text("{ global: flowref_*; local: *; };\n")
        # BigInt asks for Foundation, of which next to nothing is left.
        command += ["-static-stdlib", "-l_FoundationCollections", "-l_FoundationCShims", "-l_FoundationICU"]
        options = [f"--version-script={script}", "--gc-sections", "-s", "--as-needed", "--build-id=none", "-z", "defs"]
        command += [word for option in options for word in ("-Xlinker", option)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode:
        sys.exit(told.stderr)
    stamp.write_text(state)
    return name


def main():
    arguments = sys.argv[1:]
    gsl = True
    if arguments[:1] == ["--gsl"]:
        gsl, arguments = arguments[1] != "no", arguments[2:]
    if not arguments or len(arguments) % 2:
        sys.exit(__doc__)
    listed = []
    for build, level in zip(arguments[::2], arguments[1::2], strict=True):
        listed.append({"file": link(pathlib.Path(build), level, gsl), "level": level, "needs": needs(level)})
    for old in PACKAGE.glob("libflowref-*"):
        if old.stem not in {pathlib.Path(one["file"]).stem for one in listed}:
            old.unlink()
    text = json.dumps({"gsl": gsl, "libraries": listed}, indent=1) + "\n"
    place = PACKAGE / "_libraries.json"
    if not place.exists() or place.read_text() != text:
        place.write_text(text)


main()
