#!/usr/bin/env bash
# Mutation testing: tests/mutation.sh SLICE, where SLICE is one of tests/mutation/slices, or nothing for all of them. docs/mutation.md tells more.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build -c Release -m:1 tests/mutation/Mutator
dotnet build -c Release -m:1 tests/mutation/Suite
if [ $# -eq 0 ]; then set -- $(cd tests/mutation/slices && ls ./*.json | sed 's#^\./##; s#\.json$##'); fi
for slice in "$@"; do
  out=artifacts/mutation/$slice
  rm -rf "$out" && mkdir -p "$out"
  cp -r tests/mutation/Suite/bin/Release/net10.0 "$out/suite"
  project=src/Workspaces.Memory
  if [ "$slice" = tensors ]; then project=src/Workspaces; fi
  dotnet tests/mutation/Mutator/bin/Release/net10.0/Mutator.dll "tests/mutation/slices/$slice.json" "$project" "$out/suite" "$out"
  head -40 "$out/report.md"
done
