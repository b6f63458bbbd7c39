#!/usr/bin/env bash
# Drives every reader of files with libFuzzer under the address sanitizer: run.sh FOLDER [SECONDS] [READER ...].
# What it finds, inputs that end the process, stays in FOLDER/found.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
folder="$1"
seconds="${2:-600}"
shift $(($# < 2 ? $# : 2))
mkdir -p "$folder/found"
cd "$root"
# Only the readers, without the engine: seconds instead of minutes to compile.
flags=(-O -swift-version 6 -sanitize=fuzzer,address -parse-as-library -wmo -package-name readers
  -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault
  -enable-upcoming-feature MemberImportVisibility)
swiftc "${flags[@]}" -module-name FlowFiles -emit-module -emit-module-path "$folder/FlowFiles.swiftmodule" \
  -emit-object -o "$folder/FlowFiles.o" $(find Sources/FlowFiles -name '*.swift')
fixtures=Sources/FlowConformance/Fixtures
swiftc "${flags[@]}" -module-name Readers -I "$folder" -o "$folder/readers" "$folder/FlowFiles.o" \
  Tests/fuzz/Readers.swift Sources/FlowTraining/Checkpoints/Safetensors*.swift \
  "$fixtures"/{FixtureFile,FixtureReader,PassRule,Precision,CaseJudge,Outcome}.swift \
  Sources/FlowConformance/Oracle/WireCode.swift
"${PYTHON:-python3}" Tests/fuzz/seeds.py "$folder/corpus"
status=0
for reader in "${@:-json csv npy safetensors fixture}"; do
  for name in $reader; do
    echo "== $name, $seconds s"
    READER="$name" "$folder/readers" -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=4096 -timeout=10 \
      -artifact_prefix="$folder/found/$name-" "$folder/corpus/$name" 2>"$folder/$name.log" || status=1
    grep -E 'DONE|ERROR|SUMMARY|Fatal' "$folder/$name.log" | tail -3
  done
done
exit "$status"
