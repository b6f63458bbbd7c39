#!/usr/bin/env bash
# All tests under a sanitizer, module by module: run.sh SANITIZER [MODULE ...]; FLAGS are those of swift test.
# Works on a copy of the tracked files in .build-SANITIZER/package. Exits with 1 if a module failed, after all have run.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
sanitizer="$1"
shift
package="$root/.build-$sanitizer/package"
rm -rf "$package"
mkdir -p "$package"
cd "$root"
git ls-files -z | tar --null -T - -cf - | tar -xf - -C "$package"
cd "$package"
export LSAN_OPTIONS="suppressions=$root/Tests/sanitizers/leaks.txt:print_suppressions=0"
if [ "$sanitizer" = thread ]; then
  export TSAN_OPTIONS="suppressions=$root/Tests/sanitizers/thread.txt"
  grep -rl '^import Synchronization' Sources | cut -d/ -f1,2 | sort -u | while read -r module; do
    cp -p "$root/Tests/sanitizers/Mutex.swift" "$module/Mutex.swift"
  done
fi
failed=()
for module in "${@:-$(ls -d Tests/Flow*Tests)}"; do
  for name in $module; do
    name="$(basename "$name")"
    echo "== $name, $sanitizer"
    swift test --disable-testable-imports $FLAGS --sanitize "$sanitizer" --scratch-path "$root/.build-$sanitizer" \
      --filter "$name" || failed+=("$name")
  done
done
if [ "${#failed[@]}" -gt 0 ]; then
  echo "sanitize: failed under $sanitizer: ${failed[*]}" >&2
  exit 1
fi
echo "sanitize: all modules passed under $sanitizer"
