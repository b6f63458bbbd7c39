"""A Coq file that is written by a script: written anew, or with --check compared with what is on disk."""

import argparse
import sys


def main(description, target, text, advice):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        if target.read_text() != text:
            sys.exit(advice)
    else:
        target.write_text(text)
